"""Neural networks that you can see through, fast on an ordinary CPU.

>>> import badak
>>> model = badak.Sequential([badak.Input((2,)), badak.layers.Dense(1, activation="sigmoid")])
"""

from badak import (
    activations,
    callbacks,
    datasets,
    functions,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    preprocessing,
    regularizers,
    schedules,
    utils,
)
from badak.formats.model_file import load_model
from badak.layers import Input
from badak.perceptron import Perceptron
from badak.sequential import Sequential

__version__ = "0.1.0"

__all__ = [
    "Input",
    "Perceptron",
    "Sequential",
    "__version__",
    "activations",
    "callbacks",
    "datasets",
    "functions",
    "initializers",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "optimizers",
    "preprocessing",
    "regularizers",
    "schedules",
    "utils",
]
