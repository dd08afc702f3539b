"""A table in memory: a frame of pandas, Polars or PyArrow, or an array, read as files are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import polars as pl

from badak._common.arrays import MISSING as CLASSES_OF_MISSING
from badak._common.frames import is_frame, narwhals_of
from badak._common.language import message
from badak._common.samples import as_array
from badak.errors import InputError
from badak.tables.chunks import Chunk, check_names
from badak.tables.values import MISSING, Names, Words, canonical

ROWS = 100_000  # of one chunk


class FrameTable:
    """A table in memory, which can be gone through as a file can.

    Parameters
    ----------
    frame : frame or array_like (rows, columns)
        Whatever narwhals knows as a frame; or numbers, whose columns are called x0, x1, ...
    name : str, default "the table"
        What messages call it.
    missing : tuple of str, optional
        Texts that say that there is no value.

    Raises
    ------
    InputError
        It has no rows, or two of its columns have one name.

    Examples
    --------
    >>> table = FrameTable(pl.DataFrame({"age": [36, None], "city": ["Seoul", "NA"]}))
    >>> [chunk.frame.rows() for chunk in table.chunks()]
    [[(36, 'Seoul'), (None, None)]]
    """

    remarks: ClassVar[list[str]] = []

    def __init__(self, frame: Any, name: str | None = None, missing: Names = MISSING) -> None:
        name = name or message("the table")
        self.path = Path(name)
        self.missing = missing
        self.unnamed: frozenset[str] = frozenset()
        self.columns, self._columns = _columns(frame, name)
        check_names(self.columns, name)
        if not self._columns or not len(self._columns[0]):
            raise InputError(message("{table} has no rows", table=name))

    def __len__(self) -> int:
        return len(self._columns[0])

    def chunks(self) -> Iterator[Chunk]:
        """Return all rows in their order."""
        for start in range(0, len(self), ROWS):
            part = [column[start : start + ROWS] for column in self._columns]
            frame = pl.DataFrame(dict(zip(self.columns, part, strict=True)))
            places = np.arange(start + 1, start + len(frame) + 1)
            words: Words = {}
            plain = canonical(frame, self.missing, words)
            yield Chunk(plain, str(self.path), "row", places, words)


def _columns(frame: Any, name: str) -> tuple[list[str], list[pl.Series]]:
    if not is_frame(frame):
        is_object = isinstance(frame, np.ndarray) and frame.dtype.kind == "O"
        x = frame if is_object else as_array(frame, name)  # in objects None is a missing value
        if x.ndim != 2:
            raise InputError(
                message(
                    "{table} must be of shape (rows, columns), not {shape}",
                    table=name,
                    shape=x.shape,
                )
            )
        return [f"x{place}" for place in range(x.shape[1])], [_series(column) for column in x.T]
    known = narwhals_of(frame, name)
    if not hasattr(known, "columns"):
        raise InputError(message("{table} is a column, not a table", table=name))
    return list(map(str, known.columns)), [
        _column(known[:, place]) for place in range(known.shape[1])
    ]


def _column(column: Any) -> pl.Series:
    """Return a column of narwhals's as Polars has it."""
    import narwhals as nw

    if column.dtype == nw.Object:  # of pandas: what it holds decides
        values = column.to_list()
        return _series(
            np.array([None if _is_missing(value) else value for value in values], object)
        )
    if column.dtype in (nw.Categorical, nw.Enum):
        column = column.cast(nw.String)
    return pl.from_arrow(column.to_arrow())  # type: ignore[return-value]  # one column is a Series


def _series(column: np.ndarray) -> pl.Series:
    if column.dtype.kind in "fiub":
        return pl.Series(np.ascontiguousarray(column), nan_to_null=True)
    values = column.tolist()
    numbers = all(value is None or isinstance(value, (int, float)) for value in values)
    kind = pl.Float64 if numbers else pl.String
    return pl.Series(
        [None if v is None else float(v) if numbers else str(v) for v in values], dtype=kind
    )


def _is_missing(value: Any) -> bool:
    return type(value).__name__ in CLASSES_OF_MISSING or value != value  # NaN
