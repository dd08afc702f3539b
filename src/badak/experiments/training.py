"""Training for experiments: silent, and an interrupted run is an error."""

from collections.abc import Iterable
from typing import Any

import badak
from badak import Sequential
from badak.training.callbacks.history import History
from badak.typing import Array


def fit(model: Sequential, x: Array, t: Array, **settings: Any) -> History:
    """Train a network; Ctrl-C ends the experiment, not only this `fit`.

    A partly trained network would give wrong findings.
    """
    history = model.fit(x, t, verbose=0, **settings)
    if history.interrupted:
        raise KeyboardInterrupt
    return history


def fit_many(models: Iterable[Sequential], x: Array, t: Array, **settings: Any) -> None:
    """Train networks side by side, likewise."""
    if any(history.interrupted for history in badak.fit_many(models, x, t, **settings)):
        raise KeyboardInterrupt
