"""A state_dict of PyTorch's as a network: `.safetensors`, or `.pt` where torch is installed."""

import math
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from badak import activations, layers
from badak._common.files import check_regular
from badak._common.language import message
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
from badak.formats.order import natural
from badak.formats.torch.content import from_pickle, from_safetensors
from badak.formats.torch.modules import Module, in_order, modules_in, order_is_told
from badak.formats.torch.write import TOLD
from badak.layers import Layer, from_config
from badak.layers.base import set_views
from badak.network.description import check_class_names, check_description
from badak.network.loading import BROKEN
from badak.network.sequential import Sequential
from badak.network.weights import check_samples_size, needed
from badak.typing import Array, Shape

MAX_BYTES = 4 << 30
MOST_DIGITS = 10  # of a place in nn.Sequential


def read(
    path: str | os.PathLike[str],
    activation: Any = None,
    output: Any = None,
    like: Sequential | None = None,
) -> Sequential:
    """Return the network whose state_dict a `.safetensors`, `.pt` or `.pth` file holds.

    A file that badak wrote holds everything. Any other names no activations: `activation` is that
    of the hidden layers (or a list of one each), `output` the last one's. Or `like` is a model that
    is the same but for its weights. Numbers of another type than float32 are converted.

    Raises FileFormatError for a file that is damaged, hostile, or holds other than Linear,
    BatchNorm1d, LayerNorm and PReLU.
    """
    if check_regular(path, message("model file")) > MAX_BYTES:
        raise FileFormatError(
            message(
                "{path} has more than the {max_bytes} bytes that are read",
                path=path,
                max_bytes=MAX_BYTES,
            )
        )
    if Path(path).suffix.lower() == ".safetensors":
        tensors, told = from_safetensors(Path(path))
        ordered = False  # its tensors are sorted by name
    else:
        tensors, told = from_pickle(Path(path)), None
        ordered = order_is_told(tensors)
    try:
        if like is not None:
            return _filled(like, modules_in(tensors), ordered)
        if told is not None:
            check_no_hints(path, activation, output)
            return _from_description(tensors, told)
        return _chain(in_order(modules_in(tensors), ordered), activation, output)
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}") from None


def _chain(modules: list[Module], activation: Any, output: Any) -> Sequential:
    linear = [module for module in modules if module.is_linear]
    if not linear:
        raise FileFormatError(message("it holds no Linear layer"))
    chosen = iter(given_activations(len(linear), activation, output))
    weighted: list[WeightedLayer] = []
    waiting: Activation | None = None
    width = linear[0].tensors["weight"].shape[1]
    for place, module in enumerate(modules):
        if module.is_linear:
            weighted += _applied(waiting)
            waiting = next(chosen)
            weighted.append(_dense_layer(module))
            width = module.tensors["weight"].shape[0]
            continue
        told = waiting is not None and waiting is not activations.IDENTITY
        if told and _comes_before(modules, place):
            weighted += _applied(waiting)
            waiting = None
        weighted.append(_other_layer(module, width))
    weighted += _applied(waiting)
    return assemble(weighted, (_features(weighted[0]),), "imported")


def _applied(h: Activation | None) -> list[WeightedLayer]:
    return [] if h is None or h is activations.IDENTITY else [WeightedLayer(layers.Activation(h))]


def _features(item: WeightedLayer) -> int:
    """Return how many numbers a sample of the first layer has."""
    return int(next(iter(item.weights.values())).shape[0])


def _comes_before(modules: list[Module], place: int) -> bool:
    """Whether the activation of the Linear before comes before this normalisation.

    In ``nn.Sequential`` the numbers tell: what has no tensors leaves a gap. InputError where the
    file leaves it open.
    """
    module = modules[place]
    at, before = _place(module), _place(modules[place - 1])
    if at is not None and before is not None:
        gap = at - before - 1
        after = _place(modules[place + 1]) if place + 1 < len(modules) else None
        later = 0 if after is None else after - at - 1
        if gap == 0:
            return False
        if gap == 1 and later == 0:
            return True
    raise InputError(
        message(
            "the file does not tell whether {name!r} comes before the activation or behind it: "
            "give like=, a model that is the same but for its weights",
            name=module.name,
        )
    )


def _place(module: Module) -> int | None:
    """Return a module's place in ``nn.Sequential``, None where its name is no number."""
    name = module.name
    return int(name) if name.isdecimal() and len(name) < MOST_DIGITS else None


def _dense_layer(module: Module) -> WeightedLayer:
    weight, bias = module.tensors["weight"], module.tensors.get("bias")
    dense = layers.Dense(weight.shape[0], use_bias=bias is not None)
    return WeightedLayer(dense, {"kernel": weight.T} | ({} if bias is None else {"bias": bias}))


def _other_layer(module: Module, width: int) -> WeightedLayer:
    """Return a layer with PyTorch's own epsilon and momentum, which the file does not tell."""
    given = module.tensors
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
        check_description(told, TOLD)
        shape = tuple(told["input_shape"])
        made = [from_config(config) for config in told["layers"]]
        _check_room(made, shape, tensors)
        template = Sequential([layers.Input(shape), *made], name=told["name"])
        modules = sorted(modules_in(tensors), key=lambda module: natural(module.name))
        model = _filled(template, modules, ordered=True)
        check_class_names(told["class_names"], model.output_shape)
    except FileFormatError:
        raise
    except (BadakError, *BROKEN) as error:
        raise FileFormatError(
            message("its description of the network is broken: {error!r}", error=error)
        ) from None
    model.class_names, model.preparation = told["class_names"], told["preparation"]
    return model


def _check_room(made: list[Layer], shape: Shape, tensors: dict[str, Array]) -> None:
    """Raise FileFormatError unless the layers need no more numbers than the file holds."""
    given = sum(tensor.size for tensor in tensors.values())
    numbers = sum(math.prod(spec.shape) for _, spec in needed(made, shape))
    if numbers > given:
        raise FileFormatError(
            message("its layers need {numbers:,} numbers, more than it holds", numbers=numbers)
        )
    check_samples_size(made, shape, given)


def _filled(like: Sequential, modules: list[Module], ordered: bool) -> Sequential:
    """Return a copy of a model with the tensors in its layers, kind by kind in their order."""
    check_built(like)
    model = deepcopy(like)
    takers: dict[str, list[Layer]] = {}
    for layer in model.layers:
        if layer.weights:
            takers.setdefault(_kind_of(layer), []).append(layer)
    givers: dict[str, list[Module]] = {}
    for module in modules:
        givers.setdefault(module.kind, []).append(module)
    for kind in takers.keys() | givers.keys():
        wanted, found = takers.get(kind, []), givers.get(kind, [])
        if len(wanted) != len(found):
            raise FileFormatError(
                message(
                    "it holds {count} modules such as {kind}, but the model has {count_2}",
                    count=len(found),
                    kind=kind,
                    count_2=len(wanted),
                )
            )
        for layer, module in zip(wanted, in_order(found, ordered), strict=True):
            _fill(layer, module)
    return model


def _kind_of(layer: Layer) -> str:
    """Return the kind of module that a layer's weights are in."""
    kind = for_kind(layer, KIND_OF)
    if kind is None:
        raise FileFormatError(
            message("PyTorch has no {kind}, as the model has", kind=type(layer).__name__)
        )
    without_shift = isinstance(layer, layers.LayerNormalization) and not layer.center
    return "PReLU" if without_shift else kind


KIND_OF: dict[type[Layer], str] = {
    layers.Dense: "Linear",
    layers.BatchNormalization: "BatchNorm1d",
    layers.LayerNormalization: "LayerNorm",
    layers.PReLU: "PReLU",
}
"""The modules of PyTorch with the weights of badak's layers."""


def _fill(layer: Layer, module: Module) -> None:
    views = list(layer.weights.items())
    given = _weights_for(layer, module)
    for name in sorted(given.keys() - layer.weights.keys()):
        if (given[name] != (1.0 if name == "gamma" else 0.0)).any():
            raise FileFormatError(
                message(
                    "{name!r} has a {name_2}, but {name_3!r} has none",
                    name=module.name,
                    name_2=name,
                    name_3=layer.name,
                )
            )
    try:
        set_views(
            views, [given[name] for name, _ in views], message("layer {name!r}", name=layer.name)
        )
    except (InputError, KeyError) as error:
        raise FileFormatError(
            message("the module {name!r} does not fit: {error}", name=module.name, error=error)
        ) from None


def _weights_for(layer: Layer, module: Module) -> dict[str, Array]:
    """Return a module's tensors by badak's names."""
    given = module.tensors
    if module.is_linear:
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
