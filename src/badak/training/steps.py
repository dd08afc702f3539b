"""Steps of training, one after another: in NumPy as the reference says, or by the engine.

Both leave the same behind: the weights moved, ``model.step`` counted on, the outputs kept for the
metrics. A step whose loss is not finite is not taken, and :meth:`Steps.undo` goes back to the last
weights whose loss was.
"""

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from badak import engine, reference
from badak.layers.model import Model
from badak.layers.passes import Mode
from badak.losses.objective import Objective
from badak.optimizers.base import Optimizer
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
    optimizer: Optimizer
    """As it was set, since callbacks may change the learning rate."""
    taken: int = 0
    """Steps of the epoch that were taken before."""
    varied: list[Array] = field(default_factory=list)
    """What may be written anew before an epoch, as it was."""


class Steps:
    """What both ways have in common."""

    outputs: Array
    """What the network answered in this epoch, in the epoch's order; (samples, units)."""

    def __init__(
        self,
        model: Model,
        objective: Objective,
        samples: Samples,
        batch_size: int,
        penalty_shares: Array | None = None,
    ) -> None:
        self.model = model
        self.objective = objective
        self.samples = samples
        self.batch_size = batch_size
        self.penalty_shares = penalty_shares
        """What each step of an epoch multiplies the regularizers' penalties by; None: nothing.
        The array may be written anew before an epoch."""

    @property
    def count(self) -> int:
        """How many steps an epoch has; the last batch may be short."""
        return -(-len(self.samples) // self.batch_size)

    def begin_epoch(self, order: Array) -> None:
        """Take the samples in this order from now on."""
        self.order = order

    def refill(self, samples: Samples) -> None:
        """Write as many other samples over those there are; much cheaper than new steps."""
        for old, new in self._memory(samples):
            if old is not None:
                old[...] = new

    def _memory(self, samples: Samples) -> list[tuple[Array | None, Array | None]]:
        own = self.samples
        return [(own.x, samples.x), (own.t, samples.t), (own.weight, samples.weight)]

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
                Mode(True, model.seed, model.step + 1),
                1.0 if self.penalty_shares is None else float(self.penalty_shares[first]),
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

    def refill(self, samples: Samples) -> None:
        super().refill(samples)
        self._good = None

    def undo(self) -> None:
        assert self._good is not None
        self.model.parameters.vector[...] = self._good
        self.model.forget_slots()


class EngineSteps(Steps):
    """Steps by the compiled engine: many at once, nothing of Python between them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        samples = self.samples
        self._training = engine.TrainingProgram(
            self.model,
            self.objective,
            samples.x,
            samples.t,
            samples.weight,
            self.batch_size,
            self.penalty_shares,
        )
        self.outputs = self._training.outputs
        self._snapshots: list[Snapshot] = []
        self._goal = 0
        """The step before the last one whose loss was finite: where undoing goes to."""

    def begin_epoch(self, order: Array) -> None:
        super().begin_epoch(order)
        self._training.begin_epoch(order)
        self._remember(0)

    def refill(self, samples: Samples) -> None:
        super().refill(samples)
        self._snapshots = []  # steps on what was there before cannot be repeated

    def _memory(self, samples: Samples) -> list[tuple[Array | None, Array | None]]:
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
        """Return what whoever gives shares of the penalties may write anew before an epoch."""
        if self.penalty_shares is None:
            return []
        weight = self._training.weight
        return [self.penalty_shares] if weight is None else [self.penalty_shares, weight]

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
        self._goal = self.model.step - 1
        losses, sizes = training.values(first, taken)
        failure = None
        if not well:
            failure = float(training.values(first + taken, 1)[0][0])
        elif first + taken == self.count and not np.isfinite(self.model.parameters.vector.sum()):
            failure, losses, sizes = float("nan"), losses[:-1], sizes[:-1]
            self.model.step -= 1
        return Taken(losses, sizes, failure)

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


def steps_for(
    model: Model,
    objective: Objective,
    samples: Samples,
    batch_size: int,
    penalty_shares: Array | None = None,
) -> Steps:
    """Return the engine's steps, or the reference's where it is chosen or the engine cannot."""
    arguments = model, objective, samples, batch_size, penalty_shares
    if engine.is_chosen(model.engine):
        try:
            return EngineSteps(*arguments)
        except engine.CANNOT as error:
            engine.warn_once(model, error)
    return ReferenceSteps(*arguments)
