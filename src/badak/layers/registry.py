"""Layers by name, for files that describe a network."""

from typing import Any

from badak._common.registry import Table
from badak.errors import InputError
from badak.layers.activation import (
    ELU,
    Activation,
    LeakyReLU,
    PReLU,
    ReLU,
    Softmax,
    ThresholdedReLU,
)
from badak.layers.base import Layer
from badak.layers.core import Dense, Flatten
from badak.layers.noise import Dropout, GaussianNoise
from badak.layers.normalization import BatchNormalization, LayerNormalization
from badak.layers.preparation import Normalization, Rescaling, Whitening
from badak.typing import Config

LAYERS: Table[type[Layer]] = Table(
    "layer",
    {
        layer.__name__: layer
        for layer in (
            Dense,
            Activation,
            Flatten,
            Rescaling,
            Normalization,
            Whitening,
            Dropout,
            GaussianNoise,
            BatchNormalization,
            LayerNormalization,
            ReLU,
            LeakyReLU,
            ThresholdedReLU,
            PReLU,
            ELU,
            Softmax,
        )
    },
)


def from_config(config: Config) -> Layer:
    """Return the layer whose ``get_config()`` gave `config`; UnknownNameError, InputError."""
    arguments = dict(config)
    layer: Any = LAYERS[arguments.pop("class", "")]
    unknown = set(arguments) - {"name", *layer.arguments}
    if unknown:
        raise InputError(f"{layer.__name__} takes no {', '.join(map(repr, sorted(unknown)))}")
    try:
        made: Layer = layer(**arguments)
    except TypeError as error:
        raise InputError(f"{layer.__name__}: {error}") from None
    return made
