"""What each column of a table does to a model's answer: partial dependence, with single rows."""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, DateFormatter
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from badak._common.language import message
from badak.diagnostics.dependence import Dependence
from badak.diagnostics.table_explanation import TableExplanation
from badak.errors import InputError
from badak.pictures.canvas import DOTS_PER_INCH, WIDTH, Canvas, canvas
from badak.pictures.registry import PICTURES
from badak.typing import Array

COLUMNS = 3  # panels in a row
MOST_PANELS = 12
MOST_BARS = 8  # categories; of more, those with the lowest and the highest answers
ROWS = 30  # single rows that are drawn
HEAD, PANEL = 44.0, 170.0  # dots: the name over a panel, and the panel
FOOT, UPRIGHT = 30.0, 76.0  # dots: what stands under a panel, and where names stand upright
LEFT, GAP = 14.0, 26.0  # dots: beside the answers, and between panels
TICKS = 5  # of the answers, at most
AROUND, WORDS, KEY = 48.0, 46.0, 26.0  # dots: title; words under the panels; a line of a legend
LARGE, SMALL = 10.5, 9.0  # points
LETTER, WIDE = 7.4, 10.0  # dots of a small letter, and of a large one
MARKERS = "osD^vPX"
KEYS = 4  # classes in a line of the legend
DATES = ((4 * 365.0, "%Y"), (90.0, "%Y-%m"), (3.0, "%m-%d"), (1.0, "%d %H:%M"), (0.0, "%H:%M"))
"""How dates are written that span so many days or more."""
FEW_DAYS = 3.0
"""Days below which midnights are marked, and noons where they are few."""


@PICTURES.enter(name="dependence")
def dependence(
    explained: TableExplanation,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw what each column does to a model's answer, all else staying as it is.

    A panel for each column, the most important first, at most twelve, all with one scale of
    answers. Of numbers and dates a curve is the mean answer to the rows (partial dependence), the
    thin lines are single rows (ICE), and ticks at the bottom stand at the tenths of the values; the
    curve runs over the range of the training rows. Of categories bars reach from the mean answer to
    that of each category, and dots are single rows. A dotted line is the answer where the column is
    missing. Of more than two classes each has a curve, or a mark, of its own.

    Parameters
    ----------
    explained : TableExplanation
        What :func:`badak.tables.explain` returned.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        An explanation without a column.

    Examples
    --------
    >>> at, mean = np.array([1.0, 2.0]), np.array([[3.0], [8.0]])
    >>> size = Dependence("size", "number", at, mean, mean[np.newaxis], at)
    >>> told = TableExplanation(
    ...     *("price", (), "all 60 rows", 60, "mse", "R²", (0.1, 0.9), (), (), (), (size,)),
    ...     *(True, (5.5,)),
    ... )
    >>> figure = dependence(told)
    >>> [panel.get_title() for panel in figure.axes[0].child_axes]
    ['size']
    """
    if not explained.dependences:
        raise InputError(message("there is no column to draw"))
    shown = explained.dependences[: min(explained.shown, MOST_PANELS)]
    limits = _limits(explained, shown)
    ticks = _ticks(TICKS, *limits)
    longest = max(map(len, map(_number, ticks)), default=0)
    plan = Plan(shown, len(explained.outputs), LEFT + LETTER * longest)
    with canvas(
        ax, theme=theme, language=language, size=plan.size, pixels=size, dpi=dpi, save=save
    ) as c:
        c.ax.set_axis_off()
        c.ax.set_xlim(0.0, 1.0)
        c.ax.set_ylim(0.0, 1.0)
        for place, (each, box) in enumerate(zip(shown, plan.boxes(c), strict=True)):
            panel = c.within(c.ax.inset_axes(box))
            _draw(panel, explained, each, box[2] * c.dots[0], plan.stands_upright(each))
            panel.ax.set_ylim(*limits)
            panel.ax.set_yticks(ticks, list(map(_number, ticks)))
            panel.ax.tick_params(labelsize=SMALL, labelleft=place % plan.columns == 0)
        if plan.lines_of_key:
            _write_key(c, explained, plan)
        c.ax.text(
            0.5,
            0.0,
            "\n".join(_words(c, explained, shown)),
            ha="center",
            va="bottom",
            fontsize=SMALL,
            linespacing=1.5,
        )
        _set_title(c, title, explained, len(shown))
    return c.figure


@dataclass(frozen=True)
class Plan:
    """Where the panels go."""

    shown: Sequence[Dependence]
    outputs: int
    left: float
    """Dots beside the panels for the answers."""

    @property
    def columns(self) -> int:
        """How many stand in a row."""
        return min(len(self.shown), COLUMNS)

    @property
    def width(self) -> float:
        """The width of a panel in a new figure, in dots."""
        across = 0.95 * WIDTH * DOTS_PER_INCH
        return (across - self.left - GAP * (self.columns - 1)) / self.columns

    def stands_upright(self, each: Dependence) -> bool:
        """Whether the names of its categories find no room side by side."""
        return _stands_upright(each, self.width)

    @property
    def heights(self) -> list[float]:
        """Of each row of panels, with the words over and under them, in dots."""
        found = []
        for start in range(0, len(self.shown), self.columns):
            row = self.shown[start : start + self.columns]
            upright = any(map(self.stands_upright, row))
            found.append(HEAD + PANEL + (UPRIGHT if upright else FOOT))
        return found

    @property
    def down(self) -> float:
        """The height of all below the title, in dots."""
        return sum(self.heights) + WORDS + KEY * self.lines_of_key

    @property
    def lines_of_key(self) -> int:
        """How many lines the legend has; of one output there is none."""
        return math.ceil(self.outputs / KEYS) if self.outputs > 1 else 0

    @property
    def size(self) -> tuple[float, float]:
        """The size of a new figure, in inches."""
        return WIDTH, (self.down + AROUND) / DOTS_PER_INCH

    def boxes(self, c: Canvas) -> Iterator[tuple[float, float, float, float]]:
        """Yield (left, bottom, width, height) of each panel, as shares of the axes."""
        across, _ = c.dots
        left, gap = self.left / across, GAP / across
        width = (1.0 - left - gap * (self.columns - 1)) / self.columns
        for place in range(len(self.shown)):
            row, column = divmod(place, self.columns)
            bottom = 1.0 - (sum(self.heights[:row]) + HEAD + PANEL) / self.down
            yield left + column * (width + gap), bottom, width, PANEL / self.down


def _stands_upright(each: Dependence, width: float) -> bool:
    """Whether the names of a column's categories find no room side by side in so many dots."""
    if each.kind != "category":
        return False
    places, left = _categories(each)
    longest = max(map(_letters, each.at[places]))
    return LETTER * longest > width / (len(places) + (left > 0)) - 4.0


def draw_panel(c: Canvas, explained: TableExplanation, each: Dependence) -> None:
    """Draw one column's panel alone, on the scale of answers of all columns that are shown."""
    limits = _limits(explained, explained.dependences[: explained.shown])
    width, ticks = c.dots[0], _ticks(TICKS, *limits)
    _draw(c, explained, each, width, _stands_upright(each, width))
    c.ax.set_ylim(*limits)
    c.ax.set_yticks(ticks, list(map(_number, ticks)))
    c.ax.tick_params(labelsize=SMALL)


def _letters(name: str) -> int:
    """Return how wide a name is, in Latin letters."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in name)


def _number(value: float) -> str:
    """Return a tick's number, which has few digits."""
    return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:.3g}"


def _ticks(count: int, low: float, high: float, *, whole: bool = False) -> Array:
    """Return at most about so many round numbers from `low` to `high`."""
    found = np.array(MaxNLocator(count, integer=whole).tick_values(low, high))
    return found[(found >= low) & (found <= high)]


def _limits(explained: TableExplanation, shown: tuple[Dependence, ...]) -> tuple[float, float]:
    """Return the least and the most answer that is drawn, with some room."""
    single = len(explained.answers) == 1
    values = np.concatenate(
        [
            part.ravel()
            for each in shown
            for part in (each.mean, each.lines[:ROWS] if single else each.mean)
        ]
    )
    low, high = float(values.min()), float(values.max())
    room = 0.06 * ((high - low) or abs(high) or 1.0)
    return low - 2.0 * room, high + room


def _draw(
    c: Canvas, explained: TableExplanation, each: Dependence, width: float, upright: bool
) -> None:
    single = len(explained.answers) == 1
    if single:
        c.ax.axhline(explained.answers[0], color=c.theme.ink, linewidth=0.8, linestyle="--")
    if each.kind == "category":
        _draw_categories(c, explained, each, upright)
    else:
        _draw_curve(c, each, single)
        if each.kind == "date":
            _name_dates(c, each)
        else:
            _name_numbers(c, each, width)
    if each.missing is not None:
        for k, value in enumerate(each.missing):
            c.ax.axhline(value, color=c.line(k)["color"], linewidth=1.4, linestyle=":")
    head = c.names([each.column], int(width / WIDE))
    if each.outside:
        head.append(
            c.say(
                f"{each.outside:,} of {explained.count:,} rows lie outside",
                f"범위 밖: {explained.count:,}행 중 {each.outside:,}행",
            )
        )
    c.ax.set_title("\n".join(head), fontsize=LARGE, pad=5.0, linespacing=1.3)


def _draw_curve(c: Canvas, each: Dependence, single: bool) -> None:
    at: Any = each.at
    if single:
        for line in each.lines[:ROWS, :, 0]:
            c.ax.plot(at, line, color=c.theme.faint, linewidth=0.7, zorder=1.5)
    alone = "o" if len(at) == 1 else ""  # a line of one point would not be seen
    for k in range(each.mean.shape[1]):
        look = c.line(k)
        c.ax.plot(at, each.mean[:, k], linewidth=2.6 if single else 2.0, marker=alone, **look)
    for mark in each.marks:
        c.ax.axvline(mark, 0.0, 0.06, color=c.theme.ink, linewidth=1.2)
    if len(at) > 1:
        c.ax.margins(x=0.02)


def _name_numbers(c: Canvas, each: Dependence, width: float) -> None:
    """Set as many numbers as find room, whole ones of a column of whole numbers."""
    low, high = float(each.at[0]), float(each.at[-1])
    whole = bool((each.at == np.floor(each.at)).all())
    ticks = np.array([low])
    for count in range(5, 0, -1):
        found = _ticks(count, low, high, whole=whole)
        halves = LETTER / 2.0 * np.array([len(_number(value)) for value in found])
        places = width * (found - low) / ((high - low) or 1.0)
        inside = (places - halves > -GAP / 2.0) & (places + halves < width + GAP / 2.0)
        apart = 2.0 * halves.max(initial=0.0) + 10.0
        if inside.any() and (np.diff(places[inside]) > apart).all():
            ticks = found[inside]
            break
    c.ax.set_xticks(ticks, list(map(_number, ticks)))


def _name_dates(c: Canvas, each: Dependence) -> None:
    days = float((each.at[-1] - each.at[0]) / np.timedelta64(1, "D"))
    written = next(form for least, form in DATES if days >= least)
    if 1.0 <= days < FEW_DAYS:
        step = np.timedelta64(12 if days < FEW_DAYS / 2.0 else 24, "h")
        ticks: Any = np.arange(each.at[0].astype("M8[D]"), each.at[-1], step)
        c.ax.set_xticks(ticks[ticks >= each.at[0]])
    else:
        locator = AutoDateLocator(minticks=2, maxticks=4)  # type: ignore[no-untyped-call]
        c.ax.xaxis.set_major_locator(locator)
    c.ax.xaxis.set_major_formatter(DateFormatter(written))  # type: ignore[no-untyped-call]


def _draw_categories(
    c: Canvas, explained: TableExplanation, each: Dependence, upright: bool
) -> None:
    shown, left = _categories(each)
    places = np.arange(len(shown)) + (np.arange(len(shown)) >= len(shown) // 2 if left else 0)
    if each.mean.shape[1] == 1:
        start = explained.answers[0]
        c.ax.bar(places, each.mean[shown, 0] - start, 0.66, start, color=c.theme.series[0])
        rows = each.lines[:ROWS, shown, 0]  # (rows, categories)
        beside = np.linspace(-0.26, 0.26, len(rows))[:, np.newaxis]
        c.ax.plot(
            (places + beside).ravel(),
            rows.ravel(),
            linestyle="none",
            marker="o",
            markersize=2.6,
            color=c.theme.series[6],
            markeredgecolor=c.theme.ground,
            markeredgewidth=0.3,
        )
    else:
        for k in range(each.mean.shape[1]):
            c.ax.plot(
                places,
                each.mean[shown, k],
                linestyle="none",
                marker=MARKERS[k % len(MARKERS)],
                markersize=6,
                color=c.line(k)["color"],
            )
    names = c.names([str(name) for name in each.at[shown]], 9 if upright else 24)
    c.ax.set_xticks(places, names, rotation=90.0 if upright else 0.0)
    c.ax.set_xlim(-0.6, places[-1] + 0.6)
    c.ax.tick_params(axis="x", length=0.0)
    c.ax.grid(visible=False, axis="x")
    if left:
        c.ax.text(
            len(shown) // 2,
            0.02,
            c.say(f"{left} more", f"그 밖에 {left}개"),
            ha="center",
            va="bottom",
            rotation=90.0,
            fontsize=SMALL,
            transform=c.ax.get_xaxis_transform(),
        )


def _categories(each: Dependence) -> tuple[Array, int]:
    """Return which categories are drawn, the highest answer first, and how many are not."""
    order = (-each.mean[:, int(each.reach.argmax())]).argsort(kind="stable")
    left = len(order) - MOST_BARS
    if left <= 0:
        return order, 0
    half = MOST_BARS // 2
    return np.concatenate([order[:half], order[-half:]]), left


def _words(c: Canvas, explained: TableExplanation, shown: tuple[Dependence, ...]) -> list[str]:
    """Return what is said under the panels."""
    curves = any(each.kind != "category" for each in shown)
    bars = any(each.kind == "category" for each in shown)
    found = []
    if len(explained.answers) == 1:
        english = " and ".join(["thick lines"] * curves + ["bars"] * bars)
        korean = "과 ".join(["굵은 선"] * curves + ["막대"] * bars)
        single = " and ".join(["thin lines"] * curves + ["dots"] * bars)
        single_korean = "과 ".join(["가는 선"] * curves + ["점"] * bars)
        found.append(
            c.say(
                f"{english}: the mean answer; {single}: single rows; dashed: the rows as they are",
                f"{korean}: 예측의 평균, {single_korean}: 행 하나하나의 예측, "
                "파선: 행을 그대로 둔 예측의 평균",
            )
        )
    rest = []
    if curves:
        of = "training rows" if explained.trained else "rows"
        of = c.say(of, "훈련 행" if explained.trained else "이 행들")
        rest += [
            c.say(f"curves run over the range of the {of}", f"곡선은 {of}의 범위까지"),
            c.say("ticks: tenths of the values", "눈금: 값의 10분위"),
        ]
    if any(each.missing is not None for each in shown):
        rest.append(c.say("dotted: where it is missing", "점선: 결측일 때"))
    if rest:
        found.append("; ".join(rest) if c.language == "en" else ", ".join(rest))
    return found


def _write_key(c: Canvas, explained: TableExplanation, plan: Plan) -> None:
    """Draw the legend of the classes between the panels and the words."""
    names = c.names(explained.outputs, 14)
    looks = [{**c.line(k), "marker": MARKERS[k % len(MARKERS)]} for k in range(len(names))]
    c.ax.legend(
        [Line2D([], [], **look) for look in looks],
        names,
        loc="lower center",
        bbox_to_anchor=(0.5, WORDS / plan.down),
        ncols=min(len(names), KEYS),
        borderaxespad=0.0,
        borderpad=0.0,
        handlelength=2.6,
    )


def _set_title(c: Canvas, title: str | None, explained: TableExplanation, shown: int) -> None:
    target = c.names([explained.target], 24)[0]
    count = len(explained.importances) or len(explained.dependences)
    answer, korean = target, f"{target}의"
    if len(explained.outputs) == 1:
        name = c.names(explained.outputs, 24)[0]
        answer, korean = f"the probability of {target} = {name}", f"{target} = {name}일 확률의"
    elif explained.outputs:
        answer, korean = f"the probabilities of {target}", f"{target} 확률의"
    some = count > shown
    c.title(
        title,
        f"What each column does to {answer}" + (f": {shown} of {count:,} columns" if some else ""),
        f"각 열에 따른 {korean} 변화" + (f": 열 {count:,}개 중 {shown}개" if some else ""),
    )
