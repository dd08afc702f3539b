"""A loss that is not finite: where it was met, and why it probably came to that."""

import numpy as np

from badak.errors import DivergedError
from badak.layers.model import Model
from badak.typing import Array

LARGE_INPUT = 20.0
"""Inputs beyond this many times the usual range of 0..1 or mean 0, variance 1 want scaling."""


def diverged(
    model: Model, value: float, good: Array, x: Array, epoch: int, batch: int
) -> DivergedError:
    """Return the error to raise; `good` are the last weights whose loss was finite."""
    return DivergedError(
        f"the loss became {value} in epoch {epoch + 1}, batch {batch + 1} (step {model.step}): "
        f"{_likely_cause(model, good, x)}. The model holds the last good weights."
    )


def _likely_cause(model: Model, good: Array, x: Array) -> str:
    largest_input = float(np.abs(x.astype(np.float32)).max())
    prepared = any(layer.prepares_input or layer.normalises for layer in model.layers)
    if largest_input > LARGE_INPUT and not prepared:
        return (
            f"the inputs are as large as {largest_input:g}; scale them, "
            f"for instance with a layer Rescaling(1 / {largest_input:g}) or Normalization()"
        )
    rate = model.optimizer.rate(max(model.step, 1))
    with np.errstate(over="ignore"):
        largest_weight = float(np.abs(good).max(initial=0.0))
    return (
        f"the learning rate {rate:g} is probably too large (weights had reached "
        f"{largest_weight:.3g}); try {rate / 10.0:g}, or clipnorm=1.0 in the optimizer"
    )
