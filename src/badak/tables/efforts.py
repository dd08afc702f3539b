"""Efforts: which networks are trained on a table, quick to best; values, quick to import."""

from dataclasses import dataclass

QUICK, STANDARD, BEST = "quick", "standard", "best"
FOLDS = 8
"""Networks of each kind, each of which leaves another part of the rows out to watch it with."""
FOLDS_OF_ROWS = ((25_000, FOLDS), (100_000, 3))
"""Up to so many training rows so many of the folds are trained; above, one: more rows make the
networks more alike, and each takes longer."""
LEAST_IN_FOLD = 5
"""Rows; of fewer than two such folds the networks are trained on all rows."""
BATCH_SIZES = ((1_000, 32), (3_000, 64), (50_000, 128))
LARGEST_BATCH = 256
CYCLES = 4
MOST_ENCODED = 3_000
"""Numbers that the piecewise-linear encoding of all features makes at most."""
LEAST_INTERVALS = 4


@dataclass(frozen=True)
class Kind:
    """One kind of network that a bag is made of."""

    name: str
    units: tuple[int, ...]
    activation: str
    learning_rate: float
    """At the begin of each cycle; it falls to 0 along a cosine."""
    cycle: int
    """Epochs of the first cycle; each further one has twice as many."""
    intervals: int = 0
    """Of the piecewise-linear encoding of numbers; 0: they are taken as they are."""
    dropout: float = 0.0
    weight_decay: float = 0.01
    beta_2: float = 0.95

    def epochs(self, rows: int) -> int:
        """Return how many epochs there are at most."""
        return self.first_cycle(rows) * (2**CYCLES - 1)

    def first_cycle(self, rows: int) -> int:
        """Return the epochs of the first cycle: of many rows one is long."""
        return max(1, min(self.cycle, self.cycle * 50_000 // rows))


PLAIN = Kind("plain", (128, 64), "relu", 0.002, 4)
ENCODED = Kind("encoded", (128, 128), "silu", 0.002, 2, intervals=48)
SPARSE = Kind("sparse", (128, 128), "relu", 0.003, 2, intervals=16, dropout=0.2)


@dataclass(frozen=True)
class Effort:
    """What is trained: each kind on each fold, as often as `repeats`, with other folds."""

    kinds: tuple[Kind, ...]
    repeats: int = 1

    def networks(self, rows: int) -> dict[str, int]:
        """Return how many networks of each kind are trained on so many rows, by its name."""
        return {kind.name: self.repeats * networks_for(rows) for kind in self.kinds}


EFFORTS = {
    QUICK: Effort((PLAIN,)),
    STANDARD: Effort((PLAIN, ENCODED)),
    BEST: Effort((PLAIN, ENCODED, SPARSE), repeats=2),
}


@dataclass(frozen=True)
class NetworkTrained:
    """A network of a bag is trained."""

    number: int
    """How many are by now."""
    count: int
    """How many there will be."""
    kind: str
    epochs: int
    loss: float | None
    """The best on the rows left out; None where all rows are trained on."""


def folds_for(rows: int) -> int:
    """Return how many folds so many training rows make; 0 where they are too few.

    >>> folds_for(2_000), folds_for(12), folds_for(9)
    (8, 2, 0)
    """
    count = min(FOLDS, rows // LEAST_IN_FOLD)
    return count if count > 1 else 0


def networks_for(rows: int) -> int:
    """Return how many networks of a kind are trained, each of which leaves another fold out.

    >>> networks_for(2_000), networks_for(10_000_000), networks_for(9)
    (8, 1, 1)
    """
    most = next((count for limit, count in FOLDS_OF_ROWS if rows <= limit), 1)
    return min(most, max(1, folds_for(rows)))


def batch_size_for(rows: int) -> int:
    """Return the rows of a step.

    >>> batch_size_for(500), batch_size_for(10_000_000)
    (32, 256)
    """
    return next((size for most, size in BATCH_SIZES if rows <= most), LARGEST_BATCH)
