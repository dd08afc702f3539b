"""Columns as a network takes them: numbers standardised, categories one-hot, dates split.

Each kind learns from the training rows what it needs to know, turns cells into float32 features,
and is written to a model's file as plain JSON. What a missing value becomes: the mean of the
column, no category, the middle of each part of a date; and a feature of its own says that it was
missing, where that happened in training.
"""

import math
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import polars as pl

from badak._common.language import counted, marked, message, translated
from badak._common.samples import FLOAT32_MAX
from badak._common.statistics import Moments
from badak.errors import InputError
from badak.tables import dates, values
from badak.tables.chunks import Chunk
from badak.tables.outliers import FEW, Limits, Thinned, limits_of
from badak.typing import Array, Config

MOST_LEVELS = 50
"""Categories of a column that get a feature of their own: the most frequent ones."""
RARE = 3
"""Categories of fewer training rows are pooled, together with those beyond the most frequent."""
MOST_COUNTED = 100_000
"""Different texts of a column that are counted at once; beyond, the rarest are forgotten."""

LARGEST = 1e150  # what is larger cannot be squared to be standardised
OTHER = "(other)"


@dataclass
class Findings:
    """What was met in rows to predict that training had not shown, counted by column."""

    missing: Counter[str] = field(default_factory=Counter)
    unseen: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Number:
    """(x - mean) / deviation, 0 where missing."""

    name: str
    mean: float
    deviation: float
    missing: bool = False
    """Whether values were missing in training, so that a feature says so."""
    style: str = values.PLAIN
    unit: str = ""
    """What stands before or behind all numbers, such as "%" or "원"."""
    least: float | None = None
    """The least of the training rows' numbers; None in files of models that did not keep it."""
    most: float | None = None
    bounded: bool = False
    """Whether numbers beyond least and most count as these: training had a few absurd ones."""

    kind: ClassVar[str] = "number"

    @property
    def features(self) -> list[str]:
        """The names of the features."""
        return [self.name, *_missing_feature(self)]

    @property
    def formulas(self) -> list[str]:
        """How each of the features is calculated, in words."""
        unit = message(" in {unit}", unit=self.unit) if self.unit else ""
        number = f"{self.name}{unit}"
        if self.bounded:
            number = f"min(max({number}, {self.least!r}), {self.most!r})"
        scaled = _scaled(number, self.mean, self.deviation)
        return [message("{each}; 0 where missing", each=scaled), *_missing_formula(self)]

    def transform(self, chunk: Chunk, findings: Findings) -> Array:
        """Return float32 (rows, features); InputError names the place of what is no number."""
        x = number_array(chunk, self.name, self.style, self.unit)
        if self.bounded:
            x = np.clip(x, self.least, self.most)
        unknown = np.isnan(x)
        z = np.where(unknown, 0.0, (x - self.mean) / self.deviation)
        _refuse(
            chunk,
            chunk.frame[self.name],
            np.abs(z) > FLOAT32_MAX,
            message("too far from all others"),
        )
        return _with_missing(self, z[:, np.newaxis], unknown, findings)

    def check(self) -> None:
        """Raise ValueError where this is none that was learnt."""
        _check_spread(self.mean, self.deviation)
        if self.style not in values.STYLES:
            raise ValueError(message("no style of numbers is called {style!r}", style=self.style))
        if self.unit and self.unit not in values.UNITS:
            raise ValueError(message("no unit is called {unit!r}", unit=self.unit))
        _check_range(self.least, self.most)
        if self.bounded and self.least is None:
            raise ValueError(message("{name} is bounded by nothing", name=self.name))

    def __str__(self) -> str:
        said = self._said
        if not self.bounded:
            return said
        return message(
            "{said}, kept within {least:.5g} and {most:.5g}",
            said=said,
            least=self.least,
            most=self.most,
        )

    @property
    def _said(self) -> str:
        if self.unit:
            return message(
                "number in {unit}, mean {mean:.5g}, deviation {deviation:.5g}",
                unit=self.unit,
                mean=self.mean,
                deviation=self.deviation,
            )
        return message(
            "number, mean {mean:.5g}, deviation {deviation:.5g}",
            mean=self.mean,
            deviation=self.deviation,
        )


@dataclass(frozen=True)
class Category:
    """A feature for each level, 1 where the cell holds it; all 0 where it was never seen."""

    name: str
    levels: tuple[str, ...]
    other: bool = False
    """Whether rare categories were pooled in training, so that a feature stands for them."""
    missing: bool = False

    kind: ClassVar[str] = "category"

    @property
    def features(self) -> list[str]:
        """The names of the features."""
        named = [*self.levels, *([OTHER] if self.other else [])]
        return [*(f"{self.name}={level}" for level in named), *_missing_feature(self)]

    @property
    def formulas(self) -> list[str]:
        """How each of the features is calculated, in words."""
        other = [message("1 where {name} is another, else 0", name=self.name)] if self.other else []
        levels = [
            message("1 where {name} is {level!r}, else 0", name=self.name, level=level)
            for level in self.levels
        ]
        return [*levels, *other, *_missing_formula(self)]

    def transform(self, chunk: Chunk, findings: Findings) -> Array:
        """Return float32 (rows, features)."""
        cells = values.texts(chunk.frame[self.name])
        places = cells.cast(pl.Enum(self.levels), strict=False).to_physical()
        codes = places.cast(pl.Int64).fill_null(-1).to_numpy()
        unknown = cells.is_null().to_numpy()
        hot = (codes[:, np.newaxis] == np.arange(len(self.levels))).astype(np.float32)
        pooled = (codes < 0) & ~unknown
        if self.other:
            hot = np.column_stack([hot, pooled])
        elif pooled.any():
            findings.unseen[self.name] += int(pooled.sum())
        return _with_missing(self, hot, unknown, findings)

    def check(self) -> None:
        """Raise ValueError where this is none that was learnt."""
        if len(set(self.levels)) != len(self.levels) or not self.features:
            raise ValueError(
                message("the categories {levels!r} are not all different", levels=self.levels)
            )

    def __str__(self) -> str:
        if self.other:
            return counted(
                "{count} category, rare ones pooled",
                "{count} categories, rare ones pooled",
                len(self.levels),
            )
        return counted("{count:,} category", "{count:,} categories", len(self.levels))


SHARES = {
    marked("month"): marked("(month - 1) / 12"),
    marked("day"): marked("(day of the month - 1) / 31"),
    marked("weekday"): marked("days since Monday / 7"),
    marked("hour"): marked("hours since midnight, with fractions, / 24"),
}
PARTS = tuple(SHARES)


@dataclass(frozen=True)
class Date:
    """The year, standardised, and parts that come again, each as a point on a circle.

    The year has fractions, so that 2 July 2024 is about 2024.5. A part is the sine and the cosine
    of its share of its round, so that December lies beside January; a part that is the same in all
    of the training is left out.
    """

    name: str
    mean: float
    deviation: float
    parts: tuple[str, ...] = PARTS
    missing: bool = False
    order: str = dates.YMD
    """In which order year, month and day are written."""
    least: str | None = None
    """The first of the training rows' dates, in ISO 8601; None where it was not kept."""
    most: str | None = None

    kind: ClassVar[str] = "date"

    @property
    def features(self) -> list[str]:
        """The names of the features."""
        waves = [f"{self.name}: {part} ({wave})" for part in self.parts for wave in ("sin", "cos")]
        return [f"{self.name}: year", *waves, *_missing_feature(self)]

    @property
    def formulas(self) -> list[str]:
        """How each of the features is calculated, in words."""
        year = _scaled(
            message("year + (day of the year - 1 + hour / 24) / 366"), self.mean, self.deviation
        )
        waves = [
            f"{wave}(2π {translated(SHARES[part])})"
            for part in self.parts
            for wave in ("sin", "cos")
        ]
        found = [message("{each}; 0 where missing", each=each) for each in (year, *waves)]
        return [*found, *_missing_formula(self)]

    def transform(self, chunk: Chunk, findings: Findings) -> Array:
        """Return float32 (rows, features); InputError names the place of what is no date."""
        moments = date_column(chunk, self.name, self.order)
        unknown = moments.is_null().to_numpy()
        found = [(values.array(year_of(moments)) - self.mean) / self.deviation]
        for part in self.parts:
            angle = 2.0 * math.pi * values.array(share_of_round(moments, part))
            found += [np.sin(angle), np.cos(angle)]
        x = np.where(unknown[:, np.newaxis], 0.0, np.column_stack(found))
        return _with_missing(self, x, unknown, findings)

    def check(self) -> None:
        """Raise ValueError where this is none that was learnt."""
        _check_spread(self.mean, self.deviation)
        if not set(self.parts) <= set(PARTS) or len(set(self.parts)) != len(self.parts):
            raise ValueError(message("{parts!r} are no parts of a date", parts=self.parts))
        if self.order not in dates.ORDERS:
            raise ValueError(message("no order of dates is called {order!r}", order=self.order))
        _check_range(*(each and np.datetime64(each, "us") for each in (self.least, self.most)))

    def __str__(self) -> str:
        order = translated(dates.IN_WORDS[self.order])
        parts = "".join(f", {translated(part)}" for part in self.parts)
        if self.order == dates.YMD:
            return message("date: year{parts}", parts=parts)
        return message("date ({order}): year{parts}", order=order, parts=parts)


Column = Number | Category | Date


def year_of(moments: pl.Series) -> pl.Series:
    """Return years with fractions."""
    day = moments.dt.ordinal_day() - 1 + moments.dt.hour() / 24.0
    return moments.dt.year() + day / 366.0


def share_of_round(moments: pl.Series, part: str) -> pl.Series:
    """Return how far through its round a part of a date is, from 0 to below 1."""
    match part:
        case "month":
            return (moments.dt.month() - 1) / 12.0
        case "day":
            return (moments.dt.day() - 1) / 31.0
        case "weekday":
            return (moments.dt.weekday() - 1) / 7.0
        case _:
            seconds = moments.dt.minute().cast(pl.Int64) * 60 + moments.dt.second()
            return (moments.dt.hour() + seconds / 3600.0) / 24.0


def number_array(chunk: Chunk, name: str, style: str, unit: str = "") -> Array:
    """Return float64 (rows,), NaN where missing; InputError names the place of what is none."""
    cells = chunk.frame[name]
    found = values.numbers(cells, style, unit)
    if found.null_count() > cells.null_count():
        wrong = (found.is_null() & cells.is_not_null()).to_numpy()
        _refuse(
            chunk,
            cells,
            wrong,
            message("no number in {unit}", unit=unit) if unit else message("no number"),
        )
    x = values.array(found)
    _refuse(
        chunk, cells, np.abs(x) > LARGEST, message("infinite or beyond what can be standardised")
    )
    return x


def date_column(chunk: Chunk, name: str, order: str = dates.YMD) -> pl.Series:
    """Return datetimes, null where missing; InputError names the place of what is none."""
    cells = chunk.frame[name]
    found = dates.dates(cells, order)
    wrong = (found.is_null() & cells.is_not_null()).to_numpy()
    _refuse(
        chunk,
        cells,
        wrong,
        message("no date such as {example}", example=translated(dates.EXAMPLES[order])),
    )
    return found


def _refuse(chunk: Chunk, cells: pl.Series, wrong: Array, why: str) -> None:
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(
            message(
                "{place}: the column {name!r} holds {cells!r}, which is {why}",
                place=chunk.place(row),
                name=cells.name,
                cells=cells[row],
                why=why,
            )
        )


def _missing_feature(column: Column) -> list[str]:
    return [f"{column.name} is missing"] if column.missing else []


def _missing_formula(column: Column) -> list[str]:
    return (
        [message("1 where {name} is missing, else 0", name=column.name)] if column.missing else []
    )


def _scaled(what: str, mean: float, deviation: float) -> str:
    return f"({what} - {mean!r}) / {deviation!r}".replace("- -", "+ ")


def _with_missing(column: Column, x: Array, unknown: Array, findings: Findings) -> Array:
    if column.missing:
        return np.column_stack([x, unknown]).astype(np.float32)
    if unknown.any():
        findings.missing[column.name] += int(unknown.sum())
    return x.astype(np.float32)


def _check_spread(mean: float, deviation: float) -> None:
    if not (math.isfinite(mean) and math.isfinite(deviation) and deviation > 0.0):
        raise ValueError(
            message(
                "mean {mean!r} and deviation {deviation!r} standardise nothing",
                mean=mean,
                deviation=deviation,
            )
        )


def _check_range(least: Any, most: Any) -> None:
    """Raise ValueError unless both ends of a range are known and in order, or none is."""
    known = least is not None and most is not None and bool(np.isfinite([least, most]).all())
    if (least, most) != (None, None) and not (known and least <= most):
        raise ValueError(
            message("{least!r} to {most!r} is no range of values", least=least, most=most)
        )


# -- from training rows to a column


class Spread:
    """Mean and deviation of numbers that come chunk by chunk, and whether some were missing."""

    def __init__(self) -> None:
        self.moments = Moments(1)
        self.low, self.high = math.inf, -math.inf
        self.missing = False

    def add(self, x: Array) -> None:
        """Take in more numbers (rows,), NaN where missing."""
        known = x[~np.isnan(x)]
        self.missing |= len(known) < len(x)
        if len(known):
            self.moments.add(known[:, np.newaxis])
            self.low = min(self.low, float(known.min()))
            self.high = max(self.high, float(known.max()))

    @property
    def range(self) -> tuple[float, float] | tuple[None, None]:
        """The least and the most, None where all are missing."""
        return (self.low, self.high) if self.moments.count else (None, None)

    def learnt(self) -> dict[str, Any]:
        """Return mean, deviation (1 where all numbers are the same) and missing."""
        if not self.moments.count:
            return {"mean": 0.0, "deviation": 1.0, "missing": True}
        mean, variance = float(self.moments.mean[0]), float(self.moments.variance[0])
        # Rounding of the mean leaves a constant some variance, and may take that of two neighbours.
        varies = self.low < self.high and variance > 0.0
        deviation = math.sqrt(variance) if varies else 1.0
        return {"mean": mean, "deviation": deviation, "missing": self.missing}


class NumberLearner:
    """Learns a :class:`Number`."""

    def __init__(self, name: str, style: str = values.PLAIN, unit: str = "") -> None:
        self.name, self.style, self.unit, self.spread = name, style, unit, Spread()
        self.some = Thinned()

    def add(self, chunk: Chunk) -> None:
        """Take in more training rows."""
        x = number_array(chunk, self.name, self.style, self.unit)
        self.spread.add(x)
        self.some.add(x[~np.isnan(x)])

    @property
    def limits(self) -> Limits | None:
        """Between which numbers are not absurdly far from the others; None where none are."""
        if not len(self.some.kept):
            return None
        return limits_of(self.some.kept, self.spread.learnt()["deviation"])

    def learnt(self) -> Number:
        """Return the column."""
        least, most = self.spread.range
        learnt = self.spread.learnt()
        return Number(self.name, style=self.style, unit=self.unit, least=least, most=most, **learnt)


class BoundedLearner:
    """Learns a :class:`Number` again, of those numbers that lie between limits."""

    def __init__(self, whole: NumberLearner, limits: Limits) -> None:
        self.whole, self.limits = whole, limits
        self.inner = Spread()
        self.far: Array = np.empty(0)
        """Those numbers that do not."""

    def add(self, chunk: Chunk) -> None:
        """Take in more training rows."""
        x = number_array(chunk, self.whole.name, self.whole.style, self.whole.unit)
        x = x[~np.isnan(x)]
        held = self.limits.hold(x)
        self.inner.add(x[held])
        self.far = np.append(self.far, x[~held])

    @property
    def few(self) -> bool:
        """Whether so few numbers are beyond the limits that they are mistakes."""
        count = int(self.whole.spread.moments.count)
        return len(self.far) <= max(1.0, FEW * count)

    def learnt(self) -> Number:
        """Return the column; as it was where many numbers lie beyond."""
        number = self.whole.learnt()
        if not self.few:
            return number
        least, most = self.inner.range
        learnt = {**self.inner.learnt(), "missing": number.missing}
        return replace(number, least=least, most=most, bounded=True, **learnt)


class CategoryLearner:
    """Learns a :class:`Category`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.counts: Counter[str] = Counter()
        self.missing = False
        self.forgotten = False

    def add(self, chunk: Chunk) -> None:
        """Take in more training rows."""
        cells = values.texts(chunk.frame[self.name])
        self.missing |= cells.null_count() > 0
        found = cells.drop_nulls().value_counts(name="rows")
        self.counts.update(dict(zip(found[self.name], found["rows"], strict=True)))
        if len(self.counts) > MOST_COUNTED:
            self.counts = Counter(dict(by_frequency(self.counts)[: MOST_COUNTED // 2]))
            self.forgotten = True

    def learnt(self) -> Category:
        """Return the column; where all categories are rare the most frequent ones are kept."""
        ordered = by_frequency(self.counts)
        kept = [level for level, count in ordered[:MOST_LEVELS] if count >= RARE]
        if not kept:
            kept = [level for level, _ in ordered[:MOST_LEVELS]]
        other = self.forgotten or len(kept) < len(ordered)
        return Category(self.name, tuple(sorted(kept)), other, self.missing or not kept)


class DateLearner:
    """Learns a :class:`Date`."""

    def __init__(self, name: str, order: str = dates.YMD) -> None:
        self.name, self.order, self.year = name, order, Spread()
        self.ranges = dict.fromkeys(PARTS, (math.inf, -math.inf))
        self.ends: Array = np.empty(0, "M8[us]")
        """The first and the last date."""

    def add(self, chunk: Chunk) -> None:
        """Take in more training rows."""
        moments = date_column(chunk, self.name, self.order)
        self.year.add(values.array(year_of(moments)))
        known = moments.drop_nulls().to_numpy().astype("M8[us]")
        if len(known):
            self.ends = np.array([*self.ends, known.min(), known.max()])
            self.ends = np.array([self.ends.min(), self.ends.max()])
        for part, (low, high) in self.ranges.items():
            x = share_of_round(moments, part).drop_nulls().to_numpy()
            if len(x):
                self.ranges[part] = min(low, float(x.min())), max(high, float(x.max()))

    def learnt(self) -> Date:
        """Return the column."""
        parts = tuple(part for part, (low, high) in self.ranges.items() if low < high)
        least, most = map(str, self.ends) if len(self.ends) else (None, None)
        learnt = self.year.learnt()
        return Date(self.name, parts=parts, order=self.order, least=least, most=most, **learnt)


Learner = NumberLearner | CategoryLearner | DateLearner


def by_frequency(counts: Counter[str]) -> list[tuple[str, int]]:
    """Return texts with their counts, the most frequent first, in the order of the alphabet."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


# -- to and from a model's file


def get_config(column: Column) -> Config:
    """Return the column as JSON holds it."""
    config = {"kind": column.kind, **asdict(column)}
    if not config.get("bounded", True):
        del config["bounded"]
    return config


def from_config(config: Any) -> Column:
    """Return the column of a configuration; ValueError, TypeError or KeyError where it is none."""
    arguments = dict(config)
    kind = {"number": Number, "category": Category, "date": Date}[arguments.pop("kind")]
    expected = {
        **dict.fromkeys(("name", "style", "unit", "order"), str),
        **dict.fromkeys(("missing", "other", "bounded"), bool),
    }
    for name, value in arguments.items():
        if name in ("least", "most"):
            if not (value is None or isinstance(value, str) == (kind is Date)):
                raise TypeError(message("{name} is {value!r}", name=name, value=value))
            arguments[name] = float(value) if kind is Number and value is not None else value
        elif name in ("mean", "deviation"):
            arguments[name] = float(value)
        elif name in ("levels", "parts"):
            if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
                raise TypeError(message("{name} is no list of texts", name=name))
            arguments[name] = tuple(value)
        elif not isinstance(value, expected.get(name, ())):
            raise TypeError(message("{name} is {value!r}", name=name, value=value))
    column: Column = kind(**arguments)
    column.check()
    return column
