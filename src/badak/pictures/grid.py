"""Many small images in one figure, a label under each."""

import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure

from badak._common.language import message
from badak._common.samples import check_samples
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.pictures.canvas import DOTS_PER_INCH, WIDTH, Canvas, canvas
from badak.pictures.labels import class_numbers
from badak.pictures.registry import PICTURES
from badak.typing import Array, ArrayLike

GAP = 0.12  # between two images, as a share of one's width
LETTERS = 9.5  # points
LETTER = 8.5  # dots that a Latin letter of that size takes, at most
LINE = 17.0  # dots from one line of them to the next
HEAD = 48.0  # dots for the title
LEAST_COLUMNS = 4  # limits the size of a single image


@PICTURES.enter(name="images")
def images(
    x: ArrayLike,
    labels: Any = None,
    *,
    class_names: Sequence[str] | None = None,
    count: int = 40,
    columns: int = 10,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw images in a grid, each with its label under it.

    Parameters
    ----------
    x : array-like, (n, height, width), (n, height, width, 3) or (n, pixels)
        The images: grey, RGB, or flat and square such as (n, 784); whole numbers or floats in any
        range, from the smallest, black, to the largest, white.
    labels : array-like, (n,), (n, 1) or (n, classes), optional
        Names, class numbers, or one-hot rows.
    class_names : sequence of str, optional
        The name of each class number.
    count : int, default 40
        How many images to draw at most, from the first.
    columns : int, default 10
        How many stand in a row.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        Samples that are no images, or labels that are not as many.

    Examples
    --------
    >>> figure = images(np.zeros((3, 8, 8)), [7, 1, 4])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['7', '1', '4']
    """
    pictures = as_images(x)
    named = None if labels is None else _names_of(labels, len(pictures), class_names)
    shown = pictures[: check_whole(count, "count")]
    layout = Layout(len(shown), columns, shown.shape[1:3], lines=int(named is not None))
    with canvas(
        ax, theme=theme, language=language, size=layout.size, pixels=size, dpi=dpi, save=save
    ) as c:
        under = [] if named is None else layout.texts(c, named[: len(shown)])
        tiles(c, shown, layout, under)
        total, some = len(pictures), len(shown)
        c.title(
            title,
            f"{total:,} image{'s' * (total > 1)}"
            if some == total
            else f"The first {some:,} of {total:,} images",
            f"이미지 {total:,}장" if some == total else f"이미지 {total:,}장 중 처음 {some:,}장",
        )
    return c.figure


class Layout:
    """Where each of `count` images of (height, width) goes, with lines of text under it.

    The images take `share` of a new figure's width.
    """

    def __init__(
        self, count: int, columns: int, shape: tuple[int, ...], lines: int, share: float = 0.95
    ) -> None:
        columns = check_whole(columns, "columns")
        self.count = count
        self.columns = min(columns, max(count, min(LEAST_COLUMNS, columns)))
        self.rows = math.ceil(count / self.columns)
        self.ratio = shape[0] / shape[1]
        self.lines = lines
        self.share = share

    @property
    def size(self) -> tuple[float, float]:
        """The size of a new figure, in inches."""
        dots = self.rows * (self.tile * (self.ratio + GAP) + self.lines * LINE)
        return WIDTH, (dots + HEAD) / DOTS_PER_INCH

    @property
    def tile(self) -> float:
        """An image's width in dots, in a new figure."""
        return self.share * WIDTH * DOTS_PER_INCH / self.pitch(self.columns)

    @property
    def longest(self) -> int:
        """How many letters there is room for under an image."""
        return int(self.tile * (1.0 + GAP) / LETTER)

    def pitch(self, columns: int) -> float:
        """The width of so many images with gaps between, in widths of one."""
        return columns + (columns - 1) * GAP

    def texts(self, c: Canvas, names: Sequence[str]) -> list[str]:
        """Return names as short as the room under an image asks for."""
        return c.names(names, self.longest)


def tiles(
    c: Canvas,
    pictures: Array,  # (n, height, width) or (n, height, width, 3)
    layout: Layout,
    under: Sequence[str] = (),
    norm: Normalize | None = None,
    colours: str | Colormap = "gray",
) -> None:
    """Draw the images in their places, row by row, and the texts under them."""
    if norm is None:
        norm = _whole_range(pictures)
    if pictures.ndim == 4:
        pictures = norm(pictures.astype(np.float64)).data
    below = layout.lines * LINE / layout.tile  # in widths of an image
    for place, picture in enumerate(pictures):
        row, column = divmod(place, layout.columns)
        left = column * (1.0 + GAP)
        top = -row * (layout.ratio + GAP + below)
        c.ax.imshow(
            picture,
            extent=(left, left + 1.0, top - layout.ratio, top),
            cmap=colours,
            norm=norm if picture.ndim == 2 else None,
            interpolation="nearest",
        )
    for place, text in enumerate(under):
        row, column = divmod(place, layout.columns)
        c.ax.text(
            column * (1.0 + GAP) + 0.5,
            -row * (layout.ratio + GAP + below) - layout.ratio - 3.0 / layout.tile,
            text,
            ha="center",
            va="top",
            fontsize=LETTERS,
            linespacing=1.15,
        )
    c.ax.set_axis_off()
    c.ax.set_aspect("equal")
    width = layout.pitch(layout.columns)
    alone = 0.5 * (width - layout.pitch(layout.count)) if layout.rows == 1 else 0.0  # in the middle
    c.ax.set_xlim(-alone, width - alone)
    c.ax.set_ylim(-layout.rows * (layout.ratio + GAP + below) + GAP, 0.0)


def _whole_range(pictures: Array) -> Normalize:
    low, high = float(pictures.min()), float(pictures.max())
    return Normalize(low, high if high > low else low + 1.0)


def as_images(x: ArrayLike) -> Array:
    """Return images as (n, height, width) or (n, height, width, 3), or raise InputError."""
    given = check_samples(x)
    if given.ndim == 4 and given.shape[-1] == 1:
        given = given[..., 0]
    if given.ndim == 3 or (given.ndim == 4 and given.shape[-1] == 3):
        return given
    if given.ndim == 2 and (side := square_side(given.shape[1])):
        return given.reshape(len(given), side, side)
    raise InputError(
        message(
            "x is of shape {shape}, which is no images: they are (n, height, width), (n, height, "
            "width, 3), or flat and square such as (n, 784); x.reshape(...) makes them so",
            shape=given.shape,
        )
    )


def square_side(size: int) -> int:
    """Return the side of a square of so many pixels, 0 where there is none."""
    side = math.isqrt(size)
    return side if side * side == size else 0


def _names_of(labels: Any, count: int, class_names: Sequence[str] | None) -> list[str]:
    """Return a text for each of `count` labels, or raise InputError."""
    given = np.asarray(labels)
    if class_names is None and given.dtype.kind not in "fiub":
        if given.shape != (count,):
            raise InputError(
                message(
                    "x has {count} samples, but the labels are of shape {shape}",
                    count=count,
                    shape=given.shape,
                )
            )
        return [str(label) for label in given]
    numbers = class_numbers(given, count)
    if class_names is None:
        return [str(number) for number in numbers]
    if numbers.max() >= len(class_names):
        raise InputError(
            message(
                "the labels hold class {numbers}, but there are {count} class names",
                numbers=numbers.max(),
                count=len(class_names),
            )
        )
    return [str(class_names[number]) for number in numbers]
