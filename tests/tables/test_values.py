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


@pytest.mark.parametrize("unit", values.UNITS)
@pytest.mark.parametrize("form", ["{n}{u}", "{n} {u}", "{u}{n}", "{u} {n}"])
def test_numbers_are_read_beside_their_unit(unit, form):
    written = pl.Series([form.format(n=f"{n:,}", u=unit) for n in (1200, 7, 1_000_000)])
    assert values.unit(written) == unit
    assert values.numbers(written, values.GROUPED, unit).to_list() == [1200.0, 7.0, 1e6]


def test_a_sign_stands_before_the_unit_or_behind_it():
    written = pl.Series(["-$5", "$-5", "+$1.5", "--$5", "-$-5"])
    assert values.numbers(written, values.PLAIN, "$").to_list() == [-5.0, -5.0, 1.5, None, None]


@pytest.mark.parametrize("cells", [["$5", "€5"], ["$5", "5"], ["5", "6"], ["a%", "b%"], ["12A"]])
def test_cells_without_one_unit_have_none(cells):
    assert values.unit(pl.Series(cells)) == ""


def test_euros_are_read_with_a_decimal_comma():
    written = pl.Series(["1.234,56 €", "7,5 €"])
    assert values.numbers(written, values.DECIMAL_COMMA, "€").to_list() == [1234.56, 7.5]


def test_codes_are_digits_with_a_zero_before_them():
    cells = pl.Series(["007", "0", "0.5", "70", "00", "0a", None])
    assert values.codes(cells).to_list() == [True, False, False, False, True, False, False]


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
