"""Losses by name."""

from typing import Any

from badak._common.registry import Table
from badak.errors import InputError
from badak.losses.base import Loss
from badak.losses.margin import CategoricalHinge, Hinge, SquaredHinge
from badak.losses.probability import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
)
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

LOSSES: Table[type[Loss]] = Table("loss", {})
for _loss, _aliases in (
    (MeanSquaredError, ("mse",)),
    (MeanAbsoluteError, ("mae",)),
    (ScaledSquaredError, ()),
    (Pinball, ("quantile",)),
    (MeanSquaredLogarithmicError, ("msle",)),
    (MeanAbsolutePercentageError, ("mape",)),
    (Huber, ()),
    (LogCosh, ()),
    (Poisson, ()),
    (CosineSimilarity, ()),
    (BinaryCrossentropy, ("bce",)),
    (BinaryFocalCrossentropy, ()),
    (CategoricalCrossentropy, ("cce", "cross_entropy")),
    (SparseCategoricalCrossentropy, ()),
    (CategoricalFocalCrossentropy, ()),
    (KLDivergence, ("kld", "kullback_leibler_divergence")),
    (Hinge, ()),
    (SquaredHinge, ()),
    (CategoricalHinge, ()),
):
    LOSSES.add(_loss.name, _loss, _aliases)


def get(spec: Any) -> Loss:
    """Return the loss that `spec` means: a name, a configuration, a class or an object.

    >>> get("mse")
    MeanSquaredError()
    """
    made = LOSSES.make(spec)
    if isinstance(made, type) and issubclass(made, Loss):
        made = made()
    if isinstance(made, Loss):
        return made
    called = getattr(made, "__name__", repr(made))
    raise InputError(
        f"the slope of the loss {called!r} is not known; "
        f"give losses.OwnLoss({called!r}, value, slope) with both as plain functions of y and t"
    )
