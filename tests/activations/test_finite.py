"""No activation overflows, warns or gives NaN for any finite input; type and shape are kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from badak.activations import ACTIVATIONS

DTYPES = [np.float32, np.float64]
every_activation = pytest.mark.parametrize(
    "h", [ACTIVATIONS[n] for n in ACTIVATIONS], ids=ACTIVATIONS
)
every_type = pytest.mark.parametrize("dtype", DTYPES, ids=["float32", "float64"])


def forward_and_backward(h, x):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = h(x)
        return y, h.backward(x, y, np.ones_like(x))


def assert_well_behaved(h, x):
    for result in forward_and_backward(h, x):
        assert result.dtype == x.dtype
        assert result.shape == x.shape
        assert np.isfinite(result).all()


def extremes(dtype):
    info = np.finfo(dtype)
    ends = [0.0, info.smallest_subnormal, info.tiny, info.eps, 1.0, info.max / 2, info.max]
    near = np.geomspace(1e-3, 1e4, 300)
    everywhere = 10.0 ** np.arange(-37, 38)
    x = np.concatenate([ends, near, everywhere, np.nextafter(ends[1:], 0, dtype=dtype)])
    return np.concatenate([-x, x]).astype(dtype)


@every_type
@every_activation
def test_every_order_of_magnitude(h, dtype):
    x = extremes(dtype)
    assert_well_behaved(h, x)
    assert_well_behaved(h, x[:, np.newaxis])
    assert_well_behaved(h, np.stack([x, x[::-1]], axis=1))


@every_type
@every_activation
@given(data=st.data())
def test_any_finite_array(h, dtype, data):
    finite = st.floats(
        width=32 if dtype is np.float32 else 64, allow_nan=False, allow_infinity=False
    )
    shapes = hnp.array_shapes(min_dims=0, max_dims=3, max_side=3)
    assert_well_behaved(h, data.draw(hnp.arrays(dtype, shapes, elements=finite)))


@every_type
@every_activation
def test_nan_stays_nan(h, dtype):
    for x in (np.array(np.nan, dtype), np.full((2, 3), np.nan, dtype)):
        for result in forward_and_backward(h, x):
            assert np.isnan(result).all()
            assert result.dtype == dtype


@every_activation
def test_nan_spoils_its_own_number_only_or_its_row(h):
    x = np.array([[0.5, np.nan, -0.5], [1.5, 2.5, -1.5]])
    spoilt = np.isnan(h(x))
    assert spoilt[0, 1]
    assert not spoilt[1].any()
    assert spoilt[0].all() == h.rowwise


@every_activation
def test_the_input_is_not_written_to(h):
    x = np.linspace(-4, 4, 12).reshape(3, 4)
    y = h(x)
    before = x.copy(), y.copy()
    gradient = np.ones_like(x)
    h.backward(x, y, gradient)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])
    np.testing.assert_array_equal(gradient, 1.0)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, bool])
@every_activation
def test_whole_numbers_are_taken_as_float64(h, dtype):
    """Bytes, such as raw pixels, neither wrap round nor are they worked on in float16."""
    x = np.array([[0, 1, 100], [3, 5, 127]]).astype(dtype)
    y = h(x)
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, h(x.astype(np.float64)))
