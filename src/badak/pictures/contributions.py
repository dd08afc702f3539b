"""One row's answer taken apart: from the baseline, column by column, to the answer."""

import os
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from badak.diagnostics.decomposition import EXACT, GRADIENTS
from badak.diagnostics.row_explanation import Baseline, RowExplanation, Scale
from badak.diagnostics.texts import shown_cell
from badak.pictures.canvas import DOTS_PER_INCH, WIDTH, Canvas, canvas
from badak.pictures.registry import PICTURES

BAR, AROUND = 30.0, 130.0  # dots: a bar with the gap to the next; title, axis and words
NAME, VALUE, CLASS = 18, 16, 24  # letters
SMALL = 9.5  # points
ROOM = 0.16  # share of the width that is left beside the bars for the numbers


@PICTURES.enter(name="contributions")
def contributions(
    explained: RowExplanation,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] | None = None,
    dpi: float | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Figure:
    """Draw how one row's answer comes about: the baseline, what each column adds, and the sum.

    Each bar begins where the one above it ends, so that the last one ends at the answer; orange
    ones add, blue hatched ones take away. What is left over, for the parts are not exact, has a bar
    of its own where it can be seen in the numbers.

    Parameters
    ----------
    explained : RowExplanation
        One of those that :func:`badak.tables.explain_rows` returned; it says how many columns are
        drawn one by one.
    title, ax, theme, language, size, dpi, save : optional
        By keyword only, as every picture of :mod:`badak.pictures` takes them.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, new or that of `ax`; a notebook shows a new one by itself.

    Examples
    --------
    >>> from badak.diagnostics.decomposition import Decomposition
    >>> parts = Decomposition(("size", "age"), np.array([40.0, -5.0]), 100.0, 135.0, "exact", 1)
    >>> told = RowExplanation(3, "price", "", ("80", "12"), parts, Baseline("row", 1))
    >>> figure = contributions(told)
    >>> figure.axes[0].get_title()
    'Row 3: price = 135.0'
    """
    steps, scale = _steps(explained), _scale(explained)
    height = (BAR * (len(steps) + 2) + AROUND) / DOTS_PER_INCH
    with canvas(
        ax, theme=theme, language=language, size=(WIDTH, height), pixels=size, dpi=dpi, save=save
    ) as c:
        _draw(c, explained, steps, scale)
        _set_title(c, title, explained, scale)
        c.ax.set_xlabel(_way(c, explained), fontsize=SMALL, linespacing=1.5)
    return c.figure


@dataclass(frozen=True)
class Step:
    """One bar: what a column, the other columns together, or what is left over adds."""

    added: float
    column: int | None = None
    others: int = 0
    """How many columns are summed up; 0 for what is left over."""


def _steps(explained: RowExplanation) -> list[Step]:
    parts, scale = explained.parts, _scale(explained)
    shown, others = parts.order[: explained.shown], parts.order[explained.shown :]
    steps = [Step(float(parts.added[k]), k) for k in shown]
    if others:
        steps.append(Step(float(parts.added[others].sum()), None, len(others)))
    if scale.shows(parts.rest):
        steps.append(Step(parts.rest))
    return steps


def _scale(explained: RowExplanation) -> Scale:
    parts = explained.parts
    return Scale(np.array([*parts.added, parts.answer, parts.baseline]))


def _draw(c: Canvas, explained: RowExplanation, steps: list[Step], scale: Scale) -> None:
    parts = explained.parts
    below, above = c.theme.series[0], c.theme.series[1]
    ends = parts.baseline + np.cumsum([0.0, *(step.added for step in steps)])
    low, high = float(ends.min()), float(ends.max())
    room = ROOM * ((high - low) or abs(high) or 1.0)
    c.ax.set_xlim(low - room, high + room)
    for place, step in enumerate(steps, 1):
        begin, end = ends[place - 1], ends[place]
        c.ax.plot([begin, begin], [place - 1.3, place + 0.3], color=c.theme.ink, linewidth=1.0)
        if end < begin:
            c.ax.barh(place, end - begin, 0.6, begin, color=below, hatch="///", linewidth=0.0)
        else:
            c.ax.barh(place, end - begin, 0.6, begin, color=above)
        side = 1 if end >= begin else -1
        _number(c, end, place, scale.added(step.added), side)
    last = len(steps) + 1
    c.ax.plot([ends[-1]] * 2, [last - 1.3, last + 0.3], color=c.theme.ink, linewidth=1.0)
    for place, value in ((0, parts.baseline), (last, parts.answer)):
        c.ax.plot(value, place, marker="D", markersize=7, color=c.theme.ink)
        _number(c, value, place, scale.number(value), 1)
    c.ax.axvline(parts.baseline, color=c.theme.faint, linewidth=1.0, linestyle="--", zorder=0.5)
    c.ax.set_ylim(last + 0.6, -0.6)
    names = [_start(c, explained.baseline), *(_name(c, explained, step) for step in steps)]
    c.ax.set_yticks(range(last + 1), [*names, c.say("sum: the answer", "합: 예측")])
    c.ax.grid(visible=False, axis="y")
    c.ax.tick_params(axis="y", length=0.0)
    c.ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.12g}")
    c.ax.locator_params(axis="x", nbins=6)


def _number(c: Canvas, at: float, place: int, text: str, side: int) -> None:
    c.ax.annotate(
        text,
        (at, place),
        xytext=(6 * side, 0),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        va="center",
        fontsize=SMALL,
    )


def _name(c: Canvas, explained: RowExplanation, step: Step) -> str:
    if step.column is None:
        many = step.others
        if not many:
            return c.say("left over", "나머지")
        return c.say(f"{many:,} other column{'s' * (many > 1)}", f"다른 열 {many:,}개")
    k = step.column
    value = explained.values[k]
    name = c.names([explained.parts.columns[k]], NAME)[0]
    said = c.names([shown_cell(value)], VALUE)[0] if value else c.say("missing", "결측")
    end = f" ({explained.beyond[k]})" if explained.beyond and explained.beyond[k] else ""
    return f"{name} = {said}{end}"


def _start(c: Canvas, baseline: Baseline) -> str:
    count = baseline.count
    if baseline.kind == "row":
        return c.say(f"row {count}", f"{count}행")
    rows = "training rows" if baseline.trained else "rows"
    rows = c.say(rows, "훈련 행" if baseline.trained else "행")
    what = c.say(baseline.kind, "평균" if baseline.kind == "mean" else "중앙값")
    return c.say(f"{what} of {count:,} {rows}", f"{rows} {count:,}개의 {what}")


def _set_title(c: Canvas, title: str | None, explained: RowExplanation, scale: Scale) -> None:
    row, said = explained.row, scale.number(explained.answer)
    target = c.names([explained.target], CLASS)[0]
    if not explained.output:
        c.title(title, f"Row {row}: {target} = {said}", f"{row}행: {target} = {said}")
        return
    of = f"{target} = {c.names([explained.output], CLASS)[0]}"
    if explained.logit:
        c.title(
            title,
            f"Row {row}: sum of {of} before softmax: {said}",
            f"{row}행: {of}의 합(softmax 이전): {said}",
        )
        return
    c.title(title, f"Row {row}: probability of {of}: {said}", f"{row}행: {of}의 확률: {said}")


def _way(c: Canvas, explained: RowExplanation) -> str:
    parts = explained.parts
    if parts.method == EXACT:
        said = c.say("exact: the network adds up its columns", "정확함: 신경망이 열을 더하기만 함")
    elif parts.method == GRADIENTS:
        said = c.say(
            f"by integrated gradients in {parts.steps:,} steps",
            f"적분 기울기, {parts.steps:,}단계",
        )
    elif parts.errors is None:
        said = c.say(
            f"Shapley values of all {parts.steps:,} sets of columns",
            f"섀플리 값, 열의 집합 {parts.steps:,}개 전부",
        )
    else:
        error = float(parts.errors.max())
        said = c.say(
            f"Shapley values of {parts.steps:,} random orders of the columns, standard error at "
            f"most {error:.2g}",
            f"섀플리 값, 열의 무작위 순서 {parts.steps:,}개, 표준오차 최대 {error:.2g}",
        )
    if any(explained.beyond):
        said += "\n" + c.say(
            "> or <: beyond the training rows, whose end this is; ≠: a category that they had not",
            "> 또는 <: 훈련 행의 범위 밖이며 수는 그 범위의 끝, ≠: 훈련 행에 없던 범주",
        )
    return said
