r"""Losses of regression: a prediction y is compared with a target t, unit by unit."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from badak._common.hyperparameters import hyperparameter
from badak._common.validation import POSITIVE, Interval
from badak.losses.base import Formula, Loss
from badak.losses.registry import LOSSES
from badak.typing import Array


def squared_error(y: Array, t: Array) -> Array:
    return (y - t) * (y - t)


def squared_error_slope(y: Array, t: Array) -> Array:
    return 2.0 * (y - t)


@LOSSES.enter("mse")
@dataclass(frozen=True, repr=False)
class MeanSquaredError(Loss):
    """The mean of (y - t)^2: large errors count most.

    References
    ----------
    Legendre, 1805; Gauss, 1809.

    Examples
    --------
    >>> MeanSquaredError()([[0.0, 2.0]], [[1.0, 0.0]])
    2.5
    """

    name = "mean_squared_error"
    formula = Formula(
        squared_error,
        squared_error_slope,
        latex=r"L = \frac{1}{n} \sum_k (y_k - t_k)^2",
        slope_latex=r"\frac{2}{n} (y_k - t_k)",
        source="Legendre, 1805; Gauss, 1809",
    )


def absolute_error(y: Array, t: Array) -> Array:
    return np.abs(y - t)


def absolute_error_slope(y: Array, t: Array) -> Array:
    return np.sign(y - t)


@LOSSES.enter("mae")
@dataclass(frozen=True, repr=False)
class MeanAbsoluteError(Loss):
    r"""The mean of \|y - t\|, which is minimised by the median.

    References
    ----------
    Boscovich, 1757; Laplace, 1774.

    Examples
    --------
    >>> MeanAbsoluteError()([[0.0, 2.0]], [[1.0, 0.0]])
    1.5
    """

    name = "mean_absolute_error"
    formula = Formula(
        absolute_error,
        absolute_error_slope,
        latex=r"L = \frac{1}{n} \sum_k |y_k - t_k|",
        slope_latex=r"\frac{1}{n} \mathrm{sign}(y_k - t_k)",
        source="Boscovich, 1757; Laplace, 1774",
    )


def pinball(y: Array, t: Array, quantile: float = 0.5) -> Array:
    return np.maximum(quantile * (t - y), (1.0 - quantile) * (y - t))


def pinball_slope(y: Array, t: Array, quantile: float = 0.5) -> Array:
    return np.where(y > t, 1.0 - quantile, np.where(y < t, -quantile, 0.0 * y))


@LOSSES.enter("quantile")
@dataclass(frozen=True, repr=False)
class Pinball(Loss):
    """Errors below the target count `quantile`, those above it 1 - `quantile`.

    It is minimised where that fraction of the targets lies below the prediction; with 0.5 it is
    half of :class:`MeanAbsoluteError`.

    Parameters
    ----------
    quantile : float, default 0.5
        The quantile to predict, in (0, 1).

    Raises
    ------
    InputError
        `quantile` is not in (0, 1).

    References
    ----------
    Koenker & Bassett, Regression Quantiles, 1978.

    Examples
    --------
    >>> Pinball(0.75)([[0.0, 2.0]], [[1.0, 0.0]])
    0.875
    """

    quantile: float = hyperparameter(0.5, Interval(0.0, 1.0, low_is_in=False))

    name = "pinball"
    formula = Formula(
        pinball,
        pinball_slope,
        latex=r"L = \frac{1}{n} \sum_k \max(q (t_k - y_k), (1 - q) (y_k - t_k))",
        slope_latex=r"\frac{1}{n} \begin{cases} 1 - q & y_k > t_k \\ -q & y_k < t_k \end{cases}",
        source="Koenker & Bassett, Regression Quantiles, 1978",
    )

    @property
    def parameters(self) -> Mapping[str, float]:
        """The share of the targets that is to lie below."""
        return {"quantile": self.quantile}


def squared_logarithmic_error(y: Array, t: Array) -> Array:
    d = np.log1p(np.maximum(y, 0.0)) - np.log1p(t)
    return d * d


def squared_logarithmic_error_slope(y: Array, t: Array) -> Array:
    p = np.maximum(y, 0.0)
    return np.where(y > 0.0, 2.0 * (np.log1p(p) - np.log1p(t)) / (1.0 + p), 0.0 * y)


@LOSSES.enter("msle")
@dataclass(frozen=True, repr=False)
class MeanSquaredLogarithmicError(Loss):
    """The mean of (log(1 + y) - log(1 + t))^2: relative errors, for targets of 0 or more.

    A prediction below 0 counts as 0.

    Examples
    --------
    >>> MeanSquaredLogarithmicError()([[0.0]], [[np.e - 1.0]])
    1.0
    """

    name = "mean_squared_logarithmic_error"
    targets = "not_negative"
    formula = Formula(
        squared_logarithmic_error,
        squared_logarithmic_error_slope,
        latex=r"L = \frac{1}{n} \sum_k (\log(1 + y_k) - \log(1 + t_k))^2",
        slope_latex=r"\frac{2}{n} \frac{\log(1 + y_k) - \log(1 + t_k)}{1 + y_k}",
        source="Keras, losses.MeanSquaredLogarithmicError",
    )


def absolute_percentage_error(y: Array, t: Array) -> Array:
    return 100.0 * np.abs(y - t) / np.maximum(np.abs(t), 1e-7)


def absolute_percentage_error_slope(y: Array, t: Array) -> Array:
    return 100.0 * np.sign(y - t) / np.maximum(np.abs(t), 1e-7)


@LOSSES.enter("mape")
@dataclass(frozen=True, repr=False)
class MeanAbsolutePercentageError(Loss):
    r"""The mean of \|y - t\| as a percentage of \|t\|; a target under 1e-7 counts as 1e-7.

    Examples
    --------
    >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]])
    25.0
    """

    name = "mean_absolute_percentage_error"
    formula = Formula(
        absolute_percentage_error,
        absolute_percentage_error_slope,
        latex=r"L = \frac{100}{n} \sum_k \frac{|y_k - t_k|}{|t_k|}",
        slope_latex=r"\frac{100}{n} \frac{\mathrm{sign}(y_k - t_k)}{|t_k|}",
        source="Keras, losses.MeanAbsolutePercentageError",
    )


def huber(y: Array, t: Array, delta: float = 1.0) -> Array:
    d = np.abs(y - t)
    q = np.minimum(d, delta)  # the part of the error that is squared
    return q * (d - 0.5 * q)


def huber_slope(y: Array, t: Array, delta: float = 1.0) -> Array:
    return np.minimum(np.maximum(y - t, -delta), delta)


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class Huber(Loss):
    """Half the squared error up to `delta`, a straight line from there on.

    Parameters
    ----------
    delta : float, default 1
        The size of an error at which the square becomes a line, above 0.

    Raises
    ------
    InputError
        `delta` is not above 0.

    References
    ----------
    Huber, Robust Estimation of a Location Parameter, 1964.

    Examples
    --------
    >>> Huber()([[0.0, 0.0]], [[1.0, 3.0]])
    1.5
    """

    delta: float = hyperparameter(1.0, POSITIVE)

    name = "huber"
    formula = Formula(
        huber,
        huber_slope,
        latex=r"L = \frac{1}{n} \sum_k \begin{cases} d_k^2 / 2 & |d_k| \le \delta \\"
        r" \delta (|d_k| - \delta / 2) & \text{else} \end{cases}, \quad d = y - t",
        slope_latex=r"\frac{1}{n} \min(\max(d_k, -\delta), \delta)",
        source="Huber, Robust Estimation of a Location Parameter, 1964",
    )

    @property
    def parameters(self) -> Mapping[str, float]:
        """Where the square becomes a line."""
        return {"delta": self.delta}


def log_cosh(y: Array, t: Array) -> Array:
    d = np.abs(y - t)
    m = np.expm1(-1.0 * d)  # so that (1 + e^-2d) / 2 is 1 + m + m^2 / 2
    return d + np.log1p(m + 0.5 * m * m)


def log_cosh_slope(y: Array, t: Array) -> Array:
    return np.tanh(y - t)


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class LogCosh(Loss):
    """The mean of log(cosh(y - t)): a smooth Huber.

    References
    ----------
    Green, Bayesian Reconstructions from Emission Tomography Data, 1990.

    Examples
    --------
    >>> LogCosh()([[0.0]], [[0.0]])
    0.0
    """

    name = "log_cosh"
    formula = Formula(
        log_cosh,
        log_cosh_slope,
        latex=r"L = \frac{1}{n} \sum_k \log \cosh(y_k - t_k)",
        slope_latex=r"\frac{1}{n} \tanh(y_k - t_k)",
        source="Green, Bayesian Reconstructions from Emission Tomography Data, 1990",
    )


def poisson(y: Array, t: Array) -> Array:
    return y - t * np.log(np.maximum(y, 0.0) + 1e-7)


def poisson_slope(y: Array, t: Array) -> Array:
    return 1.0 - np.where(y > 0.0, t / (np.maximum(y, 0.0) + 1e-7), 0.0 * y)


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class Poisson(Loss):
    """The mean of y - t log y, for counts t and their expected number y > 0.

    Use it with a positive output, such as that of ``exponential`` or ``softplus``.

    References
    ----------
    Nelder & Wedderburn, Generalized Linear Models, 1972.

    Examples
    --------
    >>> round(Poisson()([[0.0, 1.0]], [[1.0, 1.0]]), 6)
    1.0
    """

    name = "poisson"
    targets = "not_negative"
    formula = Formula(
        poisson,
        poisson_slope,
        latex=r"L = \frac{1}{n} \sum_k (y_k - t_k \log y_k)",
        slope_latex=r"\frac{1}{n} (1 - t_k / y_k)",
        source="Nelder & Wedderburn, Generalized Linear Models, 1972",
    )


def cosine(y: Array, t: Array) -> Array:
    return -np.sum(_unit(y) * _unit(t), axis=-1)


def cosine_slope(y: Array, t: Array) -> Array:
    u, v = _unit(y), _unit(t)
    length = np.sqrt(np.maximum(np.sum(y * y, axis=-1, keepdims=True), 1e-12))
    return (u * np.sum(u * v, axis=-1, keepdims=True) - v) / length


def _unit(x: Array) -> Array:
    return x / np.sqrt(np.maximum(np.sum(x * x, axis=-1, keepdims=True), 1e-12))


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class CosineSimilarity(Loss):
    """Minus the cosine of the angle between y and t: -1 where they point the same way.

    Examples
    --------
    >>> CosineSimilarity()([[0.0, 2.0]], [[0.0, 1.0]])
    -1.0
    """

    name = "cosine_similarity"
    formula = Formula(
        cosine,
        cosine_slope,
        over_units="row",
        latex=r"L = -\frac{y \cdot t}{\|y\| \|t\|}",
        slope_latex=r"\frac{(\hat y \cdot \hat t) \hat y_k - \hat t_k}{\|y\|}",
        source="Keras, losses.CosineSimilarity",
    )
