"""Every activation's value beside SciPy's or the paper's, and its slope beside differences."""

import numpy as np
import pytest
from scipy import special

from badak.activations import (
    ACTIVATIONS,
    BOUNDED_RELU,
    ELU,
    LEAKY_RELU,
    THRESHOLD,
    THRESHOLDED_RELU,
    Activation,
    erf,
    exponential,
    naive_sigmoid,
    relu,
    relu_slope,
    sigmoid,
    step,
)

ROOT_HALF = np.sqrt(0.5)


def selu(x):
    """SELU with its constants solved as in the paper's appendix: the fixed point (0, 1)."""
    a, b = special.erfc(ROOT_HALF) * np.exp(0.5), special.erfc(np.sqrt(2)) * np.exp(2)
    alpha = np.sqrt(2 / np.pi) / (1 - a)
    scale = (1 - a) * np.sqrt(2 * np.pi)
    scale /= np.sqrt(2 * b + np.pi * a**2 - 2 * (2 + np.pi) * a + np.pi + 2)
    return scale * np.where(x > 0, x, alpha * special.expm1(x))


def mish(x):
    e = np.exp(x)
    return x * (e * e + 2 * e) / (e * e + 2 * e + 2)


def gelu_tanh(x):
    return x * special.expit(2 * np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))


def bent(x):
    """ReLU6 from 1 on, and a tenth of the distance under it."""
    return np.where(x > 1, np.clip(x, None, 6), (x - 1) / 10)


# name: the formula written anew, and the corners: where it, or its slope, jumps
FORMULAS = {
    "step": (lambda x: np.heaviside(x, 0), [0]),
    "threshold": (lambda x: np.heaviside(x, 0), [0]),
    "identity": (lambda x: x, []),
    "relu": (lambda x: (x + abs(x)) / 2, [0]),
    "relu6": (lambda x: np.clip(x, 0, 6), [0, 6]),
    "leaky_relu": (lambda x: np.maximum(x, x / 5), [0]),
    "thresholded_relu": (lambda x: x * (x > 1), [1]),
    "bounded_relu": (lambda x: np.clip(x, 0, None), [0]),
    "hard_sigmoid": (lambda x: np.interp(x, [-3, 3], [0, 1]), [-3, 3]),
    "sigmoid": (special.expit, []),
    "tanh": (lambda x: np.sinh(x) / np.cosh(x), []),
    "softsign": (lambda x: np.sign(x) - np.sign(x) / (1 + abs(x)), []),
    "exponential": (lambda x: np.exp(np.minimum(x, 88)), [88]),
    "softplus": (lambda x: np.logaddexp(0, x), []),
    "elu": (lambda x: special.boxcox(np.exp(np.minimum(x, 0)), 1) + x * (x > 0), []),
    "selu": (selu, [0]),
    "swish": (lambda x: x / (1 + np.exp(-x)), []),
    "mish": (mish, []),
    "gelu": (lambda x: x * special.ndtr(x), []),
    "gelu_tanh": (gelu_tanh, []),
}
CASES = {
    **{name: (ACTIVATIONS[name], *known) for name, known in FORMULAS.items()},
    "leaky_0.01": (
        LEAKY_RELU.with_parameters(negative_slope=0.01),
        lambda x: x - 0.99 * x * (x < 0),
        [0],
    ),
    "elu_0.5": (ELU.with_parameters(alpha=0.5), lambda x: np.where(x > 0, x, np.expm1(x) / 2), [0]),
    "threshold_0.7": (
        THRESHOLD.with_parameters(theta=0.7),
        lambda x: np.heaviside(x - 0.7, 0),
        [0.7],
    ),
    "thresholded_2": (THRESHOLDED_RELU.with_parameters(theta=2), lambda x: x * (x > 2), [2]),
    "bounded": (
        BOUNDED_RELU.with_parameters(negative_slope=0.1, max_value=6, threshold=1),
        bent,
        [1, 6],
    ),
}
every_case = pytest.mark.parametrize(("h", "formula", "corners"), CASES.values(), ids=CASES)


def points(corners, away=0.0):
    """Points here and there, and on both sides of 0 and of the corners; none within `away`."""
    near = np.add.outer([0.0, *corners], [-8e-3, -3e-3, -1e-5, 1e-5, 3e-3, 8e-3]).ravel()
    x = np.concatenate([near, np.linspace(-12, 12, 97), np.random.default_rng(1).normal(0, 4, 500)])
    return x[np.all([abs(x - c) > away for c in corners], axis=0)]


def differences(f, x, h=1e-3):
    """The slope by five points: wrong by h^4 / 30 times the fifth derivative."""
    return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)


def test_every_activation_of_one_number_is_tested_here():
    assert set(FORMULAS) == {name for name in ACTIVATIONS if not ACTIVATIONS[name].rowwise}


@every_case
def test_values_in_float64(h, formula, corners):
    x = points(corners, away=1e-9)
    np.testing.assert_allclose(h(x), formula(x), rtol=1e-13, atol=4e-15)


@every_case
def test_values_in_float32(h, formula, corners):
    x = points([0, *corners], away=1e-6).astype(np.float32)
    exact = formula(x.astype(np.float64))
    y = h(x)
    assert y.dtype == np.float32
    # GELU and its like subtract from 1 what float32 has rounded, and multiply by x
    np.testing.assert_allclose(y, exact, rtol=1e-6, atol=1e-6 if "gelu" in h.name else 1e-7)


@every_case
def test_slopes_are_the_differences_of_the_values(h, formula, corners):
    x = points([0, *corners], away=2.5e-3)  # at 0 some are joined so that the slope has a corner
    x = x[abs(x) < 6]
    slope = h.derivative(x, h(x))
    np.testing.assert_allclose(slope, differences(formula, x), rtol=1e-6, atol=1e-12)
    np.testing.assert_array_equal(h.backward(x, h(x), 3 * x), 3 * x * slope)


@every_case
def test_at_a_corner_the_slope_is_that_of_the_left_side(h, formula, corners):
    for corner in (0.0, *corners):
        around = np.nextafter(corner, [-np.inf, np.inf])
        at, left, right = (h.derivative(x, h(x)) for x in (np.array(corner), *around))
        assert at == pytest.approx(left, rel=1e-12)
        if corner in corners and h.name not in ("step", "threshold"):
            assert left != pytest.approx(right, rel=1e-3)


def test_relu_has_no_slope_at_zero():
    x = np.array([-1.0, -0.0, 0.0, 1e-300])
    np.testing.assert_array_equal(relu_slope(relu(x)), [0.0, 0.0, 0.0, 1.0])


def test_the_step_of_zero_is_zero():
    np.testing.assert_array_equal(step(np.array([-2.0, 1.0, 3.0])), [0, 1, 1])
    np.testing.assert_array_equal(step(np.array([0.0, -0.0, 5e-324, -5e-324])), [0, 0, 1, 0])


def test_the_sigmoid_that_the_notes_print():
    y = sigmoid(np.array([-2.0, 1.0, 3.0]))
    np.testing.assert_allclose(y, [0.11920292, 0.73105858, 0.95257413], atol=5e-9)


def test_the_naive_sigmoid_is_the_same_until_it_overflows():
    x = np.linspace(-700, 700, 1001)
    np.testing.assert_allclose(sigmoid(x), naive_sigmoid(x), rtol=1e-13)
    with pytest.warns(RuntimeWarning, match="overflow"):
        naive_sigmoid(np.array([-1000.0]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_exponential_levels_out_at_e_to_the_88(dtype):
    x = np.array([87.5, 88.0, 88.5, 1e30], dtype=dtype)
    y = exponential(x)
    np.testing.assert_allclose(y, np.exp([87.5, 88, 88, 88]), rtol=1e-5)
    slope = ACTIVATIONS["exponential"].derivative(x, y)
    np.testing.assert_array_equal(slope, [y[0], y[1], 0.0, 0.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, bool])
def test_erf_is_scipys_for_numbers_of_any_type(dtype):
    x = np.array([[-3, -1, 0], [1, 2, 30]]).astype(dtype)
    np.testing.assert_allclose(erf(x), special.erf(x.astype(float)), rtol=1e-7)
    assert erf(x[0, 0]).shape == ()


def test_numbers_and_lists_are_taken_as_arrays():
    assert ACTIVATIONS["relu"](-2).item() == 0.0
    np.testing.assert_array_equal(ACTIVATIONS["leaky_relu"]([-10, 3]), [-2.0, 3.0])


def test_an_activation_of_your_own_is_worked_out_as_the_others_are():
    sine = Activation("sine", lambda x: np.sin(x), lambda x: np.cos(x))
    x = np.linspace(-3, 3, 50)
    np.testing.assert_allclose(sine.derivative(x, sine(x)), differences(np.sin, x), rtol=1e-6)
