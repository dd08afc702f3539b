"""Initializers by name: each class enters the registry where it is defined."""

from collections.abc import Callable
from typing import Any

from badak._common.language import marked, message
from badak._common.registry import Registry
from badak.errors import InputError
from badak.initializers.base import Initializer, OwnInitializer

INITIALIZERS: Registry[Callable[..., Initializer]] = Registry(marked("initializer"))


def get(spec: Any) -> Initializer:
    """Return the initializer that a user's `spec` means.

    Parameters
    ----------
    spec : str, dict, class, Initializer or function
        A name in any spelling, such as "he_normal"; a configuration
        ``{"name": ..., argument: ...}``; a class; an initializer, which is returned as it is; or a
        function from a shape to an array, which becomes an :class:`OwnInitializer`.

    Returns
    -------
    Initializer
        The initializer, with its own defaults where `spec` gives no arguments.

    Raises
    ------
    UnknownNameError
        No initializer has that name; the message suggests the nearest one.
    InputError
        `spec` is none of these, or the initializer does not take its arguments.

    Examples
    --------
    >>> get("he_normal")
    HeNormal(seed=None)
    >>> get({"name": "Constant", "value": 0.1})
    Constant(value=0.1)
    """
    made = INITIALIZERS.make(spec)
    if isinstance(made, type) and issubclass(made, Initializer):
        made = made()
    if isinstance(made, Initializer):
        return made
    if callable(made):
        return OwnInitializer(made)
    raise InputError(
        message(
            "{made!r} is not an initializer; give a name such as 'he_normal', an object such as "
            "RandomNormal(stddev=0.01), or a function from a shape to an array",
            made=made,
        )
    )
