import datetime as dt
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from badak.errors import InputError
from badak.tables import values
from badak.tables.chunks import Chunk
from badak.tables.columns import (
    MOST_LEVELS,
    RARE,
    Category,
    CategoryLearner,
    Date,
    DateLearner,
    Findings,
    Number,
    NumberLearner,
    from_config,
    get_config,
)

NUMBERS = st.lists(st.floats(-1e9, 1e9) | st.none(), min_size=1, max_size=50)
TEXTS = st.lists(st.sampled_from("abcdefgh") | st.none(), min_size=1, max_size=60)


def chunk_of(cells, name="c"):
    frame = pl.DataFrame({name: cells}) if isinstance(cells, pl.Series) else pl.DataFrame(
        {name: pl.Series(cells, strict=False)}
    )  # fmt: skip
    return Chunk(values.canonical(frame), "data.csv", "line", np.arange(2, 2 + len(frame)))


def learnt(learner, cells, pieces=1):
    for part in np.array_split(np.arange(len(cells)), pieces):
        if len(part):
            kept = pl.Series([cells[i] for i in part], dtype=pl.Series(cells).dtype)
            learner.add(chunk_of(kept))
    return learner.learnt()


def transformed(column, cells):
    findings = Findings()
    return column.transform(chunk_of(cells), findings), findings


@settings(max_examples=40)
@given(NUMBERS, st.integers(1, 5))
def test_numbers_of_the_training_have_mean_0_and_deviation_1(cells, pieces):
    cells = pl.Series(cells, dtype=pl.Float64)
    column = learnt(NumberLearner("c"), cells.to_list() if cells.count() else [None], pieces)
    x, _ = transformed(column, cells)
    known = x[:, 0][cells.is_not_null().to_numpy()].astype(np.float64)
    if len(known):
        assert abs(known.mean()) < 1e-4
        assert known.std() == pytest.approx(1.0, abs=1e-3) or np.abs(known).max() < 1e-3
    assert (x[:, 0][cells.is_null().to_numpy()] == 0.0).all()
    if column.missing:
        np.testing.assert_array_equal(x[:, 1], cells.is_null().to_numpy())


def test_numbers_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    x = rng.normal(1e6, 3.0, 1000)
    column = learnt(NumberLearner("c"), x.tolist(), pieces=7)
    expected = StandardScaler().fit_transform(x[:, np.newaxis])
    np.testing.assert_allclose(transformed(column, x.tolist())[0], expected, atol=1e-5)


@settings(max_examples=40)
@given(TEXTS, st.integers(1, 4))
def test_categories_are_those_of_scikit_learn(cells, pieces):
    column = learnt(CategoryLearner("c"), pl.Series(cells, dtype=pl.String).to_list(), pieces)
    x, _ = transformed(column, pl.Series(cells, dtype=pl.String))
    counts = {text: cells.count(text) for text in set(cells) - {None}}
    frequent = sorted(text for text, count in counts.items() if count >= RARE)
    kept = frequent or sorted(counts)
    assert column.levels == tuple(kept)
    known = np.array([[c] for c in cells if c in kept], object)
    if len(known):
        encoder = OneHotEncoder(categories=[kept], sparse_output=False).fit(known)
        rows = [c in kept for c in cells]
        np.testing.assert_array_equal(x[rows][:, : len(kept)], encoder.transform(known))
    assert (x.sum(axis=1) == 1.0).all()  # in training each cell is of one kind, missing included


def test_rare_categories_are_pooled_and_new_ones_go_there_too():
    cells = ["a"] * 5 + ["b"] * 3 + ["x", "y"]
    column = learnt(CategoryLearner("c"), cells)
    assert column.features == ["c=a", "c=b", "c=(other)"]
    x, findings = transformed(column, ["x", "never seen", "b"])
    assert x.tolist() == [[0, 0, 1], [0, 0, 1], [0, 1, 0]]
    assert not findings.unseen


def test_without_rare_ones_in_training_a_new_category_is_none_of_them_and_counted():
    column = learnt(CategoryLearner("c"), ["a", "b"] * 4)
    x, findings = transformed(column, ["z", "a", None])
    assert x.tolist() == [[0, 0], [1, 0], [0, 0]]
    assert findings.unseen == {"c": 1}
    assert findings.missing == {"c": 1}


def test_no_more_than_the_most_frequent_categories_get_a_feature():
    cells = [f"{i:03}" for i in range(100) for _ in range(3 + i)]
    column = learnt(CategoryLearner("c"), cells, pieces=3)
    assert column.levels == tuple(f"{i:03}" for i in range(100 - MOST_LEVELS, 100))
    assert column.other


def test_a_number_that_is_missing_where_training_had_none_is_the_mean_and_counted():
    column = learnt(NumberLearner("c"), [1.0, 2.0, 3.0])
    x, findings = transformed(column, [None, 2.0])
    assert x.tolist() == [[0.0], [0.0]]
    assert findings.missing == {"c": 1}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["1", "abc"], "data.csv, line 3: the column 'c' holds 'abc', which is no number"),
        (["1", "-inf"], "line 3: the column 'c' holds '-inf', which is infinite"),
        (["1e300"], "line 2: the column 'c' holds '1e300', which is infinite or beyond"),
    ],
)
def test_what_is_no_number_is_named_by_its_line(cells, message):
    with pytest.raises(InputError, match=message):
        learnt(NumberLearner("c"), cells)


def test_a_number_that_float32_cannot_hold_once_standardised_is_named_by_its_line():
    column = learnt(NumberLearner("c"), [1.0, 1.0 + 1e-9])
    with pytest.raises(InputError, match=r"line 2: .* holds 1e.?40, which is too far"):
        transformed(column, [1e40])


def test_a_category_that_training_never_held_is_a_gap_alone():
    column = learnt(CategoryLearner("c"), [None, None])
    assert column.features == ["c is missing"]
    x, findings = transformed(column, ["a", None])
    assert x.tolist() == [[0.0], [1.0]]
    assert findings.unseen == {"c": 1}


def test_a_date_is_split_and_its_parts_go_round():
    first = dt.datetime(2023, 1, 1)
    cells = [first + dt.timedelta(hours=7 * i) for i in range(2000)]
    column = learnt(DateLearner("c"), cells, pieces=3)
    assert column.parts == ("month", "day", "weekday", "hour")
    midnights, _ = transformed(
        column, [dt.datetime(2023, 12, 31, 23, 59, 59), dt.datetime(2024, 1, 1)]
    )
    hours = [column.features.index(f"c: hour ({wave})") for wave in ("sin", "cos")]
    np.testing.assert_allclose(midnights[:, hours], [[0, 1], [0, 1]], atol=1e-3)
    day = dt.datetime(2023, 4, 12, 6)  # a Wednesday
    x, _ = transformed(column, [day])
    turns = {"month": 3 / 12, "day": 11 / 31, "weekday": 2 / 7, "hour": 6 / 24}
    for part, turn in turns.items():
        waves = [x[0, column.features.index(f"c: {part} ({wave})")] for wave in ("sin", "cos")]
        assert waves == pytest.approx(
            [np.sin(2 * np.pi * turn), np.cos(2 * np.pi * turn)], abs=1e-6
        )


def test_parts_that_never_change_are_left_out():
    cells = [dt.date(2024, 5, day) for day in range(1, 29)]
    assert learnt(DateLearner("c"), cells).parts == ("day", "weekday")


@pytest.mark.parametrize(
    "column",
    [
        Number("a", 1.5, 2.0, missing=True, style=values.GROUPED, unit="원"),
        Category("b", ("", "x", "가"), other=True),
        Date("c", 2020.5, 1.0, ("month", "hour"), order="dmy"),
        Number("d", 1.5, 2.0, least=-3.0, most=7.25),
        Date("e", 2020.5, 1.0, least="2020-01-01T00:00:00.000000", most="2021-02-28T23:59:59"),
    ],
)
def test_a_column_goes_through_json_and_comes_back(column):
    assert from_config(json.loads(json.dumps(get_config(column)))) == column


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"kind": "number"},
        {"kind": "code", "name": "a"},
        {"kind": "number", "name": "a", "mean": 0.0, "deviation": 0.0},
        {"kind": "number", "name": "a", "mean": float("nan"), "deviation": 1.0},
        {"kind": "number", "name": "a", "mean": 0.0, "deviation": 1.0, "style": "roman"},
        {"kind": "number", "name": "a", "mean": 0.0, "deviation": 1.0, "missing": "yes"},
        {"kind": "category", "name": "a", "levels": "abc"},
        {"kind": "category", "name": "a", "levels": ["x", "x"]},
        {"kind": "category", "name": "a", "levels": [1, 2]},
        {"kind": "category", "name": ["a"], "levels": ["x"]},
        {"kind": "number", "name": "a", "mean": 0.0, "deviation": 1.0, "unit": "parsecs"},
        {"kind": "date", "name": "a", "mean": 0.0, "deviation": 1.0, "parts": ["second"]},
        {"kind": "date", "name": "a", "mean": 0.0, "deviation": 1.0, "order": "ydm"},
        {"kind": "number", "name": "a", "mean": 0.0, "deviation": 1.0, "least": 1.0},
        {"kind": "number", "name": "a", "mean": 0.0, "deviation": 1.0, "least": 1.0, "most": 0.0},
        {"kind": "number", "name": "a", "mean": 0.0, "deviation": 1.0, "least": "0", "most": "1"},
        {
            **{"kind": "number", "name": "a", "mean": 0.0, "deviation": 1.0},
            **{"least": float("-inf"), "most": float("inf")},
        },
        {
            **{"kind": "date", "name": "a", "mean": 0.0, "deviation": 1.0},
            **{"least": "yesterday", "most": "2024-01-01"},
        },
        {"kind": "date", "name": "a", "mean": 0.0, "deviation": 1.0, "least": 1, "most": 2},
        {"kind": "category", "name": "a", "levels": ["x"], "least": 1.0, "most": 2.0},
        ["kind"],
        None,
    ],
)
def test_a_hostile_configuration_is_refused(config):
    with pytest.raises((ValueError, TypeError, KeyError)):
        from_config(config)


def test_the_range_is_that_of_all_chunks_of_training_rows():
    column = learnt(NumberLearner("c"), [3.0, None, -7.5, 12.0, 0.0], 3)
    assert (column.least, column.most) == (-7.5, 12.0)
    days = [dt.datetime(2024, 5, 3, 12), None, dt.datetime(2023, 1, 2), dt.datetime(2024, 1, 1)]
    date = learnt(DateLearner("c"), days, 2)
    ends = [np.datetime64(end) for end in (date.least, date.most)]
    assert ends == [np.datetime64(day) for day in (days[2], days[0])]
    nothing = learnt(NumberLearner("c"), [None, None])
    assert (nothing.least, nothing.most) == (None, None)


def test_columns_of_an_older_file_have_no_range_no_unit_and_dates_of_iso():
    number = {"kind": "number", "name": "a", "mean": 0.0, "deviation": 1.0, "missing": False}
    assert from_config({**number, "style": "plain"}) == Number("a", 0.0, 1.0)
    date = {"kind": "date", "name": "a", "mean": 0.0, "deviation": 1.0, "parts": ["day"]}
    assert from_config({**date, "missing": False}) == Date("a", 0.0, 1.0, ("day",))


@pytest.mark.parametrize("first", [9e15, 2.0**60, -9e15])
@pytest.mark.parametrize("pieces", [1, 7])
def test_large_whole_numbers_have_deviation_1_like_all_others(first, pieces):
    x = first + 512.0 * np.arange(1000)
    column = learnt(NumberLearner("c"), x.tolist(), pieces)
    expected = (x - first) / 512.0
    expected = (expected - expected.mean()) / expected.std()
    np.testing.assert_allclose(transformed(column, x.tolist())[0][:, 0], expected, atol=5e-3)


def test_what_rounding_leaves_of_a_constant_is_no_deviation():
    column = learnt(NumberLearner("c"), [0.1] * 7 + [0.1] * 4, pieces=3)
    assert column.deviation == 1.0


def test_numbers_and_dates_are_read_as_they_were_written_in_training():
    price = learnt(NumberLearner("c", values.GROUPED, "$"), ["$1,000", "$3,000"])
    assert transformed(price, ["$2,000", "$3,000"])[0].tolist() == [[0.0], [1.0]]
    with pytest.raises(InputError, match="line 2: the column 'c' holds '2000', which is no number"):
        transformed(price, ["2000"])
    day = learnt(DateLearner("c", "dmy"), ["03/04/2024", "05/06/2024"])
    same = learnt(DateLearner("c"), ["2024-04-03", "2024-06-05"])
    x, _ = transformed(day, ["07/08/2024"])
    np.testing.assert_array_equal(x, transformed(same, ["2024-08-07"])[0])
    with pytest.raises(InputError, match="'07/31/2024', which is no date such as 29/02/2024"):
        transformed(day, ["07/31/2024"])


def test_formulas_of_features_give_their_numbers():
    number = Number("c", -3.25, 0.3, missing=True)
    said, gap = number.formulas
    assert said.endswith("; 0 where missing")
    assert gap == "1 where c is missing, else 0"
    [x] = transformed(number, [7.5])[0]
    assert eval(said.split(";")[0], {"c": 7.5}) == pytest.approx(x[0], rel=1e-6)
    category = Category("c", ("a", "b"), other=True)
    assert [said.split(",")[0] for said in category.formulas] == [
        *("1 where c is 'a'", "1 where c is 'b'", "1 where c is another"),
    ]
    date = Date("c", 2024.5, 0.25)
    assert len(date.formulas) == len(date.features)
    [x] = transformed(date, [dt.datetime(2024, 3, 1, 6)])[0]
    day = dt.date(2024, 3, 1).timetuple().tm_yday
    year = date.formulas[0].split(";")[0].replace("day of the year", "day")
    assert eval(year, {"year": 2024, "day": day, "hour": 6}) == pytest.approx(x[0], rel=1e-5)
