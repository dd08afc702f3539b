"""Training steps by the compiled engine, and how they are rolled back."""

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from badak.engine.program.training import TrainingProgram
from badak.engine.protocol import SampleSet, Steps, Taken
from badak.optimizers.base import Optimizer
from badak.typing import Array


@dataclass
class Snapshot:
    """What a run's next step depends on."""

    vector: Array
    slots: dict[str, Array]
    step: int
    order: Array
    optimizer: Optimizer
    """As it was set, since callbacks may change the learning rate."""
    taken: int = 0
    """Steps of the epoch that were taken before."""
    varied: list[Array] = field(default_factory=list)
    """Copies of the arrays that the caller may overwrite between epochs."""


class EngineSteps(Steps):
    """Steps by the compiled engine: many at once, nothing of Python between them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        samples = self.samples
        self._training = TrainingProgram(
            self.model,
            self.objective,
            samples.x,
            samples.t,
            samples.weight,
            self.batch_size,
            self.penalty_shares,
        )
        self._rows_a_sample = self._training.rows_a_sample
        self.outputs = self._training.outputs
        if self._rows_a_sample > 1:
            self.outputs = np.empty((len(samples), self.outputs.shape[1]), np.float32)
        self._snapshots: list[Snapshot] = []
        self._goal = 0
        """The step before the last one whose loss was finite: where undoing goes to."""
        self._in_parts = False
        """Whether the samples are overwritten within an epoch, after the steps on them."""

    def begin_epoch(self, order: Array) -> None:
        super().begin_epoch(order)
        self._training.begin_epoch(order)
        self._remember(0)

    def go_on(self, samples: SampleSet) -> None:
        self._in_parts = True
        super().go_on(samples)

    def refill(self, samples: SampleSet) -> None:
        super().refill(samples)
        self._snapshots = []  # steps on what was there before cannot be repeated

    def _memory(self, samples: SampleSet) -> list[tuple[Array | None, Array | None]]:
        own = self._training
        return [(own.x, samples.x), (own.t, samples.t), (own.weight, samples.weight)]

    def _remember(self, taken: int) -> None:
        """Keep what is needed to come here again; steps are repeated to the last bit."""
        model = self.model
        if len(self._snapshots) < 2:
            vector, *slots = empty_like([model.parameters.vector, *model.slots().values()])
            named = dict(zip(model.slots(), slots, strict=True))
            oldest = Snapshot(vector, named, model.step, self.order, model.optimizer)
        else:
            oldest = self._snapshots.pop(0)  # its memory is used again: new memory comes slowly
        oldest.vector[...] = model.parameters.vector
        for name, slot in model.slots().items():
            oldest.slots[name][...] = slot
        oldest.step, oldest.order, oldest.taken = model.step, self.order, taken
        oldest.optimizer = copy.copy(model.optimizer)
        oldest.varied = [array.copy() for array in self._varied()]
        self._snapshots.append(oldest)

    def _varied(self) -> list[Array]:
        """Return the arrays that the caller may overwrite between epochs."""
        if self.penalty_shares is None:
            return []
        weight = self._training.weight
        return [self.penalty_shares] if weight is None else [self.penalty_shares, weight]

    def take(self, first: int, *, one: bool) -> Taken:
        training = self._training
        left = self.count - first
        if self._in_parts:  # of the last step a snapshot of its own: it cannot be repeated later
            one = one or left == 1
            left -= 1
        if one and first:
            training.refresh()  # a callback may have changed the weights
            self._remember(first)
        taken, well = (
            training.advance(first, 1, timed=False) if one else training.advance(first, left)
        )
        self.model.step += taken
        self._goal = self.model.step - 1
        if self._rows_a_sample > 1:
            self._average(first, taken)
        losses, sizes = training.values(first, taken)
        failure = None
        if not well:
            failure = float(training.values(first + taken, 1)[0][0])
        elif first + taken == self.count and not np.isfinite(self.model.parameters.vector).all():
            failure, losses, sizes = float("nan"), losses[:-1], sizes[:-1]
            self.model.step -= 1
        return Taken(losses, sizes, failure)

    def _average(self, first: int, taken: int) -> None:
        """Put down the mean of what each sample's rows were answered in these steps."""
        start = first * self.batch_size
        end = min(start + taken * self.batch_size, len(self.order))
        count = self._rows_a_sample
        rows = self._training.outputs[start * count : end * count]
        self.outputs[start:end] = rows.reshape(end - start, count, -1).mean(axis=1)

    def undo(self) -> None:
        model, step = self.model, self.model.step
        start = [s for s in self._snapshots if s.step <= self._goal] or self._snapshots[:1]
        self._training.clear()
        self._restore(start[-1])
        if self._goal > model.step:
            self._repeat(start[-1], self._goal - model.step)
        model.step = step
        # In place: the program knows where the optimizer's memory lies.
        for name, slot in model.optimizer.make_slots(model.parameters.trainable).items():
            model.slots()[name][...] = slot

    def _repeat(self, start: Snapshot, count: int) -> None:
        """Take steps again that began at a snapshot, with what they were given then."""
        training = self._training
        now = training.optimizer, [array.copy() for array in self._varied()]
        self._set_again(start.optimizer, start.varied)
        training.begin_epoch(start.order)
        training.advance(start.taken, count, timed=False)
        self._set_again(*now)

    def _set_again(self, optimizer: Optimizer, values: list[Array]) -> None:
        self._training.optimizer = optimizer
        for array, value in zip(self._varied(), values, strict=True):
            array[...] = value

    def _restore(self, snapshot: Snapshot) -> None:
        self.model.parameters.vector[...] = snapshot.vector
        for name, slot in self.model.slots().items():
            slot[...] = snapshot.slots[name]
        self.model.step = snapshot.step


def empty_like(arrays: list[Array]) -> list[Array]:
    """Return new vectors of these sizes in one piece: the system gives a large one sooner."""
    ends = np.cumsum([len(array) for array in arrays])
    return np.split(np.empty(ends[-1], np.float32), ends[:-1])
