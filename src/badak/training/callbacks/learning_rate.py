"""Change the learning rate while training: on a plateau, or by a schedule."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from badak._common.validation import Interval
from badak.errors import InputError
from badak.optimizers.schedules import Schedule
from badak.training.callbacks.base import Callback, Logs
from badak.training.callbacks.stopping import Monitor


class ReduceLROnPlateau(Monitor):
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
            rate = settable_rate(self)
            if self.wait >= self.patience and rate > self.min_lr:
                lowered = max(rate * self.factor, self.min_lr)
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
