"""LayerNormalization: each sample normalised over its features."""

from typing import Any

import numpy as np

from badak import initializers, regularizers
from badak._common.validation import EPSILON, setting_of
from badak.layers.affine import (
    Normalised,
    normalise_backward,
    scale_and_shift,
    scale_and_shift_backward,
    scale_and_shift_parameters,
)
from badak.layers.base import Layer, check_last_axis
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Shape


@register
class LayerNormalization(Layer):
    """Normalise each sample over its features, alike in training and at inference.

    z = gamma (x - mean) / sqrt(variance + epsilon) + beta.

    Parameters
    ----------
    axis : int
        -1, the last axis; no other is taken.
    epsilon : float
        Added to the variance.
    center, scale : bool
        Whether there is a beta, and a gamma.
    beta_initializer, gamma_initializer
        Initial values, (features,) each.
    beta_regularizer, gamma_regularizer
        Penalties; None is no penalty.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        A setting is out of range.

    References
    ----------
    Ba, Kiros & Hinton, "Layer Normalization", 2016.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> Sequential([Input((2,)), LayerNormalization()]).predict([[1.0, 3.0]]).round(2)
    array([[-1.,  1.]], dtype=float32)
    """

    normalises = True
    arguments = (
        "epsilon",
        "center",
        "scale",
        "beta_initializer",
        "gamma_initializer",
        "beta_regularizer",
        "gamma_regularizer",
    )

    def __init__(
        self,
        axis: int = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        check_last_axis(axis, "LayerNormalization")
        self.epsilon = float(EPSILON.check(epsilon, setting_of("LayerNormalization", "epsilon")))
        self.center = bool(center)
        self.scale = bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return gamma and beta, one a feature."""
        return scale_and_shift_parameters(self, input_shape[-1:])

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, Normalised]:
        """Normalise each sample by its own mean and variance."""
        mean = x.mean(axis=-1, keepdims=True)  # (batch, 1)
        variance = x.var(axis=-1, keepdims=True)
        deviation = np.sqrt(variance + self.epsilon)
        memo = Normalised((x - mean) / deviation, deviation, mean, variance)
        return scale_and_shift(w, memo.x_hat), memo

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradients at x and of gamma and beta."""
        at_x_hat, of_weights = scale_and_shift_backward(w, p.memo.x_hat, gradient)
        return normalise_backward(p.memo, at_x_hat, -1), of_weights
