"""Windows, convolution and max pooling: beside SciPy, by adjoints and by small differences."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage, signal

from badak import reference
from badak.errors import InputError
from badak.layers.convolution import convolution, convolution_backward, im2col
from badak.layers.pooling import max_pooling, max_pooling_backward
from badak.layers.windows import Window, padded, sum_windows, windows

RNG = np.random.default_rng(5)
X = RNG.normal(size=(2, 7, 9, 3))
WINDOWS = {
    "plain": Window((3, 2)),
    "one_pixel": Window((1, 1)),
    "the_whole_image": Window((7, 9)),
    "strided": Window((2, 3), strides=(2, 3)),
    "padded_unevenly": Window((3, 3), padding=((1, 0), (2, 1))),
    "dilated": Window((3, 2), dilation=(2, 3)),
    "all_at_once": Window((2, 3), (3, 2), ((1, 2), (0, 1)), (2, 1)),
}
every_window = pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)


def convolved(x, kernel, window):
    """The sums by SciPy: every place is computed, with a kernel that has zeros in its gaps."""
    height, width, channels, filters = kernel.shape
    (down, across), ((above, below), (left, right)) = window.dilation, window.padding
    spread = np.zeros(((height - 1) * down + 1, (width - 1) * across + 1, channels, filters))
    spread[::down, ::across] = kernel
    x = np.pad(x, ((0, 0), (above, below), (left, right), (0, 0)))
    return np.stack(
        [
            np.stack(
                [
                    signal.correlate(image, spread[..., f], "valid", "direct")[:, :, 0]
                    for f in range(filters)
                ],
                axis=-1,
            )
            for image in x
        ]
    )[:, :: window.strides[0], :: window.strides[1]]


@every_window
def test_the_sums_are_those_of_scipy(window):
    kernel = RNG.normal(size=(*window.size, 3, 4))
    z, _ = convolution(X, kernel, window)
    assert z.shape[1:3] == window.output_size(7, 9)
    np.testing.assert_allclose(z, convolved(X, kernel, window), rtol=1e-12, atol=1e-12)


@every_window
def test_the_gradients_are_those_of_small_differences(window):
    x, kernel = X.copy(), RNG.normal(size=(*window.size, 3, 2))
    z, columns = convolution(x, kernel, window)
    gradient = RNG.normal(size=z.shape)
    at_x, of_kernel = convolution_backward(columns, kernel, x.shape, window, gradient)

    def loss():
        return float((convolution(x, kernel, window)[0] * gradient).sum())

    np.testing.assert_allclose(at_x, reference.numerical_gradient(loss, x), atol=1e-8)
    np.testing.assert_allclose(of_kernel, reference.numerical_gradient(loss, kernel), atol=1e-8)


@every_window
def test_summing_windows_is_the_adjoint_of_cutting_them(window):
    seen = windows(X, window)
    other = RNG.normal(size=seen.shape)
    there, back = (seen * other).sum(), (X * sum_windows(other, X.shape, window)).sum()
    assert there == pytest.approx(back, rel=1e-12)


@every_window
def test_the_largest_numbers_are_those_of_the_windows(window):
    z, taps = max_pooling(X, window)
    seen = windows(padded(X, window, -np.inf), replace(window, padding=((0, 0), (0, 0))))
    flat = seen.reshape(*seen.shape[:3], -1, 3)
    np.testing.assert_array_equal(z, flat.max(axis=3))
    np.testing.assert_array_equal(taps, flat.argmax(axis=3))


@every_window
def test_the_gradient_of_the_largest_is_that_of_small_differences(window):
    x = X.copy()
    z, taps = max_pooling(x, window)
    gradient = RNG.normal(size=z.shape)

    def loss():
        return float((max_pooling(x, window)[0] * gradient).sum())

    at_x = max_pooling_backward(taps, x.shape, window, gradient)
    np.testing.assert_allclose(at_x, reference.numerical_gradient(loss, x), atol=1e-8)


def test_a_window_of_each_pixel_is_a_filter_of_scipy():
    window = Window((3, 3), padding=((1, 1), (1, 1)))
    image = X[:1, :, :, :1]
    largest, _ = max_pooling(image, window)
    wanted = ndimage.maximum_filter(image[0, :, :, 0], 3, mode="constant", cval=-np.inf)
    np.testing.assert_array_equal(largest[0, :, :, 0], wanted)


def test_of_equal_numbers_the_first_gets_the_gradient():
    x = np.zeros((1, 2, 2, 1))
    _, taps = max_pooling(x, Window((2, 2)))
    at_x = max_pooling_backward(taps, x.shape, Window((2, 2)), np.ones((1, 1, 1, 1)))
    np.testing.assert_array_equal(at_x[0, :, :, 0], [[1.0, 0.0], [0.0, 0.0]])


def test_what_is_not_a_number_is_not_hidden_by_pooling():
    x = np.array([1.0, np.nan, 2.0, 3.0]).reshape(1, 2, 2, 1)
    assert np.isnan(max_pooling(x, Window((2, 2)))[0]).all()


def test_an_image_kept_channels_first_gives_the_same_as_a_view():
    window, kernel = WINDOWS["all_at_once"], RNG.normal(size=(2, 3, 3, 4))
    first = np.ascontiguousarray(X.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)
    np.testing.assert_array_equal(
        convolution(first, kernel, window)[0], convolution(X, kernel, window)[0]
    )


def test_float32_stays_float32():
    x, kernel = X.astype(np.float32), RNG.normal(size=(3, 2, 3, 4)).astype(np.float32)
    z, columns = convolution(x, kernel, WINDOWS["plain"])
    at_x, of_kernel = convolution_backward(columns, kernel, x.shape, WINDOWS["plain"], z)
    pooled, taps = max_pooling(x, WINDOWS["plain"])
    at_pool = max_pooling_backward(taps, x.shape, WINDOWS["plain"], pooled)
    assert {a.dtype.name for a in (z, at_x, of_kernel, pooled, at_pool)} == {"float32"}


def test_backward_leaves_its_arguments_as_they_are():
    window, kernel = WINDOWS["plain"], RNG.normal(size=(3, 2, 3, 4))
    z, columns = convolution(X, kernel, window)
    given = [a.copy() for a in (columns, kernel, z)]
    convolution_backward(columns, kernel, X.shape, window, z)
    for before, after in zip(given, (columns, kernel, z), strict=True):
        np.testing.assert_array_equal(before, after)


def test_the_rows_of_im2col_are_the_windows_in_reading_order():
    rows = im2col(np.arange(16.0).reshape(1, 4, 4, 1), Window((2, 2), strides=(2, 2)))
    np.testing.assert_array_equal(
        rows, [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]
    )


def test_windows_are_views_that_cannot_be_written_to():
    seen = windows(X, Window((3, 3)))
    assert np.shares_memory(seen, X)
    with pytest.raises(ValueError, match="read-only"):
        seen[...] = 0.0


@pytest.mark.parametrize(
    "window", [Window((8, 1)), Window((1, 10)), Window((2, 2), dilation=(7, 1))]
)
def test_a_window_larger_than_the_image_is_refused(window):
    with pytest.raises(InputError, match=r"does not fit an image of 7 x 9, padding included"):
        windows(X, window)
