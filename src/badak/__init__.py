"""Neural networks that you can see through, at home on an ordinary CPU.

>>> import badak
>>> model = badak.Sequential([badak.Input((2,)), badak.layers.Dense(1, activation="sigmoid")])
"""

from typing import TYPE_CHECKING

from badak._common.deprecation import MovedModules
from badak._common.lazy import lazy
from badak._moved import MOVED
from badak._version import __version__

if TYPE_CHECKING:
    from badak import (
        activations,
        book,
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
        recipes,
        regularizers,
        schedules,
        tables,
        utils,
    )
    from badak._common.language import set_language
    from badak.lab.serving import lab
    from badak.layers import Input
    from badak.network.loading import load_model
    from badak.network.sequential import Sequential
    from badak.perceptron import Perceptron
    from badak.training.many import fit_many

__all__ = [
    "Input",
    "Perceptron",
    "Sequential",
    "__version__",
    "activations",
    "book",
    "callbacks",
    "datasets",
    "estimators",
    "experiments",
    "fit_many",
    "formats",
    "functions",
    "images",
    "initializers",
    "lab",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "pictures",
    "preprocessing",
    "recipes",
    "regularizers",
    "schedules",
    "set_language",
    "tables",
    "utils",
]

_NOT_MODULES = {
    "Input": "badak.layers",
    "Perceptron": "badak.perceptron",
    "Sequential": "badak.network.sequential",
    "fit_many": "badak.training.many",
    "load_model": "badak.network.loading",
    "set_language": "badak._common.language",
}
_HOMES = {name: f"badak.{name}" for name in __all__ if name != "__version__"} | _NOT_MODULES

__getattr__, __dir__ = lazy(__name__, _HOMES)

MovedModules(MOVED).install()
