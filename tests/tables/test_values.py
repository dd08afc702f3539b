import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak.tables import values

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=64)


@settings(max_examples=30)
@given(st.lists(FINITE, min_size=1))
def test_numbers_are_read_as_python_reads_them(numbers):
    assert values.numbers(pl.Series([repr(n) for n in numbers])).to_list() == numbers


@settings(max_examples=30)
@given(st.lists(st.integers(-(10**12), 10**12), min_size=1))
def test_thousands_separators_are_those_that_python_writes(numbers):
    written = pl.Series([f"{n:,}" for n in numbers])
    assert values.numbers(written, values.GROUPED).to_list() == numbers


@settings(max_examples=30)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=1))
def test_a_decimal_comma_is_read_with_points_between_thousands_or_without(hundredths):
    plain = [f"{n / 100:.2f}".replace(".", ",") for n in hundredths]
    grouped = [
        f"{n / 100:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".") for n in hundredths
    ]
    for written in (plain, grouped):
        read = values.numbers(pl.Series(written), values.DECIMAL_COMMA).to_list()
        assert read == [n / 100 for n in hundredths]


@pytest.mark.parametrize("text", ["1,23", "1,2345", "12,", ",5", "abc", "1,234,56"])
def test_commas_in_other_places_are_no_thousands(text):
    assert values.numbers(pl.Series([text]), values.GROUPED).to_list() == [None]


@settings(max_examples=30)
@given(st.lists(st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2300, 1, 1)), min_size=1))
def test_datetimes_are_read_as_python_writes_them(moments):
    assert values.dates(pl.Series([m.isoformat() for m in moments])).to_list() == moments


@settings(max_examples=30)
@given(st.lists(st.dates(dt.date(1000, 1, 1), dt.date(2999, 1, 1)), min_size=1))
def test_dates_are_read_as_python_writes_them(days):
    assert values.dates(pl.Series([d.isoformat() for d in days])).dt.date().to_list() == days


@pytest.mark.parametrize("zone", ["Z", "+00:00", "+0000", " +00:00"])
def test_a_zone_is_taken_to_utc(zone):
    moment = dt.datetime(2024, 2, 29, 12, 30)
    assert values.dates(pl.Series([f"2024-02-29T12:30:00{zone}"])).to_list() == [moment]
    assert values.dates(pl.Series(["2024-02-29 21:30+09:00"])).to_list() == [moment]


@pytest.mark.parametrize("text", ["2024-02-30", "2024-13-01", "24-01-01", "12:30", "2024"])
def test_what_is_no_day_is_no_date(text):
    assert values.dates(pl.Series([text])).to_list() == [None]


def test_typed_columns_become_what_a_csv_file_would_say():
    frame = pl.DataFrame(
        {
            "flag": [True, None],
            "small": pl.Series([1, 2], dtype=pl.Int8),
            "price": pl.Series(["1.50", "2.00"]).cast(pl.Decimal(10, 2)),
            "ratio": [float("nan"), 1.0],
            "day": [dt.date(2024, 1, 2), None],
            "sort": pl.Series(["a", "NA"], dtype=pl.Categorical),
            "moment": pl.Series([dt.datetime(2024, 1, 1, 9)] * 2).dt.replace_time_zone(
                "Asia/Seoul"
            ),
        }
    )
    read = values.canonical(frame)
    assert read.dtypes == [
        *(pl.String, pl.Int64, pl.Float64, pl.Float64, pl.Datetime("us"), pl.String),
        pl.Datetime("us"),
    ]
    assert read["flag"].to_list() == ["true", None]
    assert read["ratio"].to_list() == [None, 1.0]
    assert read["sort"].to_list() == ["a", None]
    assert read["moment"][0] == dt.datetime(2024, 1, 1, 0)


def test_what_says_nothing_is_null_in_each_column_and_blanks_go():
    frame = pl.DataFrame({"a": [" 1 ", "NA", None], "b": ["x", "y", "z "], "c": [1, 2, 3]})
    read = values.canonical(frame.with_columns(d=pl.lit("?")), ("NA", "?"))
    assert read.to_dict(as_series=False) == {
        "a": ["1", None, None],
        "b": ["x", "y", "z"],
        "c": [1, 2, 3],
        "d": [None, None, None],
    }
    assert values.canonical(pl.DataFrame({"c": [1]})).to_dict(as_series=False) == {"c": [1]}


def test_a_number_that_is_written_as_none_is_none_in_every_style():
    for style in values.STYLES:
        read = values.numbers(pl.Series(["1", "+nan", "-NaN", "x", None]), style)
        assert read.to_list() == [1.0, None, None, None, None]
