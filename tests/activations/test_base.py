"""What a record says of its function is true: range, shape, smoothness, where it saturates."""

import inspect

import numpy as np
import pytest
from scipy import optimize, special

from badak.activations import ACTIVATIONS, ELU, LEAKY_RELU, RELU, Activation
from badak.errors import InputError

ELEMENTWISE = {n: ACTIVATIONS[n] for n in ACTIVATIONS if not ACTIVATIONS[n].rowwise}
every_record = pytest.mark.parametrize("h", [ACTIVATIONS[n] for n in ACTIVATIONS], ids=ACTIVATIONS)
elementwise = pytest.mark.parametrize("h", ELEMENTWISE.values(), ids=ELEMENTWISE)

FAR = 1e7
WIDE = np.concatenate([np.linspace(-20, 20, 40_001), [-FAR, FAR]])
WIDE.sort()


def slope(h, x):
    return h.derivative(x, h(x))


@elementwise
def test_values_lie_in_the_range_and_near_its_ends(h):
    y = h(WIDE)
    for end, nearest in zip(h.range, (y.min(), y.max()), strict=True):
        if np.isinf(end):
            assert end * nearest >= FAR
        else:
            assert nearest == pytest.approx(end, abs=1e-6)
    low, high = h.range
    assert y.min() >= low - 1e-15
    assert y.max() <= high + 1e-15


DIPS = {
    "swish": lambda x: x * special.expit(x),
    "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    "gelu": lambda x: x * special.ndtr(x),
    "gelu_tanh": lambda x: x * special.expit(np.sqrt(8 / np.pi) * (x + 0.044715 * x**3)),
}


@pytest.mark.parametrize("name", DIPS)
def test_the_lowest_point_of_those_that_dip_under_zero(name):
    lowest = optimize.minimize_scalar(DIPS[name], bounds=(-3, 0), options={"xatol": 1e-9})
    assert ACTIVATIONS[name].range[0] == pytest.approx(lowest.fun, rel=1e-12)


@pytest.mark.parametrize(("name", "low", "high"), [("softmax", 0, 1), ("log_softmax", -np.inf, 0)])
def test_the_range_of_a_row(name, low, high):
    y = ACTIVATIONS[name](np.array([[0.0, 1e30], [0.0, 0.0]]))
    assert ACTIVATIONS[name].range == (low, high)
    assert y[0, 1] == high
    assert y[0, 0] == max(low, -1e30)


@elementwise
def test_monotonic_means_that_it_never_falls(h):
    assert h.monotonic == bool((np.diff(h(WIDE)) > -1e-12).all())


def largest_jump(f, parts):
    return np.abs(np.diff(f(np.linspace(-10, 10, parts + 1)))).max()


@elementwise
def test_smooth_means_that_neither_value_nor_slope_jumps(h):
    """On a grid twice as fine, the steps of what has no jump are half as large."""
    grows = [
        largest_jump(f, 40_000) <= 0.6 * largest_jump(f, 20_000) for f in (h, lambda x: slope(h, x))
    ]
    assert h.smooth == all(grows)


@elementwise
def test_zero_centred_means_odd(h):
    y, mirrored = h(WIDE), h(-WIDE)
    assert h.zero_centred == np.allclose(mirrored, -y, rtol=1e-12, atol=1e-15)


@elementwise
def test_it_saturates_where_the_slope_goes_to_zero(h):
    left, right = np.abs(slope(h, np.array([-80.0, 80.0]))) < 1e-3
    assert ("left" in h.saturates) == left
    assert ("right" in h.saturates) == right
    assert set(h.saturates) <= {"left", "right"}


@elementwise
def test_the_slope_is_worked_out_from_what_the_record_says(h):
    x = np.linspace(-4, 4, 41)
    y = h(x)
    unknown = np.full_like(x, np.nan)
    from_output = h.derivative(unknown, y)
    from_input = h.derivative(x, unknown)
    used, unused = (
        (from_output, from_input) if h.slope_from == "output" else (from_input, from_output)
    )
    np.testing.assert_array_equal(used, h.derivative(x, y))
    assert np.isnan(unused).all()


@every_record
def test_formula_slope_and_source_are_told(h):
    for formula in (h.latex, h.slope_latex):
        assert formula
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\begin") == formula.count(r"\end")
        assert formula.count(r"\left") == formula.count(r"\right")
    assert h.latex.startswith(("h(x) = ", "y_k = "))
    assert h.source.strip()


@elementwise
def test_parameters_are_arguments_of_the_formulas_with_the_same_defaults(h):
    for function in (h.value, h.slope):
        arguments = list(inspect.signature(function).parameters.values())[1:]
        assert {a.name: a.default for a in arguments} == dict(h.parameters)


def test_with_parameters_leaves_the_original_alone():
    gentle = LEAKY_RELU.with_parameters(negative_slope=np.float32(0.5))
    assert gentle(np.array([-2.0])) == -1.0
    assert LEAKY_RELU.parameters == {"negative_slope": 0.2}
    assert gentle.with_parameters(negative_slope=0.2) == LEAKY_RELU
    assert gentle != LEAKY_RELU


@pytest.mark.parametrize(
    ("record", "parameters", "message"),
    [
        (ELU, {"beta": 1.0}, "elu has no parameter 'beta'; it has: alpha"),
        (RELU, {"alpha": 1.0}, "relu has no parameter 'alpha'; it has: none"),
        (ELU, {"alpha": "1"}, "alpha must be a number.*not '1'"),
        (ELU, {"alpha": float("nan")}, "alpha must be a number.*not nan"),
        (ELU, {"alpha": None}, "alpha must be a number.*not None"),
        (ELU, {"alpha": True}, "alpha must be a number.*not True"),
    ],
)
def test_parameters_that_are_refused(record, parameters, message):
    with pytest.raises(InputError, match=message):
        record.with_parameters(**parameters)


@pytest.mark.parametrize(
    ("value", "slope"), [(np.sin, np.cos), (lambda x: x, np.sign), (lambda x: x, 1.0)]
)
def test_what_is_not_a_plain_function_is_refused_at_once(value, slope):
    """What a record says of its slope is read from the function, which a ufunc does not tell."""
    with pytest.raises(InputError, match="plain function"):
        Activation("own", value, slope)
