"""Change the learning rate while training: on a plateau, or by a schedule."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.validation import NOT_NEGATIVE, Interval, check_whole
from badak.errors import InputError
from badak.optimizers.schedules import Schedule
from badak.training.callbacks.base import Callback, Logs
from badak.training.callbacks.stopping import Monitor


class ReduceLROnPlateau(Monitor):
    """Multiply the learning rate by `factor` after `patience` epochs without a better value.

    Parameters
    ----------
    monitor : str
        The value that is watched, such as "val_loss" or "accuracy".
    factor : float
        What the rate is multiplied by, in (0, 1).
    patience : int
        How many epochs without a better value lower the rate.
    verbose : int
        1 prints a line where the rate is lowered, 0 does not.
    mode : {"auto", "min", "max"}
        Whether the value is better when it falls or rises; "auto" asks the loss or metric.
    min_delta : float
        By how much a value must be better to count.
    cooldown : int
        How many epochs after a lowering are not counted.
    min_lr : float
        The rate is not lowered below this.

    Raises
    ------
    InputError
        A setting is none of these, the run reports no such value, or a schedule sets the rate.

    Examples
    --------
    >>> import numpy as np, badak
    >>> model = badak.Sequential([badak.layers.Dense(1)])
    >>> x = np.linspace(-1.0, 1.0, 20).reshape(-1, 1)
    >>> lower = ReduceLROnPlateau("loss", factor=0.5, patience=2, min_lr=1e-4)
    >>> history = model.fit(x, 2.0 * x, epochs=5, callbacks=[lower], verbose=0)
    >>> len(history.history["learning_rate"])
    5
    """

    reports = ("learning_rate",)
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
        self.factor = Interval(0.0, 1.0, low_is_in=False).check(factor, self._own("factor"))
        self.patience = check_whole(patience, self._own("patience"), least=0)
        self.verbose = verbose
        self.cooldown = check_whole(cooldown, self._own("cooldown"), least=0)
        self.min_lr = NOT_NEGATIVE.check(min_lr, self._own("min_lr"))

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
        if value is None:
            return
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
                    print(
                        message(
                            "epoch {epoch}: the learning rate is now {lowered:g}",
                            epoch=epoch + 1,
                            lowered=lowered,
                        )
                    )


class LearningRateScheduler(Callback):
    """Set the learning rate before each epoch to what a function gives.

    Parameters
    ----------
    schedule : callable
        Called with (epoch, learning_rate), or with (epoch) if it takes one argument; the first
        epoch is 0.
    verbose : int
        1 prints a line before each epoch, 0 does not.

    Raises
    ------
    InputError
        The function gives no number, or a schedule of the optimizer sets the rate.

    Examples
    --------
    >>> import numpy as np, badak
    >>> model = badak.Sequential([badak.layers.Dense(1)])
    >>> x = np.linspace(-1.0, 1.0, 20).reshape(-1, 1)
    >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2)
    >>> model.compile(badak.optimizers.SGD(0.1), "mean_squared_error")
    >>> history = model.fit(x, 2.0 * x, epochs=3, callbacks=[halve], verbose=0)
    >>> history.history["learning_rate"]
    [0.05, 0.025, 0.0125]
    """

    reports = ("learning_rate",)

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise InputError(
                message(
                    "LearningRateScheduler's schedule must be a function, not {schedule!r}",
                    schedule=schedule,
                )
            )
        self.schedule = schedule
        self._of_epoch_alone = _takes_one(schedule)
        self.verbose = verbose

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Refuse an optimizer with a schedule before the first step."""
        settable_rate(self)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set it."""
        optimizer = self.model.optimizer
        given = settable_rate(self)
        rate = self.schedule(epoch) if self._of_epoch_alone else self.schedule(epoch, given)
        if not isinstance(rate, (int, float, np.floating)):
            raise InputError(
                message(
                    "the schedule gave {rate!r} for epoch {epoch}, not a number",
                    rate=rate,
                    epoch=epoch,
                )
            )
        optimizer.learning_rate = float(rate)
        if self.verbose:
            print(
                message(
                    "epoch {epoch}: the learning rate is now {rate:g}", epoch=epoch + 1, rate=rate
                )
            )

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
            message(
                "{kind} sets the learning rate, but the optimizer follows {rate}: give the "
                "optimizer a number, or leave out the callback",
                kind=type(callback).__name__,
                rate=rate,
            )
        )
    return float(rate)
