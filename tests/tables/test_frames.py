"""Tables in memory: the same cells as from a file, whatever library holds them."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from badak.errors import InputError
from badak.tables import frames, open_table
from badak.tables.frames import FrameTable

ROWS = {"n": [1.5, None, -2.0], "k": [3, 4, None], "text": ["a", None, "NA"], "day": [None, 1, 2]}
DAYS = [None, datetime.datetime(2024, 2, 29), datetime.datetime(2024, 3, 1, 12)]


def cells(table):
    return [row for chunk in table.chunks() for row in chunk.frame.rows()]


@pytest.fixture
def plain():
    return pl.DataFrame({**ROWS, "day": DAYS})


def held_by(library, plain):
    as_pandas = pd.DataFrame({**ROWS, "day": DAYS})
    return {
        "polars": plain,
        "pyarrow": plain.to_arrow(),
        "pandas": as_pandas,
        "nullable": as_pandas.convert_dtypes(),
        "arrow-backed": pd.DataFrame(plain.to_arrow().to_pandas(types_mapper=pd.ArrowDtype)),
        "objects": as_pandas.astype(object),
        "categorical": as_pandas.astype({"text": "category"}),
    }[library]


@pytest.mark.parametrize(
    "library",
    ["polars", "pyarrow", "pandas", "nullable", "arrow-backed", "objects", "categorical"],
)
def test_cells_are_those_of_the_same_table_in_a_file(library, plain, tmp_path):
    plain.write_parquet(tmp_path / "t.parquet")
    expected = cells(open_table(tmp_path / "t.parquet"))
    found = cells(FrameTable(held_by(library, plain)))
    if library == "objects":  # where dates are texts
        expected = [(*row[:3], row[3] and str(row[3])) for row in expected]
    assert found == expected


def test_an_array_of_numbers_or_objects_is_a_table_too():
    assert cells(FrameTable(np.array([[1.0, np.nan]]))) == [(1.0, None)]
    mixed = np.array([["a", 1], [None, 2.5]], dtype=object)
    assert cells(FrameTable(mixed)) == [("a", 1.0), (None, 2.5)]


def test_large_tables_come_in_chunks_with_the_places_of_their_rows(monkeypatch):
    monkeypatch.setattr(frames, "ROWS", 2)
    chunks = list(FrameTable(pl.DataFrame({"n": [1, 2, 3]})).chunks())
    assert [chunk.frame["n"].to_list() for chunk in chunks] == [[1, 2], [3]]
    assert chunks[1].place(0) == "the table, row 3"


def test_what_is_no_table_is_refused():
    with pytest.raises(InputError, match="the table has no rows"):
        FrameTable(pl.DataFrame({"n": []}))
    with pytest.raises(InputError, match="more than one column 'a'"):
        FrameTable(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(InputError, match=r"of shape \(rows, columns\), not \(2,\)"):
        FrameTable(np.array([1.0, 2.0]))


def test_one_column_is_no_table():
    with pytest.raises(InputError, match="a column, not a table"):
        FrameTable(pd.Series([1, 2]))


def test_columns_of_numbers_by_name_become_texts():
    assert FrameTable(pd.DataFrame(np.eye(2))).columns == ["0", "1"]
    assert FrameTable(pa.table({"a": [1]})).columns == ["a"]
