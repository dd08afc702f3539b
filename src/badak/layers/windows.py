"""Windows over an image: what convolution and pooling have in common.

A window moves over an image step by step, and each place that it takes gives one pixel of the
output. Images are channels-last, (batch, height, width, channels); one that is kept channels-first
is given as a view, ``x.transpose(0, 2, 3, 1)``.

A *tap* is one pixel of the window. Over all places of the window it reads a grid of pixels, which
is a slice of the image: what is done tap by tap is done to whole arrays.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from badak._common.language import message
from badak.errors import InputError
from badak.typing import Array, Shape

Pair = tuple[int, int]
NONE: Pair = (0, 0)


@dataclass(frozen=True)
class Window:
    """A window's size and how it moves; of each pair the first is along the height."""

    size: Pair
    strides: Pair = (1, 1)
    padding: tuple[Pair, Pair] = (NONE, NONE)
    """How many pixels are added above and below, and left and right."""
    dilation: Pair = (1, 1)
    """The distance of two neighbouring taps."""

    def output_size(self, height: int, width: int) -> Pair:
        """Return how many places the window takes along the height and the width.

        >>> Window((5, 5)).output_size(28, 28)
        (24, 24)
        >>> Window((3, 3), strides=(2, 2), padding=((1, 1), (1, 1))).output_size(28, 28)
        (14, 14)
        """
        padded = (height + sum(self.padding[0]), width + sum(self.padding[1]))
        spans = [(n - 1) * d + 1 for n, d in zip(self.size, self.dilation, strict=True)]
        if padded[0] < spans[0] or padded[1] < spans[1]:
            raise InputError(
                message(
                    "a window of {rows} x {columns} pixels does not fit an image of {height} x "
                    "{width}, padding included",
                    rows=spans[0],
                    columns=spans[1],
                    height=padded[0],
                    width=padded[1],
                )
            )
        rows, columns = (
            (n - span) // stride + 1
            for n, span, stride in zip(padded, spans, self.strides, strict=True)
        )
        return rows, columns

    def taps(self, output_size: Pair) -> Iterator[tuple[int, int, tuple[slice, slice, slice]]]:
        """Yield each tap's row and column in the window, and the pixels of a padded image it reads.

        >>> [(row, column) for row, column, _ in Window((2, 2)).taps((3, 3))]
        [(0, 0), (0, 1), (1, 0), (1, 1)]
        """
        for row in range(self.size[0]):
            down = _grid(row * self.dilation[0], self.strides[0], output_size[0])
            for column in range(self.size[1]):
                across = _grid(column * self.dilation[1], self.strides[1], output_size[1])
                yield row, column, (slice(None), down, across)

    def inside(self, height: int, width: int) -> tuple[slice, slice, slice]:
        """Return where an image lies in its padded form."""
        (above, _), (left, _) = self.padding
        return slice(None), slice(above, above + height), slice(left, left + width)


def _grid(start: int, stride: int, places: int) -> slice:
    return slice(start, start + stride * (places - 1) + 1, stride)


def padded_shape(shape: Shape, window: Window) -> Shape:
    """Return the shape of an image (batch, height, width, channels) with its padding."""
    batch, height, width, channels = shape
    return (batch, height + sum(window.padding[0]), width + sum(window.padding[1]), channels)


def padded(x: Array, window: Window, fill: float = 0.0) -> Array:
    """Return the images with `fill` around them, contiguous in memory.

    >>> padded(np.ones((1, 1, 1, 1)), Window((2, 2), padding=((0, 1), (0, 1))))[0, :, :, 0]
    array([[1., 0.],
           [0., 0.]])
    """
    shape = padded_shape(x.shape, window)
    if shape == x.shape:
        return np.ascontiguousarray(x)
    out = np.full(shape, fill, x.dtype)
    out[window.inside(*x.shape[1:3])] = x
    return out


def windows(x: Array, window: Window) -> Array:
    """Return what the window sees at each place, (batch, rows, columns, height, width, channels).

    It is a view of the padded images: a pixel is not copied for each window that it lies in.

    >>> windows(np.arange(9.0).reshape(1, 3, 3, 1), Window((2, 2)))[0, 1, 1, :, :, 0]
    array([[4., 5.],
           [7., 8.]])
    """
    places = window.output_size(*x.shape[1:3])
    x = padded(x, window)
    of_image, of_row, of_pixel, of_channel = x.strides
    return as_strided(
        x,
        (len(x), *places, *window.size, x.shape[3]),
        (
            of_image,
            of_row * window.strides[0],
            of_pixel * window.strides[1],
            of_row * window.dilation[0],
            of_pixel * window.dilation[1],
            of_channel,
        ),
        writeable=False,
    )


def sum_windows(seen: Array, shape: Shape, window: Window) -> Array:
    """Add what stands in each window to the pixels it was seen at; the adjoint of :func:`windows`.

    `shape` is that of the images, (batch, height, width, channels). A pixel that three windows see
    gets the sum of three numbers.

    >>> x = np.ones((1, 3, 3, 1))
    >>> sum_windows(windows(x, Window((2, 2))), x.shape, Window((2, 2)))[0, :, :, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    out = np.zeros(padded_shape(shape, window), seen.dtype)
    for row, column, pixels in window.taps(seen.shape[1:3]):
        out[pixels] += seen[:, :, :, row, column]
    return out[window.inside(*shape[1:3])]
