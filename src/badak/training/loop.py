"""The training loop: epochs of shuffled batches, each one step; it neither prints nor saves."""

import os
from typing import Any

import numpy as np

from badak import engine
from badak._common.samples import check_pairs, check_samples
from badak._common.validation import as_list, check_whole
from badak.errors import InputError
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.training.callbacks.base import CallbackList
from badak.training.callbacks.history import History
from badak.training.callbacks.progress import progress_for
from badak.training.checkpoint import Checkpoint, describe
from badak.training.data import Samples, check_data, pair_data, split_last, weigh_classes
from badak.training.divergence import diverged
from badak.training.interruption import Interruption
from badak.training.scores import EVALUATION_BATCH, measure, score
from badak.typing import Array, ArrayLike

BATCH_SIZE = 32  # Keras's default


def fit(
    model: Model,
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
    checkpoint: str | os.PathLike[str] | None,
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
    size = _batch_size(model, batch_size, len(samples))
    run = Run(model, samples, objective, size, shuffle)
    held_out_batch = EVALUATION_BATCH
    if validation_batch_size is not None:
        held_out_batch = check_whole(validation_batch_size, "validation_batch_size")

    params = {"epochs": epochs, "steps": run.steps.count, "samples": len(samples)}
    modes = {"loss": "min"} | {m.name: getattr(m, "mode", None) for m in run.metrics}
    watchers = CallbackList(
        [*as_list(callbacks), *progress_for(verbose)], model, {**params, "modes": modes}
    )
    watchers.set_run(run)
    kept = None
    if checkpoint is not None:
        described = describe(model, objective, run.metrics, samples, held_out, size, shuffle)
        kept = Checkpoint(checkpoint, model, watchers.callbacks, described, epochs)
    history = model.history = History(params)
    model.stop_training = False
    with Interruption() as interruption, watchers:
        watchers.on_train_begin()
        first = initial_epoch if kept is None else kept.restore(history, initial_epoch)
        for epoch in range(first, epochs):
            if model.stop_training:
                break
            watchers.on_epoch_begin(epoch)
            logs = run.epoch(epoch, watchers, interruption)
            if kept is not None and (interruption.asked or not run.whole_epoch):
                kept.run_broken_off()
            if interruption.asked:
                history.interrupted = True
                break
            if held_out is not None and (epoch + 1) % every == 0:
                scores = score(model, held_out, objective, run.metrics, held_out_batch)
                logs |= {f"val_{name}": value for name, value in scores.items()}
            watchers.on_epoch_end(epoch, logs)
            history.add(epoch, logs)
            if kept is not None and run.whole_epoch:
                last = epoch + 1 == epochs or model.stop_training or interruption.asked
                kept.epoch_ended(history, last=last)
        watchers.on_train_end()
    return history


class Run:
    """One call of fit: what is trained, on what, in batches of what size."""

    def __init__(
        self, model: Model, samples: Samples, objective: Objective, batch_size: int, shuffle: bool
    ) -> None:
        self.model = model
        self.samples = samples
        self.objective = objective
        self.shuffle = shuffle
        self.metrics = model.metrics_for(objective)
        self.steps = engine.train(model, objective, samples, batch_size)
        self.whole_epoch = False
        """Whether the last epoch went through all samples."""

    def epoch(
        self, epoch: int, watchers: CallbackList, interruption: Interruption
    ) -> dict[str, float]:
        """Take one step for each batch; return the mean loss and the metrics of the outputs."""
        order = self._order()
        self.steps.begin_epoch(order)
        total, seen, batch = 0.0, 0, 0
        while batch < self.steps.count:
            watchers.on_train_batch_begin(batch)
            taken = self.steps.take(batch, one=watchers.every_batch)
            total += float((taken.losses * taken.sizes).sum())
            seen += int(taken.sizes.sum())
            batch += len(taken.losses)
            if taken.failure is not None:
                self._fail(taken.failure, epoch, batch, order, watchers)
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
            targets, outputs = self.samples.t[order[:seen]], self.steps.outputs[:seen]
            logs |= measure(self.metrics, targets, outputs, self.objective)
        return logs

    def _order(self) -> Array:
        count = len(self.samples)
        if not self.shuffle:
            return np.arange(count)
        return np.random.default_rng([self.model.seed, self.model.epoch]).permutation(count)

    def _fail(
        self, value: float, epoch: int, batch: int, order: Array, watchers: CallbackList
    ) -> None:
        """Go back to the last good weights; raise, unless a callback ends the training."""
        met_with = self.model.parameters.vector.copy()
        self.steps.undo()
        notes = watchers.on_diverged(epoch, batch, met_with)
        watchers.on_train_batch_end(batch, {"loss": value})
        if not self.model.stop_training:
            size = self.steps.batch_size
            taken = self.samples.take(order[batch * size : (batch + 1) * size])
            good, loss = self.model.parameters.vector, self.objective.loss
            error = diverged(self.model, value, good, taken, loss, epoch, batch)
            for note in notes:
                error.add_note(note)
            raise error


def _prepare(
    model: Model, x: ArrayLike, y: Any, sample_weight: ArrayLike | None
) -> tuple[Samples, Objective]:
    samples = check_samples(x, model.input_shape, engine.each)
    check_pairs(samples, y, "y")
    if not model.built:
        model.build(samples.shape[1:])
    objective = model.objective(y)
    checked = pair_data(samples, y, sample_weight, objective.loss, model.output_shape[0])
    model.adapt_layers(samples)
    return checked, objective


def _validation(model: Model, data: Any, objective: Objective) -> Samples:
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise InputError("validation_data is (x, y) or (x, y, sample_weight)")
    x, y = data[:2]
    weight = data[2] if len(data) == 3 else None
    try:
        return check_data(x, y, weight, objective.loss, model.input_shape, model.output_shape[0])
    except InputError as error:
        raise InputError(f"validation_data: {error}") from None


def _batch_size(model: Model, batch_size: int | None, count: int) -> int:
    if model.optimizer.full_batch:
        if batch_size not in (None, count):
            raise InputError(
                f"gradient descent takes the whole set at once, not batch_size={batch_size}: "
                f"leave it out, or use the optimizer 'sgd'"
            )
        return count
    return BATCH_SIZE if batch_size is None else check_whole(batch_size, "batch_size")
