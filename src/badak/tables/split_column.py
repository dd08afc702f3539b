"""The column that rows are split by: those of one group stay together, or the last are held out."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from badak._common.language import message, translated
from badak.errors import InputError
from badak.tables import dates, values
from badak.tables.chunks import Chunk, TableFile, check_column
from badak.tables.columns import date_column, number_array
from badak.tables.kinds import DATE, NUMBER, Profile, order_of_dates
from badak.tables.ways import GROUP, TIME, WAYS
from badak.typing import Array, Config


@dataclass(frozen=True)
class SplitColumn:
    """The column that rows are split by, kept in the model's file so that they are found again.

    Examples
    --------
    >>> import polars as pl
    >>> cells = pl.DataFrame({"year": ["2024", "2023"]})
    >>> SplitColumn("year", TIME, NUMBER).read(Chunk(cells, "a.csv", "line", np.array([2, 3])))
    array([2024., 2023.])
    """

    name: str
    way: str
    """"group" or "time"."""
    kind: str = ""
    """Of times: "number" or "date"."""
    style: str = values.PLAIN
    unit: str = ""
    order: str = dates.YMD

    @property
    def argument(self) -> str:
        """Which argument of :mod:`badak.tables.splits` takes what is read."""
        return "groups" if self.way == GROUP else "times"

    def read(self, chunk: Chunk) -> Array:
        """Return what to split by, (rows,): a number for each group, the same in each chunk; times.

        Raises InputError with the place of a cell that is missing, or is no time of the kind.
        """
        cells = chunk.frame[self.name]
        if cells.null_count():
            row = int(cells.is_null().arg_max() or 0)
            raise InputError(
                message(
                    "{place}: the column {name!r}, which rows are split by, has no value here: "
                    "fill it, or leave such rows out",
                    place=chunk.place(row),
                    name=self.name,
                )
            )
        if self.way == GROUP:
            return values.texts(cells).hash().to_numpy()
        if self.kind == NUMBER:
            return number_array(chunk, self.name, self.style, self.unit)
        return date_column(chunk, self.name, self.order).to_numpy()

    def written(self, time: Any) -> str:
        """Return a time that was read as text."""
        if self.kind == NUMBER:
            return f"{time:.15g}{self.unit}"
        return str(np.datetime_as_string(time, "m")).replace("T", " ").removesuffix(" 00:00")

    def get_config(self) -> Config:
        """Return the column as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_config(cls, config: Any) -> "SplitColumn":
        """Return the column of a configuration; ValueError or TypeError where it is none."""
        column = cls(**config)
        wrong = (
            not isinstance(column.name, str)
            or column.way not in WAYS
            or (column.kind in (NUMBER, DATE)) != (column.way == TIME)
            or column.style not in values.STYLES
            or column.unit not in ("", *values.UNITS)
            or column.order not in dates.ORDERS
        )
        if wrong:
            raise ValueError(message("{config!r} splits no rows", config=config))
        return column


def split_column(
    table: TableFile, profile: Profile, way: str, order: str | None = None
) -> SplitColumn:
    """Return how the column is read; InputError where it is neither numbers nor dates of time.

    `order` is that of its dates, as the user has named it.
    """
    name = profile.name
    if not profile.readable:
        raise InputError(
            message(
                "{source}: the column {name!r} holds values that are no number, text or date: rows "
                "cannot be split by it",
                source=table.path.name,
                name=name,
            )
        )
    if way == GROUP:
        return SplitColumn(name, GROUP)
    if order is None and profile.style is not None:
        style, unit = profile.style
        return SplitColumn(name, TIME, NUMBER, style, unit)
    if order is not None or any(profile.dates.values()):
        return SplitColumn(name, TIME, DATE, order=order or order_of_dates(profile))
    place, text = profile.odd.get(values.PLAIN, (table.path.name, ""))
    raise InputError(
        message(
            "{place}: the column {name!r}, by whose time rows are to be split, holds {text!r}, "
            "which is no date and no number (a date is written {example})",
            place=place,
            name=name,
            text=text,
            example=translated(dates.EXAMPLES[dates.YMD]),
        )
    )


def read_all(table: TableFile, column: SplitColumn, known: Array) -> Array:
    """Return what to split by of the rows where the booleans `known` (rows,) are True."""
    check_column(column.name, table.columns, table.path.name, message("the column to split by"))
    return np.concatenate(list(_read(table, column, known)))


def _read(table: TableFile, column: SplitColumn, known: Array) -> Iterator[Array]:
    start = 0
    for chunk in table.chunks():
        chosen = known[start : start + len(chunk)]
        start += len(chunk)
        if chosen.any():
            yield column.read(chunk if chosen.all() else chunk.take(chosen))
