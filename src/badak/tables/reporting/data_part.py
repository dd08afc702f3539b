"""The section of a report on the table: which rows, and what the columns hold."""

from collections.abc import Iterator

from badak._common.language import counted, message, translated
from badak._common.page import Element, element, table
from badak.diagnostics.texts import short
from badak.tables.reporting.holdings import Holding
from badak.tables.reporting.making import TableReport
from badak.tables.reporting.wording import Section, listed, note, section, share
from badak.tables.ways import GROUP
from badak.typing import Array

LONGEST = 60
MOST_COLUMNS = 200


def data_section(report: TableReport) -> Section:
    """Return the section."""
    return section("data", message("Data and columns"), _parts(report))


def _parts(report: TableReport) -> Iterator[Element]:
    yield listed(_rows(report))
    warned = [short(each, 400) for each in report.remarks]
    if warned:
        yield element("h3", message("To be checked"))
        yield listed(warned)
    prepare = report.preparation
    shown = report.holdings[:MOST_COLUMNS]
    yield table(
        [
            message("column"),
            message("taken as"),
            message("missing"),
            message("holds"),
            message("distribution"),
            message("features"),
        ],
        [_row(each) for each in shown],
        caption=counted(
            "{count} column that it learns from; what all {rows:,} rows hold",
            "{count} columns that it learns from; what all {rows:,} rows hold",
            len(report.holdings),
            rows=report.holdings[0].rows,
        ),
        right=(2, 5),
        heads=True,
        class_="columns",
    )
    if len(report.holdings) > len(shown):
        yield note(message("The first {count} are shown.", count=len(shown)))
    if prepare.dropped:
        yield element("h3", message("Not used"))
        yield listed(
            f"{short(column.name, LONGEST)}: {column.told}"
            for column in prepare.dropped[:MOST_COLUMNS]
        )


def _rows(report: TableReport) -> Iterator[str]:
    target = report.preparation.target
    task = translated(target.task)
    if target.classes:
        yield message(
            "Predicted is {target!r}: {task} in {count} classes.",
            target=short(target.name, LONGEST),
            task=task,
            count=len(target.classes),
        )
    else:
        yield message(
            "Predicted is {target!r}: {task}.", target=short(target.name, LONGEST), task=task
        )
    if target.unit:
        yield message("Its numbers are in {unit}.", unit=target.unit)
    if report.trained:
        yield message("Scored: {rows}. No row that was trained on is scored.", rows=report.rows)
    else:
        yield message(
            "Scored: {rows}. The table is not the file that was trained on, as far as size and "
            "number of rows tell. If rows of it were trained on, the scores are too good: the "
            "model's file does not tell.",
            rows=report.rows,
        )
    source = report.preparation.source
    if report.trained and source is not None and source.split is not None:
        name = short(source.split.name, LONGEST)
        yield (
            message("Rows of one {name!r} were kept together when rows were held out.", name=name)
            if source.split.way == GROUP
            else message("The rows held out are the last ones by {name!r}.", name=name)
        )
    if report.suspicious:
        yield message(
            "Careful: it has as many rows as the file that was trained on. If it is the same table "
            "in another form, most of its rows were trained on, and the scores say nothing."
        )
    if report.copies:
        yield counted(
            "{count} scored row is a training row as well, in all columns and the target: it "
            "makes the scores better than they are.",
            "{count:,} scored rows are training rows as well, in all columns and the target: they "
            "make the scores better than they are.",
            report.copies,
        )


def _row(each: Holding) -> list[Element | str]:
    column = each.column
    missing = f"{each.missing:,} ({share(each.missing / each.rows)})" if each.missing else "0"
    return [
        short(column.name, 100),
        short(str(column), 120),
        missing,
        short(each.in_words(), 120),
        bars(each.bars),
        f"{len(column.features):,}",
    ]


def bars(counts: Array) -> Element:
    """Return a small figure of bars, as high as the counts."""
    if not len(counts):
        return element("span", "–")
    heights = 24.0 * counts / counts.max()
    drawn = [
        element(
            "rect",
            x=f"{6 * place}",
            y=f"{24.0 - height:.1f}",
            width="5",
            height=f"{max(height, 0.5):.1f}",
        )
        for place, height in enumerate(heights.tolist())
    ]
    return element(
        "svg",
        *drawn,
        class_="bars",
        viewBox=f"0 0 {6 * len(counts)} 24.5",
        width=f"{6 * len(counts)}",
        height="24",
        aria_hidden="true",
    )
