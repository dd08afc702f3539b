"""Losses for numbers, beside SciPy or the formula written anew in float64."""

import numpy as np
import pytest
from scipy import special
from scipy.spatial import distance
from sklearn.metrics import mean_pinball_loss

from badak.errors import InputError
from badak.losses import Huber, LogCosh, Pinball, get

RNG = np.random.default_rng(1)
Y = RNG.lognormal(0, 1, size=(40, 3)) * RNG.choice([0.01, 1, 10], size=(40, 3))
T = RNG.lognormal(0, 1, size=(40, 3))

FORMULAS = {
    "mean_squared_error": lambda y, t: np.mean(y**2 - 2 * y * t + t**2),
    "mean_absolute_error": lambda y, t: np.mean(np.maximum(y, t) - np.minimum(y, t)),
    "pinball": lambda y, t: mean_pinball_loss(t, y),
    "mean_squared_logarithmic_error": lambda y, t: np.mean(np.log((1 + y) / (1 + t)) ** 2),
    "mean_absolute_percentage_error": lambda y, t: np.mean(100 * abs(1 - y / t)),
    "huber": lambda y, t: np.mean(special.huber(1, y - t)),
    "log_cosh": lambda y, t: np.mean(np.log(np.cosh(y - t))),
    "poisson": lambda y, t: np.mean(y - special.xlogy(t, y + 1e-7)),
    "cosine_similarity": lambda y, t: np.mean(
        [distance.cosine(*r) - 1 for r in zip(y, t, strict=True)]
    ),
}
every_loss = pytest.mark.parametrize("name", FORMULAS)


@every_loss
def test_the_mean_over_units_and_batch(name):
    expected = FORMULAS[name](Y, T)
    assert get(name)(T, Y) == pytest.approx(expected, rel=1e-12)
    in_float32 = get(name)(T.astype(np.float32), Y.astype(np.float32))
    assert in_float32 == pytest.approx(expected, rel=1e-5)


@every_loss
def test_each_sample_has_its_own_number(name):
    rows = get(name).rows(Y, T)
    assert rows.shape == (40,)
    expected = [FORMULAS[name](y[np.newaxis], t[np.newaxis]) for y, t in zip(Y, T, strict=True)]
    np.testing.assert_allclose(rows, expected, rtol=1e-12, atol=1e-15)


@every_loss
def test_the_least_loss_is_at_the_target(name):
    loss = get(name)
    at_target = loss.rows(T, T)
    for factor in (0.5, 0.99, 1.01, 3.0):
        moved = T * np.where(np.arange(3) == 1, factor, 1.0)
        assert (loss.rows(moved, T) > at_target).all()
    np.testing.assert_allclose(loss.gradient(T, T), 0.0, atol=1e-6)


@pytest.mark.parametrize("delta", [0.01, 0.5, 1.0, 3.0])
def test_huber_bends_at_delta(delta):
    expected = special.huber(delta, Y - T)
    np.testing.assert_allclose(Huber(delta).rows(Y, T), expected.mean(axis=1), rtol=1e-12)
    far = np.abs(Huber(delta).gradient(Y, T)[np.abs(Y - T) > delta])
    np.testing.assert_allclose(far, delta / 3)


@pytest.mark.parametrize("delta", [0.0, -1.0, np.inf, np.nan, "1", None])
def test_huber_refuses_what_is_no_length(delta):
    with pytest.raises(InputError, match=r"delta must be a number in \(0, inf\), not"):
        Huber(delta)


@pytest.mark.parametrize("quantile", [0.01, 0.25, 0.5, 0.9])
def test_pinball_is_that_of_scikit_learn(quantile):
    expected = mean_pinball_loss(T, Y, alpha=quantile)
    assert Pinball(quantile)(T, Y) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.8])
def test_pinball_is_least_at_the_quantile(quantile):
    t = np.sort(RNG.normal(size=101))
    prices = [Pinball(quantile)(t, np.full(101, y)) for y in t]
    assert np.argmin(prices) == round(100 * quantile)


@pytest.mark.parametrize("quantile", [0.0, 1.0, -0.5, np.nan, "0.5", None])
def test_pinball_refuses_what_is_no_quantile(quantile):
    with pytest.raises(InputError, match=r"quantile must be a number in \(0, 1\), not"):
        Pinball(quantile)


def test_log_cosh_is_right_for_the_smallest_errors_and_the_largest():
    """For small d it is d^2 / 2, for large ones d - log 2."""
    small = np.geomspace(1e-6, 1e-3, 20).astype(np.float32)
    rows = LogCosh().rows(small[:, np.newaxis], np.zeros((20, 1), np.float32))
    np.testing.assert_allclose(rows, small.astype(np.float64) ** 2 / 2, rtol=0.1, atol=1e-12)
    assert (rows >= 0).all()
    with np.errstate(all="raise", under="ignore"):
        large = LogCosh()([0.0], [np.float32(3e38)])
    assert large == pytest.approx(3e38)
    assert LogCosh()([0.0], [50.0]) == pytest.approx(50 - np.log(2), rel=1e-14)


def test_logarithms_of_what_is_not_positive_are_those_of_zero():
    negative = np.array([[-3.0, -1e30, 0.0]])
    t = np.array([[1.0, 2.0, 3.0]])
    msle = get("msle")
    assert msle(t, negative) == pytest.approx(np.mean(np.log1p(t) ** 2))
    np.testing.assert_array_equal(msle.gradient(negative, t), 0.0)
    expected = np.mean(negative - t * np.log(1e-7))
    assert get("poisson")(t, negative) == pytest.approx(expected)


@pytest.mark.parametrize("y", [1e-7, 1e-6, 1e-3])
def test_slopes_right_beside_zero(y):
    y, t = np.array([[y]]), np.array([[2.0]])
    np.testing.assert_allclose(get("poisson").gradient(y, t), 1 - 2 / (y + 1e-7), rtol=1e-12)
    expected = 2 * (np.log(1 + y) - np.log(3)) / (1 + y)
    np.testing.assert_allclose(get("msle").gradient(y, t), expected, rtol=1e-9)


def test_a_target_of_zero_counts_as_a_tiny_one_in_percentages():
    assert get("mape")([[0.0]], [[1e-7]]) == pytest.approx(100.0)


def test_the_cosine_does_not_see_lengths():
    loss = get("cosine_similarity")
    assert loss([[3.0, 4.0]], [[30.0, 40.0]]) == pytest.approx(-1.0)
    assert loss([[3.0, 4.0]], [[-3.0, -4.0]]) == pytest.approx(1.0)
    assert loss([[3.0, 4.0]], [[-4.0, 3.0]]) == pytest.approx(0.0)
    assert loss([[3.0, 4.0]], [[0.0, 0.0]]) == 0.0
