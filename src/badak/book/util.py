"""``common.util`` of the book: windows as rows, a smoothed curve, a shuffled data set."""

import numpy as np

from badak._common.language import Phrase, message
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.layers.windows import Window, sum_windows, windows
from badak.typing import Array, ArrayLike, Shape


def smooth_curve(x: ArrayLike) -> Array:
    """Return a curve smoothed over 11 neighbours, such as the loss of each step.

    Parameters
    ----------
    x : array_like
        The values, (n,), at least 11.

    Returns
    -------
    array of float64
        The weighted means, (n,). The weights are a Kaiser window (beta 2); the ends are mirrored.

    Raises
    ------
    InputError
        There are fewer than 11 values, or they are not in one row.

    Examples
    --------
    >>> smooth_curve([0.0] * 10 + [1.0] * 10).round(2)[8:12]
    array([0.32, 0.44, 0.56, 0.68])
    """
    values = np.asarray(x, dtype=np.float64)
    width = 11
    if values.ndim != 1 or len(values) < width:
        raise InputError(
            message(
                "a curve is smoothed over {width} neighbours and needs at least as many values in "
                "one row, not the shape {shape}",
                width=width,
                shape=values.shape,
            )
        )
    weights = np.kaiser(width, 2.0)
    left = np.pad(values, (width - 1, 0), "reflect")
    mirrored = np.pad(left, (0, width - 1), "symmetric")
    half = width // 2
    return np.convolve(weights / weights.sum(), mirrored, "valid")[half:-half]


def shuffle_dataset(x: Array, t: Array) -> tuple[Array, Array]:
    """Return samples and targets in a random order, the same for both.

    The order is drawn by ``np.random``, so that ``np.random.seed`` decides it, as in the book.

    Parameters
    ----------
    x : array
        The samples, (n, ...).
    t : array
        The targets, (n, ...).

    Returns
    -------
    x, t : arrays
        Copies in the new order.

    Raises
    ------
    InputError
        There are more samples than targets, or fewer.

    Examples
    --------
    >>> x, t = shuffle_dataset(np.arange(4) * 10, np.arange(4))
    >>> bool((x == t * 10).all())
    True
    """
    if len(x) != len(t):
        raise InputError(
            message("x holds {count} samples, but t holds {count_2}", count=len(x), count_2=len(t))
        )
    order = np.random.permutation(len(x))
    return x[order], t[order]


def conv_output_size(input_size: int, filter_size: int, stride: int = 1, pad: int = 0) -> int:
    """Return how many pixels a convolution gives along one side.

    Parameters
    ----------
    input_size : int
        The pixels of the input.
    filter_size : int
        The pixels of the filter.
    stride : int, default 1
        By how many pixels the filter moves.
    pad : int, default 0
        How many pixels are added at each end.

    Returns
    -------
    int
        A whole number, where the book returns a fraction if the last step would reach beyond the
        image; its layers leave that step out too.

    Raises
    ------
    InputError
        The filter is larger than the padded image, or a size is no whole number.

    Examples
    --------
    >>> conv_output_size(28, 5)
    24
    """
    side = check_whole(input_size, "input_size")
    return window_of(filter_size, filter_size, stride, pad).output_size(side, side)[0]


def im2col(
    input_data: ArrayLike, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0
) -> Array:
    """Return the windows of images as rows.

    Parameters
    ----------
    input_data : array_like
        Images, (batch, channels, height, width).
    filter_h, filter_w : int
        The height and the width of a window.
    stride : int, default 1
        By how many pixels it moves.
    pad : int, default 0
        How many pixels of 0 are added on each side.

    Returns
    -------
    array of float64
        (batch * rows * columns, channels * filter_h * filter_w).

    Raises
    ------
    InputError
        The images are not of four axes, or smaller than the window.

    Examples
    --------
    >>> im2col(np.arange(9).reshape(1, 1, 3, 3), 2, 2)
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.],
           [3., 4., 6., 7.],
           [4., 5., 7., 8.]])
    """
    x = check_images(np.asarray(input_data, dtype=np.float64))
    window = window_of(filter_h, filter_w, stride, pad)
    seen = windows(x.transpose(0, 2, 3, 1), window)  # (..., height, width, channels)
    return seen.transpose(0, 1, 2, 5, 3, 4).reshape(-1, x.shape[1] * filter_h * filter_w)


def col2im(
    col: ArrayLike,
    input_shape: Shape,
    filter_h: int,
    filter_w: int,
    stride: int = 1,
    pad: int = 0,
) -> Array:
    """Add the rows of windows up to images: what lies in several windows is summed.

    Parameters
    ----------
    col : array_like
        Rows as :func:`im2col` returns them.
    input_shape : tuple of int
        The shape of the images, (batch, channels, height, width).
    filter_h, filter_w : int
        The height and the width of a window.
    stride : int, default 1
        By how many pixels it moves.
    pad : int, default 0
        How many pixels were added on each side; they are cut off.

    Returns
    -------
    array of float
        The images, of `input_shape`.

    Raises
    ------
    InputError
        `col` does not hold the windows of such images.

    Examples
    --------
    >>> col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    batch, channels, height, width = input_shape
    window = window_of(filter_h, filter_w, stride, pad)
    places = window.output_size(height, width)
    rows = np.asarray(col)
    expected = (batch * places[0] * places[1], channels * filter_h * filter_w)
    if rows.shape != expected:
        raise InputError(
            message(
                "the windows of images of shape {input_shape} are of shape {expected}, not {shape}",
                input_shape=tuple(input_shape),
                expected=expected,
                shape=rows.shape,
            )
        )
    seen = rows.reshape(batch, *places, channels, filter_h, filter_w).transpose(0, 1, 2, 4, 5, 3)
    return sum_windows(seen, (batch, height, width, channels), window).transpose(0, 3, 1, 2)


def check_images(x: Array) -> Array:
    """Return images (batch, channels, height, width), or raise InputError."""
    if x.ndim != 4:
        raise InputError(
            message(
                "images are of shape (batch, channels, height, width), not {shape}; "
                "load_mnist(flatten=False) gives them so",
                shape=x.shape,
            )
        )
    return x


def window_of(height: int, width: int, stride: int, pad: int) -> Window:
    """Return a window that moves and is padded alike along both sides."""
    size = (
        check_whole(height, Phrase("the height of the window")),
        check_whole(width, Phrase("the width of the window")),
    )
    stride, pad = check_whole(stride, "stride"), check_whole(pad, "pad", 0)
    return Window(size, (stride, stride), ((pad, pad), (pad, pad)))


__all__ = ["col2im", "conv_output_size", "im2col", "np", "shuffle_dataset", "smooth_curve"]
