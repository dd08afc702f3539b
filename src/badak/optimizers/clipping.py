"""Keeping a gradient small before a step (Pascanu, Mikolov & Bengio, 2013)."""

from collections.abc import Iterable

import numpy as np

from badak.typing import Array


def clip_by_value(g: Array, limit: float) -> Array:
    """Return `g` with each number brought between -limit and limit.

    >>> clip_by_value(np.array([-3.0, 0.5, 9.0]), 1.0)
    array([-1. ,  0.5,  1. ])
    """
    return np.minimum(np.maximum(g, -limit), limit)


def clip_by_global_norm(g: Array, limit: float) -> Array:
    """Return `g`, (size,), shortened to the length `limit` if it is longer.

    The length is summed in float64, so that no large float32 gradient overflows to 0.

    >>> clip_by_global_norm(np.array([3.0, 4.0]), 1.0)
    array([0.6, 0.8])
    """
    norm = np.sqrt(np.sum(np.square(g, dtype=np.float64)))
    return g * (limit / float(np.maximum(norm, limit)))


def clip_by_norm(g: Array, limit: float, segments: Iterable[slice]) -> Array:
    """Return `g`, (size,), with each variable's part shortened to `limit` if it is longer.

    `segments` are the variables' parts of the flat vector.

    >>> clip_by_norm(np.array([3.0, 4.0, 0.5]), 1.0, [slice(0, 2), slice(2, 3)])
    array([0.6, 0.8, 0.5])
    """
    clipped = g.copy()
    for segment in segments:
        clipped[segment] = clip_by_global_norm(g[segment], limit)
    return clipped
