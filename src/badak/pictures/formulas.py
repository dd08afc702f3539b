"""Shared by the graphs of formulas: curves with jumps, and LaTeX that matplotlib renders."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from badak._common.language import Phrase, message
from badak._common.validation import FINITE
from badak.errors import InputError
from badak.pictures.canvas import Canvas
from badak.pictures.fonts import renders
from badak.typing import Array

Function = Callable[[Array], Array]

POINTS = 1201
STEEP = 0.005  # share of the curve's height; a larger difference of neighbours may be a jump
OFF = 3.0  # times the 0.9 quantile: beyond, the view is cut
HALVINGS = 60  # of an interval, until float64 cannot halve it

CASES = re.compile(r"\\begin\{cases\}(.*?)\\end\{cases\}")


def traced(function: Function, low: float, high: float) -> tuple[Array, Array]:
    """Return points (x, y) of the curve from `low` to `high`, with y NaN inside every jump.

    >>> x, y = traced(lambda x: np.sign(x), -1.0, 1.0)
    >>> int(np.isnan(y).sum()), float(abs(x[np.isnan(y)][0])) < 1e-12
    (2, True)
    """
    x = np.linspace(low, high, POINTS)
    with np.errstate(all="ignore"):
        y = np.asarray(function(x), dtype=np.float64)
        finite = y[np.isfinite(y)]
        if not len(finite):
            raise InputError(
                message(
                    "there is nothing to draw: no value from {low:g} to {high:g} is one",
                    low=low,
                    high=high,
                )
            )
        steep = np.flatnonzero(np.abs(np.diff(y)) > STEEP * np.ptp(finite))
        left, right = _closed_in(function, x[steep], x[steep + 1])
        before, after = function(left), function(right)
    jumps = np.abs(after - before) > 0.5 * np.abs(y[steep + 1] - y[steep])
    left, right = left[jumps], right[jumps]
    ends = np.stack([left, 0.5 * (left + right), right], axis=1)  # (jumps, 3)
    values = np.stack([before[jumps], np.full(len(left), np.nan), after[jumps]], axis=1)
    places = np.repeat(steep[jumps] + 1, 3)
    return np.insert(x, places, ends.ravel()), np.insert(y, places, values.ravel())


def _closed_in(function: Function, left: Array, right: Array) -> tuple[Array, Array]:
    """Halve each interval again and again, towards its steeper half."""
    for _ in range(HALVINGS):
        middle = 0.5 * (left + right)
        y = function(middle)
        first = np.abs(y - function(left)) >= np.abs(function(right) - y)
        left, right = np.where(first, left, middle), np.where(first, middle, right)
    return left, right


def draw(c: Canvas, curve: tuple[Array, Array], place: int, label: str) -> None:
    """Draw a curve as the line of this place; its jumps as thin dots from end to end."""
    x, y = curve
    style = c.line(place)
    c.ax.plot(x, y, label=label, **style)
    for at in np.flatnonzero(np.isnan(y[1:-1])) + 1:
        if np.isfinite(y[[at - 1, at + 1]]).all():
            ends = [x[at - 1], x[at + 1]], [y[at - 1], y[at + 1]]
            c.ax.plot(*ends, color=style["color"], linestyle=":", linewidth=1.0, label="_jump")


def show_most(c: Canvas, curves: Sequence[tuple[Array, Array]]) -> None:
    """Cut the view where a curve rises so far that the rest would look flat."""
    heights = [y[np.isfinite(y)] for _, y in curves]
    near = [y for y in heights if not _runs_off(y)]
    ends = [(y.min(), y.max()) for y in near] or [_most(y) for y in heights]
    low, high = min(float(low) for low, _ in ends), max(float(high) for _, high in ends)
    margin = 0.05 * (high - low) or 0.5
    c.ax.set_ylim(low - margin, high + margin)


def _runs_off(y: Array) -> bool:
    return bool(np.abs(y).max() > OFF * np.quantile(np.abs(y), 0.9) > 0.0)


def _most(y: Array) -> tuple[float, float]:
    limit = 1.5 * float(np.quantile(np.abs(y), 0.9))
    return max(float(y.min()), -limit), min(float(y.max()), limit)


def mathtext(latex: str) -> str:
    r"""Return the LaTeX as matplotlib draws it, its cases in one line; empty where it cannot.

    >>> mathtext(r"h(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}")
    '$h(x) = \\{\\, 1\\ (x > 0),\\ \\ 0\\ (x \\leq 0) \\,\\}$'
    """
    line = re.sub(r"\\sqrt (\w)", r"\\sqrt{\1}", CASES.sub(_in_a_line, latex))
    line = re.sub(r"\\([lg])e\b", r"\\\1eq", line.replace(r"\frac", r"\dfrac"))
    shown = f"${line}$"
    return shown if line and renders(shown) else ""


def _in_a_line(cases: re.Match[str]) -> str:
    each = [case.split("&") for case in cases[1].split(r"\\")]
    parts = [rf"{value.strip()}\ ({where.strip()})" for value, where in each]
    return r"\{\, " + r",\ \ ".join(parts) + r" \,\}"


def check_between(between: tuple[float, float]) -> tuple[float, float]:
    """Return the ends of the drawn interval, or raise InputError."""
    try:
        low, high = between
    except (TypeError, ValueError):
        raise InputError(
            message("between is (low, high), such as (-6, 6), not {between!r}", between=between)
        ) from None
    for end in (low, high):
        FINITE.check(end, Phrase("each end of between"))
    if not low < high:
        raise InputError(
            message(
                "between goes from low to high, not from {low!r} to {high!r}", low=low, high=high
            )
        )
    return float(low), float(high)


def with_parameters(name: str, parameters: Any) -> str:
    """Return a name with the values of its parameters.

    >>> with_parameters("leaky_relu", {"negative_slope": 0.2})
    'leaky_relu (negative_slope 0.2)'
    """
    listed = ", ".join(f"{each} {value:g}" for each, value in parameters.items())
    return f"{name} ({listed})" if listed else name
