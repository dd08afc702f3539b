"""Parquet and Arrow files, read chunk by chunk."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from badak.errors import FileFormatError, InputError
from badak.tables.chunks import Chunk, check_names
from badak.tables.values import MISSING, Names, canonical

CELLS = 2_000_000  # of one chunk of a Parquet or Arrow file


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
