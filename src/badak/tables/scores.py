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
TREES = marked("trees")
"""How gradient-boosted trees are called among models that are compared."""
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


def compare(one: Scores, other: Scores, groups: Array | None = None) -> int:
    """Return 1 where `one` is better than `other` on the same rows, -1 where worse, 0 unsure.

    Unsure is a mean difference of the rows' losses under two of its standard errors. Rows of one of
    the `groups`, whole numbers (rows,), count once, by their sum: they are not independent.
    """
    gain = other.losses - one.losses
    if groups is not None:
        _, groups = np.unique(groups, return_inverse=True)
        sizes = np.bincount(groups)
        gain = np.bincount(groups, gain) / sizes.mean()
    if len(gain) < 2:
        return 0
    error = float(gain.std(ddof=1)) / math.sqrt(len(gain))
    mean = float(gain.mean())
    return 0 if abs(mean) <= SURE * error else int(math.copysign(1, mean))


def verdict(
    target: Target,
    network: Scores,
    linear: Scores,
    naive: Scores,
    trees: Scores | None = None,
    groups: Array | None = None,
) -> str:
    """Return in a sentence or two whether the network earned its keep.

    `groups`, whole numbers (rows,), tell which rows were kept together when the table was split.
    """

    def better(one: Scores, other: Scores) -> int:
        return compare(one, other, groups)

    rival, guess = _rivals(target)
    if trees is not None and better(trees, network) == 1 and better(linear, trees) < 1:
        return _trees_win(rival, better(trees, linear) == 1)
    said = _against_simple(rival, guess, better(network, naive), better(network, linear))
    if better(network, naive) < 1 and better(linear, naive) == 1:
        said = message(
            "The network is no better than {guess}, but {rival} is: use that.",
            guess=guess,
            rival=rival,
        )
    if trees is None:
        return said
    return f"{said} {_of_trees(better(network, trees))}"


def _of_trees(over_trees: int) -> str:
    match over_trees:
        case 1:
            return message("The network is better than gradient-boosted trees.")
        case 0:
            return message(
                "Of the network and gradient-boosted trees neither is better, beyond what chance "
                "may do."
            )
        case _:
            return message("Gradient-boosted trees are better than the network, too.")


def _rivals(target: Target) -> tuple[str, str]:
    if target.task == REGRESSION:
        return message("linear regression"), message("the mean of the training rows")
    return message("logistic regression"), message("the classes' shares in training")


def _trees_win(rival: str, over_linear: bool) -> str:
    if over_linear:
        return message(
            "Gradient-boosted trees are better than the network, and than {rival}: use those.",
            rival=rival,
        )
    return message(
        "Gradient-boosted trees are better than the network, and no worse than {rival}: use one of "
        "those.",
        rival=rival,
    )


def _against_simple(rival: str, guess: str, over_naive: int, over_linear: int) -> str:
    if over_naive < 1:
        return message(
            "Neither the network nor {rival} is surely better than {guess}.",
            rival=rival,
            guess=guess,
        )
    match over_linear:
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
