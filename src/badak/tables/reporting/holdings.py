"""What the columns of a table hold: how many values are missing, their range, their categories."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from badak._common.language import counted, message
from badak.diagnostics.texts import written
from badak.tables import values
from badak.tables.chunks import Chunk
from badak.tables.columns import Category, Column, Date, by_frequency, date_column, number_array
from badak.tables.scores import true_minus
from badak.typing import Array

BARS = 16
MOST_LISTED = 3
MOST_COUNTED = 100_000
"""Different texts of a column that are counted; what comes after is not."""
MOST_KEPT = 20_000
"""Values of a column that its median and its bars are of: of more, every second, fourth, ..."""


@dataclass
class Holding:
    """What one column holds."""

    column: Column
    rows: int = 0
    missing: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    """How many rows hold each category."""
    low: float = np.inf
    high: float = -np.inf
    """Of numbers, and of dates in microseconds since 1970."""
    _kept: list[Array] = field(default_factory=list)
    _step: int = 1

    def add(self, chunk: Chunk) -> None:
        """Take in more rows."""
        self.rows += len(chunk)
        match self.column:
            case Category(name=name):
                cells = values.texts(chunk.frame[name])
                self.missing += cells.null_count()
                found = cells.drop_nulls().value_counts(name="rows")
                for text, rows in zip(found[name], found["rows"], strict=True):
                    if text in self.counts or len(self.counts) < MOST_COUNTED:
                        self.counts[text] += rows
            case Date(name=name, order=order):
                moments = date_column(chunk, name, order)
                self._add_numbers(values.array(moments.dt.epoch("us")))
            case column:
                self._add_numbers(number_array(chunk, column.name, column.style, column.unit))

    def _add_numbers(self, x: Array) -> None:
        known = x[~np.isnan(x)]
        self.missing += len(x) - len(known)
        if not len(known):
            return
        self.low = min(self.low, float(known.min()))
        self.high = max(self.high, float(known.max()))
        self._kept.append(known[:: self._step])
        while sum(map(len, self._kept)) > MOST_KEPT:
            self._kept = [np.concatenate(self._kept)[::2]]
            self._step *= 2

    @property
    def frequent(self) -> list[tuple[str, int]]:
        """Categories with their counts, the most frequent ones first."""
        return by_frequency(self.counts)

    @property
    def bars(self) -> Array:
        """How many rows hold values of each part of the range, or each frequent category."""
        if isinstance(self.column, Category):
            return np.array([count for _, count in self.frequent[:BARS]], np.int64)
        if not self._kept:
            return np.zeros(0, np.int64)
        x = np.concatenate(self._kept)
        if self.low == self.high:
            return np.array([len(x)])
        return np.histogram(x, BARS, (self.low, self.high))[0]

    def in_words(self) -> str:
        """Return the range of numbers and dates with the median, or the frequent categories."""
        if isinstance(self.column, Category):
            return self._categories()
        if not self._kept:
            return message("nothing")
        middle = float(np.median(np.concatenate(self._kept)))
        low, middle_, high = (self._said(x) for x in (self.low, middle, self.high))
        return message("{low} to {high}, median {middle}", low=low, high=high, middle=middle_)

    def _categories(self) -> str:
        known = self.rows - self.missing
        if not known:
            return message("nothing")
        named = [f"{name} {count / known:.0%}" for name, count in self.frequent[:MOST_LISTED]]
        said = ", ".join(named) + (", …" if len(self.counts) > MOST_LISTED else "")
        return counted(
            "{count} category: {said}",
            "{count:,} categories: {said}",
            len(self.counts),
            said=said,
        )

    def _said(self, x: float) -> str:
        if isinstance(self.column, Date):
            kind = "us" if "hour" in self.column.parts else "D"
            return written(np.datetime64(round(x), "us").astype(f"M8[{kind}]"))
        return true_minus(written(x))


def holdings(columns: Iterable[Column], chunks: Iterable[Chunk]) -> list[Holding]:
    """Return what the columns hold in all rows."""
    found = [Holding(column) for column in columns]
    for chunk in chunks:
        for each in found:
            each.add(chunk)
    return found
