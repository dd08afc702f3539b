"""Gradient clipping: limit the gradient before a step (Pascanu, Mikolov & Bengio, 2013)."""

from collections.abc import Iterable

import numpy as np

from badak.typing import Array


def clip_by_value(g: Array, limit: float) -> Array:
    """Return the gradient with each number limited to [-limit, limit].

    Parameters
    ----------
    g : array of float
        The gradient, of any shape.
    limit : float
        The largest absolute value, above 0.

    Returns
    -------
    array of float
        Of the shape of `g`.

    Examples
    --------
    >>> clip_by_value(np.array([-3.0, 0.5, 9.0]), 1.0)
    array([-1. ,  0.5,  1. ])
    """
    return np.minimum(np.maximum(g, -limit), limit)


def clip_by_global_norm(g: Array, limit: float) -> Array:
    """Return the gradient, shortened to the length `limit` if it is longer.

    Parameters
    ----------
    g : array of float
        The gradient, (size,).
    limit : float
        The largest length, above 0.

    Returns
    -------
    array of float
        Of the shape of `g`.

    Notes
    -----
    The length is summed in float64, so that the square of a large float32 gradient does not
    overflow.

    References
    ----------
    Pascanu, Mikolov & Bengio, On the Difficulty of Training Recurrent Neural Networks, 2013.

    Examples
    --------
    >>> clip_by_global_norm(np.array([3.0, 4.0]), 1.0)
    array([0.6, 0.8])
    """
    norm = np.sqrt(np.sum(np.square(g, dtype=np.float64)))
    return g * (limit / float(np.maximum(norm, limit)))


def clip_by_norm(g: Array, limit: float, segments: Iterable[slice]) -> Array:
    """Return the gradient with each variable's part shortened to `limit` if it is longer.

    Parameters
    ----------
    g : array of float
        The gradient, (size,).
    limit : float
        The largest length of a part, above 0.
    segments : iterable of slice
        The variables' parts of `g`.

    Returns
    -------
    array of float
        Of the shape of `g`.

    Examples
    --------
    >>> clip_by_norm(np.array([3.0, 4.0, 0.5]), 1.0, [slice(0, 2), slice(2, 3)])
    array([0.6, 0.8, 0.5])
    """
    clipped = g.copy()
    for segment in segments:
        clipped[segment] = clip_by_global_norm(g[segment], limit)
    return clipped
