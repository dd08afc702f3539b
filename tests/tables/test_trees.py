"""Gradient-boosted trees to compare with, and what the verdict says of them."""

import builtins
import re
import sys

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from badak import tables
from badak.recipes import TableTraining
from badak.recipes import tables as recipe
from badak.tables import trees
from badak.tables.plain import plain_columns
from badak.tables.scores import compare, score, verdict
from badak.tables.target import Target
from badak.tables.trees import grow_trees

NUMBER = Target("y", "regression")


@pytest.fixture
def steps(tmp_path):
    """Numbers with gaps and categories, and targets that jump, as trees like it."""
    rng = np.random.default_rng(0)
    a, b = rng.random(600), rng.choice(list("uvw"), 600)
    frame = pl.DataFrame(
        {
            "a": [None if i % 9 == 0 else each for i, each in enumerate(a)],
            "b": [None if i % 11 == 0 else each for i, each in enumerate(b)],
            "y": np.floor(a * 10.0) % 2 + (b == "u") * 3.0 + a,
            "kind": np.where(np.floor(a * 5.0) % 2 + (b == "v") > 1.0, "yes", "no"),
        }
    )
    frame.write_csv(tmp_path / "steps.csv")
    return tmp_path / "steps.csv"


def test_trees_see_columns_with_gaps_and_categories_as_they_are(steps):
    data = tables.load(steps, "y", ignore=["kind"])
    x, categories = plain_columns(data.preparation, data.x)
    assert categories == [False, True]
    assert x.shape == (600, 2)
    [_, category] = data.preparation.columns
    gaps = data.x[:, data.preparation.features.index("a is missing")] > 0
    np.testing.assert_array_equal(np.isnan(x[:, 0]), gaps)
    np.testing.assert_array_equal(x[~gaps, 0], data.x[~gaps, 0])
    for code, level in enumerate(category.levels):
        hot = data.x[:, data.preparation.features.index(f"b={level}")] > 0
        np.testing.assert_array_equal(x[:, 1] == code, hot)


@pytest.mark.parametrize(
    ("target", "other", "kind"),
    [
        ("y", "kind", HistGradientBoostingRegressor),
        ("kind", "y", HistGradientBoostingClassifier),
    ],
)
def test_they_are_scikit_learns_with_its_defaults_on_all_rows_not_held_out(
    steps, target, other, kind
):
    data = tables.load(steps, target, ignore=[other])
    frame = pl.read_csv(steps).to_pandas()
    x, _ = plain_columns(data.preparation, data.x)
    train = sum(data.counts[:2])
    expected = kind(categorical_features=[1], random_state=0).fit(x[:train], data.y[:train])
    ask = expected.predict_proba if target == "kind" else expected.predict
    found = grow_trees(data)
    assert found.note == ""
    answers = found.answers if target == "kind" else found.answers[:, 0]
    np.testing.assert_allclose(answers, ask(x[train:]))
    assert len(frame) == len(x)


def test_of_many_rows_some_are_drawn_and_it_is_said(steps, monkeypatch):
    monkeypatch.setattr(trees, "CELLS", 300)
    monkeypatch.setattr(trees, "LEAST_ROWS", 100)
    data = tables.load(steps, "y", ignore=["kind"])
    assert grow_trees(data).note == "The trees learnt from 150 of the 480 rows, to be quick."
    monkeypatch.setattr(trees, "MOST_FEATURES", 1)
    none = grow_trees(data)
    assert none.answers is None
    assert "Not compared with trees, which take long for so many columns" in none.note


def test_without_scikit_learn_it_is_said(steps, monkeypatch):
    real = builtins.__import__

    def missing(name, *args, **kwargs):
        if name.split(".")[0] == "sklearn":
            raise ModuleNotFoundError(f"No module named {name!r}", name="sklearn")
        return real(name, *args, **kwargs)

    for name in [name for name in sys.modules if name.split(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("importlib.import_module", lambda name: missing(name))
    found = grow_trees(tables.load(steps, "y", ignore=["kind"]))
    assert found.answers is None
    assert "needs sklearn, which is not installed: pip install 'badak[sklearn]'" in found.note


def test_the_recipe_says_plainly_when_trees_win(steps):
    options = TableTraining(steps, "y", ignore=["kind"], epochs=5)
    result = recipe.train(options)
    assert list(result.scores) == ["network", "linear regression", "trees", "mean"]
    assert result.verdict.startswith("Gradient-boosted trees are better than the network, and")
    without = recipe.train(TableTraining(steps, "y", ignore=["kind"], epochs=5, trees=False))
    assert "trees" not in without.scores
    assert "trees" not in without.verdict


@pytest.mark.parametrize(
    ("network", "linear", "grown", "sentence"),
    [
        (0.1, 1.0, 0.5, "earned its keep.* The network is better than gradient-boosted trees"),
        (0.5, 1.0, 0.5, "earned its keep.* neither is better, beyond what chance may do"),
        (0.5, 1.0, 0.1, "^Gradient-boosted trees are better than the network, and than linear reg"),
        (1.0, 0.1, 0.1, "^Gradient-boosted trees are better than the network, and no worse than"),
        (1.0, 0.1, 0.5, "worse than linear regression.* trees are better than the network, too"),
        (9.0, 9.0, 0.1, "^Gradient-boosted trees are better than the network, and than linear reg"),
    ],
)
def test_the_verdict_tells_of_trees(network, linear, grown, sentence):
    rng = np.random.default_rng(1)
    y = rng.normal(0, 3, 500)

    def scored(noise):
        return score(NUMBER, y, (y + rng.normal(0, noise, 500))[:, np.newaxis])

    naive = score(NUMBER, y, np.zeros((500, 1)))
    said = verdict(NUMBER, scored(network), scored(linear), naive, scored(grown))
    assert re.search(sentence, said), said


def test_rows_of_one_group_count_once_in_a_comparison():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(8), 200)  # all rows of a group err alike
    y = np.zeros(1600)
    answers = [rng.normal(size=8)[groups][:, np.newaxis] for _ in range(2)]
    assert abs(compare(*(score(NUMBER, y, each) for each in answers))) == 1
    assert compare(*(score(NUMBER, y, each, groups=groups) for each in answers)) == 0
    flat = (np.full((1600, 1), value) for value in (0.01, 1.0))
    assert compare(*(score(NUMBER, y, each, groups=groups) for each in flat)) == 1
