"""The measures that a table's answers can be judged by, each under the name that asks for it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from badak import losses, metrics
from badak._common.language import counted, marked, message
from badak.diagnostics import bootstrap
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

RMSE, LOG_LOSS = NUMBERS["rmse"].shown, CLASSES["log_loss"].shown
ACCURACY, BALANCED = CLASSES["accuracy"].shown, CLASSES["balanced_accuracy"].shown
AVERAGE_PRECISION = CLASSES["average_precision"].shown
LOWER_IS_BETTER = tuple(
    each.shown for each in (*NUMBERS.values(), *CLASSES.values()) if not each.larger
)


def main_measure(target: Target) -> str:
    """Return the measure by which models are compared."""
    return LOG_LOSS if target.classes else RMSE


def counting_measures(
    target: Target, y: Array, answers: Array, decided: Array
) -> bootstrap.Measure:
    """Return what works out the task's measures where rows count several times, for the bootstrap.

    `answers` are (rows, outputs) to rows with targets `y`, `decided` their classes (rows,). NaN
    where a draw lacks what a measure needs, such as both classes.
    """
    if not target.classes:
        return _of_numbers(y, answers.astype(np.float64)[:, 0])
    losses = row_losses(target, y, answers)
    return _of_classes(y, answers, decided, losses)


def _of_numbers(y: Array, answers: Array) -> bootstrap.Measure:
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


def _of_classes(y: Array, answers: Array, decided: Array, losses: Array) -> bootstrap.Measure:
    classes = answers.shape[1]
    right = decided == y
    ranked = _ranking(y == 1, answers[:, 1]) if classes == 2 else None
    balanced = _counting_recalls(y, right) if classes > 2 else None

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


def _counting_recalls(y: Array, right: Array) -> Callable[[Array], Array]:
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
