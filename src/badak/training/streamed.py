"""A run whose batches come from a source: read as they are needed, a few of them at a time.

The engine takes steps on samples that lie in its memory. So some batches are read into a buffer,
the steps on them are taken, and the next ones overwrite them. What is trained is the same to the
last bit as from one array of all batches.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import engine
from badak._common.interruption import Interruption
from badak._common.language import message
from badak._common.streams import called
from badak.engine import Steps, Taken
from badak.errors import InputError
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.training.callbacks.base import CallbackList
from badak.training.data import Samples
from badak.training.run import Run
from badak.training.source import Order
from badak.training.stream import Stream
from badak.typing import Array

NUMBERS = 2**22  # of samples in the buffer at most, 16 MiB of float32; or those of one batch
BATCHES = 32  # in the buffer at most
MOMENT = 0.05  # seconds of reading after which the batches that are there are trained on


class StreamedRun(Run):
    """Epochs over the batches of a source."""

    steps: "StreamSteps"

    def __init__(
        self,
        model: Model,
        stream: Stream,
        objective: Objective,
        metrics: list[Any],
        *,
        shuffle: bool,
    ) -> None:
        first = stream.first()
        steps = StreamSteps(model, objective, first, stream, keep=bool(metrics))
        super().__init__(model, first, objective, steps, metrics, shuffle=shuffle)
        self.source = stream.source

    @property
    def length(self) -> int | None:
        return self.source.length

    def epoch(
        self, epoch: int, watchers: CallbackList, interruption: Interruption
    ) -> dict[str, float]:
        self.steps.order_of_batches = self._order_of if self.shuffle else range
        logs = super().epoch(epoch, watchers, interruption)
        if self.steps.ended and not self.steps.count:
            raise InputError(
                message(
                    "{called} gave no batch in epoch {epoch}",
                    called=called(self.source.given),
                    epoch=epoch + 1,
                )
            )
        self.whole_epoch = self.steps.ended and not self.source.ran_out
        return logs

    def has_more(self) -> bool:
        return self.source.has_more()

    def batch(self, number: int) -> Samples:
        return self.steps.batch(number)

    def answered(self, seen: int) -> tuple[Array, Array]:
        return self.steps.answered()

    def _order(self) -> Array:
        return np.zeros(0, int)  # the source has its own

    def _order_of(self, batches: int) -> Array:
        seed = [self.model.seed, self.model.epoch]
        return np.random.default_rng(seed).permutation(batches)


@dataclass(frozen=True)
class Kind:
    """What the batches in one buffer have in common."""

    x: np.dtype[Any]
    t: np.dtype[Any]
    weighted: bool


class StreamSteps(Steps):
    """Steps on the batches of a source."""

    def __init__(
        self,
        model: Model,
        objective: Objective,
        first: Samples,
        stream: Stream,
        *,
        keep: bool,
    ) -> None:
        super().__init__(model, objective, first, len(first))
        self.stream = stream
        self.keep = keep
        """Whether outputs and targets of the epoch are kept, for its metrics."""
        self.order_of_batches: Order = range
        self.ended = False
        """Whether the epoch's last batch has been read."""
        self._steps: Steps | None = None
        self._kind: Kind | None = None
        self._part: list[Samples] = []
        """The batches in the buffer."""
        self._previous: list[Samples] = []
        """The last batch that was in it before."""

    def begin_epoch(self, order: Array) -> None:
        self._coming = self.stream.epoch(self.order_of_batches)
        self._begin = self._end = 0  # the first batch in the buffer, and the one after its last
        self._waiting: Samples | None = None
        self._part, self._previous = [], []
        self._answers: list[Array] = []
        self._targets: list[Array] = []
        self.ended = False

    @property
    def count(self) -> int:
        """How many steps of the epoch are known of: those before and in the buffer."""
        return getattr(self, "_end", 0)

    def reaches(self, step: int) -> bool:
        return step < self._end or self._load()

    def take(self, first: int, *, one: bool) -> Taken:
        assert self._steps is not None
        within = first - self._begin
        taken = self._steps.take(within, one=one)
        if self.keep and len(taken.losses):
            start = within * self._steps.batch_size
            rows = slice(start, start + int(taken.sizes.sum()))
            self._answers.append(self._steps.outputs[rows].copy())
            self._targets += [b.t for b in self._part[within : within + len(taken.losses)]]
        return taken

    def undo(self) -> None:
        assert self._steps is not None
        self._steps.undo()

    def batch(self, number: int) -> Samples:
        """Return a batch in the buffer, or the one before them."""
        known = [*self._previous, *self._part]
        return known[number - self._begin + len(self._previous)]

    def answered(self) -> tuple[Array, Array]:
        """Return the targets and outputs of the epoch so far."""
        return np.concatenate(self._targets), np.concatenate(self._answers)

    def _load(self) -> bool:
        """Read the next batches into the buffer; return whether there was one."""
        batches = self._next_part()
        if not batches:
            return False
        self._previous, self._part = self._part[-1:], batches
        self._begin, self._end = self._end, self._end + len(batches)
        steps = self._fitting(batches[0])
        steps.go_on(_joined(batches))
        return True

    def _next_part(self) -> list[Samples]:
        """Return batches of one kind and size, of which the last may be short."""
        began = time.perf_counter()
        batches: list[Samples] = []
        while not batches or time.perf_counter() - began < MOMENT:
            batch = self._next()
            if batch is None:
                break
            if batches and (_kind(batch) != _kind(batches[0]) or len(batch) > len(batches[0])):
                self._waiting = batch
                break
            batches.append(batch)
            full = len(batches) == _most(batches[0])
            if full or len(batch) < max(len(batches[0]), self._size(batch)):
                break
        return batches

    def _next(self) -> Samples | None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None or self.ended:
            return waiting
        batch = next(self._coming, None)
        self.ended = batch is None
        return batch

    def _size(self, batch: Samples) -> int:
        """Return the batch size of the steps that there are, if they are of this batch's kind."""
        return self._steps.batch_size if self._steps and self._kind == _kind(batch) else 0

    def _fitting(self, batch: Samples) -> Steps:
        """Return steps on a buffer of this batch's kind and at least its size."""
        if self._steps is None or len(batch) > self._size(batch):
            room, size = _most(batch) * len(batch), len(batch)
            weight = None if batch.weight is None else np.ones(room, batch.weight.dtype)
            buffer = Samples(_empty(batch.x, room), _empty(batch.t, room), weight)
            self._steps = engine.train(self.model, self.objective, buffer, size)
            self._kind = _kind(batch)
            self.batch_size = size
        return self._steps


def _kind(batch: Samples) -> Kind:
    return Kind(batch.x.dtype, batch.t.dtype, batch.weight is not None)


def _most(batch: Samples) -> int:
    """Return how many batches of this size a buffer has room for."""
    return max(1, min(BATCHES, NUMBERS // max(1, batch.x.size)))


def _empty(like: Array, count: int) -> Array:
    return np.zeros((count, *like.shape[1:]), like.dtype)


def _joined(batches: list[Samples]) -> Samples:
    if len(batches) == 1:
        return batches[0]
    weights = [b.weight for b in batches if b.weight is not None]
    return Samples(
        np.concatenate([b.x for b in batches]),
        np.concatenate([b.t for b in batches]),
        np.concatenate(weights) if weights else None,
    )
