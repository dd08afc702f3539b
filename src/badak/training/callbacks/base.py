"""What watches training: methods that are called as it goes, and do nothing by default."""

import inspect
from collections.abc import Callable
from types import TracebackType
from typing import Any

from badak._common.language import message
from badak._common.registry import nearest
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
    engine take many at once, and only the last of them is told. It is asked again before each."""
    reports: tuple[str, ...] = ()
    """The names of the values that badak's own callbacks put into the logs of an epoch."""
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
            "epochs", "steps" an epoch and "samples"; under "modes" whether each value is better
            when it falls ("min") or rises ("max"), None where nobody knows; under "values" the
            names of what an epoch reports, and under "more" whether callbacks may add to them.
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

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do what comes before a batch of training; an older name of Keras.

        Parameters
        ----------
        batch : int
            The batch within the epoch, the first being 0.
        logs : dict of str to float, optional
            None.
        """

    def on_batch_end(self, batch: int, logs: Logs) -> None:
        """Do what comes after a batch of training; an older name of Keras.

        Parameters
        ----------
        batch : int
            The batch within the epoch, the first being 0.
        logs : dict of str to float
            The mean "loss" of the epoch so far.
        """

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do what comes before a batch of training; it calls :meth:`on_batch_begin`.

        Parameters
        ----------
        batch : int
            The batch within the epoch, the first being 0.
        logs : dict of str to float, optional
            None.
        """
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Do what comes after a batch of training; it calls :meth:`on_batch_end`.

        Parameters
        ----------
        batch : int
            The batch within the epoch, the first being 0.
        logs : dict of str to float
            The mean "loss" of the epoch so far.
        """
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Do what comes before data are scored: in evaluate, and in fit the validation data.

        Parameters
        ----------
        logs : dict of str to float, optional
            None.
        """

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Do what comes after data are scored.

        Parameters
        ----------
        logs : dict of str to float, optional
            Loss and metrics by their names.
        """

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do what comes before a batch is scored.

        Parameters
        ----------
        batch : int
            The batch within the data, the first being 0.
        logs : dict of str to float, optional
            None.
        """

    def on_test_batch_end(self, batch: int, logs: Logs) -> None:
        """Do what comes after a batch is scored.

        Parameters
        ----------
        batch : int
            The batch within the data, the first being 0.
        logs : dict of str to float
            The mean "loss" of the batches so far, penalties left out.
        """

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Do what comes before predict answers.

        Parameters
        ----------
        logs : dict of str to float, optional
            None.
        """

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Do what comes after predict has answered.

        Parameters
        ----------
        logs : dict of str to float, optional
            None.
        """

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do what comes before predict answers a batch.

        Parameters
        ----------
        batch : int
            The batch within the samples, the first being 0.
        logs : dict of str to float, optional
            None.
        """

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        """Do what comes after predict has answered a batch.

        Parameters
        ----------
        batch : int
            The batch within the samples, the first being 0.
        logs : dict of str to ndarray
            The "outputs" of the batch.
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


MOMENTS = tuple(name for name in vars(Callback) if name.startswith("on_"))
"""The methods that are called as training goes."""

BATCHES = tuple(name for name in MOMENTS if name.endswith(("batch_begin", "batch_end")))


class CallbackList:
    """The callbacks of one run, called one after another."""

    def __init__(self, callbacks: list[Any], model: Model, params: dict[str, Any]) -> None:
        for callback in callbacks:
            if not isinstance(callback, Callback):
                raise InputError(
                    message(
                        "callbacks are objects of badak.callbacks.Callback, not {callback!r}",
                        callback=callback,
                    )
                )
            _check_names(callback)
        self.callbacks: list[Callback] = callbacks
        self._of_batches = {name: _overriding(callbacks, name) for name in BATCHES}
        for when in ("begin", "end"):  # a method of Keras's older name is called by the newer one
            both = f"on_train_batch_{when}", f"on_batch_{when}"
            self._of_batches[both[0]] = [
                c for c in callbacks if any(c in self._of_batches[name] for name in both)
            ]
        of_training = (*self._of_batches["on_train_batch_begin"],)
        of_training += (*self._of_batches["on_train_batch_end"],)
        self._of_training = of_training
        if "values" in params:
            added = (name for callback in callbacks for name in callback.reports)
            values = list(dict.fromkeys([*params["values"], *added]))
            params = {**params, "values": values, "more": any(map(_may_report, callbacks))}
        for callback in callbacks:
            callback.set_model(model)
            callback.set_params(params)

    @property
    def every_batch(self) -> bool:
        """Whether some callback is to be called at each batch, not only now and then."""
        return any(callback.every_batch for callback in self._of_training)

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
        """Call it for all of them."""
        for callback in self.callbacks:
            callback.set_run(run)

    def on_train_begin(self) -> None:
        """Call it for all of them."""
        for callback in self.callbacks:
            callback.on_train_begin()

    def on_train_end(self) -> None:
        """Call it for all of them."""
        for callback in self.callbacks:
            callback.on_train_end()

    def on_epoch_begin(self, epoch: int) -> None:
        """Call it for all of them."""
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Call it for all of them."""
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch: int) -> None:
        """Call it for those that override it."""
        for callback in self._of_batches["on_train_batch_begin"]:
            callback.on_train_batch_begin(batch)

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Call it for those that override it."""
        for callback in self._of_batches["on_train_batch_end"]:
            callback.on_train_batch_end(batch, logs)

    def on_test_begin(self) -> None:
        """Call it for all of them."""
        for callback in self.callbacks:
            callback.on_test_begin()

    def on_test_end(self, logs: Logs) -> None:
        """Call it for all of them."""
        for callback in self.callbacks:
            callback.on_test_end(logs)

    def on_test_batch_begin(self, batch: int) -> None:
        """Call it for those that override it."""
        for callback in self._of_batches["on_test_batch_begin"]:
            callback.on_test_batch_begin(batch)

    def on_test_batch_end(self, batch: int, logs: Logs) -> None:
        """Call it for those that override it."""
        for callback in self._of_batches["on_test_batch_end"]:
            callback.on_test_batch_end(batch, logs)

    def on_predict_begin(self) -> None:
        """Call it for all of them."""
        for callback in self.callbacks:
            callback.on_predict_begin()

    def on_predict_end(self) -> None:
        """Call it for all of them."""
        for callback in self.callbacks:
            callback.on_predict_end()

    def on_predict_batch_begin(self, batch: int) -> None:
        """Call it for those that override it."""
        for callback in self._of_batches["on_predict_batch_begin"]:
            callback.on_predict_batch_begin(batch)

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        """Call it for those that override it."""
        for callback in self._of_batches["on_predict_batch_end"]:
            callback.on_predict_batch_end(batch, logs)

    def on_diverged(self, epoch: int, batch: int, weights: Array) -> list[str]:
        """Call it for all of them; return the notes that they give."""
        notes = [callback.on_diverged(epoch, batch, weights) for callback in self.callbacks]
        return [note for note in notes if note]


def _overriding(callbacks: list[Callback], method: str) -> list[Callback]:
    return [callback for callback in callbacks if _overrides(callback, method)]


def _overrides(callback: Callback, method: str) -> bool:
    """Return whether its class, or the object itself, has another method than Callback."""
    return getattr(getattr(callback, method), "__func__", None) is not getattr(Callback, method)


def _may_report(callback: Callback) -> bool:
    """Return whether it may put values into the logs that `reports` does not name."""
    own = type(callback).__module__.startswith("badak.") and "on_epoch_end" not in vars(callback)
    return not own and _overrides(callback, "on_epoch_end")


def _check_names(callback: Callback) -> None:
    """Raise InputError for a method that is named like a moment, but would never be called."""
    for name in dir(callback):
        if name.startswith("on_") and name not in MOMENTS and callable(getattr(callback, name)):
            raise InputError(
                message(
                    "{kind}.{name} would never be called{nearest}; the moments are {moments}",
                    kind=type(callback).__name__,
                    name=name,
                    nearest=nearest(name, MOMENTS),
                    moments=", ".join(MOMENTS),
                )
            )


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
    **others
        Functions for other moments, by the names of the methods of :class:`Callback`.

    Raises
    ------
    InputError
        There is no such moment, or what is given for it is no function.

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
        **others: Callable[..., Any] | None,
    ) -> None:
        given = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **others,
        }
        for name, function in given.items():
            if name not in MOMENTS:
                raise InputError(
                    message(
                        "LambdaCallback knows no {name!r}{nearest}",
                        name=name,
                        nearest=nearest(name, MOMENTS),
                    )
                )
            if function is not None and not callable(function):
                raise InputError(
                    message(
                        "LambdaCallback's {name} must be a function, not {function!r}",
                        name=name,
                        function=function,
                    )
                )
            if function is not None:
                setattr(self, name, _filled(name, function))


def _filled(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of a moment such that logs which are left out are None."""
    count = len(inspect.signature(getattr(Callback, name)).parameters) - 1  # without self
    return lambda *given: function(*given, *[None] * (count - len(given)))
