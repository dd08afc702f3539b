"""How good answers are, in the measures of their task, and which of two models is better."""

import math
from dataclasses import dataclass

import numpy as np

from badak import losses, metrics
from badak._common.language import marked, message
from badak.tables.defaults import REGRESSION
from badak.tables.target import Target
from badak.typing import Array

SURE = 2.0
"""A difference of fewer standard errors may be chance."""
SMALLEST = 1e-7  # probabilities below count as this, so that one sure mistake has a finite loss


@dataclass(frozen=True)
class Scores:
    """Measures by name, and the loss of each row by which models are compared."""

    values: dict[str, float]
    """NaN where a measure needs what the rows do not have, such as both classes."""
    losses: Array
    """(rows,): squared errors, or cross-entropies."""


def score(target: Target, y: Array, answers: Array) -> Scores:
    """Return the scores of answers (rows, outputs) to rows whose targets are y (rows,).

    Numbers: mean absolute error, root of the mean squared error, both in the target's unit, and
    the share of the variance that is explained. Two classes: accuracy, area under the ROC curve,
    log loss. More: accuracy, balanced accuracy (the mean of each class's share of right answers),
    log loss.
    """
    if target.task == REGRESSION:
        return _of_numbers(y, answers.astype(np.float64)[:, 0])
    return _of_classes(y, answers.astype(np.float64))


def _of_numbers(y: Array, answers: Array) -> Scores:
    varies = len(y) > 1 and bool((y != y[0]).any())
    return Scores(
        {
            "MAE": metrics.mean_absolute_error(y, answers),
            "RMSE": metrics.root_mean_squared_error(y, answers),
            "R²": float(metrics.r2_score(y, answers)) if varies else math.nan,
        },
        losses.MeanSquaredError().rows(answers[:, np.newaxis], y[:, np.newaxis]),
    )


def _of_classes(y: Array, answers: Array) -> Scores:
    rows = losses.SparseCategoricalCrossentropy().rows(np.clip(answers, SMALLEST, 1.0), y)
    values = {marked("accuracy"): metrics.sparse_categorical_accuracy(y, answers)}
    if answers.shape[1] == 2:
        both = len(np.unique(y)) == 2
        values["AUC"] = metrics.auc(y, answers[:, 1]) if both else math.nan
    else:
        counts = metrics.confusion_matrix(y, answers.argmax(axis=1), answers.shape[1])
        there = counts.sum(axis=1) > 0
        recalls = counts.diagonal()[there] / counts.sum(axis=1)[there]
        values[marked("balanced accuracy")] = float(recalls.mean())
    return Scores({**values, marked("log loss"): float(rows.mean())}, rows)


def compare(one: Scores, other: Scores) -> int:
    """Return 1 where `one` is better than `other` on the same rows, -1 where worse, 0 unsure.

    Unsure is a mean difference of the rows' losses under two of its standard errors.
    """
    gain = other.losses - one.losses
    if len(gain) < 2:
        return 0
    error = float(gain.std(ddof=1)) / math.sqrt(len(gain))
    mean = float(gain.mean())
    return 0 if abs(mean) <= SURE * error else int(math.copysign(1, mean))


def verdict(target: Target, network: Scores, linear: Scores, naive: Scores) -> str:
    """Return in a sentence whether the network earned its keep."""
    regression = target.task == REGRESSION
    rival = message("linear regression") if regression else message("logistic regression")
    guess = (
        message("the mean of the training rows")
        if regression
        else message("the classes' shares in training")
    )
    if compare(network, naive) < 1:
        if compare(linear, naive) == 1:
            return message(
                "The network is no better than {guess}, but {rival} is: use that.",
                guess=guess,
                rival=rival,
            )
        return message(
            "Neither the network nor {rival} is surely better than {guess}.",
            rival=rival,
            guess=guess,
        )
    match compare(network, linear):
        case 1:
            return message("The network earned its keep: it is better than {rival}.", rival=rival)
        case 0:
            return message(
                "The network is no better than {rival}, beyond what chance may do: use that, "
                "which is simpler.",
                rival=rival,
            )
        case _:
            return message("The network is worse than {rival}: use that.", rival=rival)
