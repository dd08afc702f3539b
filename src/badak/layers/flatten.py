"""Flatten: samples of several axes as rows."""

import math

from badak.layers.base import Layer
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Shape


@register
class Flatten(Layer):
    """Lay the axes of a sample one after another: (28, 28) becomes (784,).

    Parameters
    ----------
    name, input_shape, input_dim, learning_rate_multiplier
        As every :class:`Layer` takes them.

    Examples
    --------
    >>> Flatten().output_shape((28, 28))
    (784,)
    """

    example_input = (2, 3)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return one axis as long as all of them together."""
        return (math.prod(input_shape),)

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return each sample as one row, (batch, features)."""
        return x.reshape(len(x), -1), None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradient in the shape of the input."""
        return gradient.reshape(p.x.shape), {}
