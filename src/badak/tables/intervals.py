"""Intervals about predicted numbers that hold the truth in a stated share of the rows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.typing import Array

COVERAGES = (0.5, 0.8, 0.9, 0.95, 0.99)
MOST_BINS = 8
ROWS_OF_BIN = 200
"""Few errors tell little of how large 19 of 20 are."""


@dataclass(frozen=True)
class Intervals:
    r"""How far the truth lies from answers, told by rows that were not trained on.

    Answers are parted by their size into bins of equally many rows, because errors of large numbers
    are often larger. In a bin of n rows the half width for a coverage c is the
    :math:`\lceil (n + 1) c \rceil`-th smallest distance: a further row of the same kind lies within
    with a probability of c or more (split conformal prediction).

    Parameters
    ----------
    bounds : tuple of float
        The answers between the bins, rising.
    widths : dict of float to tuple of float
        By the coverage, the half width in each bin. A coverage is not there where the rows are too
        few for it.

    References
    ----------
    Lei, G'Sell, Rinaldo, Tibshirani & Wasserman, "Distribution-Free Predictive Inference for
    Regression", 2018; in bins: Vovk, "Conditional Validity of Inductive Conformal Predictors",
    2012.

    Examples
    --------
    >>> answers = np.zeros(99)
    >>> known = learn(answers, y=np.arange(1.0, 100.0))
    >>> known.about(np.array([5.0]), coverage=0.9)
    (array([-85.]), array([95.]))
    """

    bounds: tuple[float, ...]
    widths: Mapping[float, tuple[float, ...]]

    def about(self, answers: Array, coverage: float = 0.9) -> tuple[Array, Array]:
        """Return the least and the most of the interval about each answer.

        Parameters
        ----------
        answers : array (rows,)
            What a network answers, in the target's unit.
        coverage : float, default 0.9
            The share of rows whose truth lies within; one of those in `widths`.

        Returns
        -------
        low, high : arrays (rows,)
            float64.

        Raises
        ------
        InputError
            Another coverage.
        """
        self.check(coverage)
        half = np.array(self.widths[coverage])[np.searchsorted(self.bounds, answers, "right")]
        wide = answers.astype(np.float64)
        return wide - half, wide + half

    def held_to(self, y: Array, answers: Array, coverage: float = 0.9) -> tuple[float, float]:
        """Return the share of rows whose truth y lies within, and the mean width.

        Parameters
        ----------
        y : array (rows,)
            The truth.
        answers : array (rows,)
            What a network answers.
        coverage : float, default 0.9
            As in :meth:`about`.

        Returns
        -------
        share, width : float
            In [0, 1], and in the target's unit.
        """
        low, high = self.about(answers, coverage)
        return float(((low <= y) & (y <= high)).mean()), float((high - low).mean())

    def check(self, coverage: float) -> None:
        """Raise InputError for a coverage that is not known."""
        if coverage not in self.widths:
            raise InputError(
                message(
                    "intervals are known that hold {known} of the rows, not {coverage!r}",
                    known=", ".join(f"{each:g}" for each in self.widths) or message("none"),
                    coverage=coverage,
                )
            )

    def as_dict(self) -> dict[str, Any]:
        """Return what goes into the model's file."""
        return {
            "bounds": list(self.bounds),
            "widths": [[coverage, list(each)] for coverage, each in self.widths.items()],
        }

    @classmethod
    def from_dict(cls, told: Any) -> "Intervals":
        """Return what :meth:`as_dict` gave; ValueError, TypeError or KeyError where it did not."""
        bounds = tuple(map(float, told["bounds"]))
        widths = {float(share): tuple(map(float, each)) for share, each in told["widths"]}
        numbers = np.array([*bounds, *(w for each in widths.values() for w in each)])
        if (
            not np.isfinite(numbers).all()
            or list(bounds) != sorted(set(bounds))
            or any(len(each) != len(bounds) + 1 or min(each) < 0.0 for each in widths.values())
            or any(not 0.0 < share < 1.0 for share in widths)
        ):
            raise ValueError(message("intervals {told!r}", told=told))
        return cls(bounds, widths)


def learn(answers: Array, y: Array) -> Intervals:
    """Return the intervals that answers (rows,) to rows not trained on tell, whose truth is y."""
    parts = max(1, min(MOST_BINS, len(y) // ROWS_OF_BIN))
    inner = np.linspace(0.0, 1.0, parts + 1)[1:-1]
    bounds = np.unique(np.quantile(answers, inner)) if len(inner) else np.zeros(0)
    places = np.searchsorted(bounds, answers, "right")
    bins = [np.sort(np.abs(answers - y)[places == place]) for place in range(len(bounds) + 1)]
    fewest = min(map(len, bins))
    widths = {}
    for coverage in COVERAGES:
        if math.ceil((fewest + 1) * coverage) <= fewest:
            ranks = [math.ceil((len(errors) + 1) * coverage) for errors in bins]
            found = [float(e[rank - 1]) for e, rank in zip(bins, ranks, strict=True)]
            widths[coverage] = tuple(found)
    return Intervals(tuple(map(float, bounds)), widths)
