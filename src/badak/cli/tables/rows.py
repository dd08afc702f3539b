"""The rows that a network trained on a table is shown: prepared as in training, with their targets.

Every command that asks such a network goes through here, so that none gives it raw columns.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from badak._common.language import message
from badak.cli.tables.predict import note_file
from badak.errors import InputError

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.tables import TablePreparation
    from badak.tables.chunks import TableFile
    from badak.tables.columns import Findings
    from badak.typing import Array


def opened(
    network: "Sequential", model: Path, path: Path | None, encoding: str | None = None
) -> "tuple[TablePreparation, TableFile]":
    """Return how the network takes rows, and the table, which has its columns and its target.

    Where Polars is missing the import of `badak.tables` says what to install: call this before
    anything is imported from below that package.
    """
    from badak.tables import TablePreparation, open_table
    from badak.tables.chunks import check_column

    prepare = TablePreparation.of(network, model)
    if path is None:
        source = (
            "" if prepare.source is None else message(", such as {name}", name=prepare.source.name)
        )
        raise InputError(
            message(
                "{model} answers the rows of a table: give it one{source}",
                model=model,
                source=source,
            )
        )
    table = open_table(path, prepare.missing, encoding)
    note_file(table)
    prepare.check_columns(table.columns, os.fspath(path))
    check_column(prepare.target.name, table.columns, os.fspath(path), message("the target"))
    return prepare, table


def answered(
    network: "Sequential", prepare: "TablePreparation", table: "TableFile"
) -> "tuple[Array, Array, Findings]":
    """Return all rows' targets (rows,), the outputs (rows, units), and what training had not shown.

    Of a row without a target the outputs are 0.
    """
    from badak.tables.columns import Findings

    findings = Findings()
    y, answers = [], []
    for chunk in table.chunks():
        targets, known = prepare.target.read(chunk)
        y.append(targets)
        asked = np.zeros((len(chunk), *network.output_shape), np.float32)
        if known.any():
            asked[known] = network.predict(prepare.transform(chunk.take(known), findings))
        answers.append(asked)
    return np.concatenate(y), np.concatenate(answers), findings


def held_out(prepare: "TablePreparation", table: "TableFile", y: "Array") -> "tuple[Array, str]":
    """Return which rows (rows,) to test with, and which these are in words.

    Of the file that was trained on they are those that were held out, of others all with a target.
    """
    from badak.tables.held_out import rows_to_test

    return rows_to_test(prepare, table, table.path, y)


def samples(prepare: "TablePreparation", table: "TableFile", most: int) -> "Array":
    """Return the first of the rows to test with, as the network takes them, (rows, features)."""
    y = np.concatenate([prepare.target.read(chunk)[0] for chunk in table.chunks()])
    chosen, _ = held_out(prepare, table, y)
    start, found = 0, list["Array"]()
    for chunk in table.chunks():
        kept = chosen[start : start + len(chunk)]
        start += len(chunk)
        if kept.any():
            found.append(prepare.transform(chunk.take(kept)))
        if sum(map(len, found)) >= most:
            break
    return np.concatenate(found)[:most]
