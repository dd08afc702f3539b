"""The losses in scikit-learn's conventions, beside its functions, and their gradients."""

import numpy as np
import pytest
from sklearn.metrics import mean_poisson_deviance
from sklearn.neural_network._base import binary_log_loss, poisson_loss, squared_loss

from badak.activations import sigmoid
from badak.errors import InputError
from badak.estimators import MLPRegressor
from badak.estimators.objectives import (
    HalfPoissonDeviance,
    HalfSquaredError,
    LogLoss,
    SummedHalfSquaredError,
)

RNG = np.random.default_rng(7)
SUMS = RNG.normal(size=(30, 3))
COUNTS = RNG.poisson(2.0, size=(30, 3)).astype(float)
LABELS = RNG.integers(0, 2, size=(30, 3)).astype(float)
CASES = {
    "squared error": (HalfSquaredError(), COUNTS, lambda x, t: squared_loss(t, x)),
    "poisson": (HalfPoissonDeviance(), COUNTS, lambda x, t: poisson_loss(t, np.exp(x))),
    "log loss": (LogLoss(True), LABELS, lambda x, t: binary_log_loss(t, sigmoid(x))),
}


@pytest.mark.parametrize(("loss", "t", "theirs"), CASES.values(), ids=CASES)
def test_the_value_is_scikit_learns(loss, t, theirs):
    assert loss.rows(SUMS, t).mean() == pytest.approx(theirs(SUMS, t), rel=1e-12)


def test_half_the_poisson_deviance():
    half = HalfPoissonDeviance().rows(SUMS[:, :1], COUNTS[:, :1]).mean()
    assert 2.0 * half == pytest.approx(mean_poisson_deviance(COUNTS[:, 0], np.exp(SUMS[:, 0])))


@pytest.mark.parametrize(
    ("loss", "t"),
    [(SummedHalfSquaredError(), COUNTS), (HalfPoissonDeviance(), COUNTS), (LogLoss(True), LABELS)],
    ids=["squared error", "poisson", "log loss"],
)
def test_the_gradient_is_the_differences_of_the_value(loss, t):
    for unit in range(3):
        step = 1e-5 * (np.arange(3) == unit)
        difference = (loss.rows(SUMS + step, t) - loss.rows(SUMS - step, t)) / 2e-5
        np.testing.assert_allclose(loss.gradient(SUMS, t)[:, unit], difference, atol=1e-6)


def test_the_squared_error_is_reported_as_a_mean_and_trained_as_a_sum():
    one, other = HalfSquaredError(), SummedHalfSquaredError()
    np.testing.assert_array_equal(one.gradient(SUMS, COUNTS), other.gradient(SUMS, COUNTS))
    np.testing.assert_allclose(3.0 * one.rows(SUMS, COUNTS), other.rows(SUMS, COUNTS))


@pytest.mark.parametrize("sizes", [(8,), [8, 4], 8, np.int64(8), np.array([8])])
def test_sizes_in_the_place_of_a_regressors_loss_are_told_where_they_go(sizes):
    with pytest.raises(InputError, match=r"hidden_layer_sizes=.*8"):
        MLPRegressor(sizes).fit([[0.0], [1.0]], [0.0, 1.0])
