"""Permutation importance and partial dependence, beside scikit-learn's."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import partial_dependence as sklearn_dependence
from sklearn.inspection import permutation_importance as sklearn_importance

from badak.diagnostics import permutation
from badak.diagnostics.dependence import partial_dependence
from badak.diagnostics.permutation import (
    Judged,
    associations,
    permutation_importance,
    shared_columns,
)
from badak.errors import InputError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 4))
Y = 2.0 * X[:, 0] + X[:, 1] ** 2 + 0.1 * RNG.normal(size=400)
SINGLE = {name: slice(k, k + 1) for k, name in enumerate("abcd")}


def answer(x):
    return (2.0 * x[:, :1] + x[:, 1:2] ** 2 + 0.5 * x[:, 2:3]).astype(np.float64)


def judge(y):
    losses = (y[:, 0] - Y) ** 2
    return Judged(losses, 1.0 - losses.mean() / Y.var())


class Fixed(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """The same answers, as scikit-learn asks for them."""

    def fit(self, x, y=None):
        self.fitted_ = True
        return self

    def predict(self, x):
        return answer(x)[:, 0]


def test_it_is_scikit_learns_within_the_spread():
    theirs = sklearn_importance(
        Fixed().fit(X), X, Y, scoring="neg_mean_squared_error", n_repeats=40, random_state=1
    )
    ours = permutation_importance(answer, judge, X, SINGLE, repeats=40)
    for k, found in enumerate(ours):
        error = np.hypot(found.spread, theirs.importances_std[k]) / np.sqrt(40)
        assert abs(found.mean - theirs.importances_mean[k]) <= 4.0 * error + 1e-12
        np.testing.assert_allclose(found.spread, theirs.importances_std[k], rtol=0.5, atol=1e-12)


def test_a_column_that_the_model_does_not_use_has_importance_zero():
    found = permutation_importance(answer, judge, X, SINGLE)[3]
    assert (found.mean, found.spread, found.measure, found.sure) == (0.0, 0.0, 0.0, False)


def test_the_features_of_a_column_move_together():
    hot = np.eye(3)[np.arange(30) % 3]
    sums = []

    def seen(x):
        sums.append(x.sum(axis=1))
        return x @ np.array([[1.0], [2.0], [3.0]])

    permutation_importance(seen, lambda y: Judged(y[:, 0], 0.0), hot, {"city": slice(0, 3)})
    assert (np.array(sums) == 1.0).all()


def test_the_seed_settles_it_and_others_columns_do_not_change_it():
    first, again = (permutation_importance(answer, judge, X, SINGLE, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first[1].losses, again[1].losses)
    [alone] = permutation_importance(answer, judge, X, {"b": SINGLE["b"]}, seed=5)
    np.testing.assert_array_equal(alone.losses, first[1].losses)
    other = permutation_importance(answer, judge, X, SINGLE, seed=6)
    assert (other[0].losses != first[0].losses).all()


def test_columns_that_tell_the_same_are_found_and_shuffled_together():
    x = np.column_stack([X[:, 0], X[:, 1], X[:, 0] + 0.1 * X[:, 3]])
    columns = {"a": slice(0, 1), "b": slice(1, 2), "near a": slice(2, 3)}
    [group] = shared_columns(x, columns)
    assert group.columns == ("a", "near a")
    np.testing.assert_allclose(group.association, abs(np.corrcoef(x.T)[0, 2]), rtol=1e-9)

    def both(rows):
        return rows[:, :1] + rows[:, 2:3]

    def near(y):
        return Judged((y[:, 0] - both(x)[:, 0]) ** 2, 0.0)

    a, _, _, together = permutation_importance(both, near, x, columns, [group.columns])
    assert together.columns == ("a", "near a")
    assert together.mean > 1.8 * a.mean


def test_a_category_that_a_number_tells_goes_with_it_and_noise_with_none():
    number = RNG.uniform(0, 3, 300)
    hot = np.eye(3)[number.astype(int)]
    x = np.column_stack([hot, number, RNG.normal(size=300)])
    columns = {"band": slice(0, 3), "number": slice(3, 4), "noise": slice(4, 5)}
    found = associations(x, columns)
    assert found[0, 1] > 0.9
    assert found[2, :2].max() < 0.25


def test_one_row_leaves_the_error_unknown_and_no_row_is_refused():
    x = np.ones((1, 1))
    [found] = permutation_importance(
        lambda x: x, lambda y: Judged(y[:, 0], 0.0), x, {"a": slice(0, 1)}
    )
    assert np.isnan(found.error)
    assert not found.sure
    with pytest.raises(InputError, match="no row"):
        permutation_importance(lambda x: x, lambda y: Judged(y[:, 0], 0.0), x[:0], {})


def test_partial_dependence_and_single_lines_are_scikit_learns():
    theirs = sklearn_dependence(Fixed().fit(X), X, [1], kind="both", grid_resolution=15)
    grid = theirs["grid_values"][0]
    mean, lines = partial_dependence(answer, X, slice(1, 2), grid[:, np.newaxis], len(X))
    np.testing.assert_allclose(mean[:, 0], theirs["average"][0], rtol=1e-10)
    np.testing.assert_allclose(lines[..., 0], theirs["individual"][0], rtol=1e-10)


def test_associations_are_the_adjusted_share_that_a_linear_model_of_the_better_side_explains():
    rng = np.random.default_rng(3)
    two, three = rng.normal(size=(200, 2)), rng.normal(size=(200, 3))
    three[:, 0] += two[:, 1]
    x = np.column_stack([three, np.zeros(200), two])  # a column that does not vary between them
    columns = {"two": slice(4, 6), "three": slice(0, 3), "none": slice(3, 4)}

    def adjusted(told, by):
        left = told - told.mean(axis=0)
        by = np.column_stack([np.ones(200), by])
        rest = left - by @ np.linalg.lstsq(by, left, rcond=None)[0]
        return 1.0 - (rest**2).sum() / (left**2).sum() * 199 / (200 - by.shape[1])

    found = associations(x, columns)
    expected = np.sqrt(max(adjusted(two, three), adjusted(three, two)))
    np.testing.assert_allclose(found[0, 1], expected, rtol=1e-9)
    np.testing.assert_array_equal(found[2, :2], 0.0)
    np.testing.assert_array_equal(found, found.T)


def test_of_many_columns_and_rows_associations_are_of_some_rows(monkeypatch):
    monkeypatch.setattr(permutation, "MOST_NUMBERS", 50)
    x = np.column_stack([np.arange(90.0), np.arange(90.0) ** 2, np.arange(90.0) % 2])
    columns = {"a": slice(0, 1), "b": slice(1, 2), "odd": slice(2, 3)}
    every = np.corrcoef(x[::6, :2].T)[0, 1]  # 270 numbers of which 50 may be taken: each sixth row
    np.testing.assert_allclose(associations(x, columns)[0, 1], every, rtol=1e-12)
