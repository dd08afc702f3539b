"""What columns hold."""

import numpy as np
import polars as pl
import pytest

from badak.tables.columns import Category, Date, Number
from badak.tables.frames import FrameTable
from badak.tables.reporting import holdings as module
from badak.tables.reporting.holdings import holdings


def held(column, cells):
    [found] = holdings([column], FrameTable(pl.DataFrame({column.name: cells})).chunks())
    return found


def test_numbers_have_their_range_their_median_and_their_gaps():
    found = held(Number("n", 0.0, 1.0), [3.0, None, -1.0, 2.0])
    assert (found.rows, found.missing) == (4, 1)
    assert found.in_words() == "−1 to 3, median 2"
    assert found.bars.sum() == 3


def test_a_unit_and_thousands_are_read_as_the_model_reads_them():
    found = held(Number("n", 0.0, 1.0, style="grouped", unit="원"), ["1,000원", "12,000원"])
    assert (found.low, found.high) == (1000.0, 12000.0)


def test_dates_are_days_unless_they_have_hours():
    days = held(Date("d", 2020.0, 1.0, parts=("month",)), ["2020-01-01", "2020-01-04", None])
    assert days.in_words() == "2020-01-01 to 2020-01-04, median 2020-01-02"
    assert days.missing == 1
    hours = held(Date("d", 2020.0, 1.0, parts=("hour",)), ["2020-01-01 06:00", "2020-01-01 18:00"])
    assert hours.in_words() == "2020-01-01 06:00 to 2020-01-01 18:00, median 2020-01-01 12:00"


def test_categories_have_the_most_frequent_first():
    found = held(Category("c", ("a",)), ["b", "a", "b", "c", "d", None])
    assert found.in_words() == "4 categories: b 40%, a 20%, c 20%, …"
    assert found.bars.tolist() == [2, 1, 1, 1]


@pytest.mark.parametrize("column", [Number("n", 0.0, 1.0), Category("n", ()), Date("n", 0.0, 1.0)])
def test_a_column_without_values_holds_nothing(column):
    found = held(column, pl.Series([None, None], dtype=pl.String))
    assert found.in_words() == "nothing"
    assert (found.missing, len(found.bars)) == (2, 0)


def test_of_many_values_the_median_is_of_an_even_part_and_the_range_of_all(monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 100)
    x = np.arange(10_001.0)
    found = held(Number("n", 0.0, 1.0), x)
    assert (found.low, found.high) == (0.0, 10_000.0)
    assert sum(map(len, found._kept)) <= 100
    assert float(np.median(np.concatenate(found._kept))) == pytest.approx(5000.0, rel=0.02)
