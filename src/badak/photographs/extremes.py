"""The largest or smallest value around each pixel: grow, shrink, close, open."""

import numpy as np

from badak.typing import Array


def largest(values: Array, radius: int) -> Array:
    """Return the largest value of the square of 2 * radius + 1 pixels around each."""
    for axis in (0, 1):
        width = [(radius, radius) if each == axis else (0, 0) for each in (0, 1)]
        padded = np.pad(values, width, "edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * radius + 1, axis)
        values = windows.max(axis=-1)
    return values


def smallest(values: Array, radius: int) -> Array:
    """Return the smallest value of the square of 2 * radius + 1 pixels around each."""
    if values.dtype == bool:
        return ~largest(~values, radius)
    return -largest(-values, radius)


def closed(values: Array, radius: int) -> Array:
    """Return the values without what is darker than its surroundings and thinner than the square.

    Beyond the border the picture goes on as it is there.
    """
    wide = np.pad(values, 2 * radius, "edge")
    inside = slice(2 * radius, -2 * radius or None)
    return smallest(largest(wide, radius), radius)[inside, inside]


def opened(values: Array, radius: int) -> Array:
    """Return the values without what is brighter than its surroundings and thinner."""
    wide = np.pad(values, 2 * radius, "edge")
    inside = slice(2 * radius, -2 * radius or None)
    return largest(smallest(wide, radius), radius)[inside, inside]
