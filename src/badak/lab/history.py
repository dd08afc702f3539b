"""What a run remembers: its curves, thinned, and the states of its epochs, bounded in bytes."""

import bisect
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import Sequential
from badak.typing import Array

MOST_POINTS = 2000
"""Points of a curve. At twice as many every other one is dropped."""
MOST_BYTES = 64 * 2**20
"""Of the states that a run keeps to go back to."""
MOST_STATES = 400


class Curves:
    """Values over the steps of a run, a row for each point, at most twice `most` of them.

    Rows are exact; where there are too many, every other one is dropped, but never the last one.

    Examples
    --------
    >>> curves = Curves(("step", "loss"), most=2)
    >>> for step in range(5):
    ...     curves.add(step=step, loss=1.0 / (step + 1))
    >>> curves.column("step")
    array([0., 2., 4.])
    """

    def __init__(self, names: tuple[str, ...], most: int = MOST_POINTS) -> None:
        self.names = names
        self._most = most
        self._rows = np.full((2 * most + 1, len(names)), np.nan)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, **values: float) -> None:
        """Append a row; a name that is left out is NaN."""
        if self._count > 2 * self._most - 1:
            kept = self._rows[: self._count : 2].copy()
            self._rows[: len(kept)] = kept
            self._count = len(kept)
        self._rows[self._count] = [values.get(name, np.nan) for name in self.names]
        self._count += 1

    def put(self, **values: float) -> None:
        """Append a row, or fill in the last one if it has the same first value."""
        last = self.last()
        if last and last[self.names[0]] == values[self.names[0]]:
            self._count -= 1
            values = last | values
        self.add(**values)

    def column(self, name: str) -> Array:
        """Return a copy of the values of this name."""
        return self._rows[: self._count, self.names.index(name)].copy()

    def last(self) -> dict[str, float]:
        """Return the last row by names; nothing where there is none."""
        if not self._count:
            return {}
        return dict(zip(self.names, self._rows[self._count - 1].tolist(), strict=True))

    def at(self, name: str, most: float) -> dict[str, float]:
        """Return the last row in which this value, which never falls, is not larger."""
        place = int(
            np.searchsorted(self._rows[: self._count, self.names.index(name)], most, "right")
        )
        if not place:
            return {}
        return dict(zip(self.names, self._rows[place - 1].tolist(), strict=True))

    def cut(self, name: str, beyond: float) -> None:
        """Drop the rows in which this value, which never falls, is larger."""
        rows = self._rows[: self._count, self.names.index(name)]
        self._count = int(np.searchsorted(rows, beyond, side="right"))

    def copy(self) -> "Curves":
        """Return the same rows, to go on by themselves."""
        other = Curves(self.names, self._most)
        other._rows[:] = self._rows
        other._count = self._count
        return other


@dataclass(frozen=True)
class State:
    """All that the steps of a model depend on; noise and order follow from its numbers."""

    vector: Array
    slots: dict[str, Array]
    step: int
    model_epoch: int
    """Epochs since it was compiled."""

    @classmethod
    def of(cls, model: Sequential) -> "State":
        """Return a model's state, copied."""
        slots = {name: slot.copy() for name, slot in model.slots().items()}
        return cls(model.parameters.vector.copy(), slots, model.step, model.epoch)

    def restore(self, model: Sequential) -> None:
        """Bring a model of the same layers and optimizer to this state, to the bit."""
        model.parameters.vector[...] = self.vector
        for name, slot in model.slots().items():
            slot[...] = self.slots[name]
        model.step, model.epoch = self.step, self.model_epoch

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        return self.vector.nbytes * (1 + len(self.slots)) + 1000


class States:
    """States by their epochs, so many that they take a bounded memory.

    Where there are too many, every other epoch is dropped, but for those that are pinned: the
    beginnings of a run's stretches, from which every epoch of the stretch is reached again.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, most: int = MOST_STATES) -> None:
        self._most_bytes = most_bytes
        self._most = most
        self._states: dict[int, State] = {}
        self._pinned: set[int] = set()
        self._stride = 1
        self.bytes = 0
        """How much memory all of them take."""

    @property
    def epochs(self) -> list[int]:
        """The epochs that are kept, in rising order."""
        return sorted(self._states)

    def wants(self, epoch: int) -> bool:
        """Return whether the state of this epoch is to be kept."""
        return epoch % self._stride == 0

    def keep(self, epoch: int, state: State, *, pinned: bool = False) -> None:
        """Keep a state, and drop others where they are too many."""
        self._drop(epoch)
        self._states[epoch] = state
        self.bytes += state.bytes
        if pinned:
            self._pinned.add(epoch)
        while len(self._states) > 1 and self._too_many():
            self._thin()

    def nearest(self, epoch: int) -> int | None:
        """Return the last epoch that is kept and not later than this one."""
        known = self.epochs
        place = bisect.bisect_right(known, epoch)
        return known[place - 1] if place else None

    def __getitem__(self, epoch: int) -> State:
        return self._states[epoch]

    def cut(self, beyond: int) -> None:
        """Forget all later epochs."""
        for epoch in [epoch for epoch in self._states if epoch > beyond]:
            self._drop(epoch)

    def copy(self) -> "States":
        """Return the same states, which are never changed, to go on by themselves."""
        other = States(self._most_bytes, self._most)
        other._states, other._pinned = dict(self._states), set(self._pinned)
        other._stride, other.bytes = self._stride, self.bytes
        return other

    def _too_many(self) -> bool:
        return len(self._states) > self._most or self.bytes > self._most_bytes

    def _drop(self, epoch: int) -> None:
        if epoch in self._states:
            self.bytes -= self._states.pop(epoch).bytes
            self._pinned.discard(epoch)

    def _thin(self) -> None:
        """Drop every other epoch; where only pinned ones are left, the earliest of them."""
        self._stride *= 2
        last = max(self._states)
        dropped = [
            epoch
            for epoch in self._states
            if epoch % self._stride and epoch not in self._pinned and epoch != last
        ]
        if not dropped and all(e in self._pinned or e == last for e in self._states):
            dropped = [min(self._states)]
            self._stride //= 2
        for epoch in dropped:
            self._drop(epoch)


def finite(value: Any) -> float | None:
    """Return a number as JSON holds it: None for NaN and infinity.

    >>> finite(float("nan")), finite(np.float32(0.5))
    (None, 0.5)
    """
    number = float(value)
    return number if np.isfinite(number) else None
