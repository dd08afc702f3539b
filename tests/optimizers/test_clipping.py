import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from badak.errors import InputError
from badak.optimizers import SGD, Adam, clip_by_global_norm, clip_by_norm, clip_by_value

gradients = arrays(np.float64, 7, elements=st.floats(-1e6, 1e6))
limits = st.floats(1e-3, 1e3)
SEGMENTS = [slice(0, 3), slice(3, 4), slice(4, 7)]


def length(g):
    return math.hypot(*g)


@given(gradients, limits)
def test_no_number_is_larger_than_the_value_limit_and_small_ones_stay(g, limit):
    clipped = clip_by_value(g, limit)
    expected = [math.copysign(min(abs(each), limit), each) for each in g]
    np.testing.assert_array_equal(clipped, expected)


@given(gradients, limits)
def test_a_clipped_gradient_keeps_its_direction_and_is_no_longer_than_the_limit(g, limit):
    clipped = clip_by_global_norm(g, limit)
    assert length(clipped) == pytest.approx(min(length(g), limit), rel=1e-12)
    np.testing.assert_allclose(clipped * length(g), g * length(clipped), rtol=1e-9, atol=1e-12)


@given(gradients, st.floats(1.001, 100.0))
def test_a_short_gradient_is_not_touched(g, scale):
    limit = max(scale * length(g), 1e-3)
    np.testing.assert_array_equal(clip_by_global_norm(g, limit), g)
    np.testing.assert_array_equal(clip_by_norm(g, limit, SEGMENTS), g)


@given(gradients, limits)
def test_each_variable_is_clipped_by_itself(g, limit):
    clipped = clip_by_norm(g, limit, SEGMENTS)
    for segment in SEGMENTS:
        np.testing.assert_array_equal(clipped[segment], clip_by_global_norm(g[segment], limit))


def test_what_lies_between_variables_is_kept():
    clipped = clip_by_norm(np.array([3.0, 4.0, 9.0]), 1.0, [slice(0, 2)])
    np.testing.assert_allclose(clipped, [0.6, 0.8, 9.0])


CLIPPINGS = [
    lambda g: clip_by_value(g, 1.0),
    lambda g: clip_by_global_norm(g, 1.0),
    lambda g: clip_by_norm(g, 1.0, SEGMENTS),
]
each_clipping = pytest.mark.parametrize("clip", CLIPPINGS, ids=["value", "global_norm", "norm"])


@each_clipping
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clipping_makes_a_new_gradient_of_the_same_type(clip, dtype):
    g = np.full(7, 5.0, dtype)
    clipped = clip(g)
    assert clipped.dtype == dtype
    assert clipped is not g
    np.testing.assert_array_equal(g, 5.0)


@each_clipping
def test_a_zero_gradient_stays_zero(clip):
    np.testing.assert_array_equal(clip(np.zeros(7)), 0.0)


@each_clipping
def test_a_gradient_that_is_no_number_does_not_vanish(clip):
    assert np.isnan(clip(np.array([math.nan] + [1.0] * 6))).any()


def test_a_gradient_too_long_to_square_in_float32_keeps_its_direction():
    g = np.array([3e30, 4e30], np.float32)
    np.testing.assert_allclose(clip_by_global_norm(g, 1.0), [0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize(
    ("clipping", "expected"),
    [
        ({}, [3.0, 4.0, 0.6, 0.8, -12.0]),
        ({"clipvalue": 2.0}, [2.0, 2.0, 0.6, 0.8, -2.0]),
        ({"clipnorm": 1.0}, [0.6, 0.8, 0.6, 0.8, -1.0]),
        ({"global_clipnorm": 1.0}, np.array([3.0, 4.0, 0.6, 0.8, -12.0]) / 170**0.5),
    ],
    ids=str,
)
def test_an_optimizer_clips_before_its_rule(clipping, expected):
    w, g = np.zeros(5), np.array([3.0, 4.0, 0.6, 0.8, -12.0])
    given_g = g.copy()
    SGD(1.0, **clipping).apply(w, g, {}, 1, [slice(0, 2), slice(2, 4), slice(4, 5)])
    np.testing.assert_allclose(w, np.negative(expected), rtol=1e-12)
    np.testing.assert_array_equal(g, given_g)


def test_clipping_does_not_touch_the_decay_of_weights():
    w = np.array([10.0])
    SGD(0.1, weight_decay=0.5, clipvalue=1.0).apply(w, np.array([100.0]), {}, 1)
    assert w[0] == pytest.approx(10.0 - 0.1 * 0.5 * 10.0 - 0.1 * 1.0)


def test_clipnorm_asks_for_the_segments_before_anything_moves():
    w = np.ones(3)
    with pytest.raises(InputError, match="segments"):
        SGD(0.1, clipnorm=1.0, weight_decay=0.5).apply(w, np.ones(3), {}, 1)
    np.testing.assert_array_equal(w, 1.0)


@pytest.mark.parametrize(
    "two",
    [
        {"clipnorm": 1.0, "clipvalue": 0.5},
        {"clipvalue": 1.0, "global_clipnorm": 0.5},
        {"clipnorm": 1.0, "global_clipnorm": 0.5},
    ],
    ids=str,
)
def test_only_one_way_of_clipping_is_allowed(two):
    with pytest.raises(InputError, match="one way only") as refusal:
        Adam(**two)
    for name, value in two.items():
        assert f"{name}={value}" in str(refusal.value)


def test_a_second_way_of_clipping_cannot_be_set_later_either():
    optimizer = Adam(clipnorm=1.0)
    with pytest.raises(InputError, match="one way only"):
        optimizer.clipvalue = 1.0
    optimizer.clipnorm = None
    optimizer.clipvalue = 1.0
    assert optimizer.clipvalue == 1.0
