"""The training loop: epochs of shuffled batches, each one step; it neither prints nor saves."""

import os
import warnings
from pathlib import Path
from typing import Any

from badak._common.interruption import Interruption
from badak._common.language import message
from badak._common.streams import called
from badak._common.validation import as_list, check_whole
from badak.errors import DataWarning
from badak.layers.model import Model
from badak.training.callbacks.base import CallbackList
from badak.training.callbacks.history import History
from badak.training.callbacks.progress import progress_for
from badak.training.checkpoint import Checkpoint
from badak.training.problem import Problem, pose
from badak.training.scores import EVALUATION_BATCH, score


def fit(
    model: Model,
    x: Any,
    y: Any,
    *,
    epochs: int,
    verbose: int | str,
    callbacks: Any,
    initial_epoch: int,
    validation_batch_size: int | None,
    validation_freq: int,
    checkpoint: str | os.PathLike[str] | None,
    **data: Any,
) -> History:
    """Train `model`; the arguments are those of :meth:`badak.Sequential.fit`."""
    check_whole(epochs, "epochs")
    check_whole(initial_epoch, "initial_epoch", least=0)
    every = check_whole(validation_freq, "validation_freq")
    problem = pose(model, x, y, epochs=epochs - initial_epoch, **data)
    run = problem.run()
    held_out_batch = EVALUATION_BATCH
    if validation_batch_size is not None:
        held_out_batch = check_whole(validation_batch_size, "validation_batch_size")

    samples = None if problem.stream is not None else len(problem.samples)
    params = {"epochs": epochs, "steps": run.length, "samples": samples}
    watchers = _watchers(problem, [*as_list(callbacks), *progress_for(verbose)], params)
    watchers.set_run(run)
    kept = None
    if checkpoint is not None:
        kept = Checkpoint(checkpoint, problem, watchers.callbacks, epochs)
    history = model.history = History(params)
    model.stop_training = False
    with Interruption() as interruption, watchers:

        def over() -> bool:
            return model.stop_training or interruption.asked or not run.has_more()

        watchers.on_train_begin()
        first = initial_epoch if kept is None else kept.restore(history, initial_epoch)
        for epoch in range(first, epochs):
            if over():
                break
            watchers.on_epoch_begin(epoch)
            logs = run.epoch(epoch, watchers, interruption)
            if kept is not None and (interruption.asked or not run.whole_epoch):
                kept.run_broken_off()
            if interruption.asked:
                break
            if problem.held_out is not None and (epoch + 1) % every == 0:
                scores = score(
                    model,
                    problem.held_out,
                    problem.objective,
                    problem.metrics,
                    held_out_batch,
                    watchers,
                )
                logs |= {f"val_{name}": value for name, value in scores.items()}
            watchers.on_epoch_end(epoch, logs)
            history.add(epoch, logs)
            if kept is not None and run.whole_epoch:
                last = epoch + 1 == epochs or over()
                kept.epoch_ended(history, last=last)
        watchers.on_train_end()
        history.interrupted = interruption.asked
    if problem.stream is not None and problem.stream.source.ran_out:
        warnings.warn(
            message(
                "{called} ran out of batches after {count} of {epochs} epochs, and training "
                "ended: let it give steps_per_epoch * epochs of them",
                called=called(x),
                count=len(history.epoch),
                epochs=epochs,
            )
            if run.whole_epoch
            else message(
                "{called} ran out of batches after {count} of {epochs} epochs, the last of them "
                "cut short, and training ended: let it give steps_per_epoch * epochs of them",
                called=called(x),
                count=len(history.epoch),
                epochs=epochs,
            ),
            DataWarning,
            stacklevel=3,
        )
    return history


def check_state(
    model: Model, x: Any, y: Any, *, epochs: int, callbacks: Any, checkpoint: Path, **data: Any
) -> None:
    """Raise InputError or FileFormatError where a fit could not go on from its checkpoint.

    The arguments are those of :meth:`badak.Sequential.fit`; nothing is trained.
    """
    problem = pose(
        model,
        x,
        y,
        epochs=epochs,
        shuffle=True,
        class_weight=None,
        validation_split=0.0,
        steps_per_epoch=None,
        validation_steps=None,
        **data,
    )
    Checkpoint(checkpoint, problem, as_list(callbacks), epochs)


def _watchers(problem: Problem, callbacks: list[Any], params: dict[str, Any]) -> CallbackList:
    modes = {"loss": "min"} | {m.name: getattr(m, "mode", None) for m in problem.metrics}
    return CallbackList(
        callbacks, problem.model, {**params, "modes": modes, "values": problem.values}
    )
