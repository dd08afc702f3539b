"""A loss that is not finite: the first number that was not, or was out of scale, and what to do."""

from collections.abc import Iterator

import numpy as np

from badak import reference
from badak._common.language import message
from badak.errors import DivergedError
from badak.layers.ensemble import every_layer
from badak.layers.model import Model
from badak.layers.passes import Mode
from badak.losses import Loss
from badak.training.data import Samples
from badak.typing import Array

LARGE_INPUT = 20.0
"""Inputs beyond this many times the usual range of 0..1 or mean 0, variance 1 want scaling."""
SQUARES_END = 1e19
"""Inputs and weights of samples beyond this have squares that float32 does not hold."""
LARGE_TARGET = 1000.0
"""Targets this large, with usual inputs and weights, make gradients as large."""


def diverged(
    model: Model,
    value: float,
    good: Array,
    batch: Samples,
    loss: Loss,
    epoch: int,
    number: int,
) -> DivergedError:
    """Return the error to raise; `good` are the last weights whose loss was finite."""
    with np.errstate(all="ignore"):
        cause = next(_causes(model, good, batch, loss))
    return DivergedError(
        message(
            "the loss became {value} in epoch {epoch}, batch {number} (step {step}): {cause}. The "
            "model holds the last good weights.",
            value=value,
            epoch=epoch + 1,
            number=number + 1,
            step=model.step,
            cause=cause,
        )
    )


def _causes(model: Model, good: Array, batch: Samples, loss: Loss) -> Iterator[str]:
    """Yield what may be the cause, in the order in which a pass would come upon it."""
    yield from _of_inputs(model, batch.x)
    yield from _of_layers(model, batch.x)
    yield from _of_targets(batch, loss)
    yield _of_rate(model, good)


def _of_inputs(model: Model, x: Array) -> Iterator[str]:
    largest = float(np.abs(x.astype(np.float32)).max())
    layers = list(every_layer(model.layers))
    prepared = any(layer.prepares_input for layer in layers)
    normalised = prepared or any(layer.normalises for layer in layers)
    if (largest > LARGE_INPUT and not normalised) or (largest > SQUARES_END and not prepared):
        yield (
            message(
                "the inputs are as large as {largest:g}; scale them, for instance with a layer "
                "Rescaling(1 / {largest:g})",
                largest=largest,
            )
            if largest > SQUARES_END
            else message(
                "the inputs are as large as {largest:g}; scale them, for instance with a layer "
                "Rescaling(1 / {largest:g}) or Normalization()",
                largest=largest,
            )
        )


def _of_layers(model: Model, x: Array) -> Iterator[str]:
    """Yield the first layer whose weights or output for this batch are not finite."""
    weights = model.parameters.layers
    mode = Mode(training=True, seed=model.seed, step=model.step)
    samples = x.astype(np.float32, copy=False)
    passes = reference.forward(model.layers, weights, samples, mode)
    for step, named in zip(passes, weights, strict=True):
        name = step.layer.name
        for weight, values in named.items():
            if not np.isfinite(values).all():
                yield message(
                    "the {weight} of layer {name!r} is not finite; build the model again, and "
                    "scale its inputs",
                    weight=weight,
                    name=name,
                )
        if not np.isfinite(step.z).all():
            largest = float(np.abs(step.x).max())
            yield message(
                "the output of layer {name!r} is not finite, for inputs up to {largest:.3g}; "
                "scale what it takes, or its weights",
                name=name,
                largest=largest,
            )


def _of_targets(batch: Samples, loss: Loss) -> Iterator[str]:
    if batch.weight is not None and float(np.abs(batch.weight).max()) > SQUARES_END:
        yield message(
            "the weights of samples are as large as {largest:g}; divide them by their mean",
            largest=float(batch.weight.max()),
        )
    largest = float(np.abs(batch.t).max())
    if loss.targets in ("values", "not_negative") and largest > LARGE_TARGET:
        yield message(
            "the targets are as large as {largest:g}; scale them, for instance to mean 0 and "
            "variance 1",
            largest=largest,
        )


def _of_rate(model: Model, good: Array) -> str:
    rate = model.optimizer.rate(max(model.step, 1))
    largest_weight = float(np.abs(good).max(initial=0.0))
    return message(
        "the learning rate {rate:g} is probably too large (weights had reached "
        "{largest_weight:.3g}); try {smaller:g}, or clipnorm=1.0 in the optimizer",
        rate=rate,
        largest_weight=largest_weight,
        smaller=rate / 10.0,
    )
