"""What watches training: methods that are called as it goes, and do nothing by default."""

import csv
import inspect
import math
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import numpy as np

from badak._common.registry import nearest
from badak._common.validation import Interval
from badak.errors import InputError
from badak.optimizers.schedules import Schedule
from badak.typing import Array

Logs = dict[str, float]


class Callback:
    """Override the methods for the moments that matter; `model` and `params` are set by then.

    To end training, set ``self.model.stop_training = True``.
    """

    model: Any = None
    params: dict[str, Any]
    every_batch = True
    """If it has a method for batches: whether it is to be called for each of them. False lets the
    engine take many at once, and only the last of them is told."""
    remembers: tuple[str, ...] = ()
    """The attributes that later epochs depend on: numbers, texts, lists, arrays or None. They are
    kept in a checkpoint, and set again after `on_train_begin` where a run goes on from one."""

    def set_model(self, model: Any) -> None:
        """Take over the model that is trained."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take over the run's epochs, steps an epoch, samples, and each value's better side."""
        self.params = params

    def set_run(self, run: Any) -> None:
        """Take over the run, a :class:`badak.training.loop.Run`: its samples, loss and steps."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch, also where training was stopped."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch, the first being 0."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """After an epoch and its validation; what is put into `logs` gets into the history."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch, the first being 0."""

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """After a batch, with the epoch's mean loss so far."""

    def on_diverged(self, epoch: int, batch: int, weights: Array) -> str:
        """After a loss that is not finite, met with the flat vector `weights`.

        The model holds the last good weights by then. What is returned is a note to the error.
        """
        return ""

    def close(self) -> None:
        """Let go of what is open; called whether training ended well or not."""


class CallbackList:
    """The callbacks of one run, called one after another."""

    def __init__(self, callbacks: list[Any], model: Any, params: dict[str, Any]) -> None:
        for callback in callbacks:
            if not isinstance(callback, Callback):
                raise InputError(
                    f"callbacks are objects of badak.callbacks.Callback, not {callback!r}"
                )
            callback.set_model(model)
            callback.set_params(params)
        self.callbacks: list[Callback] = callbacks
        self._batch_begin = _overriding(callbacks, "on_train_batch_begin")
        self._batch_end = _overriding(callbacks, "on_train_batch_end")
        self.every_batch = any(c.every_batch for c in {*self._batch_begin, *self._batch_end})
        """Whether someone wants to be told of each batch, not only now and then."""

    def __enter__(self) -> "CallbackList":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for callback in self.callbacks:
            callback.close()

    def set_run(self, run: Any) -> None:
        """Tell all of them."""
        for callback in self.callbacks:
            callback.set_run(run)

    def on_train_begin(self) -> None:
        """Tell all of them."""
        for callback in self.callbacks:
            callback.on_train_begin()

    def on_train_end(self) -> None:
        """Tell all of them."""
        for callback in self.callbacks:
            callback.on_train_end()

    def on_epoch_begin(self, epoch: int) -> None:
        """Tell all of them."""
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Tell all of them."""
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch: int) -> None:
        """Tell those that listen."""
        for callback in self._batch_begin:
            callback.on_train_batch_begin(batch)

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Tell those that listen."""
        for callback in self._batch_end:
            callback.on_train_batch_end(batch, logs)

    def on_diverged(self, epoch: int, batch: int, weights: Array) -> list[str]:
        """Tell all of them; return the notes that they give."""
        notes = [callback.on_diverged(epoch, batch, weights) for callback in self.callbacks]
        return [note for note in notes if note]


def _overriding(callbacks: list[Callback], method: str) -> list[Callback]:
    return [c for c in callbacks if getattr(type(c), method) is not getattr(Callback, method)]


class LambdaCallback(Callback):
    """A callback made of functions: ``LambdaCallback(on_epoch_end=lambda epoch, logs: ...)``."""

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
    ) -> None:
        self._epoch_begin = on_epoch_begin
        self._epoch_end = on_epoch_end
        self._train_begin = on_train_begin
        self._train_end = on_train_end
        self._batch_begin = on_train_batch_begin
        self._batch_end = on_train_batch_end
        self.every_batch = bool(on_train_batch_begin or on_train_batch_end)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Call the function given for it."""
        if self._train_begin is not None:
            self._train_begin(logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Call the function given for it."""
        if self._train_end is not None:
            self._train_end(logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Call the function given for it."""
        if self._epoch_begin is not None:
            self._epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Call the function given for it."""
        if self._epoch_end is not None:
            self._epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call the function given for it."""
        if self._batch_begin is not None:
            self._batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Call the function given for it."""
        if self._batch_end is not None:
            self._batch_end(batch, logs)


class TerminateOnNaN(Callback):
    """End training in silence at a loss that is not finite, in place of the error."""

    every_batch = False

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Stop where the loss is not finite."""
        if not math.isfinite(logs["loss"]):
            self.model.stop_training = True


class Watching(Callback):
    """A callback that watches one value of the logs for getting better.

    `mode` "auto" asks the metric whether larger or smaller is better; only of a function of your
    own it cannot know.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0) -> None:
        if mode not in ("auto", "min", "max"):
            raise InputError(f"mode is 'auto', 'min' or 'max', not {mode!r}")
        self.monitor = monitor
        self.mode = mode
        self.rises = mode == "max"
        self.min_delta = abs(min_delta)
        self.best = self.worst

    def set_params(self, params: dict[str, Any]) -> None:
        """Learn from the run's metrics which values are better."""
        super().set_params(params)
        if self.mode != "auto":
            return
        mode = params.get("modes", {}).get(self.monitor.removeprefix("val_"), "min")
        if mode is None:
            raise InputError(
                f"{type(self).__name__} cannot know whether a larger {self.monitor!r} is better, "
                f"which is a function of yours: give it mode='max' or mode='min'"
            )
        begun = self.best != self.worst  # a threshold was given
        self.rises = mode == "max"
        if not begun:
            self.best = self.worst

    @property
    def worst(self) -> float:
        """The value that every other betters."""
        return -math.inf if self.rises else math.inf

    def value(self, logs: Logs) -> float:
        """Return the watched value; InputError names those that there are."""
        if self.monitor not in logs:
            raise InputError(
                f"{type(self).__name__} watches {self.monitor!r}, but an epoch reports "
                f"{', '.join(logs)}{nearest(self.monitor, logs)}"
                + ("; give fit validation data" if self.monitor.startswith("val_") else "")
            )
        return logs[self.monitor]

    def better(self, value: float, than: float) -> bool:
        """Return whether `value` betters `than` by more than min_delta."""
        if self.rises:
            return value - self.min_delta > than
        return value + self.min_delta < than


class EarlyStopping(Watching):
    """End training when the watched value has not got better for `patience` epochs.

    With `restore_best_weights` the model ends with the weights of its best epoch.
    """

    remembers = ("wait", "stopped_epoch", "best_epoch", "best", "best_weights")

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew."""
        self.wait = 0
        self.stopped_epoch = 0
        self.best_epoch = 0
        self.best = self.worst
        self.best_weights: Array | None = None

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Count the epochs since the last better one."""
        value = self.value(logs)
        if epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.better(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.parameters.vector.copy()
            if self.baseline is None or self.better(value, self.baseline):
                self.wait = 0
        if self.wait >= self.patience and epoch > 0 and self.wait > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Put the best weights back."""
        if self.best_weights is not None:
            self.model.parameters.vector[...] = self.best_weights
        if self.verbose and self.stopped_epoch:
            print(
                f"stopped after epoch {self.stopped_epoch + 1}: no better {self.monitor} than "
                f"{self.best:.4g}, of epoch {self.best_epoch + 1}"
            )


class ModelCheckpoint(Watching):
    """Save the model after each epoch, or after each that is the best so far.

    `filepath` may hold fields such as ``{epoch:02d}`` and ``{val_loss:.3f}``.
    """

    remembers = ("best",)

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: str = "auto",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode)
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        if initial_value_threshold is not None:
            self.best = initial_value_threshold

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Save, if it is to be."""
        if self.save_best_only:
            value = self.value(logs)
            if not self.better(value, self.best):
                return
            self.best = value
        try:
            path = self.filepath.format(epoch=epoch + 1, **logs)
        except KeyError as error:
            raise InputError(
                f"filepath {self.filepath!r} names {error}, but an epoch reports: "
                f"epoch, {', '.join(logs)}"
            ) from None
        self.model.save(path)
        if self.verbose:
            print(f"saved {path}")


class ReduceLROnPlateau(Watching):
    """Multiply the learning rate by `factor` after `patience` epochs without a better value."""

    remembers = ("best", "wait", "cooling")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.factor = Interval(0.0, 1.0, low_is_in=False).check(
            factor, "ReduceLROnPlateau's factor"
        )
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew."""
        settable_rate(self)
        self.best = self.worst
        self.wait = 0
        self.cooling = 0

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Count the epochs since the last better one, and lower the rate when there are enough."""
        value = self.value(logs)
        optimizer = self.model.optimizer
        logs["learning_rate"] = settable_rate(self)
        if self.cooling:
            self.cooling -= 1
            self.wait = 0
        if self.better(value, self.best):
            self.best = value
            self.wait = 0
        elif not self.cooling:
            self.wait += 1
            if self.wait >= self.patience and optimizer.learning_rate > self.min_lr:
                lowered = max(optimizer.learning_rate * self.factor, self.min_lr)
                optimizer.learning_rate = lowered
                self.cooling = self.cooldown
                self.wait = 0
                if self.verbose:
                    print(f"epoch {epoch + 1}: the learning rate is now {lowered:g}")


class LearningRateScheduler(Callback):
    """Set the learning rate before each epoch to what ``schedule(epoch, learning_rate)`` gives.

    A schedule of one argument is given the epoch alone.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule = schedule
        self._of_epoch_alone = _takes_one(schedule)
        self.verbose = verbose

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Meet a schedule at the door."""
        settable_rate(self)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set it."""
        optimizer = self.model.optimizer
        given = settable_rate(self)
        rate = self.schedule(epoch) if self._of_epoch_alone else self.schedule(epoch, given)
        if not isinstance(rate, (int, float, np.floating)):
            raise InputError(f"the schedule gave {rate!r} for epoch {epoch}, not a number")
        optimizer.learning_rate = float(rate)
        if self.verbose:
            print(f"epoch {epoch + 1}: the learning rate is now {rate:g}")

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Note it in the history."""
        logs["learning_rate"] = settable_rate(self)


class CSVLogger(Callback):
    """Write a row of values for each epoch to a CSV file.

    A run that goes on from a checkpoint goes on with its file, from the row of that epoch.
    """

    remembers = ("names", "size")

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        self.path = Path(filename)
        self.separator = separator
        self.append = append
        self._file: TextIO | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file; a wrong folder is met here, before any work."""
        self._file = self.path.open("a", newline="", encoding="utf-8")
        self.names: list[str] | None = None
        self.size = self._bytes() if self.append else 0
        """Bytes of the file that are to stay."""
        self._with_header: bool | None = None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before the first one, take off what does not belong to this run."""
        if self._with_header is None:
            assert self._file is not None
            if self._bytes() > self.size:
                self._file.truncate(self.size)
            self._with_header = self._bytes() == 0

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Write the row, and see that it is on disk should the next epoch fail."""
        assert self._file is not None
        writer = csv.writer(self._file, delimiter=self.separator)
        self.names = self.names or list(logs)
        if self._with_header:
            writer.writerow(["epoch", *self.names])
            self._with_header = False
        writer.writerow([epoch, *(logs.get(name, "") for name in self.names)])
        self._file.flush()
        self.size = self._bytes()

    def _bytes(self) -> int:
        assert self._file is not None
        return os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _takes_one(function: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some compiled functions do not tell
        return False
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    several = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    return not several and sum(p.kind in positional for p in parameters) == 1


def settable_rate(callback: Callback) -> float:
    """Return the model's learning rate; InputError where a schedule of its own sets it."""
    rate = callback.model.optimizer.learning_rate
    if isinstance(rate, Schedule):
        raise InputError(
            f"{type(callback).__name__} sets the learning rate, but the optimizer follows {rate}: "
            f"give the optimizer a number, or leave out the callback"
        )
    return float(rate)
