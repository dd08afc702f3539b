"""Optimizers by name: each class enters the registry where it is defined."""

from typing import Any

from badak._common.language import marked, message
from badak._common.registry import Registry
from badak.errors import InputError
from badak.optimizers.base import Optimizer

OPTIMIZERS: Registry[type[Optimizer]] = Registry(marked("optimizer"))


def get(spec: Any) -> Optimizer:
    """Return the optimizer that a user's `spec` means.

    Parameters
    ----------
    spec : str, dict, class or Optimizer
        A name in any spelling, such as "adam"; a configuration ``{"name": ..., argument: ...}``; a
        class; or an optimizer, which is returned as it is.

    Returns
    -------
    Optimizer
        The optimizer, with its own defaults where `spec` gives no arguments.

    Raises
    ------
    UnknownNameError
        No optimizer has that name; the message suggests the nearest one.
    InputError
        `spec` is none of these, or the optimizer does not take its arguments.

    Examples
    --------
    >>> get("adam").learning_rate
    0.001
    >>> get({"name": "SGD", "learning_rate": 0.1}).rate(step=1)
    0.1
    """
    made = OPTIMIZERS.make(spec)
    if isinstance(made, type) and issubclass(made, Optimizer):
        made = made()
    if isinstance(made, Optimizer):
        return made
    raise InputError(
        message(
            '{made!r} is not an optimizer; give a name such as "adam", or an object such as '
            "Adam(0.01)",
            made=made,
        )
    )
