"""The measures that a table's answers can be judged by, each under the name that asks for it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from badak import losses, metrics
from badak._common.language import counted, marked, message
from badak.errors import InputError
from badak.tables.defaults import MEASURES, REGRESSION
from badak.tables.target import Target
from badak.typing import Array

SMALLEST = 1e-7  # probabilities below count as this, so that one sure mistake has a finite loss

Score = Callable[[Array, Array, Array], float]
"""Of targets y (rows,), answers (rows, outputs) and decided classes (rows,); NaN where y lacks what
it takes, such as rows of both classes."""


@dataclass(frozen=True)
class Measure:
    """A measure of answers."""

    shown: str
    """How it is called in outputs."""
    score: Score
    larger: bool = True
    """Whether larger ones are better."""
    decides: bool = False
    """Whether it is of the classes that are decided for, not of their probabilities."""
    by_loss: bool = False
    """Whether the loss tells better than it, on few rows, which network will be best by it."""


def measure_of(name: str, target: Target) -> Measure:
    """Return the measure of this name; InputError where it is none of the target's task.

    >>> measure_of("rmse", Target("price", "regression")).shown
    'RMSE'
    """
    regression = target.task == REGRESSION
    possible = NUMBERS if regression else CLASSES
    if name in possible and not (name == "f1" and len(target.classes) > 2):
        return possible[name]
    if name not in MEASURES:
        raise InputError(
            message(
                "metric is one of {metrics}, not {metric!r}",
                metrics=", ".join(MEASURES),
                metric=name,
            )
        )
    if name == "f1" and not regression:
        raise InputError(
            message(
                "f1 is of two classes, but {target!r} has {count}: macro_f1 is the mean over all",
                target=target.name,
                count=len(target.classes),
            )
        )
    raise InputError(
        message(
            "{metric} is no measure of {target!r}, which is {kind}: give one of {metrics}",
            metric=name,
            target=target.name,
            kind=message("numbers") if regression else message("classes"),
            metrics=", ".join(possible),
        )
    )


def check_metric(name: str, target: Target, y: Array) -> None:
    """Raise InputError for a metric that is none of the target's task, or not of targets y."""
    measure_of(name, target)
    if name == "mape" and not y.all():
        raise InputError(
            counted(
                "mape divides by the target, but {target!r} is 0 in {count} row: give another "
                "metric, such as mae",
                "mape divides by the target, but {target!r} is 0 in {count:,} rows: give another "
                "metric, such as mae",
                len(y) - int(np.count_nonzero(y)),
                target=target.name,
            )
        )


def row_losses(target: Target, y: Array, answers: Array) -> Array:
    """Return each row's squared error, or its cross-entropy, (rows,), in float64.

    >>> y, answers = np.array([1.0, 3.0]), np.array([[1.5], [1.0]])
    >>> row_losses(Target("x", "regression"), y, answers).tolist()
    [0.25, 4.0]
    """
    wide = answers.astype(np.float64)
    if not target.classes:
        return losses.MeanSquaredError().rows(wide[:, :1], y[:, np.newaxis])
    return _cross_entropies(y, wide)


def _cross_entropies(y: Array, answers: Array) -> Array:
    return losses.SparseCategoricalCrossentropy().rows(np.clip(answers, SMALLEST, 1.0), y)


def _accuracy(y: Array, answers: Array, decided: Array) -> float:
    return float((y == decided).mean())


def _recalls(y: Array, answers: Array, decided: Array) -> float:
    counts = metrics.confusion_matrix(y, decided, answers.shape[1])
    there = counts.sum(axis=1) > 0
    return float((counts.diagonal()[there] / counts.sum(axis=1)[there]).mean())


def _f1_of_classes(y: Array, answers: Array, decided: Array) -> Array:
    """Return F1 of each class that is there or is answered, (classes,)."""
    counts = metrics.confusion_matrix(y, decided, answers.shape[1])
    either = counts.sum(axis=0) + counts.sum(axis=1)
    return 2.0 * counts.diagonal() / np.where(either > 0, either, np.nan)


def _f1(y: Array, answers: Array, decided: Array) -> float:
    return float(np.nan_to_num(_f1_of_classes(y, answers, decided)[1]))


def _macro_f1(y: Array, answers: Array, decided: Array) -> float:
    return float(np.nanmean(_f1_of_classes(y, answers, decided)))


def _over_classes(score: Callable[[Array, Array], float]) -> Score:
    """Return a score of yes or no for the second of two classes, or the mean over more."""

    def scored(y: Array, answers: Array, decided: Array) -> float:
        classes = answers.shape[1]
        if len(np.unique(y)) < classes:
            return np.nan
        asked = [1] if classes == 2 else range(classes)
        return float(
            np.mean([score((y == each).astype(np.int64), answers[:, each]) for each in asked])
        )

    return scored


def _average_precision(y: Array, p: Array) -> float:
    """Return the mean precision at each yes, the likeliest first; ties come together."""
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(y[order])
    last = np.append(np.diff(p[order]) != 0.0, True)  # of equal probabilities
    hits, said = hits[last], (np.arange(len(y)) + 1)[last]
    return float(np.sum(np.diff(hits, prepend=0) * hits / said) / hits[-1])


def _log_loss(y: Array, answers: Array, decided: Array) -> float:
    return float(_cross_entropies(y, answers).mean())


def _brier(y: Array, answers: Array, decided: Array) -> float:
    """Return the mean squared error of probabilities: of two classes the second's, else summed."""
    if answers.shape[1] == 2:
        return float(((answers[:, 1] - y) ** 2).mean())
    return float(((answers - np.eye(answers.shape[1])[y]) ** 2).sum(axis=1).mean())


def _mape(y: Array, answers: Array, decided: Array) -> float:
    return float(np.abs((answers[:, 0] - y) / y).mean()) if y.all() else np.nan


def _r2(y: Array, answers: Array, decided: Array) -> float:
    varies = len(y) > 1 and bool((y != y[0]).any())
    return float(metrics.r2_score(y, answers[:, 0])) if varies else np.nan


CLASSES = {
    "accuracy": Measure(marked("accuracy"), _accuracy, decides=True, by_loss=True),
    "balanced_accuracy": Measure(marked("balanced accuracy"), _recalls, decides=True),
    "f1": Measure("F1", _f1, decides=True),
    "macro_f1": Measure(marked("macro F1"), _macro_f1, decides=True),
    "roc_auc": Measure("AUC", _over_classes(metrics.auc)),
    "average_precision": Measure(marked("average precision"), _over_classes(_average_precision)),
    "log_loss": Measure(marked("log loss"), _log_loss, larger=False),
    "brier": Measure(marked("Brier score"), _brier, larger=False),
}
NUMBERS = {
    "rmse": Measure(
        "RMSE", lambda y, a, _: metrics.root_mean_squared_error(y, a[:, 0]), larger=False
    ),
    "mae": Measure("MAE", lambda y, a, _: metrics.mean_absolute_error(y, a[:, 0]), larger=False),
    "r2": Measure("R²", _r2),
    "mape": Measure("MAPE", _mape, larger=False),
    "median_absolute_error": Measure(
        marked("median error"), lambda y, a, _: float(np.median(np.abs(a[:, 0] - y))), larger=False
    ),
}
