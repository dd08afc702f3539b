"""What kind of column a column is, told by all of its cells, in whatever order they come."""

import re
from collections import Counter
from dataclasses import dataclass, field
from shlex import quote

import numpy as np
import polars as pl

from badak._common.language import marked, message, translated
from badak.errors import InputError
from badak.tables import dates, values
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
CLOSE = 2
"""So many times the rows is the range of keys at most that were given one after another."""
LONG_KEYS = 1e12
"""Whole numbers from here on, all different, are keys or moments."""


@dataclass(frozen=True)
class Dropped:
    """A column that is not used, and why."""

    name: str
    reason: str

    @property
    def told(self) -> str:
        """The reason in the language that is spoken; the model's file keeps it in English."""
        if found := re.fullmatch(r"text: ([\d,]+) different values in ([\d,]+) rows", self.reason):
            return message(
                "text: {distinct} different values in {known} rows",
                distinct=found[1],
                known=found[2],
            )
        if found := re.fullmatch(r"text of more than ([\d,]+) different values", self.reason):
            return message("text of more than {most} different values", most=found[1])
        return translated(self.reason)


@dataclass
class Profile:
    """What has been seen of a column so far."""

    name: str
    unnamed: bool = False
    """Whether the header has no name for it."""
    rows: int = 0
    missing: int = 0
    readable: bool = True
    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(values.STYLES, 0))
    """How many cells are numbers, by the way they are written."""
    units: Counter[str] = field(default_factory=Counter)
    """How many cells are digits with a unit, counted while most are."""
    in_units: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many cells are numbers in a unit, by the way they are written and the unit."""
    dates: dict[str, int] = field(default_factory=lambda: dict.fromkeys(dates.ORDERS, 0))
    """How many cells are dates, by the order of year, month and day."""
    code: str | None = None
    """The first cell of digits with a zero before them."""
    low: float = np.inf
    high: float = -np.inf
    total: float = 0.0
    whole: bool = True
    rising: bool = True
    """Whether each number is larger than the one before."""
    last: float = -np.inf
    characters: int = 0
    odd: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The first place of what is no number, and what it holds, by the way of writing or the unit
    that the others may have."""
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
        self._follow(plain)
        self._count_styles(chunk, known, plain)
        if self.code is None and self._may_be_codes and plain.count():
            self.code = next(iter(known.filter(values.codes(known)).head(1)), None)
        if plain.null_count():
            self._count_units(chunk, known)
            if dates.may_be_dates(known):
                for order in dates.ORDERS:
                    self.dates[order] += dates.dates(known, order).count()
            elif known.dtype == pl.Datetime:
                self.dates[dates.YMD] += len(known)
            self.characters += int(values.texts(known).str.len_chars().sum())

    def _count_distinct(self, known: pl.Series) -> None:
        if self.hashes is not None:
            found = known.hash().unique().to_numpy()
            self.hashes = np.union1d(self.hashes, found) if len(self.hashes) else found
            if len(self.hashes) > MOST_DISTINCT:
                self.hashes = None

    def _follow(self, plain: pl.Series) -> None:
        """Look at the size and the order of numbers."""
        if plain.null_count():
            self.whole = self.rising = False
            return
        x = plain.to_numpy()
        self.low, self.high = min(self.low, float(x.min())), max(self.high, float(x.max()))
        self.total += float(x.sum())
        self.whole = self.whole and bool((x == np.floor(x)).all())
        self.rising = self.rising and bool(x[0] > self.last and (x[1:] > x[:-1]).all())
        self.last = float(x[-1])

    def _count_styles(self, chunk: Chunk, known: pl.Series, plain: pl.Series) -> None:
        self.numbers[values.PLAIN] += plain.count()
        self._note(chunk, values.PLAIN, plain)
        for style in (values.GROUPED, values.DECIMAL_COMMA):
            if style in self.odd:
                continue  # it is not the way of all cells anyway
            if not plain.null_count() and (style == values.GROUPED or known.dtype.is_numeric()):
                found = plain  # a plain number has no comma, so that it is a grouped one as well
            else:
                found = values.numbers(known, style)
            self.numbers[style] += found.count()
            self._note(chunk, style, found)

    def _count_units(self, chunk: Chunk, known: pl.Series) -> None:
        before = self.known - len(known)
        if 2 * self.units.total() < before:
            return  # it is no column of such numbers
        fresh = values.units(known)
        self.units.update(fresh)
        for unit in fresh:
            if unit in self.odd or self.units[unit] < before:
                continue
            read = [values.numbers(known, style, unit) for style in values.STYLES]
            for style, found in zip(values.STYLES, read, strict=True):
                self.in_units[style, unit] += found.count()
            self._note(chunk, unit, pl.select(pl.coalesce(read)).to_series())

    def _note(self, chunk: Chunk, way: str, found: pl.Series) -> None:
        """Keep the first known cell that is not found to be a number, and its place."""
        if way not in self.odd and found.null_count():
            cells = chunk.frame[self.name]
            row = int(found.is_null().arg_max() or 0)
            if cells.null_count():
                row = int(cells.is_not_null().arg_true()[row])
            self.odd[way] = chunk.place(row), str(cells[row])

    @property
    def _may_be_codes(self) -> bool:
        """Whether no number with a fraction is among the cells, or other texts are."""
        return self.whole or values.PLAIN in self.odd

    @property
    def has_codes(self) -> bool:
        """Whether some cells are digits with a zero before them, and the others may be codes."""
        return self.code is not None and self._may_be_codes

    @property
    def known(self) -> int:
        """How many cells are not missing."""
        return self.rows - self.missing

    @property
    def distinct(self) -> int:
        """How many different cells there are, one more than MOST_DISTINCT where more."""
        return MOST_DISTINCT + 1 if self.hashes is None else len(self.hashes)

    @property
    def all_differ(self) -> bool:
        """Whether no two cells are the same, as far as they are counted."""
        return self.distinct == min(self.known, MOST_DISTINCT + 1)

    @property
    def style(self) -> tuple[str, str] | None:
        """The way in which all cells are numbers, and their unit or ""; None where they are not."""
        ways = [(style, "") for style in values.STYLES if self.numbers[style] == self.known]
        ways += [way for way, count in self.in_units.items() if count == self.known]
        return next(iter(ways), None)

    @property
    def orders(self) -> list[str]:
        """The orders of year, month and day in which all cells are dates."""
        return [order for order, count in self.dates.items() if count == self.known]

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
            and self.all_differ
        )

    @property
    def like_keys(self) -> bool:
        """Whether the cells are whole numbers, all different, that rise, lie close or are long."""
        return (
            self.known >= LEAST_ROWS
            and not self.missing
            and self.whole
            and self.all_differ
            and (self.rising or self.high - self.low < CLOSE * self.known or self.low >= LONG_KEYS)
        )


def decide(
    profile: Profile, wanted: str | None = None, order: str | None = None
) -> Learner | Dropped:
    """Return what learns the column, or why it is not used.

    `wanted` is the kind that the user has named, `order` that of its dates; else the first rule
    that holds decides: no value or one only, numbers, dates, texts that are all different or too
    many or sentences, categories. Raises InputError for a column of numbers with a few other texts
    among them, for dates in an order that nothing tells, and for a column without a name.
    """
    name = profile.name
    if wanted == IGNORE:
        return Dropped(name, marked("ignored, as asked"))
    if not profile.readable:
        return Dropped(name, marked("holds values that are no number, text or date"))
    if not profile.known:
        return Dropped(name, marked("empty"))
    if wanted is not None or order is not None:
        return _wanted(profile, wanted or DATE, order)
    if profile.unnamed:
        return _without_a_name(profile)
    if profile.distinct == 1 and not profile.missing:
        return Dropped(name, marked("constant"))
    if profile.style is not None:
        if profile.counts_rows:
            return Dropped(name, marked("counts the rows"))
        if not profile.has_codes:
            return NumberLearner(name, *profile.style)
    elif profile.orders:
        return DateLearner(name, order_of_dates(profile))
    return _decide_text(profile)


def _without_a_name(profile: Profile) -> Dropped:
    if profile.all_differ and not profile.missing:
        return Dropped(
            profile.name, marked("an index: it has no name, and all its values are different")
        )
    raise InputError(
        message(
            "the column {name!r} has no name in the header, and is no index, for its values come "
            "again: give it a name, or leave it out (--ignore {quote})",
            name=profile.name,
            quote=quote(profile.name),
        )
    )


def _wanted(profile: Profile, wanted: str, order: str | None) -> Learner:
    if wanted == NUMBER:
        return NumberLearner(profile.name, *(profile.style or _nearest_style(profile)))
    if wanted == CATEGORY:
        return CategoryLearner(profile.name)
    return DateLearner(profile.name, order or order_of_dates(profile))


def _nearest_style(profile: Profile) -> tuple[str, str]:
    """Return the way in which most cells are numbers, to name one that is none."""
    [(way, count)] = profile.units.most_common(1) or [("", 0)]
    return (values.GROUPED, way) if count > max(profile.numbers.values()) else (values.PLAIN, "")


def order_of_dates(profile: Profile) -> str:
    """Return the order of year, month and day; InputError where two are possible."""
    most = max(profile.dates.values())
    possible = [order for order, count in profile.dates.items() if count == most]
    if len(possible) == 1 or not most:
        return possible[0]
    place, text = profile.odd[values.PLAIN]
    name = profile.name
    raise InputError(
        message(
            "{place}: the column {name!r} holds {text!r}, and no row tells whether the day or the "
            "month comes first: give --dates {quote}=dmy or --dates {quote}=mdy",
            place=place,
            name=name,
            text=text,
            quote=quote(name),
        )
    )


def _decide_text(profile: Profile) -> Learner | Dropped:
    name, distinct, known = profile.name, profile.distinct, profile.known
    counts = Counter(profile.numbers) + profile.units
    [(way, numbers)] = counts.most_common(1) or [("", 0)]
    if distinct > FEW and numbers >= MOSTLY * known and not profile.has_codes:
        place, text = profile.odd.get(way, profile.odd[values.PLAIN])
        kind = message("numbers in {way}", way=way) if way in profile.units else message("numbers")
        raise InputError(
            message(
                "{place}: the column {name!r} holds {text!r}, but {numbers:,} of its {known:,} "
                "values are {kind}: correct it, or say what means no value, all of it (--missing "
                "NA --missing {text!r}), or what the column is (--column {name}=category)",
                place=place,
                name=name,
                text=text,
                numbers=numbers,
                known=known,
                kind=kind,
            )
        )
    if distinct == known and known >= LEAST_ROWS:
        return Dropped(name, marked("an identifier: all texts are different"))
    if profile.characters > LONG * known:
        return Dropped(name, marked("free text"))
    if distinct > MOST_DISTINCT:
        return Dropped(name, f"text of more than {MOST_DISTINCT:,} different values")
    if distinct > FEW and 2 * distinct > known:
        return Dropped(name, f"text: {distinct:,} different values in {known:,} rows")
    return CategoryLearner(name)
