"""A network as a diagram: circles and lines where it is small, boxes with shapes where not."""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from badak._common.language import message
from badak.errors import InputError
from badak.layers import (
    Activation,
    Dense,
    Dropout,
    Ensemble,
    GaussianNoise,
    Rescaling,
    SharedEnsemble,
)
from badak.perceptron import Perceptron
from badak.pictures.canvas import DOTS_PER_INCH, HEIGHT, WIDTH, Canvas, canvas
from badak.pictures.fonts import LATIN_FONT
from badak.pictures.registry import PICTURES
from badak.typing import Array

if TYPE_CHECKING:
    from badak.layers import Layer
    from badak.network.sequential import Sequential

MOST_CIRCLES = 16  # units in a layer; more would hide the lines
MOST_COLUMNS = 6
MOST_NUMBERS = 40  # weights that are written on their lines
BOXES_A_ROW = 5
MANY, WIDEST = 100, 3.5  # weights; points of the largest one's line, half of it for more of them
RADIUS = 18.0  # dots
POINT = 72.0 / DOTS_PER_INCH  # of a dot, in points
NUMBER = 8.5  # points


@PICTURES.enter(name="network")
def network(
    model: "Sequential | Perceptron",
    *,
    style: str = "auto",
    inputs: Sequence[str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw a network, or a :class:`badak.Perceptron`, as a diagram from left to right.

    As circles, every unit is a circle and every weight a line: orange if positive, blue if
    negative, thicker the larger it is. Biases come from squares marked 1. The values are written on
    the lines where there are few. As boxes, every layer is a box with its output shape and its
    number of weights.

    Parameters
    ----------
    model : Sequential or Perceptron
        The network, with a known input shape.
    style : {"auto", "circles", "boxes"}, default "auto"
        "auto" chooses circles where no layer has more than 16 units.
    inputs : sequence of str, optional
        The names of the inputs, for circles.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        A network without a known input shape, or too large for circles; names that are not as many
        as the inputs; an unknown style.

    Examples
    --------
    >>> figure = network(Perceptron.AND())
    >>> sorted(text.get_text() for text in figure.axes[0].texts)[:3]
    ['-0.70', '0.50', '0.50']
    """
    if style not in ("auto", "circles", "boxes"):
        raise InputError(
            message(
                "a network is drawn as 'circles' or 'boxes', or 'auto', not {style!r}", style=style
            )
        )
    is_perceptron = isinstance(model, Perceptron)
    columns = _columns_of_perceptron(model) if isinstance(model, Perceptron) else _columns(model)
    layers = [] if isinstance(model, Perceptron) else model.layers
    small = len(columns) <= MOST_COLUMNS and max(c.units for c in columns) <= MOST_CIRCLES
    other_units = None if isinstance(model, Perceptron) else _without_circles(model)
    if is_perceptron and style == "boxes":
        raise InputError(message("a perceptron is drawn as circles: leave style='boxes' out"))
    if not small and (is_perceptron or style == "circles"):
        other = "" if is_perceptron else message(": leave style out, or give style='boxes'")
        raise InputError(
            message(
                "circles are for at most {most_columns} layers of {most_circles} units{other}",
                most_columns=MOST_COLUMNS,
                most_circles=MOST_CIRCLES,
                other=other,
            )
        )
    if other_units is not None and style == "circles":
        raise InputError(
            message(
                "circles are of Dense layers and of what keeps their units, but the layer "
                "{name!r} ({kind}) makes others: leave style out, or give style='boxes'",
                name=other_units.name,
                kind=type(other_units).__name__,
            )
        )
    if inputs is not None and len(inputs) != columns[0].units:
        raise InputError(
            message(
                "the network has {units} inputs, but {count} names",
                units=columns[0].units,
                count=len(inputs),
            )
        )
    circles = is_perceptron or (small and other_units is None and style != "boxes")
    natural = _size_of_circles(columns) if circles else _size_of_boxes(len(layers) + 1)
    with canvas(
        ax, theme=theme, language=language, size=natural, pixels=size, dpi=dpi, save=save
    ) as c:
        c.ax.set_axis_off()
        if circles:
            names = getattr(model, "class_names", None)
            _draw_circles(c, columns, inputs, names)
        elif not isinstance(model, Perceptron):
            _draw_boxes(c, model)
        count = sum(column.size for column in columns)
        c.title(title, f"Network of {count:,} weights", f"신경망: 가중치 {count:,}개")
    return c.figure


@dataclass
class Column:
    """The units of one layer, the weights that lead to them, and the captions below."""

    units: int
    captions: list[str] = field(default_factory=list)
    """Lines of text under it."""
    kernel: Array | None = None
    """(units before, units)"""
    bias: Array | None = None
    size: int = 0
    """How many weights it has, those of layers without circles of their own included."""


def _columns(model: "Sequential") -> list[Column]:
    shapes = model.shapes
    columns = [Column(math.prod(shapes[0]), ["input"])]
    for layer in model.layers:
        if isinstance(layer, Dense):
            bias = np.asarray(layer.weights["bias"]) if layer.use_bias else None
            kernel = np.asarray(layer.weights["kernel"])
            columns.append(Column(layer.units, [], kernel, bias))
        columns[-1].captions += _captions(layer)
        columns[-1].size += layer.count_params()
    return columns


def _without_circles(model: "Sequential") -> "Layer | None":
    """Return the first layer whose units are no circles, but not those of the layer before it."""
    for layer, before, after in zip(model.layers, model.shapes, model.shapes[1:], strict=False):
        if isinstance(layer, (Ensemble, SharedEnsemble)):
            return layer
        if not isinstance(layer, Dense) and math.prod(before) != math.prod(after):
            return layer
    return None


def _columns_of_perceptron(perceptron: Perceptron) -> list[Column]:
    kernel, bias = perceptron.weights[:, np.newaxis], np.array([perceptron.bias])
    size = kernel.size + bias.size
    return [Column(len(kernel), ["input"]), Column(1, ["perceptron", "step"], kernel, bias, size)]


def _captions(layer: "Layer") -> list[str]:
    """Return what a layer is in a line or two."""
    activation = [] if layer.activation is None else [layer.activation.name]
    if isinstance(layer, Dense):
        return [str(layer.name), *activation]
    if isinstance(layer, Dropout):
        return [f"Dropout {layer.rate:g}"]
    if isinstance(layer, GaussianNoise):
        return [f"GaussianNoise {layer.stddev:g}"]
    if isinstance(layer, Rescaling):
        offset = f" {layer.offset:+g}" if layer.offset else ""
        return [f"Rescaling {layer.scale:.3g}{offset}"]
    if isinstance(layer, Ensemble):
        return [f"Ensemble ×{len(layer.members)}"]
    if isinstance(layer, SharedEnsemble):
        return [f"SharedEnsemble ×{layer.members}"]
    if type(layer) is Activation:
        return activation
    return [type(layer).__name__]


# -- circles


def _size_of_circles(columns: Sequence[Column]) -> tuple[float, float]:
    tallest = max(column.units for column in columns) + 1  # and the bias
    lines = max(len(column.captions) for column in columns)
    dots = max(tallest * 2.9 * RADIUS, 200.0) + 18.0 * lines + 80.0
    return WIDTH, max(dots / DOTS_PER_INCH, HEIGHT)


def _draw_circles(
    c: Canvas,
    columns: Sequence[Column],
    inputs: Sequence[str] | None,
    outputs: Sequence[str] | None,
) -> None:
    width, height = c.dots
    lines = max(len(column.captions) for column in columns)
    room = height - 18.0 * lines - 12.0  # for the units
    left = 90.0
    gap = (width - 2.0 * left) / (len(columns) - 1) if len(columns) > 1 else 0.0
    rows = [column.units + (i + 1 < len(columns)) for i, column in enumerate(columns)]
    radius = min(RADIUS, 0.36 * room / max(rows))
    places = [_places(left + i * gap, count, room, height) for i, count in enumerate(rows)]
    c.ax.set_xlim(0.0, width)
    c.ax.set_ylim(0.0, height)
    _draw_weights(c, columns, places, radius)
    for i, column in enumerate(columns):
        _draw_units(c, column, places[i], radius, with_bias=rows[i] > column.units)
        _write_captions(c, column, left + i * gap, 18.0 * lines, gap)
    first = [f"x{i + 1}" for i in range(columns[0].units)] if inputs is None else inputs
    last = [f"y{i + 1}" for i in range(columns[-1].units)]
    if outputs is not None and len(outputs) == len(last):
        last = list(outputs)
    for at, name in zip(places[0], c.names(first, 10), strict=False):
        c.ax.text(at[0] - radius - 6.0, at[1], name, ha="right", va="center", fontsize=10.0)
    for at, name in zip(places[-1], c.names(last, 10), strict=False):
        c.ax.text(at[0] + radius + 6.0, at[1], name, ha="left", va="center", fontsize=10.0)


def _places(x: float, count: int, room: float, top: float) -> Array:
    """Return where the units of a column are, (count, 2), from the top down."""
    step = room / max(count, 2)
    first = top - 0.5 * (room - step * (count - 1))
    return np.stack([np.full(count, x), first - step * np.arange(count)], axis=1)


def _draw_units(c: Canvas, column: Column, places: Array, radius: float, with_bias: bool) -> None:
    style: dict[str, Any] = {
        "color": c.theme.ground,
        "linestyle": "none",
        "markersize": 2.0 * radius * POINT,
        "markeredgewidth": 1.4,
        "zorder": 3.0,
    }
    units = places[: column.units]
    c.ax.plot(units[:, 0], units[:, 1], marker="o", markeredgecolor=c.theme.ink, **style)
    if with_bias:
        style["markersize"] *= 0.65
        x, y = places[-1]
        c.ax.plot([x], [y], marker="s", markeredgecolor=c.theme.faint, **style)
        size = min(9.0, 0.6 * radius)
        c.ax.text(x, y, "1", ha="center", va="center", fontsize=size, zorder=4.0)


def _write_captions(c: Canvas, column: Column, x: float, height: float, gap: float) -> None:
    captions = [line if line != "input" else c.say("input", "입력") for line in column.captions]
    for i, line in enumerate(c.names(captions, max(int(gap / 8.0), 8) if gap else 40)):
        c.ax.text(x, height - 18.0 * i, line, ha="center", va="top", fontsize=9.5)


@dataclass(frozen=True)
class Line:
    """One weight: from where to where, and how large."""

    start: Array
    end: Array
    weight: float


def _lines(columns: Sequence[Column], places: Sequence[Array]) -> Iterator[Line]:
    for i, column in enumerate(columns[1:]):
        assert column.kernel is not None
        for (source, unit), weight in np.ndenumerate(column.kernel):
            yield Line(places[i][source], places[i + 1][unit], float(weight))
        if column.bias is not None:
            for unit, weight in enumerate(column.bias):
                yield Line(places[i][-1], places[i + 1][unit], float(weight))


def _draw_weights(
    c: Canvas, columns: Sequence[Column], places: Sequence[Array], radius: float
) -> None:
    lines = list(_lines(columns, places))
    largest = max((abs(line.weight) for line in lines), default=0.0) or 1.0
    widest = WIDEST if len(lines) <= MANY else 0.5 * WIDEST
    for line in sorted(lines, key=lambda line: abs(line.weight)):  # the largest on top
        share = abs(line.weight) / largest
        c.ax.plot(
            *np.stack([line.start, line.end], axis=1),
            color=c.theme.series[1 if line.weight > 0.0 else 0],
            linewidth=0.5 + widest * share,
            alpha=0.35 + 0.65 * share,
            zorder=1.0 + share,
            solid_capstyle="butt",
        )
    if len(lines) <= MOST_NUMBERS:
        _write_numbers(c, lines, radius)
    _explain_colours(c, largest)


def _explain_colours(c: Canvas, largest: float) -> None:
    said = c.say("weight above 0", "0보다 큰 가중치"), c.say("below 0", "0보다 작은 가중치")
    for place, label in zip((1, 0), said, strict=True):
        c.ax.plot([], [], color=c.theme.series[place], linewidth=WIDEST, label=label)
    widest = c.say(f"the widest: {largest:.3g}", f"가장 굵은 선: {largest:.3g}")
    c.ax.plot([], [], linestyle="none", label=widest)
    c.legend_below(columns=3, lines=0.2)


def _write_numbers(c: Canvas, lines: Sequence[Line], radius: float) -> None:
    """Write each weight on its line where there is room; if there is not for all, none."""
    taken: list[Array] = []
    written = []
    for line in sorted(lines, key=lambda line: -abs(line.end[1] - line.start[1])):
        text = f"{line.weight:.2f}" if abs(line.weight) < 100.0 else f"{line.weight:.3g}"
        half = np.array([0.5 * (len(text) * 7.6 + 6.0), 9.0])
        at = _free_place(line, half, taken, radius)
        if at is None:
            return
        taken.append(np.stack([at - half, at + half]))
        written.append((at, text))
    for (x, y), text in written:
        ground = {"facecolor": c.theme.ground, "edgecolor": "none", "pad": 0.8, "alpha": 0.85}
        c.ax.text(x, y, text, ha="center", va="center", fontsize=NUMBER, bbox=ground, zorder=2.5)


def _free_place(line: Line, half: Array, taken: Sequence[Array], radius: float) -> Array | None:
    length = float(np.hypot(*(line.end - line.start)))
    room = (radius + half[0] + 2.0) / length
    for share in sorted(np.linspace(room, 1.0 - room, 41), key=lambda share: abs(share - 0.35)):
        at = line.start + share * (line.end - line.start)
        low, high = at - half, at + half
        if not any((low < box[1]).all() and (high > box[0]).all() for box in taken):
            return np.array(at)
    return None


# -- boxes


def _rows_of_boxes(count: int) -> tuple[int, int]:
    """Return rows and boxes a row, the rows as full as can be."""
    rows = math.ceil(count / BOXES_A_ROW)
    return rows, math.ceil(count / rows)


def _size_of_boxes(count: int) -> tuple[float, float]:
    return WIDTH, 0.8 + 1.55 * _rows_of_boxes(count)[0]


def _draw_boxes(c: Canvas, model: "Sequential") -> None:
    texts = list(_texts(c, model))
    rows, columns = _rows_of_boxes(len(texts))
    width, height = c.dots
    pitch, step = width / columns, height / rows
    box = np.array([min(0.78 * pitch, 190.0), min(0.74 * step, 120.0)])
    c.ax.set_xlim(0.0, width)
    c.ax.set_ylim(0.0, height)
    for place, (layer, lines) in enumerate(texts):
        row, column = divmod(place, columns)
        middle = np.array([(column + 0.5) * pitch, height - (row + 0.5) * step])
        _draw_box(c, layer, lines, middle, box)
        if place + 1 < len(texts):
            _draw_arrow(c, middle, box, pitch, step, to_next_row=column + 1 == columns)


def _texts(c: Canvas, model: "Sequential") -> "Iterator[tuple[Layer | None, list[str]]]":
    """Return for the input and each layer what its box says; the first line is its kind."""
    shapes = model.shapes
    yield None, [c.say("Input", "입력"), "", _shape(shapes[0]), ""]
    for layer, shape in zip(model.layers, shapes[1:], strict=True):
        kind, *more = _captions(layer)[0].split(" ", 1)
        if isinstance(layer, Dense):
            kind, more = "Dense", _captions(layer)[1:]
        count = layer.count_params()
        weights = c.say(f"{count:,} weights", f"가중치 {count:,}개") if count else ""
        yield layer, [kind, more[0] if more else "", _shape(shape), weights]


def _shape(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape))


def _draw_box(
    c: Canvas, layer: "Layer | None", lines: Sequence[str], middle: Array, box: Array
) -> None:
    weighs = layer is not None and layer.count_params() > 0
    noise = isinstance(layer, (Dropout, GaussianNoise))
    low = middle - 0.5 * box
    c.ax.add_patch(
        FancyBboxPatch(
            (low[0], low[1]),
            box[0],
            box[1],
            boxstyle="round,pad=0,rounding_size=8",
            facecolor=c.theme.middle if weighs else c.theme.ground,
            edgecolor=c.theme.series[0] if weighs else c.theme.faint,
            linewidth=2.0 if weighs else 1.4,
            linestyle="--" if noise else "-",
        )
    )
    shown = [line for line in c.names(lines, int(box[0] / 7.4)) if line]
    step = min(21.0, box[1] / (len(shown) + 0.4))
    for i, line in enumerate(shown):
        y = middle[1] + step * (0.5 * (len(shown) - 1) - i)
        heavy: dict[str, Any] = {}
        if i == 0 and line.isascii():  # the Korean font has no bold face
            heavy = {"fontweight": "bold", "fontfamily": LATIN_FONT}
        size = 10.5 if i == 0 and len(line) <= 14 else 9.0
        c.ax.text(middle[0], y, line, ha="center", va="center", fontsize=size, **heavy)


def _draw_arrow(
    c: Canvas, middle: Array, box: Array, pitch: float, step: float, *, to_next_row: bool
) -> None:
    style: dict[str, Any] = {
        "arrowstyle": "-|>",
        "mutation_scale": 12.0,
        "color": c.theme.ink,
        "linewidth": 1.2,
        "shrinkA": 0.0,
        "shrinkB": 0.0,
    }
    if not to_next_row:
        start, end = (
            (middle[0] + 0.5 * box[0], middle[1]),
            (middle[0] + pitch - 0.5 * box[0], middle[1]),
        )
        c.ax.add_patch(FancyArrowPatch(start, end, **style))
        return
    first = 0.5 * pitch  # the middle of the next row's first box
    between = middle[1] - 0.5 * step
    corners = [
        (middle[0], middle[1] - 0.5 * box[1]),
        (middle[0], between),
        (first, between),
    ]
    c.ax.plot(*zip(*corners, strict=True), color=c.theme.ink, linewidth=1.2)
    down = (first, middle[1] - step + 0.5 * box[1])
    c.ax.add_patch(FancyArrowPatch(corners[-1], down, **style))
