"""Answers to many pictures: a row each, printed or written as CSV, as those to a table's rows."""

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.language import marked, message, translated
from badak.cli.answers import NONE, Answer
from badak.cli.errors import UsageError
from badak.cli.terminal import printable

if TYPE_CHECKING:
    from rich.console import Console

FILE, NUMBER, PREDICTION, PROBABILITY = "file", "number", marked("prediction"), "probability_"
ROWS_SHOWN = 10
SEPARATORS = {".csv": ",", ".tsv": "\t"}


def check_out(out: Path, *, as_json: bool) -> None:
    """Raise a UsageError where predictions are not written so."""
    if out.suffix.lower() not in SEPARATORS:
        raise UsageError(message("Predictions are written as .csv or .tsv, not as {out}.", out=out))
    if as_json:
        raise UsageError(message("Give --out or --json, not both."))


def write_rows(
    console: "Console", out: Path, answers: Iterable[list[Answer]], class_names: list[str]
) -> None:
    """Write a row for each answer, with the probability of each class.

    The number tells the digits of one picture apart; what is no digit has no prediction.
    """
    from badak._common.files import write_whole

    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=SEPARATORS[out.suffix.lower()], lineterminator="\n")
    names = [f"{PROBABILITY}{name}" for name in class_names]
    writer.writerow([FILE, NUMBER, PREDICTION, *names])
    count = 0
    for answer in (each for several in answers for each in several):
        label = "" if answer.label is None else answer.label
        shares = map(str, answer.probabilities)
        writer.writerow([os.fspath(answer.path), answer.number, label, *shares])
        count += 1
    write_whole(out, table.getvalue().encode())
    console.print(
        message(
            "{count:,} predictions written to {out}", count=count, out=printable(os.fspath(out))
        ),
        soft_wrap=True,
    )


def print_rows(console: "Console", answers: Iterable[list[Answer]]) -> None:
    """Print the first rows as a table, and how many there are."""
    from badak._common.display import table

    rows, count = [], 0
    for answer in (each for several in answers for each in several):
        count += 1
        if count <= ROWS_SHOWN:
            name = printable(os.fspath(answer.path))
            if answer.of > 1:
                name += message(", {number} of {count}", number=answer.number, count=answer.of)
            label = printable(NONE if answer.label is None else answer.label)
            sure = "" if answer.label is None else f"{answer.probabilities.max():.4f}"
            rows.append([name, label, sure])
    if rows:
        console.print(
            table(
                [message("picture"), translated(PREDICTION), message("its probability")],
                rows,
                right=[2],
            )
        )
        console.print(
            message(
                "\n{count} of {count_2:,} rows; all of it: --out predictions.csv",
                count=len(rows),
                count_2=count,
            ),
            soft_wrap=True,
        )
