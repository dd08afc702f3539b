"""Each elementary function on NumPy's arrays and compiled, against float64."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from badak.engine.compiler import elementary, kernels, mathematics
from badak.engine.compiler.mathematics import NumPyPrimitives

EXACT = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "erf": special.erf,
}
LARGEST_ERROR = {"exp": 1.0, "expm1": 2.0, "log": 1.0, "log1p": 2.0, "tanh": 1.0, "erf": 1.0}
"""In units in the last place."""
EDGES = np.array(
    [
        *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, np.inf, -np.inf, np.nan),
        *(1e-45, -1e-45, 1.1754942e-38, 1.1754944e-38, -1.1754942e-38, 3.4028235e38, -3.4028235e38),
        *(88.72283, 88.72284, 88.8, 89.1, -87.3, -87.4, -103.27, -103.97, -103.98, -104.1),
        *(0.99999994, 1.0000001, -0.99999994, 0.6666667, 1.3333334, 0.33333334, -0.33333334),
        *(9.010913, 9.02, 3.91, 3.92, 4.1, 5.9e-8, 6e-8, 16777216.0, 1e20),
    ],
    dtype=np.float32,
)


def with_numpy(function):
    def evaluate(*arguments):
        with np.errstate(all="ignore"):
            return function(*arguments, NumPyPrimitives)

    return evaluate


def compiled(function):
    return kernels.elementwise(lambda x: function(x, elementary.Primitives))


WAYS = pytest.mark.parametrize("way", [with_numpy, compiled])


def sample():
    """Return each 4099th float32 number and the edges."""
    patterns = np.arange(0, 2**32, 4099, dtype=np.uint64).astype(np.uint32)
    return np.concatenate([patterns.view(np.float32), EDGES])


def ulp_error(found, exact):
    """Return the distance in float32's units in the last place; infinity counts as 2**128."""
    wall = 2.0**128
    with np.errstate(all="ignore"):
        near = np.minimum(np.abs(exact), 3.4e38).astype(np.float32)
        distance = np.clip(np.float64(found), -wall, wall) - np.clip(exact, -wall, wall)
        error = np.abs(distance) / np.spacing(near)
    assert (np.isnan(found) == np.isnan(exact)).all()
    return np.where(np.isnan(exact), 0.0, error)


@WAYS
@pytest.mark.parametrize("name", EXACT)
def test_a_function_is_right_to_the_last_place_or_nearly(name, way):
    x = sample()
    with np.errstate(all="ignore"):
        exact = EXACT[name](x.astype(np.float64))
    error = ulp_error(way(getattr(mathematics, name))(x), exact)
    worst = error.argmax()
    assert error[worst] <= LARGEST_ERROR[name], f"{error[worst]:.3f} ulp at {x[worst]!r}"


@WAYS
def test_logarithms_outside_their_domain(way):
    x = np.array([0.0, -0.0, -1e-45, -1.0, -np.inf, np.inf, np.nan], np.float32)
    nan, inf = np.nan, np.inf
    np.testing.assert_array_equal(way(mathematics.log)(x), [-inf, -inf, nan, nan, nan, inf, nan])
    x = np.array([-1.0, -1.0000001, -2.0, -np.inf, np.inf, np.nan], np.float32)
    np.testing.assert_array_equal(way(mathematics.log1p)(x), [-inf, nan, nan, nan, inf, nan])


@WAYS
def test_what_must_not_pass_its_limit_does_not(way):
    x = sample()
    x = x[~np.isnan(x)]
    for function in (mathematics.tanh, mathematics.erf):
        assert np.abs(way(function)(x)).max() == 1.0
    assert way(mathematics.expm1)(x).min() == -1.0


@WAYS
@pytest.mark.parametrize("name", ["tanh", "erf"])
def test_odd_functions_are_odd(name, way):
    x = sample()
    x = x[x > 0.0]
    function = way(getattr(mathematics, name))
    np.testing.assert_array_equal(function(-x), -function(x))


@WAYS
def test_cosine_of_turns(way):
    x = np.concatenate([np.arange(0, 2**24, 61) / 2.0**24, [0.25, 0.5, 0.75]]).astype(np.float32)
    v = 0.25 - np.minimum(x, 1.0 - x).astype(np.float64)  # where float64's cosine is exact too
    found = way(mathematics.cos_turns)(x)
    assert ulp_error(found, np.sin(2.0 * np.pi * v)).max() <= 3.0
    assert np.abs(found).max() <= 1.0 + 2.0**-22
    np.testing.assert_allclose(found[-3:], [0.0, -1.0, 0.0], rtol=2.0**-23, atol=0.0)


def positive_pairs():
    """Return x > 0 and y such that x**y is neither 0 nor infinite, or only just."""
    rng = np.random.default_rng(0)
    wide = rng.integers(1, 0x7F800000, 200_000, dtype=np.uint32).view(np.float32)
    near_one = np.exp2(rng.uniform(-1.0, 1.0, 200_000)).astype(np.float32)
    x = np.concatenate([wide, near_one])
    logarithm = np.log2(x.astype(np.float64))
    x, logarithm = x[logarithm != 0.0], logarithm[logarithm != 0.0]
    return x, (rng.uniform(-151.0, 129.0, x.size) / logarithm).astype(np.float32)


def test_powers_of_positive_numbers():
    x, y = positive_pairs()
    exact = np.power(x.astype(np.float64), y.astype(np.float64))
    assert ulp_error(with_numpy(mathematics.power)(x, y), exact).max() <= 2.0


def test_powers_at_the_edges_are_those_of_numpy():
    sizes = [0.0, 1.0, 0.5, 2.0, 3.0, 2.5, 1e-45, 3.4e38, np.inf, 16777217.0, 150.0, 1.0000001]
    edges = np.array([sign * e for e in sizes for sign in (1.0, -1.0)] + [np.nan], np.float32)
    x, y = (axis.ravel() for axis in np.meshgrid(edges, edges))
    with np.errstate(all="ignore"):
        exact = np.power(x.astype(np.float64), y.astype(np.float64))
    found = with_numpy(mathematics.power)(x, y)
    assert ulp_error(found, exact).max() <= 2.0
    numbers = ~np.isnan(exact)
    np.testing.assert_array_equal(np.signbit(found[numbers]), np.signbit(exact[numbers]))


@pytest.mark.parametrize("exponent", [-2.0, -0.3, 0.0, 1.0 / 3.0, 1.5, 7.0, 100.25])
def test_compiled_powers(exponent):
    exponent = float(np.float32(exponent))
    x = sample()
    with np.errstate(all="ignore"):
        exact = np.power(x.astype(np.float64), exponent)

    assert ulp_error(kernels.elementwise(lambda x: x**exponent)(x), exact).max() <= 2.0


FLOATS = st.floats(width=32, min_value=-(2.0**50), max_value=2.0**50, allow_subnormal=False)


@given(FLOATS, FLOATS, FLOATS)
def test_the_fused_product_of_numpy_is_rounded_once(a, b, c):
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    found = NumPyPrimitives.fma(*(np.array([v], np.float32) for v in (a, b, c)))[0]
    unit = Fraction(float(np.spacing(np.abs(found))))
    assert abs(Fraction(float(found)) - exact) <= unit * Fraction(500_001, 1_000_000)
