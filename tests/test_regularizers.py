"""Regularizers: penalties against Keras, slopes against differences, names and configurations."""

import inspect
import json
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from badak import regularizers
from badak.errors import InputError, UnknownNameError

WEIGHTS = arrays(
    np.float64, array_shapes(min_dims=1, max_dims=3, max_side=4), elements=st.floats(-10.0, 10.0)
)
PRICES = st.floats(0.0, 10.0)
ALL = [
    regularizers.L1(0.3),
    regularizers.L2(0.7),
    regularizers.L1L2(l1=0.2, l2=0.4),
]


@given(WEIGHTS, PRICES, PRICES)
def test_the_penalty_is_the_sum_of_absolute_and_of_squared_weights(w, l1, l2):
    absolute = sum(abs(each) for each in w.flat)
    squares = sum(each**2 for each in w.flat)
    assert regularizers.L1(l1).penalty(w) == pytest.approx(l1 * absolute, rel=1e-12, abs=1e-300)
    assert regularizers.L2(l2).penalty(w) == pytest.approx(l2 * squares, rel=1e-12, abs=1e-300)
    both = regularizers.L1L2(l1, l2)
    assert both.penalty(w) == pytest.approx(l1 * absolute + l2 * squares, rel=1e-12, abs=1e-300)
    assert both(w.tolist()) == both.penalty(w)


@pytest.mark.parametrize("regularizer", ALL, ids=repr)
@given(w=WEIGHTS)
def test_the_gradient_is_the_slope_of_the_penalty(regularizer, w):
    w = np.where(np.abs(w) < 0.01, 0.5, w)  # away from the corner at 0
    h = 1e-4
    slopes = np.empty_like(w)
    for index in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (regularizer.penalty(up) - regularizer.penalty(down)) / (2.0 * h)
    np.testing.assert_allclose(regularizer.gradient(w), slopes, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("regularizer", ALL, ids=repr)
def test_a_weight_of_0_is_left_at_0(regularizer):
    assert (regularizer.gradient(np.zeros((2, 3))) == 0.0).all()


@pytest.mark.parametrize("regularizer", ALL, ids=repr)
def test_the_gradient_keeps_float32_and_leaves_the_weights_alone(regularizer):
    w = np.array([[-1.0, 2.0]], dtype=np.float32)
    assert regularizer.gradient(w).dtype == np.float32
    np.testing.assert_array_equal(w, [[-1.0, 2.0]])


@pytest.mark.parametrize("regularizer", ALL, ids=repr)
def test_a_configuration_rebuilds_an_equal_regularizer(regularizer):
    assert regularizers.get(json.loads(json.dumps(regularizer.get_config()))) == regularizer
    assert regularizers.get(regularizer) is regularizer


def test_names_of_keras_are_known():
    assert regularizers.get("l1") == regularizers.L1(0.01)
    assert regularizers.get("l2") == regularizers.L2(0.01)
    assert regularizers.get(regularizers.L2) == regularizers.L2(0.01)
    assert regularizers.get(None) is None
    assert regularizers.l1(0.1) == regularizers.L1(0.1)
    assert regularizers.l2(l2=0.1) == regularizers.L2(0.1)
    assert regularizers.l1_l2(l1=0.1, l2=0.2) == regularizers.L1L2(0.1, 0.2)


@pytest.mark.parametrize("name", ["l1_l2", "L1L2"])
def test_both_prices_by_name_alone_are_not_nothing(name):
    assert regularizers.get(name) == regularizers.L1L2(0.01, 0.01)


def test_a_regularizer_of_your_own_is_taken():
    @dataclass(frozen=True)
    class Quartic(regularizers.Regularizer):
        factor: float = 2.0

        def penalty(self, w):
            return self.factor * float(np.sum(w**4))

        def gradient(self, w):
            return 4.0 * self.factor * w**3

    own = regularizers.get(Quartic(0.5))
    assert own([1.0, 2.0]) == 8.5
    assert own.get_config() == {"name": "Quartic", "factor": 0.5}


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: regularizers.L1(-0.1), "L1's l1 must be a number in"),
        (lambda: regularizers.L2(np.nan), "L2's l2 must be a number in"),
        (lambda: regularizers.L2(np.inf), "L2's l2 must be a number in"),
        (lambda: regularizers.L2("0.1"), "L2's l2 must be a number in"),
        (lambda: regularizers.L1L2(l2=True), "L1L2's l2 must be a number in"),
        (lambda: regularizers.get(0.01), "0.01 is not a regularizer"),
        (lambda: regularizers.get(np.abs), "is not a regularizer"),
        (lambda: regularizers.get({"name": "l2", "l1": 0.1}), "l1"),
    ],
)
def test_what_cannot_be_worked_with_is_refused(make, fault):
    with pytest.raises(InputError, match=fault):
        make()


def test_an_unknown_name_is_answered_with_those_known():
    with pytest.raises(UnknownNameError, match="l1, l2, l1_l2"):
        regularizers.get("ridge")


@pytest.mark.peers
@given(WEIGHTS, PRICES, PRICES)
def test_penalties_are_those_of_keras(keras, w, l1, l2):
    for ours, theirs in [
        (regularizers.L1(l1), keras.regularizers.L1(l1)),
        (regularizers.L2(l2), keras.regularizers.L2(l2)),
        (regularizers.L1L2(l1, l2), keras.regularizers.L1L2(l1, l2)),
    ]:
        expected = float(theirs(keras.ops.convert_to_tensor(w, dtype="float64")))
        assert ours.penalty(w) == pytest.approx(expected, rel=1e-6, abs=1e-30)


@pytest.mark.peers
@pytest.mark.parametrize("cls", ["L1", "L2", "L1L2"])
def test_arguments_and_defaults_are_those_of_keras(keras, cls):
    theirs = inspect.signature(getattr(keras.regularizers, cls)).parameters
    ours = inspect.signature(getattr(regularizers, cls)).parameters
    assert [(n, p.default) for n, p in ours.items()] == [(n, p.default) for n, p in theirs.items()]


@pytest.fixture(scope="module")
def keras():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        yield pytest.importorskip("keras")
