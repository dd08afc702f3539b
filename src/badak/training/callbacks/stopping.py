"""Stop training: on NaN, or when a monitored quantity no longer improves."""

import math
from typing import Any

from badak._common.registry import nearest
from badak.errors import InputError
from badak.training.callbacks.base import Callback, Logs
from badak.typing import Array


class TerminateOnNaN(Callback):
    """End training in silence at a loss that is not finite, in place of the DivergedError.

    Examples
    --------
    >>> import numpy as np, badak
    >>> model = badak.Sequential([badak.layers.Dense(1)])
    >>> x = np.linspace(-1.0, 1.0, 20).reshape(-1, 1)
    >>> model.compile(badak.optimizers.SGD(1e20))
    >>> history = model.fit(x, 2.0 * x, epochs=50, callbacks=[TerminateOnNaN()], verbose=0)
    >>> len(history.epoch) < 50
    True
    """

    every_batch = False

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Stop where the loss is not finite."""
        if not math.isfinite(logs["loss"]):
            self.model.stop_training = True


class Monitor(Callback):
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


class EarlyStopping(Monitor):
    """End training when the watched value has not got better for `patience` epochs.

    Parameters
    ----------
    monitor : str
        The value that is watched, such as "val_loss" or "accuracy".
    min_delta : float
        By how much a value must be better to count.
    patience : int
        How many epochs without a better value end the training.
    verbose : int
        1 prints a line where training is ended, 0 does not.
    mode : {"auto", "min", "max"}
        Whether the value is better when it falls or rises; "auto" asks the loss or metric.
    baseline : float, optional
        What the value must better to reset the count of epochs.
    restore_best_weights : bool
        Whether the model ends with the weights of its best epoch.
    start_from_epoch : int
        How many epochs pass before the value is watched.

    Raises
    ------
    InputError
        A setting is none of these, or the run reports no such value.

    Examples
    --------
    >>> import numpy as np, badak
    >>> model = badak.Sequential([badak.layers.Dense(1)])
    >>> x = np.linspace(-1.0, 1.0, 20).reshape(-1, 1)
    >>> stop = EarlyStopping("val_loss", patience=3, restore_best_weights=True)
    >>> history = model.fit(
    ...     x, 0.0 * x, epochs=1000, validation_split=0.2, callbacks=[stop], verbose=0
    ... )
    >>> stop.stopped_epoch == history.epoch[-1]
    True
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
