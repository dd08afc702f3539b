"""What kind of column a column is, told by all of its cells, in whatever order they come."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from badak.errors import InputError
from badak.tables import values
from badak.tables.chunks import Chunk
from badak.tables.columns import CategoryLearner, DateLearner, Learner, NumberLearner
from badak.typing import Array

NUMBER, CATEGORY, DATE, IGNORE = "number", "category", "date", "ignore"
KINDS = (NUMBER, CATEGORY, DATE, IGNORE)

FEW = 20
"""So many different texts are categories, however few rows there are."""
LONG = 60
"""Texts of more characters on average are sentences."""
MOST_DISTINCT = 100_000
"""Different cells that are counted; a text column of more is no category."""
MOSTLY = 0.9
"""Of a column's cells: so large a share of numbers means that the others are faults."""
LEAST_ROWS = 10
"""Fewer rows do not tell an identifier."""


@dataclass(frozen=True)
class Dropped:
    """A column that is not used, and why."""

    name: str
    reason: str


@dataclass
class Profile:
    """What has been seen of a column so far."""

    name: str
    rows: int = 0
    missing: int = 0
    readable: bool = True
    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(values.STYLES, 0))
    """How many cells are numbers, by the way they are written."""
    dates: int = 0
    low: float = np.inf
    high: float = -np.inf
    total: float = 0.0
    whole: bool = True
    characters: int = 0
    odd: tuple[str, str] | None = None
    """The first place of what is no number, and what it holds."""
    hashes: Array | None = field(default_factory=lambda: np.zeros(0, np.uint64))
    """One number for each different cell; None where there are too many."""

    def add(self, chunk: Chunk) -> None:
        """Take in more rows."""
        cells = chunk.frame[self.name]
        self.rows += len(cells)
        self.missing += cells.null_count()
        self.readable &= values.is_readable(cells)
        known = cells.drop_nulls() if cells.null_count() else cells
        if not self.readable or not len(known):
            return
        self._count_distinct(known)
        plain = values.numbers(known)
        self._count_numbers(known, plain)
        if plain.null_count():
            self.dates += values.dates(known).count()
            self.characters += int(values.texts(known).str.len_chars().sum())
            if self.odd is None:
                row = int((values.numbers(cells).is_null() & cells.is_not_null()).arg_max() or 0)
                self.odd = chunk.place(row), str(cells[row])

    def _count_distinct(self, known: pl.Series) -> None:
        if self.hashes is not None:
            found = known.hash().unique().to_numpy()
            self.hashes = np.union1d(self.hashes, found) if len(self.hashes) else found
            if len(self.hashes) > MOST_DISTINCT:
                self.hashes = None

    def _count_numbers(self, known: pl.Series, plain: pl.Series) -> None:
        if not plain.null_count():
            x = plain.to_numpy()
            self.low, self.high = min(self.low, float(x.min())), max(self.high, float(x.max()))
            self.total += float(x.sum())
            self.whole = self.whole and bool((x == np.floor(x)).all())
        else:
            self.whole = False
        before = self.known - len(known)
        for style in (values.GROUPED, values.DECIMAL_COMMA):
            if self.numbers[style] == before:  # else it is not the way of all cells anyway
                self.numbers[style] += _count(known, plain, style)
        self.numbers[values.PLAIN] += plain.count()

    @property
    def known(self) -> int:
        """How many cells are not missing."""
        return self.rows - self.missing

    @property
    def distinct(self) -> int:
        """How many different cells there are, one more than MOST_DISTINCT where more."""
        return MOST_DISTINCT + 1 if self.hashes is None else len(self.hashes)

    @property
    def style(self) -> str | None:
        """The way in which all cells are numbers, None where they are not."""
        return next((s for s in values.STYLES if self.numbers[s] == self.known), None)

    @property
    def counts_rows(self) -> bool:
        """Whether the cells are the whole numbers from 0 or 1 on, each once."""
        last = self.low + self.known - 1
        return (
            self.known >= LEAST_ROWS
            and not self.missing
            and self.whole
            and self.low in (0.0, 1.0)
            and self.high == last
            and self.total == self.known * (self.low + last) / 2.0
            and self.distinct == min(self.known, MOST_DISTINCT + 1)
        )


def _count(known: pl.Series, plain: pl.Series, style: str) -> int:
    """Return how many cells are numbers in another way of writing than the plain one."""
    if not plain.null_count() and (style == values.GROUPED or known.dtype.is_numeric()):
        return len(known)  # a plain number has no comma, so that it is a grouped one as well
    return int(values.numbers(known, style).count())


def decide(profile: Profile, wanted: str | None = None) -> Learner | Dropped:
    """Return what learns the column, or why it is not used.

    `wanted` is the kind that the user has named; else the first rule that holds decides: no value
    or one only, numbers, dates, texts that are all different or too many or sentences, categories.
    Raises InputError for a column of numbers with a few other texts among them.
    """
    name = profile.name
    if wanted == IGNORE:
        return Dropped(name, "ignored, as asked")
    if not profile.readable:
        return Dropped(name, "holds values that are no number, text or date")
    if not profile.known:
        return Dropped(name, "empty")
    if wanted is not None:
        return _wanted(profile, wanted)
    if profile.distinct == 1 and not profile.missing:
        return Dropped(name, "constant")
    if profile.style is not None:
        if profile.counts_rows:
            return Dropped(name, "counts the rows")
        return NumberLearner(name, profile.style)
    if profile.dates == profile.known:
        return DateLearner(name)
    return _decide_text(profile)


def _wanted(profile: Profile, wanted: str) -> Learner:
    if wanted == NUMBER:
        return NumberLearner(profile.name, profile.style or values.PLAIN)
    return DateLearner(profile.name) if wanted == DATE else CategoryLearner(profile.name)


def _decide_text(profile: Profile) -> Learner | Dropped:
    name, distinct, known = profile.name, profile.distinct, profile.known
    numbers = max(profile.numbers.values())
    if distinct > FEW and numbers >= MOSTLY * known and profile.odd is not None:
        place, text = profile.odd
        raise InputError(
            f"{place}: the column {name!r} holds {text!r}, but {numbers:,} of its {known:,} values "
            f"are numbers: correct it, or say that it means no value (--missing {text!r}), or what "
            f"the column is (--column {name}=category)"
        )
    if distinct == known and known >= LEAST_ROWS:
        return Dropped(name, "an identifier: all texts are different")
    if profile.characters > LONG * known:
        return Dropped(name, "free text")
    if distinct > MOST_DISTINCT:
        return Dropped(name, f"text of more than {MOST_DISTINCT:,} different values")
    if distinct > FEW and 2 * distinct > known:
        return Dropped(name, f"text: {distinct:,} different values in {known:,} rows")
    return CategoryLearner(name)
