"""Forward, backward and one training step in NumPy, as the textbook derives them.

This file is meant to be read from top to bottom, and it is the oracle: everything that runs faster
has to give the same numbers. It works in the type of its inputs: float32 in use, float64 for
checks.

Arrays are batch first; a comment at the right gives the shape of a line's result.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from badak.layers.base import Layer
from badak.layers.parameters import Parameters
from badak.layers.passes import (
    INFERENCE,
    TRAINING,
    LayerGradients,
    LayerPass,
    Mode,
    Weights,
)
from badak.layers.shared_ensemble import rows_a_sample
from badak.losses.objective import Objective
from badak.typing import Array


def forward(
    network: Sequence[Layer],
    weights: Sequence[Weights],
    x: Array,  # (batch, *input_shape)
    mode: Mode = INFERENCE,
) -> list[LayerPass]:
    """Return every layer's sum and output, the first layer's first.

    In training a sample makes several rows of the batch where its network has members that are
    trained each for itself: see :func:`repeated`.
    """
    passes: list[LayerPass] = []
    x = repeated(network, x) if mode.training else x
    for index, (layer, w) in enumerate(zip(network, weights, strict=True)):
        here = Mode(mode.training, mode.seed, mode.step, index)
        result, memo = layer.forward(w, x, here)
        h = layer.activation
        if h is None:
            passes.append(LayerPass(layer, x, None, result, memo))
        else:
            passes.append(LayerPass(layer, x, result, h(result), memo))
        x = passes[-1].z
    return passes


def repeated(network: Sequence[Layer], rows: Array) -> Array:
    """Return each row as often as training needs it, one after another: mostly once.

    A :class:`~badak.layers.SharedEnsemble` takes a row for each of its members, whose answers are
    compared with the target each by itself.
    """
    count = rows_a_sample(network)
    return rows if count == 1 else np.repeat(rows, count, axis=0)


def backward(
    passes: Sequence[LayerPass],
    weights: Sequence[Weights],
    gradient: Array,  # (batch, *output_shape)
    *,
    at_sum: bool = False,
) -> list[LayerGradients]:
    """Return the gradients that the chain rule meets at every layer, the first layer's first.

    `gradient` is that at the output; with `at_sum`, that at the last layer's pre-activation:
    softmax with cross-entropy, and sigmoid with binary cross-entropy, have it as y - t.
    """
    met: list[LayerGradients] = []
    for p, w in zip(reversed(passes), reversed(weights), strict=True):
        h, at_z = p.layer.activation, None if at_sum else gradient
        if h is not None and p.a is not None and not at_sum:
            gradient = h.backward(p.a, p.z, gradient)
        at_a, at_sum = (None if p.a is None else gradient), False
        gradient, of_weights = p.layer.backward(w, p, gradient)
        met.append(LayerGradients(gradient, at_a, at_z, of_weights))
    return met[::-1]


def output(
    network: Sequence[Layer],
    weights: Sequence[Weights],
    x: Array,  # (batch, *input_shape)
    *,
    last_activation: bool = True,
) -> Array:
    """Return the network's answer, keeping nothing on the way; or the last layer's sum."""
    for index, (layer, w) in enumerate(zip(network, weights, strict=True)):
        x, _ = layer.forward(w, x, Mode(layer=index))
        if layer.activation is not None and (last_activation or layer is not network[-1]):
            x = layer.activation(x)
    return x


def move_averages(passes: Sequence[LayerPass], weights: Sequence[Weights]) -> None:
    """Move the weights that follow the batches by themselves: running means and variances."""
    for p, w in zip(passes, weights, strict=True):
        for name, value in p.layer.updates(w, p.memo).items():
            w[name][...] = value


class Backpropagation(NamedTuple):
    """One pass forward and back: the loss, its gradient, and all that was met on the way."""

    loss: float
    """The mean over the batch of each sample's loss times its weight, penalties included."""
    gradient: Array
    """The gradient of all trained weights, flat, penalties included."""
    passes: list[LayerPass]
    met: list[LayerGradients]
    """The gradients at each layer, without penalties."""


def loss_and_gradients(
    network: Sequence[Layer],
    parameters: Parameters,
    objective: Objective,
    x: Array,  # (batch, *input_shape)
    t: Array,  # (batch, units) or labels (batch,)
    sample_weight: Array | None = None,  # (batch,)
    mode: Mode = TRAINING,
    penalty_share: float = 1.0,
) -> Backpropagation:
    """Run forward and backward; the penalties are multiplied by `penalty_share`."""
    passes = forward(network, parameters.layers, x, mode)
    if mode.training:
        t = repeated(network, t)
        sample_weight = None if sample_weight is None else repeated(network, sample_weight)
    y = compared(objective, passes[-1])
    rows = objective.loss.rows(y, t)  # (batch,)
    share = shares(y, sample_weight)
    at_y = objective.loss.gradient(y, t) * share[:, np.newaxis]  # (batch, units)
    met = backward(passes, parameters.layers, at_y, at_sum=objective.at_sum)
    gradient = flatten_gradients(parameters, [each.of_weights for each in met])
    value = float((rows * share).sum(dtype=np.float64))
    value += regularise(parameters, gradient, penalty_share)
    return Backpropagation(value, gradient, passes, met)


def shares(y: Array, sample_weight: Array | None) -> Array:
    """Return what each row of a batch counts for in its mean loss, (batch,)."""
    share = np.full(len(y), 1.0 / len(y), dtype=y.dtype)
    return share if sample_weight is None else share * sample_weight.astype(y.dtype)


def compared(objective: Objective, last: LayerPass) -> Array:
    """Return what the loss compares with the targets: the output, or the sum before it."""
    return last.a if objective.at_sum and last.a is not None else last.z


def flatten_gradients(parameters: Parameters, by_layer: Sequence[Weights]) -> Array:
    """Return the gradients as one vector, laid out as the trained weights are."""
    gradient = np.zeros_like(parameters.trainable)
    for segment in parameters.trainable_segments:
        segment.view(gradient)[...] = by_layer[segment.layer][segment.spec.name]
    return gradient


def regularise(parameters: Parameters, gradient: Array | None = None, share: float = 1.0) -> float:
    """Return a share of the regularizers' penalty; add its slope to a flat gradient if given."""
    penalty = 0.0
    for segment in parameters.trainable_segments:
        regularizer = segment.spec.regularizer
        if regularizer is not None:
            w = segment.view(parameters.vector)
            penalty += share * float(regularizer.penalty(w))
            if gradient is not None:
                segment.view(gradient)[...] += share * regularizer.gradient(w)
    return penalty


def training_step(
    network: Sequence[Layer],
    parameters: Parameters,
    objective: Objective,
    optimizer: Any,
    slots: dict[str, Array],
    x: Array,
    t: Array,
    sample_weight: Array | None,
    mode: Mode,
    penalty_share: float = 1.0,
    multipliers: Sequence[float] | None = None,
) -> tuple[float, Array]:
    """Take one step down the slope; return the loss before it and the network's output.

    Where a sample makes several rows of the batch, its output is their mean. Where the loss is not
    finite nothing is changed. `multipliers` are what :func:`rate_multipliers` returned.
    """
    value, gradient, passes, _ = loss_and_gradients(
        network, parameters, objective, x, t, sample_weight, mode, penalty_share
    )
    if np.isfinite(value):
        segments = [segment.slice for segment in parameters.trainable_segments]
        given = {} if multipliers is None else {"multipliers": multipliers}
        optimizer.apply(parameters.trainable, gradient, slots, mode.step, segments, **given)
        move_averages(passes, parameters.layers)
    y = passes[-1].z
    return value, y if len(y) == len(x) else y.reshape(len(x), -1, *y.shape[1:]).mean(axis=1)


def rate_multipliers(network: Sequence[Layer], parameters: Parameters) -> list[float] | None:
    """Return what the learning rate of each trained array is multiplied by; None: all by 1."""
    segments = parameters.trainable_segments
    found = [network[segment.layer].multiplier_of(segment.spec.name) for segment in segments]
    return found if any(each != 1.0 for each in found) else None


def numerical_gradient(f: Callable[[], float], x: Array, h: float = 1e-4) -> Array:
    """Return the slope of f in every number of x by central differences, (f(x+h) - f(x-h)) / 2h.

    `f` takes no argument and reads x, which is changed number by number and put back.
    """
    gradient = np.zeros(x.shape, dtype=np.float64)
    for index in np.ndindex(*x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f()
        x[index] = kept - h
        below = f()
        x[index] = kept
        gradient[index] = (above - below) / (2.0 * h)
    return gradient
