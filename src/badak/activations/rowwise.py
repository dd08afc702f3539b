"""Activation functions of a whole row: softmax and its logarithm.

Their derivative is a matrix; the function under each formula is its product with the gradient at
the output.
"""

import numpy as np

from badak._common.floats import formula
from badak.activations.base import INFINITY
from badak.activations.registry import built_in
from badak.typing import Array


@formula
def softmax(x: Array, axis: int = -1) -> Array:
    """Return positive numbers that sum to 1 along `axis`, the largest where x is largest.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    axis : int, default -1
        The axis of the units, along which the outputs of one sample are computed.

    Returns
    -------
    array of float
        Probabilities, of the shape of `x`.

    Notes
    -----
    The maximum is subtracted first, which changes nothing in the result and keeps every ``exp`` at
    1 or less; :func:`naive_softmax` is the formula without it.

    References
    ----------
    Boltzmann, 1868; Bridle, Probabilistic Interpretation of Feedforward Classification Network
    Outputs, 1990.

    Examples
    --------
    >>> softmax(np.array([0.3, 2.9, 4.0]))
    array([0.01821127, 0.24519181, 0.73659691])
    """
    e = np.exp(below_maximum(x, axis))
    return e / np.sum(e, axis=axis, keepdims=True)


@formula
def softmax_backward(y: Array, gradient: Array) -> Array:
    """Return the gradient at the input of :func:`softmax`, from its output.

    Parameters
    ----------
    y : array of float
        Outputs of :func:`softmax`, (batch, units).
    gradient : array of float
        The gradient at the output, of the shape of `y`.

    Returns
    -------
    array of float
        The gradient at the input, of the shape of `y`.

    Examples
    --------
    >>> softmax_backward(np.array([0.25, 0.75]), np.array([1.0, 0.0]))
    array([ 0.1875, -0.1875])
    """
    return y * (gradient - np.sum(gradient * y, axis=-1, keepdims=True))


@formula
def naive_softmax(x: Array, axis: int = -1) -> Array:
    """Return softmax as the textbook first writes it; from x = 710 on (float64) it is NaN.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    axis : int, default -1
        The axis of the units, along which the outputs of one sample are computed.

    Returns
    -------
    array of float
        Probabilities, of the shape of `x`.

    Examples
    --------
    >>> naive_softmax(np.array([0.3, 2.9, 4.0]))
    array([0.01821127, 0.24519181, 0.73659691])
    """
    e = np.exp(x)
    return e / np.sum(e, axis=axis, keepdims=True)


@formula
def below_maximum(x: Array, axis: int = -1) -> Array:
    """Return x less its maximum along `axis`, at least -3.4e38.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    axis : int, default -1
        The axis whose maximum is subtracted.

    Returns
    -------
    array of float
        Numbers of 0 or less, of the shape of `x`; float16 as float32.

    Notes
    -----
    The inputs are halved first: the difference of two finite numbers may overflow, that of their
    halves cannot.

    Examples
    --------
    >>> below_maximum(np.array([1.0, 4.0, 3.0]))
    array([-3.,  0., -1.])
    """
    half = 0.5 * x - 0.5 * np.max(x, axis=axis, keepdims=True)
    return 2.0 * np.maximum(half, -1.7e38)


SOFTMAX = built_in(
    "softmax",
    softmax,
    softmax_backward,
    latex=r"y_k = \frac{e^{a_k}}{\sum_i e^{a_i}}",
    slope_latex=r"\frac{\partial y_k}{\partial a_i} = y_k ([i = k] - y_i)",
    range=(0.0, 1.0),
    smooth=True,
    rowwise=True,
    source="Boltzmann, 1868; Bridle, 1990",
)


@formula
def log_softmax(x: Array, axis: int = -1) -> Array:
    """Return the logarithm of softmax, accurate also where softmax itself would round to 0.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    axis : int, default -1
        The axis of the units, along which the outputs of one sample are computed.

    Returns
    -------
    array of float
        Logarithms of probabilities, of the shape of `x`.

    Examples
    --------
    >>> log_softmax(np.array([0.0, 1000.0]))
    array([-1000.,     0.])
    """
    below = below_maximum(x, axis)
    return below - np.log(np.sum(np.exp(below), axis=axis, keepdims=True))


@formula
def log_softmax_backward(y: Array, gradient: Array) -> Array:
    """Return the gradient at the input of :func:`log_softmax`, from its output.

    Parameters
    ----------
    y : array of float
        Outputs of :func:`log_softmax`, (batch, units).
    gradient : array of float
        The gradient at the output, of the shape of `y`.

    Returns
    -------
    array of float
        The gradient at the input, of the shape of `y`.

    Examples
    --------
    >>> log_softmax_backward(np.log([0.25, 0.75]), np.array([1.0, 0.0]))
    array([ 0.75, -0.75])
    """
    return gradient - np.exp(y) * np.sum(gradient, axis=-1, keepdims=True)


LOG_SOFTMAX = built_in(
    "log_softmax",
    log_softmax,
    log_softmax_backward,
    latex=r"y_k = a_k - \log \sum_i e^{a_i}",
    slope_latex=r"\frac{\partial y_k}{\partial a_i} = [i = k] - e^{y_i}",
    range=(-INFINITY, 0.0),
    smooth=True,
    rowwise=True,
    source="Bridle, 1990",
)
