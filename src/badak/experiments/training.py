"""Training for experiments: silent, and an interrupted run is an error."""

from typing import Any

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
