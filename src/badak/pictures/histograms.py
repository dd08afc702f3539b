"""Histograms of each layer's outputs, with the shares of zeros and of saturated values."""

import math
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from badak._common.language import message
from badak.diagnostics.diagnosis import MANY_UNITS
from badak.diagnostics.statistics import dead_and_saturated
from badak.errors import InputError
from badak.layers import Dense
from badak.layers.passes import LayerPass
from badak.pictures.canvas import WIDTH, Canvas, canvas
from badak.pictures.registry import PICTURES
from badak.typing import ArrayLike

if TYPE_CHECKING:
    from badak.network.sequential import Sequential

BINS = 40
COLUMNS = 3


@PICTURES.enter(name="layers")
def layers(
    model: "Sequential",
    x: ArrayLike,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw a histogram of the outputs of each layer with weights or an activation.

    Over each histogram stand the share of outputs that are exactly zero, which have a bar of their
    own; the number of dead units, whose slope is zero for every sample, with the share of a
    layer's units up to which it counts as healthy; and the share of outputs where the activation
    is saturated. All is counted as by :meth:`badak.Sequential.inspect`.

    Parameters
    ----------
    model : Sequential
        The network.
    x : array-like, (samples, *input shape)
        The samples to run forward; all outputs of all layers are held in memory at once.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        A network without such a layer, or outputs that are not finite.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> model = Sequential([Input((2,)), Dense(3, "relu"), Dense(1)])
    >>> figure = layers(model, np.ones((5, 2)))
    >>> len(figure.axes[0].child_axes)
    2
    """
    passes = [p for p in model.forward(x) if isinstance(p.layer, Dense) or p.a is not None]
    if not passes:
        raise InputError(
            message("the network has no layer with weights or an activation to look into")
        )
    for p in passes:
        if not np.isfinite(p.z).all():
            raise InputError(
                message(
                    "layer {name!r} gives NaN or infinity: its weights are broken",
                    name=p.layer.name,
                )
            )
    columns = min(len(passes), COLUMNS)
    rows = math.ceil(len(passes) / columns)
    natural = (WIDTH, 0.7 + 2.9 * rows)
    with canvas(
        ax, theme=theme, language=language, size=natural, pixels=size, dpi=dpi, save=save
    ) as c:
        panels = c.panels(rows, columns, gap=0.25, gap_below=0.72)
        heads = [_heads(c, p) for p in passes]
        lines = max(map(len, heads))
        for place, (panel, p) in enumerate(zip(panels, passes, strict=False)):
            even = heads[place] + [""] * (lines - len(heads[place]))
            _draw(c.within(panel), p, even)
            if place % columns == 0:
                panel.set_ylabel(c.say("share of outputs", "출력의 비율"))
        for unused in panels[len(passes) :]:
            unused.set_visible(False)
        count = len(passes[0].z)
        c.title(
            title,
            f"Outputs of each layer for {count:,} samples",
            f"샘플 {count:,}개에 대한 각 층의 출력",
            lines_below=lines,
        )
    return c.figure


def _draw(c: Canvas, p: LayerPass, heads: Sequence[str]) -> None:
    z = p.z.reshape(len(p.z), -1).astype(np.float64)  # (samples, units)
    zero = z == 0.0
    low, high = float(z.min()), float(z.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    shares, edges = np.histogram(z[~zero], BINS, (low, high))
    shares = shares / z.size
    c.ax.stairs(shares, edges, fill=True, color=c.theme.series[0])
    top = float(shares.max())
    if zero.any():
        width = (high - low) / BINS
        c.ax.bar(0.0, zero.mean(), width, color=c.theme.series[1], hatch="///", linewidth=0.0)
        top = min(float(zero.mean()), 1.6 * top) or float(zero.mean())
    c.ax.set_ylim(0.0, 1.08 * top)
    c.ax.locator_params(nbins=4)
    c.ax.set_title("\n".join(heads), fontsize=10.0, pad=5.0)
    c.ax.set_xlabel(c.say("output", "출력"), fontsize=10.0)


def _heads(c: Canvas, p: LayerPass) -> list[str]:
    """Return the lines over a layer's panel: its name, and what there is to say of its outputs."""
    name = "" if p.layer.activation is None else f", {p.layer.activation.name}"
    heads = c.names([f"{p.layer.name}{name}"], 26)
    zeros = float((p.z == 0.0).mean())
    if zeros:
        heads.append(c.say(f"{zeros:.1%} zero", f"값이 0: {zeros:.1%}"))
    h = p.layer.activation
    if h is None or p.a is None or h.rowwise:
        return heads
    dead, saturated = dead_and_saturated(h, h.derivative(p.a, p.z).reshape(len(p.z), -1))
    count, of = int(dead.sum()), len(dead)
    if count:
        of_units = f"{count:,} of {of:,} units dead", f"뉴런 {of:,}개 중 {count:,}개 죽음"
        limit = f"(healthy: up to {MANY_UNITS:.0%})", f"(정상: {MANY_UNITS:.0%}까지)"
        heads += [c.say(*of_units), c.say(*limit)]
    if saturated is not None:
        flat = float(saturated.mean())
        if not math.isclose(flat, zeros):  # for ReLU they are the same
            heads.append(c.say(f"{flat:.1%} saturated", f"포화: {flat:.1%}"))
    return heads
