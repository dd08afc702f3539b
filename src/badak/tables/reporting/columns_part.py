"""The section of a report on which columns matter, and what each does."""

from collections.abc import Iterator

from badak._common.language import message, translated
from badak._common.page import Element, element, table
from badak.diagnostics.dependence import Dependence
from badak.diagnostics.permutation import Importance, Shared
from badak.diagnostics.table_explanation import TableExplanation
from badak.diagnostics.texts import listed, short, signed_zero
from badak.pictures.dependence import draw_panel
from badak.pictures.inline import InlineFigures
from badak.tables.reporting import figures as draw
from badak.tables.reporting.making import TableReport
from badak.tables.reporting.wording import (
    UNSURE,
    Section,
    amount,
    badge,
    figure,
    figures_in_grid,
    note,
    section,
)
from badak.tables.scores import true_minus

DASHES = ("", "9 4", "16 4 2.5 4", "2.5 4", "15 4 4 4 4 4", "22 5", "7 5")
"""Those of :data:`badak.pictures.canvas.DASHES`, as SVG has them."""
SIGNS = "●■◆▲▼✚✖"
"""Those of :data:`badak.pictures.dependence.MARKERS`, as letters."""
MOST_COLUMNS = 40
MOST_TOGETHER = 6
LONGEST = 20


def columns_section(report: TableReport, figures: InlineFigures) -> Section:
    """Return the section."""
    return section("columns", message("Columns that matter"), _parts(report, figures))


def _parts(report: TableReport, figures: InlineFigures) -> Iterator[Element]:
    told = report.explanation
    shown = told.importances[:MOST_COLUMNS]
    most = max((each.mean for each in told.importances), default=0.0)
    yield table(
        [
            message("column"),
            message("loss rises by"),
            message("standard error"),
            message("{measure} falls by", measure=translated(told.measure)),
            "",
        ],
        [_row(each, most) for each in shown],
        caption=message(
            "How much worse the answers are once a column is shuffled among the rows ({repeats} "
            "times; loss: {loss}, {before:.4g} before)",
            repeats=len(told.importances[0].losses),
            loss=told.loss,
            before=told.before[0],
        ),
        right=(1, 2, 3),
        heads=True,
        class_="importances",
    )
    left = len(told.importances) - len(shown)
    if left > 0:
        rest = sum(each.sure for each in told.importances[MOST_COLUMNS:])
        yield note(
            message(
                "The {count} most important columns are shown; of the other {left}, {rest} matter "
                "beyond chance.",
                count=len(shown),
                left=left,
                rest=rest,
            )
        )
    for group, each in zip(told.shared, told.together, strict=True):
        yield note(_together(group, each))
    yield element("h3", message("What each column does to the mean answer"))
    yield note(_how_to_read(report))
    if len(told.outputs) > 1:
        yield _legend([short(name, LONGEST) for name in told.outputs])
    yield figures_in_grid(
        _dependence(report, each, figures) for each in told.dependences[: told.shown]
    )


def _together(group: Shared, each: Importance) -> str:
    return message(
        "{columns} tell much the same (association {strength:.2f}): where one is shuffled the "
        "others make up for it. Shuffled together they make the loss rise by {rise}.",
        columns=listed(group.columns, ", ", MOST_TOGETHER),
        strength=group.association,
        rise=amount(each.mean),
    )


def _row(each: Importance, most: float) -> list[Element | str]:
    width = max(each.mean / most, 0.0) if most > 0.0 else 0.0
    bar = element("span", "", class_="bar", style=f"--share: {width:.3f}")
    return [
        short(each.columns[0], 60),
        amount(each.mean),
        amount(each.error),
        true_minus(signed_zero(f"{each.measure:.4f}")),
        bar if each.sure else badge(UNSURE, message("may be chance")),
    ]


def _how_to_read(report: TableReport) -> str:
    told = report.explanation
    said = (
        message(
            "All else stays as it is (partial dependence), over the range of the training rows. "
            "Marks at the bottom: tenths of the values. Dotted: where the column is missing."
        )
        if told.trained
        else message(
            "All else stays as it is (partial dependence), over the range of these rows. Marks at "
            "the bottom: tenths of the values. Dotted: where the column is missing."
        )
    )
    if len(told.outputs) < 2:
        said += " " + message("Thin lines and dots: single rows. Dashed: the mean answer.")
    return f"{_answer(told)} {said}"


def _answer(told: TableExplanation) -> str:
    """Say what stands upright in the figures."""
    if len(told.outputs) == 1:
        return message("Upright: the probability of {name}.", name=short(told.outputs[0], LONGEST))
    if told.outputs:
        return message("Upright: the probability of each class.")
    return message("Upright: {target}.", target=short(told.target, LONGEST))


def _dependence(report: TableReport, each: Dependence, figures: InlineFigures) -> Element:
    mean = each.mean[:, int(each.reach.argmax())]
    said = message(
        "{column}: the mean answer goes from {low} to {high}",
        column=short(each.column, 80),
        low=amount(float(mean.min())),
        high=amount(float(mean.max())),
    )
    return figure(figures, lambda c: draw_panel(c, report.explanation, each), draw.SIZE, said)


def _legend(names: list[str]) -> Element:
    """Return which line of the figures is which class's."""
    keys = []
    for place, name in enumerate(names):
        line = element(
            "line",
            x1="0",
            x2="30",
            y1="5",
            y2="5",
            stroke_width="2.5",
            stroke_dasharray=DASHES[place] or None,
            style=f"stroke: var(--series-{place})",
        )
        key = element("svg", line, width="30", height="10", aria_hidden="true")
        keys.append(element("span", key, f" {SIGNS[place]} {name}"))
    return element("p", *keys, class_="legend")
