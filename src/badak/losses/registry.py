"""Losses by name: each class enters the registry where it is defined."""

from typing import Any

from badak._common.language import marked, message
from badak._common.registry import Registry
from badak.errors import InputError
from badak.losses.base import Loss

LOSSES: Registry[type[Loss]] = Registry(marked("loss"))


def get(spec: Any) -> Loss:
    """Return the loss that a user's `spec` means.

    Parameters
    ----------
    spec : str, dict, class or Loss
        A name in any spelling, such as "mse"; a configuration ``{"name": ..., argument: ...}``; a
        class; or a loss, which is returned as it is.

    Returns
    -------
    Loss
        The loss, with its own defaults where `spec` gives no arguments.

    Raises
    ------
    UnknownNameError
        No loss has that name; the message suggests the nearest one.
    InputError
        `spec` is none of these, such as a plain function, whose slope is not known.

    Examples
    --------
    >>> get("mse")
    MeanSquaredError()
    >>> get({"name": "Huber", "delta": 2.0})
    Huber(delta=2.0)
    """
    made = LOSSES.make(spec)
    if isinstance(made, type) and issubclass(made, Loss):
        made = made()
    if isinstance(made, Loss):
        return made
    called = getattr(made, "__name__", repr(made))
    raise InputError(
        message(
            "the slope of the loss {called!r} is not known; give losses.OwnLoss({called!r}, "
            "value, slope) with both as plain functions of y and t",
            called=called,
        )
    )
