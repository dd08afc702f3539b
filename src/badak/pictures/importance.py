"""Which columns of a table matter to a model: how far its loss rises once each is shuffled."""

import os
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from badak._common.language import message
from badak.diagnostics.permutation import SURE, Importance
from badak.diagnostics.table_explanation import TableExplanation
from badak.errors import InputError
from badak.pictures.canvas import DOTS_PER_INCH, WIDTH, Canvas, canvas
from badak.pictures.registry import PICTURES

BAR, AROUND = 30.0, 150.0  # dots: a bar with the gap to the next; title, axis and words
NAME = 26  # letters
SMALL = 9.5  # points
GROUPS = 3  # of columns that are shuffled together, drawn at most


@PICTURES.enter(name="importance")
def importance(
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
    """Draw how much each column of a table matters to a model, the most important on top.

    A bar is the mean rise of the loss once the column is shuffled among the rows, its dots are the
    single shuffles, and its line reaches two standard errors of the mean to both sides, as the rows
    differ. Where the rise may be chance the bar is pale. Columns that tell much the same are drawn
    once more, hatched, as they are shuffled together.

    Parameters
    ----------
    explained : TableExplanation
        What :func:`badak.tables.explain` returned; it says how many columns are drawn.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Raises
    ------
    InputError
        An explanation of rows without a target, which has no importances.

    Examples
    --------
    >>> from badak.diagnostics.dependence import Dependence
    >>> size = Importance(("size",), np.array([0.5, 0.7]), np.array([0.2, 0.3]), error=0.1)
    >>> at, mean = np.array([1.0, 2.0]), np.array([[3.0], [8.0]])
    >>> does = Dependence("size", "number", at, mean, mean[np.newaxis], at)
    >>> told = TableExplanation(
    ...     *("price", (), "all 60 rows", 60, "mse", "R²", (0.1, 0.9), (size,), (), (), (does,)),
    ...     *(True, (5.5,)),
    ... )
    >>> figure = importance(told)
    >>> figure.axes[0].get_title()
    'Which columns matter for price'
    """
    if not explained.importances:
        raise InputError(
            message(
                "there are no importances to draw, for the rows were explained without their "
                "target {target!r}: give rows that have it, or draw pictures.dependence",
                target=explained.target,
            )
        )
    shown = explained.importances[: explained.shown]
    groups = [each for _, each in explained.groups[:GROUPS]]
    height = (BAR * (len(shown) + len(groups)) + AROUND) / DOTS_PER_INCH
    with canvas(
        ax, theme=theme, language=language, size=(WIDTH, height), pixels=size, dpi=dpi, save=save
    ) as c:
        _draw(c, [*shown, *groups], len(shown))
        target = c.names([explained.target], NAME)[0]
        left = len(explained.importances) - len(shown)
        c.title(
            title,
            f"Which columns matter for {target}"
            + (f": the {len(shown)} first of {len(shown) + left:,}" if left else ""),
            f"{target}에 중요한 열"
            + (f": {len(shown) + left:,}개 중 앞의 {len(shown)}개" if left else ""),
        )
        _write_words(c, explained, bool(groups))
    return c.figure


def _draw(c: Canvas, rows: Sequence[Importance], alone: int) -> None:
    full = c.theme.series[0]
    pale = tuple(0.4 * np.array(to_rgb(full)) + 0.6 * np.array(to_rgb(c.theme.ground)))
    for place, each in enumerate(rows):
        c.ax.barh(
            place,
            each.mean,
            0.62,
            color=full if each.sure else pale,
            hatch=None if place < alone else "///",
            edgecolor=c.theme.ground,
            linewidth=0.0,
        )
        if np.isfinite(each.error):
            reach = SURE * each.error
            ends = [each.mean - reach, each.mean + reach]
            c.ax.plot(ends, [place, place], color=c.theme.ink, linewidth=1.4)
        c.ax.plot(
            each.losses,
            place + np.linspace(-0.2, 0.2, len(each.losses)),
            linestyle="none",
            marker="o",
            markersize=3.6,
            color=c.theme.series[1],
            markeredgecolor=c.theme.ground,
            markeredgewidth=0.5,
        )
    c.ax.axvline(0.0, color=c.theme.ink, linewidth=1.0)
    c.ax.set_ylim(len(rows) - 0.4, -0.6)
    c.ax.set_yticks(range(len(rows)), _names(c, rows))
    c.ax.grid(visible=False, axis="y")
    c.ax.tick_params(axis="y", length=0.0)
    c.ax.locator_params(axis="x", nbins=6)


def _names(c: Canvas, rows: Sequence[Importance]) -> list[str]:
    found = []
    for each in rows:
        first = c.names(each.columns[:2], NAME // len(each.columns[:2]))
        more = len(each.columns) - len(first)
        found.append(" + ".join([*first, *([f"{more:,}"] if more else [])]))
    return found


def _write_words(c: Canvas, explained: TableExplanation, groups: bool) -> None:
    """Write under the axes what is drawn."""
    repeats, loss = len(explained.importances[0].losses), explained.loss
    held_out = explained.held_out
    what = c.say(
        f"how far the loss ({loss}) rises once the column is shuffled",
        f"열을 섞었을 때 손실({loss})의 증가",
    )
    shuffles = "shuffle" if repeats == 1 else "shuffles"
    rows = c.say(
        f"{explained.count:,} {'held-out ' if held_out else ''}rows; dots: {repeats} {shuffles}; "
        "line: 2 standard errors; pale: may be chance",
        f"{'떼어 둔 ' if held_out else ''}행 {explained.count:,}개. 점: 섞기 {repeats}번, "
        "선: 표준오차의 2배, 옅은 막대: 우연일 수 있음",
    )
    together = c.say(
        "hatched: columns that tell much the same, shuffled together",
        "빗금: 거의 같은 것을 알려 주는 열을 함께 섞음",
    )
    words = "\n".join([what, rows, *([together] if groups else [])])
    c.ax.set_xlabel(words, fontsize=SMALL, linespacing=1.5)
