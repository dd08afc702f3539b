"""A few absurd numbers do not flatten their column; what is ordinary stays as it was."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from badak import tables
from badak.tables import TablePreparation, efforts
from badak.tables.bag import train_bag
from badak.tables.columns import Number, from_config, get_config
from badak.tables.efforts import ENCODED, PLAIN, Effort
from badak.tables.outliers import KEPT, Thinned, limits_of

SHORT = Effort((replace(PLAIN, units=(16,)), replace(ENCODED, units=(16,), intervals=8)), folds=3)


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    x = rng.normal(50.0, 10.0, (500, 2)).round(3)
    y = np.sin(x[:, 0] / 8.0) * x[:, 1] + rng.normal(size=500)
    return pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": y.round(4)})


def with_value(frame, row, value, column="a"):
    cells = frame[column].to_list()
    cells[row] = value
    return frame.with_columns(pl.Series(column, cells))


def loaded(frame, path):
    frame.write_csv(path)
    return tables.load(path, "y", validation=0.0)


def a_row_to_train_on(frame, path):
    marked = loaded(with_value(frame, 0, 777.0), path)  # its feature is far above all others
    return 0 if marked.train[0][:, 0].max() > 10.0 else 1


def test_one_absurd_number_leaves_the_errors_as_they_are_without_it(frame, tmp_path, monkeypatch):
    monkeypatch.setattr(efforts, "LEAST_STEPS", 100)
    row = a_row_to_train_on(frame, tmp_path / "m.csv")
    absurd = loaded(with_value(frame, row, 1e30), tmp_path / "a.csv")
    without = loaded(with_value(frame, row, None), tmp_path / "w.csv")
    errors = []
    for data in (absurd, without):
        x, y = data.test
        answers = train_bag(data, SHORT).model.predict(x)[:, 0]
        errors.append(np.sqrt(np.mean((answers - y) ** 2)))
    assert errors[0] < 1.05 * errors[1]
    [remark] = [each for each in absurd.remarks if each.column == "a"]
    assert "1 number lies more than 1,000 times as far out as half of the others" in remark.text
    assert "1e+30" in remark.text


def test_what_is_beyond_counts_as_the_nearer_end_in_rows_to_come_too(frame, tmp_path):
    row = a_row_to_train_on(frame, tmp_path / "m.csv")
    prepare = loaded(with_value(frame, row, -1e30), tmp_path / "a.csv").preparation
    number = prepare.columns[0]
    others = frame["a"].to_numpy()
    assert number.bounded
    assert others.min() <= number.least < number.most <= others.max()
    assert number.mean == pytest.approx(50.0, abs=1.5)
    assert number.deviation == pytest.approx(10.0, rel=0.1)
    rows = pl.DataFrame({"a": [number.most, 1e40, number.least, -1e9], "b": [50.0] * 4})
    x = prepare.transform(rows)[:, 0]
    assert (x[0], x[2]) == (x[1], x[3])
    assert f"min(max(a, {number.least!r}), {number.most!r})" in number.formulas[0]
    assert TablePreparation.from_dict(prepare.as_dict()).columns == prepare.columns


def test_ordinary_columns_are_prepared_as_ever(frame, tmp_path):
    heavy = frame.with_columns(
        a=pl.Series(np.exp(3.0 * (frame["a"].to_numpy() - 50.0) / 10.0)),  # lognormal
        b=pl.Series(np.where(np.arange(500) % 20 == 0, 1e6 + frame["b"].to_numpy(), 0.0)),
    )
    data = loaded(heavy, tmp_path / "h.csv")
    assert not any(column.bounded for column in data.preparation.columns)
    assert "bounded" not in get_config(data.preparation.columns[0])
    many = heavy.with_columns(
        b=pl.Series(np.where(np.arange(500) % 20 == 0, 1e9, frame["b"].to_numpy()))
    )  # a value that says something, such as "none": one row in twenty
    assert not loaded(many, tmp_path / "n.csv").preparation.columns[1].bounded


def test_a_deviation_of_a_few_numbers_alone_is_known_however_the_rows_come():
    x = np.random.default_rng(0).normal(size=10_000)
    x[77] = 1e12
    whole, parts = Thinned(), Thinned()
    whole.add(x)
    for start in range(0, len(x), 37):
        parts.add(x[start : start + 37])
    np.testing.assert_array_equal(whole.kept, parts.kept)
    assert KEPT <= len(whole.kept) < 2 * KEPT
    limits = limits_of(whole.kept, float(x.std()))
    assert limits.low == pytest.approx(-675.0, rel=0.1)  # a thousand quartiles of the normal curve
    np.testing.assert_array_equal(limits.hold(x), np.arange(10_000) != 77)
    assert limits_of(np.zeros(9), 0.0) is None


def test_bounds_without_ends_are_no_column():
    config = get_config(Number("a", 0.0, 1.0, least=0.0, most=1.0, bounded=True))
    assert from_config(config).bounded
    with pytest.raises(ValueError, match="a is bounded by nothing"):
        from_config({**config, "least": None, "most": None})
