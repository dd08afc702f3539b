"""Stop training: on NaN, or when a monitored quantity no longer improves."""

import math
from collections.abc import Collection
from typing import Any

import numpy as np

from badak._common.language import Phrase, message
from badak._common.registry import nearest
from badak._common.validation import FINITE, Flag, Interval, check_whole, setting_of
from badak.errors import InputError
from badak.training.callbacks.base import Callback, Logs
from badak.typing import Array

OPTIONAL = Interval(-math.inf, low_is_in=False, optional=True)


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
    """A callback that watches whether one value of the logs gets better.

    `mode` "auto" asks the metric whether larger or smaller is better; only of a function of your
    own it cannot know.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float = 0.0) -> None:
        if not isinstance(monitor, str):
            raise InputError(
                message(
                    "{own} must be a name, not {monitor!r}",
                    own=self._own("monitor"),
                    monitor=monitor,
                )
            )
        if mode not in ("auto", "min", "max"):
            raise InputError(message("mode is 'auto', 'min' or 'max', not {mode!r}", mode=mode))
        self.monitor = monitor
        self.mode = mode
        self.rises = mode == "max"
        self.min_delta = abs(FINITE.check(min_delta, self._own("min_delta")))
        self.best = self.worst

    def _own(self, setting: str) -> Phrase:
        return setting_of(type(self).__name__, setting)

    def set_params(self, params: dict[str, Any]) -> None:
        """Learn which values there will be, and whether the watched one is better when it rises."""
        super().set_params(params)
        if not self.watches:
            return
        if "values" in params and not params["more"]:
            self._check_reported(params["values"])
        if self.mode != "auto":
            return
        mode = params.get("modes", {}).get(self.monitor.removeprefix("val_"), "min")
        if mode is None:
            raise InputError(
                message(
                    "{kind} cannot know whether a larger {monitor!r} is better, which is a "
                    "function of yours: give it mode='max' or mode='min'",
                    kind=type(self).__name__,
                    monitor=self.monitor,
                )
            )
        begun = self.best != self.worst  # a threshold was given
        self.rises = mode == "max"
        if not begun:
            self.best = self.worst

    @property
    def watches(self) -> bool:
        """Whether the value decides anything."""
        return True

    def _check_reported(self, names: Collection[str]) -> None:
        if self.monitor not in names:
            raise InputError(
                message(
                    "{kind} watches {monitor!r}, but an epoch reports {names}{nearest}; give fit "
                    "validation data",
                    kind=type(self).__name__,
                    monitor=self.monitor,
                    names=", ".join(names),
                    nearest=nearest(self.monitor, names),
                )
                if self.monitor.startswith("val_")
                else message(
                    "{kind} watches {monitor!r}, but an epoch reports {names}{nearest}",
                    kind=type(self).__name__,
                    monitor=self.monitor,
                    names=", ".join(names),
                    nearest=nearest(self.monitor, names),
                )
            )

    @property
    def worst(self) -> float:
        """The value that every other betters."""
        return -math.inf if self.rises else math.inf

    def value(self, logs: Logs) -> float | None:
        """Return the watched value, None in an epoch without: validation may be rare.

        InputError where the run does not report it at all, with the names of what it does.
        """
        if self.monitor in logs:
            return logs[self.monitor]
        if self.monitor not in self.params.get("values", ()):
            self._check_reported(logs)
        return None

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
        What the value must better, too, to reset the count of epochs.
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
        self._diverged = False
        self.patience = check_whole(patience, self._own("patience"), least=0)
        self.verbose = verbose
        self.baseline = OPTIONAL.check(baseline, self._own("baseline"))
        self.restore_best_weights = Flag().check(
            restore_best_weights, self._own("restore_best_weights")
        )
        self.start_from_epoch = check_whole(
            start_from_epoch, self._own("start_from_epoch"), least=0
        )

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew."""
        self.wait = 0
        self.stopped_epoch = 0
        self.best_epoch = 0
        self.best = self.worst
        self.best_weights: Array | None = None
        self._diverged = False

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Count the epochs since the last better one."""
        value = self.value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep(epoch)
        self.wait += 1
        if self.better(value, self.best):
            self.best = value
            self._keep(epoch)
            if self.baseline is None or self.better(value, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _keep(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.parameters.vector.copy()

    def on_diverged(self, epoch: int, batch: int, weights: Array) -> str:
        """Have the best weights put back when training has ended."""
        self._diverged = self.best_weights is not None
        return (
            message(
                "EarlyStopping restored the best weights, of epoch {epoch}",
                epoch=self.best_epoch + 1,
            )
            if self._diverged
            else ""
        )

    def close(self) -> None:
        """Put the best weights back where the loss diverged: `on_train_end` is not called then."""
        if self._diverged:
            self._restore()
        self._diverged = False

    def _restore(self) -> None:
        if self.best_weights is not None and np.isfinite(self.best_weights).all():
            self.model.parameters.vector[...] = self.best_weights

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Put the best weights back."""
        self._restore()
        if self.verbose and self.stopped_epoch:
            print(
                message(
                    "stopped after epoch {stopped_epoch}: no better {monitor} than {best:.4g}, of "
                    "epoch {best_epoch}",
                    stopped_epoch=self.stopped_epoch + 1,
                    monitor=self.monitor,
                    best=self.best,
                    best_epoch=self.best_epoch + 1,
                )
            )
