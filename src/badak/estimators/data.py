"""The samples of one fit, dense or sparse, and the order and weights that a step takes them by."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak.engine import Steps, Taken, train
from badak.estimators.double import DoubleSteps
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.training.data import Samples
from badak.training.run import Run
from badak.typing import Array

DENSE_NUMBERS = 2**24
"""Sparse samples are made dense as a whole up to so many numbers (64 MiB), else part by part."""


class SparseSamples(Samples):
    """Samples in a CSR matrix; what is taken of them is dense."""

    def __len__(self) -> int:
        return int(self.x.shape[0])

    def take(self, chosen: Any) -> Samples:
        """Return the chosen samples, dense."""
        weight = None if self.weight is None else self.weight[chosen]
        return Samples(np.ascontiguousarray(self.x[chosen].toarray()), self.t[chosen], weight)


def samples_of(x: Any, t: Array, weight: Array | None) -> Samples:
    """Return samples, dense if x is dense or small enough to be made so."""
    if not hasattr(x, "tocsr"):
        return Samples(x, t, weight)
    if x.shape[0] * x.shape[1] <= DENSE_NUMBERS:
        return Samples(np.ascontiguousarray(x.toarray()), t, weight)
    return SparseSamples(x.tocsr(), t, weight)


def outputs_of(model: Model, x: Any, *, last_activation: bool = True) -> Array:
    """Return the network's outputs (samples, units) for dense or sparse samples."""
    if not hasattr(x, "tocsr"):
        return model.outputs(x, last_activation=last_activation)
    rows = max(1, DENSE_NUMBERS // x.shape[1])
    csr = x.tocsr()
    parts = (csr[start : start + rows].toarray() for start in range(0, x.shape[0], rows))
    return np.concatenate([model.outputs(x, last_activation=last_activation) for x in parts])


class ShuffledRun(Run):
    """Epochs whose samples come in scikit-learn's order and weigh as they do there.

    A batch's loss is the weighted mean of its samples', and its share of the penalty is alpha
    divided by the sum of their weights. A batch whose weights are all 0 changes nothing.
    """

    def __init__(
        self,
        model: Model,
        samples: Samples,
        objective: Objective,
        batch_size: int,
        alpha: float,
        random: np.random.RandomState | None,
        *,
        exact: bool = False,
    ) -> None:
        self.batch_size = batch_size
        self.shares = np.zeros(-(-len(samples) // batch_size))
        self.weight: Array | None = samples.weight
        """The weights as they were given; those of the steps are written anew for each epoch."""
        if samples.weight is not None:
            own = np.ones(len(samples), np.float64 if exact else np.float32)
            samples = type(samples)(samples.x, samples.t, own)
        make = DoubleSteps if exact else make_steps
        steps = make(model, objective, samples, batch_size, self.shares)
        super().__init__(model, samples, objective, steps)
        self.begin(alpha, random)

    def begin(self, alpha: float, random: np.random.RandomState | None) -> None:
        """Begin with the samples in the order in which they were given; None: keep them in it."""
        self.alpha = alpha
        self.random = random
        self.places = np.arange(len(self.samples))
        self.starts = np.arange(0, len(self.samples), self.batch_size)
        self.sizes = np.diff(self.starts, append=len(self.samples))
        self.shares[...] = alpha / self.sizes

    def refill(self, samples: Samples) -> None:
        """Take as many other samples."""
        self.steps.refill(samples)
        if samples.weight is not None:
            self.weight = samples.weight

    def _order(self) -> Array:
        if self.random is not None:
            drawn = np.arange(len(self.places))
            self.random.shuffle(drawn)  # as sklearn.utils.shuffle does it, without its checks
            self.places = self.places[drawn]
        if self.weight is not None:
            self._weigh(self.weight[self.places])
        return self.places

    def _weigh(self, weights: Array) -> None:
        """Let each batch's weights sum to its size, given them in the epoch's order."""
        sums = np.add.reduceat(weights, self.starts, dtype=np.float64)
        factors = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0.0)
        self.shares[...] = self.alpha * factors
        assert self.samples.weight is not None
        self.samples.weight[self.places] = weights * np.repeat(factors * self.sizes, self.sizes)


def make_steps(
    model: Model, objective: Objective, samples: Samples, batch_size: int, shares: Array
) -> Steps:
    """Return the steps of an epoch; `shares` are those of the penalty, which may change."""
    kind = SparseSteps if isinstance(samples, SparseSamples) else train
    return kind(model, objective, samples, batch_size, shares)


@dataclass
class Part:
    """Consecutive batches of an epoch that are dense at a time."""

    steps: Steps
    shares: Array


class SparseSteps(Steps):
    """Steps on sparse samples: as many batches as memory allows are made dense at a time."""

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
        batches = DENSE_NUMBERS // (samples.x.shape[1] * batch_size)
        self.batches_a_part = max(1, batches)
        self.outputs = np.empty((len(samples), model.output_shape[0]), np.float32)
        self._parts: dict[int, Part] = {}
        self._at = -1

    def begin_epoch(self, order: Array) -> None:
        super().begin_epoch(order)
        self._at = -1

    def take(self, first: int, *, one: bool) -> Taken:
        number, within = divmod(first, self.batches_a_part)
        if number != self._at:
            self._load(number)
        begin = number * self.batches_a_part * self.batch_size
        taken = self._part.steps.take(within, one=one)
        outputs = self._part.steps.outputs
        self.outputs[begin : begin + len(outputs)] = outputs
        return taken

    def _load(self, number: int) -> None:
        """Make the samples of a part dense; a part is as long as all others or is the last."""
        first = number * self.batches_a_part
        rows = slice(first * self.batch_size, (first + self.batches_a_part) * self.batch_size)
        dense = self.samples.take(self.order[rows])
        shares = self.penalty_shares[first : first + self.batches_a_part]
        if len(dense) not in self._parts:
            own = shares.copy()
            steps = train(self.model, self.objective, dense, self.batch_size, own)
            self._parts[len(dense)] = Part(steps, own)
        else:
            self._parts[len(dense)].steps.refill(dense)
        self._at = number
        self._part = self._parts[len(dense)]
        self._part.shares[...] = shares
        self._part.steps.begin_epoch(np.arange(len(dense)))

    def undo(self) -> None:
        self._part.steps.undo()
