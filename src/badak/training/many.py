"""Train many networks at the same time, one on each core: folds, seeds, sweeps."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from badak._common.interruption import Interruption
from badak._common.language import message
from badak._common.streams import called, is_stream
from badak.engine import allowed_threads, alone
from badak.errors import InputError
from badak.training.callbacks.history import History
from badak.typing import ArrayLike

LOOK = 0.05  # seconds between two looks at Ctrl-C


def fit_many(
    models: Iterable[Any], x: ArrayLike | None = None, y: Any = None, **settings: Any
) -> list[History]:
    """Train many models at once, one on each core; return their Histories.

    Each model gets the same bits as if it were trained by itself. Small networks gain most,
    because one of them cannot keep several cores busy.

    Parameters
    ----------
    models : iterable of Sequential or dict
        Models, or dictionaries with a model under "model" and besides it what is for it alone:
        "x", "y" and arguments of :meth:`badak.Sequential.fit`.
    x, y : array_like, optional
        Samples and targets for the models that have none for themselves alone.
    **settings
        Arguments of fit, likewise. `callbacks` is a function that makes new ones for each model,
        since a callback keeps the state of one run.

    Returns
    -------
    list of History
        In the models' order. Ctrl-C ends each training after its batch; all histories then are
        ``interrupted``, and their ``epoch`` says how far each has come. A second Ctrl-C raises
        KeyboardInterrupt.

    Raises
    ------
    InputError
        A model stands twice in the list, or lacks data.
    ExceptionGroup
        Some did not train to the end, each with its own error and number; the others did, and have
        their ``history``.
    SystemExit
        A callback has raised it, or another exception that is no error: all trainings end.

    Examples
    --------
    >>> import numpy as np, badak
    >>> x = np.linspace(-1.0, 1.0, 20).reshape(-1, 1)
    >>> models = [badak.Sequential([badak.layers.Dense(1)], seed=seed) for seed in range(3)]
    >>> len(badak.fit_many(models, x, 2.0 * x, epochs=2))
    3
    """
    with Interruption() as interruption:
        runs = [_arguments(entry, x, y, settings) for entry in models]
        if len({id(run["model"]) for run in runs}) < len(runs):
            raise InputError(
                message("a model stands twice in the list: make one for each training")
            )
        with ThreadPoolExecutor(allowed_threads()) as threads:
            futures = [threads.submit(_fit, run, interruption) for run in runs]
            try:
                waiting = set(futures)
                while waiting and not interruption.asked:
                    ended, waiting = wait(waiting, LOOK)
                    if any(map(_exit_of, ended)):
                        break
            finally:  # also behind a second Ctrl-C: the threads would train on, without an end
                _end(futures, interruption)
        for run, future in zip(runs, futures, strict=True):
            if future.cancelled():
                run["model"].history = History()
            if run["model"].history is not None:  # its training began
                run["model"].history.interrupted = interruption.asked
        _raise_errors(futures)
    return [run["model"].history for run in runs]


def _exit_of(future: Any) -> BaseException | None:
    """Return what a training raised that is no error, but a wish that the program ends."""
    raised = None if future.cancelled() else future.exception()
    return None if isinstance(raised, Exception) else raised


def _raise_errors(futures: list[Any]) -> None:
    for wish in filter(None, map(_exit_of, futures)):
        raise wish
    errors = []
    for number, future in enumerate(futures):
        error = None if future.cancelled() else future.exception()
        if error is not None:
            error.add_note(
                message(
                    "network {number} of {count}, counted from 0", number=number, count=len(futures)
                )
            )
            errors.append(error)
    if errors:
        raise ExceptionGroup(
            message(
                "{count} of {count_2} networks did not train to the end",
                count=len(errors),
                count_2=len(futures),
            ),
            errors,
        )


def _end(futures: list[Any], interruption: Interruption) -> None:
    """Let none begin, and end each that still trains after its batch."""
    waiting = {future for future in futures if not future.cancel() and not future.done()}
    if waiting:
        interruption.asked = True
    again: KeyboardInterrupt | None = None
    while waiting:
        try:
            _, waiting = wait(waiting, LOOK)  # without an end Windows hears no Ctrl-C
        except KeyboardInterrupt as error:  # nobody else ends them
            again = error
    if again is not None:
        raise again


def _arguments(entry: Any, x: Any, y: Any, settings: dict[str, Any]) -> dict[str, Any]:
    own = dict(entry) if isinstance(entry, Mapping) else {"model": entry}
    if "model" not in own or not hasattr(own["model"], "fit"):
        raise InputError(
            message(
                "fit_many takes models, or dictionaries with a 'model', not {entry!r}", entry=entry
            )
        )
    run: dict[str, Any] = {"x": x, "y": y, "verbose": 0, **settings, **own}
    batches = run["x"] is not None and is_stream(run["x"])
    if run["x"] is None or (run["y"] is None and not batches):
        raise InputError(message("x and y are needed, for all models or each for itself"))
    if batches and "x" not in own:
        raise InputError(
            message(
                "many models cannot share {called}, of whose batches each would get some: give "
                "each its own, {{'model': model, 'x': ...}}, or arrays",
                called=called(run["x"]),
            )
        )
    if "callbacks" not in own and not (run.get("callbacks") is None or callable(run["callbacks"])):
        raise InputError(
            message(
                "callbacks for many models must be made for each: give a function that returns "
                "them, callbacks=lambda: [EarlyStopping()]"
            )
        )
    if "checkpoint" not in own and run.get("checkpoint") is not None:
        raise InputError(
            message(
                "many models cannot share a checkpoint: give each its own, {{'model': model, "
                "'checkpoint': path}}"
            )
        )
    return run


def _fit(run: dict[str, Any], interruption: Interruption) -> History:
    arguments = dict(run)
    model = arguments.pop("model")
    if callable(arguments.get("callbacks")):
        arguments["callbacks"] = arguments["callbacks"]()
    with alone(), interruption.known_here():
        history: History = model.fit(**arguments)
    return history
