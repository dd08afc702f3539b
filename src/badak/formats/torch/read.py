"""A state_dict of PyTorch's as a network: `.safetensors`, or `.pt` where torch is installed."""

import json
import math
import os
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import numpy as np

from badak import activations, layers
from badak._common.extras import need
from badak.activations import Activation
from badak.errors import BadakError, FileFormatError, InputError
from badak.formats.assembly import (
    WeightedLayer,
    assemble,
    check_built,
    check_no_hints,
    given_activations,
)
from badak.formats.kinds import for_kind
from badak.formats.torch.write import METADATA
from badak.layers import Layer, from_config
from badak.layers.base import check_shape, set_views
from badak.network.sequential import Sequential
from badak.network.weights import needed
from badak.typing import Array, Shape

MAX_BYTES = 4 << 30
MOST_TRIED = 7  # layers whose order is sought by their shapes


def read(
    path: str | os.PathLike[str],
    activation: Any = None,
    output: Any = None,
    like: Sequential | None = None,
) -> Sequential:
    """Return the network whose state_dict a `.safetensors`, `.pt` or `.pth` file holds.

    A file that badak wrote tells all. Any other tells no activations: `activation` is that of the
    hidden layers (or a list of one each), `output` the last one's. Or `like` is a model that is the
    same but for its weights. Numbers of another type than float32 are converted.

    Raises FileFormatError for a file that is damaged, hostile, or holds other than Linear,
    BatchNorm1d, LayerNorm and PReLU.
    """
    if Path(path).stat().st_size > MAX_BYTES:
        raise FileFormatError(f"{path} has more than the {MAX_BYTES} bytes that are read")
    if Path(path).suffix == ".safetensors":
        tensors, told = _safetensors(Path(path))
    else:
        tensors, told = _pickled(Path(path)), None
    ordered = Path(path).suffix != ".safetensors"  # which sorts its tensors by name
    try:
        if like is not None:
            return _filled(like, _groups(tensors), ordered)
        if told is not None:
            check_no_hints(path, activation, output)
            return _from_description(tensors, told)
        groups = _in_order(_groups(tensors), ordered)
        return _chain(groups, activation, output)
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}") from None


KNOWN_TYPES = {"F64", "F32", "F16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL"}


def _safetensors(path: Path) -> tuple[dict[str, Array], dict[str, Any] | None]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            for name in file.keys():  # noqa: SIM118
                kind = file.get_slice(name).get_dtype()
                if kind not in KNOWN_TYPES:
                    raise FileFormatError(
                        f"{path}: the tensor {name!r} is of type {kind}, which NumPy does not "
                        f"know: save it as float32, tensor.float()"
                    )
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise FileFormatError(f"{path} is not a whole safetensors file: {error}") from None
    try:
        told = json.loads(metadata[METADATA]) if METADATA in metadata else None
    except (ValueError, RecursionError):
        raise FileFormatError(f"{path}: its description of the network is no JSON") from None
    return {name: _float32(name, value) for name, value in tensors.items()}, told


def _pickled(path: Path) -> dict[str, Array]:
    torch = need("torch", "torch", f"{path}, a file of PyTorch's own kind,")
    try:
        # weights_only: an unpickler of PyTorch's that knows tensors and calls nothing else.
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # it raises what it comes upon
        raise FileFormatError(
            f"{path} holds no plain state_dict ({type(error).__name__}), and nothing else is read; "
            f"in PyTorch, torch.save(net.state_dict(), path) writes one"
        ) from None
    if not isinstance(loaded, Mapping) or not loaded:
        raise FileFormatError(f"{path} holds a {type(loaded).__name__}, not a state_dict")
    tensors = {}
    for name, value in loaded.items():
        if not isinstance(value, torch.Tensor):
            raise FileFormatError(
                f"{path} holds {name!r}, which is no tensor; in PyTorch, "
                f"torch.save(net.state_dict(), path) writes weights alone"
            )
        if value.is_floating_point():
            value = value.float()
        tensors[str(name)] = _float32(str(name), value.detach().contiguous().numpy())
    return tensors


def _float32(name: str, value: Array) -> Array:
    if value.dtype.kind not in "fiu":
        raise FileFormatError(f"the tensor {name!r} is of type {value.dtype}")
    return value.astype(np.float32) if value.dtype.kind == "f" else value


@dataclass
class _Group:
    """The tensors of one module."""

    name: str
    tensors: dict[str, Array]

    @property
    def kind(self) -> str:
        if "running_mean" in self.tensors:
            return "BatchNorm1d"
        if self.tensors["weight"].ndim == 2:
            return "Linear"
        return "LayerNorm" if "bias" in self.tensors else "PReLU"

    @property
    def is_linear(self) -> bool:
        return self.kind == "Linear"


def _groups(tensors: dict[str, Array]) -> list[_Group]:
    """Return the modules in the order of their first tensors."""
    groups: dict[str, _Group] = {}
    for name, value in tensors.items():
        for prefix in ("module.", "_orig_mod."):  # DataParallel, torch.compile
            name = name.removeprefix(prefix)
        module, _, part = name.rpartition(".")
        groups.setdefault(module, _Group(module, {})).tensors[part] = value
    for group in groups.values():
        _check_group(group)
    return list(groups.values())


def _in_order(groups: list[_Group], ordered: bool) -> list[_Group]:
    """Return the modules of one kind so that each takes what the one before it gives.

    The file tells the order, or numbers in their names, or the shapes where only one order fits.
    """
    if not ordered and len({re.sub(r"\d+", "#", group.name) for group in groups}) == 1:
        groups = sorted(groups, key=lambda group: _natural(group.name))
    elif not ordered:
        fitting = [list(order) for order in _orders(groups)]
        if len(fitting) != 1:
            names = ", ".join(repr(group.name) for group in groups)
            raise FileFormatError(
                f"the file does not tell the order of its modules {names}: give like=, a model "
                f"that is the same but for its weights"
            )
        groups = fitting[0]
    linear = [group for group in groups if group.is_linear]
    for before, after in pairwise(linear):
        units, inputs = before.tensors["weight"].shape[0], after.tensors["weight"].shape[1]
        if units != inputs:
            raise FileFormatError(
                f"the module {before.name!r} of {units} units is followed by {after.name!r} of "
                f"{inputs} inputs: they do not fit; give like=, a model to fill"
            )
    return groups


def _orders(groups: list[_Group]) -> Iterator[tuple[_Group, ...]]:
    """Yield the orders in which Linear layers fit one behind the other; none for others."""
    if len(groups) > MOST_TRIED or not all(group.is_linear for group in groups):
        return
    for order in permutations(groups):
        shapes = [group.tensors["weight"].shape for group in order]
        if all(a[0] == b[1] for a, b in pairwise(shapes)):
            yield order


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a key by which "fc10" comes after "fc2"."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts]


KINDS = (
    ({"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}, 1),
    ({"weight", "bias", "running_mean", "running_var"}, 1),
    ({"running_mean", "running_var", "num_batches_tracked"}, 1),
    ({"weight", "bias"}, 2),
    ({"weight"}, 2),
    ({"weight", "bias"}, 1),
    ({"weight"}, 1),
)
"""The tensors of a module that is read, and the axes of its first."""


def _check_group(group: _Group) -> None:
    names = set(group.tensors)
    first = "weight" if "weight" in names else "running_mean"
    axes_given = group.tensors[first].ndim if first in names else 0
    if not any(names == known and axes_given == axes for known, axes in KINDS):
        shapes = ", ".join(f"{name} {value.shape}" for name, value in group.tensors.items())
        raise FileFormatError(
            f"the module {group.name!r} ({shapes}) is none of Linear, BatchNorm1d, LayerNorm "
            f"and PReLU, which are read"
        )


def _chain(groups: list[_Group], activation: Any, output: Any) -> Sequential:
    linear = [group for group in groups if group.is_linear]
    if not linear:
        raise FileFormatError("it holds no Linear layer")
    chosen = iter(given_activations(len(linear), activation, output))
    weighted: list[WeightedLayer] = []
    waiting: Activation | None = None
    width = linear[0].tensors["weight"].shape[1]
    for place, group in enumerate(groups):
        if group.is_linear:
            weighted += _applied(waiting)
            waiting = next(chosen)
            weighted.append(_dense_layer(group))
            width = group.tensors["weight"].shape[0]
            continue
        told = waiting is not None and waiting is not activations.IDENTITY
        if told and _comes_before(groups, place):
            weighted += _applied(waiting)
            waiting = None
        weighted.append(_other_layer(group, width))
    weighted += _applied(waiting)
    return assemble(weighted, (_features(weighted[0]),), "imported")


def _applied(h: Activation | None) -> list[WeightedLayer]:
    return [] if h is None or h is activations.IDENTITY else [WeightedLayer(layers.Activation(h))]


def _features(item: WeightedLayer) -> int:
    """Return how many numbers a sample of the first layer has."""
    return int(next(iter(item.weights.values())).shape[0])


def _comes_before(groups: list[_Group], place: int) -> bool:
    """Whether the activation of the Linear before comes before this normalisation.

    In ``nn.Sequential`` the numbers tell: what has no tensors leaves a gap. InputError where the
    file leaves it open.
    """
    group, before = groups[place], groups[place - 1]
    if group.name.isdigit() and before.name.isdigit():
        gap = int(group.name) - int(before.name) - 1
        after = groups[place + 1] if place + 1 < len(groups) else None
        later = int(after.name) - int(group.name) - 1 if after and after.name.isdigit() else 0
        if gap == 0:
            return False
        if gap == 1 and later == 0:
            return True
    raise InputError(
        f"the file does not tell whether {group.name!r} comes before the activation or behind it: "
        f"give like=, a model that is the same but for its weights"
    )


def _dense_layer(group: _Group) -> WeightedLayer:
    weight, bias = group.tensors["weight"], group.tensors.get("bias")
    dense = layers.Dense(weight.shape[0], use_bias=bias is not None)
    return WeightedLayer(dense, {"kernel": weight.T} | ({} if bias is None else {"bias": bias}))


def _other_layer(group: _Group, width: int) -> WeightedLayer:
    """Return a layer with PyTorch's own epsilon and momentum, which the file does not tell."""
    given = group.tensors
    if "running_mean" in given:
        affine = "weight" in given
        weights = {"gamma": given["weight"], "beta": given["bias"]} if affine else {}
        weights |= {"moving_mean": given["running_mean"], "moving_variance": given["running_var"]}
        layer = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, center=affine, scale=affine)
        return WeightedLayer(layer, weights)
    if "bias" in given:
        weights = {"gamma": given["weight"], "beta": given["bias"]}
        return WeightedLayer(layers.LayerNormalization(epsilon=1e-5), weights)
    slopes = given["weight"]
    alpha = np.tile(slopes, width) if len(slopes) == 1 else slopes
    return WeightedLayer(layers.PReLU(), {"alpha": alpha})


def _from_description(tensors: dict[str, Array], told: Any) -> Sequential:
    """Return the model that badak exported, from its description in the metadata."""
    try:
        shape = check_shape(told["input_shape"])
        made = [from_config(config) for config in told["layers"]]
        _check_room(made, shape or (), tensors)
        template = Sequential([layers.Input(shape or ()), *made], name=told["name"])
        groups = sorted(_groups(tensors), key=lambda group: _natural(group.name))
        model = _filled(template, groups, ordered=True)
        names = told["class_names"]
        model.class_names = None if names is None else [str(name) for name in names]
        model.preparation = dict(told["preparation"] or {})
    except FileFormatError:
        raise
    except (BadakError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise FileFormatError(f"its description of the network is broken: {error}") from None
    return model


def _check_room(made: list[Layer], shape: Shape, tensors: dict[str, Array]) -> None:
    """Raise FileFormatError unless the layers need no more numbers than the file holds."""
    numbers = sum(math.prod(spec.shape) for _, spec in needed(made, shape))
    if numbers > sum(tensor.size for tensor in tensors.values()):
        raise FileFormatError(f"its layers need {numbers:,} numbers, more than it holds")


def _filled(like: Sequential, groups: list[_Group], ordered: bool) -> Sequential:
    """Return a copy of a model with the tensors in its layers, kind by kind in their order."""
    check_built(like)
    model = deepcopy(like)
    takers: dict[str, list[Layer]] = {}
    for layer in model.layers:
        if layer.weights:
            takers.setdefault(_kind_of(layer), []).append(layer)
    givers: dict[str, list[_Group]] = {}
    for group in groups:
        givers.setdefault(group.kind, []).append(group)
    for kind in takers.keys() | givers.keys():
        wanted, found = takers.get(kind, []), givers.get(kind, [])
        if len(wanted) != len(found):
            raise FileFormatError(
                f"it holds {len(found)} modules such as {kind}, but the model has {len(wanted)}"
            )
        for layer, group in zip(wanted, _in_order(found, ordered), strict=True):
            _fill(layer, group)
    return model


def _kind_of(layer: Layer) -> str:
    """Return the kind of module that a layer's weights are in."""
    kind = for_kind(layer, KIND_OF)
    if kind is None:
        raise FileFormatError(f"PyTorch has no {type(layer).__name__}, as the model has")
    without_shift = isinstance(layer, layers.LayerNormalization) and not layer.center
    return "PReLU" if without_shift else kind


KIND_OF: dict[type[Layer], str] = {
    layers.Dense: "Linear",
    layers.BatchNormalization: "BatchNorm1d",
    layers.LayerNormalization: "LayerNorm",
    layers.PReLU: "PReLU",
}
"""The modules of PyTorch with the weights of badak's layers."""


def _fill(layer: Layer, group: _Group) -> None:
    views = list(layer.weights.items())
    given = _weights_for(layer, group)
    for name in sorted(given.keys() - layer.weights.keys()):
        if (given[name] != (1.0 if name == "gamma" else 0.0)).any():
            raise FileFormatError(f"{group.name!r} has a {name}, but {layer.name!r} has none")
    try:
        set_views(views, [given[name] for name, _ in views], f"layer {layer.name!r}")
    except (InputError, KeyError) as error:
        raise FileFormatError(f"the module {group.name!r} does not fit: {error}") from None


def _weights_for(layer: Layer, group: _Group) -> dict[str, Array]:
    """Return a module's tensors by badak's names."""
    given = group.tensors
    if group.is_linear:
        return {"kernel": given["weight"].T} | {k: v for k, v in given.items() if k == "bias"}
    if "running_mean" in given:
        return {
            "gamma": given.get("weight", np.ones_like(given["running_mean"])),
            "beta": given.get("bias", np.zeros_like(given["running_mean"])),
            "moving_mean": given["running_mean"],
            "moving_variance": given["running_var"],
        }
    if isinstance(layer, layers.PReLU):
        return {"alpha": np.broadcast_to(given["weight"], layer.alpha.shape)}
    return {"gamma": given["weight"]} | ({"beta": given["bias"]} if "bias" in given else {})
