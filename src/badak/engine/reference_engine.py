"""The reference engine: NumPy, as :mod:`badak.reference` reads; it runs every network."""

import inspect
from typing import Any

import numpy as np

from badak import reference
from badak._common.language import message
from badak.engine.protocol import Predictor, SampleSet, Steps, Taken
from badak.errors import InputError
from badak.layers.model import Model
from badak.layers.passes import Mode
from badak.losses.objective import Objective
from badak.typing import Array


class ReferenceEngine:
    """Trains and answers in NumPy."""

    name = "reference"

    def train(
        self,
        model: Model,
        objective: Objective,
        samples: SampleSet,
        batch_size: int,
        penalty_shares: Array | None = None,
    ) -> Steps:
        """Return steps that train the model; no network is refused."""
        return ReferenceSteps(model, objective, samples, batch_size, penalty_shares)

    def predictor(self, model: Model, dtype: np.dtype[Any], *, last_activation: bool) -> Predictor:
        """Return what answers for the model; no network is refused."""
        return ReferencePredictor(model, dtype, last_activation)


class ReferenceSteps(Steps):
    """Steps as :mod:`badak.reference` takes them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.outputs = np.empty((len(self.samples), self.model.output_shape[0]), np.float32)
        self._good: Array | None = None
        self._multipliers = reference.rate_multipliers(self.model.layers, self.model.parameters)
        optimizer = self.model.optimizer
        takes = inspect.signature(optimizer.apply).parameters
        if self._multipliers is not None and "multipliers" not in takes:
            raise InputError(
                message(
                    "{kind} has a method 'apply' of its own, which takes no multipliers of the "
                    "learning rate: leave learning_rate_multiplier out, or give it that argument",
                    kind=type(optimizer).__name__,
                )
            )

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
                self._multipliers,
            )
            moved_well = bool(np.isfinite(model.parameters.vector).all())
        if not (np.isfinite(value) and moved_well):
            self._good = before if self._good is None or not moved_well else self._good
            failure = float("nan") if np.isfinite(value) else value
            return Taken(np.zeros(0), np.zeros(0, int), failure)
        model.step += 1
        self.outputs[start : start + len(chosen)] = output
        self._good = before
        return Taken(np.array([value]), np.array([len(chosen)]))

    def refill(self, samples: SampleSet) -> None:
        super().refill(samples)
        self._good = None

    def undo(self) -> None:
        assert self._good is not None
        self.model.parameters.vector[...] = self._good
        self.model.forget_slots()


class ReferencePredictor:
    """Answers of one model, batch by batch."""

    def __init__(self, model: Model, dtype: np.dtype[Any], last_activation: bool) -> None:
        self.model = model
        self.element = dtype
        self.last_activation = last_activation

    def __call__(self, x: Array, batch_size: int) -> Array:
        """Return the outputs (samples, units) for finite samples."""
        model = self.model
        with np.errstate(all="ignore"):  # whoever asked sees an answer that is not finite
            return np.concatenate(
                [
                    reference.output(
                        model.layers,
                        model.parameters.layers,
                        x[start : start + batch_size].astype(np.float32, copy=False),
                        last_activation=self.last_activation,
                    )
                    for start in range(0, len(x), batch_size)
                ]
            )

    def predict_if_finite(self, x: Array) -> Array | None:
        """Return None: checking the samples takes little compared with predicting."""
        return None
