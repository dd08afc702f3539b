"""Calibration: whether what a model says with a probability of 70% happens 7 times of 10.

Sources: M. DeGroot & S. Fienberg, The Comparison and Evaluation of Forecasters, The Statistician 32
(1983); C. Guo et al., On Calibration of Modern Neural Networks, ICML 2017, for the expected
calibration error; E. Wilson, Probable Inference, JASA 22 (1927), for the intervals of shares.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.json_data import json_data
from badak._common.seeds import check_seed
from badak._common.validation import check_whole
from badak.typing import Array

BINS = 10
DRAWS = 200
Z = 1.959964  # of 95%


@dataclass(frozen=True)
class Calibration:
    """Probabilities and how often it came so, in bins of equal width from 0 to 1.

    Parameters
    ----------
    counts : ndarray, shape (bins,)
        How many rows each bin holds.
    said : ndarray, shape (bins,)
        Their mean probability; NaN in an empty bin.
    happened : ndarray, shape (bins,)
        The share of them that came so.
    low, high : ndarray, shape (bins,)
        Wilson's 95% interval of this share.
    error : float
        The expected calibration error: the mean distance of `said` and `happened`, over the rows.
    chance : (float, float)
        What this error would be if all probabilities were right: its mean, and what it stays below
        in 95 of 100 draws. So few rows are never quite even.
    """

    counts: Array
    said: Array
    happened: Array
    low: Array
    high: Array
    error: float
    chance: tuple[float, float]

    @property
    def sure(self) -> bool:
        """Whether the error is more than chance."""
        return self.error > self.chance[1]

    @property
    def bias(self) -> float:
        """By how much what is said is above what happens, over all rows."""
        there = self.counts > 0
        gaps = self.counts[there] * (self.said[there] - self.happened[there])
        return float(gaps.sum() / self.counts.sum())

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold."""
        names = ("counts", "said", "happened", "low", "high", "error", "chance")
        return {name: json_data(getattr(self, name)) for name in names}


def calibration(
    probabilities: Array, happened: Array, *, bins: int = BINS, seed: int = 0
) -> Calibration:
    """Compare probabilities with what came.

    Parameters
    ----------
    probabilities : ndarray, shape (rows,)
        What was said, from 0 to 1.
    happened : ndarray of bool, shape (rows,)
        Whether it came so.
    bins : int, default 10
        How many bins there are.
    seed : int, default 0
        Settles the draws that tell what is chance.

    Returns
    -------
    Calibration

    Examples
    --------
    >>> said = np.array([0.25, 0.25, 0.25, 0.25, 0.85, 0.85])
    >>> came = np.array([True, False, False, False, True, True])
    >>> found = calibration(said, came)
    >>> found.counts, round(found.error, 3)
    (array([0, 0, 4, 0, 0, 0, 0, 0, 2, 0]), 0.05)
    """
    check_whole(bins, "bins")
    check_seed(seed)
    p = np.clip(probabilities.astype(np.float64), 0.0, 1.0)
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    sums = np.bincount(place, p, bins)
    came = np.bincount(place, happened.astype(np.float64), bins)
    random = np.random.default_rng(seed)
    by_chance = np.empty(DRAWS)
    for draw in range(DRAWS):
        drawn = np.bincount(place, random.random(len(p)) < p, bins)
        by_chance[draw] = np.abs(sums - drawn).sum() / len(p)
    with np.errstate(invalid="ignore", divide="ignore"):
        said, share = sums / counts, came / counts
        low, high = wilson(share, counts)
    error = float(np.abs(sums - came).sum() / len(p))
    chance = float(by_chance.mean()), float(np.quantile(by_chance, 0.95))
    return Calibration(counts, said, share, low, high, error, chance)


def wilson(share: Array, counts: Array) -> tuple[Array, Array]:
    """Return the ends of Wilson's 95% interval of shares, each of so many rows.

    >>> round(float(wilson(np.array(1.0), np.array(36))[0]), 3)
    0.904
    """
    middle = (share + Z**2 / (2.0 * counts)) / (1.0 + Z**2 / counts)
    half = np.sqrt(share * (1.0 - share) / counts + Z**2 / (4.0 * counts**2))
    half *= Z / (1.0 + Z**2 / counts)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
