r"""Convolution: an output pixel is the weighted sum of the window around it, one sum a filter.

:math:`z_{i,j,f} = \sum_{u,v,c} x_{i s + u,\; j s + v,\; c} \, w_{u,v,c,f}`

Images are (batch, height, width, channels), kernels (height, width, channels, filters). With the
window of each output pixel as a row, all sums are one matrix product; these rows are the matrix
that *im2col* makes.
"""

import math

import numpy as np

from badak.layers.windows import Window, padded_shape, windows
from badak.typing import Array, Shape


def im2col(x: Array, window: Window) -> Array:
    """Return each window as a row, (batch * rows * columns, height * width * channels).

    >>> im2col(np.arange(9.0).reshape(1, 3, 3, 1), Window((2, 2)))
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.],
           [3., 4., 6., 7.],
           [4., 5., 7., 8.]])
    """
    seen = windows(x, window)
    return seen.reshape(-1, math.prod(seen.shape[3:]))


def convolution(x: Array, kernel: Array, window: Window) -> tuple[Array, Array]:
    """Return the sums (batch, rows, columns, filters), and the rows of windows for the way back.

    >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> z, _ = convolution(image, np.ones((2, 2, 1, 1)), Window((2, 2)))
    >>> z[0, :, :, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """
    filters = kernel.shape[-1]
    columns = im2col(x, window)  # (batch * rows * columns, height * width * channels)
    z = columns @ kernel.reshape(-1, filters)  # (batch * rows * columns, filters)
    return z.reshape(len(x), *window.output_size(*x.shape[1:3]), filters), columns


def convolution_backward(
    columns: Array, kernel: Array, shape: Shape, window: Window, gradient: Array
) -> tuple[Array, Array]:
    """Return the gradients at x, of `shape`, and of the kernel.

    `columns` are the rows of windows that :func:`convolution` returned, `gradient` that of the
    loss at its sums, (batch, rows, columns, filters).

    >>> x, kernel, window = np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), Window((2, 2))
    >>> _, columns = convolution(x, kernel, window)
    >>> gradient = np.ones((1, 2, 2, 1))
    >>> at_x, of_kernel = convolution_backward(columns, kernel, x.shape, window, gradient)
    >>> at_x[0, :, :, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    places = gradient.shape[1:3]
    sums = gradient.reshape(-1, kernel.shape[-1])  # (batch * rows * columns, filters)
    of_kernel = (columns.T @ sums).reshape(kernel.shape)
    at_x = np.zeros(padded_shape(shape, window), gradient.dtype)
    for row, column, pixels in window.taps(places):
        # each pixel gets back from every sum that it went into, as much as its weight there
        at_tap = sums @ kernel[row, column].T  # (batch * rows * columns, channels)
        at_x[pixels] += at_tap.reshape(len(gradient), *places, -1)
    return at_x[window.inside(*shape[1:3])], of_kernel
