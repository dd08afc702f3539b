"""Parquet and Arrow files, read chunk by chunk.

PyArrow reads them: a damaged file can make the readers of Polars abort the process, and they take a
path for a pattern of names. What PyArrow has read is checked whole and handed on under plain names.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from pyarrow import ipc

from badak._common.contents import content_of
from badak._common.language import message
from badak.errors import FileFormatError, InputError
from badak.tables.chunks import Chunk, check_names, named
from badak.tables.values import MISSING, Names, Words, canonical

CELLS = 2_000_000  # of one chunk
CELLS_A_BYTE, ALWAYS = 10_000, 100_000_000
"""So many cells may a byte of a file stand for, and so many a file of any size: a long run of one
value takes no room, but a file that claims more is broken, or made to exhaust the machine."""

INDEX = re.compile(r"__index_level_\d+__")
"""What pandas calls an index without a name in a file."""

VIEW = 16  # bytes of a string view
LATEST = 200_000 * 365 * 86_400 * 10**6
"""Microseconds since or before 1970: Polars panics at years beyond 262,143."""

DAMAGED = (pa.ArrowException, OSError, ValueError, OverflowError)
"""What PyArrow raises for a damaged file."""


class BinaryFile:
    """A Parquet or Arrow file."""

    def __init__(self, path: Path, missing: Names = MISSING) -> None:
        self.path = path
        self.missing = missing
        with path.open("rb"):  # what the system refuses is no damage
            pass
        try:
            names = self._columns()
        except DAMAGED as error:
            raise self._damaged(error) from None
        self.columns, unnamed = named(names)
        self.unnamed = unnamed.union(filter(INDEX.fullmatch, self.columns))
        if not self.columns:
            raise InputError(message("{path} has no columns", path=path))
        check_names(self.columns, os.fspath(path))
        if next(self._frames(), None) is None:
            raise InputError(message("{path} has no rows", path=path))

    remarks: ClassVar[list[str]] = []

    @property
    def is_parquet(self) -> bool:
        """Whether it is called a Parquet file, not an Arrow file."""
        return self.path.suffix.lower() == ".parquet"

    def chunks(self) -> Iterator[Chunk]:
        """Return all rows in their order."""
        start = 1
        for frame in self._frames():
            frame.columns = self.columns
            places = np.arange(start, start + len(frame))
            start += len(frame)
            words: Words = {}
            plain = canonical(frame, self.missing, words)
            yield Chunk(plain, self.path.name, "row", places, words)

    def _frames(self) -> Iterator[pl.DataFrame]:
        """Return the rows a chunk at a time, the columns named by their places."""
        step = max(1, CELLS // len(self.columns))
        most = max(ALWAYS, CELLS_A_BYTE * self.path.stat().st_size)
        rows = 0
        try:
            for batch in self._batches(step):
                rows += batch.num_rows
                if rows * len(self.columns) > most:
                    raise pa.ArrowInvalid(
                        message("it claims {rows:,} rows or more, too many for its size", rows=rows)
                    )
                for start in range(0, batch.num_rows, step):
                    yield _frame(batch.slice(start, step))
        except DAMAGED as error:
            raise self._damaged(error) from None

    def _columns(self) -> list[str]:
        if self.is_parquet:
            with pq.ParquetFile(self.path) as file:
                return list(file.schema_arrow.names)
        with pa.memory_map(os.fspath(self.path)) as source, ipc.open_file(source) as file:
            return list(file.schema.names)

    def _batches(self, rows: int) -> Iterator[pa.RecordBatch]:
        """Return record batches; of a Parquet file, of at most so many rows."""
        if self.is_parquet:
            # With a buffer ahead, PyArrow keeps all of the file in memory until its end is read.
            with pq.ParquetFile(self.path, pre_buffer=False) as file:
                yield from file.iter_batches(rows)
            return
        with pa.memory_map(os.fspath(self.path)) as source, ipc.open_file(source) as file:
            for place in range(file.num_record_batches):
                yield file.get_batch(place)

    def _damaged(self, error: Exception) -> FileFormatError:
        kind = "Parquet" if self.is_parquet else "Arrow"
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        found = content_of(self.path)
        but = message(", but {found}", found=found) if found and kind not in found else ""
        return FileFormatError(
            message(
                "{path} is damaged or no {kind} file{but}: {reason}",
                path=self.path,
                kind=kind,
                but=but,
                reason=reason,
            )
        )


def _frame(batch: pa.RecordBatch) -> pl.DataFrame:
    """Return the batch as Polars has it; the reader has not checked what it has read."""
    batch.validate(full=True)
    arrays = [_plain(array) for array in batch.columns]
    names = list(map(str, range(len(arrays))))
    frame = pl.from_arrow(pa.RecordBatch.from_arrays(arrays, names))
    assert isinstance(frame, pl.DataFrame)
    return frame


def _plain(array: pa.Array) -> pa.Array:
    """Return a column in a type that Polars takes whatever a file may say of it.

    Instants in a time zone become those of UTC; what is no number, text or date becomes bytes, all
    empty, by which it is told later that the column cannot be used.
    """
    kind = array.type
    if pa.types.is_dictionary(kind):
        array.dictionary.validate(full=True)  # which that of the batch leaves out
        return _plain(array.dictionary).take(array.indices)
    if pa.types.is_string_view(kind):
        return _texts(array)
    if pa.types.is_date(kind):
        return _instants(array.cast(pa.timestamp("us")))
    if pa.types.is_timestamp(kind):
        return _instants(array.cast(pa.timestamp("us"), safe=kind.unit in ("s", "ms")))
    if pa.types.is_decimal128(kind) and not 0 <= kind.scale <= kind.precision:
        return array.cast(pa.float64())
    if any(is_kind(kind) for is_kind in KNOWN):
        return array
    empty = pa.array([b""], pa.binary()).take(pa.array(np.zeros(len(array), np.int64)))
    return pyarrow.compute.if_else(array.is_valid(), empty, pa.scalar(None, pa.binary()))


def _texts(views: pa.Array) -> pa.Array:
    """Return string views as texts one after another.

    Of views only those that are not null have been checked; to follow the others, which point
    anywhere in a damaged file, destroys memory. So they become views of no text.
    """
    _, places, *texts = views.buffers()
    each = np.frombuffer(places, np.uint8).reshape(-1, VIEW)[views.offset :][: len(views)].copy()
    each[~views.is_valid().to_numpy(zero_copy_only=False)] = 0
    known = pa.Array.from_buffers(views.type, len(views), [None, pa.py_buffer(each), *texts])
    nothing = pa.scalar(None, pa.large_string())
    return pyarrow.compute.if_else(views.is_valid(), known.cast(pa.large_string()), nothing)


def _instants(array: pa.Array) -> pa.Array:
    """Return instants in microseconds if Polars has a year for each."""
    extremes = pyarrow.compute.min_max(array.cast(pa.int64()))
    least, most = extremes["min"].as_py() or 0, extremes["max"].as_py() or 0
    if max(-least, most) > LATEST:
        raise pa.ArrowInvalid(message("it holds a date more than 200,000 years from now"))
    return array


KNOWN: tuple[Callable[[pa.DataType], bool], ...] = (
    *(pa.types.is_null, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating),
    *(pa.types.is_decimal128, pa.types.is_string, pa.types.is_large_string),
)
