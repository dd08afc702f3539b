"""Normalised values scaled and shifted: what batch and layer normalisation share."""

from dataclasses import dataclass
from typing import Any

from badak.layers.parameters import ParameterSpec
from badak.layers.passes import Weights
from badak.typing import Array, Shape


@dataclass(frozen=True)
class Normalised:
    """What a normalisation saves for its backward pass."""

    x_hat: Array
    """The input at mean 0 and variance 1."""
    deviation: Array
    """The standard deviation, sqrt(variance + epsilon)."""
    mean: Array
    variance: Array


def scale_and_shift_parameters(layer: Any, shape: Shape) -> list[ParameterSpec]:
    """Return gamma and beta, (features,), as far as the layer has them."""
    gamma = ParameterSpec("gamma", shape, layer.gamma_initializer, layer.gamma_regularizer)
    beta = ParameterSpec("beta", shape, layer.beta_initializer, layer.beta_regularizer)
    return [gamma] * layer.scale + [beta] * layer.center


def scale_and_shift(w: Weights, x_hat: Array) -> Array:
    """Return gamma * x_hat + beta."""
    z = x_hat * w["gamma"] if "gamma" in w else x_hat
    return z + w["beta"] if "beta" in w else z


def scale_and_shift_backward(w: Weights, x_hat: Array, gradient: Array) -> tuple[Array, Weights]:
    """Return the gradients at x_hat and of gamma and beta."""
    axes = tuple(range(x_hat.ndim - 1))
    of_weights = {}
    if "gamma" in w:
        of_weights["gamma"] = (gradient * x_hat).sum(axis=axes)  # (features,)
    if "beta" in w:
        of_weights["beta"] = gradient.sum(axis=axes)
    return (gradient * w["gamma"] if "gamma" in w else gradient), of_weights


def normalise_backward(n: Normalised, gradient: Array, axes: int | tuple[int, ...]) -> Array:
    """Return the gradient at x of x_hat = (x - mean(x)) / sqrt(var(x) + epsilon).

    Mean and variance themselves depend on x: what moves all x alike does not move x_hat.
    """
    alike = gradient.mean(axis=axes, keepdims=True)
    along = (gradient * n.x_hat).mean(axis=axes, keepdims=True)
    return (gradient - alike - n.x_hat * along) / n.deviation
