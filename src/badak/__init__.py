"""Neural networks that you can see through, at home on an ordinary CPU.

>>> import badak
>>> model = badak.Sequential([badak.Input((2,)), badak.layers.Dense(1, activation="sigmoid")])
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from badak import (
        activations,
        callbacks,
        datasets,
        estimators,
        experiments,
        formats,
        functions,
        images,
        initializers,
        layers,
        losses,
        metrics,
        models,
        optimizers,
        pictures,
        preprocessing,
        regularizers,
        schedules,
        tables,
        utils,
    )
    from badak.formats.model_file import load_model
    from badak.layers import Input
    from badak.perceptron import Perceptron
    from badak.sequential import Sequential
    from badak.training.many import fit_many

__version__ = "0.1.0"

__all__ = [
    "Input",
    "Perceptron",
    "Sequential",
    "__version__",
    "activations",
    "callbacks",
    "datasets",
    "estimators",
    "experiments",
    "fit_many",
    "formats",
    "functions",
    "images",
    "initializers",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "pictures",
    "preprocessing",
    "regularizers",
    "schedules",
    "tables",
    "utils",
]

_HOMES = {
    "Input": "badak.layers",
    "Perceptron": "badak.perceptron",
    "Sequential": "badak.sequential",
    "fit_many": "badak.training.many",
    "load_model": "badak.formats.model_file",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is first asked for, so that the command starts quickly."""
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    elif name in __all__:
        value = importlib.import_module(f"badak.{name}")
    else:
        raise AttributeError(f"module 'badak' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
