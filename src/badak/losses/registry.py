"""Losses by name: each class enters the registry where it is defined."""

from typing import Any

from badak._common.registry import Registry
from badak.errors import InputError
from badak.losses.base import Loss

LOSSES: Registry[type[Loss]] = Registry("loss")


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
