"""A measure as training takes it: it tells the best epoch, and how much each network counts."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from badak._common.language import message
from badak.activations import softmax
from badak.errors import InputError
from badak.tables.deciding import BEST, decide
from badak.tables.loading import TableData
from badak.tables.measures import Measure, measure_of
from badak.tables.target import Target
from badak.typing import Array


@dataclass(frozen=True)
class Judge:
    """A measure of what a network in training answers; a metric of :meth:`Sequential.compile`."""

    name: str
    """The name that asks for the measure."""
    measure: Measure
    scale: tuple[float, float] = (0.0, 1.0)
    """Mean and deviation of numbers, where the network answers standardised ones."""
    logits: bool = False
    """Whether it answers logits of classes, not probabilities."""
    threshold: float | None = None
    """Of two classes, the probability from which on the second is decided for; None: 1/2."""

    @property
    def mode(self) -> Literal["min", "max"]:
        """Whether smaller or larger values are better."""
        return "max" if self.measure.larger else "min"

    def __call__(self, y: Array, answers: Array) -> float:
        """Return the measure of answers (rows, outputs) to rows with targets y, as a loss has them.

        >>> from badak.tables.measures import NUMBERS
        >>> judge = Judge("mae", NUMBERS["mae"], scale=(10.0, 5.0))
        >>> judge(np.array([0.0, 1.0]), np.array([[0.5], [1.0]]))
        1.25
        """
        y, wide = y.reshape(len(answers)), answers.astype(np.float64)
        if wide.shape[1] > 1:
            probabilities = softmax(wide) if self.logits else wide
            return self.measure.score(y, probabilities, decide(probabilities, self.threshold))
        mean, deviation = self.scale
        truth = y * deviation + mean
        return self.measure.score(truth, wide * deviation + mean, truth)

    def loss(self, y: Array, answers: Array) -> float:
        """Return the measure as a number of which smaller ones are better."""
        value = self(y, answers)
        return -value if self.measure.larger else value

    def can_judge(self, y: Array, outputs: int) -> bool:
        """Whether rows with these targets have what the measure needs, such as all classes."""
        if not len(y):
            return False
        return not np.isnan(self(y, np.eye(outputs)[y] if outputs > 1 else y[:, np.newaxis]))


def deciding_measure(
    metric: str | None, target: Target, threshold: float | str | None = None
) -> Measure | None:
    """Return the measure that decides in training in place of the loss; None where the loss does.

    It does without a metric, and where the best threshold is asked for: that is chosen by the
    metric afterwards, of probabilities that the loss has made good. And by accuracy, which moves
    in steps: networks that it chose on few rows were wrong more often on others (by a twentieth
    on 12 tables, with the effort "quick") than those that the loss chose.
    """
    if metric is None or threshold == BEST:
        return None
    measure = measure_of(metric, target)
    return None if measure.by_loss else measure


def judge_of(
    metric: str | None, data: TableData, threshold: float | str | None = None
) -> Judge | None:
    """Return what judges logits, or standardised numbers; None where the loss does."""
    target = data.preparation.target
    measure = deciding_measure(metric, target, threshold)
    if metric is None or measure is None:
        return None
    if target.classes:
        return Judge(metric, measure, logits=True, threshold=_number(threshold))
    return Judge(metric, measure, data.scale)


def judge_of_validation(
    metric: str | None, data: TableData, threshold: float | str | None = None
) -> Judge | None:
    """Return what judges probabilities, or numbers in the target's unit; None as :func:`judge_of`.

    Raises InputError where the validation rows lack what the metric needs.
    """
    target, (_, y) = data.preparation.target, data.validation
    measure = deciding_measure(metric, target, threshold)
    if metric is None or measure is None or not len(y):
        return None
    judge = Judge(metric, measure, threshold=_number(threshold))
    if judge.can_judge(y, max(1, len(target.classes))):
        return judge
    raise InputError(
        message(
            "{metric} cannot be worked out on the {count} rows that validate, which lack a class "
            "or do not differ: give --validation a larger share, or another metric",
            metric=metric,
            count=len(y),
        )
    )


def _number(threshold: float | str | None) -> float | None:
    return None if threshold is None else float(threshold)
