"""Validate a setting: what it may be, and an error that names the value and the range."""

import math
import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak.errors import InputError


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

    def check(self, value: Any, what: str) -> Any:
        """Return `value` as a Python number, or raise an InputError that calls it `what`."""
        if value is None and self.optional:
            return None
        is_number = not isinstance(value, bool) and isinstance(value, numbers.Real)
        if is_number and value in self:
            return int(value) if isinstance(value, numbers.Integral) else float(value)
        none = "None or " if self.optional else ""
        raise InputError(f"{what} must be {none}a number in {self}, not {value!r}")

    def __contains__(self, value: Any) -> bool:
        above = value > self.low or (self.low_is_in and value == self.low)
        below = value < self.high or (self.high_is_in and value == self.high)
        return bool(above and below)

    def __str__(self) -> str:
        left, right = "(["[self.low_is_in], ")]"[self.high_is_in]
        return f"{left}{self.low:g}, {self.high:g}{right}"


class Flag:
    """A hyperparameter that is True or False."""

    def check(self, value: Any, what: str) -> bool:
        """Return `value` as a Python bool, or raise an InputError that calls it `what`."""
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        raise InputError(f"{what} must be True or False, not {value!r}")


NOT_NEGATIVE = Interval(0.0)
POSITIVE = Interval(0.0, low_is_in=False)
EPSILON = Interval(float(np.finfo(np.float32).tiny))  # less would be 0 in float32
SHARE = Interval(0.0, 1.0, high_is_in=True)
BELOW_ONE = Interval(0.0, 1.0)
FINITE = Interval(-math.inf, low_is_in=False)


def check_whole(value: Any, what: str, least: int = 1) -> int:
    """Return a whole number of at least `least`, or raise an InputError that calls it `what`.

    >>> check_whole(np.int64(3), "units")
    3
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < least:
        raise InputError(f"{what} must be a whole number of at least {least}, not {value!r}")
    return int(value)


def as_list(given: Any) -> list[Any]:
    """Return what may be None, one thing, or a list or tuple of things as a list.

    >>> as_list(None), as_list("accuracy"), as_list(("loss", "accuracy"))
    ([], ['accuracy'], ['loss', 'accuracy'])
    """
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]
