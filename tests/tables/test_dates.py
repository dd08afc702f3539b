import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak.tables import dates


@settings(max_examples=30)
@given(st.lists(st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2300, 1, 1)), min_size=1))
def test_datetimes_are_read_as_python_writes_them(moments):
    assert dates.dates(pl.Series([m.isoformat() for m in moments])).to_list() == moments


@settings(max_examples=30)
@given(st.lists(st.dates(dt.date(1000, 1, 1), dt.date(2999, 1, 1)), min_size=1))
def test_dates_are_read_as_python_writes_them(days):
    assert dates.dates(pl.Series([d.isoformat() for d in days])).dt.date().to_list() == days


@pytest.mark.parametrize("zone", ["Z", "+00:00", "+0000", " +00:00"])
def test_a_zone_is_taken_to_utc(zone):
    moment = dt.datetime(2024, 2, 29, 12, 30)
    assert dates.dates(pl.Series([f"2024-02-29T12:30:00{zone}"])).to_list() == [moment]
    assert dates.dates(pl.Series(["2024-02-29 21:30+09:00"])).to_list() == [moment]


@pytest.mark.parametrize("text", ["2024-02-30", "2024-13-01", "24-01-01", "12:30", "2024"])
def test_what_is_no_day_is_no_date(text):
    assert dates.dates(pl.Series([text])).to_list() == [None]


DAY = dt.date(2024, 3, 1)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2024.03.01", dates.YMD),
        ("2024. 3. 1.", dates.YMD),
        ("2024. 3. 1", dates.YMD),
        ("2024년 3월 1일", dates.YMD),
        ("2024년03월01일", dates.YMD),
        ("01/03/2024", dates.DMY),
        ("1.3.2024", dates.DMY),
        ("1. 3. 2024", dates.DMY),
        ("01-03-2024", dates.DMY),
        ("03/01/2024", dates.MDY),
        ("3/1/2024", dates.MDY),
    ],
)
@pytest.mark.parametrize(
    ("time", "hour"),
    [("", 0), (" 15:30", 15), (" 15:30:00", 15), (" 3:30 PM", 15), (" 3:30:00 am", 3)],
)
def test_a_day_is_the_same_however_it_is_written(text, order, time, hour):
    [moment] = dates.dates(pl.Series([text + time]), order)
    assert moment == dt.datetime.combine(DAY, dt.time(hour, 30 if time else 0))


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2024-03-01 오후 3:24:00", 15), ("2024. 3. 1. 오전 9:24", 9), ("2024-03-01 오전 12:24", 0)],
)
def test_halves_of_the_day_are_read_as_a_korean_excel_writes_them(text, hour):
    assert dates.dates(pl.Series([text])).to_list() == [dt.datetime(2024, 3, 1, hour, 24)]


@settings(max_examples=30)
@given(st.lists(st.dates(dt.date(1000, 1, 1), dt.date(2999, 1, 1)), min_size=1))
def test_days_are_read_as_python_writes_them_in_each_order(days):
    for order, form in ((dates.YMD, "%Y.%m.%d"), (dates.DMY, "%d/%m/%Y"), (dates.MDY, "%m/%d/%Y")):
        written = pl.Series([day.strftime(form).rjust(10, "0") for day in days])
        assert dates.dates(written, order).dt.date().to_list() == days


@pytest.mark.parametrize("order", dates.ORDERS)
@pytest.mark.parametrize(
    "text",
    ["31/31/2024", "2024.02.30", "1/2.2024", "2024년 3월", "3/1/24", "red", "2024-03-01 오후"],
)
def test_what_is_no_day_is_no_date_in_any_order(text, order):
    assert dates.dates(pl.Series([text]), order).to_list() == [None]


def test_moments_of_a_typed_column_are_taken_as_they_are_in_any_order():
    moments = pl.Series([dt.datetime(2024, 3, 1)])
    assert dates.dates(moments, dates.MDY).to_list() == moments.to_list()
