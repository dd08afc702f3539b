r"""Max pooling: of each window the largest number, channel by channel.

:math:`z_{i,j,c} = \max_{u,v} x_{i s + u,\; j s + v,\; c}`

Images are (batch, height, width, channels). Of equal numbers the first counts, from left to right
and from top to bottom.
"""

import math

import numpy as np

from badak.layers.windows import Window, padded, padded_shape
from badak.typing import Array, Shape


def max_pooling(x: Array, window: Window) -> tuple[Array, Array]:
    """Return the largest numbers (batch, rows, columns, channels), and the tap each came from.

    Taps are counted from 0, row by row. Padding is minus infinity: it is never the largest.

    >>> z, taps = max_pooling(np.arange(16.0).reshape(1, 4, 4, 1), Window((2, 2), (2, 2)))
    >>> z[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    >>> taps[0, :, :, 0]
    array([[3, 3],
           [3, 3]], dtype=uint8)
    """
    places = window.output_size(*x.shape[1:3])
    x = padded(x, window, fill=-np.inf)
    shape = (len(x), *places, x.shape[3])
    largest = np.full(shape, -np.inf, x.dtype)
    taps = np.zeros(shape, np.min_scalar_type(math.prod(window.size) - 1))
    for tap, (_, _, pixels) in enumerate(window.taps(places)):
        np.copyto(taps, tap, where=x[pixels] > largest)
        np.maximum(largest, x[pixels], out=largest)  # NaN stays NaN
    return largest, taps


def max_pooling_backward(taps: Array, shape: Shape, window: Window, gradient: Array) -> Array:
    """Return the gradient at x, of `shape`: each number goes back to where the largest came from.

    `taps` is what :func:`max_pooling` returned, `gradient` that of the loss at its output.

    >>> x, window = np.arange(16.0).reshape(1, 4, 4, 1), Window((2, 2), (2, 2))
    >>> _, taps = max_pooling(x, window)
    >>> max_pooling_backward(taps, x.shape, window, np.ones((1, 2, 2, 1)))[0, :, :, 0]
    array([[0., 0., 0., 0.],
           [0., 1., 0., 1.],
           [0., 0., 0., 0.],
           [0., 1., 0., 1.]])
    """
    at_x = np.zeros(padded_shape(shape, window), gradient.dtype)
    for tap, (_, _, pixels) in enumerate(window.taps(taps.shape[1:3])):
        at_x[pixels] += np.where(taps == tap, gradient, 0.0)
    return at_x[window.inside(*shape[1:3])]
