"""Graphs of activation functions and their derivatives."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from badak import activations
from badak._common.language import message
from badak.activations import Activation
from badak.errors import InputError
from badak.pictures.canvas import Canvas, canvas
from badak.pictures.formulas import (
    Function,
    check_between,
    draw,
    mathtext,
    show_most,
    traced,
    with_parameters,
)
from badak.pictures.registry import PICTURES
from badak.typing import Array

Curve = tuple[Array, Array]

FLAT = 0.01  # a derivative too small to learn from
ROW = (0.0, 1.0)  # the numbers after x in the row given to a rowwise activation


@PICTURES.enter(name="activation")
def activation(
    *names: Any,
    slopes: bool = True,
    between: tuple[float, float] = (-6.0, 6.0),
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw activations: one with its derivative, or several together.

    Of several, the first line is solid and the others dashed, and their derivatives are drawn in a
    second panel. Of one, the sides on which it saturates are shaded where its derivative is under
    0.01. One that works on whole rows, such as softmax, is drawn alone, for the row (x, 0, 1).

    Parameters
    ----------
    *names : str or Activation
        What to draw: names in any spelling, configurations, or activations.
    slopes : bool, default True
        Whether to draw the derivatives too.
    between : (float, float), default (-6, 6)
        The ends of x.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        Nothing to draw, ends that are no interval, or a rowwise activation together with others.
    UnknownNameError
        No activation has that name; the message suggests the nearest one.

    Examples
    --------
    >>> figure = activation("sigmoid", "step", "relu")
    >>> [line.get_label() for line in figure.axes[0].child_axes[0].lines][0]
    'sigmoid'
    """
    records = [activations.get(name) for name in names]
    low, high = check_between(between)
    if not records:
        raise InputError(message("no activation is named: give some, such as activation('relu')"))
    rows = [record.name for record in records if record.rowwise]
    if rows and len(records) > 1:
        raise InputError(
            message(
                "{rows} works on a whole row of numbers and not on one: draw it alone", rows=rows[0]
            )
        )
    with canvas(ax, theme=theme, language=language, pixels=size, dpi=dpi, save=save) as c:
        if rows:
            _draw_row(c, records[0], slopes, low, high)
        elif slopes and len(records) > 1:
            left, right = (c.within(panel) for panel in c.panels(1, 2, gap=0.2))
            _draw_values(left, records, low, high)
            _draw_slopes(right, records, low, high)
            _legend_of(c, left, columns=3)
        elif slopes:
            _draw_both(c, records[0], low, high)
        else:
            _draw_values(c, records, low, high)
            c.legend_below()
        shown = ", ".join(record.name for record in records)
        both = slopes and len(records) == 1
        c.title(
            title,
            f"{shown} and its slope" if both else shown,
            f"{shown}: 함수와 기울기" if both else shown,
        )
    return c.figure


def _draw_values(c: Canvas, records: Sequence[Activation], low: float, high: float) -> None:
    curves = [traced(record, low, high) for record in records]
    for place, (record, curve) in enumerate(zip(records, curves, strict=True)):
        draw(c, curve, place, with_parameters(record.name, record.parameters))
    show_most(c, curves)
    _label(c, "output h(x)", "출력 h(x)")


def _draw_slopes(c: Canvas, records: Sequence[Activation], low: float, high: float) -> None:
    curves = [_slope(record, low, high) for record in records]
    for place, (record, curve) in enumerate(zip(records, curves, strict=True)):
        draw(c, curve, place, with_parameters(record.name, record.parameters))
    show_most(c, curves)
    _label(c, "slope h'(x)", "기울기 h'(x)")


def _draw_both(c: Canvas, record: Activation, low: float, high: float) -> None:
    value, slope = traced(record, low, high), _slope(record, low, high)
    name = with_parameters(record.name, record.parameters)
    draw(c, value, 0, "  ".join(filter(None, [name, mathtext(record.latex)])))
    draw(c, slope, 1, mathtext(record.slope_latex) or c.say("slope", "기울기"))
    _shade_flat(c, record, slope)
    show_most(c, [value, slope])
    _label(c, "output and slope", "출력과 기울기")
    c.legend_below(columns=1)


def _shade_flat(c: Canvas, record: Activation, slope: Curve) -> None:
    """Shade the sides on which the record says that it saturates, from the last steep point on."""
    x, y = slope
    steep = x[np.abs(y) >= FLAT]
    label = c.say(f"saturates: slope under {FLAT:g}", f"포화: 기울기가 {FLAT:g}보다 작다")
    for side in record.saturates:
        ends = (x[0], steep.min(initial=x[-1])) if side == "left" else None
        low, high = ends or (steep.max(initial=x[0]), x[-1])
        if low < high:
            c.ax.axvspan(low, high, color=c.theme.faint, alpha=0.35, linewidth=0.0, label=label)
            label = f"_{label}"
    c.ax.set_xlim(x[0], x[-1])


def _draw_row(c: Canvas, record: Activation, slopes: bool, low: float, high: float) -> None:
    panels = [c.within(panel) for panel in c.panels(1, 2, gap=0.2)] if slopes else [c]
    width = 1 + len(ROW)
    row = ", ".join(["x", *(f"{number:g}" for number in ROW)])
    values = [traced(_row_value(record, k), low, high) for k in range(width)]
    for place, curve in enumerate(values):
        draw(panels[0], curve, place, f"$y_{place + 1}$")
    show_most(panels[0], values)
    _label(panels[0], f"outputs for the row ({row})", f"행 ({row})의 출력")
    if slopes:
        steep = [traced(_row_slope(record, k), low, high) for k in range(width)]
        for place, curve in enumerate(steep):
            draw(panels[1], curve, place, f"$y_{place + 1}$")
        show_most(panels[1], steep)
        _label(panels[1], "their slopes in x", "x에 대한 기울기")
    _legend_of(c, panels[0], columns=width)


def _rows(x: Array) -> Array:
    others = [np.full_like(x, number) for number in ROW]
    return np.stack([x, *others], axis=-1)  # (points, 3)


def _row_value(record: Activation, k: int) -> Function:
    return lambda x: record(_rows(x))[:, k]


def _row_slope(record: Activation, k: int) -> Function:
    """Return the slope of output k in x: backward, from a gradient of 1 at that output alone."""

    def slope(x: Array) -> Array:
        rows = _rows(x)
        at_output = np.zeros_like(rows)
        at_output[:, k] = 1.0
        return record.backward(rows, record(rows), at_output)[:, 0]

    return slope


def _slope(record: Activation, low: float, high: float) -> Curve:
    return traced(lambda x: record.derivative(x, record(x)), low, high)


def _legend_of(c: Canvas, drawn: Canvas, columns: int) -> None:
    handles, labels = drawn.ax.get_legend_handles_labels()
    c.legend_below(columns=columns, handles=handles, labels=labels)


def _label(c: Canvas, english: str, korean: str) -> None:
    c.ax.set_xlabel("x")
    c.ax.set_ylabel(c.say(english, korean))
