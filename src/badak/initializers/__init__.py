r"""Initializers: the weights that training starts from.

With all weights zero, every unit of a layer learns the same; with weights too large or too small,
the signal grows or fades from layer to layer. So weights are drawn at random, with a variance that
suits the number of inputs (fan in) and outputs (fan out) of the layer.

An initializer is called with the shape of the weights, ``(inputs, units)``, and the generator of
the model, and gives an array of float64. Its own `seed`, where one is given, comes before that
generator; with neither, the seed is 0, so that the same call gives the same bits every time.
"""

from badak.initializers.base import Initializer, OwnInitializer
from badak.initializers.registry import INITIALIZERS, get
from badak.initializers.scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Orthogonal,
    VarianceScaling,
    fans,
)
from badak.initializers.simple import (
    Constant,
    Ones,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    Zeros,
)

# Keras's names for the classes where they are called as functions.
zeros = Zeros
ones = Ones
constant = Constant
random_uniform = RandomUniform
random_normal = RandomNormal
truncated_normal = TruncatedNormal
lecun_uniform = LecunUniform
lecun_normal = LecunNormal
glorot_uniform = GlorotUniform
glorot_normal = GlorotNormal
he_uniform = HeUniform
he_normal = HeNormal
variance_scaling = VarianceScaling
orthogonal = Orthogonal

__all__ = [
    "INITIALIZERS",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OwnInitializer",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "fans",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]
