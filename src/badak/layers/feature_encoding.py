"""Layers that make several numbers of each feature, each from that feature alone."""

from abc import abstractmethod
from typing import Any, TypeGuard

import numpy as np

from badak.layers.base import Layer, one_axis
from badak.layers.passes import LayerPass, Mode, Weights
from badak.typing import Array, Shape


class FeatureEncoding(Layer):
    """A layer that makes several numbers of each feature, each from that feature alone.

    A kind of it says how many by :meth:`copies`, and what it does to the repeated features, number
    by number, by :meth:`encode` and :meth:`encode_backward`. The repeating stands here once; the
    engine and the formats write it as a product with a matrix of zeros and ones.
    """

    @abstractmethod
    def copies(self, features: int) -> tuple[int, ...]:
        """Return how many numbers are made of each feature, 1 or more."""

    @abstractmethod
    def encode(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, Any]:
        """Return the output, and what the backward pass needs; x is (batch, sum of copies)."""

    @abstractmethod
    def encode_backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradients at the repeated features ``p.x`` and at the weights."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (sum of copies,)."""
        return (sum(self.copies(one_axis(input_shape, type(self).__name__))),)

    def repeating(self, features: int) -> Array:
        """Return the matrix of zeros and ones that repeats the features, (features, copies).

        Examples
        --------
        >>> from badak.layers import PiecewiseLinearEncoding
        >>> PiecewiseLinearEncoding([[0.0, 1.0, 2.0], []]).repeating(2)
        array([[1., 1., 0.],
               [0., 0., 1.]], dtype=float32)
        """
        return repeating(self.copies(features))

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, Any]:
        """Repeat each feature and encode the copies."""
        repeated = np.repeat(x, self.copies(x.shape[-1]), axis=-1)
        z, memo = self.encode(w, repeated, mode)
        return z, (repeated, memo)

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Add up the gradients at each feature's copies."""
        repeated, memo = p.memo
        passed = LayerPass(self, repeated, None, p.z, memo)
        at_copies, of_weights = self.encode_backward(w, passed, gradient)
        starts = np.cumsum((0, *self.copies(p.x.shape[-1])[:-1]))
        return np.add.reduceat(at_copies, starts, axis=-1), of_weights


def repeating(copies: tuple[int, ...]) -> Array:
    """Return the matrix of zeros and ones that repeats each feature, (features, copies)."""
    return np.repeat(np.eye(len(copies), dtype=np.float32), copies, axis=1)


def is_encoding(layer: Layer) -> TypeGuard[FeatureEncoding]:
    """Return whether a layer is the repeating and encoding that its methods say.

    False for one whose ``forward`` or ``backward`` is its own.
    """
    return isinstance(layer, FeatureEncoding) and all(
        getattr(type(layer), name) is getattr(FeatureEncoding, name) and name not in vars(layer)
        for name in ("forward", "backward", "output_shape", "repeating")
    )
