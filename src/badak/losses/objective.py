"""Objective: the loss for an output layer, and whether loss and activation are fused.

Fused, they are computed from logits: softmax with cross-entropy, and sigmoid with binary
cross-entropy, together have the gradient y - t at the pre-activation.
"""

from dataclasses import dataclass

import numpy as np

from badak import losses
from badak._common.language import message
from badak.activations import Activation, is_builtin
from badak.errors import InputError
from badak.losses import Loss
from badak.typing import Array

JOINED = ("sigmoid", "softmax")
"""Output activations that are fused with their cross-entropy."""


@dataclass(frozen=True)
class Objective:
    """The loss at the network's end; with `at_sum` it takes the last layer's pre-activation."""

    loss: Loss
    at_sum: bool = False


def objective_of(loss: Loss, output: Activation | None) -> Objective:
    """Return the loss as it is computed behind the output activation, joined where it can be.

    A loss of probabilities behind an output that is none, or logits behind softmax or sigmoid, is
    refused: it would train, and to nonsense.
    """
    called = _builtin_name(output)
    if getattr(loss, "from_logits", False):
        if called in JOINED:
            raise InputError(
                message(
                    "from_logits=True, but the last layer already ends in {called}: leave out one "
                    "of the two",
                    called=called,
                )
            )
        return Objective(loss)
    joined = loss.on_logits(called)
    if joined is not None:
        return Objective(joined, at_sum=True)
    if loss.needs_probabilities and not _gives_probabilities(output):
        wanted = "sigmoid" if loss.targets == "shares" else "softmax"
        raise InputError(
            message(
                "{name} takes probabilities, but the last layer's activation is {named}: use "
                "activation={wanted!r} there, or from_logits=True in the loss where it has it",
                name=loss.name,
                named=_named(output),
                wanted=wanted,
            )
        )
    return Objective(loss)


def _builtin_name(output: Activation | None) -> str:
    """Return the name of one of badak's activations; "" for any other, even of the same name."""
    if output is None:
        return "none"
    return output.name if is_builtin(output) else ""


def _named(output: Activation | None) -> str:
    """Return the activation as an error names it."""
    if output is None or is_builtin(output):
        return repr(output.name if output is not None else "none")
    return message("your own {name!r}, of range {range}", name=output.name, range=output.range)


def _gives_probabilities(output: Activation | None) -> bool:
    return output is not None and output.range[0] >= 0.0 and output.range[1] <= 1.0


def fitting_loss(output: Activation | None, units: int, t: Array) -> Loss:
    """Return the loss that follows from the output layer and the targets.

    identity: mean squared error; sigmoid: binary cross-entropy; softmax: cross-entropy, of one-hot
    targets or of labels.
    """
    called = _builtin_name(output)
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
        message(
            "no loss follows from an output layer with the activation {named}: name one, "
            "compile(loss=...)",
            named=_named(output),
        )
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
                message(
                    "each unit of this network answers a question of its own, so that a sample "
                    "has no one class: use predict(x) > 0.5"
                )
            )
        return np.argmax(values, axis=-1)
    if output is not None and output.range == (0.0, 1.0):
        return (values[..., 0] > 0.5).astype(np.int64)
    if loss is not None and (getattr(loss, "from_logits", False) or loss.targets == "signs"):
        return (values[..., 0] > 0.0).astype(np.int64)
    raise InputError(message("this network tells a number, not a class: use predict(x)"))
