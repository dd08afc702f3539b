"""Paths of optimizers down a valley."""

import math
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from badak import optimizers as known
from badak._common.language import Phrase, message
from badak._common.validation import FINITE, check_whole
from badak.errors import InputError
from badak.optimizers import Optimizer
from badak.pictures.canvas import WIDTH, Canvas, canvas
from badak.pictures.registry import PICTURES
from badak.typing import Array

Surface = Callable[[Array, Array], Any]

THE_BOOKS = ("sgd", "momentum", "adagrad", "adam")
RATES = {
    "gradient_descent": 0.95,
    "sgd": 0.95,
    "momentum": 0.1,
    "nesterov": 0.1,
    "adagrad": 1.5,
    "rmsprop": 0.3,
    "adadelta": 30.0,
    "adam": 0.3,
    "adamw": 0.3,
    "adamax": 0.5,
    "nadam": 0.3,
    "lion": 0.3,
}
"""Learning rates that suit the narrow valley: the book's (6.1), and comparable ones."""

LEVELS = 8
GRID = 60
CLOSE = 1e-4  # half the distance of central differences, relative to the size of the point


def narrow_valley(x: Array, y: Array) -> Array:
    """Return x²/20 + y², long in x and steep in y (Deep Learning from Scratch, 6.1.2)."""
    return x**2 / 20.0 + y**2


@PICTURES.enter(name="valley")
def valley(
    *optimizers: Any,
    function: Surface = narrow_valley,
    start: tuple[float, float] = (-7.0, 2.0),
    steps: int = 30,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw the path of each optimizer over the contour lines of a function of x and y.

    Each optimizer takes its steps by the same rule as in training, in float64; the gradient comes
    from central differences.

    Parameters
    ----------
    *optimizers : str or Optimizer
        Which to draw. A name gets the learning rate that suits the narrow valley. Without any,
        the book's four: SGD, momentum, Adagrad and Adam.
    function : callable, default x²/20 + y²
        Takes arrays x and y and returns the heights, an array of their shape.
    start : (float, float), default (-7, 2)
        Where every path begins.
    steps : int, default 30
        How many steps each takes.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        A start that is no point, or at which the function is not finite.
    UnknownNameError
        No optimizer has that name; the message suggests the nearest one.

    References
    ----------
    Deep Learning from Scratch, 6.1.2 (the function), 6.1.7 (the picture).

    Examples
    --------
    >>> figure = valley("sgd", "adam", steps=5)
    >>> [len(panel.lines[0].get_xdata()) for panel in figure.axes[0].child_axes]
    [6, 6]
    """
    chosen = [_made(each) for each in optimizers or THE_BOOKS]
    steps = check_whole(steps, "steps")
    at = _start(start)
    if not np.isfinite(_height(function, at)):
        raise InputError(
            message(
                "the function gives {height} at the start {start!r}",
                height=_height(function, at),
                start=start,
            )
        )
    paths = [path(optimizer, function, at, steps) for optimizer in chosen]
    view = _view(paths)
    columns = min(len(chosen), 2)
    rows = math.ceil(len(chosen) / columns)
    natural = (WIDTH, 0.9 + (3.6 if rows == 1 else 2.6 * rows))
    with canvas(
        ax, theme=theme, language=language, size=natural, pixels=size, dpi=dpi, save=save
    ) as c:
        panels = c.panels(rows, columns, gap=0.18, gap_below=0.42) if len(chosen) > 1 else [c.ax]
        for place, (optimizer, points) in enumerate(zip(chosen, paths, strict=True)):
            panel = c.within(panels[place])
            _draw(panel, function, points, view, place)
            caption = f"{type(optimizer).__name__}, {_rate(optimizer)}"
            if len(chosen) > 1:
                panel.ax.set_title(caption, fontsize=11.0, pad=5.0)
        for unused in panels[len(chosen) :]:
            unused.set_visible(False)
        alone = caption if len(chosen) == 1 else ""
        c.title(
            title,
            f"{steps} steps down a valley" + (f": {alone}" if alone else ""),
            f"골짜기를 내려가는 {steps}걸음" + (f": {alone}" if alone else ""),
            lines_below=int(len(chosen) > 1),
        )
    return c.figure


def path(optimizer: Optimizer, function: Surface, start: Array, steps: int) -> Array:
    """Return the places (steps + 1, 2) from `start` on, fewer where they run off to infinity."""
    w = start.copy()
    slots = optimizer.make_slots(w)
    places = [w.copy()]
    with np.errstate(all="ignore"):
        for step in range(1, steps + 1):
            each = [slice(0, 1), slice(1, 2)]
            optimizer.apply(w, gradient(function, w), slots, step, segments=each)
            if not np.isfinite(w).all():
                break
            places.append(w.copy())
    return np.array(places)


def gradient(function: Surface, w: Array) -> Array:
    """Return the function's slope at w, (2,), by central differences.

    >>> gradient(narrow_valley, np.array([10.0, 1.0])).round(6)
    array([1., 2.])
    """
    close = CLOSE * max(1.0, float(np.abs(w).max()))
    moved = close * np.eye(2)
    ahead, behind = (_height(function, w + sign * moved) for sign in (1.0, -1.0))
    return (ahead - behind) / (2.0 * close)


def _height(function: Surface, places: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(function(places[..., 0], places[..., 1]), dtype=np.float64)


def _made(spec: Any) -> Optimizer:
    optimizer = known.get(spec)
    if isinstance(spec, str):
        for name, rate in RATES.items():
            if known.OPTIMIZERS[name] is type(optimizer):
                optimizer.learning_rate = rate
    return optimizer


def _start(start: Sequence[float]) -> Array:
    try:
        x, y = start
    except (TypeError, ValueError):
        raise InputError(
            message("start is (x, y), such as (-7.0, 2.0), not {start!r}", start=start)
        ) from None
    return np.array([float(FINITE.check(each, Phrase("each number of start"))) for each in (x, y)])


def _view(paths: Sequence[Array]) -> Array:
    """Return [[x low, x high], [y low, y high]]: all that is near the start and the lowest."""
    reach = 1.35 * np.maximum(np.abs(paths[0][0]), 0.3 * np.abs(paths[0][0]).max() or 1.0)
    visited = np.concatenate(paths)
    visited = visited[(np.abs(visited) <= 2.0 * reach).all(axis=1)]
    high = np.maximum(reach, 1.1 * np.abs(visited).max(axis=0))
    return np.stack([-high, high], axis=1)


def _draw(c: Canvas, function: Surface, points: Array, view: Array, place: int) -> None:
    axes = [np.linspace(low, high, GRID) for low, high in view]
    heights = _height(function, np.stack(np.meshgrid(*axes), axis=-1))  # (GRID, GRID)
    style = c.line(place)
    c.ax.plot(
        points[:, 0],
        points[:, 1],
        color=style["color"],
        marker="o",
        markersize=3.5,
        linewidth=1.4,
        zorder=3.0,
    )
    _draw_heights(c, axes, heights)
    c.ax.plot(*points[0], marker="s", color=c.theme.ink, markersize=6.0, zorder=4.0)
    c.ax.grid(visible=False)
    c.ax.set_xlim(*view[0])
    c.ax.set_ylim(*view[1])
    c.ax.set_xlabel("x")
    c.ax.set_ylabel("y")


def _draw_heights(c: Canvas, axes: Sequence[Array], heights: Array) -> None:
    """Draw contour lines, closer together near the minimum, where paths end."""
    finite = heights[np.isfinite(heights)]
    low, high = float(finite.min()), float(finite.max())
    levels = low + (high - low) * np.linspace(0.0, 1.0, LEVELS + 2)[1:-1] ** 2
    if high > low:
        shown = np.where(np.isfinite(heights), heights, np.nan)
        c.ax.contour(*axes, shown, levels, colors=[c.theme.faint], linewidths=0.9)


def _rate(optimizer: Optimizer) -> str:
    rate = optimizer.learning_rate
    return f"{rate:g}" if isinstance(rate, float) else type(rate).__name__
