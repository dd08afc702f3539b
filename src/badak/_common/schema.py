"""What the fields of a file's description may hold: a small schema, checked in one go.

>>> check_fields({"units": 3}, {"units": WHOLE})
>>> check_fields({"units": "3"}, {"units": WHOLE})
Traceback (most recent call last):
    ...
badak.errors.FileFormatError: 'units' must be a whole number of at least 0, not '3'
"""

import math
import re
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from badak._common.language import marked, message, translated
from badak.errors import FileFormatError


@dataclass(frozen=True)
class Field:
    """What one field may hold, in words and as a test."""

    words: str
    fits: Callable[[Any], bool]
    around: tuple[str, ...] = ()
    """Words with a place, {words}, for what is said of the field so far."""

    def or_none(self) -> "Field":
        """Return the field that may also be null."""
        around = (*self.around, marked("null or {words}"))
        return Field(self.words, lambda value: value is None or self.fits(value), around)

    def said(self) -> str:
        """Return the words in the language that is spoken."""
        words = translated(self.words)
        for each in self.around:
            words = translated(each).format(words=words)
        return words


def is_text(value: Any) -> bool:
    """Return whether a value is a string that every file can hold: neither NUL nor half a pair."""
    return isinstance(value, str) and not re.search("[\0\ud800-\udfff]", value)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return isinstance(value, int) or not math.isnan(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 64


TEXT = Field(marked("a text without NUL"), is_text)
FLAG = Field(marked("true or false"), lambda value: isinstance(value, bool))
WHOLE = Field(marked("a whole number of at least 0"), _is_whole)
SIZE = Field(marked("a whole number of at least 1"), lambda value: _is_whole(value) and value > 0)
NUMBER = Field(marked("a number"), _is_number)
NUMBER_OR_NAN = Field(marked("a number or NaN"), lambda v: isinstance(v, float) or _is_number(v))
OBJECT = Field(marked("an object"), lambda value: isinstance(value, dict))
NAMED = Field(marked("a name or an object"), lambda value: isinstance(value, (str, dict)))


def list_of(entry: Field) -> Field:
    """Return the field that holds a list of such entries."""
    return Field(
        entry.words,
        lambda value: isinstance(value, list) and all(map(entry.fits, value)),
        (*entry.around, marked("a list, of which each is {words}")),
    )


def object_of(entry: Field) -> Field:
    """Return the field that holds an object of such entries by name."""
    return Field(
        entry.words,
        lambda value: isinstance(value, dict) and all(map(entry.fits, value.values())),
        (*entry.around, marked("an object, in which each is {words}")),
    )


def check_fields(told: Mapping[str, Any], schema: Mapping[str, Field]) -> None:
    """Raise FileFormatError where a field is missing or holds something else."""
    for name, field in schema.items():
        if name not in told:
            raise FileFormatError(message("{name!r} is missing", name=name))
        if not field.fits(told[name]):
            raise FileFormatError(
                message(
                    "{name!r} must be {words}, not {told}",
                    name=name,
                    words=field.said(),
                    told=reprlib.repr(told[name]),
                )
            )
