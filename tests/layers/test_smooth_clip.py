"""SmoothClip, held to its formula in float64, to its bounds, and to what it passes on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from badak import Input, Sequential
from badak.errors import InputError
from badak.layers import Dense, SmoothClip

ENGINES = pytest.mark.parametrize("engine", ["reference", "compiled"])
CENTRE, SPREAD, LIMIT = [1.0, 0.0, -2.0], [2.0, 0.0, 0.5], 3.0


def clipped(x, engine=None):
    layer = SmoothClip(CENTRE, SPREAD, LIMIT)
    return Sequential([Input((3,)), layer], engine=engine).predict(x)


@ENGINES
def test_it_is_its_formula_and_passes_features_without_a_spread_on(engine):
    x = np.random.default_rng(0).normal(size=(40, 3), scale=20.0).astype(np.float32)
    u = (x[:, [0, 2]].astype(np.float64) - [1.0, -2.0]) / [2.0, 0.5]
    expected = u / np.sqrt(1.0 + (u / LIMIT) ** 2)
    got = clipped(x, engine)
    np.testing.assert_allclose(got[:, [0, 2]], expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(got[:, 1], x[:, 1])


@ENGINES
@pytest.mark.parametrize("far", [1e6, 1e19, 1e30, 3e38])
def test_what_lies_far_out_is_the_limit_however_far(far, engine):
    got = clipped([[far, far, -far]], engine)
    np.testing.assert_allclose(got, [[LIMIT, np.float32(far), -LIMIT]], rtol=1e-5)


@given(arrays(np.float32, (6, 3), elements=st.floats(-(2.0**100), 2.0**100, width=32)))
def test_it_never_leaves_the_limits_and_never_falls(x):
    got = clipped(np.sort(x, axis=0), "reference")[:, [0, 2]]
    assert (np.abs(got) <= LIMIT * (1.0 + 1e-6)).all()
    assert (np.diff(got, axis=0) >= -1e-6).all()


def test_robust_is_the_median_and_the_quartiles_of_numpy():
    x = np.random.default_rng(1).exponential(size=(101, 2))
    x[:, 1] = np.arange(101) % 2
    centre, spread = SmoothClip.robust(x)
    single = x.astype(np.float32)
    low, middle, high = np.percentile(single[:, 0], [25, 50, 75])
    np.testing.assert_allclose([centre[0], spread[0]], [middle, high - low], rtol=1e-6)
    assert (centre[1], spread[1]) == (0.0, 0.0)  # two values: nothing to draw in


def test_robust_takes_half_the_range_where_most_values_are_one():
    x = np.array([[0.0]] * 90 + [[2.0]] * 5 + [[8.0]] * 5)
    assert SmoothClip.robust(x) == ([0.0], [4.0])


@ENGINES
def test_it_trains_beneath_a_dense_layer(engine):
    x = np.random.default_rng(2).standard_cauchy(size=(64, 3)).astype(np.float32)
    model = Sequential([Input((3,)), SmoothClip(*SmoothClip.robust(x)), Dense(1)], engine=engine)
    model.compile("adam", "mse")
    losses = model.fit(x, np.sign(x[:, :1]), epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    "given",
    [
        ([1.0], [1.0, 2.0]),
        ([1.0], [-1.0]),
        ([np.nan], [1.0]),
        ([0.0], [1e-45]),
        ([], []),
        ([[1.0]], [[1.0]]),
        ([0.0], [1.0], 0.0),
        ([0.0], [1.0], np.inf),
    ],
)
def test_other_settings_are_refused(given):
    with pytest.raises(InputError):
        SmoothClip(*given)


def test_samples_of_another_width_are_refused():
    with pytest.raises(InputError, match="knows 1 features, but the samples have 2"):
        Sequential([Input((2,)), SmoothClip([0.0], [1.0])])
