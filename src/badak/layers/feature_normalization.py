"""Normalization: each feature to mean 0 and variance 1, learned from the data."""

from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.samples import as_array
from badak._common.statistics import Moments
from badak.errors import InputError
from badak.layers.adapted import Adapted
from badak.layers.base import check_last_axis
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, ArrayLike, Shape


@register
class Normalization(Adapted):
    """Take each feature to mean 0 and variance 1: (x - mean) / sqrt(variance).

    Mean and variance are given, or learned from data by :meth:`adapt`; ``fit`` does that by itself.
    The standard deviation counts as at least 1e-7, as in Keras, so that a constant feature becomes
    0.

    Parameters
    ----------
    axis : int
        -1, the last axis; no other is taken.
    mean, variance : float, array_like (features,), or None
        Given together, or neither.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        Only one of mean and variance is given, one is not finite, or a variance is negative.

    Examples
    --------
    >>> layer = Normalization()
    >>> layer.adapt([[1.0, 10.0], [3.0, 30.0]])
    >>> layer.learned["mean"]
    array([ 2., 20.])
    """

    prepares_input = True
    normalises = True
    elementwise = True
    arguments = ()

    def __init__(
        self,
        axis: int = -1,
        mean: ArrayLike | None = None,
        variance: ArrayLike | None = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        check_last_axis(axis, "Normalization")
        if (mean is None) != (variance is None):
            raise InputError(message("Normalization takes mean and variance together, or neither"))
        if mean is not None and variance is not None:
            self.learned = {
                "mean": _row_of_numbers(mean, "mean"),
                "variance": _row_of_numbers(variance, "variance"),
            }
            if (self.learned["variance"] < 0.0).any():
                raise InputError(
                    message(
                        "Normalization's variance is a mean of squares and so 0 or more, not "
                        "{learned:g}",
                        learned=self.learned["variance"].min(),
                    )
                )

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return mean and variance, one a feature."""
        shape = input_shape[-1:]
        return [self._kept("mean", shape, 0.0), self._kept("variance", shape, 1.0)]

    def moments(self, input_shape: Shape) -> Moments:
        """Return an empty collector of mean and variance."""
        return Moments(input_shape[-1], covariances=False)

    def learn(self, moments: Moments) -> dict[str, Array]:
        """Return mean and variance."""
        return {"mean": moments.mean, "variance": moments.variance}

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, Array]:
        """Return (x - mean) / std, and the standard deviation for the backward pass."""
        std = np.maximum(np.sqrt(w["variance"]), 1e-7)  # (features,)
        return (x - w["mean"]) / std, std

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradient over the standard deviation."""
        return gradient / p.memo, {}

    @classmethod
    def example(cls) -> "Normalization":
        """Return a small layer for tests."""
        return cls(mean=[0.1, -0.2, 0.3, 0.0, 0.5], variance=[1.0, 2.0, 0.5, 0.0, 4.0])


def _row_of_numbers(values: ArrayLike, what: str) -> Array:
    """Return one finite number, or one a feature, (features,) or (1, ..., features)."""
    array = as_array(values, what)
    if array.ndim > 1 and array.size == array.shape[-1]:
        array = array.reshape(-1)
    with np.errstate(over="ignore"):
        fits = array.dtype.kind in "fiub" and bool(np.isfinite(array.astype(np.float32)).all())
    if not fits or array.ndim > 1:
        raise InputError(
            message(
                "Normalization's {what} is one finite number of float32, or a list of one a "
                "feature, not {values!r}",
                what=what,
                values=values,
            )
        )
    return array.astype(np.float64)
