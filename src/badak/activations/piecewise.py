"""Piecewise linear activation functions: step, identity, ReLU and its variants, hard sigmoid."""

import numpy as np

from badak._common.floats import formula
from badak.activations.base import INFINITY
from badak.activations.registry import built_in
from badak.typing import Array


@formula
def step(x: Array) -> Array:
    """Return 1 where x > 0, else 0: the perceptron's unit.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    References
    ----------
    Rosenblatt, The Perceptron, 1958.

    Examples
    --------
    >>> step(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    return np.maximum(np.sign(x), 0.0)


@formula
def step_slope(x: Array) -> Array:
    """Return the slope of :func:`step`: 0 everywhere, so that nothing is learned through it.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.

    Returns
    -------
    array of float
        The slopes, of the shape of `x`.

    Examples
    --------
    >>> step_slope(np.array([-2.0, 3.0]))
    array([0., 0.])
    """
    return 0.0 * step(x)


STEP = built_in(
    "step",
    step,
    step_slope,
    aliases=("heaviside", "step_function"),
    latex=r"h(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
    slope_latex=r"h'(x) = 0",
    range=(0.0, 1.0),
    smooth=False,
    monotonic=True,
    zero_centred=False,
    saturates=("left", "right"),
    source="McCulloch & Pitts, 1943; Rosenblatt, The Perceptron, 1958",
)


@formula
def threshold(x: Array, theta: float = 0.0) -> Array:
    """Return 1 where x > theta, else 0: a perceptron with a threshold in place of a bias.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    theta : float, default 0
        The threshold.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    References
    ----------
    Rosenblatt, The Perceptron, 1958.

    Examples
    --------
    >>> threshold(np.array([0.5, 0.7, 0.9]), theta=0.7)
    array([0., 0., 1.])
    """
    return step(x - theta)


@formula
def threshold_slope(x: Array, theta: float = 0.0) -> Array:
    """Return the slope of :func:`threshold`: 0 everywhere.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    theta : float, default 0
        The threshold.

    Returns
    -------
    array of float
        The slopes, of the shape of `x`.

    Examples
    --------
    >>> threshold_slope(np.array([0.5, 0.9]), theta=0.7)
    array([0., 0.])
    """
    return 0.0 * step(x - theta)


THRESHOLD = built_in(
    "threshold",
    threshold,
    threshold_slope,
    parameters={"theta": 0.0},
    latex=r"h(x) = \begin{cases} 1 & x > \theta \\ 0 & x \le \theta \end{cases}",
    slope_latex=r"h'(x) = 0",
    range=(0.0, 1.0),
    smooth=False,
    monotonic=True,
    zero_centred=False,
    saturates=("left", "right"),
    source="Rosenblatt, The Perceptron, 1958",
)


@formula
def identity(x: Array) -> Array:
    """Return x itself: the output of a regression.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    Examples
    --------
    >>> identity(np.array([-1.0, 2.0]))
    array([-1.,  2.])
    """
    return 1.0 * x


@formula
def identity_slope(x: Array) -> Array:
    """Return the slope of :func:`identity`: 1 everywhere.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.

    Returns
    -------
    array of float
        The slopes, of the shape of `x`.

    Examples
    --------
    >>> identity_slope(np.array([-1.0, 2.0]))
    array([1., 1.])
    """
    return 0.0 * x + 1.0


IDENTITY = built_in(
    "identity",
    identity,
    identity_slope,
    aliases=("linear", "identity_function"),
    latex=r"h(x) = x",
    slope_latex=r"h'(x) = 1",
    smooth=True,
    monotonic=True,
    zero_centred=True,
    source="Widrow & Hoff, Adaptive Switching Circuits, 1960",
)


@formula
def relu(x: Array) -> Array:
    """Return x where it is positive, else 0: the rectified linear unit.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    References
    ----------
    Nair & Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010.

    Examples
    --------
    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    return np.maximum(x, 0.0)


@formula
def relu_slope(y: Array) -> Array:
    """Return the slope of :func:`relu` from its output: 1 where that is positive, else 0.

    Parameters
    ----------
    y : array of float
        Outputs of :func:`relu`, of any shape.

    Returns
    -------
    array of float
        The slopes, of the shape of `y`.

    Examples
    --------
    >>> relu_slope(np.array([0.0, 3.0]))
    array([0., 1.])
    """
    return np.where(y > 0.0, 1.0, 0.0 * y)


RELU = built_in(
    "relu",
    relu,
    relu_slope,
    latex=r"h(x) = \max(0, x)",
    slope_latex=r"h'(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
    range=(0.0, INFINITY),
    smooth=False,
    monotonic=True,
    zero_centred=False,
    saturates=("left",),
    source="Nair & Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010",
)


@formula
def relu6(x: Array) -> Array:
    """Return ReLU with its output limited to 6.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    References
    ----------
    Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010.

    Examples
    --------
    >>> relu6(np.array([-1.0, 3.0, 8.0]))
    array([0., 3., 6.])
    """
    return np.minimum(np.maximum(x, 0.0), 6.0)


@formula
def relu6_slope(x: Array) -> Array:
    """Return the slope of :func:`relu6`: 1 for 0 < x <= 6, else 0.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.

    Returns
    -------
    array of float
        The slopes, of the shape of `x`.

    Examples
    --------
    >>> relu6_slope(np.array([1.0, 3.0, 8.0]))
    array([1., 1., 0.])
    """
    return np.where(x > 0.0, 1.0, 0.0 * x) * np.where(x <= 6.0, 1.0, 0.0 * x)


RELU6 = built_in(
    "relu6",
    relu6,
    relu6_slope,
    latex=r"h(x) = \min(\max(0, x), 6)",
    slope_latex=r"h'(x) = \begin{cases} 1 & 0 < x \le 6 \\ 0 & \text{else} \end{cases}",
    range=(0.0, 6.0),
    smooth=False,
    monotonic=True,
    zero_centred=False,
    saturates=("left", "right"),
    source="Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010",
)


@formula
def leaky_relu(x: Array, negative_slope: float | Array = 0.2) -> Array:
    """Return x where it is positive, else a small part of it, so that no unit dies.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    negative_slope : float or array of float, default 0.2
        The slope where x is not positive; an array broadcasts against `x`.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    References
    ----------
    Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013.

    Examples
    --------
    >>> leaky_relu(np.array([-10.0, 3.0]), negative_slope=0.1)
    array([-1.,  3.])
    """
    return np.where(x > 0.0, x, negative_slope * x)


@formula
def leaky_relu_slope(x: Array, negative_slope: float | Array = 0.2) -> Array:
    """Return the slope of :func:`leaky_relu`: 1 where x is positive, else `negative_slope`.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    negative_slope : float or array of float, default 0.2
        The slope where x is not positive; an array broadcasts against `x`.

    Returns
    -------
    array of float
        The slopes, of the shape of `x`.

    Examples
    --------
    >>> leaky_relu_slope(np.array([-10.0, 3.0]), negative_slope=0.1)
    array([0.1, 1. ])
    """
    return np.where(x > 0.0, 1.0, 0.0 * x + negative_slope)


LEAKY_RELU = built_in(
    "leaky_relu",
    leaky_relu,
    leaky_relu_slope,
    parameters={"negative_slope": 0.2},
    latex=r"h(x) = \begin{cases} x & x > 0 \\ \alpha x & x \le 0 \end{cases}",
    slope_latex=r"h'(x) = \begin{cases} 1 & x > 0 \\ \alpha & x \le 0 \end{cases}",
    smooth=False,
    monotonic=True,
    zero_centred=False,
    source="Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013",
)


@formula
def thresholded_relu(x: Array, theta: float = 1.0) -> Array:
    """Return x where it exceeds theta, else 0.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    theta : float, default 1
        The threshold.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    References
    ----------
    Konda et al., Zero-bias Autoencoders and the Benefits of Co-adapting Features, 2014.

    Examples
    --------
    >>> thresholded_relu(np.array([0.5, 1.0, 2.0]))
    array([0., 0., 2.])
    """
    return np.where(x > theta, x, 0.0 * x)


@formula
def thresholded_relu_slope(x: Array, theta: float = 1.0) -> Array:
    """Return the slope of :func:`thresholded_relu`: 1 where x exceeds theta, else 0.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    theta : float, default 1
        The threshold.

    Returns
    -------
    array of float
        The slopes, of the shape of `x`.

    Examples
    --------
    >>> thresholded_relu_slope(np.array([0.5, 1.0, 2.0]))
    array([0., 0., 1.])
    """
    return np.where(x > theta, 1.0, 0.0 * x)


THRESHOLDED_RELU = built_in(
    "thresholded_relu",
    thresholded_relu,
    thresholded_relu_slope,
    parameters={"theta": 1.0},
    latex=r"h(x) = \begin{cases} x & x > \theta \\ 0 & x \le \theta \end{cases}",
    slope_latex=r"h'(x) = \begin{cases} 1 & x > \theta \\ 0 & x \le \theta \end{cases}",
    range=(0.0, INFINITY),
    smooth=False,
    monotonic=True,
    zero_centred=False,
    saturates=("left",),
    source="Konda et al., Zero-bias Autoencoders and the Benefits of Co-adapting Features, 2014",
)


@formula
def bounded_relu(
    x: Array, negative_slope: float = 0.0, max_value: float = INFINITY, threshold: float = 0.0
) -> Array:
    """Return the ReLU of Keras's layer: leaky under the threshold, limited to `max_value`.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    negative_slope : float, default 0
        The slope up to the threshold.
    max_value : float, default infinity
        The largest output.
    threshold : float, default 0
        Where the positive part begins.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    Examples
    --------
    >>> bounded_relu(np.array([-1.0, 2.0, 9.0]), negative_slope=0.5, max_value=4.0)
    array([-0.5,  2. ,  4. ])
    """
    return np.where(x > threshold, np.minimum(x, max_value), negative_slope * (x - threshold))


@formula
def bounded_relu_slope(
    x: Array, negative_slope: float = 0.0, max_value: float = INFINITY, threshold: float = 0.0
) -> Array:
    """Return the slope of :func:`bounded_relu`.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    negative_slope : float, default 0
        The slope up to the threshold.
    max_value : float, default infinity
        The largest output.
    threshold : float, default 0
        Where the positive part begins.

    Returns
    -------
    array of float
        The slopes, of the shape of `x`.

    Examples
    --------
    >>> bounded_relu_slope(np.array([-1.0, 2.0, 9.0]), negative_slope=0.5, max_value=4.0)
    array([0.5, 1. , 0. ])
    """
    above = np.where(x <= max_value, 1.0, 0.0 * x)
    return np.where(x > threshold, above, 0.0 * x + negative_slope)


BOUNDED_RELU = built_in(
    "bounded_relu",
    bounded_relu,
    bounded_relu_slope,
    parameters={"negative_slope": 0.0, "max_value": INFINITY, "threshold": 0.0},
    range=(0.0, INFINITY),
    latex=r"h(x) = \begin{cases} \min(x, m) & x > \theta \\ \alpha (x - \theta) & x \le \theta"
    r" \end{cases}",
    slope_latex=r"h'(x) = \begin{cases} 0 & x > m \\ 1 & \theta < x \le m \\ \alpha & x \le \theta"
    r" \end{cases}",
    smooth=False,
    monotonic=True,
    zero_centred=False,
    saturates=("left",),
    source="Keras, layers.ReLU",
)


@formula
def hard_sigmoid(x: Array) -> Array:
    """Return the sigmoid made of three straight lines: x/6 + 1/2, limited to 0 and 1.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    References
    ----------
    Courbariaux et al., BinaryConnect, 2015; the slope 1/6 is that of Keras 3.

    Examples
    --------
    >>> hard_sigmoid(np.array([-4.0, 0.0, 1.5]))
    array([0.  , 0.5 , 0.75])
    """
    return np.minimum(np.maximum(x / 6.0 + 0.5, 0.0), 1.0)


@formula
def hard_sigmoid_slope(x: Array) -> Array:
    """Return the slope of :func:`hard_sigmoid`: 1/6 for -3 < x <= 3, else 0.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.

    Returns
    -------
    array of float
        The slopes, of the shape of `x`.

    Examples
    --------
    >>> 6.0 * hard_sigmoid_slope(np.array([0.0, 1.5, 4.0]))
    array([1., 1., 0.])
    """
    return np.where(x > -3.0, 1.0 / 6.0, 0.0 * x) * np.where(x <= 3.0, 1.0, 0.0 * x)


HARD_SIGMOID = built_in(
    "hard_sigmoid",
    hard_sigmoid,
    hard_sigmoid_slope,
    latex=r"h(x) = \min(\max(x/6 + 1/2, 0), 1)",
    slope_latex=r"h'(x) = \begin{cases} 1/6 & -3 < x \le 3 \\ 0 & \text{else} \end{cases}",
    range=(0.0, 1.0),
    smooth=False,
    monotonic=True,
    zero_centred=False,
    saturates=("left", "right"),
    source="Courbariaux et al., BinaryConnect, 2015; the slope 1/6 as in Keras 3",
)
