"""The card of an activation: formula, slope, range and what is known of them, with a graph."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from badak._common.display import View, as_html
from badak._common.language import message
from badak.typing import Array

if TYPE_CHECKING:
    from badak.activations.base import Activation

REACH = 4.0  # the graph shows inputs from -REACH to REACH, and outputs of that size
SIDE = 200  # pixels of the graph, which is as wide as it is high
VALUE, SLOPE = "#2a78d6", "#eb6834"


def view_of(activation: Activation) -> View:
    """Return the card as a table of facts."""
    low, high = activation.range
    facts = [
        (message("formula"), activation.latex),
        (message("slope"), activation.slope_latex),
        (
            message("parameters"),
            ", ".join(f"{k} = {v:g}" for k, v in activation.parameters.items()),
        ),
        (message("range"), message("{low:g} to {high:g}", low=low, high=high)),
        (message("smooth"), _yes_or_no(activation.smooth)),
        (message("monotonic"), _yes_or_no(activation.monotonic)),
        (message("zero-centred"), _yes_or_no(activation.zero_centred)),
        (message("saturates"), _sides(activation)),
        (
            message("works on"),
            message("whole rows") if activation.rowwise else message("one number at a time"),
        ),
        (message("source"), activation.source),
    ]
    return View(headings=(activation.name, ""), rows=[fact for fact in facts if fact[1]])


def html_of(activation: Activation) -> str:
    """Return the card for a notebook: formulas typeset, and the graph where there is one."""
    view = view_of(activation)
    formulas = (activation.latex, activation.slope_latex)
    typeset = [(name, f"${fact}$" if fact in formulas else fact) for name, fact in view.rows]
    html = as_html(View(headings=view.headings, rows=typeset))
    return html if activation.rowwise else html + _graph(activation)


def _sides(activation: Activation) -> str:
    match activation.saturates:
        case ():
            return message("on no side")
        case ("left",):
            return message("left")
        case ("right",):
            return message("right")
    return message("left and right")


def _yes_or_no(known: bool | None) -> str:
    return "" if known is None else message("yes") if known else message("no")


def _graph(activation: Activation) -> str:
    x = np.linspace(-REACH, REACH, 401)
    with np.errstate(all="ignore"):
        y = activation(x)
        slope = activation.derivative(x, y) + 0.0 * x
    lines = _path(x, y, VALUE) + _path(x, slope, SLOPE)
    axes = (
        f'<path d="M0 {SIDE / 2}H{SIDE}M{SIDE / 2} 0V{SIDE}" stroke="currentColor" '
        'stroke-opacity="0.4"/>'
    )
    told = escape(
        message(
            "{name} (blue), its slope (orange), from {low:g} to {high:g}",
            name=activation.name,
            low=-REACH,
            high=REACH,
        )
    )
    return (
        f'<svg role="img" aria-label="{told}" width="{SIDE}" height="{SIDE}" '
        f'viewBox="0 0 {SIDE} {SIDE}" fill="none"><title>{told}</title>{axes}{lines}</svg>'
    )


def _path(x: Array, y: Array, colour: str) -> str:
    """Return a line through what lies on the graph; it starts again behind a jump."""
    across = (x + REACH) / (2.0 * REACH) * SIDE
    down = (1.0 - y / REACH) * SIDE / 2.0
    shown = np.isfinite(y) & (np.abs(y) <= REACH)
    points, pen = [], False
    for i in range(len(x)):
        jumped = pen and abs(down[i] - down[i - 1]) > SIDE / 20.0
        if shown[i]:
            points.append(f"{'L' if pen and not jumped else 'M'}{across[i]:.1f} {down[i]:.1f}")
        pen = bool(shown[i])
    return f'<path d="{"".join(points)}" stroke="{colour}" stroke-width="2"/>'
