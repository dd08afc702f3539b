"""Forward, backward and one training step in NumPy, as the textbook derives them.

This file is meant to be read from top to bottom, and it is the oracle: whatever runs faster has to
give the same numbers. It works in the type of its inputs: float32 in use, float64 for checks.

Arrays are batch first; a comment at the right tells the shape of what a line makes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np

from badak import layers
from badak._common import prng
from badak.activations import leaky_relu, leaky_relu_slope
from badak.layers.parameters import Parameters
from badak.losses.objective import Objective
from badak.typing import Array, Shape

Weights = dict[str, Array]
Distribution = Callable[[Array, prng.Key], Array]


@dataclass(frozen=True)
class Mode:
    """What a pass depends on besides its input: training or answering, and the noise's stream."""

    training: bool = False
    seed: int = 0
    step: int = 0
    layer: int = 0

    def noise(self, distribution: Distribution, shape: Shape, layer_seed: int | None) -> Array:
        """Return this layer's float32 noise of this step; it does not depend on what ran before."""
        key = prng.key_of(self.seed, self.layer, self.step, layer_seed)
        return distribution(prng.indices(shape), key)


@dataclass(frozen=True)
class LayerPass:
    """What one layer did on the way forward."""

    layer: layers.Layer
    x: Array
    """Its input."""
    a: Array | None
    """Its sum, before the activation; None in a layer that has no activation."""
    z: Array
    """Its output."""
    memo: Any = None
    """What its way back needs besides."""

    def __repr__(self) -> str:
        shapes = f"x {self.x.shape} -> " + (f"a {self.a.shape} -> " if self.a is not None else "")
        return f"{self.layer.name}: {shapes}z {self.z.shape}"


def forward(
    network: Sequence[layers.Layer],
    weights: Sequence[Weights],
    x: Array,  # (batch, *input_shape)
    mode: Mode = Mode(),
) -> list[LayerPass]:
    """Return every layer's sum and output, the first layer's first."""
    passes: list[LayerPass] = []
    for index, (layer, w) in enumerate(zip(network, weights, strict=True)):
        here = Mode(mode.training, mode.seed, mode.step, index)
        result, memo = forward_of(layer, w, x, here)
        h = layer.activation
        if h is None:
            passes.append(LayerPass(layer, x, None, result, memo))
        else:
            passes.append(LayerPass(layer, x, result, h(result), memo))
        x = passes[-1].z
    return passes


def backward(
    passes: Sequence[LayerPass],
    weights: Sequence[Weights],
    gradient: Array,  # (batch, *output_shape)
    *,
    at_sum: bool = False,
) -> tuple[Array, list[Weights]]:
    """Return the gradients at the input and at every array of weights, by the chain rule.

    `gradient` is that at the output; with `at_sum`, that at the last layer's sum: softmax with
    cross-entropy, and sigmoid with binary cross-entropy, have it as y - t.
    """
    gradients: list[Weights] = []
    for p, w in zip(reversed(passes), reversed(weights), strict=True):
        h = p.layer.activation
        if h is not None and p.a is not None and not at_sum:
            gradient = h.backward(p.a, p.z, gradient)
        at_sum = False
        gradient, of_weights = backward_of(p.layer, w, p, gradient)
        gradients.append(of_weights)
    return gradient, gradients[::-1]


def output(
    network: Sequence[layers.Layer],
    weights: Sequence[Weights],
    x: Array,  # (batch, *input_shape)
    *,
    last_activation: bool = True,
) -> Array:
    """Return the network's answer, keeping nothing on the way; or the last layer's sum."""
    for index, (layer, w) in enumerate(zip(network, weights, strict=True)):
        x, _ = forward_of(layer, w, x, Mode(layer=index))
        if layer.activation is not None and (last_activation or layer is not network[-1]):
            x = layer.activation(x)
    return x


@singledispatch
def forward_of(layer: layers.Layer, w: Weights, x: Array, mode: Mode) -> tuple[Array, Any]:
    """Return what the layer makes of x before its activation, and what the way back needs."""
    raise NotImplementedError(f"{type(layer).__name__} has no forward pass")


@singledispatch
def backward_of(
    layer: layers.Layer, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    """Return the gradients at the layer's input and weights, given that at its sum."""
    raise NotImplementedError(f"{type(layer).__name__} has no backward pass")


@forward_of.register
def dense_forward(layer: layers.Dense, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
    a = x @ w["kernel"]  # (batch, units)
    return (a + w["bias"] if layer.use_bias else a), None


@backward_of.register
def dense_backward(
    layer: layers.Dense, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    of_weights = {"kernel": p.x.T @ gradient}  # (inputs, units)
    if layer.use_bias:
        of_weights["bias"] = gradient.sum(axis=0)  # (units,)
    return gradient @ w["kernel"].T, of_weights  # (batch, inputs)


@forward_of.register(layers.Activation)
def same_forward(layer: layers.Layer, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
    return x, None


@backward_of.register(layers.Activation)
def same_backward(
    layer: layers.Layer, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    return gradient, {}


@forward_of.register
def flatten_forward(layer: layers.Flatten, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
    return x.reshape(len(x), -1), None  # (batch, features)


@backward_of.register
def flatten_backward(
    layer: layers.Flatten, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    return gradient.reshape(p.x.shape), {}


@forward_of.register
def rescaling_forward(
    layer: layers.Rescaling, w: Weights, x: Array, mode: Mode
) -> tuple[Array, None]:
    return x * layer.scale + layer.offset, None


@backward_of.register
def rescaling_backward(
    layer: layers.Rescaling, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    return gradient * layer.scale, {}


@forward_of.register
def normalization_forward(
    layer: layers.Normalization, w: Weights, x: Array, mode: Mode
) -> tuple[Array, Array]:
    deviation = np.maximum(np.sqrt(w["variance"]), 1e-7)  # (features,)
    return (x - w["mean"]) / deviation, deviation


@backward_of.register
def normalization_backward(
    layer: layers.Normalization, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    return gradient / p.memo, {}


@forward_of.register
def whitening_forward(
    layer: layers.Whitening, w: Weights, x: Array, mode: Mode
) -> tuple[Array, None]:
    return (x - w["mean"]) @ w["matrix"], None  # (batch, features)


@backward_of.register
def whitening_backward(
    layer: layers.Whitening, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    return gradient @ w["matrix"].T, {}


@forward_of.register
def dropout_forward(layer: layers.Dropout, w: Weights, x: Array, mode: Mode) -> tuple[Array, Any]:
    if not mode.training or layer.rate == 0.0:
        return x, None
    kept = mode.noise(prng.uniform, x.shape, layer.seed) >= layer.rate
    mask = kept.astype(x.dtype) / (1.0 - layer.rate)  # (batch, ...)
    return x * mask, mask


@backward_of.register
def dropout_backward(
    layer: layers.Dropout, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    return (gradient if p.memo is None else gradient * p.memo), {}


@forward_of.register
def gaussian_noise_forward(
    layer: layers.GaussianNoise, w: Weights, x: Array, mode: Mode
) -> tuple[Array, None]:
    if not mode.training:
        return x, None
    return x + layer.stddev * mode.noise(prng.normal, x.shape, layer.seed), None


@backward_of.register
def gaussian_noise_backward(
    layer: layers.GaussianNoise, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    return gradient, {}


@forward_of.register
def prelu_forward(layer: layers.PReLU, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
    return leaky_relu(x, w["alpha"]), None


@backward_of.register
def prelu_backward(
    layer: layers.PReLU, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    of_alpha = (gradient * np.minimum(p.x, 0.0)).sum(axis=0)  # the shape of one sample
    return gradient * leaky_relu_slope(p.x, w["alpha"]), {"alpha": of_alpha}


@dataclass(frozen=True)
class Normalised:
    """What a normalisation leaves for its way back."""

    x_hat: Array
    """The input at mean 0 and variance 1."""
    deviation: Array
    mean: Array
    variance: Array


@forward_of.register
def batch_normalization_forward(
    layer: layers.BatchNormalization, w: Weights, x: Array, mode: Mode
) -> tuple[Array, Normalised | None]:
    if mode.training:
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axis=axes), x.var(axis=axes)  # (features,)
    else:
        mean, variance = w["moving_mean"], w["moving_variance"]
    deviation = np.sqrt(variance + layer.epsilon)
    x_hat = (x - mean) / deviation
    memo = Normalised(x_hat, deviation, mean, variance) if mode.training else None
    return scale_and_shift(w, x_hat), memo


@backward_of.register
def batch_normalization_backward(
    layer: layers.BatchNormalization, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    axes = tuple(range(p.x.ndim - 1))
    if p.memo is None:
        deviation = np.sqrt(w["moving_variance"] + layer.epsilon)
        x_hat = (p.x - w["moving_mean"]) / deviation
        at_x_hat, of_weights = scale_and_shift_backward(w, x_hat, gradient)
        return at_x_hat / deviation, of_weights
    at_x_hat, of_weights = scale_and_shift_backward(w, p.memo.x_hat, gradient)
    return normalise_backward(p.memo, at_x_hat, axes), of_weights


@forward_of.register
def layer_normalization_forward(
    layer: layers.LayerNormalization, w: Weights, x: Array, mode: Mode
) -> tuple[Array, Normalised]:
    mean = x.mean(axis=-1, keepdims=True)  # (batch, 1)
    variance = x.var(axis=-1, keepdims=True)
    deviation = np.sqrt(variance + layer.epsilon)
    memo = Normalised((x - mean) / deviation, deviation, mean, variance)
    return scale_and_shift(w, memo.x_hat), memo


@backward_of.register
def layer_normalization_backward(
    layer: layers.LayerNormalization, w: Weights, p: LayerPass, gradient: Array
) -> tuple[Array, Weights]:
    at_x_hat, of_weights = scale_and_shift_backward(w, p.memo.x_hat, gradient)
    return normalise_backward(p.memo, at_x_hat, -1), of_weights


def normalise_backward(n: Normalised, gradient: Array, axes: Any) -> Array:
    """Return the gradient at x of x_hat = (x - mean(x)) / sqrt(var(x) + epsilon).

    Mean and variance themselves depend on x: what moves them all alike moves x_hat not at all.
    """
    alike = gradient.mean(axis=axes, keepdims=True)
    along = (gradient * n.x_hat).mean(axis=axes, keepdims=True)
    return (gradient - alike - n.x_hat * along) / n.deviation


def scale_and_shift(w: Weights, x_hat: Array) -> Array:
    z = x_hat * w["gamma"] if "gamma" in w else x_hat
    return z + w["beta"] if "beta" in w else z


def scale_and_shift_backward(w: Weights, x_hat: Array, gradient: Array) -> tuple[Array, Weights]:
    axes = tuple(range(x_hat.ndim - 1))
    of_weights = {}
    if "gamma" in w:
        of_weights["gamma"] = (gradient * x_hat).sum(axis=axes)  # (features,)
    if "beta" in w:
        of_weights["beta"] = gradient.sum(axis=axes)
    return (gradient * w["gamma"] if "gamma" in w else gradient), of_weights


def move_averages(passes: Sequence[LayerPass], weights: Sequence[Weights]) -> None:
    """Draw the running mean and variance of batch normalisations towards this batch's."""
    for p, w in zip(passes, weights, strict=True):
        if isinstance(p.layer, layers.BatchNormalization) and p.memo is not None:
            for name, value in moved_averages(p.layer, w, p.memo).items():
                w[name][...] = value


def moved_averages(layer: layers.BatchNormalization, w: Weights, memo: Normalised) -> Weights:
    """Return the running mean and variance after one more batch."""
    kept = layer.momentum
    return {
        "moving_mean": kept * w["moving_mean"] + (1.0 - kept) * memo.mean,
        "moving_variance": kept * w["moving_variance"] + (1.0 - kept) * memo.variance,
    }


def loss_and_gradients(
    network: Sequence[layers.Layer],
    parameters: Parameters,
    objective: Objective,
    x: Array,  # (batch, *input_shape)
    t: Array,  # (batch, units) or labels (batch,)
    sample_weight: Array | None = None,  # (batch,)
    mode: Mode = Mode(training=True),
    penalty_share: float = 1.0,
) -> tuple[float, Array, list[LayerPass]]:
    """Return the mean loss with its penalties, the flat gradient, and the passes.

    The loss is the mean over the batch of each sample's loss times its weight; the penalties are
    multiplied by `penalty_share`.
    """
    passes = forward(network, parameters.layers, x, mode)
    y = compared(objective, passes[-1])
    rows = objective.loss.rows(y, t)  # (batch,)
    share = shares(y, sample_weight)
    at_y = objective.loss.gradient(y, t) * share[:, np.newaxis]  # (batch, units)
    _, by_layer = backward(passes, parameters.layers, at_y, at_sum=objective.at_sum)
    gradient = flatten_gradients(parameters, by_layer)
    value = float((rows * share).sum(dtype=np.float64))
    value += regularise(parameters, gradient, penalty_share)
    return value, gradient, passes


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
    network: Sequence[layers.Layer],
    parameters: Parameters,
    objective: Objective,
    optimizer: Any,
    slots: dict[str, Array],
    x: Array,
    t: Array,
    sample_weight: Array | None,
    mode: Mode,
    penalty_share: float = 1.0,
) -> tuple[float, Array]:
    """Take one step down the slope; return the loss before it and the network's output.

    Where the loss is not finite nothing is changed.
    """
    value, gradient, passes = loss_and_gradients(
        network, parameters, objective, x, t, sample_weight, mode, penalty_share
    )
    if np.isfinite(value):
        segments = [segment.slice for segment in parameters.trainable_segments]
        optimizer.apply(parameters.trainable, gradient, slots, mode.step, segments)
        move_averages(passes, parameters.layers)
    return value, passes[-1].z


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
