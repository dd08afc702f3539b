"""Softmax and its logarithm: SciPy's values, the notes' numbers, and the numerical Jacobian."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from badak.activations import (
    LOG_SOFTMAX,
    SOFTMAX,
    below_maximum,
    log_softmax,
    naive_softmax,
    softmax,
)
from badak.errors import InputError

PAIRS = {"softmax": (softmax, special.softmax), "log_softmax": (log_softmax, special.log_softmax)}
RECORDS = {"softmax": (SOFTMAX, special.softmax), "log_softmax": (LOG_SOFTMAX, special.log_softmax)}
X = np.random.default_rng(2).normal(0, 3, size=(4, 5))

whole_rows = hnp.arrays(
    np.float64, hnp.array_shapes(max_dims=2, max_side=6), elements=st.integers(-300, 300)
)
any_rows = hnp.arrays(
    np.float32,
    hnp.array_shapes(max_dims=2, max_side=6),
    elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
)


@pytest.mark.parametrize("axis", [-1, 0, 1])
@pytest.mark.parametrize(("mine", "scipys"), PAIRS.values(), ids=PAIRS)
def test_values_are_those_of_scipy(mine, scipys, axis):
    np.testing.assert_allclose(mine(X, axis=axis), scipys(X, axis=axis), rtol=1e-13)
    in_float32 = mine(X.astype(np.float32), axis=axis)
    assert in_float32.dtype == np.float32
    np.testing.assert_allclose(in_float32, scipys(X, axis=axis), rtol=2e-6, atol=2e-7)


@pytest.mark.parametrize(("record", "scipys"), RECORDS.values(), ids=RECORDS)
def test_backward_is_the_numerical_jacobian_times_the_gradient(record, scipys):
    h = 1e-3
    gradient = np.random.default_rng(3).normal(size=X.shape)
    expected = np.empty_like(X)
    for row, (x, g) in enumerate(zip(X, gradient, strict=True)):
        steps = h * np.eye(5)
        near = scipys(x + steps, axis=1) - scipys(x - steps, axis=1)
        far = scipys(x + 2 * steps, axis=1) - scipys(x - 2 * steps, axis=1)
        jacobian = (8 * near - far) / (12 * h)  # (input, output)
        expected[row] = jacobian @ g
    given_back = record.backward(X, record(X), gradient)
    np.testing.assert_allclose(given_back, expected, rtol=1e-6, atol=1e-11)


def test_the_numbers_that_the_notes_print():
    y = softmax(np.array([0.3, 2.9, 4.0]))
    np.testing.assert_allclose(y, [0.01821127, 0.24519181, 0.73659691], atol=5e-9)
    assert y.sum() == pytest.approx(1.0, abs=1e-15)


def test_large_sums_are_right_where_the_naive_form_is_not_a_number():
    large = np.array([1010.0, 1000.0, 990.0])
    np.testing.assert_allclose(softmax(large), special.softmax([20.0, 10.0, 0.0]), rtol=1e-13)
    np.testing.assert_allclose(softmax(large), [9.99954600e-01, 4.53978686e-05, 2.06106005e-09])
    with np.errstate(all="ignore"):
        assert np.isnan(naive_softmax(large)).all()
    np.testing.assert_allclose(naive_softmax(X), softmax(X), rtol=1e-13)


@given(any_rows)
def test_softmax_sums_to_one_and_keeps_the_order(x):
    y = softmax(x)
    np.testing.assert_allclose(y.sum(axis=-1), 1.0, rtol=1e-6)
    in_order = np.take_along_axis(y, np.argsort(x, axis=-1), axis=-1)
    assert (np.diff(in_order, axis=-1) >= 0).all()
    assert (y >= 0).all()


@given(whole_rows, st.integers(-1000, 1000))
def test_subtracting_any_constant_changes_nothing(x, constant):
    """Whole numbers, so that the subtraction itself is exact: not one bit may differ."""
    np.testing.assert_array_equal(softmax(x - constant), softmax(x))
    np.testing.assert_array_equal(log_softmax(x - constant), log_softmax(x))


@given(any_rows)
def test_log_softmax_is_the_logarithm_of_softmax(x):
    y, z = softmax(x), log_softmax(x)
    seen = y > 1e-30
    np.testing.assert_allclose(z[seen], np.log(y[seen]), rtol=1e-5, atol=1e-6)
    assert (z <= 0).all()


def test_log_softmax_is_right_where_softmax_is_rounded_to_zero():
    np.testing.assert_array_equal(log_softmax(np.array([0.0, 1e4])), [-1e4, 0.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_distance_below_the_maximum_never_overflows(dtype):
    most = np.finfo(dtype).max
    with np.errstate(all="raise"):
        below = below_maximum(np.array([most, -most, 0.0], dtype=dtype))
    assert below[0] == 0.0
    np.testing.assert_allclose(below[1:], -3.4e38, rtol=1e-2)
    np.testing.assert_array_equal(below_maximum(np.array([3.0, 5.0, -1.0], dtype)), [-2, 0, -6])


def test_a_row_has_no_slope_of_one_number():
    with pytest.raises(InputError, match="softmax mixes a row's numbers"):
        SOFTMAX.derivative(X, softmax(X))
