"""What makes scores too good: told before training, with the share from which on it is told."""

import numpy as np
import polars as pl
import pytest

from badak import tables

RNG = np.random.default_rng(0)
N = 600
NOISE = RNG.normal(size=N)
Y = RNG.lognormal(size=N)


def leaks(tmp_path, columns, target="y", **given):
    pl.DataFrame(columns).write_csv(tmp_path / "a.csv")
    data = tables.load(tmp_path / "a.csv", target, **given)
    return [remark for remark in data.remarks if remark.leak]


@pytest.mark.parametrize(
    "column",
    [
        Y,
        -np.log(Y),  # falls as it rises
        Y + 0.001 * NOISE,
    ],
)
def test_a_copy_or_a_function_of_the_target_is_told(tmp_path, column):
    [told] = leaks(tmp_path, {"x": NOISE, "z": column, "y": Y})
    assert told.column == "z"
    assert "of the target alone (from 99% on it is told): a copy of it" in told.text
    assert "--ignore z" in told.text


def test_a_column_that_names_the_class_is_told_whether_it_is_text_or_number(tmp_path):
    kind = RNG.choice(["a", "b", "c"], N, p=[0.9, 0.08, 0.02])
    code = np.searchsorted(["a", "b", "c"], kind) + 10.5
    columns = {"x": NOISE, "text": [f"<{each}>" for each in kind], "code": code, "y": kind}
    assert [told.column for told in leaks(tmp_path, columns)] == ["text", "code"]


def test_what_only_helps_is_not_told(tmp_path):
    y = np.where(NOISE > 0.0, "yes", "no")
    flipped = np.where(RNG.random(N) < 0.05, RNG.choice(["yes", "no"], N), y)
    columns = {
        "mostly": flipped,
        "rare": np.where(RNG.random(N) < 0.01, "r", "s"),
        "near": NOISE + 0.1 * RNG.normal(size=N),
        "free": RNG.normal(size=N),
        "y": y,
    }
    assert leaks(tmp_path, columns) == []


def test_many_columns_of_noise_beside_a_rare_class_are_not_told(tmp_path):
    y = np.where(np.arange(N) % 60 == 0, "rare", "usual")
    columns = {f"x{i}": RNG.normal(size=N) for i in range(60)}
    columns |= {f"c{i}": RNG.choice(list("abcdefgh"), N) for i in range(60)}
    assert leaks(tmp_path, {**columns, "y": y}) == []


def test_a_key_or_a_date_that_orders_the_target_is_told(tmp_path):
    key = np.arange(N) * 3 + 1000
    day = np.datetime64("2020-01-01") + np.arange(N)
    y = np.where(np.arange(N) // 100 % 2 == 0, "a", "b")
    found = leaks(tmp_path, {"key": key, "day": day, "x": NOISE, "y": np.cumsum(NOISE)})
    assert [told.column for told in found] == ["key", "day"]
    assert leaks(tmp_path, {"key": RNG.permutation(key), "x": NOISE, "y": y}) == []
    [told] = leaks(tmp_path, {"day": day, "x": NOISE, "y": np.arange(N) // 100 + 0.5 * NOISE})
    assert "of keys and dates it is told from 50% on" in told.text
    assert "--time day holds out the last" in told.text
    by_time = leaks(tmp_path, {"day": day, "x": NOISE, "y": np.cumsum(NOISE)}, time="day")
    assert by_time == []


def test_rows_held_out_that_repeat_training_rows_are_counted_with_their_targets(tmp_path):
    x, y = RNG.normal(size=N), RNG.normal(size=N)
    columns = {"x": np.append(x, x[:300]), "y": np.append(y, np.append(y[:200], y[200:300] + 1.0))}
    data = tables.load(
        _written(tmp_path, columns), "y", held_out=0.3, validation=0.0, task="regression"
    )
    train, test = data.train, data.test
    known = set(train[0][:, 0].tolist())
    pairs = set(zip(train[0][:, 0].tolist(), train[1].tolist(), strict=True))
    repeated = [each in known for each in test[0][:, 0].tolist()]
    alike = [pair in pairs for pair in zip(test[0][:, 0].tolist(), test[1].tolist(), strict=True)]
    [told] = [remark.text for remark in data.remarks if remark.leak]
    assert told.startswith(f"{sum(repeated)} of 270 rows held out")
    assert f", {sum(alike)} of them with the same target" in told
    assert 0 < sum(alike) < sum(repeated)


def test_few_repeated_rows_are_not_told(tmp_path):
    x, y = RNG.normal(size=N), RNG.normal(size=N)
    assert leaks(tmp_path, {"x": np.append(x, x[:2]), "y": np.append(y, y[:2])}) == []


def test_groups_keep_copies_on_one_side(tmp_path):
    x, y = RNG.normal(size=300), RNG.normal(size=300)
    columns = {"g": np.tile(np.arange(300) * 7, 2), "x": np.tile(x, 2), "y": np.tile(y, 2)}
    assert any("repeat" in told.text for told in leaks(tmp_path, columns, ignore=["g"]))
    assert leaks(tmp_path, columns, group="g") == []


def test_another_order_of_the_rows_tells_the_same(tmp_path):
    columns = {"x": NOISE, "z": np.sqrt(Y), "y": Y}
    order = RNG.permutation(N)
    one = leaks(tmp_path, columns)
    other = leaks(tmp_path, {name: cells[order] for name, cells in columns.items()})
    assert [told.column for told in one] == [told.column for told in other] == ["z"]


def _written(tmp_path, columns):
    pl.DataFrame(columns).write_csv(tmp_path / "b.csv")
    return tmp_path / "b.csv"
