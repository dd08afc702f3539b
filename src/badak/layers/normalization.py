"""Layers that keep the values inside a network near mean 0 and variance 1."""

from typing import Any

from badak import initializers, regularizers
from badak._common.validation import EPSILON, SHARE
from badak.layers.base import Layer, check_last_axis
from badak.layers.parameters import ParameterSpec
from badak.typing import Shape


class BatchNormalization(Layer):
    """Normalise each feature over the batch; with running averages when answering.

    z = gamma (x - mean) / sqrt(variance + epsilon) + beta (Ioffe & Szegedy, 2015). The running
    averages move by the share 1 - `momentum` a step.
    """

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
        self.momentum = float(SHARE.check(momentum, "BatchNormalization's momentum"))
        self.epsilon = float(EPSILON.check(epsilon, "BatchNormalization's epsilon"))
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
            *_scale_and_shift(self, shape),
            ParameterSpec("moving_mean", shape, self.moving_mean_initializer, trainable=False),
            ParameterSpec(
                "moving_variance", shape, self.moving_variance_initializer, trainable=False
            ),
        ]


class LayerNormalization(Layer):
    """Normalise each sample over its features, the same in training and answering.

    Ba, Kiros & Hinton, Layer Normalization, 2016.
    """

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
        self.epsilon = float(EPSILON.check(epsilon, "LayerNormalization's epsilon"))
        self.center = bool(center)
        self.scale = bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return gamma and beta, one a feature."""
        return _scale_and_shift(self, input_shape[-1:])


def _scale_and_shift(
    layer: BatchNormalization | LayerNormalization, shape: Shape
) -> list[ParameterSpec]:
    gamma = ParameterSpec("gamma", shape, layer.gamma_initializer, layer.gamma_regularizer)
    beta = ParameterSpec("beta", shape, layer.beta_initializer, layer.beta_regularizer)
    return [gamma] * layer.scale + [beta] * layer.center
