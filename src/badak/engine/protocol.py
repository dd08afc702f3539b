"""The engine protocol: what runs a network has to offer."""

from collections.abc import Sized
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.typing import Array


class CannotRunError(Exception):
    """An engine cannot run this network; the message says why."""


class SampleSet(Sized, Protocol):
    """Samples, their targets as the loss takes them, and their weights if they have any."""

    @property
    def x(self) -> Array:
        """The samples, (samples, *input_shape)."""

    @property
    def t(self) -> Array:
        """The targets: (samples, units), or (samples,) if they are class numbers."""

    @property
    def weight(self) -> Array | None:
        """The samples' weights, (samples,)."""

    def take(self, chosen: Any) -> "SampleSet":
        """Return the samples that a slice or an array of indices chooses."""


@dataclass(frozen=True)
class Taken:
    """Some steps that were taken: each one's mean loss, penalties included, and its samples."""

    losses: Array
    sizes: Array
    failure: float | None = None
    """The loss of the step after them, if it was not finite."""


class Steps:
    """Training steps of one model on one set of samples, the base class of every engine's.

    All engines leave the same behind: the weights moved, ``model.step`` counted on, the outputs
    kept for the metrics. A step whose loss is not finite is not taken, and :meth:`undo` goes back
    to the last weights whose loss was.

    Parameters
    ----------
    model
        The network; its weights and the optimizer's slots are updated in place.
    objective
        The loss, on outputs or on pre-activations.
    samples
        What is trained on; checked before.
    batch_size
        Samples of a step; an epoch's last step may have fewer.
    penalty_shares
        What each step of an epoch multiplies the regularizers' penalties by, (steps,); None: 1.
        The caller may overwrite the array between epochs.
    """

    outputs: Array
    """What the network answered in this epoch, in the epoch's order; (samples, units)."""

    def __init__(
        self,
        model: Model,
        objective: Objective,
        samples: SampleSet,
        batch_size: int,
        penalty_shares: Array | None = None,
    ) -> None:
        self.model = model
        self.objective = objective
        self.samples = samples
        self.batch_size = batch_size
        self.penalty_shares = penalty_shares
        self.order: Array = np.arange(len(samples))

    @property
    def count(self) -> int:
        """How many steps an epoch has; the last batch may be short."""
        return -(-len(self.order) // self.batch_size)

    def reaches(self, step: int) -> bool:
        """Return whether the epoch has a step of this number, the first being 0."""
        return step < self.count

    def begin_epoch(self, order: Array) -> None:
        """Take the samples in this order from now on; it may leave out some of them."""
        self.order = order

    def go_on(self, samples: SampleSet) -> None:
        """Overwrite the first samples with these, and take them alone from now on, in their order.

        They are a further part of what is trained on: undoing may still go back before them.
        """
        self._overwrite(samples)
        self.begin_epoch(np.arange(len(samples)))

    def refill(self, samples: SampleSet) -> None:
        """Overwrite the samples with as many others; much cheaper than new steps."""
        self._overwrite(samples)

    def _overwrite(self, samples: SampleSet) -> None:
        for old, new in self._memory(samples):
            if old is not None:
                old[: len(samples)] = new

    def _memory(self, samples: SampleSet) -> list[tuple[Array | None, Array | None]]:
        own = self.samples
        return [(own.x, samples.x), (own.t, samples.t), (own.weight, samples.weight)]

    def take(self, first: int, *, one: bool) -> Taken:
        """Take step `first` of the epoch, and unless `one` is asked as many more as are wise."""
        raise NotImplementedError

    def undo(self) -> None:
        """Go back to the last weights whose loss was finite, and forget the optimizer's memory."""
        raise NotImplementedError


class Predictor(Protocol):
    """Answers of one model to samples of one type."""

    @property
    def element(self) -> np.dtype[Any]:
        """The type of samples that :meth:`predict_if_finite` takes."""

    @property
    def last_activation(self) -> bool:
        """Whether answers are outputs, or the last layer's pre-activations."""

    def __call__(self, x: Array, batch_size: int) -> Array:
        """Return the outputs (samples, units) for finite samples.

        An engine that chooses its own batches ignores `batch_size`.
        """

    def predict_if_finite(self, x: Array) -> Array | None:
        """Return the outputs if that is quick and samples and outputs are finite, else None."""


class Engine(Protocol):
    """Trains networks and answers for them."""

    name: str
    """What ``engine=`` and BADAK_ENGINE call it."""

    def train(
        self,
        model: Model,
        objective: Objective,
        samples: SampleSet,
        batch_size: int,
        penalty_shares: Array | None = None,
    ) -> Steps:
        """Return steps that train the model; the arguments are those of :class:`Steps`.

        Raises
        ------
        CannotRunError
            This engine cannot train the network.
        """

    def predictor(self, model: Model, dtype: np.dtype[Any], *, last_activation: bool) -> Predictor:
        """Return what answers for the model to samples of type `dtype`.

        Raises
        ------
        CannotRunError
            This engine cannot run the network.
        """
