"""``common.functions`` of the book: activations and losses, with their slopes.

Everything but the two slopes and `softmax_loss` is :mod:`badak.functions`. ``np`` is handed on, as
the book's module does: its scripts of chapter 4 take it from here.
"""

import numpy as np

from badak.activations import RELU, SIGMOID
from badak.functions import (
    cross_entropy_error,
    identity_function,
    mean_squared_error,
    relu,
    sigmoid,
    softmax,
    step_function,
)
from badak.typing import Array, ArrayLike


def sigmoid_grad(x: ArrayLike) -> Array:
    """Return the slope of the sigmoid at x.

    Parameters
    ----------
    x : array_like
        The inputs, of any shape.

    Returns
    -------
    array of float
        The slopes y (1 - y), of the shape of `x`.

    Examples
    --------
    >>> sigmoid_grad(np.array([0.0]))
    array([0.25])
    """
    x = np.asarray(x)
    return SIGMOID.derivative(x, sigmoid(x))


def relu_grad(x: ArrayLike) -> Array:
    """Return the slope of ReLU at x.

    Parameters
    ----------
    x : array_like
        The inputs, of any shape.

    Returns
    -------
    array of float
        1 where x > 0, else 0, of the shape of `x`.

    Notes
    -----
    The book's function of this name cannot run: it takes the values of `x` for a shape. It means
    to give 1 at x = 0, where the book's layer ``Relu`` gives 0; here both give 0.

    Examples
    --------
    >>> relu_grad(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 1.])
    """
    x = np.asarray(x)
    return RELU.derivative(x, relu(x))


def softmax_loss(X: ArrayLike, t: ArrayLike) -> float:
    """Return the cross-entropy of the softmax of X.

    Parameters
    ----------
    X : array_like
        Scores, (classes,) or (batch, classes).
    t : array_like
        One-hot targets of the shape of `X`, or labels, one a sample.

    Returns
    -------
    float
        As :func:`cross_entropy_error` of ``softmax(X)``.

    Examples
    --------
    >>> round(softmax_loss(np.array([[0.0, 0.0]]), np.array([1])), 4)
    0.6931
    """
    return cross_entropy_error(softmax(np.asarray(X)), t)


__all__ = [
    "cross_entropy_error",
    "identity_function",
    "mean_squared_error",
    "np",
    "relu",
    "relu_grad",
    "sigmoid",
    "sigmoid_grad",
    "softmax",
    "softmax_loss",
    "step_function",
]
