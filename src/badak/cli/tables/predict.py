"""`badak predict model.safetensors new.csv`: predict the rows of a table."""

import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from badak._common.language import counted, marked, message, translated
from badak.cli.errors import UsageError, note
from badak.cli.models import load
from badak.cli.rows import PREDICTION, PROBABILITY, ROWS_SHOWN, SEPARATORS, check_out
from badak.cli.terminal import make_console, print_json, printable
from badak.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from badak.network.sequential import Sequential
    from badak.tables import TablePreparation
    from badak.tables.chunks import TableFile
    from badak.tables.columns import Findings
    from badak.typing import Array

LOW, HIGH = marked("low"), marked("high")
"""Columns of the interval about a predicted number."""
FORMULA = r"^[=+\-@\t\r＝＋－＠]"
"""What spreadsheets take for a formula, unless it is a number."""


@dataclass(frozen=True)
class TableAsked:
    """What was given of the options for tables, and where the answers go."""

    out: Path | None
    with_input: bool
    keys: Sequence[str]
    no_formulas: bool
    encoding: str | None
    interval: float | None = None

    def refuse(self) -> None:
        """Raise UsageError if one is given with pictures."""
        asked = {
            "--with-input": self.with_input,
            "--key": bool(self.keys),
            "--no-formulas": self.no_formulas,
            "--encoding": self.encoding is not None,
            "--interval": self.interval is not None,
        }
        if options := [option for option, given in asked.items() if given]:
            raise UsageError(
                counted(
                    "{options} is for tables, but these are pictures.",
                    "{options} are for tables, but these are pictures.",
                    len(options),
                    options=message(" and ").join(options),
                )
            )

    def check(self, as_json: bool) -> None:
        """Raise UsageError where two do not go together."""
        if self.out is not None:
            check_out(self.out, as_json=as_json)
        if self.keys and self.with_input:
            raise UsageError(
                message("Give --key or --with-input, which has all columns, not both.")
            )
        if self.no_formulas and self.out is None:
            raise UsageError(message("--no-formulas is for a file: give --out as well."))


def predict_table(model: Path | None, tables: list[Path], asked: TableAsked, as_json: bool) -> None:
    """Answer the rows of one table: into a file, as JSON, or the first of them as a table."""
    if model is None:
        raise UsageError(
            message(
                "A table is answered by a model of its own: give the MODEL first, as `badak train "
                "data.csv --target COLUMN` wrote it."
            )
        )
    if len(tables) > 1:
        raise UsageError(message("One table at a time: give MODEL and one table."))
    asked.check(as_json)
    path, out = tables[0], asked.out
    network, _ = load(model)
    _refuse_overwriting(path, out)
    prepare, table, findings = _opened(network, model, path, asked)
    names = table.columns if asked.with_input else list(dict.fromkeys(asked.keys))
    if prepare.decision:
        note(message("answered: {decision}", decision=prepare.decision))
    answers = _answers(network, prepare, table, findings, names, _intervals(prepare, asked))
    if out is not None:
        _write(out, map(without_formulas, answers) if asked.no_formulas else answers)
    elif as_json:
        rows = [row for frame in answers for row in frame.to_dicts()]
        print_json(rows)
    else:
        _print_first(answers, names)
    print_findings(findings)


def _opened(
    network: "Sequential", model: Path, path: Path, asked: TableAsked
) -> "tuple[TablePreparation, TableFile, Findings]":
    from badak.tables import TablePreparation, open_table
    from badak.tables.chunks import check_column
    from badak.tables.columns import Findings

    prepare = TablePreparation.of(network, model)
    table = open_table(path, prepare.missing, asked.encoding)
    for key in asked.keys:
        check_column(key, table.columns, os.fspath(path), message("the key"))
    note_file(table)
    extra = prepare.check_columns(table.columns, os.fspath(path))
    if extra:
        note(
            message(
                "the model does not know the columns {columns}: not used",
                columns=", ".join(map(repr, extra)),
            )
        )
    return prepare, table, Findings()


def _intervals(
    prepare: "TablePreparation", asked: TableAsked
) -> "Callable[[Array], tuple[Array, Array]] | None":
    """Return what makes the intervals that are asked for, None where none are."""
    coverage, known = asked.interval, prepare.intervals
    if coverage is None:
        return None
    if known is None:
        raise InputError(
            message(
                "the model knows no intervals: they are for numbers, and learnt by `badak train` "
                "from rows that its networks left out, so not with options of one network"
            )
        )
    known.check(coverage)
    return lambda answers: known.about(answers, coverage)


def _answers(
    network: "Sequential",
    prepare: "TablePreparation",
    table: "TableFile",
    findings: "Findings",
    names: list[str],
    about: "Callable[[Array], tuple[Array, Array]] | None",
) -> "Iterator[pl.DataFrame]":
    """Return the answers to the table's rows, some of its columns before them, chunk by chunk."""
    import polars as pl

    classes = prepare.target.classes
    for chunk in table.chunks():
        answers = network.predict(prepare.transform(chunk, findings))
        if classes:
            likeliest = pl.Series(classes).gather(prepare.decide(answers))
            columns = {PREDICTION: likeliest}
            columns |= {
                f"{PROBABILITY}{name}": pl.Series(answers[:, place])
                for place, name in enumerate(classes)
            }
        else:
            columns = {PREDICTION: pl.Series(answers[:, 0])}
            if about is not None:
                low, high = about(answers[:, 0])
                columns |= {LOW: pl.Series(low), HIGH: pl.Series(high)}
        frame = pl.DataFrame(columns)
        if names:
            if taken := [name for name in frame.columns if name in names]:
                raise InputError(
                    message(
                        "{path} has a column {taken!r} itself: leave out --with-input, or this "
                        "--key",
                        path=table.path,
                        taken=taken[0],
                    )
                )
            frame = pl.concat([chunk.frame.select(names), frame], how="horizontal")
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
    make_console().print(
        message("{count:,} predictions written to {out}", count=count, out=out), soft_wrap=True
    )


def without_formulas(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Return texts, and names of columns, with ' before what a spreadsheet would calculate."""
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    formulas = {
        name: frame[name].str.contains(FORMULA)
        & frame[name].cast(pl.Float64, strict=False).is_null()
        for name in texts
    }
    plain = frame.with_columns(
        pl.when(found).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name, found in formulas.items()
    )
    return plain.rename(lambda name: f"'{name}" if re.match(FORMULA, name) else name)


def _print_first(answers: "Iterator[pl.DataFrame]", names: list[str]) -> None:
    from badak._common.display import table

    first = next(answers)
    shown = first.head(ROWS_SHOWN)
    count = len(first) + sum(len(frame) for frame in answers)
    headings, rows = [message("row"), *names, translated(PREDICTION)], []
    classes = [name for name in shown.columns[len(names) :] if name.startswith(PROBABILITY)]
    if classes:
        headings.append(message("its probability"))
    bounds = [name for name in (LOW, HIGH) if name in shown.columns[len(names) :]]
    headings += map(translated, bounds)
    for place, row in enumerate(shown.to_dicts(), 1):
        sure = [f"{row[PROBABILITY + row[PREDICTION]]:.4f}"] if classes else []
        keys = ["" if row[name] is None else printable(str(row[name])) for name in names]
        ends = [_shown(row[name]) for name in bounds]
        rows.append([str(place), *keys, _shown(row[PREDICTION]), *sure, *ends])
    console = make_console()
    console.print(
        table(
            list(map(printable, headings)), rows, right=[0, *range(len(names) + 1, len(headings))]
        )
    )
    if count > len(rows) or classes:
        console.print(
            message(
                "\n{count} of {count_2:,} rows; all of it: --out predictions.csv",
                count=len(rows),
                count_2=count,
            ),
            soft_wrap=True,
        )


def _shown(answer: Any) -> str:
    return f"{answer:.6g}" if isinstance(answer, float) else printable(answer)


def _refuse_overwriting(path: Path, out: Path | None) -> None:
    if out is not None and os.path.realpath(out) == os.path.realpath(path):
        raise InputError(message("{out} is the table itself: give --out another name", out=out))


def print_findings(findings: "Findings") -> None:
    """Print to standard error what the rows hold that no training row held."""
    from badak.tables.preparation import tell

    for sentence in tell(findings):
        note(sentence)


def note_file(table: "TableFile") -> None:
    """Print to standard error what was taken of a file that is not plain."""
    if table.remarks:
        note(f"{table.path}: {', '.join(table.remarks)}")
