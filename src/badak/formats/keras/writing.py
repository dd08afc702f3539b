"""badak's layers as Keras's: their configuration and the order of their weights."""

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from badak import activations, layers
from badak.activations import Activation
from badak.errors import InputError
from badak.formats.assembly import is_builtin
from badak.formats.keras.names import TO_KERAS, an_object
from badak.formats.keras.training import compile_config
from badak.layers import Layer
from badak.network.sequential import Sequential
from badak.typing import Array, Shape


@dataclass(frozen=True)
class Variable:
    """One array of a Keras layer."""

    value: Array
    view: Array | None = None
    """The weights of badak's that it is, None for what Keras has besides."""
    fixed: bool = False
    """Nothing else may stand there."""


@dataclass(frozen=True)
class KerasLayer:
    """A layer as Keras has it."""

    kind: str
    name: str
    config: dict[str, Any]
    input_shape: Shape
    variables: list[Variable] = field(default_factory=list)


def layers_of(model: Sequential) -> list[KerasLayer]:
    """Return the layers that answer alike in Keras; InputError names one that it does not have."""
    made: list[KerasLayer] = []
    for layer, shape in zip(model.layers, model.shapes, strict=False):
        try:
            made += _converted(layer, shape)
        except InputError as error:
            raise InputError(f"the layer {layer.name!r}: {error}") from None
    _check_names(made)
    return made


def _check_names(made: list[KerasLayer]) -> None:
    """Raise InputError for a name that Keras would not take when it reads the file."""
    names = [layer.name for layer in made]
    for name in names:
        if "/" in name or names.count(name) > 1 or name == "input_layer":
            raise InputError(f"Keras takes no layer called {name!r} here: rename it")


def config_of(model: Sequential, made: list[KerasLayer]) -> dict[str, Any]:
    """Return what config.json holds."""
    batch = [None, *(model.input_shape or ())]
    first = {
        "batch_shape": batch,
        "dtype": "float32",
        "sparse": False,
        "ragged": False,
        "name": "input_layer",
    }
    entries = [an_object("keras.layers", "InputLayer", first)]
    for layer in made:
        common = {"name": layer.name, "trainable": layer.config.pop("trainable", True)}
        config = {**common, "dtype": _POLICY, **layer.config}
        entry = an_object("keras.layers", layer.kind, config)
        entry["build_config"] = {"input_shape": [None, *layer.input_shape]}
        entries.append(entry)
    config = {
        "name": model.name,
        "trainable": True,
        "dtype": _POLICY,
        "layers": entries,
        "build_input_shape": batch,
    }
    whole = an_object("keras", "Sequential", config)
    whole["build_config"] = {"input_shape": batch}
    compiled = compile_config(model)
    return whole | ({"compile_config": compiled} if compiled else {})


_POLICY = an_object("keras", "DTypePolicy", {"name": "float32"})


def _converted(layer: Layer, shape: Shape) -> list[KerasLayer]:
    name, weights = str(layer.name), layer.weights
    if isinstance(layer, layers.Whitening):
        return _whitening(name, weights, shape)
    if isinstance(layer, layers.Dense):
        h = layer.activation or activations.IDENTITY
        own, after = _activation(h, name, (layer.units,))
        dense = _layer(layer, "Dense", shape, units=layer.units, activation=own)
        return [dense, *after]
    if isinstance(layer, layers.Normalization):
        config = {"axis": [-1], "invert": False, "mean": None, "variance": None}
        return [KerasLayer("Normalization", name, config, shape, _moments(**weights))]
    if type(layer) in _ACTIVATION_LAYERS:
        return [KerasLayer(type(layer).__name__, name, _relu_config(layer), shape)]
    if isinstance(layer, layers.Activation):
        assert layer.activation is not None
        own, after = _activation(layer.activation, name, shape)
        if not after:
            return [KerasLayer("Activation", name, {"activation": own}, shape)]
        (only,) = after
        return [KerasLayer(only.kind, name, only.config, shape)]
    return [_layer(layer, type(layer).__name__, shape, **_extras(layer))]


_ACTIVATION_LAYERS = (layers.ReLU, layers.LeakyReLU, layers.ELU, layers.Softmax)


def _relu_config(layer: Layer) -> dict[str, Any]:
    if isinstance(layer, layers.Softmax):
        return {"axis": -1}
    return {name: getattr(layer, name) for name in layer.arguments}


def _extras(layer: Layer) -> dict[str, Any]:
    if isinstance(layer, layers.BatchNormalization):
        return {"axis": -1}
    if isinstance(layer, layers.LayerNormalization):
        return {"axis": [-1]}
    if isinstance(layer, layers.PReLU):
        return {"shared_axes": None}
    if isinstance(layer, layers.Flatten):
        return {"data_format": "channels_last"}
    return {}


def _layer(layer: Layer, kind: str, shape: Shape, **given: Any) -> KerasLayer:
    """Return the layer whose arguments and weights are those of badak's."""
    config = {name: _argument(layer, name) for name in layer.arguments} | given
    variables = [Variable(view, view) for view in layer.weights.values()]
    return KerasLayer(kind, str(layer.name), config, shape, variables)


def _argument(layer: Layer, name: str) -> Any:
    value = getattr(layer, name)
    for ending in ("initializer", "regularizer"):
        if name.endswith(ending) and value is not None:
            return _named(value, f"keras.{ending}s", f"the {name} of {layer.name!r}")
    return value if not isinstance(value, Activation) else None


def _named(thing: Any, module: str, what: str) -> dict[str, Any] | None:
    config = thing.get_config() if hasattr(thing, "get_config") else {}
    name = config.get("name")
    if not type(thing).__module__.startswith("badak.") or name is None or "Own" in str(name):
        warnings.warn(f"{what} is not one of Keras's and is left out", stacklevel=2)
        return None
    rest = {key: value for key, value in config.items() if key != "name"}
    return an_object(module, str(name), rest)


def _moments(mean: Array, variance: Array) -> list[Variable]:
    return [
        Variable(mean, mean),
        Variable(variance, variance),
        Variable(np.zeros((), np.int32)),  # how many batches it has seen
    ]


def _whitening(name: str, weights: dict[str, Array], shape: Shape) -> list[KerasLayer]:
    """(x - mean) @ matrix as a normalisation of variance 1, and a Dense that is not trained."""
    mean, matrix = weights["mean"], weights["matrix"]
    centre = {"axis": [-1], "invert": False, "mean": None, "variance": None}
    ones = np.ones(shape, np.float32)
    variables = [Variable(mean, mean), Variable(ones, fixed=True), Variable(np.zeros((), np.int32))]
    dense = {"units": shape[-1], "activation": "linear", "use_bias": False, "trainable": False}
    return [
        KerasLayer("Normalization", f"{name}_centre", centre, shape, variables),
        KerasLayer("Dense", name, dense, shape, [Variable(matrix, matrix)]),
    ]


def _activation(h: Activation, name: str, shape: Shape) -> tuple[str, list[KerasLayer]]:
    """Return an activation by Keras's name, or "linear" and the layer that does it."""
    if not is_builtin(h):
        raise InputError(
            f"the activation {h.name!r} is your own, which a Keras file does not hold: "
            f"export to onnx, python, c or js, which take its formula along"
        )
    if h.name in TO_KERAS and h == activations.get(h.name):
        return TO_KERAS[h.name], []
    p: dict[str, Any] = dict(h.parameters)
    if h.name == "leaky_relu":
        kind, config = "LeakyReLU", p
    elif h.name == "elu":
        kind, config = "ELU", p
    elif h.name == "thresholded_relu" and p["theta"] >= 0.0:
        kind, config = "ReLU", {"threshold": p["theta"]}
    elif h.name == "bounded_relu" and min(p["threshold"], p["max_value"]) >= 0.0:
        limit = p["max_value"] if np.isfinite(p["max_value"]) else None
        kind, config = "ReLU", p | {"max_value": limit}
    else:
        raise InputError(
            f"Keras has no activation {h.name!r}: export to onnx, python, c or js, which take its "
            f"formula along"
        )
    return "linear", [KerasLayer(kind, f"{name}_{h.name}", config, shape)]
