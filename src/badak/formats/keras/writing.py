"""badak's layers as Keras's: their configuration and the order of their weights."""

import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from badak import activations, initializers, layers, regularizers
from badak._common.language import Phrase, message
from badak._common.schema import is_text
from badak.activations import Activation
from badak.activations.registry import is_builtin
from badak.errors import InputError
from badak.formats.keras.names import TO_KERAS, an_object
from badak.formats.keras.training import compile_config
from badak.formats.kinds import for_kind
from badak.layers import Layer
from badak.network.sequential import Sequential
from badak.typing import Array, Shape


@dataclass(frozen=True)
class Variable:
    """One array of a Keras layer."""

    value: Array
    view: Array | None = None
    """The weights of badak's that it is, None for those that only Keras has."""
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


Convert = Callable[..., list[KerasLayer]]


def layers_of(model: Sequential) -> list[KerasLayer]:
    """Return the layers that answer alike in Keras; InputError names one that it does not have."""
    made: list[KerasLayer] = []
    for layer, shape in zip(model.layers, model.shapes, strict=False):
        try:
            made += _converted(layer, shape)
        except InputError as error:
            raise InputError(
                message("the layer {name!r}: {error}", name=layer.name, error=error)
            ) from None
    _check_names(made)
    return made


def _check_names(made: list[KerasLayer]) -> None:
    """Raise InputError for a name that Keras would not take when it reads the file."""
    names = [layer.name for layer in made]
    counted = Counter(names)
    for name in names:
        if "/" in name or counted[name] > 1 or name == "input_layer" or not is_text(name):
            raise InputError(
                message("Keras takes no layer called {name!r} here: rename it", name=name)
            )


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
    """Return the layers of Keras that do what one of badak's does."""
    convert = for_kind(layer, LAYERS)
    if convert is None:
        raise InputError(
            message(
                "Keras has no {kind}: export to onnx, python, c or js, which take its formula "
                "along",
                kind=type(layer).__name__,
            )
        )
    if layer.common_config():
        warnings.warn(
            message(
                "the learning rate's multiplier of the layer {name!r} is left out: Keras has none",
                name=layer.name,
            ),
            stacklevel=2,
        )
    return convert(layer, shape)


def _dense(layer: layers.Dense, shape: Shape) -> list[KerasLayer]:
    h = layer.activation or activations.IDENTITY
    own, after = _activation(h, str(layer.name), (layer.units,))
    dense = _layer(layer, layers.Dense, shape, units=layer.units, activation=own)
    return [dense, *after]


def _normalization(layer: Layer, shape: Shape) -> list[KerasLayer]:
    config = {"axis": [-1], "invert": False, "mean": None, "variance": None}
    moments = _moments(**layer.weights)
    return [KerasLayer("Normalization", str(layer.name), config, shape, moments)]


def _activation_layer(layer: Layer, shape: Shape) -> list[KerasLayer]:
    assert layer.activation is not None
    name = str(layer.name)
    own, after = _activation(layer.activation, name, shape)
    if not after:
        return [KerasLayer("Activation", name, {"activation": own}, shape)]
    (only,) = after
    return [KerasLayer(only.kind, name, only.config, shape)]


def _as(kind: type[Layer], **extras: Any) -> Convert:
    """Return the conversion of a layer that Keras has with the same arguments and weights."""

    def convert(layer: Layer, shape: Shape) -> list[KerasLayer]:
        return [_layer(layer, kind, shape, **extras)]

    return convert


def _with_setting(kind: type[Layer], **fixed: Any) -> Convert:
    """Return the conversion of an activation layer that Keras has with the same arguments.

    Whose activation has been set to another is an activation layer like any other.
    """

    def convert(layer: Layer, shape: Shape) -> list[KerasLayer]:
        given = {name: getattr(layer, name) for name in kind.arguments}
        if kind(**given).activation != layer.activation:
            return _activation_layer(layer, shape)
        return [KerasLayer(kind.__name__, str(layer.name), fixed or given, shape)]

    return convert


def _layer(layer: Layer, kind: type[Layer], shape: Shape, **given: Any) -> KerasLayer:
    """Return the layer whose arguments and weights are those of badak's."""
    config = {name: _argument(layer, name) for name in kind.arguments} | given
    variables = [Variable(view, view) for view in layer.weights.values()]
    return KerasLayer(kind.__name__, str(layer.name), config, shape, variables)


def _argument(layer: Layer, name: str) -> Any:
    value = getattr(layer, name)
    for ending in ("initializer", "regularizer"):
        if name.endswith(ending) and value is not None:
            return _named(
                value,
                f"keras.{ending}s",
                Phrase("the {name} of {name_2!r}", name=name, name_2=layer.name),
            )
    return value if not isinstance(value, Activation) else None


def _named(thing: Any, module: str, what: str | Phrase) -> dict[str, Any] | None:
    """Return an initializer or regularizer of badak's, which are Keras's too; None else."""
    tables = (initializers.INITIALIZERS, regularizers.REGULARIZERS)
    if not any(table.holds(type(thing)) for table in tables):
        warnings.warn(
            message("{what} is not one of Keras's and is left out", what=what), stacklevel=2
        )
        return None
    config = dict(thing.get_config())
    return an_object(module, str(config.pop("name")), config)


def _moments(mean: Array, variance: Array) -> list[Variable]:
    return [
        Variable(mean, mean),
        Variable(variance, variance),
        Variable(np.zeros((), np.int32)),  # how many batches it has seen
    ]


def _whitening(layer: Layer, shape: Shape) -> list[KerasLayer]:
    """(x - mean) @ matrix as a normalisation of variance 1, and a Dense that is not trained."""
    name, mean, matrix = str(layer.name), layer.weights["mean"], layer.weights["matrix"]
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
            message(
                "the activation {name!r} is your own, which a Keras file does not hold: export to "
                "onnx, python, c or js, which take its formula along",
                name=h.name,
            )
        )
    if is_builtin(h, *TO_KERAS) and h == activations.get(h.name):
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
            message(
                "Keras has no activation {name!r}: export to onnx, python, c or js, which take "
                "its formula along",
                name=h.name,
            )
        )
    return "linear", [KerasLayer(kind, f"{name}_{h.name}", config, shape)]


LAYERS: dict[type[Layer], Convert] = {
    layers.Dense: _dense,
    layers.Flatten: _as(layers.Flatten, data_format="channels_last"),
    layers.Rescaling: _as(layers.Rescaling),
    layers.Normalization: _normalization,
    layers.Whitening: _whitening,
    layers.Dropout: _as(layers.Dropout),
    layers.GaussianNoise: _as(layers.GaussianNoise),
    layers.BatchNormalization: _as(layers.BatchNormalization, axis=-1),
    layers.LayerNormalization: _as(layers.LayerNormalization, axis=[-1]),
    layers.PReLU: _as(layers.PReLU, shared_axes=None),
    layers.ReLU: _with_setting(layers.ReLU),
    layers.LeakyReLU: _with_setting(layers.LeakyReLU),
    layers.ELU: _with_setting(layers.ELU),
    layers.Softmax: _with_setting(layers.Softmax, axis=-1),
    layers.Activation: _activation_layer,
}
"""The layers that Keras has; a subclass comes before its parent."""
