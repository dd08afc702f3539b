"""How many epochs training takes to a given loss: what the experiments on speed share."""

import math
from contextlib import suppress

from badak import Sequential
from badak.callbacks import Callback
from badak.errors import DivergedError
from badak.experiments.training import fit
from badak.optimizers import SGD
from badak.typing import Array

PATIENCE = 60  # epochs; who is no better than guessing then has left the course for good


class Until(Callback):
    """Keeps the training loss of every epoch, and ends training with the first at the goal.

    It ends too where the loss is that of guessing among the classes, or worse, after PATIENCE.
    """

    def __init__(self, goal: float, classes: int) -> None:
        self.goal = goal
        self.guessing = math.log(classes)
        self.losses: list[float] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Keep the loss; stop where it is at the goal or below, or hopeless."""
        self.losses.append(logs["loss"])
        hopeless = len(self.losses) >= PATIENCE and logs["loss"] >= self.guessing
        self.model.stop_training = self.reached or hopeless

    @property
    def reached(self) -> bool:
        """Whether the last epoch was at the goal."""
        return bool(self.losses) and self.losses[-1] <= self.goal


def learn_until(
    model: Sequential,
    x: Array,
    t: Array,
    *,
    rate: float,
    goal: float,
    epochs: int,
    batch: int,
) -> Until:
    """Train by SGD to the goal, for `epochs` at most; a run that diverges ends where it does."""
    model.compile(SGD(rate))
    until = Until(goal, classes=model.output_shape[0])
    with suppress(DivergedError):
        fit(model, x, t, batch_size=batch, epochs=epochs, callbacks=until)
    return until
