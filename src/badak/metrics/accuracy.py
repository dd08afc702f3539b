"""Accuracy: how often a network is right.

Where several classes share the highest score, the first of them is the prediction, as with argmax.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from badak._common.hyperparameters import hyperparameter
from badak._common.language import message
from badak._common.validation import FINITE, Whole
from badak.errors import InputError
from badak.metrics.base import (
    Metric,
    labels_and_scores,
    same_shape,
    several_classes,
    weighted_mean,
)
from badak.metrics.registry import METRICS
from badak.typing import Array, ArrayLike


def accuracy(y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """Return the fraction of predictions that equal their targets.

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
    >>> accuracy([1, 2, 3, 4], [0, 2, 3, 4])
    0.75
    """
    t, y = same_shape(y_true, y_pred, "accuracy")
    return weighted_mean(t == y, sample_weight)


def binary_accuracy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    sample_weight: ArrayLike | None = None,
    threshold: float = 0.5,
) -> float:
    """Return how often a score over `threshold` goes with a yes, and any other with a no.

    Parameters
    ----------
    y_true : array_like
        Targets 0 and 1, (batch,) or (batch, units); of numbers in between, those over one half
        are a yes.
    y_pred : array_like
        Scores, of the shape of `y_true`.
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.
    threshold : float, default 0.5
        Scores over it are a yes.

    Returns
    -------
    float
        The fraction of correct samples, from 0 to 1, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, or targets outside [0, 1].

    Examples
    --------
    >>> binary_accuracy([1, 1, 0, 0], [0.98, 1.0, 0.0, 0.6])
    0.75
    """
    t, y = same_shape(y_true, y_pred, "binary_accuracy")
    if t.min() < 0 or t.max() > 1:
        raise InputError(
            message(
                "binary_accuracy takes targets from 0 to 1, but they reach from {low:g} to "
                "{high:g}; targets -1 and 1 become 0 and 1 by (t + 1) / 2",
                low=t.min(),
                high=t.max(),
            )
        )
    return weighted_mean((t > 0.5) == (y > threshold), sample_weight)


def categorical_accuracy(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Return how often the class of the highest score is that of the highest target.

    Parameters
    ----------
    y_true : array_like
        One-hot targets, (batch, classes).
    y_pred : array_like
        Scores, probabilities or logits, (batch, classes).
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

    Returns
    -------
    float
        The fraction of correct samples, from 0 to 1, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Examples
    --------
    >>> categorical_accuracy([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])
    0.5
    """
    t, y = same_shape(y_true, y_pred, "categorical_accuracy")
    several_classes(y, "categorical_accuracy")
    return weighted_mean(t.argmax(axis=1) == y.argmax(axis=1), sample_weight)


def sparse_categorical_accuracy(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
) -> float:
    """Return how often the class of the highest score is the label.

    Parameters
    ----------
    y_true : array_like
        Class numbers from 0, (batch,) or (batch, 1).
    y_pred : array_like
        Scores, probabilities or logits, (batch, classes).
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

    Returns
    -------
    float
        The fraction of correct samples, from 0 to 1, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Examples
    --------
    >>> sparse_categorical_accuracy([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]])
    0.5
    """
    name = "sparse_categorical_accuracy"
    labels, y = labels_and_scores(y_true, y_pred, name, one_hot_metric="categorical_accuracy")
    return weighted_mean(labels == y.argmax(axis=1), sample_weight)


def top_k_categorical_accuracy(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None, k: int = 5
) -> float:
    """Return how often the target's class is among the `k` classes of the highest scores.

    Parameters
    ----------
    y_true : array_like
        One-hot targets, (batch, classes).
    y_pred : array_like
        Scores, probabilities or logits, (batch, classes).
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.
    k : int, default 5
        How many of the highest scores count, at most as many as there are classes.

    Returns
    -------
    float
        The fraction of correct samples, from 0 to 1, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Notes
    -----
    Ties count in the target's favour, as in Keras: its class is among them where fewer than `k`
    classes score higher.

    Examples
    --------
    >>> top_k_categorical_accuracy([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.5, 0.2, 0.3]], k=2)
    0.5
    """
    t, y = same_shape(y_true, y_pred, "top_k_categorical_accuracy")
    several_classes(y, "top_k_categorical_accuracy")
    return weighted_mean(_in_top(k, t.argmax(axis=1), y), sample_weight)


def sparse_top_k_categorical_accuracy(
    y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None, k: int = 5
) -> float:
    """Return how often the label is among the `k` classes of the highest scores.

    Parameters
    ----------
    y_true : array_like
        Class numbers from 0, (batch,) or (batch, 1).
    y_pred : array_like
        Scores, probabilities or logits, (batch, classes).
    sample_weight : array_like, optional
        One weight a sample, (batch,), of 0 or more; without them each sample counts the same.
    k : int, default 5
        How many of the highest scores count, at most as many as there are classes.

    Returns
    -------
    float
        The fraction of correct samples, from 0 to 1, weighted where weights are given.

    Raises
    ------
    InputError
        Arrays or weights that do not fit, hold NaN or are empty, or weights that are all 0.

    Notes
    -----
    Ties count in the label's favour, as in :func:`top_k_categorical_accuracy`.

    Examples
    --------
    >>> sparse_top_k_categorical_accuracy([2, 1], [[0.1, 0.9, 0.8], [0.5, 0.2, 0.3]], k=2)
    0.5
    """
    name = "sparse_top_k_categorical_accuracy"
    labels, y = labels_and_scores(y_true, y_pred, name, one_hot_metric="top_k_categorical_accuracy")
    return weighted_mean(_in_top(k, labels, y), sample_weight)


def _in_top(k: int, labels: Array, y: Array) -> Array:
    if k > y.shape[1]:
        raise InputError(
            message(
                "the {k} highest of {shape} classes are all of them; give a lower k",
                k=k,
                shape=y.shape[1],
            )
        )
    own = np.take_along_axis(y, labels[:, np.newaxis], axis=1)  # (batch, 1)
    return np.sum(y > own, axis=1) < k


@METRICS.enter("acc")
@dataclass(frozen=True)
class Accuracy(Metric):
    """The fraction of predictions that equal their targets: :func:`accuracy`.

    Parameters
    ----------
    name : str, default "accuracy"
        What it is reported under.

    Examples
    --------
    >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
    0.75
    """

    name: str = "accuracy"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return accuracy(y_true, y_pred, sample_weight)


@METRICS.enter()
@dataclass(frozen=True)
class BinaryAccuracy(Metric):
    """How often yes and no are right: :func:`binary_accuracy`.

    Parameters
    ----------
    name : str, default "binary_accuracy"
        What it is reported under.
    threshold : float, default 0.5
        Scores over it are a yes.

    Raises
    ------
    InputError
        `threshold` is not a finite number.

    Examples
    --------
    >>> BinaryAccuracy(threshold=0.7)([1, 1, 0, 0], [0.98, 1.0, 0.0, 0.6])
    1.0
    """

    name: str = "binary_accuracy"
    threshold: float = hyperparameter(0.5, FINITE)

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return binary_accuracy(y_true, y_pred, sample_weight, self.threshold)


@METRICS.enter()
@dataclass(frozen=True)
class CategoricalAccuracy(Metric):
    """How often the class is right, from one-hot targets: :func:`categorical_accuracy`.

    Parameters
    ----------
    name : str, default "categorical_accuracy"
        What it is reported under.

    Examples
    --------
    >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])
    0.5
    """

    name: str = "categorical_accuracy"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return categorical_accuracy(y_true, y_pred, sample_weight)


@METRICS.enter()
@dataclass(frozen=True)
class SparseCategoricalAccuracy(Metric):
    """How often the class is right, from labels: :func:`sparse_categorical_accuracy`.

    Parameters
    ----------
    name : str, default "sparse_categorical_accuracy"
        What it is reported under.

    Examples
    --------
    >>> SparseCategoricalAccuracy()([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]])
    0.5
    """

    name: str = "sparse_categorical_accuracy"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return sparse_categorical_accuracy(y_true, y_pred, sample_weight)


@METRICS.enter()
@dataclass(frozen=True)
class TopKCategoricalAccuracy(Metric):
    """How often the class is among the k highest scores: :func:`top_k_categorical_accuracy`.

    Parameters
    ----------
    k : int, default 5
        How many of the highest scores count, at most as many as there are classes.
    name : str, default "top_k_categorical_accuracy"
        What it is reported under.

    Raises
    ------
    InputError
        `k` is not a whole number of 1 or more.

    Examples
    --------
    >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.5, 0.2, 0.3]])
    0.5
    """

    k: int = hyperparameter(5, Whole())
    name: str = "top_k_categorical_accuracy"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return top_k_categorical_accuracy(y_true, y_pred, sample_weight, self.k)


@METRICS.enter()
@dataclass(frozen=True)
class SparseTopKCategoricalAccuracy(Metric):
    """How often the label is among the k highest scores: :func:`sparse_top_k_categorical_accuracy`.

    Parameters
    ----------
    k : int, default 5
        How many of the highest scores count, at most as many as there are classes.
    name : str, default "sparse_top_k_categorical_accuracy"
        What it is reported under.

    Raises
    ------
    InputError
        `k` is not a whole number of 1 or more.

    Examples
    --------
    >>> SparseTopKCategoricalAccuracy(k=2)([2, 1], [[0.1, 0.9, 0.8], [0.5, 0.2, 0.3]])
    0.5
    """

    k: int = hyperparameter(5, Whole())
    name: str = "sparse_top_k_categorical_accuracy"

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        return sparse_top_k_categorical_accuracy(y_true, y_pred, sample_weight, self.k)


def resolve_accuracy(units: int, targets: Literal["labels", "one_hot", "binary"]) -> Metric:
    """Return the accuracy that fits an output layer and the kind of targets.

    One unit answers yes or no, regardless of the names of its targets.

    Parameters
    ----------
    units : int
        The number of units of the output layer.
    targets : {"labels", "one_hot", "binary"}
        Class numbers; one-hot rows; or a yes or no for each unit.

    Returns
    -------
    Metric
        Named "accuracy".

    Raises
    ------
    InputError
        `targets` is none of the three.

    Examples
    --------
    >>> resolve_accuracy(10, "labels")
    SparseCategoricalAccuracy(name='accuracy')
    """
    if targets not in ("labels", "one_hot", "binary"):
        raise InputError(
            message("targets are 'labels', 'one_hot' or 'binary', not {targets!r}", targets=targets)
        )
    if units == 1 or targets == "binary":
        return BinaryAccuracy(name="accuracy")
    if targets == "labels":
        return SparseCategoricalAccuracy(name="accuracy")
    return CategoricalAccuracy(name="accuracy")
