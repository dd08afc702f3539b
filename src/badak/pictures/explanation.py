"""One image in a network: the outputs of each layer, and the pixels for and against the answer."""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure

from badak.diagnostics.activity import LayerActivity
from badak.diagnostics.attribution import Contributions, Explanation
from badak.photographs import Found
from badak.pictures.canvas import DOTS_PER_INCH, WIDTH, Canvas, canvas
from badak.pictures.found import draw_found, words_of
from badak.pictures.grid import as_images
from badak.pictures.registry import PICTURES
from badak.typing import Array

PASSED_ON = ("Flatten", "Dropout", "GaussianNoise", "Rescaling")
"""Layers that are not drawn: at inference they return their input, or it rescaled."""

ADAPTED = ("Normalization", "Whitening")
"""Layers drawn in the shape of the image: one number a pixel, or a principal axis for PCA."""

MOST_COLUMNS = 3
MOST_BARS = 10  # classes; of more, the likeliest are shown
PANEL, HEAD, GAP = 190.0, 40.0, 22.0  # dots: a panel's height, the words over it, between panels
TITLE, CAPTION = 46.0, 62.0  # dots
KEY = 30.0  # dots for the colours under the pixels
LARGE, SMALL = 10.0, 9.0  # points
LETTER = 7.0  # dots that a Latin letter takes over a panel


@PICTURES.enter(name="explanation")
def explanation(
    explained: Explanation,
    *,
    found: Found | None = None,
    number: int = 1,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw how a network came to its answer for one image, layer by layer.

    The upper panels show the image as the network takes it and the outputs of each layer, one cell
    a unit; layers that only pass their input on or rescale it are left out. The lower panels show
    the probabilities, of more than ten classes the likeliest; which pixels speak for and against
    the explained class (gradient times pixel, over the outline of the image); and which speak for
    it rather than for the runner-up.

    Parameters
    ----------
    explained : Explanation
        What :meth:`badak.Sequential.explain` returned for one image.
    found : badak.photographs.Found, optional
        What ``badak.photographs.find`` found on the picture that the image was cut from: the first
        panel then shows the picture, with the sheet, the printed lines and the characters marked.
    number : int, default 1
        Which of the found characters the image is, from 1.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        A sample that is no image.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> stack = [layers.Flatten(), layers.Dense(5, "relu"), layers.Dense(3, "softmax")]
    >>> model = Sequential([Input((8, 8)), *stack])
    >>> figure = explanation(model.explain(np.eye(8)))
    >>> [panel.get_title() for panel in figure.axes[0].child_axes][1].splitlines()[0]
    'dense: 5 relu'
    """
    image = as_images(explained.image[np.newaxis])[0]
    hidden = [layer for layer in explained.layers[:-1] if layer.kind not in PASSED_ON]
    path = 1 + len(hidden) + (found is not None)
    columns = _columns(path)
    rows = math.ceil(path / columns)
    plan = Plan(rows)
    with canvas(
        ax, theme=theme, language=language, size=plan.size, pixels=size, dpi=dpi, save=save
    ) as c:
        c.ax.set_axis_off()
        c.ax.set_xlim(0.0, 1.0)
        c.ax.set_ylim(0.0, 1.0)
        panels = [c.within(c.ax.inset_axes(box)) for box in plan.path(columns, path)]
        if found is not None:
            _draw_found(panels.pop(0), found, number)
        _draw_image(panels[0], image)
        for panel, layer in zip(panels[1:], hidden, strict=True):
            _draw_layer(panel, layer, explained.image.shape, c.dots[0] / columns)
        reach = _draw_answer(c, plan, explained, image)
        _write_caption(c, explained, hidden, reach)
        name = _name(c, explained, explained.answer, 30)
        share = f"{explained.probabilities[explained.answer]:.1%}"
        c.title(title, f"The answer: {name}, {share}", f"답: {name}, {share}")
    return c.figure


def _columns(count: int) -> int:
    """Return how many panels stand in a row, so that rows are even and panels not too narrow."""
    rows = math.ceil(count / MOST_COLUMNS)
    return math.ceil(count / rows)


@dataclass(frozen=True)
class Plan:
    """Where the panels go: shares of the axes, in which one dot is `1 / dots` of the height."""

    rows: int
    """Of the image and the layers; the answer's row comes below them."""

    @property
    def dots(self) -> float:
        """The height of the axes."""
        return (self.rows + 1) * (HEAD + PANEL + GAP) + KEY + CAPTION

    @property
    def size(self) -> tuple[float, float]:
        """The size of a new figure, in inches."""
        return WIDTH, (self.dots + TITLE) / DOTS_PER_INCH

    def path(self, columns: int, count: int) -> Iterator[tuple[float, float, float, float]]:
        """Yield (left, bottom, width, height) of the image and each layer."""
        for place in range(count):
            row, column = divmod(place, columns)
            yield self._box(row, column, columns)

    def answer(self, columns: int) -> Iterator[tuple[float, float, float, float]]:
        """Yield those of the last row."""
        for column in range(columns):
            yield self._box(self.rows, column, columns)

    def _box(self, row: int, column: int, columns: int) -> tuple[float, float, float, float]:
        gap = 0.03
        width = (1.0 - gap * (columns - 1)) / columns
        down = row * (HEAD + PANEL + GAP) + HEAD + PANEL
        return column * (width + gap), 1.0 - down / self.dots, width, PANEL / self.dots


def _head(c: Canvas, *lines: str) -> None:
    c.ax.set_title("\n".join(lines), fontsize=LARGE, pad=5.0, linespacing=1.3)


def _bare(c: Canvas) -> None:
    c.ax.set_anchor("N")  # so that the words over a row are on one line
    c.ax.set_xticks([])
    c.ax.set_yticks([])
    c.ax.grid(visible=False)
    for spine in c.ax.spines.values():
        spine.set_visible(True)


def _draw_found(c: Canvas, found: Found, number: int) -> None:
    _bare(c)
    draw_found(c, found, number)
    _head(c, *words_of(c, found, number))


def _draw_image(c: Canvas, image: Array) -> None:
    _bare(c)
    height, width = image.shape[:2]
    low, high = float(image.min()), float(image.max())
    shown = (image - low) / (high - low) if high > low else np.zeros_like(image)
    c.ax.imshow(shown, cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
    _head(
        c,
        c.say("what the network sees", "신경망이 보는 이미지"),
        c.say(
            f"{width} by {height} pixels, {low:.3g} to {high:.3g}",
            f"{width}×{height} 픽셀, {low:.3g}~{high:.3g}",
        ),
    )


def _draw_layer(c: Canvas, layer: LayerActivity, image: tuple[int, ...], width: float) -> None:
    z = layer.z.ravel()
    size = " ".join([f"{z.size:,}", *layer.beside_name])
    longest = max(int(width / LETTER) - len(size), 8)
    name = c.names([layer.name], longest)[0]
    values = c.say(f"{z.min():.3g} to {z.max():.3g}", f"{z.min():.3g}~{z.max():.3g}")
    if layer.fire is not None:
        values = c.say(f"{layer.fire:.0%} fire, {values}", f"활성 {layer.fire:.0%}, {values}")
    _head(c, f"{name}: {size}", values)
    _bare(c)
    norm, colours = _scale(c, z)
    if math.prod(image) == z.size and layer.kind in ADAPTED:
        shown = as_images(z.reshape(1, *image))[0]
        if shown.ndim == 2:
            c.ax.imshow(shown, cmap=colours, norm=norm, interpolation="nearest")
            return
    _draw_cells(c, z, norm, colours, width)


def _scale(c: Canvas, z: Array) -> tuple[Normalize, Colormap]:
    """Return one scale for the layer: from zero up, or around zero where some are below it."""
    reach = float(np.abs(z).max()) or 1.0
    if z.min() < 0.0:
        return Normalize(-reach, reach), c.theme.diverging
    return Normalize(0.0, reach), c.theme.sequential


def _draw_cells(c: Canvas, z: Array, norm: Normalize, colours: Colormap, width: float) -> None:
    """Draw a square for each unit, row by row."""
    columns = math.ceil(math.sqrt(z.size * width / PANEL))
    rows = math.ceil(z.size / columns)
    top, left = np.divmod(np.arange(z.size), columns)
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    squares = np.stack([left, top], axis=-1)[:, np.newaxis, :] + corners  # (units, 4, 2)
    side = min(width / columns, PANEL / rows)  # dots
    cells = PolyCollection(
        list(squares),
        array=z,
        cmap=colours,
        norm=norm,
        edgecolors=c.theme.faint,
        linewidths=min(0.6, side / 20.0),
        clip_on=False,
    )
    c.ax.add_collection(cells)
    c.ax.set_xlim(0.0, columns)
    c.ax.set_ylim(rows, 0.0)
    c.ax.set_aspect("equal")
    for spine in c.ax.spines.values():
        spine.set_visible(False)


def _draw_answer(c: Canvas, plan: Plan, explained: Explanation, image: Array) -> float:
    """Draw the last row; return how much a pixel adds at most, in size."""
    both = explained.against is not None and not explained.yes_or_no
    alone = explained.contributions(explained.target)
    maps = [alone]
    if both:
        maps.append(explained.contributions(explained.target, explained.against))
    boxes = list(plan.answer(3 if both else 2))
    _draw_bars(c, boxes[0], explained)
    reach = max(float(np.abs(_over_colours(m)).max()) for m in maps)
    for box, m in zip(boxes[1:], maps, strict=True):
        panel = c.within(c.ax.inset_axes(box))
        _draw_pixels(panel, m, image, reach)
        _head(panel, *_words_of(c, explained, m))
    if reach > 0.0:
        left, bottom, _, _ = boxes[1]
        right = boxes[-1][0] + boxes[-1][2]
        _draw_key(c, (left, right), bottom - 18.0 / plan.dots, 9.0 / plan.dots, reach)
    return reach


def _draw_bars(c: Canvas, box: tuple[float, float, float, float], explained: Explanation) -> None:
    left, bottom, width, height = box
    shown = _shown_classes(explained)
    texts = c.names([explained.class_names[k] for k in shown], 15)
    words = min(max(map(_width, texts)) * 6.6 / (c.dots[0] * width) + 0.03, 0.42)
    bars = c.within(c.ax.inset_axes((left + words * width, bottom, (1.0 - words) * width, height)))
    shares = explained.probabilities[shown]
    strong = {explained.answer, explained.target}
    colours = [c.theme.series[0] if k in strong else c.theme.series[6] for k in shown]
    places = list(range(len(shown)))
    bars.ax.barh(places, shares, height=0.62, color=colours)
    for place, share in zip(places, shares, strict=True):
        bars.ax.text(
            float(share) + 0.02, place, f"{share:.1%}", va="center", ha="left", fontsize=SMALL
        )
    bars.ax.set_xlim(0.0, 1.36)
    bars.ax.set_ylim(max(len(shown), 4) - 0.5, -0.5)
    bars.ax.set_xticks([])
    bars.ax.set_yticks(places, texts, fontsize=SMALL)
    bars.ax.tick_params(length=0.0)
    bars.ax.grid(visible=False)
    bars.ax.spines["bottom"].set_visible(False)
    last = c.names([explained.layers[-1].name], 12)[0]
    of = len(explained.probabilities)
    some = c.say(f"the {len(shown)} likeliest of {of:,}", f"{of:,}개 중 높은 {len(shown)}개")
    head = [c.say(f"{last}: probabilities", f"{last}: 확률")]
    head.append(some if len(shown) < of else _output(explained))
    c.ax.text(
        left + 0.5 * width,
        bottom + 1.025 * height,
        "\n".join(head),
        ha="center",
        va="bottom",
        fontsize=LARGE,
        linespacing=1.3,
    )


def _output(explained: Explanation) -> str:
    return "sigmoid" if explained.yes_or_no else "softmax"


def _width(text: str) -> int:
    return sum(1 if letter.isascii() else 2 for letter in text)


def _shown_classes(explained: Explanation) -> list[int]:
    """Return all classes in their order; of many the likeliest first, with those that are told."""
    if len(explained.probabilities) <= MOST_BARS:
        return list(range(len(explained.probabilities)))
    shown = explained.order[:MOST_BARS]
    asked = [k for k in (explained.target, explained.against) if k is not None and k not in shown]
    return shown[: MOST_BARS - len(asked)] + asked


def _over_colours(m: Contributions) -> Array:
    """Return the contributions (height, width), those of an image's colours added up."""
    maps = as_images(m.pixels[np.newaxis])[0]
    return maps.sum(axis=-1) if maps.ndim == 3 else maps


def _draw_pixels(c: Canvas, m: Contributions, image: Array, reach: float) -> None:
    _bare(c)
    c.ax.imshow(
        _over_colours(m),
        cmap=c.theme.diverging,
        norm=Normalize(-reach or -1.0, reach or 1.0),
        interpolation="nearest",
    )
    grey = image.mean(axis=-1) if image.ndim == 3 else image
    low, high = float(grey.min()), float(grey.max())
    if high > low and min(grey.shape) > 1:
        c.ax.contour(grey, levels=[0.5 * (low + high)], colors=[c.theme.ink], linewidths=0.7)


def _words_of(c: Canvas, explained: Explanation, m: Contributions) -> Sequence[str]:
    name = _name(c, explained, m.target)
    if m.against is None:
        head = c.say(f"for and against {name}", f"{name}: 찬성과 반대")
    else:
        name, other = (_name(c, explained, k, 9) for k in (m.target, m.against))
        head = c.say(f"{name} rather than {other}", f"{other} 대신 {name}인 까닭")
    return head, c.say(f"together {m.total:+.2f}", f"합계 {m.total:+.2f}")


def _draw_key(
    c: Canvas, ends: tuple[float, float], bottom: float, height: float, reach: float
) -> None:
    left, right = ends
    middle, width = 0.5 * (left + right), 0.4 * (right - left)
    key = c.ax.inset_axes((middle - 0.5 * width, bottom, width, height))
    key.imshow(
        np.linspace(-1.0, 1.0, 200)[np.newaxis],
        cmap=c.theme.diverging,
        aspect="auto",
        extent=(-reach, reach, 0.0, 1.0),
    )
    key.grid(visible=False)
    key.set_yticks([])
    key.set_xticks([-reach, 0.0, reach], [f"{-reach:.2g}", "0", f"+{reach:.2g}"], fontsize=SMALL)
    key.tick_params(length=0.0, pad=3.0)
    at = bottom + 0.5 * height
    c.ax.text(
        middle - 0.53 * width, at, c.say("against", "반대"), ha="right", va="center", fontsize=SMALL
    )
    c.ax.text(
        middle + 0.53 * width, at, c.say("for", "찬성"), ha="left", va="center", fontsize=SMALL
    )


def _write_caption(
    c: Canvas, explained: Explanation, hidden: Sequence[LayerActivity], reach: float
) -> None:
    alone = explained.contributions(explained.target)
    name = _name(c, explained, explained.target)
    if reach == 0.0:
        last = c.say(
            "No pixel has a slope here: an activation is flat, as step is everywhere.",
            "여기서는 어느 픽셀에도 기울기가 없다: 계단 함수처럼 평평한 활성화 함수가 있다.",
        )
    else:
        output = _output(explained)
        rest = c.say(
            "biases" if explained.straight else "biases and bends of activations",
            "편향" if explained.straight else "편향과 활성화 함수의 굽음",
        )
        last = c.say(
            f"Sum of {name}, before {output}: {alone.sum:.2f} = pixels {alone.total:+.2f}, "
            f"{rest} {alone.rest:+.2f}",
            f"{name}의 합({output} 이전) {alone.sum:.2f} = 픽셀 {alone.total:+.2f}, "
            f"{rest} {alone.rest:+.2f}",
        )
    signs = any(layer.z.min() < 0.0 for layer in hidden)
    zero = bool((explained.image == 0.0).any())
    cells = c.say(
        "A cell is a unit, the fuller the larger its output"
        + ("; where some are negative, orange is above 0, blue below." if signs else "."),
        "칸 하나가 뉴런 하나이며, 출력이 클수록 짙다."
        + (" 음수가 있는 층에서는 주황색이 양수, 파란색이 음수다." if signs else ""),
    )
    pixels = c.say(
        "Orange pixels speak for, blue against: the slope of the sum in a pixel, times the "
        + ("pixel; one of 0 adds nothing." if zero else "pixel."),
        "주황색 픽셀은 찬성, 파란색 픽셀은 반대: 합의 픽셀에 대한 기울기 × 픽셀 값"
        + (" (0인 픽셀은 0)." if zero else "."),
    )
    lines = [*([cells] if hidden else []), pixels, last]
    c.ax.text(0.5, 0.0, "\n".join(lines), ha="center", va="bottom", fontsize=SMALL, linespacing=1.5)


def _name(c: Canvas, explained: Explanation, k: int, longest: int = 12) -> str:
    return c.names(explained.class_names, longest)[k]
