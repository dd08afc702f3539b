"""Smooth activation functions: sigmoid, tanh, and the smooth variants of ReLU."""

import math

import numpy as np

from badak._common.floats import formula
from badak.activations.base import INFINITY
from badak.activations.registry import built_in
from badak.typing import Array


@formula
def sigmoid(x: Array) -> Array:
    r"""Return :math:`1 / (1 + e^{-x})`, a smooth step.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    Notes
    -----
    Computed with e to the power of -\|x\|, which is at most 1, so that nothing overflows;
    :func:`naive_sigmoid` is the textbook's line.

    References
    ----------
    Verhulst, 1838; Rumelhart, Hinton & Williams, Learning Representations by Back-propagating
    Errors, 1986.

    Examples
    --------
    >>> sigmoid(np.array([-2.0, 1.0, 3.0]))
    array([0.11920292, 0.73105858, 0.95257413])
    """
    e = np.exp(-1.0 * np.abs(x))
    larger = np.where(x >= 0.0, 1.0, e)
    return larger - larger * (e / (1.0 + e))  # larger / (1 + e), rounded less


@formula
def sigmoid_slope(y: Array) -> Array:
    """Return the slope of :func:`sigmoid` from its output, y (1 - y).

    Parameters
    ----------
    y : array of float
        Outputs of :func:`sigmoid`, of any shape.

    Returns
    -------
    array of float
        The slopes, of the shape of `y`.

    Examples
    --------
    >>> sigmoid_slope(np.array([0.0, 0.5, 1.0]))
    array([0.  , 0.25, 0.  ])
    """
    return y * (1.0 - y)


@formula
def naive_sigmoid(x: Array) -> Array:
    """Return the sigmoid as the textbook writes it; ``exp`` overflows for large negative x.

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
    >>> naive_sigmoid(np.array([-2.0, 1.0, 3.0]))
    array([0.11920292, 0.73105858, 0.95257413])
    """
    return 1.0 / (1.0 + np.exp(-x))


SIGMOID = built_in(
    "sigmoid",
    sigmoid,
    sigmoid_slope,
    aliases=("logistic",),
    latex=r"h(x) = \frac{1}{1 + e^{-x}}",
    slope_latex=r"h'(x) = y (1 - y)",
    range=(0.0, 1.0),
    smooth=True,
    monotonic=True,
    zero_centred=False,
    saturates=("left", "right"),
    source="Verhulst, 1838; Rumelhart, Hinton & Williams, 1986",
)


@formula
def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent: a sigmoid from -1 to 1, with 0 at 0.

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
    LeCun et al., Efficient BackProp, 1998.

    Examples
    --------
    >>> tanh(np.array([0.0, 1.0]))
    array([0.        , 0.76159416])
    """
    return np.tanh(x)


@formula
def tanh_slope(y: Array) -> Array:
    """Return the slope of :func:`tanh` from its output, 1 - y^2.

    Parameters
    ----------
    y : array of float
        Outputs of :func:`tanh`, of any shape.

    Returns
    -------
    array of float
        The slopes, of the shape of `y`.

    Examples
    --------
    >>> tanh_slope(np.array([-1.0, 0.0, 0.5]))
    array([0.  , 1.  , 0.75])
    """
    return (1.0 - y) * (1.0 + y)


TANH = built_in(
    "tanh",
    tanh,
    tanh_slope,
    latex=r"h(x) = \tanh x = \frac{e^x - e^{-x}}{e^x + e^{-x}}",
    slope_latex=r"h'(x) = 1 - y^2",
    range=(-1.0, 1.0),
    smooth=True,
    monotonic=True,
    zero_centred=True,
    saturates=("left", "right"),
    source="LeCun et al., Efficient BackProp, 1998",
)


@formula
def softsign(x: Array) -> Array:
    r"""Return x / (1 + \|x\|): like tanh, but it approaches -1 and 1 slowly.

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
    Bergstra et al., Quadratic Polynomials Learn Better Image Features, 2009.

    Examples
    --------
    >>> softsign(np.array([-1.0, 3.0]))
    array([-0.5 ,  0.75])
    """
    return x / (1.0 + np.abs(x))


@formula
def softsign_slope(y: Array) -> Array:
    r"""Return the slope of :func:`softsign` from its output, (1 - \|y\|)^2.

    Parameters
    ----------
    y : array of float
        Outputs of :func:`softsign`, of any shape.

    Returns
    -------
    array of float
        The slopes, of the shape of `y`.

    Examples
    --------
    >>> softsign_slope(np.array([-0.5, 0.0]))
    array([0.25, 1.  ])
    """
    return (1.0 - np.abs(y)) * (1.0 - np.abs(y))


SOFTSIGN = built_in(
    "softsign",
    softsign,
    softsign_slope,
    latex=r"h(x) = \frac{x}{1 + |x|}",
    slope_latex=r"h'(x) = (1 - |y|)^2",
    range=(-1.0, 1.0),
    smooth=True,
    monotonic=True,
    zero_centred=True,
    saturates=("left", "right"),
    source="Bergstra et al., Quadratic Polynomials Learn Better Image Features, 2009",
)


@formula
def exponential(x: Array) -> Array:
    """Return e to the power of x; from 88 on it stays at e^88 = 1.65e38, near float32's largest.

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
    Nelder & Wedderburn, Generalized Linear Models, 1972: the inverse link of Poisson regression.

    Examples
    --------
    >>> exponential(np.array([0.0, 1.0]))
    array([1.        , 2.71828183])
    """
    return np.exp(np.minimum(x, 88.0))


@formula
def exponential_slope(x: Array) -> Array:
    """Return the slope of :func:`exponential`: e to the power of x up to 88, 0 beyond.

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
    >>> exponential_slope(np.array([0.0, 1.0, 89.0]))
    array([1.        , 2.71828183, 0.        ])
    """
    return np.where(x <= 88.0, np.exp(np.minimum(x, 88.0)), 0.0 * x)


EXPONENTIAL = built_in(
    "exponential",
    exponential,
    exponential_slope,
    aliases=("exp",),
    latex=r"h(x) = e^x",
    slope_latex=r"h'(x) = e^x",
    range=(0.0, INFINITY),
    smooth=True,
    monotonic=True,
    zero_centred=False,
    saturates=("left",),
    source="the inverse link of Poisson regression; Nelder & Wedderburn, 1972",
)


@formula
def softplus(x: Array) -> Array:
    """Return log(1 + e^x), a smooth ReLU whose slope is the sigmoid.

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
    Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2001.

    Examples
    --------
    >>> softplus(np.array([0.0, 100.0]))
    array([  0.69314718, 100.        ])
    """
    return np.log1p(np.exp(-1.0 * np.abs(x))) + np.maximum(x, 0.0)


@formula
def softplus_slope(x: Array) -> Array:
    """Return the slope of :func:`softplus`, the sigmoid of x.

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
    >>> softplus_slope(np.array([0.0, 100.0]))
    array([0.5, 1. ])
    """
    return sigmoid(x)


SOFTPLUS = built_in(
    "softplus",
    softplus,
    softplus_slope,
    latex=r"h(x) = \log(1 + e^x)",
    slope_latex=r"h'(x) = \frac{1}{1 + e^{-x}}",
    range=(0.0, INFINITY),
    smooth=True,
    monotonic=True,
    zero_centred=False,
    saturates=("left",),
    source="Dugas et al., Incorporating Second-Order Functional Knowledge, 2001",
)


@formula
def elu(x: Array, alpha: float = 1.0) -> Array:
    """Return x where it is positive, else alpha (e^x - 1), which levels out at -alpha.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    alpha : float, default 1
        The output falls to -alpha for large negative inputs.

    Returns
    -------
    array of float
        The outputs, of the shape of `x`.

    References
    ----------
    Clevert, Unterthiner & Hochreiter, Fast and Accurate Deep Network Learning by Exponential
    Linear Units, 2016.

    Examples
    --------
    >>> elu(np.array([-1.0, 2.0]))
    array([-0.63212056,  2.        ])
    """
    return np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0)))


@formula
def elu_slope(x: Array, alpha: float = 1.0) -> Array:
    """Return the slope of :func:`elu`: 1 where x is positive, else alpha e^x.

    Parameters
    ----------
    x : array of float
        The inputs, of any shape.
    alpha : float, default 1
        The output falls to -alpha for large negative inputs.

    Returns
    -------
    array of float
        The slopes, of the shape of `x`.

    Examples
    --------
    >>> elu_slope(np.array([0.0, 2.0]), alpha=0.5)
    array([0.5, 1. ])
    """
    return np.where(x > 0.0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))


ELU = built_in(
    "elu",
    elu,
    elu_slope,
    parameters={"alpha": 1.0},
    latex=r"h(x) = \begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \le 0 \end{cases}",
    slope_latex=r"h'(x) = \begin{cases} 1 & x > 0 \\ \alpha e^x & x \le 0 \end{cases}",
    range=(-1.0, INFINITY),
    smooth=True,
    monotonic=True,
    zero_centred=False,
    saturates=("left",),
    source="Clevert et al., Fast and Accurate Deep Network Learning by ELUs, 2015",
)


@formula
def selu(x: Array) -> Array:
    """Return ELU scaled so that layers keep mean 0 and variance 1 by themselves.

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
    Klambauer et al., Self-Normalizing Neural Networks, 2017.

    Examples
    --------
    >>> selu(np.array([-1.0, 1.0]))
    array([-1.11133074,  1.05070099])
    """
    scale = 1.0507009873554805
    alpha = 1.6732632423543772
    u = np.minimum(x, 3.2e38)  # so that the product stays within float32
    return scale * np.where(x > 0.0, u, alpha * np.expm1(np.minimum(x, 0.0)))


@formula
def selu_slope(x: Array) -> Array:
    """Return the slope of :func:`selu`.

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
    >>> selu_slope(np.array([-1000.0, 1.0]))
    array([0.        , 1.05070099])
    """
    scale = 1.0507009873554805
    alpha = 1.6732632423543772
    return scale * np.where(x > 0.0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))


SELU = built_in(
    "selu",
    selu,
    selu_slope,
    latex=r"h(x) = \lambda \begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \le 0 \end{cases}",
    slope_latex=r"h'(x) = \lambda \begin{cases} 1 & x > 0 \\ \alpha e^x & x \le 0 \end{cases}",
    range=(-1.0507009873554805 * 1.6732632423543772, INFINITY),
    smooth=False,
    monotonic=True,
    zero_centred=False,
    saturates=("left",),
    source="Klambauer et al., Self-Normalizing Neural Networks, 2017",
)


@formula
def swish(x: Array) -> Array:
    """Return x times its sigmoid, also called SiLU: a smooth ReLU that dips under zero.

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
    Elfwing, Uchibe & Doya, Sigmoid-Weighted Linear Units, 2017; Ramachandran, Zoph & Le, Searching
    for Activation Functions, 2017.

    Examples
    --------
    >>> swish(np.array([-1.0, 2.0]))
    array([-0.26894142,  1.76159416])
    """
    return x * sigmoid(x)


@formula
def swish_slope(x: Array) -> Array:
    """Return the slope of :func:`swish`.

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
    >>> swish_slope(np.array([0.0, 100.0]))
    array([0.5, 1. ])
    """
    s = sigmoid(x)
    return s + x * s * (1.0 - s)


SWISH = built_in(
    "swish",
    swish,
    swish_slope,
    aliases=("silu",),
    latex=r"h(x) = x \, \sigma(x)",
    slope_latex=r"h'(x) = \sigma(x) + x \, \sigma(x) (1 - \sigma(x))",
    range=(-0.2784645427610738, INFINITY),
    smooth=True,
    monotonic=False,
    zero_centred=False,
    saturates=("left",),
    source="Elfwing et al., 2017; Ramachandran et al., Searching for Activation Functions, 2017",
)


@formula
def mish(x: Array) -> Array:
    """Return x tanh(softplus(x)), a smooth ReLU that dips under zero.

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
    Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2019.

    Examples
    --------
    >>> mish(np.array([-1.0, 2.0]))
    array([-0.30340146,  1.94395896])
    """
    return x * np.tanh(softplus(x))


@formula
def mish_slope(x: Array) -> Array:
    """Return the slope of :func:`mish`.

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
    >>> mish_slope(np.array([0.0, 100.0]))
    array([0.6, 1. ])
    """
    t = np.tanh(softplus(x))
    return t + x * sigmoid(x) * (1.0 - t) * (1.0 + t)


MISH = built_in(
    "mish",
    mish,
    mish_slope,
    latex=r"h(x) = x \tanh(\log(1 + e^x))",
    slope_latex=r"h'(x) = t + x \, \sigma(x) (1 - t^2), \quad t = \tanh(\log(1 + e^x))",
    range=(-0.30884341301725043, INFINITY),
    smooth=True,
    monotonic=False,
    zero_centred=False,
    saturates=("left",),
    source="Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2019",
)


@formula
def erf(x: Array) -> Array:
    """Return Gauss's error function, elementwise, by the C library's.

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
    >>> erf(np.array([0.0, 1.0]))
    array([0.        , 0.84270079])
    """
    return np.multiply(_erf(x), 1.0).astype(np.result_type(x, 1.0))


_erf = np.frompyfunc(math.erf, 1, 1)


@formula
def gelu(x: Array) -> Array:
    r"""Return :math:`x \Phi(x)`: x times the probability that a standard normal number is below x.

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
    Hendrycks & Gimpel, Gaussian Error Linear Units, 2016.

    Examples
    --------
    >>> gelu(np.array([-1.0, 2.0]))
    array([-0.15865525,  1.95449974])
    """
    return x * 0.5 * (1.0 + erf(x * 0.7071067811865476))


@formula
def gelu_slope(x: Array) -> Array:
    """Return the slope of :func:`gelu`.

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
    >>> gelu_slope(np.array([0.0, 100.0]))
    array([0.5, 1. ])
    """
    u = np.minimum(np.abs(x), 40.0)  # the density is 0 from there on, and u * u stays finite
    density = 0.3989422804014327 * np.exp(-0.5 * u * u)
    return 0.5 * (1.0 + erf(x * 0.7071067811865476)) + x * density


GELU = built_in(
    "gelu",
    gelu,
    gelu_slope,
    latex=r"h(x) = x \Phi(x) = \frac{x}{2} \left(1 + \mathrm{erf} \frac{x}{\sqrt 2}\right)",
    slope_latex=r"h'(x) = \Phi(x) + x \, \frac{e^{-x^2/2}}{\sqrt{2 \pi}}",
    range=(-0.16997120747990369, INFINITY),
    smooth=True,
    monotonic=False,
    zero_centred=False,
    saturates=("left",),
    source="Hendrycks & Gimpel, Gaussian Error Linear Units, 2016",
)


@formula
def gelu_tanh(x: Array) -> Array:
    """Return GELU's approximation by tanh, within 5e-4 of it; Keras's ``gelu(approximate=True)``.

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
    Hendrycks & Gimpel, Gaussian Error Linear Units, 2016.

    Examples
    --------
    >>> gelu_tanh(np.array([-1.0, 2.0]))
    array([-0.15880801,  1.95459769])
    """
    u = np.minimum(np.maximum(x, -10.0), 10.0)  # tanh is 1 well before, and u * u * u stays finite
    return 0.5 * x * (1.0 + np.tanh(0.7978845608028654 * (u + 0.044715 * u * u * u)))


@formula
def gelu_tanh_slope(x: Array) -> Array:
    """Return the slope of :func:`gelu_tanh`.

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
    >>> gelu_tanh_slope(np.array([0.0, 100.0]))
    array([0.5, 1. ])
    """
    u = np.minimum(np.maximum(x, -10.0), 10.0)
    t = np.tanh(0.7978845608028654 * (u + 0.044715 * u * u * u))
    inner = 0.7978845608028654 * (1.0 + 3.0 * 0.044715 * u * u)
    return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t) * (1.0 + t) * inner


GELU_TANH = built_in(
    "gelu_tanh",
    gelu_tanh,
    gelu_tanh_slope,
    aliases=("gelu_approximate",),
    latex=r"h(x) = \frac{x}{2} \left(1 + \tanh\left(\sqrt{2/\pi} (x + 0.044715 x^3)\right)\right)",
    slope_latex=r"h'(x) = \frac{1 + t}{2} + \frac{x}{2} (1 - t^2) \sqrt{2/\pi}"
    r" (1 + 0.134145 x^2)",
    range=(-0.17004075057125412, INFINITY),
    smooth=True,
    monotonic=False,
    zero_centred=False,
    saturates=("left",),
    source="Hendrycks & Gimpel, Gaussian Error Linear Units, 2016",
)
