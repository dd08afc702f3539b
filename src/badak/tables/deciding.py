"""From probabilities to a class: the likeliest, or the second of two from a threshold on."""

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.tables.measures import CLASSES, Measure, measure_of
from badak.tables.target import Target
from badak.typing import Array

BEST = "best"
MOST_TRIED = 500


def decide(answers: Array, threshold: float | None = None) -> Array:
    """Return the class of each row, (rows,), from probabilities (rows, classes).

    It is the likeliest; with a threshold, the second of two where its probability reaches it.

    >>> decide(np.array([[0.6, 0.4], [0.8, 0.2]]), threshold=0.3).tolist()
    [1, 0]
    """
    if threshold is None:
        return answers.argmax(axis=1)
    return (answers[:, 1] >= threshold).astype(np.int64)


def check_threshold(
    threshold: float | str | None, metric: str | None, target: Target, watched: int
) -> None:
    """Raise InputError where a threshold, or the metric it is chosen for, does not fit the target.

    `watched` is the number of rows that the best one could be chosen on.
    """
    if metric is not None:
        measure_of(metric, target)
    if threshold is None:
        return
    if len(target.classes) != 2:
        raise InputError(
            message(
                "a threshold decides between two classes, but {target!r} has {count}: leave "
                "--threshold out",
                target=target.name,
                count=len(target.classes) or message("none"),
            )
        )
    if threshold != BEST:
        return
    if metric is None or not CLASSES[metric].decides:
        raise InputError(
            message(
                "the best threshold is that for a metric of decisions: give --metric, one of "
                "{metrics}",
                metrics=", ".join(name for name, each in CLASSES.items() if each.decides),
            )
        )
    if not watched:
        raise InputError(
            message(
                "the best threshold is chosen on the rows that validate, and there are none: give "
                "--validation a share, or --threshold a number"
            )
        )


def check_balanced(target: Target) -> None:
    """Raise InputError for a target without classes to weigh."""
    if not target.classes:
        raise InputError(
            message(
                "classes are balanced, but {target!r} is numbers: leave --balanced out",
                target=target.name,
            )
        )


def best_threshold(y: Array, answers: Array, measure: Measure) -> float:
    """Return the threshold with the best measure on rows; of equal ones the nearest to 1/2.

    `y` are 0 and 1, (rows,), `answers` probabilities (rows, 2).

    >>> p = np.array([0.1, 0.2, 0.3, 0.9])
    >>> answers = np.column_stack([1.0 - p, p])
    >>> round(best_threshold(np.array([0, 0, 1, 1]), answers, CLASSES["accuracy"]), 3)
    0.25
    """
    p = np.unique(answers[:, 1].astype(np.float64))
    if len(p) > MOST_TRIED:
        p = np.quantile(p, np.linspace(0.0, 1.0, MOST_TRIED))
    tried = np.unique(np.append((p[:-1] + p[1:]) / 2.0, 0.5))
    tried = tried[(tried > 0.0) & (tried < 1.0)]
    found = [measure.score(y, answers, decide(answers, each)) for each in tried]
    scores = np.array(found) if measure.larger else -np.array(found)
    best = tried[scores >= np.nanmax(scores)]
    return float(best[np.abs(best - 0.5).argmin()])
