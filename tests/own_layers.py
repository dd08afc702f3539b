"""Layers as users write them, one of each kind: what tests run beside badak's own."""

import numpy as np

from badak import initializers
from badak.layers import Dense, Dropout, Layer
from badak.layers.parameters import ParameterSpec


class Bend(Layer):
    """z = u + strength u^2 / (1 + |u|) with u = lift x: elementwise, with a setting and weights."""

    arguments = ("strength",)
    elementwise = True
    example_input = (2, 3)

    def __init__(self, strength=0.7, **common):
        super().__init__(**common)
        self.strength = strength

    def parameters(self, input_shape):
        return [ParameterSpec("lift", input_shape[-1:], initializers.get("ones"))]

    def forward(self, w, x, mode):
        u = w["lift"] * x
        return u + self.strength * u * u / (1.0 + np.abs(u)), None

    def backward(self, w, p, gradient):
        u = w["lift"] * p.x
        a = np.abs(u)
        at_u = gradient * (1.0 + self.strength * u * (2.0 + a) / ((1.0 + a) * (1.0 + a)))
        return w["lift"] * at_u, {"lift": (p.x * at_u).sum(axis=tuple(range(p.x.ndim - 1)))}


class Twice(Dense):
    """A subclass of Dense with passes of its own: a = 2 (x W + b)."""

    def forward(self, w, x, mode):
        return 2.0 * (x @ w["kernel"] + w["bias"]), None

    def backward(self, w, p, gradient):
        of_weights = {"kernel": 2.0 * p.x.T @ gradient, "bias": 2.0 * gradient.sum(axis=0)}
        return 2.0 * gradient @ w["kernel"].T, of_weights

    @classmethod
    def example(cls):
        return cls(4, "tanh")


class Renamed(Dense):
    """A subclass of Dense that computes as Dense does."""

    @classmethod
    def example(cls):
        return cls(4, "tanh")


class DropsAlways(Dropout):
    """Inherits the claim that it does nothing at inference, and halves its input."""

    def forward(self, w, x, mode):
        return 0.5 * x, None

    def backward(self, w, p, gradient):
        return 0.5 * gradient, {}

    @classmethod
    def example(cls):
        return cls(0.5)


class RowShare(Layer):
    """Works on rows: each number's share of the row's sum of squares, s = 1 + sum x^2."""

    example_input = (2, 4)

    def forward(self, w, x, mode):
        return x * x / (1.0 + (x * x).sum(axis=-1, keepdims=True)), None

    def backward(self, w, p, gradient):
        s = 1.0 + (p.x * p.x).sum(axis=-1, keepdims=True)
        along = (gradient * p.z).sum(axis=-1, keepdims=True)
        return 2.0 * p.x * (gradient - along) / s, {}


class AcrossRows(Layer):
    """Works on the middle axis, which a formula of rows would take for the last."""

    example_input = (3, 3)

    def forward(self, w, x, mode):
        return x - x.mean(axis=1, keepdims=True), None

    def backward(self, w, p, gradient):
        return gradient - gradient.mean(axis=1, keepdims=True), {}


class BesideItsSquares(Layer):
    """Widens: x and a learned multiple of x^2 side by side."""

    def output_shape(self, input_shape):
        return (2 * input_shape[-1],)

    def parameters(self, input_shape):
        return [ParameterSpec("factor", input_shape, lambda shape, rng: np.full(shape, 0.3))]

    def forward(self, w, x, mode):
        return np.concatenate([x, w["factor"] * x * x], axis=-1), None

    def backward(self, w, p, gradient):
        width = p.x.shape[-1]
        plain, squared = gradient[:, :width], gradient[:, width:]
        at_x = plain + 2.0 * w["factor"] * p.x * squared
        return at_x, {"factor": (squared * p.x * p.x).sum(axis=0)}


class RowSum(Layer):
    """Narrows: one number, the sum of a sample's numbers."""

    def output_shape(self, input_shape):
        return (1,)

    def forward(self, w, x, mode):
        return x.sum(axis=-1, keepdims=True), None

    def backward(self, w, p, gradient):
        return gradient + np.zeros_like(p.x), {}


class Matrix(Layer):
    """Has weights of another shape than its numbers."""

    def parameters(self, input_shape):
        shape = (input_shape[-1], input_shape[-1])
        return [ParameterSpec("matrix", shape, initializers.get("orthogonal"))]

    def forward(self, w, x, mode):
        return x @ w["matrix"], None

    def backward(self, w, p, gradient):
        return gradient @ w["matrix"].T, {"matrix": p.x.T @ gradient}


class MinusBatchMean(Layer):
    """Looks at the whole batch, and does not say so by its trait."""

    def forward(self, w, x, mode):
        return x - x.mean(axis=0), None

    def backward(self, w, p, gradient):
        return gradient - gradient.mean(axis=0), {}


class MinusBatchMeanAsItSays(MinusBatchMean):
    """Looks at the whole batch, and says so."""

    batch_statistics = True


SAMPLE_BY_SAMPLE = {
    kind.__name__: kind
    for kind in (
        *(Bend, Twice, Renamed, DropsAlways, RowShare),
        *(AcrossRows, BesideItsSquares, RowSum, Matrix),
    )
}
"""Layers whose answer to a sample depends on that sample alone."""

OWN = {
    **SAMPLE_BY_SAMPLE,
    **{kind.__name__: kind for kind in (MinusBatchMean, MinusBatchMeanAsItSays)},
}
"""All of them."""
