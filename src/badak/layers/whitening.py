"""Whitening: features to variance 1 and covariance 0, learned from the data."""

from typing import Any

from badak._common.statistics import Moments, check_whitening_method, whitening_of
from badak._common.validation import NOT_NEGATIVE, setting_of
from badak.layers.adapted import Adapted
from badak.layers.base import one_axis
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Shape


@register
class Whitening(Adapted):
    """Take the features to variance 1 and covariance 0: (x - mean) @ matrix.

    Mean and matrix are learned from data by :meth:`adapt`; ``fit`` does that by itself.

    Parameters
    ----------
    method : str
        "pca" turns the features onto their principal axes, the largest first; "zca" turns them
        back, so that an image still looks like one.
    epsilon : float
        Added to the variances, 0 or more.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        The method is not known, or `epsilon` is negative.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Whitening(epsilon=0.0)
    >>> layer.adapt([[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0], [0.0, -2.0]])
    >>> np.abs(layer.learned["matrix"]).round(3)
    array([[0.   , 1.414],
           [0.707, 0.   ]])
    """

    prepares_input = True
    normalises = True
    arguments = ("method", "epsilon")

    def __init__(self, method: str = "pca", epsilon: float = 1e-5, **common: Any) -> None:
        super().__init__(**common)
        self.method = check_whitening_method(method)
        self.epsilon = float(NOT_NEGATIVE.check(epsilon, setting_of("Whitening", "epsilon")))

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the same shape."""
        one_axis(input_shape, "Whitening")
        return input_shape

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return the mean (features,) and the matrix (features, features)."""
        width = one_axis(input_shape, "Whitening")
        return [self._kept("mean", (width,), 0.0), self._kept("matrix", (width, width), 0.0)]

    def moments(self, input_shape: Shape) -> Moments:
        """Return an empty collector of mean and covariances."""
        return Moments(one_axis(input_shape, "Whitening"), covariances=True)

    def learn(self, moments: Moments) -> dict[str, Array]:
        """Return mean and matrix."""
        matrix = whitening_of(moments.covariance, self.method, self.epsilon)
        return {"mean": moments.mean, "matrix": matrix}

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return (x - mean) @ matrix, (batch, features)."""
        return (x - w["mean"]) @ w["matrix"], None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradient times the transposed matrix."""
        return gradient @ w["matrix"].T, {}
