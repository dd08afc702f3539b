"""Initializers by name: each class enters the registry where it is defined."""

from collections.abc import Callable
from typing import Any

from badak._common.registry import Registry
from badak.errors import InputError
from badak.initializers.base import Initializer, OwnInitializer

INITIALIZERS: Registry[Callable[..., Initializer]] = Registry("initializer")


def get(spec: Any) -> Initializer:
    """Return the initializer that `spec` means: a name, a configuration, an object or a class.

    A function of your own, from a shape to an array, becomes an :class:`OwnInitializer`. Raises
    InputError for anything else, UnknownNameError for a name that no initializer has.

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
        f"{made!r} is not an initializer; give a name such as 'he_normal', an object such as "
        "RandomNormal(stddev=0.01), or a function from a shape to an array"
    )
