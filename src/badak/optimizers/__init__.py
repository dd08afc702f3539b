"""Optimizers: how weights are updated by the gradient of the loss.

The formulas are short plain functions in :mod:`badak.optimizers.rules`; a class holds the
hyperparameters of its rule, with Keras's names, order and defaults.
"""

# From simple to complex: the registry lists the names in this order.
from badak.optimizers.descent import SGD, GradientDescent, Momentum, Nesterov

# isort: split
from badak.optimizers.adaptive import Adadelta, Adagrad, RMSprop

# isort: split
from badak.optimizers.adam import Adam, Adamax, AdamW, Lion, Nadam

# isort: split
from badak.optimizers import rules, schedules
from badak.optimizers.base import Optimizer
from badak.optimizers.clipping import clip_by_global_norm, clip_by_norm, clip_by_value
from badak.optimizers.registry import OPTIMIZERS, get
from badak.optimizers.rules import decay_weights

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "GradientDescent",
    "Lion",
    "Momentum",
    "Nadam",
    "Nesterov",
    "Optimizer",
    "RMSprop",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "decay_weights",
    "get",
    "rules",
    "schedules",
]
