"""What a network's last layer asks for: the loss that fits it, and whether the two are joined."""

from dataclasses import dataclass

import numpy as np

from badak import losses
from badak.activations import Activation
from badak.errors import InputError
from badak.losses import Loss
from badak.typing import Array

JOINED = ("sigmoid", "softmax")
"""Output activations whose gradient together with their cross-entropy is y - t."""


@dataclass(frozen=True)
class Objective:
    """The loss at the network's end; `at_sum` tells that it takes the last layer's sum."""

    loss: Loss
    at_sum: bool = False


def objective_of(loss: Loss, output: Activation | None) -> Objective:
    """Return the loss as it is computed behind the output activation, joined where it can be.

    A loss of probabilities behind an output that is none, or logits behind softmax or sigmoid, is
    refused: it would train, and to nonsense.
    """
    called = output.name if output is not None else "none"
    if getattr(loss, "from_logits", False):
        if called in JOINED:
            raise InputError(
                f"from_logits=True, but the last layer already ends in {called}: "
                f"leave out one of the two"
            )
        return Objective(loss)
    joined = loss.on_logits(called)
    if joined is not None:
        return Objective(joined, at_sum=True)
    if loss.needs_probabilities and not _gives_probabilities(output):
        wanted = "sigmoid" if loss.targets == "shares" else "softmax"
        raise InputError(
            f"{loss.name} takes probabilities, but the last layer's activation is {called!r}: "
            f"use activation={wanted!r} there, or from_logits=True in the loss where it has it"
        )
    return Objective(loss)


def _gives_probabilities(output: Activation | None) -> bool:
    return output is not None and output.range[0] >= 0.0 and output.range[1] <= 1.0


def fitting_loss(output: Activation | None, units: int, t: Array) -> Loss:
    """Return the loss that follows from the output layer and the targets.

    identity: mean squared error; sigmoid: binary cross-entropy; softmax: cross-entropy, of one-hot
    targets or of labels.
    """
    called = output.name if output is not None else "none"
    if called == "identity":
        return losses.MeanSquaredError()
    if called == "sigmoid":
        return losses.BinaryCrossentropy()
    if called == "softmax":
        one_hot = t.ndim == 2 and t.shape[1] > 1
        return (
            losses.CategoricalCrossentropy() if one_hot else losses.SparseCategoricalCrossentropy()
        )
    raise InputError(
        f"no loss follows from an output layer with the activation {called!r}: "
        f"name one, compile(loss=...)"
    )


def fitting_metrics(loss: Loss) -> list[str]:
    """Return the names of the metrics that go with a loss that was not chosen by hand."""
    return ["mean_absolute_error"] if isinstance(loss, losses.MeanSquaredError) else ["accuracy"]


def decide(output: Activation | None, loss: Loss | None, values: Array) -> Array:
    """Return class numbers (batch,) from outputs, or from sums where softmax was left out.

    Many units: the largest. One unit: whether it is over its middle (sigmoid: one half).
    """
    if values.shape[-1] > 1:
        if loss is not None and loss.targets == "shares":
            raise InputError(
                "each unit of this network answers a question of its own, so that a sample has "
                "no one class: use predict(x) > 0.5"
            )
        return np.argmax(values, axis=-1)
    if output is not None and output.range == (0.0, 1.0):
        return (values[..., 0] > 0.5).astype(np.int64)
    if loss is not None and (getattr(loss, "from_logits", False) or loss.targets == "signs"):
        return (values[..., 0] > 0.0).astype(np.int64)
    raise InputError("this network tells a number, not a class: use predict(x)")
