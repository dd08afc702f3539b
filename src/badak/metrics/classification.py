"""Confusion matrix, precision, recall and F1: what kind of mistakes a network makes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from badak._common.hyperparameters import hyperparameter
from badak._common.language import Phrase, message
from badak._common.samples import as_array
from badak._common.validation import FINITE, Choice, Interval, Whole, setting_of, shown
from badak.errors import InputError
from badak.losses.targets import check_targets
from badak.metrics.base import (
    Metric,
    check_batch,
    check_weights,
    numbers_in,
    same_shape,
)
from badak.metrics.registry import METRICS
from badak.typing import Array, ArrayLike

Average = Literal["micro", "macro", "weighted"]
AVERAGE = Choice(None, *get_args(Average))
THRESHOLD = Interval(-math.inf, low_is_in=False, optional=True)
CLASS = Whole(0, optional=True)
MOST_CLASSES = 10_000  # beyond which a confusion matrix is more likely a mistake


def confusion_matrix(y_true: ArrayLike, y_pred: ArrayLike, classes: int | None = None) -> Array:
    """Return how often samples of each true class (row) were predicted as each class (column).

    Parameters
    ----------
    y_true : array_like
        Class numbers from 0, (batch,) or (batch, 1), or one-hot targets (batch, classes).
    y_pred : array_like
        Class numbers from 0, or scores (batch, classes), of which the highest counts.
    classes : int, optional
        The number of classes; by default as many as appear.

    Returns
    -------
    array of int64
        (classes, classes).

    Raises
    ------
    InputError
        Arrays that do not fit, or a class number of `classes` or more.

    Examples
    --------
    >>> confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2])
    array([[1, 0, 0],
           [0, 1, 1],
           [0, 0, 1]])
    """
    t = numbers_in(y_true, Phrase("confusion_matrix: the targets"))
    y = numbers_in(y_pred, Phrase("confusion_matrix: the predictions"))
    check_batch(t, y, "confusion_matrix")
    if classes is not None and (not isinstance(classes, int) or classes < 1):
        raise InputError(
            message(
                "classes must be a whole number of at least 1, not {classes!r}", classes=classes
            )
        )
    size = _classes_of(t, y) if classes is None else classes
    cells = np.bincount(_labels(t, size) * size + _labels(y, size), minlength=size * size)
    return cells.reshape(size, size)


def _labels(values: Array, classes: int) -> Array:
    """Return class numbers, (batch,), all of them below `classes`."""
    if values.ndim == 2 and values.shape[1] == classes > 1:
        return values.argmax(axis=1)
    return check_targets(values, "labels", classes, "confusion_matrix")


def _classes_of(*arrays: Array) -> int:
    """Return how many columns there are or, in labels, one more than the highest."""
    for values in arrays:
        if values.ndim == 2 and values.shape[1] > 1:
            return values.shape[1]
    highest = max(values.max() for values in arrays)
    if highest >= MOST_CLASSES:
        raise InputError(
            message(
                "confusion_matrix takes class numbers from 0 without gaps, but one is {highest}; "
                "renumber them (np.unique(t, return_inverse=True)) or say how many: classes=...",
                highest=highest,
            )
        )
    return max(int(highest) + 1, 1)


class Outcomes(NamedTuple):
    """The weights of the samples that a yes or no fell on, one number or one for each unit."""

    true_positives: Array
    false_positives: Array
    false_negatives: Array


def precision_of(outcomes: Outcomes) -> Array:
    """Return which share of the samples said to be a yes are one."""
    tp, fp, _ = outcomes
    return _share(tp, tp + fp)


def recall_of(outcomes: Outcomes) -> Array:
    """Return which share of the samples that are a yes are found."""
    tp, _, fn = outcomes
    return _share(tp, tp + fn)


def f1_of(outcomes: Outcomes) -> Array:
    """Return the harmonic mean of precision and recall, 2 P R / (P + R)."""
    tp, fp, fn = outcomes
    return _share(2.0 * tp, 2.0 * tp + fp + fn)


def _share(part: Array, whole: Array) -> Array:
    """Return part / whole, and 0 where there is nothing to share."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)


def precision(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: ArrayLike | None = None,
    thresholds: float | Sequence[float] | None = None,
    class_id: int | None = None,
) -> Any:
    """Return the fraction of the scores over the threshold that belong to a yes.

    Parameters
    ----------
    y_true : array_like
        Targets 0 and 1 of the shape of the scores, or labels (batch,) for scores (batch, classes).
    y_pred : array_like
        Scores, (batch,) or (batch, units).
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.
    thresholds : float or sequence of float, optional
        A score over the threshold is a yes; 0.5 unless given.
    class_id : int, optional
        The unit to count alone; without it all units are counted together.

    Returns
    -------
    float or array of float
        From 0 to 1, and 0 if no score is over the threshold; for several thresholds one each.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Examples
    --------
    >>> precision([0, 1, 1, 1], [0.9, 0.2, 0.8, 0.7])
    0.6666666666666666
    """
    found = _at_thresholds("precision", y_true, y_pred, sample_weight, thresholds, class_id)
    return _one_or_all([precision_of(outcomes) for outcomes in found], thresholds)


def recall(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: ArrayLike | None = None,
    thresholds: float | Sequence[float] | None = None,
    class_id: int | None = None,
) -> Any:
    """Return the fraction of the yeses that have a score over the threshold.

    Parameters
    ----------
    y_true : array_like
        Targets 0 and 1 of the shape of the scores, or labels (batch,) for scores (batch, classes).
    y_pred : array_like
        Scores, (batch,) or (batch, units).
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.
    thresholds : float or sequence of float, optional
        A score over the threshold is a yes; 0.5 unless given.
    class_id : int, optional
        The unit to count alone; without it all units are counted together.

    Returns
    -------
    float or array of float
        From 0 to 1, and 0 if there is no yes; for several thresholds one each.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Examples
    --------
    >>> recall([0, 1, 1, 1], [0.9, 0.2, 0.8, 0.7])
    0.6666666666666666
    """
    found = _at_thresholds("recall", y_true, y_pred, sample_weight, thresholds, class_id)
    return _one_or_all([recall_of(outcomes) for outcomes in found], thresholds)


def f1_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: ArrayLike | None = None,
    average: Average | None = None,
    threshold: float | None = None,
) -> Any:
    """Return the F1 score, the harmonic mean of precision and recall.

    Parameters
    ----------
    y_true : array_like
        Targets 0 and 1 of the shape of the scores, or labels (batch,) for scores (batch, classes).
    y_pred : array_like
        Scores, (batch,) or (batch, units).
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.
    average : {"micro", "macro", "weighted"}, optional
        "macro" is the plain mean over units, "weighted" that by each unit's number of yeses,
        "micro" the score of all units counted together.
    threshold : float, optional
        A score over it is a yes. Without it the highest of several units is, and for one unit the
        threshold is 0.5.

    Returns
    -------
    float or array of float
        One number a unit, (units,), or one number: for one unit, or averaged.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    References
    ----------
    van Rijsbergen, Information Retrieval, 1979.

    Examples
    --------
    >>> f1_score([0, 1, 1, 2], [[9, 1, 0], [1, 7, 2], [2, 3, 5], [0, 1, 9]])
    array([1.        , 0.66666667, 0.66666667])
    """
    AVERAGE.check(average, setting_of("f1_score", "average"))
    THRESHOLD.check(threshold, setting_of("f1_score", "threshold"))
    t, y = yes_or_no(y_true, y_pred, "f1_score")
    w = check_weights(sample_weight, len(t))
    outcomes = _outcomes(t, _decide(y, threshold), w)
    if average == "micro":
        return float(f1_of(Outcomes(*(each.sum() for each in outcomes))))
    scores = f1_of(outcomes)
    if average is None:
        return scores if len(scores) > 1 else float(scores[0])
    if average == "macro":
        return float(scores.mean())
    support = outcomes.true_positives + outcomes.false_negatives
    return float(_share(np.sum(support * scores), np.sum(support)))


def _decide(y: Array, threshold: float | None) -> Array:
    if threshold is not None:
        return y > threshold
    if y.shape[1] == 1:
        return y > 0.5
    return np.arange(y.shape[1]) == y.argmax(axis=1)[:, np.newaxis]


def yes_or_no(y_true: ArrayLike, y_pred: ArrayLike, metric: str) -> tuple[Array, Array]:
    """Return targets as booleans and scores, both (batch, units); labels become one-hot."""
    y = as_array(y_pred, "y_pred")
    if y.ndim == 2 and y.shape[1] > 1 and np.size(y_true) == len(y):
        check_batch(as_array(y_true, "y_true"), y, metric)
        labels = check_targets(y_true, "labels", y.shape[1], metric)
        y_true = np.arange(y.shape[1]) == labels[:, np.newaxis]
    t, y = same_shape(y_true, y_pred, metric)
    wrong = (t != 0) & (t != 1)
    if wrong.any():
        raise InputError(
            message(
                "{metric} takes targets 0 and 1, but one is {t:g}; targets -1 and 1 become 0 and "
                "1 by (t + 1) / 2",
                metric=metric,
                t=t[wrong][0],
            )
        )
    return t == 1, y


def _at_thresholds(
    metric: str,
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: ArrayLike | None,
    thresholds: float | Sequence[float] | None,
    class_id: int | None,
) -> list[Outcomes]:
    thresholds = Thresholds().check(thresholds, setting_of(metric, "thresholds"))
    class_id = CLASS.check(class_id, setting_of(metric, "class_id"))
    t, y = yes_or_no(y_true, y_pred, metric)
    w = check_weights(sample_weight, len(t))
    if class_id is not None:
        if class_id >= y.shape[1]:
            raise InputError(
                message(
                    "{metric}: class_id is one of 0 to {last}, not {class_id!r}",
                    metric=metric,
                    last=y.shape[1] - 1,
                    class_id=class_id,
                )
            )
        t, y = t[:, [class_id]], y[:, [class_id]]
    all_thresholds = np.ravel(0.5 if thresholds is None else thresholds)
    found = (_outcomes(t, y > float(threshold), w) for threshold in all_thresholds)
    return [Outcomes(*(each.sum() for each in outcomes)) for outcomes in found]


def _outcomes(t: Array, said: Array, w: Array) -> Outcomes:
    """Return the outcomes of each unit, from booleans (batch, units) and weights (batch,)."""
    return Outcomes(
        np.sum(w[:, np.newaxis] * (t & said), axis=0),
        np.sum(w[:, np.newaxis] * (~t & said), axis=0),
        np.sum(w[:, np.newaxis] * (t & ~said), axis=0),
    )


def _one_or_all(scores: list[Array], thresholds: float | Sequence[float] | None) -> Any:
    if thresholds is None or np.ndim(thresholds) == 0:
        return float(scores[0])
    return np.array(scores)


class Thresholds:
    """What thresholds may be: a number, or a list of numbers."""

    def check(self, value: Any, what: str | Phrase) -> float | tuple[float, ...] | None:
        """Return them as Python numbers, or raise an InputError that calls them `what`."""
        if value is None:
            return None
        if isinstance(value, str) or np.ndim(value) == 0:
            return float(FINITE.check(value, what))
        if np.ndim(value) != 1 or len(value) == 0:
            raise InputError(
                message(
                    "{what} must be a number or a list of numbers, not {value}",
                    what=what,
                    value=shown(value),
                )
            )
        return tuple(
            float(FINITE.check(each, Phrase("each of {what}", what=what))) for each in value
        )


@METRICS.enter()
@dataclass(frozen=True)
class Precision(Metric):
    """The fraction of the samples predicted as a yes that are one: :func:`precision`.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        A score over the threshold is a yes; 0.5 unless given.
    class_id : int, optional
        The unit to count alone; without it all units are counted together.
    name : str, default "precision"
        What it is reported under.

    Raises
    ------
    InputError
        A threshold is not a finite number.

    Examples
    --------
    >>> Precision(thresholds=[0.5, 0.75])([0, 1, 1, 1], [0.5, 0.2, 0.8, 0.7])
    array([1., 1.])
    """

    thresholds: float | Sequence[float] | None = hyperparameter(None, Thresholds())
    class_id: int | None = hyperparameter(None, CLASS)
    name: str = "precision"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Any:
        return precision(y_true, y_pred, sample_weight, self.thresholds, self.class_id)


@METRICS.enter()
@dataclass(frozen=True)
class Recall(Metric):
    """The fraction of the samples with a yes that are found: :func:`recall`.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        A score over the threshold is a yes; 0.5 unless given.
    class_id : int, optional
        The unit to count alone; without it all units are counted together.
    name : str, default "recall"
        What it is reported under.

    Raises
    ------
    InputError
        A threshold is not a finite number.

    Examples
    --------
    >>> Recall(thresholds=0.75)([0, 1, 1], [0.9, 0.8, 0.7])
    0.5
    """

    thresholds: float | Sequence[float] | None = hyperparameter(None, Thresholds())
    class_id: int | None = hyperparameter(None, CLASS)
    name: str = "recall"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Any:
        return recall(y_true, y_pred, sample_weight, self.thresholds, self.class_id)


@METRICS.enter("f1")
@dataclass(frozen=True)
class F1Score(Metric):
    """The harmonic mean of precision and recall: :func:`f1_score`.

    Parameters
    ----------
    average : {"micro", "macro", "weighted"}, optional
        How units are averaged; without it the score is an array, one number a unit.
    threshold : float, optional
        A score over it is a yes; without it the highest score of a sample is.
    name : str, default "f1_score"
        What it is reported under.

    Raises
    ------
    InputError
        `average` is none of these, or `threshold` is not a finite number.

    Examples
    --------
    >>> F1Score(average="macro")([0, 1], [[0.9, 0.1], [0.2, 0.8]])
    1.0
    """

    average: Average | None = hyperparameter(None, AVERAGE)
    threshold: float | None = hyperparameter(None, THRESHOLD)
    name: str = "f1_score"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Any:
        return f1_score(y_true, y_pred, sample_weight, self.average, self.threshold)
