"""``common.gradient`` of the book: slopes by small differences."""

from collections.abc import Callable

import numpy as np

from badak.functions import numerical_gradient
from badak.typing import Array


def numerical_gradient_2d(f: Callable[[Array], float], X: Array) -> Array:
    """Return the slope of f at each row of X; of X itself where it is one row.

    Parameters
    ----------
    f : function
        From an array like a row of `X` to one number.
    X : array of float64
        Where the slopes are taken, (n,) or (rows, n).

    Returns
    -------
    array of float64
        Of the shape of `X`.

    Raises
    ------
    InputError
        As :func:`numerical_gradient`.

    Examples
    --------
    >>> numerical_gradient_2d(lambda x: float((x ** 2).sum()), np.array([[3.0], [4.0]])).round(6)
    array([[6.],
           [8.]])
    """
    if X.ndim == 1:
        return numerical_gradient(f, X)
    return np.stack([numerical_gradient(f, row) for row in X])


__all__ = ["np", "numerical_gradient", "numerical_gradient_2d"]
