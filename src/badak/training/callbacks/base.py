"""What watches training: methods that are called as it goes, and do nothing by default."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

from badak.errors import InputError
from badak.layers.model import Model
from badak.typing import Array

Logs = dict[str, float]


class Callback:
    """The base class of what watches training: a method for each moment, which does nothing.

    Override the methods for the moments that matter; `model` and `params` are set by then. To end
    training, set ``self.model.stop_training = True``.

    Attributes
    ----------
    model : Sequential
        The model that is trained.
    params : dict
        The run's "epochs", "steps" an epoch and "samples".

    Examples
    --------
    >>> import numpy as np, badak
    >>> class Enough(Callback):
    ...     def on_epoch_end(self, epoch, logs):
    ...         self.model.stop_training = logs["loss"] < 1e-3
    >>> model = badak.Sequential([badak.layers.Dense(1)])
    >>> x = np.linspace(-1.0, 1.0, 20).reshape(-1, 1)
    >>> history = model.fit(x, 0.0 * x, epochs=1000, callbacks=[Enough()], verbose=0)
    >>> len(history.epoch) < 1000
    True
    """

    model: Model
    params: dict[str, Any]
    every_batch = True
    """If it has a method for batches: whether it is to be called for each of them. False lets the
    engine take many at once, and only the last of them is told."""
    remembers: tuple[str, ...] = ()
    """The attributes that later epochs depend on: numbers, texts, lists, arrays or None. They are
    kept in a checkpoint, and set again after `on_train_begin` where a run goes on from one."""

    def set_model(self, model: Model) -> None:
        """Keep the model that is trained.

        Parameters
        ----------
        model : Sequential
            The model.
        """
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Keep the settings of the run.

        Parameters
        ----------
        params : dict
            "epochs", "steps" an epoch, "samples", and under "modes" whether each value is better
            when it falls ("min") or rises ("max").
        """
        self.params = params

    def set_run(self, run: Any) -> None:
        """Keep the run, for a callback that looks into its steps.

        Parameters
        ----------
        run : badak.training.run.Run
            The run: its samples, objective and steps.
        """

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Do what comes before the first epoch.

        Parameters
        ----------
        logs : dict of str to float, optional
            None; there are no values yet.
        """

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Do what comes after the last epoch, also where training was stopped.

        Parameters
        ----------
        logs : dict of str to float, optional
            None.
        """

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Do what comes before an epoch.

        Parameters
        ----------
        epoch : int
            The epoch, the first being 0.
        logs : dict of str to float, optional
            None.
        """

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Do what comes after an epoch and its validation.

        Parameters
        ----------
        epoch : int
            The epoch, the first being 0.
        logs : dict of str to float
            Loss and metrics by their names, of the validation data with "val_" before the name.
            What is put into it gets into the history.
        """

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do what comes before a batch.

        Parameters
        ----------
        batch : int
            The batch within the epoch, the first being 0.
        logs : dict of str to float, optional
            None.
        """

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Do what comes after a batch.

        Parameters
        ----------
        batch : int
            The batch within the epoch, the first being 0.
        logs : dict of str to float
            The mean "loss" of the epoch so far.
        """

    def on_diverged(self, epoch: int, batch: int, weights: Array) -> str:
        """Say what is known of a loss that is not finite.

        The model holds the last good weights by then.

        Parameters
        ----------
        epoch : int
            The epoch, the first being 0.
        batch : int
            The batch within the epoch, the first being 0.
        weights : ndarray
            The flat vector of the weights that the loss was met with.

        Returns
        -------
        str
            A note to the DivergedError; empty: none.
        """
        return ""

    def close(self) -> None:
        """Close what is open; called whether training ended well or not."""


class CallbackList:
    """The callbacks of one run, called one after another."""

    def __init__(self, callbacks: list[Any], model: Model, params: dict[str, Any]) -> None:
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
    """A callback made of functions.

    Parameters
    ----------
    on_epoch_begin, on_epoch_end : callable, optional
        Called with (epoch, logs).
    on_train_begin, on_train_end : callable, optional
        Called with (logs).
    on_train_batch_begin, on_train_batch_end : callable, optional
        Called with (batch, logs). The engine then stops at each batch.

    Examples
    --------
    >>> import numpy as np, badak
    >>> losses = []
    >>> watch = LambdaCallback(on_epoch_end=lambda epoch, logs: losses.append(logs["loss"]))
    >>> model = badak.Sequential([badak.layers.Dense(1)])
    >>> history = model.fit(np.eye(3), np.ones((3, 1)), epochs=4, callbacks=[watch], verbose=0)
    >>> losses == history.history["loss"]
    True
    """

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
