"""Epochs of training until a given loss, shared by the experiments on speed."""

import math
from contextlib import suppress

from badak import Sequential
from badak.callbacks import Callback
from badak.errors import DivergedError
from badak.experiments.training import fit
from badak.optimizers import SGD
from badak.typing import Array

PATIENCE = 60  # epochs; a run that is still no better than guessing does not recover


class Until(Callback):
    """Records the training loss of each epoch, and stops training once it reaches the goal.

    It also stops after PATIENCE epochs if the loss is no better than guessing.
    """

    def __init__(self, goal: float, classes: int) -> None:
        self.goal = goal
        self.guessing = math.log(classes)
        self.losses: list[float] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Record the loss; stop at the goal, or if the run does not learn."""
        self.losses.append(logs["loss"])
        hopeless = len(self.losses) >= PATIENCE and logs["loss"] >= self.guessing
        self.model.stop_training = self.reached or hopeless

    @property
    def reached(self) -> bool:
        """Whether the last epoch reached the goal."""
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
