"""Formulas, compiled, beside NumPy in float64."""

import numpy as np
import pytest

from badak.engine.compiler.kernels import elementwise
from badak.tracing.node import UntraceableError

X = np.concatenate([np.linspace(-1000.0, 1000.0, 100_003), np.linspace(-8.0, 8.0, 10_007)])
X = X.astype(np.float32)

FORMULAS = {
    "sin": np.sin,
    "cos": np.cos,
    "a wave that fades": lambda x: np.exp(-0.01 * x * x) * np.sin(3.0 * x),
    "powers": lambda x: 0.1 * x**2 - x**3 / (1.0 + x**4) + np.abs(x) ** 0.5,
    "cases": lambda x: np.where((x > 1.0) & ~(x > 2.0) | (x < -3.0), 1.0, np.sign(x)),
    "limits": lambda x: np.minimum(np.maximum(x, -2.5), 3.0) + np.clip(x, -1.0, 1.0),
    "rounding": lambda x: np.floor(x) + np.rint(x),
    "a constant": lambda x: 0.0 * x + 3.0,
    "whole numbers": lambda x: 2 * x + 1,
    "reciprocal": lambda x: np.reciprocal(1.0 + np.square(x)) + np.copysign(1.0, x),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula(name):
    formula = FORMULAS[name]
    expected = formula(X.astype(np.float64))
    np.testing.assert_allclose(elementwise(formula)(X), expected, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("count", [0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33])
def test_any_number_of_numbers(count):
    given = X[:count].copy()
    result = elementwise(lambda x: x * 0.5)(given)
    assert (result == 0.5 * given).all()


def test_not_a_number_and_infinity():
    given = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0], np.float32)
    for formula in (
        lambda x: np.maximum(x, 1.0),
        lambda x: np.minimum(1.0, x),
        lambda x: np.where(x > 0.0, x, 0.1 * x),
        np.abs,
        np.sign,
        np.sqrt,
    ):
        with np.errstate(invalid="ignore"):
            np.testing.assert_array_equal(elementwise(formula)(given), formula(given))


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (lambda x: x if x > 0.0 else -x, "branches on a value"),
        (lambda x: np.sort(x), "np.sort"),
        (lambda x: np.arctan(x), "np.arctan"),
        (lambda x: x[0] * x, "takes a part"),
        (lambda x: float(x), "number of Python"),
        (lambda x: x + np.array([1.0, 5.0]), "an array of its own"),
        (lambda x: sum(x), "one by one"),
    ],
)
def test_what_cannot_be_written_down_is_told(formula, said):
    with pytest.raises(UntraceableError, match=said):
        elementwise(formula)
