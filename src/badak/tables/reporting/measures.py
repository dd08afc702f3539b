"""The measures of :mod:`badak.tables.scores` where rows count several times, for the bootstrap."""

from collections.abc import Callable

import numpy as np

from badak._common.language import marked
from badak.diagnostics.bootstrap import Measure
from badak.tables.deciding import decide
from badak.tables.measures import row_losses
from badak.tables.target import Target
from badak.typing import Array

RMSE, LOG_LOSS = "RMSE", marked("log loss")
ACCURACY, BALANCED = marked("accuracy"), marked("balanced accuracy")
AVERAGE_PRECISION = marked("average precision")
LOWER_IS_BETTER = ("MAE", RMSE, LOG_LOSS)


def main_measure(target: Target) -> str:
    """Return the measure by which models are compared."""
    return LOG_LOSS if target.classes else RMSE


def measure_of(target: Target, y: Array, answers: Array, threshold: float | None = None) -> Measure:
    """Return what works out the measures of answers (rows, outputs) to rows with targets y.

    Of two classes the second is decided for from the `threshold` on; None: the likeliest. NaN where
    a draw lacks what a measure needs, such as both classes.
    """
    if not target.classes:
        return _of_numbers(y, answers.astype(np.float64)[:, 0])
    losses = row_losses(target, y, answers)
    return _of_classes(y, answers, decide(answers, threshold), losses)


def _of_numbers(y: Array, answers: Array) -> Measure:
    error, centred = y - answers, y - y.mean()
    columns = np.column_stack([np.abs(error), error**2, centred, centred**2])

    def measure(counts: Array) -> dict[str, Array]:
        total = counts.sum(axis=1)
        absolute, squared, mean, square = (counts @ columns).T / total
        variance = square - mean**2
        varies = variance > 1e-12 * square
        with np.errstate(divide="ignore", invalid="ignore"):
            explained = np.where(varies, 1.0 - squared / variance, np.nan)
        return {"MAE": absolute, RMSE: np.sqrt(squared), "R²": explained}

    return measure


def _of_classes(y: Array, answers: Array, decided: Array, losses: Array) -> Measure:
    classes = answers.shape[1]
    right = decided == y
    ranked = _ranking(y == 1, answers[:, 1]) if classes == 2 else None
    balanced = _recalls(y, right) if classes > 2 else None

    def measure(counts: Array) -> dict[str, Array]:
        total = counts.sum(axis=1)
        found = {ACCURACY: counts @ right / total}
        if ranked is not None:
            found["AUC"], found[AVERAGE_PRECISION] = ranked(counts)
        if balanced is not None:
            found[BALANCED] = balanced(counts)
        return {**found, LOG_LOSS: counts @ losses / total}

    return measure


def _ranking(yes: Array, scores: Array) -> Callable[[Array], tuple[Array, Array]]:
    """Return what works out the areas under the ROC and the precision-recall curve, in steps."""
    falling = np.argsort(-scores, kind="stable")
    ordered = scores[falling]
    first_of_ties = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    is_yes = yes[falling].astype(np.float64)

    def areas(counts: Array) -> tuple[Array, Array]:
        counted = counts[:, falling]
        new_yes = np.add.reduceat(counted * is_yes, first_of_ties, axis=1)
        new = np.add.reduceat(counted, first_of_ties, axis=1)
        tp, said = np.cumsum(new_yes, axis=1), np.cumsum(new, axis=1)
        all_yes, every = tp[:, -1], said[:, -1]
        new_no = new - new_yes
        with np.errstate(divide="ignore", invalid="ignore"):
            below = (new_no * (tp - new_yes / 2.0)).sum(axis=1)
            roc = below / (all_yes * (every - all_yes))
            precision = np.where(said > 0.0, tp / said, 0.0)
            average = (new_yes * precision).sum(axis=1) / all_yes
        none = (all_yes == 0.0) | (all_yes == every)
        return np.where(none, np.nan, roc), np.where(none, np.nan, average)

    return areas


def _recalls(y: Array, right: Array) -> Callable[[Array], Array]:
    """Return what works out the mean of each class's share of right answers."""
    order = np.argsort(y, kind="stable")
    _, starts = np.unique(y[order], return_index=True)
    hits = right[order].astype(np.float64)

    def mean(counts: Array) -> Array:
        counted = counts[:, order]
        of_class = np.add.reduceat(counted, starts, axis=1)
        hit = np.add.reduceat(counted * hits, starts, axis=1)
        there = of_class > 0.0
        recalls = np.divide(hit, of_class, out=np.zeros_like(hit), where=there)
        return np.asarray(recalls.sum(axis=1) / there.sum(axis=1))

    return mean
