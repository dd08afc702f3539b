"""The probability from which on the second of two classes is decided for: checked, and chosen."""

from dataclasses import replace

import numpy as np

from badak._common.language import message
from badak._common.validation import Interval
from badak.errors import InputError
from badak.network.sequential import Sequential
from badak.tables.deciding import BEST, decide
from badak.tables.loading import TableData
from badak.tables.measures import CLASSES, Measure, measure_of
from badak.tables.target import Target
from badak.typing import Array

BETWEEN = Interval(0.0, 1.0, low_is_in=False)
MOST_TRIED = 500


def check_threshold(
    threshold: float | str | None, metric: str | None, target: Target, watched: Array
) -> None:
    """Raise InputError where a threshold does not fit the target, or cannot be chosen.

    The metric is one of the target's. `watched` are the class numbers of the rows (rows,) that the
    best one could be chosen on.
    """
    if threshold is None:
        return
    if threshold != BEST:
        BETWEEN.check(threshold, "threshold")
    if len(target.classes) != 2:
        raise InputError(
            message(
                "a threshold decides between two classes, but {target!r} has {count}: leave the "
                "threshold out",
                target=target.name,
                count=len(target.classes) or message("none"),
            )
        )
    if threshold != BEST:
        return
    if metric is None or not CLASSES[metric].decides:
        raise InputError(
            message(
                "the best threshold is that for a metric of decisions: give as metric one of "
                "{metrics}",
                metrics=", ".join(name for name, each in CLASSES.items() if each.decides),
            )
        )
    if not len(watched):
        raise InputError(
            message(
                "the best threshold is chosen on rows that networks do not train on, and there are "
                "none: give more rows, a share that validates, or a number as the threshold"
            )
        )
    if (watched == watched[0]).all():
        raise InputError(
            message(
                "the best threshold is chosen on rows that networks do not train on, and all "
                "{count} of them are {name!r}: split the rows another way, or give a number as the "
                "threshold",
                count=len(watched),
                name=target.classes[watched[0]],
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


def with_threshold(
    model: Sequential,
    data: TableData,
    threshold: float | str | None,
    metric: str | None,
    watched: tuple[Array, Array],
) -> TableData:
    """Return the data with the threshold that is asked for; the model keeps it too.

    `watched` are targets of rows that were not trained on, and the answers to them.
    """
    if threshold is None:
        return data
    if threshold == BEST:
        assert metric is not None
        threshold = best_threshold(*watched, measure_of(metric, data.preparation.target))
    prepare = replace(data.preparation, threshold=float(threshold))
    model.preparation = prepare.as_dict()
    return replace(data, preparation=prepare)
