"""The canvas of every picture: size, colours, fonts, language, and saving.

Pictures are made without pyplot, so that drawing one leaves no window open and changes no setting
of matplotlib's.
"""

import io
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from textwrap import fill
from typing import Any
from unicodedata import east_asian_width

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation

from badak._common.files import write_whole
from badak._common.language import Phrase, marked, message
from badak._common.looks import LANGUAGES
from badak._common.registry import Registry
from badak._common.validation import Interval, check_whole
from badak.errors import InputError
from badak.pictures.fonts import CONTROL, families, renders, writable

DOTS_PER_INCH = 100
WIDTH, HEIGHT = 8.0, 4.5  # inches: 800 by 450 dots, read at that size without zooming
FORMATS = ("png", "svg", "pdf")
LEAST_DPI = 10.0
DPI = Interval(LEAST_DPI, 2400.0, high_is_in=True)
SIDE, _SIDE = Interval(100, 20_000, high_is_in=True), Phrase("a side of a picture")
LINE = 16.0  # points from one line of text to the next


@dataclass(frozen=True)
class Theme:
    """The colours of a picture; series differ for the colour-blind too, and in their dashes."""

    name: str
    ground: str
    ink: str
    faint: str
    """For the background: grids, frames, notes."""
    series: tuple[str, ...]
    middle: str
    """The colour of zero, in the middle of the diverging colours."""

    @property
    def diverging(self) -> Colormap:
        """Colours for numbers on both sides of zero: blue below, orange above."""
        low, high = self.series[0], self.series[1]
        return LinearSegmentedColormap.from_list("badak", [low, self.middle, high])

    @property
    def sequential(self) -> Colormap:
        """Colours for amounts, from the ground's to a full blue."""
        return LinearSegmentedColormap.from_list("badak", [self.ground, self.series[0]])


# Okabe and Ito, Color Universal Design (2008), darkened or lightened to stand out from the ground.
LIGHT = Theme(
    name="light",
    ground="#ffffff",
    ink="#1f2328",
    faint="#c9ced6",
    series=("#0067a5", "#c85200", "#00805a", "#a8487c", "#8a6d00", "#3d9bd4", "#5b5f66"),
    middle="#f7f7f7",
)
DARK = Theme(
    name="dark",
    ground="#16191d",
    ink="#e6e8eb",
    faint="#4a5058",
    series=("#4fb0ec", "#f0883e", "#2fc79a", "#e08bb8", "#e6c84f", "#8fd0f5", "#a6abb3"),
    middle="#2a2e34",
)
THEMES: Registry[Theme] = Registry(marked("theme"), {theme.name: theme for theme in (LIGHT, DARK)})

DASHES = ("-", "--", "-.", ":", (0, (6, 1.5, 1.5, 1.5, 1.5, 1.5)), (0, (9, 2)), (0, (3, 2)))
"""One for each colour, so that lines differ in black and white too."""


@dataclass(frozen=True)
class Canvas:
    """The axes to draw in, with theme and language."""

    ax: Axes
    theme: Theme
    language: str

    @property
    def figure(self) -> Figure:
        """The whole figure."""
        return self.ax.get_figure(root=True)  # type: ignore[return-value]

    @property
    def dots(self) -> tuple[float, float]:
        """About how wide and how high the axes are, in dots; a new figure's take all of it."""
        if isinstance(self.figure, Picture):
            width, height = self.figure.get_size_inches() * DOTS_PER_INCH
            return 0.95 * float(width), 0.85 * float(height)
        box = self.ax.get_window_extent()
        return float(box.width), float(box.height)

    def say(self, english: str, korean: str) -> str:
        """Return the text in the picture's language."""
        return korean if self.language == "ko" else english

    def title(self, given: str | None, english: str, korean: str, lines_below: int = 0) -> None:
        """Set the title to what the user gave, if it can be written, else to these words.

        A warning says so where it cannot be.

        `lines_below` are left free under it, for the titles of panels.
        """
        pad = mpl.rcParams["axes.titlepad"] + LINE * lines_below
        text = self.say(english, korean)
        if given and self._can_write(given, message("badak's own title stands there instead")):
            text = given
        formula = "$" in text and renders(text)
        self.ax.set_title(text if formula else self._wrapped(text), pad=pad, parse_math=formula)

    def _wrapped(self, text: str) -> str:
        """Return a title in lines that are not wider than the axes."""
        letter = 9.6 if text.isascii() else 13.0  # dots
        return fill(text, max(int(self.dots[0] / letter), 1))

    def names(self, names: Sequence[str], longest: int = 16) -> list[str]:
        """Return names from the user's data as texts: short, plain, and drawable.

        One that no font can write becomes its number, with a warning.
        """
        return [
            plain(name, longest)
            if self._can_write(name, message("its number, {number}, stands for it", number=number))
            else str(number)
            for number, name in enumerate(names)
        ]

    def _can_write(self, text: str, otherwise: str) -> bool:
        """Whether fonts have the letters, which are used from then on; warn where none has."""
        if writable(text):
            known = mpl.rcParams["font.family"]
            mpl.rcParams["font.family"] = [*known, *(f for f in families(text) if f not in known)]
            return True
        warnings.warn(
            message(
                "no font here has all letters of {text!r}: {otherwise}; install one that has "
                "them, such as Noto Sans CJK",
                text=text,
                otherwise=otherwise,
            ),
            stacklevel=4,
        )
        return False

    def legend_below(self, columns: int = 3, lines: float = 2.4, **more: Any) -> None:
        """Set the legend under the axes, where it hides nothing; `lines` down, for the labels."""
        down = ScaledTranslation(0.0, -lines * LINE / 72.0, self.figure.dpi_scale_trans)
        self.ax.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, 0.0),
            bbox_transform=self.ax.transAxes + down,
            ncols=columns,
            borderaxespad=0.0,
            handlelength=1.8,
            columnspacing=1.4,
            **more,
        )

    def line(self, place: int) -> dict[str, Any]:
        """Return colour and dashes of the line at this place of several."""
        series = self.theme.series
        return {
            "color": series[place % len(series)],
            # Colours repeat; each repetition gets other dashes.
            "linestyle": DASHES[(place + place // len(series)) % len(DASHES)],
        }

    def panels(
        self, rows: int, columns: int, *, gap: float = 0.12, gap_below: float | None = None
    ) -> list[Axes]:
        """Divide the axes into rows x columns of axes, row by row; gaps are shares of a panel."""
        self.ax.set_axis_off()
        below = gap if gap_below is None else gap_below
        width = 1.0 / (columns + gap * (columns - 1))
        height = 1.0 / (rows + below * (rows - 1))
        return [
            self.ax.inset_axes(
                (
                    column * width * (1.0 + gap),
                    1.0 - height - row * height * (1.0 + below),
                    width,
                    height,
                )
            )
            for row in range(rows)
            for column in range(columns)
        ]

    def within(self, ax: Axes) -> "Canvas":
        """Return the canvas of one of its panels."""
        return Canvas(ax, self.theme, self.language)


class Picture(Figure):
    """A figure that notebooks show by themselves."""

    def _repr_png_(self) -> bytes:
        return encoded(self, "png")


@contextmanager
def canvas(
    ax: Axes | None = None,
    *,
    theme: str = "light",
    language: str = "en",
    size: tuple[float, float] = (WIDTH, HEIGHT),
    pixels: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Iterator[Canvas]:
    """Give the axes to draw in, given or of a new figure; save the figure when it is drawn.

    Parameters
    ----------
    ax
        Axes of yours to draw in, whose figure keeps its size and ground.
    theme
        "light" or "dark".
    language
        "en" or "ko".
    size
        (width, height) that suits a new figure, in inches of 100 dots.
    pixels, dpi
        (width, height) of the picture that is asked for, and its dots per inch. Of either alone the
        other follows: letters grow with a larger picture, and a larger dpi makes it larger.
    save
        Where to write the figure: a name that ends in .png, .svg or .pdf.

    Raises
    ------
    InputError
        An unknown theme, language or ending; a size or dpi that is none, or for axes that have one.

    >>> with canvas(size=(4, 3)) as c:
    ...     lines = c.ax.plot([0.0, 1.0], [0.0, 1.0], **c.line(0))
    """
    if language not in LANGUAGES:
        raise InputError(
            message(
                "pictures speak {languages}, not {language!r}",
                languages=message(" and ").join(LANGUAGES),
                language=language,
            )
        )
    if save is not None:
        check_format(save)
    chosen = THEMES[theme]
    if ax is not None and (pixels is not None or dpi is not None):
        raise InputError(
            message("size and dpi are for a new figure: that of the axes given keeps its own")
        )
    inches, dots = _sized(size, pixels, dpi)
    with mpl.rc_context(_settings(chosen)):
        if ax is None:
            ax = Picture(figsize=inches, dpi=dots, layout="constrained").add_subplot()
        drawn = Canvas(ax, chosen, language)
        yield drawn
        set_rare_letters(ax)
        if save is not None:
            write(drawn.figure, save)


def _sized(
    natural: tuple[float, float], pixels: tuple[int, int] | None, dpi: float | None
) -> tuple[tuple[float, float], float]:
    """Return a new figure's size in inches and its dots per inch, or raise InputError."""
    if dpi is not None:
        DPI.check(dpi, "dpi")
    if pixels is None:
        return natural, DOTS_PER_INCH if dpi is None else dpi
    if isinstance(pixels, str) or np.shape(pixels) != (2,):
        raise InputError(
            message(
                "the size of a picture is (width, height) in pixels, such as (1920, 1080), not "
                "{pixels!r}",
                pixels=pixels,
            )
        )
    width, height = (SIDE.check(check_whole(side, _SIDE), _SIDE) for side in pixels)
    if dpi is None:  # as large as the letters may be with all that suits still finding room
        dpi = max(min(width / natural[0], height / natural[1]), LEAST_DPI)
    return (width / dpi, height / dpi), dpi


def set_rare_letters(ax: Axes) -> None:
    """Let texts that were made before a rare letter was met be set in the same fonts as others."""
    usual, now = list(families()), mpl.rcParams["font.family"]
    if now != usual:
        for text in ax.findobj(Text):
            if text.get_fontfamily() == usual:
                text.set_fontfamily(now)


def check_format(path: str | os.PathLike[str]) -> str:
    """Return the format that a file's name asks for, or raise InputError."""
    suffix = Path(path).suffix.lower().lstrip(".")
    if suffix not in FORMATS:
        name = Path(path).stem or "picture"  # "." and ".." and "/" have none
        raise InputError(
            message(
                "a picture is saved as PNG, SVG or PDF, not as {path!r}: give a name such as "
                "{parent}.png",
                path=os.fspath(path),
                parent=Path(path).parent / name,
            )
        )
    return suffix


def write(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a figure whole or not at all; the same figure gives the same bytes."""
    write_whole(path, encoded(figure, check_format(path)))


def encoded(figure: Figure, kind: str) -> bytes:
    """Return the figure as a PNG, SVG or PDF file's bytes, without the date."""
    metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "badak", "svg.fonttype": "path"}):
        dpi = figure.dpi if isinstance(figure, Picture) else DOTS_PER_INCH
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata[kind])
    return buffer.getvalue()


def plain(text: str, longest: int) -> str:
    r"""Return the text in one line, at most so wide, its dollar signs no formula's.

    The width is counted in Latin letters; a Korean one is as wide as two.

    >>> plain("a\nb", 9), plain("a very long name", 9), plain("가나다라마바", 9), plain("$5", 9)
    ('a b', 'a very l…', '가나다라…', '\\$5')
    """
    text = CONTROL.sub(" ", text)
    widths = list(accumulate(2 if east_asian_width(letter) in "WF" else 1 for letter in text))
    if text and widths[-1] > longest:
        text = text[: sum(width < longest for width in widths)] + "…"
    return text.replace("$", r"\$")


def _settings(theme: Theme) -> Any:
    return {
        "font.family": list(families()),
        "font.size": 11.0,
        "axes.titlesize": 13.0,
        "axes.titleweight": "normal",
        "axes.titlepad": 10.0,
        "figure.facecolor": theme.ground,
        "figure.constrained_layout.w_pad": 0.1,
        "figure.constrained_layout.h_pad": 0.08,
        "savefig.facecolor": "auto",
        "axes.facecolor": theme.ground,
        "axes.edgecolor": theme.faint,
        "axes.labelcolor": theme.ink,
        "axes.titlecolor": theme.ink,
        "axes.prop_cycle": cycler(color=theme.series),
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "grid.color": theme.faint,
        "grid.linewidth": 0.6,
        "grid.alpha": 0.6,
        "text.color": theme.ink,
        "xtick.color": theme.ink,
        "ytick.color": theme.ink,
        "xtick.labelsize": 10.0,
        "ytick.labelsize": 10.0,
        "lines.linewidth": 2.0,
        "legend.frameon": False,
        "legend.fontsize": 10.0,
        "image.cmap": "gray",
        "hatch.color": theme.ink,
    }
