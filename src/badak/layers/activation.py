"""Activation functions as layers of their own."""

from typing import Any, ClassVar

from badak import activations, initializers, regularizers
from badak._common.validation import NOT_NEGATIVE
from badak.layers.base import Layer
from badak.layers.parameters import ParameterSpec
from badak.typing import Shape


class Activation(Layer):
    """An activation by name, formula or record: ``Activation("tanh")``."""

    arguments: ClassVar[tuple[str, ...]] = ("activation",)

    def __init__(self, activation: Any, **common: Any) -> None:
        super().__init__(**common)
        self.activation = activations.get(activation)


class ReLU(Activation):
    """ReLU, leaky under `threshold` where `negative_slope` is given, cut off at `max_value`."""

    arguments = ("max_value", "negative_slope", "threshold")

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **common: Any,
    ) -> None:
        super().__init__(_relu_of(max_value, negative_slope, threshold), **common)
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold


def _relu_of(
    max_value: float | None, negative_slope: float, threshold: float
) -> activations.Activation:
    NOT_NEGATIVE.check(max_value if max_value is not None else 0.0, "ReLU's max_value")
    NOT_NEGATIVE.check(negative_slope, "ReLU's negative_slope")
    NOT_NEGATIVE.check(threshold, "ReLU's threshold")
    if (max_value, negative_slope, threshold) == (None, 0.0, 0.0):
        return activations.RELU
    return activations.BOUNDED_RELU.with_parameters(
        negative_slope=negative_slope,
        max_value=float("inf") if max_value is None else max_value,
        threshold=threshold,
    )


class LeakyReLU(Activation):
    """ReLU that lets `negative_slope` of what is negative through."""

    arguments = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.3, **common: Any) -> None:
        super().__init__(
            activations.LEAKY_RELU.with_parameters(negative_slope=negative_slope), **common
        )
        self.negative_slope = negative_slope


class ThresholdedReLU(Activation):
    """ReLU that lets through only what exceeds `theta`."""

    arguments = ("theta",)

    def __init__(self, theta: float = 1.0, **common: Any) -> None:
        super().__init__(activations.THRESHOLDED_RELU.with_parameters(theta=theta), **common)
        self.theta = theta


class ELU(Activation):
    """ELU, which levels out at -`alpha`."""

    arguments = ("alpha",)

    def __init__(self, alpha: float = 1.0, **common: Any) -> None:
        super().__init__(activations.ELU.with_parameters(alpha=alpha), **common)
        self.alpha = alpha


class Softmax(Activation):
    """Softmax over the last axis."""

    arguments = ()

    def __init__(self, **common: Any) -> None:
        super().__init__(activations.SOFTMAX, **common)


class PReLU(Layer):
    """LeakyReLU whose slope, one for each unit, is learned (He et al., 2015)."""

    arguments = ("alpha_initializer", "alpha_regularizer")

    def __init__(
        self, alpha_initializer: Any = "zeros", alpha_regularizer: Any = None, **common: Any
    ) -> None:
        super().__init__(**common)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return the slopes, of the shape of one sample."""
        return [ParameterSpec("alpha", input_shape, self.alpha_initializer, self.alpha_regularizer)]
