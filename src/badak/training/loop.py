"""The training loop: epochs of shuffled batches, each one step; it neither prints nor saves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import reference
from badak.errors import InputError
from badak.inputs import check_pairs, check_samples
from badak.objective import Objective
from badak.ranges import check_whole
from badak.training.callbacks import CallbackList
from badak.training.data import Samples, check_data, split_last, weigh_classes
from badak.training.divergence import diverged
from badak.training.history import History
from badak.training.interruption import Interruption
from badak.training.progress import progress_for
from badak.training.scores import EVALUATION_BATCH, measure, score
from badak.typing import Array, ArrayLike

BATCH_SIZE = 32  # Keras's default


def fit(
    model: Any,
    x: ArrayLike,
    y: Any,
    *,
    batch_size: int | None,
    epochs: int,
    verbose: int | str,
    callbacks: Any,
    validation_split: float,
    validation_data: Any,
    shuffle: bool,
    class_weight: dict[int, float] | None,
    sample_weight: ArrayLike | None,
    initial_epoch: int,
    validation_batch_size: int | None,
    validation_freq: int,
) -> History:
    """Train `model`; the arguments are those of :meth:`badak.Sequential.fit`."""
    check_whole(epochs, "epochs")
    check_whole(initial_epoch, "initial_epoch", least=0)
    every = check_whole(validation_freq, "validation_freq")
    samples, objective = _prepare(model, x, y, sample_weight)
    held_out = None
    if validation_data is not None:
        held_out = _validation(model, validation_data, objective)
    elif validation_split:
        samples, held_out = split_last(samples, validation_split)
    if class_weight is not None:
        samples = weigh_classes(samples, class_weight, model.output_shape[0])
    run = Run(model, samples, objective, _batch_size(model, batch_size, len(samples)), shuffle)
    held_out_batch = EVALUATION_BATCH
    if validation_batch_size is not None:
        held_out_batch = check_whole(validation_batch_size, "validation_batch_size")

    steps = run.steps
    params = {"epochs": epochs, "steps": steps, "samples": len(samples)}
    history = model.history = History(params)
    watchers = CallbackList([*_listed(callbacks), *progress_for(verbose)], model, params)
    model.stop_training = False
    with Interruption() as interruption, watchers:
        watchers.on_train_begin()
        for epoch in range(initial_epoch, epochs):
            watchers.on_epoch_begin(epoch)
            logs = run.epoch(epoch, watchers, interruption)
            if interruption.asked:
                history.interrupted = True
                break
            if held_out is not None and (epoch + 1) % every == 0:
                scores = score(model, held_out, objective, run.metrics, held_out_batch)
                logs |= {f"val_{name}": value for name, value in scores.items()}
            watchers.on_epoch_end(epoch, logs)
            history.add(epoch, logs)
            if model.stop_training:
                break
        watchers.on_train_end()
    return history


@dataclass
class Run:
    """One call of fit: what is trained, on what, in batches of what size."""

    model: Any
    samples: Samples
    objective: Objective
    batch_size: int
    shuffle: bool

    def __post_init__(self) -> None:
        self.metrics = self.model.metrics_for(self.objective)
        self.outputs = np.empty((len(self.samples), self.model.output_shape[0]), np.float32)

    @property
    def steps(self) -> int:
        """How many batches an epoch has; the last one may be short."""
        return -(-len(self.samples) // self.batch_size)

    def epoch(
        self, epoch: int, watchers: CallbackList, interruption: Interruption
    ) -> dict[str, float]:
        """Take one step for each batch; return the mean loss and the metrics of the outputs."""
        order = self._order()
        total, seen = 0.0, 0
        for batch, chosen in enumerate(self._batches(order)):
            watchers.on_train_batch_begin(batch)
            value = self._step(epoch, batch, chosen, watchers)
            if not np.isfinite(value):
                break
            total += value * len(chosen)
            seen += len(chosen)
            watchers.on_train_batch_end(batch, {"loss": total / seen})
            if interruption.asked or self.model.stop_training:
                break
        self.model.epoch += 1
        if not seen:
            return {"loss": float("nan")}
        chosen = order[:seen]
        measured = measure(
            self.metrics, self.samples.t[chosen], self.outputs[:seen], self.objective
        )
        return {"loss": total / seen, **measured}

    def _order(self) -> Array:
        count = len(self.samples)
        if not self.shuffle:
            return np.arange(count)
        return np.random.default_rng([self.model.seed, self.model.epoch]).permutation(count)

    def _batches(self, order: Array) -> Iterator[Array]:
        return (order[i : i + self.batch_size] for i in range(0, len(order), self.batch_size))

    def _step(self, epoch: int, batch: int, chosen: Array, watchers: CallbackList) -> float:
        model = self.model
        samples = self.samples.take(chosen)
        before = model.parameters.vector.copy()
        with np.errstate(all="ignore"):  # what overflows ends in a loss that is not finite
            value, output = reference.training_step(
                model.layers,
                model.parameters,
                self.objective,
                model.optimizer,
                model.slots(),
                samples.x.astype(np.float32, copy=False),
                samples.t,
                samples.weight,
                reference.Mode(True, model.seed, model.step + 1),
            )
            moved_well = np.isfinite(model.parameters.vector.sum())
        if np.isfinite(value) and moved_well:
            model.step += 1
            start = batch * self.batch_size
            self.outputs[start : start + len(chosen)] = output
            self._good = before
            return value
        self._undo(before, moved_well)
        value = value if not np.isfinite(value) else float("nan")
        watchers.on_train_batch_end(batch, {"loss": value})
        if not model.stop_training:
            raise diverged(model, value, model.parameters.vector, samples.x, epoch, batch)
        return value

    def _undo(self, before: Array, moved_well: bool) -> None:
        """Go back to the last weights whose loss was finite."""
        good = getattr(self, "_good", before) if moved_well else before
        self.model.parameters.vector[...] = good
        self.model.forget_slots()


def _prepare(
    model: Any, x: ArrayLike, y: Any, sample_weight: ArrayLike | None
) -> tuple[Samples, Objective]:
    samples = check_samples(x, model.input_shape)
    check_pairs(samples, y, "y")
    if not model.built:
        model.build(samples.shape[1:])
    objective = model.objective(y)
    checked = check_data(
        samples, y, sample_weight, objective.loss, model.input_shape, model.output_shape[0]
    )
    model.adapt(samples)
    return checked, objective


def _validation(model: Any, data: Any, objective: Objective) -> Samples:
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise InputError("validation_data is (x, y) or (x, y, sample_weight)")
    x, y = data[:2]
    weight = data[2] if len(data) == 3 else None
    try:
        return check_data(x, y, weight, objective.loss, model.input_shape, model.output_shape[0])
    except InputError as error:
        raise InputError(f"validation_data: {error}") from None


def _batch_size(model: Any, batch_size: int | None, count: int) -> int:
    if model.optimizer.full_batch:
        if batch_size not in (None, count):
            raise InputError(
                f"gradient descent takes the whole set at once, not batch_size={batch_size}: "
                f"leave it out, or use the optimizer 'sgd'"
            )
        return count
    return BATCH_SIZE if batch_size is None else check_whole(batch_size, "batch_size")


def _listed(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    return list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
