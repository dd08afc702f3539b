"""Efforts: which networks are trained on a table, quick to best; values, quick to import."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from badak._common.language import marked, message
from badak.errors import InputError
from badak.tables.defaults import batch_size_for

QUICK, STANDARD, BEST = "quick", "standard", "best"
FOLDS = 8
"""Networks of each kind, each of which leaves another part of the rows out to watch it with."""
SOME_ROWS, ALL_ROWS = 25_000, 100_000
SOME_FOLDS = 3
"""Above 25,000 training rows three of the folds are trained, above 100,000 one network of a kind,
watched with a part of the rows: more rows make the networks more alike, and each takes longer."""
WATCHED_OF_MANY = 0.1
LEAST_IN_FOLD = 5
"""Rows; of fewer than two such folds the networks are trained on all rows."""
BATCH_SIZES = ((1_000, 32), (3_000, 64), (50_000, 128))
CYCLES = 4
LEAST_STEPS = 300
"""Of the first cycle: few rows make few steps an epoch, and a network needs so many to learn."""
MANY_ROWS = 50_000
"""Of more, a first cycle takes as many steps as of these."""
MOST_ENCODED = 3_000
"""Numbers that the piecewise-linear encoding of all features makes at most."""
LEAST_INTERVALS = 4
"""Of so many numbers that each would get fewer, over 750, none is encoded."""
LEAST_UNITS, FIRST_UNITS = 8, 128
MANY_FEATURES = 4096
"""Of more, the first layer has fewer units, so that it keeps as many weights: a step takes the time
that its weights take to be read, and a few rows of many columns tell little of more."""


@dataclass(frozen=True)
class Kind:
    """One kind of network that a bag is made of."""

    name: str
    units: tuple[int, ...]
    activation: str
    learning_rate: float
    """At the begin of each cycle; it falls to 0 along a cosine."""
    cycle: int
    """Epochs of the first cycle at least, unless there are many rows; each further one has twice as
    many."""
    intervals: int = 0
    """Of the piecewise-linear encoding, beside which numbers are drawn in smoothly; 0: they are
    taken as they are."""
    dropout: float = 0.0
    weight_decay: float = 0.01
    beta_2: float = 0.95
    members: int = 0
    """Of a :class:`~badak.layers.SharedEnsemble`; 0: it is one network."""

    def units_for(self, features: int) -> tuple[int, ...]:
        """Return the units of the layers where there are so many features.

        >>> ENCODED.units_for(4096), PLAIN.units_for(16384)
        ((128, 128), (32, 64))
        """
        if features <= MANY_FEATURES:
            return self.units
        most = max(LEAST_UNITS, MANY_FEATURES * FIRST_UNITS // features)
        return (min(self.units[0], most), *self.units[1:])

    @staticmethod
    def batch_size(rows: int) -> int:
        """Return the rows of a step where there are so many rows to train on."""
        return batch_size_for(rows, BATCH_SIZES)

    def first_cycle(self, rows: int) -> int:
        """Return the epochs of the first cycle: more of few rows, and fewer of many.

        >>> [ENCODED.first_cycle(rows) for rows in (300, 10_000, 1_000_000)]
        [30, 4, 1]
        """
        steps = math.ceil(rows / self.batch_size(rows))
        least = math.ceil(LEAST_STEPS / steps)
        return max(1, least, min(self.cycle, self.cycle * MANY_ROWS // rows))


PLAIN = Kind(marked("plain"), (128, 64), "relu", 0.002, 4)
ENCODED = Kind(marked("encoded"), (128, 128), "silu", 0.002, 2, intervals=48)
SMOOTH = Kind(marked("smooth"), (128, 64), "silu", 0.002, 4)
DEEP = Kind(
    marked("deep"),
    (256, 256, 256),
    "relu",
    0.001,
    4,
    intervals=16,
    dropout=0.15,
    weight_decay=0.02,
)
SHARED = Kind(marked("shared"), (128, 128), "relu", 0.002, 4, intervals=16, dropout=0.1, members=8)


@dataclass(frozen=True)
class Effort:
    """What is trained: each kind on each of some folds."""

    kinds: tuple[Kind, ...]
    folds: int = FOLDS
    """How many of the folds are left out by a network, at most."""

    def networks(self, rows: int) -> dict[str, int]:
        """Return how many networks of each kind are trained on so many rows, by its name."""
        return {kind.name: networks_for(rows, self.folds) for kind in self.kinds}


EFFORTS = {
    QUICK: Effort((PLAIN, ENCODED), folds=2),
    STANDARD: Effort((PLAIN, ENCODED)),
    BEST: Effort((PLAIN, SMOOTH, ENCODED, DEEP, SHARED)),
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
    best: float | None
    """The best value of what is watched on the rows left out; None where all are trained on."""
    watched: str
    """What tells the best epoch, as it is shown: the loss, or a measure."""


def check_effort(
    effort: str | None, time_limit: float | None, of_one_network: Sequence[str]
) -> str | None:
    """Return the effort that is meant; None where options of one network are given instead.

    Raises InputError for an effort that there is not, a time limit that is no positive number, and
    either of them together with options of one network.

    >>> check_effort(None, None, []), check_effort(None, None, ["units"])
    ('standard', None)
    """
    from badak._common.validation import POSITIVE

    if time_limit is not None:
        POSITIVE.check(time_limit, "time_limit")
    if effort is not None and effort not in EFFORTS:
        raise InputError(
            message(
                "effort is one of {efforts}, not {effort!r}",
                efforts=", ".join(EFFORTS),
                effort=effort,
            )
        )
    for name, given in (("effort", effort), ("time_limit", time_limit)):
        if of_one_network and given is not None:
            raise InputError(
                message(
                    "{name} is for the networks that badak chooses, but {options} describe one of "
                    "your own: leave one or the other out",
                    name=name,
                    options=", ".join(of_one_network),
                )
            )
    return None if of_one_network else effort or STANDARD


def cycle_ends(first: int) -> list[int]:
    """Return after how many epochs the cycles end, given the epochs of the first.

    >>> cycle_ends(2)
    [2, 6, 14, 30]
    """
    return [first * (2**cycle - 1) for cycle in range(1, CYCLES + 1)]


def folds_for(rows: int) -> int:
    """Return how many folds so many training rows make; 0 where they are too few.

    >>> folds_for(2_000), folds_for(12), folds_for(9)
    (8, 2, 0)
    """
    count = min(FOLDS, rows // LEAST_IN_FOLD)
    return count if count > 1 else 0


def networks_for(rows: int, folds: int = FOLDS) -> int:
    """Return how many networks of a kind are trained, each of which leaves another fold out.

    >>> networks_for(2_000), networks_for(2_000, folds=2), networks_for(10_000_000), networks_for(9)
    (8, 2, 1, 1)
    """
    most = FOLDS if rows <= SOME_ROWS else SOME_FOLDS if rows <= ALL_ROWS else 1
    return min(most, folds, max(1, folds_for(rows)))


def watched_share(rows: int) -> float:
    """Return the share of so many rows that training is watched with, 0 where folds are left out.

    >>> watched_share(2_000), watched_share(10_000_000)
    (0.0, 0.1)
    """
    return WATCHED_OF_MANY if rows > ALL_ROWS else 0.0
