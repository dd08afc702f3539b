"""Numbers so far from all others that they alone would make a column's deviation."""

from dataclasses import dataclass

import numpy as np

from badak.typing import Array

FAR = 1000.0
"""Times the median distance from the median; a deviation above this is of a few numbers alone."""
FEW = 0.01
"""The largest share of the numbers that may be so far; of more they are no mistake."""
KEPT = 1000
"""Numbers of a column that its median is found of, at least if there are so many."""


class Thinned:
    """Some of the numbers of a column, evenly spread over its rows, whatever the chunks."""

    def __init__(self) -> None:
        self.kept: Array = np.empty(0)
        self._step, self._seen = 1, 0

    def add(self, x: Array) -> None:
        """Take in more numbers (rows,)."""
        first = -self._seen % self._step
        self._seen += len(x)
        self.kept = np.append(self.kept, x[first :: self._step])
        while len(self.kept) >= 2 * KEPT:
            self.kept = self.kept[::2]
            self._step *= 2


@dataclass(frozen=True)
class Limits:
    """Between which numbers of a column lie that are not absurdly far from the others."""

    low: float
    high: float

    def hold(self, x: Array) -> Array:
        """Return which of the numbers lie between them."""
        held: Array = (x >= self.low) & (x <= self.high)
        return held


def limits_of(some: Array, deviation: float) -> Limits | None:
    """Return the limits where a few numbers alone make the deviation; None where they do not.

    `some` are numbers of the column, (rows,). What is compared is the median distance from their
    median, of those that are not at it: in a column of mostly zeros the others are not outliers.

    >>> x = np.append(np.arange(99.0), 1e30)
    >>> limits_of(x, x.std())
    Limits(low=-24950.5, high=25049.5)
    >>> limits_of(x[:99], x[:99].std()) is None
    True
    """
    middle = float(np.median(some))
    distances = np.abs(some - middle)
    distances = distances[distances > 0.0]
    if not len(distances):
        return None
    far = FAR * float(np.median(distances))
    return Limits(middle - far, middle + far) if deviation > far else None
