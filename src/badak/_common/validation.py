"""Validate a setting: what it may be, and an error that names the value and the range."""

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.language import Phrase, message
from badak.errors import InputError

FLOAT32_MAX = float(np.finfo(np.float32).max)
LARGEST_WHOLE = 2**63 - 1
MOST_SHOWN = 200  # characters of a value in a message


@dataclass(frozen=True)
class Interval:
    """The numbers that a hyperparameter may be.

    >>> BELOW_ONE.check(np.float32(0.5), "Adam's beta_1")
    0.5
    """

    low: float
    high: float = math.inf
    low_is_in: bool = True
    high_is_in: bool = False
    optional: bool = False
    """None is allowed too."""

    def check(self, value: Any, what: str | Phrase) -> Any:
        """Return `value` as a Python number, or raise an InputError that calls it `what`."""
        if value is None and self.optional:
            return None
        is_number = not isinstance(value, bool) and isinstance(value, numbers.Real)
        if is_number and value in self:
            if math.inf > abs(value) > FLOAT32_MAX:
                raise InputError(
                    message(
                        "{what} must be a number that float32 holds, not {value}",
                        what=what,
                        value=shown(value),
                    )
                )
            return int(value) if isinstance(value, numbers.Integral) else float(value)
        given = {"what": what, "interval": self, "value": shown(value)}
        if self.optional:
            raise InputError(
                message("{what} must be None or a number in {interval}, not {value}", **given)
            )
        raise InputError(message("{what} must be a number in {interval}, not {value}", **given))

    def __contains__(self, value: Any) -> bool:
        above = value > self.low or (self.low_is_in and value == self.low)
        below = value < self.high or (self.high_is_in and value == self.high)
        return bool(above and below)

    def __str__(self) -> str:
        left, right = "(["[self.low_is_in], ")]"[self.high_is_in]
        return f"{left}{self.low:g}, {self.high:g}{right}"


class Flag:
    """A hyperparameter that is True or False."""

    def check(self, value: Any, what: str | Phrase) -> bool:
        """Return `value` as a Python bool, or raise an InputError that calls it `what`."""
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        raise InputError(
            message("{what} must be True or False, not {value}", what=what, value=shown(value))
        )


@dataclass(frozen=True)
class Whole:
    """The whole numbers from `least` that a hyperparameter may be."""

    least: int = 1
    optional: bool = False
    """None is allowed too."""

    def check(self, value: Any, what: str | Phrase) -> Any:
        """Return `value` as a Python int, or raise an InputError that calls it `what`."""
        return check_whole(value, what, self.least, optional=self.optional)


class Choice:
    """One of some names; `aliases` are other names of theirs."""

    def __init__(self, *names: str | None, aliases: Mapping[str, str] | None = None) -> None:
        self.names = names
        self.aliases = aliases or {}

    def check(self, value: Any, what: str | Phrase) -> Any:
        """Return the name, or raise an InputError that calls it `what`."""
        name = self.aliases.get(value, value) if isinstance(value, str) else value
        if (isinstance(name, str) or name is None) and name in self.names:
            return None if name is None else str(name)
        known = ", ".join(map(repr, self.names))
        raise InputError(
            message(
                "{what} must be one of {known}, not {value}",
                what=what,
                known=known,
                value=shown(value),
            )
        )


def setting_of(owner: str, name: str) -> Phrase:
    """Return what errors call a setting: "Dropout's rate"."""
    return Phrase("{owner}'s {name}", owner=owner, name=name)


NOT_NEGATIVE = Interval(0.0)
NOT_NEGATIVE_OR_NONE = Interval(0.0, optional=True)
POSITIVE = Interval(0.0, low_is_in=False)
EPSILON = Interval(float(np.finfo(np.float32).tiny))  # less would be 0 in float32
SHARE = Interval(0.0, 1.0, high_is_in=True)
BELOW_ONE = Interval(0.0, 1.0)
FINITE = Interval(-math.inf, low_is_in=False)
SEED = Whole(0, optional=True)


def check_whole(value: Any, what: str | Phrase, least: int = 1, *, optional: bool = False) -> Any:
    """Return a whole number of at least `least`, or None where that is allowed.

    Anything else raises an InputError that calls it `what`.

    >>> check_whole(np.int64(3), "units")
    3
    """
    if value is None and optional:
        return None
    is_whole = not isinstance(value, bool) and isinstance(value, numbers.Integral)
    if is_whole and least <= int(value) <= LARGEST_WHOLE:
        return int(value)
    large = is_whole and int(value) > LARGEST_WHOLE
    given = {"what": what, "value": shown(value)}
    if large and optional:
        raise InputError(
            message("{what} must be None or a whole number below 2**63, not {value}", **given)
        )
    if large:
        raise InputError(message("{what} must be a whole number below 2**63, not {value}", **given))
    if optional:
        raise InputError(
            message(
                "{what} must be None or a whole number of at least {least}, not {value}",
                least=least,
                **given,
            )
        )
    raise InputError(
        message(
            "{what} must be a whole number of at least {least}, not {value}", least=least, **given
        )
    )


def shown(value: Any) -> str:
    """Return a value as an error message shows it, cut where it is long.

    >>> shown(0.5), shown(10**400)
    ('0.5', '100000000000000000...(401 digits)')
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**60:
        digits = int(value.bit_length() * math.log10(2.0))
        digits += abs(value) >= 10**digits
        return message(
            "{start}...({digits} digits)", start=value // 10 ** (digits - 18), digits=digits
        )
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def as_list(given: Any) -> list[Any]:
    """Return what may be None, one thing, or a list or tuple of things as a list.

    >>> as_list(None), as_list("accuracy"), as_list(("loss", "accuracy"))
    ([], ['accuracy'], ['loss', 'accuracy'])
    """
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]
