"""BatchNormalization: each feature normalised over the batch."""

from typing import Any

import numpy as np

from badak import initializers, regularizers
from badak._common.validation import EPSILON, SHARE, setting_of
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
class BatchNormalization(Layer):
    """Normalise each feature over the batch; by running averages at inference.

    z = gamma (x - mean) / sqrt(variance + epsilon) + beta.

    Parameters
    ----------
    axis : int
        -1, the last axis; no other is taken.
    momentum : float
        From 0 to 1: the running averages move by the share 1 - momentum a step.
    epsilon : float
        Added to the variance.
    center, scale : bool
        Whether there is a beta, and a gamma.
    beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer
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
    Ioffe & Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal
    Covariate Shift", 2015.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> Sequential([Input((3,)), BatchNormalization()]).count_params()
    12
    """

    normalises = True
    batch_statistics = True
    arguments = (
        "momentum",
        "epsilon",
        "center",
        "scale",
        "beta_initializer",
        "gamma_initializer",
        "moving_mean_initializer",
        "moving_variance_initializer",
        "beta_regularizer",
        "gamma_regularizer",
    )

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        check_last_axis(axis, "BatchNormalization")
        self.momentum = float(SHARE.check(momentum, setting_of("BatchNormalization", "momentum")))
        self.epsilon = float(EPSILON.check(epsilon, setting_of("BatchNormalization", "epsilon")))
        self.center = bool(center)
        self.scale = bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return gamma and beta, which are learned, and the running mean and variance."""
        shape = input_shape[-1:]
        return [
            *scale_and_shift_parameters(self, shape),
            ParameterSpec("moving_mean", shape, self.moving_mean_initializer, trainable=False),
            ParameterSpec(
                "moving_variance", shape, self.moving_variance_initializer, trainable=False
            ),
        ]

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, Normalised | None]:
        """Normalise by the batch's mean and variance; by the running ones at inference."""
        if mode.training:
            axes = tuple(range(x.ndim - 1))
            mean, variance = x.mean(axis=axes), x.var(axis=axes)  # (features,)
        else:
            mean, variance = w["moving_mean"], w["moving_variance"]
        deviation = np.sqrt(variance + self.epsilon)
        x_hat = (x - mean) / deviation
        memo = Normalised(x_hat, deviation, mean, variance) if mode.training else None
        return scale_and_shift(w, x_hat), memo

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradients at x and of gamma and beta."""
        if p.memo is None:
            deviation = np.sqrt(w["moving_variance"] + self.epsilon)
            x_hat = (p.x - w["moving_mean"]) / deviation
            at_x_hat, of_weights = scale_and_shift_backward(w, x_hat, gradient)
            return at_x_hat / deviation, of_weights
        at_x_hat, of_weights = scale_and_shift_backward(w, p.memo.x_hat, gradient)
        return normalise_backward(p.memo, at_x_hat, tuple(range(p.x.ndim - 1))), of_weights

    def updates(self, w: Weights, memo: Normalised | None) -> Weights:
        """Return the running mean and variance after one more batch."""
        if memo is None:
            return {}
        kept = self.momentum
        return {
            "moving_mean": kept * w["moving_mean"] + (1.0 - kept) * memo.mean,
            "moving_variance": kept * w["moving_variance"] + (1.0 - kept) * memo.variance,
        }
