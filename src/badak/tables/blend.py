"""How much each kind of network counts in a bag, and how sure the bag may be.

Both are found on answers to rows that the network in question was not trained on.
"""

from collections.abc import Callable

import numpy as np

from badak.typing import Array

ROUNDS = 25
SURENESS = (0.2, 5.0)
"""The least and the most that logits are multiplied by."""
HALVINGS = 40


def blend(
    answers: list[Array],
    y: Array,
    row_weights: Array | None = None,
    judge: Callable[[Array, Array], float] | None = None,
) -> Array:
    """Return the weights (kinds,), which add up to 1, of the kinds' answers.

    Forward selection with replacement: again and again the kind joins whose joining lowers the loss
    most, and the best of all these mixtures is taken.

    Parameters
    ----------
    answers : list of arrays (rows, outputs)
        Each kind's: standardised numbers (rows, 1), or logits.
    y : array (rows,)
        Standardised numbers, or class numbers.
    row_weights : array (rows,), optional
        How much each row counts in the loss; None: all alike.
    judge : callable, optional
        Of y and answers, what is to be lowest in place of the loss, which then decides between
        equal ones.

    References
    ----------
    Caruana, Niculescu-Mizil, Crew & Ksikes, "Ensemble Selection from Libraries of Models", 2004.

    Examples
    --------
    >>> y = np.array([0.0, 1.0, 2.0])
    >>> blend([y[:, np.newaxis] + 1.0, y[:, np.newaxis] - 1.0], y).tolist()
    [0.5, 0.5]
    """
    chosen = np.zeros(len(answers), np.int64)
    together = np.zeros(answers[0].shape)
    best, weights = (np.inf, np.inf), chosen
    for count in range(1, ROUNDS + 1):
        mixtures = [(together + each) / count for each in answers]
        losses = [
            (0.0 if judge is None else judge(y, each), loss_of(each, y, row_weights))
            for each in mixtures
        ]
        joins = losses.index(min(losses))
        chosen[joins] += 1
        together += answers[joins]
        if losses[joins] < best:
            best, weights = losses[joins], chosen.copy()
    return weights / weights.sum()


def loss_of(answers: Array, y: Array, row_weights: Array | None = None) -> float:
    """Return the mean squared error of numbers (rows, 1), or the cross-entropy of logits.

    With weights of rows it is their weighted mean.

    >>> round(loss_of(np.zeros((3, 4)), np.array([0, 3, 2])), 4), round(float(np.log(4)), 4)
    (1.3863, 1.3863)
    """
    if answers.shape[1] == 1:
        return _mean(np.square(answers[:, 0] - y), row_weights)
    shifted = answers - answers.max(axis=1, keepdims=True)
    right = np.take_along_axis(shifted, y[:, np.newaxis], axis=1)[:, 0]
    return _mean(np.log(np.exp(shifted).sum(axis=1)) - right, row_weights)


def sureness(logits: Array, y: Array, row_weights: Array | None = None) -> float:
    """Return what logits (rows, classes) are to be multiplied by, so that their loss is least.

    It is 1 over what is called the temperature: below 1 for a network that is too sure. One row
    more is reckoned with, half of the likeliest class and half of the second: few rows that are all
    answered rightly do not say that no answer will ever be wrong.

    Parameters
    ----------
    logits : array (rows, classes)
        Answers to rows that were not trained on.
    y : array (rows,)
        Class numbers.
    row_weights : array (rows,), optional
        How much each row counts in the loss; None: all alike.

    References
    ----------
    Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks", 2017; the row more:
    Platt, "Probabilistic Outputs for Support Vector Machines", 1999.

    Examples
    --------
    >>> logits = np.array([[2.0, 0.0]] * 4)  # sure by 0.88, right in 3 of 4: with the row more 3.5
    >>> round(sureness(logits, np.array([0, 0, 0, 1])) * 2.0, 4), round(float(np.log(3.5 / 1.5)), 4)
    (0.8473, 0.8473)
    """
    low, high = SURENESS
    right = np.take_along_axis(logits, y[:, np.newaxis], axis=1)[:, 0]
    even = np.partition(logits, -2, axis=1)[:, -2:].mean(axis=1)
    for _ in range(HALVINGS):  # the loss is convex in the factor: its slope rises
        factor = (low + high) / 2.0
        z = factor * logits
        p = np.exp(z - z.max(axis=1, keepdims=True))
        expected = (p * logits).sum(axis=1) / p.sum(axis=1)
        slopes = expected - right + (expected - even) / len(y)
        if _mean(slopes, row_weights) > 0.0:
            high = factor
        else:
            low = factor
    return (low + high) / 2.0


def _mean(values: Array, row_weights: Array | None) -> float:
    if row_weights is None:
        return float(values.mean())
    return float((values * row_weights).sum() / row_weights.sum())
