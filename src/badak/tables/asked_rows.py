"""The rows of a table that an explanation asks about: held out, drawn, or counted off."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.language import counted, message
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.tables import values
from badak.tables.chunks import Chunk, TableFile
from badak.tables.columns import (
    Category,
    Column,
    Date,
    Findings,
    Number,
    date_column,
    number_array,
)
from badak.tables.frames import FrameTable
from badak.tables.held_out import is_source, rows_to_test
from badak.tables.preparation import TablePreparation
from badak.tables.reading import open_table
from badak.typing import Array

ROWS, LEAST_ROWS, COLUMNS = 10_000, 1000, 100
"""Rows that are shuffled, and whose values are looked at; of more, so many drawn at random.

Of more than 100 columns they are fewer, so that the time does not grow with the columns twice.
"""


@dataclass(frozen=True)
class AskedRows:
    """A table that is gone through chunk by chunk, and which of its rows are for what."""

    prepare: TablePreparation
    chunks: Callable[[], Iterator[Chunk]]
    y: Array | None
    """All rows' targets; None without the target's column."""
    to_test: Array
    """Booleans (rows,): those to ask about."""
    words: str
    span: Array
    """Booleans (rows,): those whose values and mean row are taken."""
    trained: bool
    """Whether it is the file that was trained on, and `span` are the rows to train on."""

    @classmethod
    def of(
        cls,
        prepare: TablePreparation,
        table: Any,
        encoding: str | None,
    ) -> "AskedRows":
        file: TableFile
        path: Path | None = None
        if isinstance(table, str | os.PathLike):
            file = open_table(table, prepare.missing, encoding)
            path = file.path
        else:
            file = FrameTable(table, missing=prepare.missing)
        columns, chunks = file.columns, file.chunks
        prepare.check_columns(columns, os.fspath(path or message("the table")))
        if prepare.target.name in columns:
            y = np.concatenate([prepare.target.read(chunk)[0] for chunk in chunks()])
            chosen, words = rows_to_test(prepare, file, path, y)
            trained = path is not None and is_source(prepare, path, len(y))
            known = y >= 0 if prepare.target.classes else ~np.isnan(y)
            span = known & ~chosen if trained else chosen
            return cls(prepare, chunks, y, chosen, words, span, trained)
        count = sum(map(len, chunks()))
        if not count:
            raise InputError(message("{table} has no row", table=path or message("the table")))
        every = np.ones(count, bool)
        said = counted("{count} row", "{count:,} rows", count=count)
        words = message("{rows} without the column {name!r}", rows=said, name=prepare.target.name)
        return cls(prepare, chunks, None, every, words, every, trained=False)

    def check_number(self, number: int) -> None:
        """Raise InputError unless it is the number of a row."""
        check_whole(number, "row")
        if number > len(self.to_test):
            raise InputError(
                counted(
                    "there is no row {number}: the table has {count} row, numbered from 1",
                    "there is no row {number}: the table has {count:,} rows, numbered from 1",
                    number=number,
                    count=len(self.to_test),
                )
            )

    def sample(self, chosen: Array, rng: np.random.Generator) -> Array:
        """Return places of the chosen rows in their order, of many some drawn at random."""
        places, columns = np.flatnonzero(chosen), len(self.prepare.columns)
        most = min(ROWS, max(ROWS * COLUMNS // columns, LEAST_ROWS))
        if len(places) > most:
            places = np.sort(rng.choice(places, most, replace=False))
        return places

    def features(self, places: Array, findings: Findings) -> Array:
        """Return these rows as the network takes them."""
        return np.concatenate(
            [self.prepare.transform(chunk, findings) for chunk in self._taken(places)]
        )

    def values(self, places: Array) -> dict[str, Array]:
        """Return what these rows hold, by columns: see :func:`values_of`."""
        parts = [
            {column.name: values_of(column, chunk) for column in self.prepare.columns}
            for chunk in self._taken(places)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def rows_and_cells(
        self, places: Array, findings: Findings
    ) -> tuple[Array, list[tuple[str, ...]]]:
        """Return these rows as the network takes them, and what their cells say."""
        x, cells = [], []
        for chunk in self._taken(places):
            x.append(self.prepare.transform(chunk, findings))
            frame = chunk.frame.select([column.name for column in self.prepare.columns])
            cells += [tuple(map(_said, row)) for row in frame.iter_rows()]
        return np.concatenate(x), cells

    def mean(self) -> Array:
        """Return the mean of the features of the rows of `span`, (features,)."""
        total = np.zeros(len(self.prepare.features))
        start = 0
        for chunk in self.chunks():
            chosen = self.span[start : start + len(chunk)]
            start += len(chunk)
            if chosen.any():
                rows = self.prepare.transform(chunk.take(chosen))
                total += rows.sum(axis=0, dtype=np.float64)
        return total / self.span.sum()

    def _taken(self, places: Array) -> Iterator[Chunk]:
        """Yield the rows at these places, chunk by chunk."""
        wanted = np.zeros(len(self.to_test), bool)
        wanted[places] = True
        start = 0
        for chunk in self.chunks():
            chosen = wanted[start : start + len(chunk)]
            start += len(chunk)
            if chosen.any():
                yield chunk.take(chosen)


def values_of(column: Column, chunk: Chunk) -> Array:
    """Return numbers, NaN where missing; dates, NaT where missing; or texts, "" where missing."""
    match column:
        case Number():
            return number_array(chunk, column.name, column.style, column.unit)
        case Date():
            moments = date_column(chunk, column.name, column.order)
            return moments.to_numpy().astype("M8[us]")
        case Category():
            return values.texts(chunk.frame[column.name]).fill_null("").to_numpy().astype(object)


def _said(cell: object) -> str:
    if cell is None:
        return ""
    return str(cell).removesuffix(" 00:00:00")
