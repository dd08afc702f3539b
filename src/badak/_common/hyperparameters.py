"""Hyperparameters of dataclasses: fields that say what they may be, and are checked when set."""

import dataclasses
from typing import Any, Protocol, TypeVar

from badak._common.language import Phrase
from badak._common.validation import setting_of

Value = TypeVar("Value")


class Allowed(Protocol):
    """What a hyperparameter may be."""

    def check(self, value: Any, what: str | Phrase) -> Any:
        """Return `value` as a plain Python value, or raise an InputError that calls it `what`."""


def hyperparameter(default: Value, allowed: Allowed) -> Value:
    """Return a dataclass field that says what it may be.

    A field that belongs to the class decides, not its name: a subclass of your own may have a field
    of the same name that is something else.

    Parameters
    ----------
    default : float, bool, str or None
        The value of the field unless another is given.
    allowed : Allowed
        What it may be.

    Returns
    -------
    field
        To the type checker the default itself, as of :func:`dataclasses.field`.
    """
    declared: Any = dataclasses.field(default=default, metadata=within(allowed))
    return declared


def within(allowed: Allowed) -> dict[str, Allowed]:
    """Return such a field's metadata, for :func:`dataclasses.field` where it needs more."""
    return {"allowed": allowed}


def checked(value: Any, declared: dataclasses.Field[Any], whose: str) -> Any:
    """Return a field's value as a plain Python value, or raise an InputError that names both."""
    return declared.metadata["allowed"].check(value, setting_of(whose, declared.name))


def check_fields(record: Any) -> None:
    """Check the fields of a dataclass, frozen or not, and keep them as plain Python values.

    >>> from badak._common.validation import POSITIVE
    >>> @dataclasses.dataclass(frozen=True)
    ... class Decay:
    ...     steps: float = hyperparameter(10.0, POSITIVE)
    ...     __post_init__ = check_fields
    >>> Decay(-1)
    Traceback (most recent call last):
        ...
    badak.errors.InputError: Decay's steps must be a number in (0, inf), not -1
    """
    for declared in dataclasses.fields(record):
        if "allowed" in declared.metadata:
            value = checked(getattr(record, declared.name), declared, type(record).__name__)
            object.__setattr__(record, declared.name, value)
