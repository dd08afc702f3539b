"""The book's functions, beside the book's formulas written anew, and the notes' printed numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize, special

from badak import activations, functions
from badak.errors import InputError
from badak.functions import (
    cross_entropy_error,
    mean_squared_error,
    numerical_gradient,
    softmax,
    step_function,
)

RNG = np.random.default_rng(9)
Y = special.softmax(RNG.normal(0, 2, size=(30, 5)), axis=1)
LABELS = RNG.integers(5, size=30)
ONE_HOT = np.eye(5, dtype=int)[LABELS]
TWO = np.array([0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0])  # the book: probably a 2
SEVEN = np.array([0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0])
IS_TWO = np.eye(10)[2]


def test_the_step_function_that_the_notes_print():
    steps = step_function(np.array([-2.0, 1.0, 3.0]))
    assert str(steps) == "[0 1 1]"
    assert steps.dtype == np.int64


@given(hnp.arrays(np.float64, (3, 2), elements=st.floats(allow_nan=False)))
def test_the_step_is_one_where_x_is_positive(x):
    np.testing.assert_array_equal(step_function(x), (x > 0).astype(int))
    np.testing.assert_array_equal(step_function(x.tolist()), x > 0)


def test_there_is_no_step_of_what_is_not_a_number():
    with pytest.raises(InputError, match="x holds NaN"):
        step_function([1.0, np.nan])


def test_functions_that_are_activations_are_the_same_objects():
    assert functions.sigmoid is activations.sigmoid
    assert functions.relu is activations.relu
    assert functions.softmax is activations.softmax
    assert functions.tanh is activations.tanh
    assert functions.identity_function is activations.identity
    assert all(callable(getattr(functions, name)) for name in functions.__all__)


def test_the_softmax_that_the_notes_print():
    y = softmax(np.array([0.3, 2.9, 4.0]))
    assert str(y) == "[0.01821127 0.24519181 0.73659691]"
    assert y.sum() == pytest.approx(1.0, abs=1e-15)
    large = softmax(np.array([1010, 1000, 990]))
    np.testing.assert_allclose(large, special.softmax([1010.0, 1000, 990]), rtol=1e-12)


def test_the_errors_that_the_book_prints():
    assert mean_squared_error(TWO, IS_TWO) == pytest.approx(0.0975, abs=1e-12)
    assert mean_squared_error(SEVEN, IS_TWO) == pytest.approx(0.5975, abs=1e-12)
    assert cross_entropy_error(TWO, IS_TWO) == pytest.approx(0.510825457099338, abs=1e-12)
    assert cross_entropy_error(SEVEN, IS_TWO) == pytest.approx(2.302584092994546, abs=1e-12)


def test_the_squared_error_is_half_the_sum():
    t = RNG.normal(size=Y.shape)
    assert mean_squared_error(Y, t) == pytest.approx(np.linalg.norm(Y - t) ** 2 / 2, rel=1e-12)
    with pytest.raises(InputError, match=r"y is of shape \(30, 5\), but t is of shape \(5,\)"):
        mean_squared_error(Y, t[0])


def test_the_cross_entropy_error_is_a_mean_over_the_batch():
    expected = -np.log((Y * ONE_HOT).sum(axis=1) + 1e-7)
    assert cross_entropy_error(Y, ONE_HOT) == pytest.approx(expected.mean(), rel=1e-12)
    assert cross_entropy_error(Y, LABELS) == pytest.approx(expected.mean(), rel=1e-12)
    for y, one_hot, label, error in zip(Y, ONE_HOT, LABELS, expected, strict=True):
        assert cross_entropy_error(y, one_hot) == pytest.approx(error, rel=1e-12)
        assert cross_entropy_error(y, label) == pytest.approx(error, rel=1e-12)


def test_a_probability_of_zero_does_not_give_infinity():
    assert cross_entropy_error([0.0, 1.0], 0) == pytest.approx(-np.log(1e-7))


def test_as_many_classes_as_samples_are_not_mistaken_for_one_another():
    """Five labels of five classes are labels; five rows of five are one-hot."""
    y, labels = Y[:5], LABELS[:5]
    assert cross_entropy_error(y, labels) == cross_entropy_error(y, ONE_HOT[:5])


@pytest.mark.parametrize(
    ("y", "t", "message"),
    [
        (Y, LABELS[:7], "y holds 30 samples, but t holds 7"),
        (Y, LABELS + 1, "is class 5, .* for the classes 0 to 4"),
        (Y, LABELS + 0.5, "takes whole class numbers"),
        (Y, 2 * ONE_HOT, "from 0 to 1"),
        (Y, 0 * ONE_HOT, "row 0 sums to 0"),
        (Y, np.full(30, "cat"), "targets must be numbers"),
        (Y, np.full(30, np.nan), r"the target at \(0,\) is nan"),
    ],
)
def test_targets_that_are_refused(y, t, message):
    with pytest.raises(InputError, match=message):
        cross_entropy_error(y, t)


@given(st.integers(0, 2**32))
def test_the_numerical_gradient_of_a_quadratic_is_exact(seed):
    """Central differences of x A x + b x are (A + A^T) x + b without truncation."""
    rng = np.random.default_rng(seed)
    a, b, x = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=4)
    before = x.copy()
    gradient = numerical_gradient(lambda x: float(x @ a @ x + b @ x), x)
    np.testing.assert_allclose(gradient, (a + a.T) @ x + b, rtol=1e-8, atol=1e-9)
    np.testing.assert_array_equal(x, before)


def test_the_numerical_gradient_of_rosenbrocks_valley():
    x = RNG.normal(size=6)
    gradient = numerical_gradient(optimize.rosen, x)
    np.testing.assert_allclose(gradient, optimize.rosen_der(x), rtol=1e-4, atol=1e-4)


def test_the_numerical_gradient_of_a_matrix_has_its_shape():
    w = RNG.normal(size=(2, 3))
    gradient = numerical_gradient(lambda w: float((w**3).sum()), w)
    np.testing.assert_allclose(gradient, 3 * w**2, atol=1e-7)


@pytest.mark.parametrize("x", [[3.0, 4.0], np.array([3, 4]), 3.0, np.array(["a"]), np.float32([3])])
def test_only_floats_can_be_moved_a_little(x):
    """In whole numbers 3 + 0.0001 would be 3 again, and every slope 0; in float32 it is rough."""
    with pytest.raises(InputError, match="x must be an array of float64"):
        numerical_gradient(lambda x: 0.0, x)


def test_a_function_that_gives_several_numbers_has_no_one_gradient():
    with pytest.raises(InputError, match=r"one number, not an array of shape \(2,\)"):
        numerical_gradient(np.square, np.array([3.0, 4.0]))


@pytest.mark.parametrize("y", [[np.nan, 1.0], [-0.1, 1.1], [3.0, 5.0]])
def test_what_is_no_probability_is_refused(y):
    with pytest.raises(InputError, match="probabilities from 0 to 1"):
        cross_entropy_error(y, [0, 1])


def test_no_sample_has_no_mean():
    for y, t in (([], []), (np.zeros((0, 3)), np.zeros(0, int))):
        with pytest.raises(InputError, match="y must be of shape"):
            cross_entropy_error(y, t)
