"""`badak predict model.safetensors new.csv`: predict the rows of a table."""

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from badak.cli.errors import UsageError
from badak.cli.models import load
from badak.cli.terminal import make_console, printable
from badak.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from badak.network.sequential import Sequential
    from badak.tables import TablePreparation
    from badak.tables.chunks import TableFile
    from badak.tables.columns import Findings

PREDICTION, PROBABILITY = "prediction", "probability_"
ROWS_SHOWN = 10
SEPARATORS = {".csv": ",", ".tsv": "\t"}


def predict_table(
    model: Path | None, tables: list[Path], out: Path | None, with_input: bool, as_json: bool
) -> None:
    """Answer the rows of one table: into a file, as JSON, or the first of them as a table."""
    if model is None:
        raise UsageError(
            "A table is answered by a model of its own: give the MODEL first, as "
            "`badak train data.csv --target COLUMN` wrote it."
        )
    if len(tables) > 1:
        raise UsageError("One table at a time: give MODEL and one table.")
    if out is not None and out.suffix.lower() not in SEPARATORS:
        raise UsageError(f"Predictions are written as .csv or .tsv, not as {out}.")
    if out is not None and as_json:
        raise UsageError("Give --out or --json, not both.")
    path = tables[0]
    network, _ = load(model)
    _refuse_overwriting(path, out)
    prepare, table, findings = _opened(network, model, path)
    answers = _answers(network, prepare, table, findings, with_input)
    if out is not None:
        _write(out, answers)
    elif as_json:
        rows = [row for frame in answers for row in frame.to_dicts()]
        print(json.dumps(rows, indent=2, default=str))
    else:
        _print_first(answers)
    print_findings(findings)


def _opened(
    network: "Sequential", model: Path, path: Path
) -> "tuple[TablePreparation, TableFile, Findings]":
    from badak.tables import TablePreparation, open_table
    from badak.tables.columns import Findings

    prepare = TablePreparation.of(network, model)
    table = open_table(path, prepare.missing)
    extra = prepare.check_columns(table.columns, os.fspath(path))
    if extra:
        note(f"the model does not know the columns {', '.join(map(repr, extra))}: not used")
    return prepare, table, Findings()


def _answers(
    network: "Sequential",
    prepare: "TablePreparation",
    table: "TableFile",
    findings: "Findings",
    with_input: bool,
) -> "Iterator[pl.DataFrame]":
    """Return the answers to the table's rows in their order, a chunk at a time."""
    import polars as pl

    classes = prepare.target.classes
    for chunk in table.chunks():
        answers = network.predict(prepare.transform(chunk, findings))
        if classes:
            likeliest = pl.Series(classes).gather(answers.argmax(axis=1))
            columns = {PREDICTION: likeliest}
            columns |= {
                f"{PROBABILITY}{name}": pl.Series(answers[:, place])
                for place, name in enumerate(classes)
            }
        else:
            columns = {PREDICTION: pl.Series(answers[:, 0])}
        frame = pl.DataFrame(columns)
        if with_input:
            if taken := [name for name in frame.columns if name in chunk.frame.columns]:
                raise InputError(
                    f"{table.path} has a column {taken[0]!r} itself: leave out --with-input"
                )
            frame = pl.concat([chunk.frame, frame], how="horizontal")
        yield frame


def _write(out: Path, answers: "Iterator[pl.DataFrame]") -> None:
    from badak._common.files import write_whole

    count = 0

    def write(file: BinaryIO) -> None:
        nonlocal count
        for frame in answers:
            text = io.BytesIO()
            frame.write_csv(
                text, include_header=not count, separator=SEPARATORS[out.suffix.lower()]
            )
            file.write(text.getvalue())
            count += len(frame)

    write_whole(out, write)
    make_console().print(f"{count:,} predictions written to {out}", soft_wrap=True)


def _print_first(answers: "Iterator[pl.DataFrame]") -> None:
    from badak._common.display import table

    first = next(answers)
    shown = first.head(ROWS_SHOWN)
    count = len(first) + sum(len(frame) for frame in answers)
    headings, rows = ["row", PREDICTION], []
    classes = [name for name in shown.columns if name.startswith(PROBABILITY)]
    if classes:
        headings.append("its probability")
    for place, row in enumerate(shown.to_dicts(), 1):
        sure = [f"{max(row[name] for name in classes):.4f}"] if classes else []
        rows.append([str(place), _shown(row[PREDICTION]), *sure])
    console = make_console()
    console.print(table(headings, rows, right=[0, 2] if classes else [0, 1]))
    if count > len(rows) or classes:
        console.print(
            f"\n{len(rows)} of {count:,} rows; all of it: --out predictions.csv", soft_wrap=True
        )


def _shown(answer: Any) -> str:
    return f"{answer:.6g}" if isinstance(answer, float) else printable(answer)


def _refuse_overwriting(path: Path, out: Path | None) -> None:
    if out is not None and os.path.realpath(out) == os.path.realpath(path):
        raise InputError(f"{out} is the table itself: give --out another name")


def print_findings(findings: "Findings") -> None:
    """Print to standard error what the rows hold that no training row held."""
    from badak.tables.preparation import tell

    for sentence in tell(findings):
        note(sentence)


def note(text: str) -> None:
    """Print one remark to standard error."""
    print(f"badak: note: {printable(text)}", file=sys.stderr)
