"""What a cell says: nothing, a number, a date or a text.

Each function takes a column as :class:`badak.tables.reading.Chunk` holds it and gives null where a
cell says nothing of the kind.
"""

import math

import polars as pl

from badak.typing import Array

MISSING = ("", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "Null", "null", "?")
"""Texts that say that there is no value, blanks around them left out."""

PLAIN, GROUPED, DECIMAL_COMMA = "plain", "grouped", "decimal comma"
STYLES = (PLAIN, GROUPED, DECIMAL_COMMA)
"""How numbers are written: 1234.5; 1,234.5 as well; 1234,5 or 1.234,5. The first to fit holds."""

_GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
_DECIMAL_COMMA = r"^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$"
_DATE = (
    r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?$"
)
_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f")

INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)
"""Types that int64 holds; larger ones become float64."""

Names = tuple[str, ...]


def canonical(frame: pl.DataFrame, missing: Names = MISSING) -> pl.DataFrame:
    """Return the table in few types: text, integers, floats, datetimes without a zone (UTC).

    Blanks around texts go, and what says that there is no value becomes null, NaN included.
    Columns of other types (lists, binary, ...) stay as they are.
    """
    frame = frame.with_columns(_canonical(column) for column in frame if column.dtype != pl.String)
    texts = pl.col(pl.String)  # all at once: a thousand columns are no thousand calls of Polars
    frame = frame.with_columns(texts.str.strip_chars())
    nothing = frame.select(texts.is_in(list(missing)).any())
    found = [name for name, any_nothing in nothing.to_dict().items() if any_nothing.item()]
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


def is_readable(column: pl.Series) -> bool:
    """Whether the column holds values of one kind, not lists or bytes or the like."""
    return column.dtype in (pl.String, pl.Int64, pl.Float64, pl.Datetime)


def numbers(column: pl.Series, style: str = PLAIN) -> pl.Series:
    """Return float64.

    >>> numbers(pl.Series(["1,234.5", "7", "red", None]), GROUPED).to_list()
    [1234.5, 7.0, None, None]
    """
    if column.dtype.is_numeric():
        return column.cast(pl.Float64)
    if column.dtype != pl.String:
        return pl.Series(column.name, [None] * len(column), pl.Float64)
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


def dates(column: pl.Series) -> pl.Series:
    """Return datetimes in microseconds: ISO dates, with a time or not; a zone is taken to UTC.

    >>> dates(pl.Series(["2024-02-29", "2024/3/1 12:30", "2024-02-30"])).dt.day().to_list()
    [29, 1, None]
    """
    if column.dtype == pl.Datetime:
        return column
    if column.dtype != pl.String:
        return pl.Series(column.name, [None] * len(column), pl.Datetime("us"))
    texts = column.set(~column.str.contains(_DATE).fill_null(False), None)
    texts = texts.str.replace_all("/", "-", literal=True).str.replace("T", " ", literal=True)
    zoned = texts.str.contains(r"(Z|[+-]\d{2}:?\d{2})$") & texts.str.contains(":", literal=True)
    found = pl.Series(column.name, [None] * len(column), pl.Datetime("us"))
    if zoned.any():
        known = texts.set(~zoned.fill_null(False), None).str.replace(r" ?Z$", "+0000")
        known = known.str.replace(r" ?([+-]\d{2}):?(\d{2})$", "$1$2")
        known = known.str.replace(r"( \d{1,2}:\d{2})([+-])", "$1:00$2")
        moments = known.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%z", time_unit="us", strict=False)
        found = moments.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        texts = texts.set(zoned.fill_null(False), None)
    for form in _FORMATS:
        moments = texts.str.to_datetime(form, time_unit="us", strict=False)
        found = found.zip_with(found.is_not_null(), moments)
    return found


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
