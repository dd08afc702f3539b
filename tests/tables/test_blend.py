"""How much each kind counts, and how sure a bag may be, against SciPy's optimisers and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss

from badak.tables.blend import blend, loss_of, sureness


def probabilities(logits):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def some_classes(seed, rows=400, classes=3):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, rows)
    logits = rng.normal(size=(rows, classes))
    logits[np.arange(rows), y] += 1.0
    return logits, y


def test_the_loss_of_classes_is_that_of_scikit_learn():
    logits, y = some_classes(0)
    assert loss_of(logits, y) == pytest.approx(log_loss(y, probabilities(logits)), rel=1e-9)


def test_the_loss_of_numbers_is_the_mean_squared_error():
    assert loss_of(np.array([[1.0], [3.0]]), np.array([0.0, 5.0])) == 2.5


@given(st.integers(0, 50), st.floats(0.3, 3.0))
def test_sureness_is_where_scipy_finds_the_least_loss_with_a_row_more(seed, scale):
    logits, y = some_classes(seed)
    likely, second = np.argsort(-logits, axis=1)[:, :2].T
    found = sureness(scale * logits, y)

    def loss(factor):
        z = factor * scale * logits
        return loss_of(z, y) + (loss_of(z, likely) + loss_of(z, second)) / (2 * len(y))

    best = minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded")
    assert loss(found) <= best.fun + 1e-6


@pytest.mark.parametrize("rows", [1, 18, 1000])
def test_one_who_is_always_right_may_be_as_sure_as_so_many_rows_tell(rows):
    """By Laplace's rule of succession: of one row more half is wrong."""
    logits, y = np.array([[4.0, 0.0]] * rows), np.zeros(rows, np.int64)
    p = probabilities(sureness(logits, y) * logits)
    assert p[0, 1] == pytest.approx(0.5 / (rows + 1), rel=1e-6)


def test_sureness_stays_within_its_bounds():
    assert sureness(np.array([[1e-3, 0.0]] * 9), np.zeros(9, np.int64)) == pytest.approx(5.0)
    assert sureness(np.array([[9.0, 0.0]] * 9), np.ones(9, np.int64)) == pytest.approx(0.2)


def test_rows_that_weigh_double_are_as_if_they_were_there_twice():
    logits, y = some_classes(1)
    kinds, weights = [logits, np.roll(logits, 1, axis=1)], np.where(y == 0, 2.0, 1.0)
    twice = np.repeat(np.arange(len(y)), weights.astype(int))
    assert loss_of(logits, y, weights) == pytest.approx(loss_of(logits[twice], y[twice]))
    assert sureness(logits, y, weights) == pytest.approx(
        sureness(logits[twice], y[twice]), rel=2e-3
    )
    both = blend(kinds, y, weights), blend([kind[twice] for kind in kinds], y[twice])
    np.testing.assert_allclose(*both)


def test_the_better_kind_counts_more_and_one_of_noise_counts_nothing():
    rng = np.random.default_rng(3)
    y = rng.normal(size=500)
    good = y[:, np.newaxis] + 0.1 * rng.normal(size=(500, 1))
    noise = 5.0 * rng.normal(size=(500, 1))
    assert blend([good, noise], y).tolist() == [1.0, 0.0]


@given(st.integers(0, 30), st.integers(1, 4))
def test_a_blend_is_never_worse_than_its_best_kind(seed, kinds):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=60)
    answers = [y[:, np.newaxis] + rng.normal(size=(60, 1)) * (1 + k) for k in range(kinds)]
    weights = blend(answers, y)
    together = sum(weight * each for weight, each in zip(weights, answers, strict=True))
    assert weights.sum() == pytest.approx(1.0)
    assert (weights >= 0.0).all()
    assert loss_of(together, y) <= min(loss_of(each, y) for each in answers) + 1e-12
