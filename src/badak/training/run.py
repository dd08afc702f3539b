"""One run over the data: its epochs, each in steps, and the loss that they add up to."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from badak._common.interruption import Interruption
from badak._common.language import message
from badak.engine import Steps
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.training.callbacks.base import CallbackList
from badak.training.data import Samples
from badak.training.divergence import diverged
from badak.training.scores import measure
from badak.typing import Array


class Run:
    """Epochs of steps that train one model on one set of samples."""

    def __init__(
        self,
        model: Model,
        samples: Samples,
        objective: Objective,
        steps: Steps,
        metrics: Sequence[Any] = (),
        *,
        shuffle: bool = False,
    ) -> None:
        self.model = model
        self.samples = samples
        self.objective = objective
        self.steps = steps
        self.metrics = metrics
        self.shuffle = shuffle
        self.whole_epoch = False
        """Whether the last epoch went through all samples."""
        self._starts: list[Array] = []
        """The weights before the first epoch, and before this one."""

    @property
    def length(self) -> int | None:
        """How many steps an epoch has, where that is known beforehand."""
        return self.steps.count

    def has_more(self) -> bool:
        """Return whether there is something to train another epoch on."""
        return True

    def batch(self, number: int) -> Samples:
        """Return the samples of a batch of this epoch."""
        size = self.steps.batch_size
        return self.samples.take(self.steps.order[number * size : (number + 1) * size])

    def answered(self, seen: int) -> tuple[Array, Array]:
        """Return the targets and outputs of the first samples of this epoch."""
        return self.samples.t[self.steps.order[:seen]], self.steps.outputs[:seen]

    def epoch(
        self, epoch: int, watchers: CallbackList, interruption: Interruption
    ) -> dict[str, float]:
        """Take one step for each batch; return the mean loss and the metrics of the outputs."""
        self.steps.begin_epoch(self._order())
        self._starts = [*self._starts[:1], self.model.parameters.vector.copy()]
        total, seen, batch = 0.0, 0, 0
        while self.steps.reaches(batch):
            watchers.on_train_batch_begin(batch)
            taken = self.steps.take(batch, one=watchers.every_batch)
            total = add_up(total, taken.losses * taken.sizes)
            seen += int(taken.sizes.sum())
            batch += len(taken.losses)
            if taken.failure is not None:
                self._fail(taken.failure, epoch, batch, watchers)
                break
            watchers.on_train_batch_end(batch - 1, {"loss": total / seen})
            if interruption.asked or self.model.stop_training:
                break
        self.model.epoch += 1
        self.whole_epoch = seen == len(self.samples)
        if not seen:
            return {"loss": float("nan")}
        logs = {"loss": total / seen}
        if self.metrics:
            logs |= measure(self.metrics, *self.answered(seen), self.objective)
        return logs

    def _order(self) -> Array:
        count = len(self.samples)
        if not self.shuffle:
            return np.arange(count)
        return np.random.default_rng([self.model.seed, self.model.epoch]).permutation(count)

    def _fail(self, value: float, epoch: int, batch: int, watchers: CallbackList) -> None:
        """Go back to the last good weights; raise, unless a callback ends the training."""
        met_with = self.model.parameters.vector.copy()
        self.steps.undo()
        notes = watchers.on_diverged(epoch, batch, met_with)
        watchers.on_train_batch_end(batch, {"loss": value})
        met = self.batch(batch)
        good = self.model.parameters.vector.copy()
        if self._go_back_to_usable(met.x):
            notes.append(
                message("the last good weights answered no finite numbers: earlier ones are back")
            )
        if not self.model.stop_training:
            error = diverged(self.model, value, good, met, self.objective.loss, epoch, batch)
            for note in notes:
                error.add_note(note)
            raise error

    def _go_back_to_usable(self, x: Array) -> bool:
        """Put earlier weights back where these are not finite, or answer NaN; return whether.

        A loss may be finite although a moving variance has overflowed, which only answers use.
        """
        vector = self.model.parameters.vector
        for number, weights in enumerate([vector.copy(), *reversed(self._starts)]):
            vector[...] = weights
            with np.errstate(all="ignore"):
                if np.isfinite(vector).all() and np.isfinite(self.model.outputs(x)).all():
                    return number > 0
        return True


def add_up(total: float, values: Array) -> float:
    """Return the total with each value added to it, one after another.

    The sum of many values is the same however they are divided among calls: how many steps an
    engine takes at once depends on the clock, and the history must not.

    >>> values = np.array([1e16, 1.0, 1.0, -1e16])
    >>> add_up(0.0, values) == add_up(add_up(0.0, values[:1]), values[1:])
    True
    """
    return float(np.add.accumulate(np.append(total, values))[-1])
