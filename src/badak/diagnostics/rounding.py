"""Round numbers for display so that what is printed stays true.

Digits are added until what is shown, worked out as it stands, gives the result that is shown.
Where not even nine digits do (the network itself rounds, in float32), the line has ≈ in place of =.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from badak.activations import Activation

DIGITS = 4
"""Significant digits that are shown where they are enough."""
MOST_DIGITS = 9
"""Enough to tell every float32 number from its neighbours."""

Written = tuple[str, float]
"""An expression as it is shown, and the number that it comes to as shown."""
Writer = Callable[[int], Written]
"""Writes an expression with this many significant digits."""


def balanced(write: Writer, value: float, scale: float, after: Activation | None = None) -> str:
    """Return "expression = sum" with as few digits as make it true as shown.

    `value` is the exact sum and `scale` the size of its largest term, whose rounding makes the
    sum's last digits meaningless. Where the activation `after` follows, its output from the sum
    as shown must equal its output from the exact sum, as shown.
    """
    if not math.isfinite(value) or not math.isfinite(scale):
        return f"{write(DIGITS)[0]} = {number(value)}"
    exponent = math.floor(math.log10(scale)) if scale else 0
    places = DIGITS - 1 - exponent
    if exponent < DIGITS:
        places = max(places, 1)
    # Near the border between two outputs as shown no sum may tell which: then the sum comes first.
    for h in [after, None] if after is not None else [None]:
        for more in range(MOST_DIGITS - DIGITS):
            shown = round(value, places + more)
            if h is not None and not _same_output(h, shown, value):
                continue
            text = _coming_to(write, shown, places + more)
            if text:
                return f"{text} = {decimal(shown, places + more)}"
    return f"{write(MOST_DIGITS)[0]} ≈ {number(value)}"


def equation(write: Writer, value: float) -> str:
    """Return "expression = value" with as few digits as make it true as shown."""
    for digits in range(DIGITS, MOST_DIGITS + 1):
        text, comes_to = write(digits)
        if number(comes_to) == number(value) or not math.isfinite(value):
            return f"{text} = {number(value)}"
    return f"{text} ≈ {number(value)}"


def figure(value: float, digits: int) -> str:
    """Return a number with up to `digits` significant digits.

    >>> figure(0.10001, 4), figure(1, 4), figure(1.5e-8, 4), figure(-0.0, 4)
    ('0.1', '1.0', '1.5e-08', '0.0')
    """
    text = f"{value + 0.0:.{digits}g}"  # + 0.0 turns -0.0 into 0.0
    whole = text.lstrip("-").isdigit()
    return text + ".0" if whole else text


def number(value: float) -> str:
    """Return a number with the usual count of significant digits."""
    return figure(value, DIGITS)


def decimal(value: float, places: int) -> str:
    """Return a number that has been rounded to `places` decimals, without trailing zeros.

    >>> decimal(0.3, 4), decimal(1234.5, 1), decimal(2.0, 3)
    ('0.3', '1234.5', '2.0')
    """
    if value and (abs(value) < 1e-4 or places < 1):
        return figure(value, max(places + math.floor(math.log10(abs(value))) + 1, 1))
    text = f"{value + 0.0:.{max(places, 1)}f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def largest_size(values: Sequence[float]) -> float:
    """Return the largest absolute value; 0 for none."""
    return float(np.abs(np.asarray(values, dtype=np.float64)).max(initial=0.0))


def _coming_to(write: Writer, shown: float, places: int) -> str:
    """Return the expression with as few digits as give `shown`, or nothing where none do."""
    for digits in range(DIGITS, MOST_DIGITS + 1):
        text, comes_to = write(digits)
        if round(comes_to, places) == shown:
            return text
    return ""


def _same_output(h: Activation, shown: float, exact: float) -> bool:
    with np.errstate(all="ignore"):
        return number(float(h(shown))) == number(float(h(exact)))
