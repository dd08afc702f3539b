"""What a cell says: nothing, a number, a date or a text.

Each function takes a column as :class:`badak.tables.reading.Chunk` holds it and gives null where a
cell says nothing of the kind.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable

import polars as pl

from badak.typing import Array

MISSING = ("", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "Null", "null", "?")
"""Texts that say that there is no value, blanks around them left out."""

PLAIN, GROUPED, DECIMAL_COMMA = "plain", "grouped", "decimal comma"
STYLES = (PLAIN, GROUPED, DECIMAL_COMMA)
"""How numbers are written: 1234.5; 1,234.5 as well; 1234,5 or 1.234,5. The first to fit holds."""

_GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
_DECIMAL_COMMA = r"^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$"
_CODE = r"^0\d+$"

UNITS = (
    *(
        "%",
        "원",
        "천원",
        "만원",
        "백만원",
        "억원",
        "₩",
        "￦",
        "\\",
        "달러",
        "$",
        "US$",
        "유로",
        "€",
    ),
    *("엔", "円", "¥", "£", "위안", "元", "KRW", "USD", "EUR", "JPY", "GBP", "CNY"),
)
"""What may stand before or behind the numbers of a column: percent and money. The backslash is the
sign of the won where a text was written in CP949."""
_DIGITS = r"\d[\d.,]*"
_ANY_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_UNIT = rf"^(?:[+-]?({_ANY_UNIT})\s?[+-]?{_DIGITS}|[+-]?{_DIGITS}\s?({_ANY_UNIT}))$"

INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)
"""Types that int64 holds; larger ones become float64."""

Names = tuple[str, ...]


Words = dict[str, pl.Series]
"""By the columns' names the texts that were taken for a missing value, in the rows' order."""


def canonical(
    frame: pl.DataFrame, missing: Names = MISSING, words: Words | None = None
) -> pl.DataFrame:
    """Return the table in few types: text, integers, floats, datetimes without a zone (UTC).

    Blanks around texts go, and what says that there is no value becomes null, NaN included; its
    texts go into `words`. Columns of other types (lists, binary, ...) stay as they are.
    """
    frame = frame.with_columns(_canonical(column) for column in frame if column.dtype != pl.String)
    texts = pl.col(pl.String)  # all at once: a thousand columns are no thousand calls of Polars
    frame = frame.with_columns(texts.str.strip_chars())
    nothing = frame.select(texts.is_in(list(missing)).any())
    found = [name for name, any_nothing in nothing.to_dict().items() if any_nothing.item()]
    if words is not None:
        for name in found:
            words[name] = frame[name].filter(frame[name].is_in(list(missing)))
    here = pl.col(found)
    return frame.with_columns(pl.when(~here.is_in(list(missing))).then(here)) if found else frame


def _canonical(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if kind == pl.Boolean or kind in (pl.Categorical, pl.Enum, pl.Null):
        return column.cast(pl.String)
    if kind == pl.Date:
        return column.cast(pl.Datetime("us"))
    if kind == pl.Datetime:
        if column.dtype.time_zone is not None:  # type: ignore[attr-defined]
            column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return column.cast(pl.Datetime("us"))
    if kind in INTEGERS:
        return column.cast(pl.Int64)
    if kind.is_numeric():
        return column.cast(pl.Float64).fill_nan(None)
    return column


def texts_for_missing(given: Iterable[str]) -> Names:
    """Return the texts that say that there is no value: those given, and that of an empty cell.

    >>> texts_for_missing([" - ", "none"])
    ('', '-', 'none')
    """
    return tuple(dict.fromkeys(("", *(text.strip() for text in given))))


def is_readable(column: pl.Series) -> bool:
    """Whether the column holds values of one kind, not lists or bytes or the like."""
    return column.dtype in (pl.String, pl.Int64, pl.Float64, pl.Datetime)


def numbers(column: pl.Series, style: str = PLAIN, unit: str = "") -> pl.Series:
    """Return float64: how many of a unit, where the texts are to have one.

    >>> numbers(pl.Series(["1,234.5", "7", "red", None]), GROUPED).to_list()
    [1234.5, 7.0, None, None]
    >>> numbers(pl.Series(["$1,200", "-$7", "1200"]), GROUPED, "$").to_list()
    [1200.0, -7.0, None]
    """
    if column.dtype.is_numeric():
        return column.cast(pl.Float64)
    if column.dtype != pl.String:
        return pl.Series(column.name, [None] * len(column), pl.Float64)
    if unit:
        column = _without(column, unit)
    if style == GROUPED:
        without = column.str.replace_all(",", "", literal=True)
        column = without.zip_with(column.str.contains(_GROUPED).fill_null(False), column)
    elif style == DECIMAL_COMMA:
        fits = column.str.contains(_DECIMAL_COMMA)
        if not fits.any():
            return pl.Series(column.name, [None] * len(column), pl.Float64)
        column = column.set(~fits, None).str.replace_all(".", "", literal=True)
        column = column.str.replace(",", ".", literal=True)
    found = column.cast(pl.Float64, strict=False)
    return found.fill_nan(None) if math.isnan(found.sum()) else found


def _without(column: pl.Series, unit: str) -> pl.Series:
    """Return the texts of numbers without their unit, null where they have another or none."""
    own = re.escape(unit)
    before, behind = rf"^([+-]?){own}\s?([+-]?{_DIGITS})$", rf"^([+-]?{_DIGITS})\s?{own}$"
    fits = column.str.contains(f"{before}|{behind}").fill_null(False)
    bare = column.set(~fits, None)
    return bare.str.replace(before, "${1}${2}").str.replace(behind, "${1}")


def units(column: pl.Series) -> Counter[str]:
    """Return how many cells are digits with each of the units.

    >>> units(pl.Series(["1,000원", "2,500원", "$7", "red"]))
    Counter({'원': 2, '$': 1})
    """
    if column.dtype != pl.String or not column.str.contains(_UNIT).any():
        return Counter()
    parts = column.str.extract_groups(_UNIT)
    found = pl.coalesce(parts.struct.field("1"), parts.struct.field("2"))
    counted = pl.select(found.alias("unit")).drop_nulls().to_series().value_counts(sort=True)
    return Counter(dict(counted.iter_rows()))


def unit(column: pl.Series) -> str:
    """Return the unit that all cells have, "" where they have none or several."""
    counted = units(column)
    [[most, count]] = counted.most_common(1) or [("", 0)]
    return most if count == len(column) else ""


def codes(column: pl.Series) -> pl.Series:
    """Return which cells are digits with a zero before them, such as 007: no number has it."""
    if column.dtype != pl.String:
        return pl.Series(column.name, [False] * len(column), pl.Boolean)
    return column.str.contains(_CODE).fill_null(False)


def texts(column: pl.Series) -> pl.Series:
    """Return texts; a float that is a whole number is written as one, as CSV files have it.

    >>> texts(pl.Series([1.0, 2.5, None])).to_list()
    ['1', '2.5', None]
    """
    if column.dtype == pl.Float64:
        whole = (column == column.floor()) & (column.abs() < 2.0**53)
        written = column.set(~whole.fill_null(False), None).cast(pl.Int64).cast(pl.String)
        return written.zip_with(written.is_not_null(), column.cast(pl.String))
    return column.cast(pl.String)


def array(column: pl.Series) -> Array:
    """Return float64 (rows,), NaN for null."""
    return column.to_numpy()
