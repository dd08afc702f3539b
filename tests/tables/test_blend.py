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
def test_sureness_is_where_scipy_finds_the_least_loss(seed, scale):
    logits, y = some_classes(seed)
    found = sureness(scale * logits, y)
    best = minimize_scalar(
        lambda factor: loss_of(factor * scale * logits, y), bounds=(0.2, 5.0), method="bounded"
    )
    assert loss_of(found * scale * logits, y) <= best.fun + 1e-6


def test_one_who_is_always_right_may_be_as_sure_as_the_bound_lets():
    logits, y = np.eye(3)[[0, 1, 2]], np.array([0, 1, 2])
    assert sureness(logits, y) == pytest.approx(5.0, abs=1e-6)


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
