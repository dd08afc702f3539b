"""A network's weights as safetensors, by the names that PyTorch gives them.

The metadata holds the rest: the expression of PyTorch that makes the network, and badak's own
description. Preparation of the data at the front is worked into the first layer's weights.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np

from badak import layers
from badak._common.language import message
from badak.activations import Activation
from badak.activations.registry import is_builtin
from badak.errors import FileFormatError, InputError
from badak.formats.kinds import for_kind
from badak.layers import Layer
from badak.layers.base import is_just
from badak.network.description import check_description
from badak.network.nameable import check_layers
from badak.network.saving import as_text
from badak.network.sequential import Sequential
from badak.network.weights import check_ready
from badak.typing import Array, Shape

METADATA = "badak.torch"
"""The entry of the file's metadata that badak writes."""

TOLD = ("name", "input_shape", "layers", "class_names", "preparation")
"""The fields of badak's description that such a file holds."""

MODULES = {
    "relu": "nn.ReLU()",
    "relu6": "nn.ReLU6()",
    "leaky_relu": "nn.LeakyReLU({negative_slope!r})",
    "elu": "nn.ELU({alpha!r})",
    "selu": "nn.SELU()",
    "sigmoid": "nn.Sigmoid()",
    "hard_sigmoid": "nn.Hardsigmoid()",
    "tanh": "nn.Tanh()",
    "softsign": "nn.Softsign()",
    "softplus": "nn.Softplus()",
    "swish": "nn.SiLU()",
    "mish": "nn.Mish()",
    "gelu": "nn.GELU()",
    "gelu_tanh": "nn.GELU(approximate='tanh')",
    "thresholded_relu": "nn.Threshold({theta!r}, 0.0)",
    "softmax": "nn.Softmax(dim=-1)",
    "log_softmax": "nn.LogSoftmax(dim=-1)",
}
"""PyTorch's modules for badak's activations, by the parameters of these."""


@dataclass
class Module:
    """One place in ``nn.Sequential``."""

    text: str
    """The expression that makes it."""
    tensors: dict[str, Array] = field(default_factory=dict)


def modules_of(model: Sequential) -> list[Module]:
    """Return the modules that answer alike; InputError names a layer that PyTorch does not have."""
    check_ready(model)
    made: list[Module] = []
    pending: list[Layer] = []
    for layer, shape in zip(model.layers, model.shapes, strict=False):
        try:
            if for_kind(layer, PREPARATIONS):
                pending.append(layer)
            elif is_just(layer, layers.Dense):
                made.append(_linear(layer, *_prepared(layer, pending, shape)))
                pending = []
            else:
                made += _modules(layer, shape, pending)
            made += _activation(layer.activation)
        except InputError as error:
            raise InputError(
                message("the layer {name!r}: {error}; try onnx", name=layer.name, error=error)
            ) from None
    if pending:
        raise InputError(
            message(
                "the layer {name!r} prepares data for no Dense, and PyTorch has no such layer; "
                "try onnx",
                name=pending[0].name,
            )
        )
    return made


def architecture(model: Sequential) -> str:
    """Return the expression of PyTorch that makes the network whose weights are exported.

    >>> from badak import Input, Sequential
    >>> model = Sequential([Input((4,)), layers.Dense(3, "relu"), layers.Dense(1)])
    >>> architecture(model)
    'nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1))'
    """
    return f"nn.Sequential({', '.join(module.text for module in modules_of(model))})"


def write(model: Sequential) -> bytes:
    """Return the state_dict as safetensors; InputError names what PyTorch does not have."""
    from safetensors.numpy import save

    modules = modules_of(model)
    check_layers(model.layers, model.shapes)
    tensors = {
        f"{place}.{name}": np.ascontiguousarray(value)
        for place, module in enumerate(modules)
        for name, value in module.tensors.items()
    }
    told = {
        "torch": f"nn.Sequential({', '.join(module.text for module in modules)})",
        "name": model.name,
        "input_shape": model.input_shape,
        "layers": [layer.get_config() for layer in _kept(model)],
        "class_names": model.class_names,
        "preparation": model.preparation or {},
    }
    text = as_text(told)
    try:
        check_description(json.loads(text), TOLD)
    except FileFormatError as error:
        raise InputError(
            message("the model could not be read again: {error}", error=error)
        ) from None
    return save(tensors, {METADATA: text})


def _kept(model: Sequential) -> list[Layer]:
    """Return the layers that have modules; a preparation is in the weights behind it."""
    kept: list[Layer] = []
    prepared = False
    for layer in model.layers:
        if for_kind(layer, PREPARATIONS):
            prepared = True
            continue
        kept.append(deepcopy(layer))
        if isinstance(kept[-1], layers.Dense):
            kept[-1].use_bias = kept[-1].use_bias or prepared
            prepared = False
    return kept


def _linear(layer: layers.Dense, kernel: Array, bias: Array | None) -> Module:
    inputs, units = kernel.shape
    without = "" if bias is not None else ", bias=False"
    tensors = {"weight": kernel.T.astype(np.float32)}
    if bias is not None:
        tensors["bias"] = bias.astype(np.float32)
    return Module(f"nn.Linear({inputs}, {units}{without})", tensors)


def _prepared(
    layer: layers.Dense, pending: list[Layer], shape: Shape
) -> tuple[Array, Array | None]:
    """Return the Dense's weights with the preparations before it worked in, in float64."""
    kernel = layer.kernel.astype(np.float64)
    bias = layer.weights.get("bias")
    total = np.zeros(layer.units) if bias is None else bias.astype(np.float64)
    for each in reversed(pending):
        fold = for_kind(each, PREPARATIONS)
        assert fold is not None
        kernel, moved = fold(each, kernel, shape)
        total = total + moved
    return kernel, None if bias is None and not pending else total


Folded = tuple[Array, Array]
"""A kernel that does what a preparation before it did, and what that adds to the bias."""


def _rescaled(layer: layers.Rescaling, kernel: Array, shape: Shape) -> Folded:
    return kernel * layer.scale, np.full(shape, layer.offset) @ kernel


def _normalised(layer: layers.Normalization, kernel: Array, shape: Shape) -> Folded:
    deviation = np.maximum(np.sqrt(layer.weights["variance"].astype(np.float64)), 1e-7)
    times = shape[0] // len(deviation)
    kernel = kernel / np.tile(deviation, times)[:, np.newaxis]
    return kernel, -np.tile(layer.weights["mean"].astype(np.float64), times) @ kernel


def _whitened(layer: layers.Whitening, kernel: Array, shape: Shape) -> Folded:
    kernel = layer.weights["matrix"].astype(np.float64) @ kernel
    return kernel, -layer.weights["mean"].astype(np.float64) @ kernel


PREPARATIONS: dict[type[Layer], Callable[..., Folded]] = {
    layers.Rescaling: _rescaled,
    layers.Normalization: _normalised,
    layers.Whitening: _whitened,
}
"""Layers that PyTorch does not have, and how each goes into the Linear behind it."""


def _modules(layer: Layer, shape: Shape, pending: list[Layer]) -> list[Module]:
    """Return the modules that do what a layer does before its activation."""
    make = for_kind(layer, LAYERS)
    if make is None:
        raise InputError(message("PyTorch has no {kind}", kind=type(layer).__name__))
    if pending and not is_just(layer, layers.Flatten):
        raise InputError(message("it stands between a preparation of the data and a Dense"))
    return make(layer, shape)


def _flatten(layer: Layer, shape: Shape) -> list[Module]:
    return [Module("nn.Flatten()")]


def _dropout(layer: layers.Dropout, shape: Shape) -> list[Module]:
    return [Module(f"nn.Dropout({layer.rate!r})")]


def _nothing(layer: Layer, shape: Shape) -> list[Module]:
    return []


def _layer_norm(layer: layers.LayerNormalization, shape: Shape) -> list[Module]:
    w = layer.weights
    without = "" if layer.center else ", bias=False"
    tensors = {"weight": w.get("gamma", np.ones(shape[-1:], np.float32))}
    tensors |= {"bias": w["beta"]} if layer.center else {}
    return [Module(f"nn.LayerNorm({shape[-1]}, eps={layer.epsilon!r}{without})", tensors)]


def _prelu(layer: Layer, shape: Shape) -> list[Module]:
    _check_flat(layer, shape)
    return [Module(f"nn.PReLU({shape[0]})", {"weight": layer.weights["alpha"]})]


def _check_flat(layer: Layer, shape: Shape) -> None:
    if len(shape) > 1:
        raise InputError(
            message(
                "PyTorch's {kind} works along the first axis of {shape}, not the last",
                kind=type(layer).__name__,
                shape=shape,
            )
        )


def _batch_norm(layer: layers.BatchNormalization, shape: Shape) -> list[Module]:
    _check_flat(layer, shape)
    (features,) = shape
    w = layer.weights
    tensors = {
        "weight": w.get("gamma", np.ones(features, np.float32)),
        "bias": w.get("beta", np.zeros(features, np.float32)),
        "running_mean": w["moving_mean"],
        "running_var": w["moving_variance"],
        "num_batches_tracked": np.array(0, np.int64),
    }
    momentum = round(1.0 - layer.momentum, 12)
    text = f"nn.BatchNorm1d({features}, eps={layer.epsilon!r}, momentum={momentum!r})"
    return [Module(text, tensors)]


LAYERS: dict[type[Layer], Callable[..., list[Module]]] = {
    layers.Flatten: _flatten,
    layers.Dropout: _dropout,
    layers.Activation: _nothing,
    layers.LayerNormalization: _layer_norm,
    layers.PReLU: _prelu,
    layers.BatchNormalization: _batch_norm,
}
"""The layers other than Dense that PyTorch has."""


def _activation(h: Activation | None) -> list[Module]:
    if h is None or is_builtin(h, "identity"):
        return []
    p = h.parameters
    if is_builtin(h, "bounded_relu") and p["negative_slope"] == p["threshold"] == 0.0:
        limited = np.isfinite(p["max_value"])
        return [Module(f"nn.Hardtanh(0.0, {p['max_value']!r})" if limited else "nn.ReLU()")]
    if not is_builtin(h, *MODULES):
        raise InputError(message("PyTorch has no module for the activation {name!r}", name=h.name))
    return [Module(MODULES[h.name].format(**p))]
