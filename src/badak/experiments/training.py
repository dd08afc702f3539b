"""Training as the experiments do it: quietly, and to its end or not at all."""

from typing import Any

from badak import Sequential
from badak.training.callbacks.history import History
from badak.typing import Array


def fit(model: Sequential, x: Array, t: Array, **settings: Any) -> History:
    """Train a network; Ctrl-C, which only ends a `fit`, ends the experiment with it.

    A network that was stopped halfway is no finding.
    """
    history = model.fit(x, t, verbose=0, **settings)
    if history.interrupted:
        raise KeyboardInterrupt
    return history
