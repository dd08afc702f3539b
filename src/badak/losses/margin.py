"""Hinge losses: the right answer has to win by a margin of 1."""

from dataclasses import dataclass

import numpy as np

from badak.losses.base import Formula, Loss
from badak.losses.registry import LOSSES
from badak.typing import Array


def hinge(y: Array, t: Array) -> Array:
    return np.maximum(1.0 - t * y, 0.0)


def hinge_slope(y: Array, t: Array) -> Array:
    return np.where(t * y < 1.0, -t, 0.0 * y)


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class Hinge(Loss):
    """The mean of max(1 - t y, 0), for targets -1 and 1 (0 and 1 are taken for them).

    References
    ----------
    Cortes & Vapnik, Support-Vector Networks, 1995.

    Examples
    --------
    >>> Hinge()([[-1.0, 1.0]], [[0.5, 2.0]])
    0.75
    """

    name = "hinge"
    targets = "signs"
    formula = Formula(
        hinge,
        hinge_slope,
        latex=r"L = \frac{1}{n} \sum_k \max(1 - t_k y_k, 0)",
        slope_latex=r"\frac{1}{n} \begin{cases} -t_k & t_k y_k < 1 \\ 0 & \text{else} \end{cases}",
        source="Cortes & Vapnik, Support-Vector Networks, 1995",
    )


def squared_hinge(y: Array, t: Array) -> Array:
    h = np.maximum(1.0 - t * y, 0.0)
    return h * h


def squared_hinge_slope(y: Array, t: Array) -> Array:
    return -2.0 * t * np.maximum(1.0 - t * y, 0.0)


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class SquaredHinge(Loss):
    """The mean of max(1 - t y, 0)^2, for targets -1 and 1 (0 and 1 are taken for them).

    References
    ----------
    Lee & Mangasarian, SSVM: A Smooth Support Vector Machine, 2001.

    Examples
    --------
    >>> SquaredHinge()([[-1.0, 1.0]], [[1.0, 2.0]])
    2.0
    """

    name = "squared_hinge"
    targets = "signs"
    formula = Formula(
        squared_hinge,
        squared_hinge_slope,
        latex=r"L = \frac{1}{n} \sum_k \max(1 - t_k y_k, 0)^2",
        slope_latex=r"-\frac{2}{n} t_k \max(1 - t_k y_k, 0)",
        source="Lee & Mangasarian, SSVM: A Smooth Support Vector Machine, 2001",
    )


def categorical_hinge(y: Array, t: Array) -> Array:
    right = np.sum(t * y, axis=-1)
    best_wrong = np.max((1.0 - t) * y, axis=-1)
    return np.maximum(best_wrong - right + 1.0, 0.0)


def categorical_hinge_slope(y: Array, t: Array) -> Array:
    wrong = (1.0 - t) * y
    first_best = np.zeros_like(y)
    np.put_along_axis(first_best, np.argmax(wrong, axis=-1)[..., np.newaxis], 1.0, axis=-1)
    counts = categorical_hinge(y, t)[..., np.newaxis] > 0.0
    return np.where(counts, first_best * (1.0 - t) - t, 0.0 * y)


@LOSSES.enter()
@dataclass(frozen=True, repr=False)
class CategoricalHinge(Loss):
    """The best wrong score less the right score plus 1, if positive, for one-hot targets.

    References
    ----------
    Crammer & Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines,
    2001.

    Examples
    --------
    >>> CategoricalHinge()([[0.0, 1.0]], [[1.0, 1.5]])
    0.5
    """

    name = "categorical_hinge"
    targets = "distribution"
    formula = Formula(
        categorical_hinge,
        categorical_hinge_slope,
        over_units="row",
        latex=r"L = \max(0, 1 + \max_k (1 - t_k) y_k - \sum_k t_k y_k)",
        slope_latex=r"[k = \mathrm{argmax}_i (1 - t_i) y_i] (1 - t_k) - t_k",
        source="Crammer & Singer, On the Algorithmic Implementation of Multiclass SVMs, 2001",
    )
