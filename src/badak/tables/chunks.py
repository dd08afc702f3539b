"""Chunks of a table, and checks of its column names: what every kind of file shares."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import polars as pl

from badak._common.language import message
from badak._common.registry import nearest
from badak.errors import InputError
from badak.tables.values import Words
from badak.typing import Array

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
    words: Words = field(default_factory=dict)
    """What cells said that were taken for missing; it does not go with rows that are taken."""

    def __len__(self) -> int:
        return len(self.frame)

    def place(self, row: int) -> str:
        """Return where a row stands, for messages: "data.csv, line 17"."""
        place = self.places[row]
        if self.unit == "line":
            return message("{path}, line {line}", path=self.source, line=place)
        return message("{path}, row {row}", path=self.source, row=place)

    def take(self, chosen: Array) -> "Chunk":
        """Return the rows where the booleans `chosen` (rows,) are True."""
        frame = self.frame.filter(pl.Series(chosen))
        return Chunk(frame, self.source, self.unit, self.places[chosen])


class TableFile(Protocol):
    """A table that can be gone through again and again."""

    path: Path
    columns: list[str]
    unnamed: frozenset[str]
    """Those of the columns that the file has no name for."""

    @property
    def remarks(self) -> list[str]:
        """What was taken of the file as a whole, where it is not plain UTF-8 with commas."""
        ...

    def chunks(self) -> Iterator[Chunk]:
        """Return all rows in their order."""
        ...


def named(names: list[str]) -> tuple[list[str], frozenset[str]]:
    """Return names for all columns, and those of the columns that had none: as pandas calls them.

    >>> named(["", "a", ""])[0]
    ['Unnamed: 0', 'a', 'Unnamed: 2']
    """
    taken, given = set(names), []
    for place, name in enumerate(names):
        again = itertools.count(1)
        own = name or f"Unnamed: {place}"
        while not name and own in taken:
            own = f"Unnamed: {place}.{next(again)}"
        given.append(own)
    return given, frozenset(own for own, name in zip(given, names, strict=True) if not name)


def check_names(names: list[str], where: str) -> None:
    """Raise InputError unless each column has a name of its own."""
    places: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        if (first := places.setdefault(name, place)) != place:
            raise InputError(
                message(
                    "{where}: columns {first} and {place} are both called {name!r}: rename one",
                    where=where,
                    first=first,
                    place=place,
                    name=name,
                )
            )


def check_column(name: str, columns: list[str], where: str, what: str) -> None:
    """Raise InputError naming the nearest column, and those there are, unless `name` is one."""
    if name not in columns:
        raise InputError(
            message(
                "{what} {name!r} is no column of {where}{nearest} (there are: {listed})",
                what=what,
                name=name,
                where=where,
                nearest=nearest(name, columns),
                listed=listed(columns),
            )
        )


def listed(names: Iterable[str], most: int = MOST_NAMED) -> str:
    """Return the first names, and how many more there are.

    >>> listed(["a", "b"]), listed("abc", 2)
    ('a, b', 'a, b and 1 more')
    """
    names = list(names)
    more = len(names) - most
    return ", ".join(names[:most]) + (message(" and {more} more", more=more) if more > 0 else "")
