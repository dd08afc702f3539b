"""float16 is computed in float32, whole numbers in float64, whatever formula they are given to."""

import numpy as np
import pytest

from badak import activations, functions, losses, metrics, preprocessing, regularizers
from badak.errors import InputError

LARGE = np.array([[300.0, 1.0], [-200.0, 40.0], [12.0, -3.0]])  # 300 squared is beyond float16
POSITIVE = np.abs(LARGE)
SHARES = np.array([[0.25, 0.75], [0.0625, 0.9375], [0.5, 0.5]])
ONE_HOT = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
LABELS = ONE_HOT.argmax(axis=1)
TARGETS = {
    "values": POSITIVE[::-1],
    "not_negative": POSITIVE[::-1],
    "signs": 2.0 * ONE_HOT - 1.0,
    "shares": ONE_HOT,
    "distribution": ONE_HOT,
    "labels": LABELS,
}


def test_a_squared_error_of_300_is_90_000_over_2():
    y, t = np.array([[300.0, 0.0]], np.float16), np.array([[0.0, 0.0]], np.float16)
    assert losses.get("mse")(t, y) == metrics.get("mean_squared_error")(t, y) == 45_000.0


@pytest.mark.parametrize("name", losses.LOSSES)
def test_every_loss_of_float16_is_that_of_float64(name):
    loss = losses.get(name)
    y, t = SHARES if loss.needs_probabilities else POSITIVE, TARGETS[loss.targets]
    half = y.astype(np.float16)
    assert loss(t.astype(np.float16), half) == pytest.approx(loss(t, y), rel=1e-5)
    for part in (loss.rows, loss.gradient):
        found = part(half, t)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, part(y, t), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", metrics.METRICS)
@pytest.mark.parametrize(
    ("t", "y"), [(POSITIVE[::-1], POSITIVE), (ONE_HOT, SHARES), (LABELS, SHARES)]
)
def test_every_metric_of_float16_is_that_of_float64(name, t, y):
    metric = metrics.get(name)
    try:
        expected = metric(t, y)
    except InputError:
        pytest.skip("it does not take such targets")
    np.testing.assert_allclose(metric(t, y.astype(np.float16)), expected, rtol=1e-5)


@pytest.mark.parametrize("name", activations.ACTIVATIONS)
def test_every_activation_of_float16_is_that_of_float64(name):
    h, x = activations.get(name), np.array([[-300.0, -2.5, 0.5, 10.0]])
    half = x.astype(np.float16)
    y = h(half)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, h(x), rtol=1e-5, atol=1e-6)
    at_y = np.ones_like(x)
    back = h.backward(half, y.astype(np.float16), at_y)
    np.testing.assert_allclose(back, h.backward(x, h(x).astype(np.float16), at_y), 1e-5, 1e-6)


def test_the_softmax_of_many_float16_sums_to_one():
    """The sum of 100,000 ones is beyond float16."""
    y = functions.softmax(np.zeros((1, 100_000), np.float16))
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, 1e-5, rtol=1e-6)
    np.testing.assert_allclose(
        activations.log_softmax(np.zeros((1, 100_000), np.float16)), np.log(1e-5), rtol=1e-6
    )


NARROW = [
    np.linspace(-12.0, 12.0, 48).astype(np.float16),
    np.array([[-128, -3, 0], [2, 100, 127]], np.int8),
    np.array([[0, 3, 100], [200, 254, 255]], np.uint8),
    np.array([True, False]),
]
narrow = pytest.mark.parametrize("x", NARROW, ids=lambda x: str(x.dtype))


@narrow
@pytest.mark.parametrize("name", activations.ACTIVATIONS)
def test_every_formula_itself_takes_narrow_numbers_as_wide_ones(name, x):
    h = activations.get(name)
    for formula in (h.value,) if h.rowwise else (h.value, h.slope):
        expected = formula(x.astype(np.float64), **h.parameters)
        found = formula(x, **h.parameters)
        assert found.dtype == (np.float32 if x.dtype == np.float16 else np.float64)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=5e-6)


@narrow
@pytest.mark.parametrize("name", functions.__all__)
def test_every_function_of_the_book_takes_narrow_numbers_as_wide_ones(name, x):
    function, wide = getattr(functions, name), x.astype(np.float64)
    match name:
        case "numerical_gradient":
            with pytest.raises(InputError, match="array of float64"):
                function(lambda x: float(x.sum()), x)
        case "mean_squared_error":
            assert function(x, x[::-1]) == function(wide, wide[::-1]) >= 0.0
        case "cross_entropy_error":
            y = np.full((1, 4), 0.25, np.float16)
            assert function(y, [1]) == pytest.approx(np.log(4.0), rel=1e-5)
        case _:
            np.testing.assert_allclose(function(x), function(wide), rtol=1e-5, atol=1e-6)
            np.testing.assert_array_equal(function(x.tolist()), function(np.array(x.tolist())))


@narrow
@pytest.mark.parametrize("name", regularizers.REGULARIZERS)
def test_every_regularizer_takes_narrow_numbers_as_wide_ones(name, x):
    regularizer, wide = regularizers.get(name), x.astype(np.float64)
    for penalty in (regularizer, regularizer.penalty):
        assert penalty(x) == pytest.approx(penalty(wide), rel=1e-6)
    for part in (regularizer.price, regularizer.gradient):
        np.testing.assert_allclose(part(x), part(wide), rtol=1e-6)


def test_a_penalty_of_ones_own_is_computed_in_float32_too():
    class Quartic(regularizers.Regularizer):
        def price(self, w):
            return w**4.0

    assert Quartic()(np.array([300.0], np.float16)) == pytest.approx(8.1e9)


@pytest.mark.parametrize("x", NARROW[:3], ids=lambda x: str(x.dtype))
@pytest.mark.parametrize("name", ["normalize", "standardize", "whiten", "whitening_matrix"])
def test_every_preparation_takes_narrow_numbers_as_wide_ones(name, x):
    prepare = getattr(preprocessing, name)
    rows = x.reshape(-1, 2)
    found, expected = prepare(rows), prepare(rows.astype(np.float64))
    found = found if isinstance(found, tuple) else (found,)
    expected = expected if isinstance(expected, tuple) else (expected,)
    for one, other in zip(found, expected, strict=True):
        assert one.dtype in (np.float32, np.float64)
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
