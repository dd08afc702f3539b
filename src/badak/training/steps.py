"""Steps of training, one after another: in NumPy as the reference says, or by the engine.

Both leave the same behind: the weights moved, ``model.step`` counted on, the outputs kept for the
metrics. A step whose loss is not finite is not taken, and :meth:`Steps.undo` goes back to the last
weights whose loss was.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import engine, reference
from badak.objective import Objective
from badak.training.data import Samples
from badak.typing import Array


@dataclass(frozen=True)
class Taken:
    """Some steps that were taken: each one's mean loss, penalties included, and its samples."""

    losses: Array
    sizes: Array
    failure: float | None = None
    """The loss of the step after them, if it was not finite."""


@dataclass
class Snapshot:
    """What a run's next step depends on."""

    vector: Array
    slots: dict[str, Array]
    step: int
    order: Array
    taken: int = 0
    """Steps of the epoch that were taken before."""


class Steps:
    """What both ways have in common."""

    outputs: Array
    """What the network answered in this epoch, in the epoch's order; (samples, units)."""

    def __init__(self, model: Any, objective: Objective, samples: Samples, batch_size: int) -> None:
        self.model = model
        self.objective = objective
        self.samples = samples
        self.batch_size = batch_size

    @property
    def count(self) -> int:
        """How many steps an epoch has; the last batch may be short."""
        return -(-len(self.samples) // self.batch_size)

    def begin_epoch(self, order: Array) -> None:
        """Take the samples in this order from now on."""
        self.order = order

    def take(self, first: int, *, one: bool) -> Taken:
        """Take step `first` of the epoch, and unless `one` is asked as many more as are wise."""
        raise NotImplementedError

    def undo(self) -> None:
        """Go back to the last weights whose loss was finite, and forget the optimizer's memory."""
        raise NotImplementedError


class ReferenceSteps(Steps):
    """Steps as :mod:`badak.reference` takes them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.outputs = np.empty((len(self.samples), self.model.output_shape[0]), np.float32)
        self._good: Array | None = None

    def take(self, first: int, *, one: bool) -> Taken:
        model = self.model
        start = first * self.batch_size
        chosen = self.order[start : start + self.batch_size]
        batch = self.samples.take(chosen)
        before = model.parameters.vector.copy()
        with np.errstate(all="ignore"):  # what overflows ends in a loss that is not finite
            value, output = reference.training_step(
                model.layers,
                model.parameters,
                self.objective,
                model.optimizer,
                model.slots(),
                batch.x.astype(np.float32, copy=False),
                batch.t,
                batch.weight,
                reference.Mode(True, model.seed, model.step + 1),
            )
            moved_well = np.isfinite(model.parameters.vector.sum())
        if not (np.isfinite(value) and moved_well):
            self._good = before if self._good is None or not moved_well else self._good
            failure = float("nan") if np.isfinite(value) else value
            return Taken(np.zeros(0), np.zeros(0, int), failure)
        model.step += 1
        self.outputs[start : start + len(chosen)] = output
        self._good = before
        return Taken(np.array([value]), np.array([len(chosen)]))

    def undo(self) -> None:
        assert self._good is not None
        self.model.parameters.vector[...] = self._good
        self.model.forget_slots()


class EngineSteps(Steps):
    """Steps by the compiled engine: many at once, nothing of Python between them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        samples = self.samples
        self._training = engine.Training(
            self.model, self.objective, samples.x, samples.t, samples.weight, self.batch_size
        )
        self.outputs = self._training.outputs
        self._snapshots: list[Snapshot] = []

    def begin_epoch(self, order: Array) -> None:
        super().begin_epoch(order)
        self._training.begin_epoch(order)
        self._remember(0)

    def _remember(self, taken: int) -> None:
        """Keep what is needed to come here again; steps are repeated to the last bit."""
        model = self.model
        if len(self._snapshots) < 2:
            vector = model.parameters.vector.copy()
            slots = {name: slot.copy() for name, slot in model.slots().items()}
            self._snapshots.append(Snapshot(vector, slots, model.step, self.order, taken))
            return
        oldest = self._snapshots.pop(0)  # its memory is used again: new memory comes slowly
        oldest.vector[...] = model.parameters.vector
        for name, slot in model.slots().items():
            oldest.slots[name][...] = slot
        oldest.step, oldest.order, oldest.taken = model.step, self.order, taken
        self._snapshots.append(oldest)

    def take(self, first: int, *, one: bool) -> Taken:
        training = self._training
        if one and first:
            training.refresh()  # someone who is told of each batch may have changed the weights
            self._remember(first)
        left = self.count - first
        taken, well = (
            training.advance(first, 1, timed=False) if one else training.advance(first, left)
        )
        self.model.step += taken
        losses, sizes = training.values(first, taken)
        failure = None
        if not well:
            failure = float(training.values(first + taken, 1)[0][0])
        elif first + taken == self.count and not np.isfinite(self.model.parameters.vector.sum()):
            failure, losses, sizes = float("nan"), losses[:-1], sizes[:-1]
            self.model.step -= 1
        return Taken(losses, sizes, failure)

    def undo(self) -> None:
        model = self.model
        goal = max(model.step - 1, 0)  # the weights before the last step whose loss was finite
        start = [s for s in self._snapshots if s.step <= goal] or self._snapshots[:1]
        self._restore(start[-1])
        repeat = goal - model.step
        if repeat > 0:
            self._training.begin_epoch(start[-1].order)
            self._training.advance(start[-1].taken, repeat, timed=False)
            model.step += repeat
        model.step = goal + 1 if goal else model.step
        model.forget_slots()

    def _restore(self, snapshot: Snapshot) -> None:
        self.model.parameters.vector[...] = snapshot.vector
        for name, slot in self.model.slots().items():
            slot[...] = snapshot.slots[name]
        self.model.step = snapshot.step


def steps_for(model: Any, objective: Objective, samples: Samples, batch_size: int) -> Steps:
    """Return the engine's steps, or the reference's where it is chosen or the engine cannot."""
    if engine.is_chosen(model.engine):
        try:
            return EngineSteps(model, objective, samples, batch_size)
        except engine.CANNOT as error:
            engine.warn_once(model, error)
    return ReferenceSteps(model, objective, samples, batch_size)
