import csv
import gzip
import io
import os

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak.errors import FileFormatError, InputError
from badak.tables import delimited, open_table
from badak.tables.values import MISSING

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=8)


def rows_of(table):
    return [row for chunk in table.chunks() for row in chunk.frame.rows()]


@settings(max_examples=40)
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=20),
    separator=st.sampled_from(delimited.SEPARATORS),
    ending=st.sampled_from(["\n", "\r\n"]),
    block=st.integers(1, 200),
)
def test_rows_are_those_that_the_csv_module_wrote_however_small_the_blocks(
    tmp_path_factory, rows, separator, ending, block
):
    text = io.StringIO(newline="")
    writer = csv.writer(
        text, delimiter=separator, lineterminator=ending, quoting=csv.QUOTE_NONNUMERIC
    )
    writer.writerows([("a", "b", "c"), *rows])
    path = tmp_path_factory.mktemp("csv") / "data.csv"
    path.write_bytes(text.getvalue().encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "BLOCK", block)
        read = rows_of(open_table(path))
    blank = " \t\n\x0b\x0c\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005"
    blank += "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

    def said(cell):
        cell = cell.strip(blank)
        return None if cell in MISSING else cell

    def stripped(cell):
        return None if cell is None else cell.strip(blank)

    assert [tuple(map(stripped, row)) for row in read] == [tuple(map(said, row)) for row in rows]


def test_lines_are_counted_through_quoted_newlines_and_empty_lines(write):
    path = write('a,b\n\n1,"two\nlines"\n\n3,4\n')
    [chunk] = open_table(path).chunks()
    assert chunk.frame.rows() == [("1", "two\nlines"), ("3", "4")]
    assert chunk.places.tolist() == [3, 6]
    assert chunk.place(1) == "data.csv, line 6"


@pytest.mark.parametrize("row", ["1", "1,2,3", '1,"2,3",4'])
@pytest.mark.parametrize("block", [7, 2**20])
def test_a_row_with_too_few_or_too_many_fields_is_named_by_its_line(write, monkeypatch, row, block):
    monkeypatch.setattr(delimited, "BLOCK", block)
    path = write(f"a,b\n1,2\n\n3,4\n{row}\n5,6\n")
    with pytest.raises(FileFormatError, match=r"data\.csv, line 5: the row has \d field"):
        rows_of(open_table(path))


def test_a_quotation_mark_that_is_not_closed_is_named_by_its_line(write):
    path = write('a,b\n1,2\n3,"4\n5,6\n')
    with pytest.raises(FileFormatError, match=r"line 3: a row begins here that does not end"):
        rows_of(open_table(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b,a\n1,2,3\n", "columns 1 and 3 are both called 'a'"),
        ("a,b\r1,2\r", "carriage returns"),
    ],
)
def test_a_header_that_names_no_columns_is_refused(write, content, message):
    with pytest.raises((InputError, FileFormatError), match=message):
        open_table(write(content))


def test_a_header_only_is_refused(write):
    with pytest.raises(InputError, match="a header only"):
        rows_of(open_table(write("a,b\n")))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_told_by_the_header(write, separator):
    path = write(f"﻿a{separator}b\r\n1{separator}2\r\n")
    table = open_table(path)
    assert table.columns == ["a", "b"]
    assert rows_of(table) == [("1", "2")]


def test_csv_gzip_parquet_and_arrow_hold_the_same(write, tmp_path):
    frame = pl.DataFrame({"n": [1, 2, 3], "t": ["x", None, "z"]})
    frame.write_csv(tmp_path / "a.csv")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    frame.write_parquet(tmp_path / "c.parquet")
    frame.write_ipc(tmp_path / "d.arrow")
    read = [rows_of(open_table(path)) for path in sorted(tmp_path.iterdir())]
    assert read[0] == read[1] == [("1", "x"), ("2", None), ("3", "z")]
    assert read[2] == read[3] == [(1, "x"), (2, None), (3, "z")]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.csv.gz"])
def test_damaged_files_are_refused(write, name):
    with pytest.raises(FileFormatError, match=f"{name} is damaged"):
        rows_of(open_table(write(b"PAR1 no such thing", name)))


def test_a_cut_gzip_file_is_refused(write):
    whole = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)
    with pytest.raises(FileFormatError, match="damaged"):
        rows_of(open_table(write(whole[:-9], "a.csv.gz")))


def test_own_texts_may_mean_that_there_is_no_value(write):
    path = write("a,b\n-, 1\n?,2\n")
    assert rows_of(open_table(path, missing=["-"])) == [(None, "1"), ("?", "2")]
    assert rows_of(open_table(path, missing=[])) == [("-", "1"), ("?", "2")]
    assert rows_of(open_table(path)) == [("-", "1"), (None, "2")]


def test_columns_without_a_name_are_called_as_pandas_calls_them(write):
    table = open_table(write(",a,Unnamed: 2,\n1,2,3,4\n"))
    assert table.columns == ["Unnamed: 0", "a", "Unnamed: 2", "Unnamed: 3"]
    assert table.unnamed == {"Unnamed: 0", "Unnamed: 3"}
    assert open_table(write(",Unnamed: 0\n1,2\n")).columns == ["Unnamed: 0.1", "Unnamed: 0"]


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "sep=;\n"])
def test_a_first_line_for_excel_tells_the_separator(write, first):
    table = open_table(write(f"{first}\na;b,c\n1;2\n"))
    assert table.columns == ["a", "b,c"]
    assert rows_of(table) == [("1", "2")]
    assert table.remarks == ["semicolons between the fields"]


def test_a_separator_that_is_no_comma_is_told(write):
    assert open_table(write("a|b\n1|2\n")).remarks == ["bars between the fields"]
    assert open_table(write("a\tb\n1\t2\n", "a.tsv")).remarks == []
    assert open_table(write("sep=:\na:b\n1:2\n")).remarks == ["':' between the fields"]


def test_a_parquet_file_comes_in_chunks(tmp_path, monkeypatch):
    from badak.tables import binary

    monkeypatch.setattr(binary, "CELLS", 20)
    pl.DataFrame({"a": np.arange(25), "b": np.arange(25)}).write_parquet(tmp_path / "a.parquet")
    chunks = list(open_table(tmp_path / "a.parquet").chunks())
    assert [len(chunk) for chunk in chunks] == [10, 10, 5]
    assert chunks[2].place(0) == "a.parquet, row 21"
    assert np.concatenate([c.frame["a"].to_numpy() for c in chunks]).tolist() == list(range(25))


def test_a_header_that_a_stray_quotation_mark_breaks_in_two_is_refused(write):
    with pytest.raises(FileFormatError, match="line 1: the header cannot be read: a quot"):
        open_table(write('a"b,c\n1,2"\n1,2\n'))


def test_a_name_of_a_column_may_hold_commas_quotes_and_line_breaks(write):
    table = open_table(write('"a,b","c ""d""","e\nf"\n1,2,3\n'))
    assert table.columns == ["a,b", 'c "d"', "e\nf"]
    assert rows_of(table) == [("1", "2", "3")]


def test_a_name_longer_than_the_parser_takes_is_refused(write):
    with pytest.raises(FileFormatError, match="line 1: the header cannot be read: field larger"):
        open_table(write("a," + "b" * 131_073 + "\n1,2\n"))


def test_empty_lines_are_passed_over_a_part_at_a_time(write, monkeypatch):
    monkeypatch.setattr(delimited, "MOST_ROWS", 10)
    rows = [f"{i},{i}" for i in range(25)]
    table = open_table(write("\n" * 5 + "a,b\n" + "\n" * 95 + "\n\n".join(rows) + "\n"))
    chunks = list(table.chunks())
    assert [row for chunk in chunks for row in chunk.frame["a"].to_list()] == [
        str(i) for i in range(25)
    ]
    assert chunks[0].place(0) == "data.csv, line 102"
    assert chunks[-1].place(len(chunks[-1]) - 1) == "data.csv, line 150"


def test_a_header_stands_below_however_many_empty_lines(write, monkeypatch):
    monkeypatch.setattr(delimited, "MOST_ROWS", 10)
    table = open_table(write("\n" * 95 + "a,b\n1,2\n"))
    assert table.columns == ["a", "b"]
    assert [chunk.place(0) for chunk in table.chunks()] == ["data.csv, line 97"]
    with pytest.raises(InputError, match="is empty"):
        open_table(write("\n" * 95))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.arrow"])
def test_a_pipe_is_no_table(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(FileFormatError, match="is a pipe or a device"):
        open_table(tmp_path / name)


def test_too_few_rows_are_refused_before_their_columns_are_looked_at(write, monkeypatch):
    from badak.tables import kinds, load

    monkeypatch.setattr(kinds.Profile, "add", lambda *_: pytest.fail("a column was looked at"))
    with pytest.raises(InputError, match="only 3 rows"):
        load(write("a,b\n1,2\n3,4\n5,6\n"), "b")


def test_names_of_many_columns_are_compared_in_one_pass():
    from badak.tables.chunks import check_names

    class Name(str):
        compared = 0

        def __eq__(self, other):
            Name.compared += 1
            return super().__eq__(other)

        __hash__ = str.__hash__

    check_names([Name(f"c{i}") for i in range(3000)], "a.csv")
    assert Name.compared < 30_000
