"""Rows split by a column: by its groups, or in the order of its time."""

import json

import numpy as np
import polars as pl
import pytest

from badak import tables
from badak.errors import FileFormatError, InputError
from badak.tables import delimited
from badak.tables.held_out import rows_to_test
from badak.tables.parts import TEST, TRAIN, VALIDATE
from badak.tables.preparation import TablePreparation
from badak.tables.reading import open_table


@pytest.fixture
def visits(tmp_path):
    """Visits of patients, some without a target."""
    rng = np.random.default_rng(0)
    patient = rng.integers(0, 60, 400)
    frame = pl.DataFrame(
        {
            "row": np.arange(400) * 3 + 7,
            "patient": [f"p{number}" for number in patient],
            "day": np.datetime64("2023-01-01") + rng.integers(0, 300, 400),
            "x": rng.normal(size=400),
            "kind": np.where(rng.random(400) < 0.3, "a", "b"),
        }
    ).with_columns(
        pl.when(pl.int_range(400) % 40 == 3).then(None).otherwise(pl.col("kind")).alias("kind"),
        y=pl.col("x") * 2.0 + pl.col("row"),
    )
    frame.write_csv(tmp_path / "visits.csv")
    return tmp_path / "visits.csv"


def rows_of(data, path, part):
    """Return the table's rows of one part, found by their number among the features."""
    place = data.preparation.features.index("row")
    column = data.preparation.columns[place]
    numbers = data.part(part)[0][:, place] * column.deviation + column.mean
    return pl.read_csv(path, try_parse_dates=True)[(np.rint(numbers).astype(int) - 7) // 3]


@pytest.mark.parametrize("target", ["kind", "y"])
def test_no_group_is_in_two_parts_and_its_column_is_no_feature(visits, target):
    data = tables.load(visits, target, group="patient")
    groups = [set(rows_of(data, visits, part)["patient"]) for part in (TRAIN, VALIDATE, TEST)]
    assert all(groups)
    assert sum(map(len, groups)) == len(set.union(*groups)) == 60
    assert "patient" not in [column.name for column in data.preparation.columns]
    words = f"by patient: {len(groups[0])} of its values to train on, {len(groups[1])} to validate"
    assert data.split_in_words.startswith(words)
    assert data.counts[2] == pytest.approx(0.2 * len(data.y), abs=4)


@pytest.mark.parametrize("target", ["kind", "y"])
def test_the_last_rows_are_held_out_and_those_before_validate(visits, target):
    data = tables.load(visits, target, time="day")
    days = [rows_of(data, visits, part)["day"] for part in (TRAIN, VALIDATE, TEST)]
    assert days[0].max() < days[1].min()
    assert days[1].max() < days[2].min()
    assert data.split_in_words == (
        f"by time, day: trained on up to {days[0].max()}, validated up to {days[1].max()}, held "
        f"out from {days[2].min()} to {days[2].max()}"
    )
    assert "day" not in [column.name for column in data.preparation.columns]


def test_time_may_be_numbers_and_another_seed_changes_nothing(visits):
    one, other = (tables.load(visits, "kind", time="row", seed=seed) for seed in (0, 1))
    np.testing.assert_array_equal(one.y, other.y)
    assert "held out from" in one.split_in_words


def test_the_keys_go_with_their_rows(visits):
    data = tables.load(visits, "y", time="day", columns={"day": "date"})
    assert "day" in [column.name for column in data.preparation.columns]
    for part in (TRAIN, VALIDATE, TEST):
        expected = rows_of(data, visits, part)["day"].cast(pl.Datetime("us")).to_numpy()
        np.testing.assert_array_equal(data.keys_of(part)["times"], expected)


def test_folds_of_the_training_rows_are_split_as_the_table_was(visits):
    data = tables.load(visits, "kind", group="patient")
    found = data.folds(4, seed=1)
    groups = data.keys_of(TRAIN)["groups"]
    assert len(found) == data.counts[0]
    assert all(len(set(found[groups == group])) == 1 for group in set(groups))
    plain = tables.load(visits, "kind").folds(4)
    np.testing.assert_array_equal(np.unique(plain), range(4))


def test_there_are_no_more_folds_than_values_and_one_is_refused(write):
    rows = "".join(f"{'abcd'[i % 4]},{i * i % 97},{i * i % 31}\n" for i in range(200))
    data = tables.load(write("g,x,y\n" + rows), "y", group="g", validation=0.0)
    assert set(data.folds(8)) == {0, 1, 2}
    one = tables.load(write("g,x,y\n" + rows), "y", group="g", validation=0.0, held_out=0.7)
    with pytest.raises(InputError, match="cannot be split by 'g' once more"):
        one.folds(8)


@pytest.mark.parametrize("given", [{"group": "patient"}, {"time": "day"}])
def test_the_same_rows_are_held_out_when_the_file_is_read_again(visits, given, monkeypatch):
    data = tables.load(visits, "kind", **given)
    told = json.loads(json.dumps(data.preparation.as_dict()))
    prepare = TablePreparation.from_dict(told)
    monkeypatch.setattr(delimited, "BLOCK", 1000)
    table = open_table(visits)
    y = np.concatenate([prepare.target.read(chunk)[0] for chunk in table.chunks()])
    chosen, words = rows_to_test(prepare, table, visits, y)
    expected = rows_of(data, visits, TEST)["row"]
    assert set(pl.read_csv(visits)["row"].to_numpy()[chosen]) == set(expected)
    assert words == f"the {data.counts[2]} rows that were held out from training"


def test_a_model_without_such_a_column_says_nothing_of_it(visits):
    source = tables.load(visits, "kind").preparation.as_dict()["source"]
    assert "split" not in source


def test_a_broken_split_in_a_models_file_is_refused(visits):
    told = tables.load(visits, "kind", time="day").preparation.as_dict()
    for broken in ({"way": "colour"}, {"order": "dym"}, {"kind": ""}, {"name": 3}, {"more": 1}):
        source = {**told["source"], "split": {**told["source"]["split"], **broken}}
        with pytest.raises(FileFormatError, match="how it prepares tables is broken"):
            TablePreparation.from_dict({**told, "source": source})


def test_a_class_that_is_in_no_training_row_is_told(write):
    rows = "".join(f"{i},{i % 7},{'new' if i > 90 else 'ab'[i % 2]}\n" for i in range(100))
    data = tables.load(write("day,x,kind\n" + rows), "kind", time="day")
    assert any("no row to train on is 'new', but 9" in remark.text for remark in data.remarks)


def test_the_order_of_dates_may_be_told_without_making_them_a_feature(write):
    rows = "".join(f"{1 + i % 9}/{1 + i // 9}/2024,{i * i},{i * i % 13}\n" for i in range(81))
    path = write("day,x,y\n" + rows)
    with pytest.raises(InputError, match="whether the day or the month comes first"):
        tables.load(path, "y", time="day")
    data = tables.load(path, "y", time="day", dates={"day": "mdy"}, task="regression")
    assert [column.name for column in data.preparation.columns] == ["x"]
    months = data.keys_of(TEST)["times"].astype("M8[M]")
    assert months.min() >= np.datetime64("2024-07")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"group": "g", "time": "t"}, "give group 'g' or time 't'"),
        ({"group": "y"}, "'y' is the target: rows are split by another column"),
        ({"group": "h"}, "the column to split by 'h' is no column of data.csv"),
        ({"group": "gap"}, "line 6: the column 'gap', which rows are split by, has no value here"),
        ({"time": "gap"}, "line 6: the column 'gap', which rows are split by, has no value here"),
        ({"time": "g"}, "line 2: the column 'g', by whose time rows are to be split, holds 'g0'"),
        ({"time": "odd"}, "line 11: the column 'odd' holds 'soon', which is no date"),
        ({"group": "one"}, "'one', which rows are split by, has 1 value only: 3 are needed"),
        ({"time": "two"}, "'two', which rows are split by, has 2 values only: 3 are needed"),
        ({"group": "one", "validation": 0.0}, "has 1 value only: 2 are needed"),
        ({"time": "t", "target": "late"}, "rows to train on have the same target 'late'"),
        ({"group": "class", "target": "class2"}, "class: 0 groups of 4 may be left out"),
    ],
)
def test_what_cannot_be_split_by_is_refused_before_any_work(write, given, said):
    head = "g,t,gap,odd,one,two,late,class,class2,y\n"
    rows = "".join(
        f"g{i % 9},{i},{'' if i == 4 else i},{'soon' if i == 9 else '2024-01-01'},1,{i % 2},"
        f"{'ab'[i > 80]},{i % 4},c{i % 4},{i * i % 31}\n"
        for i in range(100)
    )
    with pytest.raises(InputError, match=said):
        tables.load(write(head + rows), **{"target": "y", **given})
