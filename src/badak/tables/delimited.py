"""CSV and TSV files: whole rows a block at a time, and a broken one named by its line.

The rows are found here, so that each can be named; Polars parses their fields.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from badak._common.language import counted, message
from badak.errors import FileFormatError, InputError
from badak.tables.chunks import Chunk, check_names, named
from badak.tables.encodings import UTF_8, TextFile
from badak.tables.values import MISSING, Names, Words, canonical
from badak.typing import Array

BLOCK = 16 * 2**20  # bytes read at a time
MOST_ROWS = BLOCK // 4  # of a block, which many empty lines could else make take a gigabyte
LONGEST_ROW = 64 * 2**20  # bytes; what is longer lacks a closing quotation mark
TAB = "\t"
SEPARATORS = (",", ";", TAB, "|")
SHOWN = {",": "commas", ";": "semicolons", TAB: "tabs", "|": "bars"}

NEWLINE, RETURN, QUOTE = 10, 13, 34
TOLD = re.compile(r'"?sep=([^"])"?')
"""A first line by which Excel is told the separator; it is no row."""


@dataclass(frozen=True)
class Block:
    """Some whole rows of a file, their ends as places in `data`."""

    data: bytes
    starts: Array
    ends: Array
    """Where each row's newline is."""
    lines: Array
    """The line that each row begins in, from 1."""
    inside: Array | None
    """Whether each byte lies between quotation marks; None where there are none."""

    def text(self, row: int) -> str:
        """Return a row as it stands there."""
        return self.data[self.starts[row] : self.ends[row]].decode().rstrip("\r")

    @property
    def blank(self) -> Array:
        """Which rows are empty lines."""
        octets = np.frombuffer(self.data, np.uint8)
        length = self.ends - self.starts
        return (length == 0) | ((length == 1) & (octets[self.starts] == RETURN))

    def fields(self, separator: str) -> Array:
        """Return how many fields each row has."""
        found = np.frombuffer(self.data, np.uint8) == ord(separator)
        if self.inside is not None:
            found &= ~self.inside
        places = np.flatnonzero(found)
        return np.searchsorted(places, self.ends) - np.searchsorted(places, self.starts) + 1

    def without_first(self, count: int) -> "Block":
        """Return the block without its first rows."""
        if count == len(self.starts):
            empty = np.zeros(0, np.int64)
            return Block(b"", empty, empty, empty, None)
        cut = int(self.starts[count])
        inside = None if self.inside is None else self.inside[cut:]
        starts, ends = self.starts[count:] - cut, self.ends[count:] - cut
        return Block(self.data[cut:], starts, ends, self.lines[count:], inside)


class DelimitedFile:
    """A CSV or TSV file, also compressed by gzip, with a header; its cells are texts.

    The separator is the one that a first line ``sep=;`` tells, a tab in TSV files, else the one of
    comma, semicolon, tab and bar that the header has most of.
    """

    def __init__(self, path: Path, missing: Names = MISSING, encoding: str | None = None) -> None:
        self.path = path
        self.missing = missing
        self._text = TextFile(path, encoding)
        self._only: Chunk | None = None
        first = next((block for block in self._blocks() if not block.blank.all()), None)
        if first is None:
            raise InputError(message("{path} is empty: a table has a header and rows", path=path))
        place = int(np.argmin(first.blank))
        header = first.text(place)
        told = TOLD.fullmatch(header)
        if told is not None and not first.blank[place + 1 :].all():
            place += 1 + int(np.argmin(first.blank[place + 1 :]))
            header = first.text(place)
        self._header_line = int(first.lines[place])
        if "\r" in header:
            raise FileFormatError(
                message(
                    "{path}: its lines end in carriage returns alone: save it with line feeds",
                    path=path,
                )
            )
        self.separator = self._separator(header) if told is None else told[1]
        self.columns, self.unnamed = named(self._names(header))
        check_names(self.columns, message("{path}, line {line}", path=path, line=self._header_line))

    @property
    def remarks(self) -> list[str]:
        """What was taken of the file that is not plain: its encoding, and a told separator."""
        words = []
        if self._text.encoding != UTF_8:
            words.append(message("read as {encoding}", encoding=self._text.in_words))
        if self.separator != (TAB if self._is_tsv else SEPARATORS[0]):
            shown = SHOWN.get(self.separator, repr(self.separator))
            words.append(message("{shown} between the fields", shown=shown))
        return words

    def _names(self, header: str) -> list[str]:
        try:
            [names] = csv.reader(io.StringIO(header, newline=""), delimiter=self.separator)
        except (ValueError, csv.Error) as error:  # a row that ends too early; a field too long
            reason = message("a quotation mark stands inside of a name")
            raise FileFormatError(
                message(
                    "{path}, line {header_line}: the header cannot be read: {error}",
                    path=self.path,
                    header_line=self._header_line,
                    error=error if isinstance(error, csv.Error) else reason,
                )
            ) from None
        return [name.strip() for name in names]

    @property
    def _is_tsv(self) -> bool:
        return self.path.name.lower().endswith((".tsv", ".tsv.gz"))

    def _separator(self, header: str) -> str:
        if self._is_tsv:
            return TAB
        unquoted = "".join(header.split('"')[::2])
        return max(SEPARATORS, key=unquoted.count)

    def chunks(self) -> Iterator[Chunk]:
        """Return all rows in their order; InputError or FileFormatError names a broken one."""
        if self._only is not None:
            yield self._only
            return
        chunk, count = None, 0
        for block in self._blocks():
            rows = block.without_first(self._header_rows(block))
            if rows.blank.all():
                continue
            chunk, count = self._parse(rows), count + 1
            yield chunk
        if chunk is None:
            raise InputError(message("{path} has a header only, and no rows", path=self.path))
        if count == 1:
            self._only = chunk  # a small file is read once

    def _header_rows(self, block: Block) -> int:
        """Return how many rows of a block are the header or empty lines above it."""
        return int(np.searchsorted(block.lines, self._header_line, "right"))

    def _parse(self, block: Block) -> Chunk:
        blank = block.blank
        fields = block.fields(self.separator)
        wrong = ~blank & (fields != len(self.columns))
        if wrong.any():
            row = int(wrong.argmax())
            raise FileFormatError(
                message(
                    "{path}, line {line}: the row has {fields}, but the header names {count} "
                    "columns: correct the row",
                    path=self.path,
                    line=block.lines[row],
                    fields=_fields(int(fields[row])),
                    count=len(self.columns),
                )
                if block.inside is None
                else message(
                    "{path}, line {line}: the row has {fields}, but the header names {count} "
                    "columns: correct the row, or a quotation mark in it",
                    path=self.path,
                    line=block.lines[row],
                    fields=_fields(int(fields[row])),
                    count=len(self.columns),
                )
            )
        # A header of our own: Polars would count the columns by an empty line, if that comes first.
        numbered = [str(place) for place in range(len(self.columns))]
        header = self.separator.join(numbered).encode() + b"\n"
        try:
            frame = pl.read_csv(
                header + block.data,
                separator=self.separator,
                schema=dict.fromkeys(numbered, pl.String),
            )
        except pl.exceptions.PolarsError as error:
            raise self._unreadable(block, str(error).splitlines()[0]) from None
        if len(frame) == len(blank):
            frame = frame.filter(pl.Series(~blank)) if blank.any() else frame
        elif len(frame) != int((~blank).sum()):
            raise self._unreadable(block, message("quotation marks stand inside of fields"))
        frame.columns = self.columns
        lines = block.lines[~blank]
        words: Words = {}
        plain = canonical(frame, self.missing, words)
        return Chunk(plain, self.path.name, "line", lines, words)

    def _unreadable(self, block: Block, reason: str) -> FileFormatError:
        return FileFormatError(
            message(
                "{path}: somewhere in the lines {lines} to {lines_2} is what cannot be read as "
                "rows: {reason}",
                path=self.path,
                lines=block.lines[0],
                lines_2=block.lines[-1],
                reason=reason,
            )
        )

    def _blocks(self) -> Iterator[Block]:
        rest, line = b"", 1
        for fresh in itertools.chain(self._text.blocks(BLOCK), [b""]):
            data = rest + fresh
            if not fresh and data and not data.endswith(b"\n"):
                data += b"\n"
            block, rest = self._whole_rows(data, line)
            if block is None and len(rest) > LONGEST_ROW:
                break
            while block is not None:
                line += block.data.count(b"\n")
                yield block
                more = len(block.starts) == MOST_ROWS
                block, rest = self._whole_rows(rest, line) if more else (None, rest)
        if rest:
            raise FileFormatError(
                message(
                    "{path}, line {line}: a row begins here that does not end: is a quotation "
                    "mark not closed?",
                    path=self.path,
                    line=line,
                )
            )

    def _whole_rows(self, data: bytes, line: int) -> tuple[Block | None, bytes]:
        """Return the rows that are whole, the first in `line`, and the bytes after them."""
        octets = np.frombuffer(data, np.uint8)
        newlines = np.flatnonzero(octets == NEWLINE)
        inside = None
        if b'"' in data:
            parity = np.bitwise_xor.accumulate(octets == QUOTE)
            ends = newlines[~parity[newlines]]
            inside = parity[: int(ends[-1]) + 1] if len(ends) else None
        else:
            ends = newlines
        if not len(ends):
            return None, data
        ends = ends[:MOST_ROWS]
        length = int(ends[-1]) + 1
        starts = np.append(0, ends[:-1] + 1)
        lines = line + np.searchsorted(newlines, starts)
        whole = data[:length]
        return Block(whole, starts, ends, lines, inside), data[length:]


def _fields(count: int) -> str:
    return counted("{count} field", "{count} fields", count)
