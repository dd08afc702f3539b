"""The networks of a bag: their layers, their training, and when that ends."""

import copy
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from badak import activations
from badak._common.language import marked
from badak.callbacks import Callback, EarlyStopping
from badak.layers import (
    Dense,
    Dropout,
    Input,
    Layer,
    PiecewiseLinearEncoding,
    SharedEnsemble,
    SmoothClip,
)
from badak.losses import MeanSquaredError, SparseCategoricalCrossentropy
from badak.network.sequential import Sequential
from badak.optimizers import AdamW
from badak.optimizers.schedules import CosineDecayRestarts, Schedule
from badak.tables.efforts import LEAST_INTERVALS, MOST_ENCODED, Kind, cycle_ends
from badak.tables.judging import Judge
from badak.training import History
from badak.typing import Array

LEARNT_FROM = 100_000
"""Rows that quantiles are found on, at most."""
FOREVER = 2**31

Rows = Array | slice
"""Numbers of rows; or a part of them that lies together, which is not copied."""


def count_of(rows: Rows) -> int:
    """Return how many rows there are.

    >>> count_of(slice(2, 5)), count_of(np.array([7, 1]))
    (3, 2)
    """
    return rows.stop - rows.start if isinstance(rows, slice) else len(rows)


@dataclass(frozen=True)
class Member:
    """One network of a bag."""

    kind: Kind
    model: Sequential
    trained: Rows
    """The rows that it is trained on."""
    left_out: Rows
    """Those that it is watched with, of the training and validation rows together."""
    first_cycle: int
    """The epochs of the first cycle of the rate."""
    batch_size: int
    judge: Judge | None = None
    """What tells its best epoch; None: the loss."""
    length: int | None = None
    """How many epochs it is trained; None: until a cycle brings no better one."""

    @property
    def watched(self) -> str:
        """What tells the best epoch, by its name in the history."""
        return "val_loss" if self.judge is None else f"val_{self.judge.name}"

    @property
    def watched_in_words(self) -> str:
        """The same as it is shown."""
        return marked("loss") if self.judge is None else self.judge.measure.shown

    @property
    def best(self) -> float | None:
        """The best value of what is watched; None where no rows are left out."""
        values = self.history.history.get(self.watched)
        if not values:
            return None
        return max(values) if self.judge is not None and self.judge.mode == "max" else min(values)

    @property
    def epochs(self) -> int:
        """There are at most so many."""
        return cycle_ends(self.first_cycle)[-1] if self.length is None else self.length

    def length_on(self, rows: int) -> int:
        """Return the epochs, on so many rows, to the end of the cycle that its best one is of."""
        values = self.history.history[self.watched]
        done = 1 + values.index(values[0] if self.best is None else self.best)
        cycle = sum(end < done for end in cycle_ends(self.first_cycle))
        return cycle_ends(self.kind.first_cycle(rows))[cycle]

    @property
    def history(self) -> History:
        """Its epochs; none where its training did not begin."""
        return self.model.history or History()


def make_member(
    kind: Kind,
    x: Array,
    outputs: int,
    front: Sequence[Layer],
    trained: Rows,
    left_out: Rows,
    seed: int,
    judge: Judge | None = None,
) -> Member:
    """Return a compiled network of one output, a standardised number, or of the classes' logits.

    Of all rows x it is to be trained on `trained`, and to be watched with `left_out`, by the loss
    or by a judge.
    """
    stack: list[Layer] = []
    for units in kind.units_for(x.shape[1]):
        activation = activations.get(kind.activation)
        stack.append(Dense(units, activation, kernel_initializer="he_normal"))
        if kind.dropout:
            stack.append(Dropout(kind.dropout))
    stack.append(Dense(outputs))
    if kind.members:
        stack = [SharedEnsemble(stack, kind.members)]
    begin = [Input(x.shape[1:]), *copy.deepcopy(front)]
    model = Sequential([*begin, *stack], name=kind.name, seed=seed)
    rows = count_of(trained)
    size, cycle = kind.batch_size(rows), kind.first_cycle(rows)
    rate = CosineDecayRestarts(kind.learning_rate, cycle * math.ceil(rows / size))
    optimizer = optimizer_for(kind, rate)
    loss = SparseCategoricalCrossentropy(from_logits=True) if outputs > 1 else MeanSquaredError()
    model.compile(optimizer, loss, [] if judge is None else [judge])
    return Member(kind, model, trained, left_out, cycle, size, judge)


def optimizer_for(kind: Kind, rate: float | Schedule) -> AdamW:
    """Return what moves the weights of a kind of network."""
    return AdamW(rate, weight_decay=kind.weight_decay, beta_2=kind.beta_2)


def front_for(intervals: int, x: Array, seed: int) -> list[Layer]:
    """Return what encodes numbers in so many intervals, learnt from training rows x; 0: nothing.

    Where there are many numbers, each is encoded in fewer intervals; of very many they are drawn
    in smoothly only.

    >>> x = np.random.default_rng(0).normal(size=(500, 600)).astype(np.float32)
    >>> [type(layer).__name__ for layer in front_for(48, x, 0)], front_for(0, x, 0)
    (['SmoothClip', 'PiecewiseLinearEncoding'], [])
    """
    if not intervals:
        return []
    if len(x) > LEARNT_FROM:
        rng = np.random.default_rng(seed)
        x = x[np.sort(rng.choice(len(x), LEARNT_FROM, replace=False))]
    clip = SmoothClip(*SmoothClip.robust(x))
    numbers = sum(spread > 0.0 for spread in clip.spread)
    fitting = MOST_ENCODED // max(1, numbers)
    if fitting < LEAST_INTERVALS:
        return [clip]
    clipped = Sequential([Input(x.shape[1:]), clip]).predict(x)
    edges = PiecewiseLinearEncoding.quantile_edges(clipped, min(intervals, fitting))
    return [clip, PiecewiseLinearEncoding(edges, keep_feature=True)]


class Cycles(EarlyStopping):
    """Ends training after a cycle of the rate that brought no better epoch, or for want of time.

    The best weights stay. `until` is the time by which training is to end, as time.monotonic tells
    it; None: there is time enough.
    """

    def __init__(self, first: int, until: float | None = None, monitor: str = "val_loss") -> None:
        super().__init__(monitor, patience=FOREVER, restore_best_weights=True)
        self._ends = cycle_ends(first)
        self._until = until
        self._began = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Take the time."""
        super().on_train_begin(logs)
        self._began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """At the end of a cycle look whether the next one promises anything, and has its time."""
        super().on_epoch_end(epoch, logs)
        done, more = epoch + 1, 0
        if done in self._ends:
            cycle = self._ends.index(done)
            begin = self._ends[cycle - 1] if cycle else 0
            more = 2 * (done - begin)
            if self.best_epoch < begin:
                self.model.stop_training = True
        if self._until is not None:
            now = time.monotonic()
            if now + more * (now - self._began) / done > self._until:
                self.model.stop_training = True


class Clock(Callback):
    """Ends training where its time is over, without looking at rows left out."""

    every_batch = False

    def __init__(self, until: float) -> None:
        self._until = until

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Look at the clock."""
        if time.monotonic() > self._until:
            self.model.stop_training = True
