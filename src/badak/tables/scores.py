"""How good answers are, in the measures of their task, and which of two models is better."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from badak._common.language import marked, message
from badak.tables.deciding import decide
from badak.tables.defaults import REGRESSION
from badak.tables.measures import Measure, measure_of, row_losses
from badak.tables.splits import members_of
from badak.tables.target import Target
from badak.typing import Array

SURE = 2.0
"""A difference of fewer standard errors may be chance."""
TREES = marked("trees")
"""How gradient-boosted trees are called among models that are compared."""


FEWEST_GROUPS = 6  # fewer do not tell how much they differ
RESAMPLES, LEAST_RESAMPLES = 200, 50
MOST_DRAWN = 10_000_000  # rows of all resamples; of more rows there are fewer
LARGE, LARGEST = 1e3, 1e12  # between them digits after the point say nothing


@dataclass(frozen=True)
class Scores:
    """Measures by name, and the loss of each row by which models are compared."""

    values: dict[str, float]
    """NaN where a measure needs what the rows do not have, such as both classes."""
    losses: Array
    """(rows,): squared errors, or cross-entropies."""
    groups: Array | None = None
    """Whole numbers (rows,): rows of one were kept together when the table was split."""
    judge: "Judge | None" = None
    """What models are compared by instead of the losses."""

    @cached_property
    def resampled(self) -> Array:
        """The judge's measure on resamples, the same for each model; larger is better."""
        assert self.judge is not None
        return self.judge.resampled(self.groups)


@dataclass(frozen=True)
class Judge:
    """A measure, and what it is to judge."""

    measure: Measure
    y: Array
    answers: Array
    decided: Array

    def resampled(self, groups: Array | None) -> Array:
        """Return the measure on rows, or groups of them, that are drawn again and again."""
        rng, count = np.random.default_rng(0), len(self.y)
        repeats = max(LEAST_RESAMPLES, min(RESAMPLES, MOST_DRAWN // count))
        members = [] if groups is None else members_of(groups)
        found = np.empty(repeats)
        for repeat in range(repeats):
            if members:
                drawn = rng.integers(len(members), size=len(members))
                rows = np.concatenate([members[each] for each in drawn])
            else:
                rows = rng.integers(count, size=count)
            found[repeat] = self.measure.score(self.y[rows], self.answers[rows], self.decided[rows])
        return found if self.measure.larger else -found


def score(
    target: Target,
    y: Array,
    answers: Array,
    *,
    metrics: Sequence[str] = (),
    threshold: float | None = None,
    groups: Array | None = None,
) -> Scores:
    """Return the scores of answers (rows, outputs) to rows whose targets are y (rows,).

    Numbers: mean absolute error, root of the mean squared error, both in the target's unit, and
    the share of the variance that is explained. Two classes: accuracy, area under the ROC curve,
    log loss. More: accuracy, balanced accuracy (the mean of each class's share of right answers),
    log loss. `metrics` of :data:`badak.tables.defaults.MEASURES` come first, and models are
    compared by the first of them. Of two classes the second is decided for from the `threshold` on.
    """
    answers = answers.astype(np.float64)
    if target.task == REGRESSION:
        names: tuple[str, ...] = NUMBERS_SHOWN
        decided = y
    else:
        names = TWO_SHOWN if answers.shape[1] == 2 else MANY_SHOWN
        decided = decide(answers, threshold)
    measures = [measure_of(name, target) for name in dict.fromkeys((*metrics, *names))]
    values = {each.shown: each.score(y, answers, decided) for each in measures}
    judge = Judge(measures[0], y, answers, decided) if metrics else None
    return Scores(values, row_losses(target, y, answers), groups, judge)


NUMBERS_SHOWN = ("mae", "rmse", "r2")
TWO_SHOWN = ("accuracy", "roc_auc", "log_loss")
MANY_SHOWN = ("accuracy", "balanced_accuracy", "log_loss")


def compare(one: Scores, other: Scores) -> int:
    """Return 1 where `one` is better than `other` on the same rows, -1 where worse, 0 unsure.

    Unsure is a mean difference of the rows' losses under two of its standard errors. Rows of one
    group count once, by their sum: they are not independent. Of a metric the standard error is that
    of the difference over resamples of the rows, or groups (a paired bootstrap).
    """
    if one.groups is not None and len(np.unique(one.groups)) < FEWEST_GROUPS:
        return 0
    if one.judge is not None and other.judge is not None:
        gains = one.resampled - other.resampled
        gains = gains[~np.isnan(gains)]
        if len(gains) < LEAST_RESAMPLES // 2:
            return 0
        return _sign(float(gains.mean()), float(gains.std(ddof=1)))
    gain = other.losses - one.losses
    if one.groups is not None:
        _, groups = np.unique(one.groups, return_inverse=True)
        gain = np.bincount(groups, gain) / np.bincount(groups).mean()
    if len(gain) < 2:
        return 0
    return _sign(float(gain.mean()), float(gain.std(ddof=1)) / math.sqrt(len(gain)))


def _sign(mean: float, error: float) -> int:
    return 0 if abs(mean) <= SURE * error else int(math.copysign(1, mean))


def verdict(
    target: Target,
    network: Scores,
    linear: Scores,
    naive: Scores,
    trees: Scores | None = None,
) -> str:
    """Return in a sentence or two whether the network earned its keep."""
    rival, guess = _rivals(target)
    if trees is not None and compare(trees, network) == 1 and compare(linear, trees) < 1:
        return _trees_win(rival, compare(trees, linear) == 1)
    said = _against_simple(rival, guess, compare(network, naive), compare(network, linear))
    if compare(network, naive) < 1 and compare(linear, naive) == 1:
        said = message(
            "The network is no better than {guess}, but {rival} is: use that.",
            guess=guess,
            rival=rival,
        )
    if trees is None:
        return said
    return f"{said} {_of_trees(compare(network, trees))}"


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


def in_units(measure: str) -> bool:
    """Whether a measure is in the target's unit, so that it may be of any size."""
    return measure in ("MAE", "RMSE", "median error")


def shown(value: float, any_size: bool = False) -> str:
    """Return a score as short as it can be read.

    >>> shown(48312.6, any_size=True), shown(0.98765), shown(1e-9), shown(float("nan"))
    ('48,313', '0.9877', '0.0000', '-')
    """
    if math.isnan(value):
        return "-"
    if not any_size:
        return f"{value:.4f}".replace("-0.0000", "0.0000")
    return f"{value:,.0f}" if LARGE <= abs(value) < LARGEST else f"{value:.4g}"


def true_minus(text: str) -> str:
    """Return a number's text with a minus, as wide as a plus, in the place of a hyphen.

    >>> true_minus("-1e-05")
    '−1e-05'
    """
    return f"−{text[1:]}" if text.startswith("-") else text
