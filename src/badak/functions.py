"""The functions of the book *Deep Learning from Scratch*, by the book's names.

A prediction is called ``y`` and comes first, a target ``t``.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from badak import activations, reference
from badak._common.language import message
from badak.activations import identity as identity_function
from badak.activations import relu, sigmoid, softmax, tanh
from badak.errors import InputError
from badak.losses.targets import check_targets
from badak.typing import Array, ArrayLike


def step_function(x: ArrayLike) -> Array:
    """Return 1 where x > 0, else 0, as whole numbers.

    Parameters
    ----------
    x : array_like
        The inputs, of any shape.

    Returns
    -------
    array of int64
        Of the shape of `x`.

    Raises
    ------
    InputError
        `x` holds NaN.

    Examples
    --------
    >>> step_function(np.array([-2.0, 1.0, 3.0]))
    array([0, 1, 1])
    """
    steps = activations.step(np.asarray(x))
    if np.isnan(steps).any():
        raise InputError(message("x holds NaN, for which there is no step"))
    return steps.astype(np.int64)


def mean_squared_error(y: ArrayLike, t: ArrayLike) -> float:
    """Return half the sum of the squared errors, as the book has it.

    Parameters
    ----------
    y : array_like
        Predictions, of any shape.
    t : array_like
        Targets, of the shape of `y`.

    Returns
    -------
    float
        One half of the sum over all numbers.

    Raises
    ------
    InputError
        The two are of different shapes.

    Examples
    --------
    >>> mean_squared_error([0.5, 1.0], [0, 1])
    0.125
    """
    y, t = np.asarray(y, dtype=np.float64), np.asarray(t, dtype=np.float64)
    if y.shape != t.shape:
        raise InputError(
            message(
                "y is of shape {shape}, but t is of shape {shape_2}; they must agree",
                shape=y.shape,
                shape_2=t.shape,
            )
        )
    return float(0.5 * np.sum((y - t) ** 2))


def cross_entropy_error(y: ArrayLike, t: ArrayLike) -> float:
    """Return the mean of -log of the probability of the right class.

    Parameters
    ----------
    y : array_like
        Probabilities, (classes,) or (batch, classes).
    t : array_like
        One-hot targets of the shape of `y`, or labels, one a sample.

    Returns
    -------
    float
        The mean over the batch; 1e-7 is added to each probability, so that it is finite.

    Raises
    ------
    InputError
        `y` is not made of probabilities, or `t` does not fit it.

    Examples
    --------
    >>> round(cross_entropy_error([0.5, 0.5], [0, 1]), 4)
    0.6931
    """
    y, t = np.asarray(y, dtype=np.float64), np.asarray(t)
    if y.ndim not in (1, 2) or y.size == 0:
        raise InputError(
            message("y must be of shape (classes,) or (batch, classes), not {shape}", shape=y.shape)
        )
    if not ((y >= 0.0) & (y <= 1.0 + 1e-6)).all():
        raise InputError(message("y must be probabilities from 0 to 1, such as those of softmax"))
    if y.ndim == 1:
        y, t = y[np.newaxis], t[np.newaxis]
    classes = y.shape[1]
    if t.shape == y.shape:
        labels = check_targets(t, "distribution", classes, "cross_entropy_error").argmax(axis=1)
    else:
        labels = check_targets(t, "labels", classes, "cross_entropy_error")
    if len(labels) != len(y):
        raise InputError(
            message(
                "y holds {count} samples, but t holds {count_2}", count=len(y), count_2=len(labels)
            )
        )
    return float(-np.log(y[np.arange(len(y)), labels] + 1e-7).mean())


def numerical_gradient(f: Callable[[Array], float], x: Array) -> Array:
    """Return the slope of f in every number of x, by central differences of 1e-4 either way.

    Parameters
    ----------
    f : function
        From an array like `x` to one number.
    x : array of float64
        Where the slope is taken, of any shape. It is changed number by number and restored. float32
        is too coarse for so small a difference.

    Returns
    -------
    array of float64
        Of the shape of `x`.

    Raises
    ------
    InputError
        `x` is not an array of float64, or `f` does not return one number.

    Examples
    --------
    >>> numerical_gradient(lambda x: float((x ** 2).sum()), np.array([3.0, 4.0])).round(6)
    array([6., 8.])
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        given = (
            message("an array of {dtype}", dtype=x.dtype)
            if isinstance(x, np.ndarray)
            else type(x).__name__
        )
        raise InputError(
            message(
                "x must be an array of float64, such as np.array([3.0, 4.0]), not {given}; "
                "np.array(x, dtype=float) is one",
                given=given,
            )
        )
    shape = np.shape(f(x))
    if math.prod(shape) != 1:
        raise InputError(
            message(
                "f must give one number, not an array of shape {shape}: sum it, or take one of it",
                shape=shape,
            )
        )
    return reference.numerical_gradient(lambda: f(x), x)


__all__ = [
    "cross_entropy_error",
    "identity_function",
    "mean_squared_error",
    "numerical_gradient",
    "relu",
    "sigmoid",
    "softmax",
    "step_function",
    "tanh",
]
