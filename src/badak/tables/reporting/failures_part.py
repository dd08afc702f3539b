"""The sections of a report on where the network fails: its worst rows, and what would spoil it."""

from collections.abc import Iterator

import numpy as np

from badak._common.language import counted, message, translated
from badak._common.page import Element, element, table
from badak.diagnostics.row_explanation import Scale
from badak.diagnostics.texts import short, shown_cell
from badak.tables.measures import main_measure
from badak.tables.reporting.hazards import Hazard
from badak.tables.reporting.making import NETWORK, TableReport
from badak.tables.reporting.mistakes import Mistake
from badak.tables.reporting.summary import greatest
from badak.tables.reporting.wording import (
    GOOD,
    UNSURE,
    Section,
    amount,
    badge,
    difference_cell,
    note,
    score,
    section,
    share,
)
from badak.tables.scores import true_minus

MOST_PARTS = 6
LONGEST = 40


def mistakes_section(report: TableReport) -> Section:
    """Return the section on the worst rows."""
    return section("mistakes", message("The rows it gets most wrong"), _mistakes(report))


def hazards_section(report: TableReport) -> Section:
    """Return the section on what would spoil the answers."""
    return section("hazards", message("What would spoil it in use"), _hazards(report))


def _mistakes(report: TableReport) -> Iterator[Element]:
    if not report.mistakes:
        yield note(message("All answers are exactly right."))
        return
    classes = bool(report.preparation.target.classes)
    if classes and report.mistakes[0].answer == report.mistakes[0].truth:
        yield element("p", message("No row is answered wrong; these are the least sure ones."))
    first = report.mistakes[0].parts
    yield note(
        message(
            "The rows of the largest losses. Each answer is taken apart: from the answer to "
            "{baseline}, what each column adds to the probability of the class that was answered.",
            baseline=str(first.baseline),
        )
        if classes
        else message(
            "The rows of the largest errors. Each answer is taken apart: from the answer to "
            "{baseline}, what each column adds.",
            baseline=str(first.baseline),
        )
    )
    yield note(first.way())
    yield element("div", *(_card(report, each) for each in report.mistakes), class_="grid cards")


def _card(report: TableReport, each: Mistake) -> Element:
    classes = bool(report.preparation.target.classes)
    parts = each.parts.parts
    scale = Scale(np.array([*parts.added, parts.answer, parts.baseline]))
    facts = [
        (message("answer"), true_minus(short(each.answer, LONGEST))),
        (message("truth"), true_minus(short(each.truth, LONGEST))),
    ]
    if classes:
        facts[0] = facts[0][0], f"{facts[0][1]} ({share(each.sure)})"
        facts[1] = facts[1][0], f"{facts[1][1]} ({share(each.error)})"
    else:
        facts.append((message("off by"), amount(each.error)))
    shown, others = parts.order[:MOST_PARTS], parts.order[MOST_PARTS:]
    rows = [
        [
            short(parts.columns[k], LONGEST),
            short(shown_cell(each.parts.values[k]), LONGEST) or message("missing"),
            true_minus(scale.added(parts.added[k])),
        ]
        for k in shown
    ]
    rest = float(parts.added[others].sum()) + parts.rest
    if others:
        said = counted("{count} other column", "{count} other columns", len(others))
        rows.append([said, "", true_minus(scale.added(rest))])
    return element(
        "article",
        element("h3", each.place),
        element("dl", *(e for n, s in facts for e in (element("dt", n), element("dd", s)))),
        table([message("column"), message("value"), message("adds")], rows, right=(2,)),
    )


def _hazards(report: TableReport) -> Iterator[Element]:
    target = report.preparation.target
    main = main_measure(target)
    before = report.scores[NETWORK].values[main]
    most = max((each.rise.value for each in report.hazards), default=0.0)
    measure = translated("accuracy") if target.classes else "R²"
    yield note(
        message(
            "Each of the most important columns is changed in all rows at once, and the rows are "
            "scored again. As they are: {measure} {before}.",
            measure=translated(main),
            before=score(main, before),
        )
    )
    yield from _carriers(report)
    yield table(
        [
            message("column"),
            message("what happens"),
            message("{measure} rises by", measure=translated(main)),
            "",
            message("{measure} left", measure=measure),
        ],
        [_row(each, main, most) for each in report.hazards],
        caption=message("With 95% intervals; numbers move by one deviation of the training rows"),
        right=(2, 4),
        heads=True,
        class_="scores",
    )
    never = [
        short(each.column.name, LONGEST)
        for each in report.holdings
        if not each.column.missing and each.column.name in {h.column for h in report.hazards}
    ]
    if never:
        yield note(
            message(
                "Training had no missing value in {columns}: one is taken as the mean, or as no "
                "category.",
                columns=", ".join(never),
            )
        )


def _carriers(report: TableReport) -> Iterator[Element]:
    """Say which columns carry the risk."""
    worst = dict[str, float]()
    for each in report.hazards:
        if each.rise.low > 0.0:
            worst[each.column] = max(worst.get(each.column, 0.0), each.rise.value)
    main = main_measure(report.preparation.target)
    if greatest(report.hazards) is None:
        yield element("p", message("None of it makes the answers worse beyond chance."))
        return
    order = sorted(worst, key=lambda name: -worst[name])[:3]
    named = ", ".join(f"{short(name, LONGEST)} (+{score(main, worst[name])})" for name in order)
    yield element(
        "p", message("These columns carry the risk: {columns}. Watch them in use.", columns=named)
    )


def _row(each: Hazard, main: str, most: float) -> list[Element | str]:
    mark: Element
    if each.rise.low > 0.0:
        width = each.rise.value / most if most > 0.0 else 0.0
        mark = element("span", "", class_="bar risk", style=f"--share: {width:.3f}")
    elif each.rise.high < 0.0:
        mark = badge(GOOD, message("better"))
    else:
        mark = badge(UNSURE, message("may be chance"))
    return [
        short(each.column, 60),
        each.said,
        difference_cell(main, each.rise),
        mark,
        score("R²", each.measure),
    ]
