"""A fit on one small batch, computed in float64, where that costs no time."""

import numpy as np

from badak import reference
from badak.engine import Steps, Taken
from badak.layers.model import Model
from badak.layers.passes import Mode
from badak.losses.objective import Objective
from badak.training.data import Samples
from badak.typing import Array

FEW_NUMBERS = 2**10
"""So many numbers may the samples be, together."""


def are_few(samples: Samples, batch_size: int) -> bool:
    """Return whether these samples are one small batch, on which float64 costs no time."""
    count, features = samples.x.shape
    return bool(count * features <= FEW_NUMBERS and count <= batch_size)


class DoubleSteps(Steps):
    """Steps on one small batch, as :mod:`badak.reference` takes them in float64.

    After each step the network and its optimizer are given the weights and slots in float32.
    """

    penalty_shares: Array

    def __init__(
        self,
        model: Model,
        objective: Objective,
        samples: Samples,
        batch_size: int,
        penalty_shares: Array,
    ) -> None:
        super().__init__(model, objective, samples, batch_size, penalty_shares)
        self.parameters = model.parameters.copy(np.float64)
        self.slots = {name: slot.astype(np.float64) for name, slot in model.slots().items()}
        self.outputs = np.empty((len(samples), model.output_shape[0]), np.float32)

    def begin_epoch(self, order: Array) -> None:
        super().begin_epoch(order)
        given = self.model.parameters.vector
        if not np.array_equal(given, self.parameters.vector.astype(np.float32)):
            self.parameters.vector[...] = given  # someone has changed them

    def take(self, first: int, *, one: bool) -> Taken:
        model, batch = self.model, self.samples.take(self.order)
        self._good = self.parameters.vector.copy()
        with np.errstate(all="ignore"):  # what overflows ends in a loss that is not finite
            value, output = reference.training_step(
                model.layers,
                self.parameters,
                self.objective,
                model.optimizer,
                self.slots,
                batch.x.astype(np.float64),
                batch.t,
                batch.weight,
                Mode(True, model.seed, model.step + 1),
                float(self.penalty_shares[first]),
            )
            moved = self.parameters.vector.astype(np.float32)
        if not (np.isfinite(value) and np.isfinite(moved).all()):
            failure = float("nan") if np.isfinite(value) else value
            return Taken(np.zeros(0), np.zeros(0, int), failure)
        model.parameters.vector[...] = moved
        for name, slot in model.slots().items():
            slot[...] = self.slots[name]
        model.step += 1
        self.outputs[...] = output
        return Taken(np.array([value]), np.array([len(batch)]))

    def undo(self) -> None:
        self.parameters.vector[...] = self._good
        self.slots = self.model.optimizer.make_slots(self.parameters.trainable)
        self.model.forget_slots()
