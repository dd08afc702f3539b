"""Dates as people write them, in the order of year, month and day that a column keeps."""

import polars as pl

from badak._common.language import marked

YMD, DMY, MDY = "ymd", "dmy", "mdy"
ORDERS = (YMD, DMY, MDY)
IN_WORDS = {YMD: marked("year first"), DMY: marked("day first"), MDY: marked("month first")}
EXAMPLES = {
    YMD: marked("2024-02-29, 2024. 2. 29. or 2024-02-29 12:30"),
    DMY: marked("29/02/2024 or 29.02.2024 12:30"),
    MDY: marked("02/29/2024 or 2/29/2024 12:30 PM"),
}

_ISO = (
    r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?$"
)
_TIME = (
    r"(?:[T ] ?(?:(오전|오후|[AP]M) ?)?(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?: ?([AaPp][Mm]))?)?$"
)
_YEAR, _PART = r"(\d{4})", r"(\d{1,2})"
_FORMS = {
    YMD: (
        rf"^{_YEAR}[-/]{_PART}[-/]{_PART}{_TIME}",
        rf"^{_YEAR}\. ?{_PART}\. ?{_PART}\.?{_TIME}",
        rf"^{_YEAR}년 ?{_PART}월 ?{_PART}일{_TIME}",
    ),
    **{
        order: tuple(rf"^{_PART}{mark}{_PART}{mark}{_YEAR}{_TIME}" for mark in ("/", "-", r"\. ?"))
        for order in (DMY, MDY)
    },
}
"""Other ways than ISO's: three parts of a date, and a time with its half of the day."""
_BEGINNING = r"^\d{1,4}[-/.년]"
_PLACES = {YMD: "${1}-${2}-${3}", DMY: "${3}-${2}-${1}", MDY: "${3}-${1}-${2}"}
_HALVES = {"오전": "AM", "오후": "PM", "am": "AM", "pm": "PM", "Am": "AM", "Pm": "PM"}

_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f")
_HALVED = ("%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S%.f %p")


def dates(column: pl.Series, order: str = YMD) -> pl.Series:
    """Return datetimes in microseconds, with a time or not; a zone is taken to UTC.

    >>> dates(pl.Series(["2024-02-29", "2024. 3. 1. 12:30", "2024-02-30"])).dt.day().to_list()
    [29, 1, None]
    >>> dates(pl.Series(["03/01/2024", "3/1/2024 3:30 PM"]), MDY).dt.month().to_list()
    [3, 3]
    """
    if column.dtype == pl.Datetime:
        return column
    found = pl.Series(column.name, [None] * len(column), pl.Datetime("us"))
    if column.dtype != pl.String:
        return found
    iso = column.str.contains(_ISO).fill_null(False)
    if order == YMD and iso.any():
        found = _iso(column.set(~iso, None))
    others = column.set(iso, None) if iso.any() else column
    if others.null_count() == len(others):
        return found
    for form in _FORMS[order]:
        fits = others.str.contains(form).fill_null(False)
        if fits.any():
            parts = others.set(~fits, None).str.replace(form, _PLACES[order] + " ${5} ${4}${6}")
            plain = parts.str.strip_chars().str.replace_many(_HALVES)
            found = found.zip_with(found.is_not_null(), _parsed(plain, (*_FORMATS, *_HALVED)))
    return found


def may_be_dates(column: pl.Series) -> bool:
    """Whether a cell begins as a date does in any order; tells soon that texts are none."""
    return column.dtype == pl.String and bool(column.str.contains(_BEGINNING).any())


def is_iso(text: str) -> bool:
    """Whether a date is written as ISO 8601 has it, or with slashes."""
    return bool(pl.Series([text]).str.contains(_ISO).all())


def _iso(texts: pl.Series) -> pl.Series:
    texts = texts.str.replace_all("/", "-", literal=True).str.replace("T", " ", literal=True)
    zoned = texts.str.contains(r"(Z|[+-]\d{2}:?\d{2})$") & texts.str.contains(":", literal=True)
    found = pl.Series(texts.name, [None] * len(texts), pl.Datetime("us"))
    if zoned.any():
        known = texts.set(~zoned.fill_null(False), None).str.replace(r" ?Z$", "+0000")
        known = known.str.replace(r" ?([+-]\d{2}):?(\d{2})$", "$1$2")
        known = known.str.replace(r"( \d{1,2}:\d{2})([+-])", "$1:00$2")
        moments = known.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%z", time_unit="us", strict=False)
        found = moments.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        texts = texts.set(zoned.fill_null(False), None)
    return found.zip_with(found.is_not_null(), _parsed(texts, _FORMATS))


def _parsed(texts: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    found = pl.Series(texts.name, [None] * len(texts), pl.Datetime("us"))
    for form in formats:
        moments = texts.str.to_datetime(form, time_unit="us", strict=False)
        found = found.zip_with(found.is_not_null(), moments)
    return found
