"""PReLU: a leaky ReLU whose slope is learned."""

from typing import Any

import numpy as np

from badak import activations, initializers, regularizers
from badak.layers.base import Layer
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Shape


@register
class PReLU(Layer):
    """A leaky ReLU whose slope, one for each unit, is learned.

    Parameters
    ----------
    alpha_initializer
        Initial slopes where x < 0, of the shape of one sample.
    alpha_regularizer
        A penalty on them; None is no penalty.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    References
    ----------
    He et al., "Delving Deep into Rectifiers", 2015.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> Sequential([Input((2,)), PReLU("ones")]).predict([[-3.0, 2.0]])
    array([[-3.,  2.]], dtype=float32)
    """

    elementwise = True
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

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return x where it is positive, alpha x elsewhere."""
        return activations.leaky_relu(x, w["alpha"]), None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradients at x and of alpha."""
        of_alpha = (gradient * np.minimum(p.x, 0.0)).sum(axis=0)  # the shape of one sample
        return gradient * activations.leaky_relu_slope(p.x, w["alpha"]), {"alpha": of_alpha}

    @classmethod
    def example(cls) -> "PReLU":
        """Return a small layer for tests."""
        return cls("normal")
