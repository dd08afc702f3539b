"""The bootstrap: how far a score may be off, told by drawing the rows again and again.

Each draw takes as many rows as there are, with replacement, and scores are worked out on these. The
middle 95% of the scores are the interval. Where several models are scored on the same draws, the
differences between them have intervals too, and what is easy or hard in the rows cancels.

Source: B. Efron & R. Tibshirani, An Introduction to the Bootstrap (1993), chapters 6 and 13.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.json_data import json_data
from badak._common.seeds import check_seed
from badak._common.validation import check_whole
from badak.typing import Array

DRAWS = 1000
SHARE = 0.95
CELLS_AT_ONCE = 4_000_000  # counts of rows in memory

Measure = Callable[[Array], Mapping[str, Array]]
"""Scores by name, (draws,), where each row counts so many times, (draws, rows); of groups the
counts of a draw do not always sum to the number of rows."""


@dataclass(frozen=True)
class Interval:
    """A score, and the middle 95% of those of the draws; NaN where it is not defined.

    Parameters
    ----------
    value : float
        The score on the rows as they are.
    low, high : float
        The ends of the interval.

    Examples
    --------
    >>> Interval(0.3, 0.1, 0.5).sure, Interval(0.3, -0.1, 0.7).sure
    (True, False)
    """

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float, draws: Array) -> "Interval":
        """Return the interval that these scores of draws give; draws without a score are left."""
        known = draws[~np.isnan(draws)]
        if not len(known) or np.isnan(value):
            return cls(float(value), np.nan, np.nan)
        low, high = np.quantile(known, [(1.0 - SHARE) / 2.0, (1.0 + SHARE) / 2.0])
        return cls(float(value), float(low), float(high))

    @property
    def sure(self) -> bool:
        """Whether 0 lies outside: of a difference, that it is more than chance."""
        return self.low > 0.0 or self.high < 0.0  # False for NaN

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold."""
        return {name: json_data(getattr(self, name)) for name in ("value", "low", "high")}


@dataclass(frozen=True)
class Resampled:
    """Scores of one model: on the rows as they are, and on each draw."""

    values: Mapping[str, float]
    draws: Mapping[str, Array]

    def interval(self, name: str) -> Interval:
        """Return a score with its interval."""
        return Interval.of(self.values[name], self.draws[name])

    def less(self, other: "Resampled", name: str) -> Interval:
        """Return by how much a score is above another model's on the same draws."""
        difference = self.draws[name] - other.draws[name]
        return Interval.of(self.values[name] - other.values[name], difference)


def bootstrap(
    measures: Sequence[Measure],
    rows: int,
    *,
    groups: Array | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> list[Resampled]:
    """Score models on the rows, and on draws of them that are the same for all.

    Parameters
    ----------
    measures : sequence of callable
        For each model, what works out its scores.
    rows : int
        How many rows there are.
    groups : ndarray of int, shape (rows,), optional
        The group of each row, from 0 on: rows of one are not independent, so that whole groups are
        drawn, as many as there are.
    draws : int, default 1000
        How many times they are drawn.
    seed : int, default 0
        Settles the draws.

    Returns
    -------
    list of Resampled
        In the order of `measures`.

    Examples
    --------
    >>> values = np.array([1.0, 2.0, 3.0, 6.0])
    >>> [found] = bootstrap([lambda counts: {"mean": counts @ values / 4.0}], 4)
    >>> found.interval("mean").value, found.interval("mean").low < 3.0
    (3.0, True)
    """
    check_whole(rows, "rows")
    check_whole(draws, "draws")
    check_seed(seed)
    once = np.ones((1, rows))
    values = [{name: float(x[0]) for name, x in measure(once).items()} for measure in measures]
    found: list[dict[str, list[Array]]] = [{name: [] for name in each} for each in values]
    random = np.random.default_rng(seed)
    at_once = max(CELLS_AT_ONCE // rows, 1)
    drawn = rows if groups is None else int(groups.max()) + 1
    for start in range(0, draws, at_once):
        count = min(at_once, draws - start)
        places = random.integers(0, drawn, (count, drawn))
        counts = np.stack([np.bincount(row, minlength=drawn) for row in places]).astype(np.float64)
        if groups is not None:
            counts = counts[:, groups]
        for measure, parts in zip(measures, found, strict=True):
            for name, x in measure(counts).items():
                parts[name].append(x)
    return [
        Resampled(each, {name: np.concatenate(parts[name]) for name in each})
        for each, parts in zip(values, found, strict=True)
    ]
