"""Tables in files, read chunk by chunk, so that a file may be larger than the memory."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl

from badak._common.registry import nearest
from badak.errors import FileFormatError, InputError
from badak.tables.names import DELIMITED, SUFFIXES, is_table
from badak.tables.values import MISSING, Names, canonical
from badak.typing import Array

CELLS = 2_000_000  # of one chunk of a Parquet or Arrow file
MOST_NAMED = 12  # columns listed in a message


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table, and where in its file each of them stands."""

    frame: pl.DataFrame
    """In the few types of :func:`badak.tables.values.canonical`."""
    source: str
    """The file's name."""
    unit: str
    """What `places` count: "line" or "row"."""
    places: Array
    """Whole numbers from 1, (rows,)."""

    def __len__(self) -> int:
        return len(self.frame)

    def place(self, row: int) -> str:
        """Return where a row stands, for messages: "data.csv, line 17"."""
        return f"{self.source}, {self.unit} {self.places[row]}"

    def take(self, chosen: Array) -> "Chunk":
        """Return the rows where the booleans `chosen` (rows,) are True."""
        frame = self.frame.filter(pl.Series(chosen))
        return Chunk(frame, self.source, self.unit, self.places[chosen])


class TableFile(Protocol):
    """A table that can be gone through again and again."""

    path: Path
    columns: list[str]

    def chunks(self) -> Iterator[Chunk]:
        """Return all rows in their order."""
        ...


def open_table(path: str | os.PathLike[str], missing: Iterable[str] = ()) -> TableFile:
    """Return the table in a file: CSV or TSV, also compressed by gzip, Parquet or Arrow.

    `missing` are texts that say that there is no value, beside those of
    :data:`badak.tables.values.MISSING`.

    Raises InputError or FileFormatError, which name the file and, where there is one, the line.
    """
    from badak.tables.delimited import DelimitedFile

    file = Path(path).expanduser()
    if not is_table(file):
        raise InputError(f"{file} is no table: its name should end in {', '.join(SUFFIXES)}")
    if file.is_dir():
        raise IsADirectoryError(f"{file} is a folder: give the file of a table")
    if not file.exists():
        raise FileNotFoundError(f"there is no table {file}: check the name")
    nothing = (*MISSING, *(text.strip() for text in missing))
    if file.name.lower().endswith(DELIMITED):
        return DelimitedFile(file, nothing)
    return BinaryFile(file, nothing)


class BinaryFile:
    """A Parquet or Arrow file."""

    def __init__(self, path: Path, missing: Names = MISSING) -> None:
        self.path = path
        self.missing = missing
        try:
            self.columns = self._scan().collect_schema().names()
            self.rows = int(self._scan().select(pl.len()).collect().item())
        except pl.exceptions.PolarsError as error:
            raise self._damaged(error) from None
        check_names(self.columns, os.fspath(path))
        if not self.rows:
            raise InputError(f"{path} has no rows")

    def chunks(self) -> Iterator[Chunk]:
        """Return all rows in their order."""
        step = max(1, CELLS // len(self.columns))
        for start in range(0, self.rows, step):
            try:
                frame = self._scan().slice(start, step).collect()
            except pl.exceptions.PolarsError as error:
                raise self._damaged(error) from None
            places = np.arange(start + 1, start + 1 + len(frame))
            yield Chunk(canonical(frame, self.missing), self.path.name, "row", places)

    def _scan(self) -> pl.LazyFrame:
        scan = pl.scan_parquet if self.path.suffix.lower() == ".parquet" else pl.scan_ipc
        return scan(self.path)

    def _damaged(self, error: Exception) -> FileFormatError:
        kind = "Parquet" if self.path.suffix.lower() == ".parquet" else "Arrow"
        reason = str(error).splitlines()[0]
        return FileFormatError(f"{self.path} is damaged or no {kind} file: {reason}")


def check_names(names: list[str], where: str) -> None:
    """Raise InputError unless each column has a name of its own."""
    for place, name in enumerate(names, 1):
        if not name:
            raise InputError(
                f"{where}: column {place} of {len(names)} has no name: give it one in the header "
                "(an index that pandas wrote is left out by to_csv(index=False))"
            )
        if name in names[: place - 1]:
            first = names.index(name) + 1
            raise InputError(
                f"{where}: columns {first} and {place} are both called {name!r}: rename one"
            )


def check_column(name: str, columns: list[str], where: str, what: str) -> None:
    """Raise InputError naming the nearest column, and those there are, unless `name` is one."""
    if name not in columns:
        raise InputError(
            f"{what} {name!r} is no column of {where}{nearest(name, columns)} "
            f"(there are: {listed(columns)})"
        )


def listed(names: Iterable[str]) -> str:
    """Return the first names, and how many more there are.

    >>> listed(["a", "b"])
    'a, b'
    """
    names = list(names)
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
