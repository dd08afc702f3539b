"""Losses: how wrong a network is, in one number, and its gradient.

Each formula is one plain function of the prediction ``y`` and the target ``t``, with its slope in
``y`` directly under it. The classes have Keras's names and are called as there,
``loss(y_true, y_pred)``.
"""

# From simple to complex: the registry lists the names in this order.
from badak.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Pinball,
    Poisson,
)
from badak.losses.scaled import ScaledSquaredError

# isort: split
from badak.losses.probability import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
)

# isort: split
from badak.losses.margin import CategoricalHinge, Hinge, SquaredHinge

# isort: split
from badak.losses.base import Formula, Loss, OwnLoss
from badak.losses.registry import LOSSES, get
from badak.losses.targets import TargetKind, check_targets

__all__ = [
    "LOSSES",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Formula",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "OwnLoss",
    "Pinball",
    "Poisson",
    "ScaledSquaredError",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "TargetKind",
    "check_targets",
    "get",
]
