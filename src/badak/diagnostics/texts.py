"""Numbers and values of columns as short texts."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from badak._common import display
from badak._common.language import message

LONGEST = 22
"""Letters of a name or a value that are shown in a table."""
DIGITS = 9
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::00)?(?:\.0+)?", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d+\.\d+(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def number(value: float) -> str:
    """Return a number as short as it can be read.

    >>> number(312_400.0), number(0.83125), number(2.0)
    ('312,400', '0.8313', '2')
    """
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e12 else f"{value:.4g}"


def written(value: Any) -> str:
    """Return a value of a column as text: a date without the time where that is 0 h.

    >>> written(np.datetime64("2024-02-29T00:00")), written(np.float64(0.5))
    ('2024-02-29', '0.5')
    """
    if isinstance(value, np.datetime64):
        return str(np.datetime_as_string(value, "m")).removesuffix("T00:00").replace("T", " ")
    return value if isinstance(value, str) else number(float(value))


def shown_cell(text: str) -> str:
    """Return what a cell says, without what makes it long but tells little.

    A number with many digits after its point keeps seven, a moment no seconds where they are 0.

    >>> shown_cell("3.2421782281502456"), shown_cell("1029422688.0"), shown_cell("12.50")
    ('3.242178', '1029422688', '12.50')
    >>> shown_cell("2024-02-29T18:30:00.000000"), shown_cell("2024-02-29")
    ('2024-02-29 18:30', '2024-02-29')
    """
    if moment := MOMENT.fullmatch(text):
        return f"{moment[1]} {moment[2]}"
    if len(text) <= DIGITS or not DECIMAL.fullmatch(text):
        return text
    value = float(text)
    return f"{value:.0f}" if 1e7 <= abs(value) < 1e15 else f"{value:.7g}"


def short(text: str, longest: int) -> str:
    """Return the text without control characters, cut where it is too long.

    >>> short("a very long name", 9)
    'a very l…'
    """
    text = display.printable(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def listed(names: Sequence[str], between: str, most: int) -> str:
    """Return names one after another, of many the first and how many more there are.

    >>> listed(["size", "rooms", "age"], " + ", 2), listed(["size", "rooms"], ", ", 2)
    ('size + rooms + 1 more', 'size, rooms')
    """
    shown = [short(name, LONGEST) for name in names[:most]]
    if len(names) > most:
        shown.append(message("{count:,} more", count=len(names) - most))
    return between.join(shown)


def signed_zero(text: str) -> str:
    """Return a number's text without the sign of a zero.

    >>> signed_zero("-0.00"), signed_zero("-0.01")
    ('0.00', '-0.01')
    """
    return text.removeprefix("-") if not text.strip("-0.,") else text
