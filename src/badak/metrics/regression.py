"""Metrics of regression: how near predicted numbers come to the true ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import numpy as np

from badak._common.hyperparameters import hyperparameter
from badak._common.language import message
from badak._common.validation import Choice, Whole, check_whole, setting_of
from badak.errors import InputError
from badak.losses import regression as formulas
from badak.losses.targets import check_targets
from badak.metrics.base import Metric, check_weights, same_shape, weighted_mean
from badak.metrics.registry import METRICS
from badak.typing import Array, ArrayLike

Aggregation = Literal["uniform_average", "variance_weighted_average"]
AGGREGATION = Choice(None, *get_args(Aggregation))


def mean_squared_error(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Return the mean of the squared errors.

    Parameters
    ----------
    y_true : array_like
        Targets, (batch,) or (batch, units).
    y_pred : array_like
        Predictions, of the shape of `y_true`.
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

    Returns
    -------
    float
        The mean over samples, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Examples
    --------
    >>> mean_squared_error([0.0, 1.0], [2.0, 1.0])
    2.0
    """
    t, y = _numbers(y_true, y_pred, "mean_squared_error")
    return weighted_mean(formulas.squared_error(y, t), sample_weight)


def mean_absolute_error(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Return the mean of the absolute errors, in the unit of the targets.

    Parameters
    ----------
    y_true : array_like
        Targets, (batch,) or (batch, units).
    y_pred : array_like
        Predictions, of the shape of `y_true`.
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

    Returns
    -------
    float
        The mean over samples, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Examples
    --------
    >>> mean_absolute_error([0.0, 1.0], [2.0, 1.0])
    1.0
    """
    t, y = _numbers(y_true, y_pred, "mean_absolute_error")
    return weighted_mean(formulas.absolute_error(y, t), sample_weight)


def mean_absolute_percentage_error(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Return the mean of the absolute errors in percent of their targets.

    Parameters
    ----------
    y_true : array_like
        Targets, (batch,) or (batch, units).
    y_pred : array_like
        Predictions, of the shape of `y_true`.
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

    Returns
    -------
    float
        The mean over samples, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Notes
    -----
    A target under 1e-7 counts as 1e-7.

    Examples
    --------
    >>> mean_absolute_percentage_error([1.0, 4.0], [2.0, 4.0])
    50.0
    """
    t, y = _numbers(y_true, y_pred, "mean_absolute_percentage_error")
    return weighted_mean(formulas.absolute_percentage_error(y, t), sample_weight)


def mean_squared_logarithmic_error(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Return the mean of (log(1 + y) - log(1 + t))^2.

    Parameters
    ----------
    y_true : array_like
        Targets of 0 or more, (batch,) or (batch, units).
    y_pred : array_like
        Predictions, of the shape of `y_true`; one below 0 counts as 0.
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

    Returns
    -------
    float
        The mean over samples, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, or a target below 0.

    Examples
    --------
    >>> mean_squared_logarithmic_error([0.0, 1.0], [np.e - 1.0, 1.0])
    0.5
    """
    name = "mean_squared_logarithmic_error"
    t, y = _numbers(y_true, y_pred, name)
    check_targets(t, "not_negative", t.shape[1], name)
    return weighted_mean(formulas.squared_logarithmic_error(y, t), sample_weight)


def log_cosh_error(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Return the mean of log(cosh(y - t)).

    Parameters
    ----------
    y_true : array_like
        Targets, (batch,) or (batch, units).
    y_pred : array_like
        Predictions, of the shape of `y_true`.
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

    Returns
    -------
    float
        The mean over samples, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Examples
    --------
    >>> log_cosh_error([0.0, 1.0], [0.0, 1.0])
    0.0
    """
    t, y = _numbers(y_true, y_pred, "log_cosh_error")
    return weighted_mean(formulas.log_cosh(y, t), sample_weight)


def cosine_similarity(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Return the mean cosine of the angle between rows of targets and predictions.

    Parameters
    ----------
    y_true : array_like
        Targets, (batch, units).
    y_pred : array_like
        Predictions, of the shape of `y_true`.
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

    Returns
    -------
    float
        1 is the same direction, -1 the opposite one. The loss of this name has the other sign,
        because a loss is minimised.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Examples
    --------
    >>> cosine_similarity([[0.0, 1.0], [1.0, 0.0]], [[0.0, 2.0], [0.0, 1.0]])
    0.5
    """
    t, y = _numbers(y_true, y_pred, "cosine_similarity")
    return weighted_mean(-formulas.cosine(y, t), sample_weight)


def root_mean_squared_error(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Return the root of the mean squared error, in the unit of the targets.

    Parameters
    ----------
    y_true : array_like
        Targets, (batch,) or (batch, units).
    y_pred : array_like
        Predictions, of the shape of `y_true`.
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

    Returns
    -------
    float
        The root of the mean over samples, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Examples
    --------
    >>> root_mean_squared_error([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]])
    0.5
    """
    t, y = _numbers(y_true, y_pred, "root_mean_squared_error")
    return math.sqrt(weighted_mean(formulas.squared_error(y, t), sample_weight))


def r2_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: ArrayLike | None = None,
    class_aggregation: Aggregation | None = "uniform_average",
    num_regressors: int = 0,
) -> Any:
    r"""Return the coefficient of determination, :math:`1 - \sum (y - t)^2 / \sum (t - \bar t)^2`.

    Parameters
    ----------
    y_true : array_like
        Targets, (batch,) or (batch, units), of two samples or more.
    y_pred : array_like
        Predictions, of the shape of `y_true`.
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.
    class_aggregation : {"uniform_average", "variance_weighted_average"}, optional
        The mean over units, plain or by each unit's variance; None is no mean.
    num_regressors : int, default 0
        The number p of inputs to adjust the score for, of n samples:
        :math:`1 - (1 - R^2)(n - 1) / (n - p - 1)`.

    Returns
    -------
    float or array of float
        1 is perfect; 0 is as good as always predicting the mean; below 0 is worse than that.
        Without aggregation one number a unit, (units,).

    Raises
    ------
    InputError
        Arrays that do not fit, or too few samples.

    Notes
    -----
    A unit whose targets are all the same scores 1 if predicted perfectly, else 0.

    Examples
    --------
    >>> r2_score([1.0, 4.0, 3.0], [2.0, 4.0, 4.0])
    0.5714285714285714
    """
    AGGREGATION.check(class_aggregation, setting_of("r2_score", "class_aggregation"))
    check_whole(
        num_regressors,
        setting_of("r2_score", "num_regressors"),
        least=0,
    )
    t, y = _numbers(y_true, y_pred, "r2_score")
    w = check_weights(sample_weight, len(t))
    counted = w > 0.0
    t, y, w = t[counted], y[counted], w[counted, np.newaxis]
    if len(t) - num_regressors < 2:
        raise InputError(
            message(
                "r2_score takes at least {least} samples with a weight over 0, not {count}",
                least=num_regressors + 2,
                count=len(t),
            )
        )
    residual = np.sum(w * (y - t) ** 2, axis=0)  # (units,)
    varied = np.ptp(t, axis=0) > 0.0  # not from the spread: the mean may be rounded
    spread = np.where(
        varied, np.sum(w * (t - np.average(t, axis=0, weights=w[:, 0])) ** 2, axis=0), 0.0
    )
    unexplained = np.divide(residual, spread, out=np.where(residual > 0.0, 1.0, 0.0), where=varied)
    return _adjusted(
        _aggregated(1.0 - unexplained, spread, class_aggregation), len(t), num_regressors
    )


def _aggregated(scores: Array, spread: Array, aggregation: Aggregation | None) -> Any:
    if aggregation is None:
        return scores
    by_variance = aggregation == "variance_weighted_average" and spread.any()
    return float(np.average(scores, weights=spread if by_variance else None))


def _adjusted(score: Any, n: int, p: int) -> Any:
    return 1.0 - (1.0 - score) * (n - 1.0) / (n - p - 1.0) if p else score


def _numbers(y_true: ArrayLike, y_pred: ArrayLike, metric: str) -> tuple[Array, Array]:
    t, y = same_shape(y_true, y_pred, metric)
    return t.astype(np.float64), y.astype(np.float64)


@METRICS.enter("mse")
@dataclass(frozen=True)
class MeanSquaredError(Metric):
    """The mean squared error: :func:`mean_squared_error`.

    Parameters
    ----------
    name : str, default "mean_squared_error"
        What it is reported under.

    Examples
    --------
    >>> MeanSquaredError()([0.0, 1.0], [2.0, 1.0])
    2.0
    """

    mode: ClassVar[Literal["max", "min"]] = "min"
    name: str = "mean_squared_error"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return mean_squared_error(y_true, y_pred, sample_weight)


@METRICS.enter("mae")
@dataclass(frozen=True)
class MeanAbsoluteError(Metric):
    """The mean absolute error: :func:`mean_absolute_error`.

    Parameters
    ----------
    name : str, default "mean_absolute_error"
        What it is reported under.

    Examples
    --------
    >>> MeanAbsoluteError()([0.0, 1.0], [2.0, 1.0])
    1.0
    """

    mode: ClassVar[Literal["max", "min"]] = "min"
    name: str = "mean_absolute_error"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return mean_absolute_error(y_true, y_pred, sample_weight)


@METRICS.enter("mape")
@dataclass(frozen=True)
class MeanAbsolutePercentageError(Metric):
    """The mean error in percent: :func:`mean_absolute_percentage_error`.

    Parameters
    ----------
    name : str, default "mean_absolute_percentage_error"
        What it is reported under.

    Examples
    --------
    >>> MeanAbsolutePercentageError()([1.0, 4.0], [2.0, 4.0])
    50.0
    """

    mode: ClassVar[Literal["max", "min"]] = "min"
    name: str = "mean_absolute_percentage_error"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return mean_absolute_percentage_error(y_true, y_pred, sample_weight)


@METRICS.enter("msle")
@dataclass(frozen=True)
class MeanSquaredLogarithmicError(Metric):
    """The mean squared error of logarithms: :func:`mean_squared_logarithmic_error`.

    Parameters
    ----------
    name : str, default "mean_squared_logarithmic_error"
        What it is reported under.

    Examples
    --------
    >>> MeanSquaredLogarithmicError()([0.0, 1.0], [np.e - 1.0, 1.0])
    0.5
    """

    mode: ClassVar[Literal["max", "min"]] = "min"
    name: str = "mean_squared_logarithmic_error"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return mean_squared_logarithmic_error(y_true, y_pred, sample_weight)


@METRICS.enter("log_cosh_error")
@dataclass(frozen=True)
class LogCoshError(Metric):
    """The mean of log(cosh(error)): :func:`log_cosh_error`.

    Parameters
    ----------
    name : str, default "logcosh"
        What it is reported under.

    Examples
    --------
    >>> LogCoshError()([0.0, 1.0], [0.0, 1.0])
    0.0
    """

    mode: ClassVar[Literal["max", "min"]] = "min"
    name: str = "logcosh"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return log_cosh_error(y_true, y_pred, sample_weight)


@METRICS.enter()
@dataclass(frozen=True)
class CosineSimilarity(Metric):
    """The mean cosine between rows: :func:`cosine_similarity`.

    Parameters
    ----------
    name : str, default "cosine_similarity"
        What it is reported under.

    Examples
    --------
    >>> CosineSimilarity()([[0.0, 1.0], [1.0, 0.0]], [[0.0, 2.0], [0.0, 1.0]])
    0.5
    """

    name: str = "cosine_similarity"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return cosine_similarity(y_true, y_pred, sample_weight)


@METRICS.enter("rmse")
@dataclass(frozen=True)
class RootMeanSquaredError(Metric):
    """The root of the mean squared error: :func:`root_mean_squared_error`.

    Parameters
    ----------
    name : str, default "root_mean_squared_error"
        What it is reported under.

    Examples
    --------
    >>> RootMeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]])
    0.5
    """

    mode: ClassVar[Literal["max", "min"]] = "min"
    name: str = "root_mean_squared_error"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return root_mean_squared_error(y_true, y_pred, sample_weight)


@METRICS.enter("r2")
@dataclass(frozen=True)
class R2Score(Metric):
    """The coefficient of determination: :func:`r2_score`.

    Parameters
    ----------
    class_aggregation : {"uniform_average", "variance_weighted_average"}, optional
        The mean over units, plain or by each unit's variance; None is no mean.
    num_regressors : int, default 0
        The number of inputs to adjust the score for.
    name : str, default "r2_score"
        What it is reported under.

    Raises
    ------
    InputError
        `class_aggregation` is none of these, or `num_regressors` is no whole number of 0 or more.

    Examples
    --------
    >>> R2Score()([1.0, 4.0, 3.0], [2.0, 4.0, 4.0])
    0.5714285714285714
    """

    class_aggregation: Aggregation | None = hyperparameter("uniform_average", AGGREGATION)
    num_regressors: int = hyperparameter(0, Whole(0))
    name: str = "r2_score"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Any:
        return r2_score(y_true, y_pred, sample_weight, self.class_aggregation, self.num_regressors)
