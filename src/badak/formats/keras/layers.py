"""Keras's layers as badak's, by their configuration; none of it is code."""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import activations, layers
from badak._common.language import message
from badak.activations import Activation
from badak.errors import BadakError, FileFormatError
from badak.formats.keras.names import ACTIVATIONS, plain
from badak.network.custom_objects import (
    ACTIVATION,
    INITIALIZER,
    REGULARIZER,
    Kind,
    make,
    make_layer,
)
from badak.typing import Shape

ONLY_IN_TRAINING = (
    *("kernel_constraint", "bias_constraint", "beta_constraint", "gamma_constraint"),
    *("alpha_constraint", "activity_regularizer", "noise_shape"),
)


@dataclass(frozen=True)
class ImportContext:
    """Whose file it is, and what its user knows of it."""

    source: str
    own: dict[str, Any]

    def warn(self, text: str) -> None:
        """Say what is left out."""
        warnings.warn(f"{self.source}: {text}", stacklevel=2)


class Config:
    """One layer's configuration; what nobody asked for is refused at the end."""

    def __init__(self, entry: dict[str, Any], context: ImportContext) -> None:
        self.kind = str(entry["class_name"])
        self.given = dict(entry["config"])
        self.name = str(self.given.pop("name", "")) or None
        self.context = context
        self._take_common()

    def _take_common(self) -> None:
        self.take("batch_input_shape")
        if self.take("trainable") is False:
            what = message("the layer {name!r} is not to be trained", name=self.name)
            self.context.warn(message("{what}, which badak does not do", what=what))
        dtype = self.take("dtype")
        name = dtype["config"]["name"] if isinstance(dtype, dict) else dtype
        if name not in (None, "float32"):
            self.context.warn(
                message(
                    "the layer {name!r} computes in {name_2}; badak does in float32",
                    name=self.name,
                    name_2=name,
                )
            )
        for key in ONLY_IN_TRAINING:
            if self.take(key) is not None:
                self.context.warn(
                    message("{key} of the layer {name!r} is left out", key=key, name=self.name)
                )

    def take(self, key: str, default: Any = None) -> Any:
        return self.given.pop(key, default)

    def only(self, key: str, *allowed: Any) -> None:
        """Refuse any other value than these."""
        value = self.take(key, allowed[0])
        if value not in allowed:
            raise FileFormatError(
                message(
                    "{kind} has {key}={value!r}, but badak's has {allowed!r}",
                    kind=self.kind,
                    key=key,
                    value=value,
                    allowed=allowed[0],
                )
            )

    def named(self, key: str, kind: Kind) -> dict[str, Any]:
        """Return {key: initializer or regularizer}, nothing where badak has not got it."""
        spec = self.take(key)
        if spec is None:
            return {}
        try:
            return {key: make(kind, plain(spec), self.context.own)}
        except BadakError as error:
            self.context.warn(
                message(
                    "{key} of the layer {name!r} is left out: {error}",
                    key=key,
                    name=self.name,
                    error=error,
                )
            )
            return {}

    def all_named(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key in [*self.given]:
            if key.endswith("_initializer"):
                made |= self.named(key, INITIALIZER)
            elif key.endswith("_regularizer"):
                made |= self.named(key, REGULARIZER)
        return made

    def done(self) -> None:
        for key, value in self.given.items():
            if value not in (None, False):
                raise FileFormatError(
                    message(
                        "{kind} has {key}={value!r}, which badak's does not",
                        kind=self.kind,
                        key=key,
                        value=value,
                    )
                )


Made = tuple[layers.Layer, list[str]]
"""A layer, and badak's names for its weights in Keras's order."""


def _dense(config: Config, shape: Shape) -> Made:
    use_bias = bool(config.take("use_bias", True))
    applied = _activation(config.take("activation"), config.context)
    layer = layers.Dense(config.take("units"), applied, use_bias, **config.all_named())
    return layer, ["kernel", "bias"][: 1 + use_bias]


def _flatten(config: Config, shape: Shape) -> Made:
    if len(shape) > 1:
        config.only("data_format", "channels_last", None)
    config.take("data_format")
    return layers.Flatten(), []


def _reshape(config: Config, shape: Shape) -> Made:
    goal = list(config.take("target_shape"))
    if goal not in ([-1], [math.prod(shape)]):
        raise FileFormatError(
            message(
                "Reshape makes {goal} of {shape}, but badak can only flatten",
                goal=goal,
                shape=shape,
            )
        )
    return layers.Flatten(), []


def _rescaling(config: Config, shape: Shape) -> Made:
    scale, offset = config.take("scale"), config.take("offset", 0.0)
    for value in (scale, offset):
        if not isinstance(value, (int, float)):
            raise FileFormatError(
                message("Rescaling has a number for each feature, badak's has one")
            )
    return layers.Rescaling(scale, offset), []


def _normalization(config: Config, shape: Shape) -> Made:
    axis = config.take("axis", [-1])
    axes = axis if isinstance(axis, list) else [axis]
    if axes not in ([], [None], [-1], [len(shape)]):
        raise FileFormatError(
            message("Normalization has axis={axis!r}, but badak's has the last", axis=axis)
        )
    config.only("invert", False)
    mean, variance = config.take("mean"), config.take("variance")
    if mean is None:
        return layers.Normalization(), ["mean", "variance", "count"]
    return layers.Normalization(mean=_values(mean), variance=_values(variance)), []


def _values(spec: Any) -> Any:
    """Return numbers that Keras wrote as they are, or as an array's configuration."""
    if isinstance(spec, dict):
        spec = spec["config"]["value"]
    return np.asarray(spec, np.float64)


def _dropout(config: Config, shape: Shape) -> Made:
    return layers.Dropout(config.take("rate"), config.take("seed")), []


def _gaussian_noise(config: Config, shape: Shape) -> Made:
    return layers.GaussianNoise(config.take("stddev"), config.take("seed")), []


def _scale_and_shift(config: Config) -> tuple[dict[str, Any], list[str]]:
    given: dict[str, Any] = {k: bool(config.take(k, True)) for k in ("center", "scale")}
    return given, ["gamma"] * given["scale"] + ["beta"] * given["center"]


def _batch_normalization(config: Config, shape: Shape) -> Made:
    config.only("axis", -1, len(shape), [-1], [len(shape)])
    config.take("renorm_momentum")
    config.take("synchronized")
    given, names = _scale_and_shift(config)
    for key in ("momentum", "epsilon"):
        given[key] = config.take(key)
    layer = layers.BatchNormalization(**given, **config.all_named())
    return layer, [*names, "moving_mean", "moving_variance"]


def _layer_normalization(config: Config, shape: Shape) -> Made:
    config.only("axis", -1, len(shape), [-1], [len(shape)])
    given, names = _scale_and_shift(config)
    layer = layers.LayerNormalization(epsilon=config.take("epsilon"), **given, **config.all_named())
    return layer, names


def _activation_layer(config: Config, shape: Shape) -> Made:
    return layers.Activation(_activation(config.take("activation"), config.context)), []


def _relu(config: Config, shape: Shape) -> Made:
    names = ("max_value", "negative_slope", "threshold")
    given = {name: config.take(name) for name in names if config.given.get(name) is not None}
    return layers.ReLU(**given), []


def _leaky_relu(config: Config, shape: Shape) -> Made:
    return layers.LeakyReLU(config.take("negative_slope")), []


def _elu(config: Config, shape: Shape) -> Made:
    return layers.ELU(config.take("alpha")), []


def _softmax(config: Config, shape: Shape) -> Made:
    config.only("axis", -1, len(shape))
    return layers.Softmax(), []


def _prelu(config: Config, shape: Shape) -> Made:
    if config.take("shared_axes"):
        config.context.warn(
            message("the layer {name!r} shares slopes, which badak's does not", name=config.name)
        )
    return layers.PReLU(**config.all_named()), ["alpha"]


def own_layer(config: Config, shape: Shape) -> Made:
    """Return a layer of the user's own class, whose weights are in its own order."""
    given = {name: plain(config.take(name)) for name in list(config.given)}
    layer = make_layer({"class": config.kind, **given}, config.context.own)
    return layer, [spec.name for spec in layer.parameters(shape)]


LAYERS: dict[str, Callable[[Config, Shape], Made]] = {
    "Dense": _dense,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Rescaling": _rescaling,
    "Normalization": _normalization,
    "Dropout": _dropout,
    "GaussianNoise": _gaussian_noise,
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
    "Activation": _activation_layer,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "ELU": _elu,
    "Softmax": _softmax,
    "PReLU": _prelu,
}


def _activation(spec: Any, context: ImportContext) -> Activation:
    """Return the activation that a configuration names."""
    name = spec
    if isinstance(spec, dict):
        name = spec.get("config") if spec.get("class_name") == "function" else spec["class_name"]
    if name is None:
        return activations.IDENTITY
    if ACTIVATION.fits(context.own.get(name)):
        return activations.get(context.own[name])
    if name not in ACTIVATIONS:
        raise FileFormatError(
            message(
                "it has the activation {name!r}, which badak does not: give one of your own, "
                "custom_objects={{{name!r}: ...}}",
                name=name,
            )
        )
    return activations.get(ACTIVATIONS[name])
