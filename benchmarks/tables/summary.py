"""From errors of single runs to figures: means, ranks, and differences that are not chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

import numpy as np

OFFSET = 0.01
"""Added to errors before their geometric mean, so that an error near 0 does not decide it."""
CHANCE = 0.05


@dataclass(frozen=True)
class Run:
    """One model's errors and seconds on one split of a table."""

    table: str
    task: str
    seed: int
    model: str
    seconds: float
    error: float
    wrong: float | None = None
    """The share of wrong classes."""


@dataclass(frozen=True)
class Figures:
    """Errors of models on the splits that all of them have run, (splits, models)."""

    models: tuple[str, ...]
    splits: tuple[tuple[str, int], ...]
    tasks: tuple[str, ...]
    errors: np.ndarray
    wrong: np.ndarray
    seconds: np.ndarray

    def mean(self, task: str | None = None, *, wrong: bool = False) -> np.ndarray:
        """Return each model's geometric mean of the error, of all splits or of one task's."""
        chosen = np.array([task in (None, each) for each in self.tasks])
        errors = (self.wrong if wrong else self.errors)[chosen]
        return np.asarray(np.exp(np.log(errors + OFFSET).mean(axis=0)))

    def by_table(self) -> np.ndarray:
        """Return each model's mean error on each table, (tables, models)."""
        names = [name for name, _ in self.splits]
        tables = list(dict.fromkeys(names))
        return np.array(
            [self.errors[[name == each for name in names]].mean(axis=0) for each in tables]
        )

    def ranks(self) -> np.ndarray:
        """Return each model's mean rank over the tables; 1 is the best."""
        from scipy.stats import rankdata

        return np.asarray(rankdata(self.by_table(), axis=1).mean(axis=0))

    def median_seconds(self) -> list[float]:
        """Return each model's median seconds of learning and answering."""
        return [median(column) for column in self.seconds.T]


def figures_of(runs: Sequence[Run], models: Sequence[str]) -> Figures:
    """Return the figures of these models over the splits that each of them has run."""
    by_split: dict[tuple[str, int], dict[str, Run]] = {}
    for run in runs:
        by_split.setdefault((run.table, run.seed), {})[run.model] = run
    whole = {split: each for split, each in by_split.items() if set(models) <= set(each)}

    def values(of: str) -> np.ndarray:
        rows = [[getattr(each[model], of) for model in models] for each in whole.values()]
        return np.array(rows, dtype=float).reshape(len(whole), len(models))

    tasks = tuple(next(iter(each.values())).task for each in whole.values())
    return Figures(
        tuple(models), tuple(whole), tasks, values("error"), values("wrong"), values("seconds")
    )


def indistinct(figures: Figures) -> list[tuple[int, int]]:
    """Return groups of models, by first and last place in rank, that chance may part.

    Pairs are compared by Wilcoxon's signed-rank test over the tables, with Holm's correction
    (Benavoli, Corani & Mangili 2016); a group is one in which no pair differs.
    """
    from scipy.stats import wilcoxon

    errors = figures.by_table()
    order = np.argsort(figures.ranks())
    pairs = list(combinations(range(len(order)), 2))
    chances = []
    for first, second in pairs:
        differences = errors[:, order[first]] - errors[:, order[second]]
        chances.append(wilcoxon(differences).pvalue if differences.any() else 1.0)
    differ = set()
    for place, index in enumerate(np.argsort(chances)):
        if chances[index] > CHANCE / (len(pairs) - place):
            break
        differ.add(pairs[index])
    groups = [
        (first, last)
        for first, last in pairs
        if not differ & set(combinations(range(first, last + 1), 2))
    ]
    return [
        group
        for group in groups
        if not any(o != group and o[0] <= group[0] and group[1] <= o[1] for o in groups)
    ]
