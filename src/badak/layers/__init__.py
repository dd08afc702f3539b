"""The layers of a network, by the names that Keras gives them."""

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
from badak.layers.core import Dense, Flatten, Input
from badak.layers.noise import Dropout, GaussianNoise
from badak.layers.normalization import BatchNormalization, LayerNormalization
from badak.layers.preparation import Normalization, Rescaling, Whitening
from badak.layers.registry import LAYERS, from_config

InputLayer = Input

__all__ = [
    "ELU",
    "LAYERS",
    "Activation",
    "BatchNormalization",
    "Dense",
    "Dropout",
    "Flatten",
    "GaussianNoise",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Normalization",
    "PReLU",
    "ReLU",
    "Rescaling",
    "Softmax",
    "ThresholdedReLU",
    "Whitening",
    "from_config",
]
