"""Layers that prepare raw data, so that the model takes the data as it is."""

from typing import Any

import numpy as np

from badak._common.samples import check_samples
from badak._common.statistics import Moments, check_whitening_method, whitening_of
from badak._common.validation import FINITE, NOT_NEGATIVE
from badak.errors import InputError
from badak.layers.base import Layer, check_last_axis, one_axis
from badak.layers.parameters import ParameterSpec
from badak.typing import Array, ArrayLike, Shape


class Rescaling(Layer):
    """Return x * scale + offset; ``Rescaling(1 / 255)`` takes pixels to 0..1."""

    arguments = ("scale", "offset")

    def __init__(self, scale: float, offset: float = 0.0, **common: Any) -> None:
        super().__init__(**common)
        self.scale = float(FINITE.check(scale, "Rescaling's scale"))
        self.offset = float(FINITE.check(offset, "Rescaling's offset"))


class Adapted(Layer):
    """A layer that takes what it needs to know from the data, once, before training.

    ``fit`` adapts it to the training data if :meth:`adapt` has not been called.
    """

    def __init__(self, **common: Any) -> None:
        super().__init__(**common)
        self.learned: dict[str, Array] | None = None

    def adapt(self, data: ArrayLike) -> None:
        """Learn from `data`, (samples, *shape), given as the layer will receive it."""
        x = check_samples(data)
        moments = self.moments(x.shape[1:])
        for start in range(0, len(x), 4096):
            moments.add(x[start : start + 4096])
        self.finish(moments)

    def keep(self) -> None:
        """Take the weights as they are for what was learned."""
        self.learned = {name: view.copy() for name, view in self.weights.items()}

    def finish(self, moments: Moments) -> None:
        """Take over what the gathered moments say."""
        learned = self.learn(moments)
        for name, view in self.weights.items():
            self._check_fit(learned[name], view.shape)
        self.learned = learned
        for name, view in self.weights.items():
            view[...] = learned[name]

    def moments(self, input_shape: Shape) -> Moments:
        """Return an empty collector of what the layer has to know of its input."""
        raise NotImplementedError

    def learn(self, moments: Moments) -> dict[str, Array]:
        """Return the layer's weights, by name."""
        raise NotImplementedError

    def _check_fit(self, learned: Array, shape: Shape) -> None:
        if learned.shape not in ((), shape):
            raise InputError(
                f"the layer {self.name or type(self).__name__!r} takes samples of {shape[-1]} "
                f"features, but what it knows is of {learned.shape[-1]}: adapt it to samples of "
                f"the same kind"
            )

    def _kept(self, name: str, shape: Shape, unlearned: float) -> ParameterSpec:
        if self.learned is not None:
            self._check_fit(self.learned[name], shape)

        def initial(shape: Shape, rng: np.random.Generator) -> Array:
            return np.full(shape, unlearned) if self.learned is None else self.learned[name]

        return ParameterSpec(name, shape, initial, trainable=False)


class Normalization(Adapted):
    """Take each feature to mean 0 and variance 1: (x - mean) / sqrt(variance).

    Mean and variance are given, or learned from data by :meth:`adapt`. The standard deviation is
    taken as at least 1e-7, as in Keras, so that a constant feature becomes 0.
    """

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
            raise InputError("Normalization takes mean and variance together, or neither")
        if mean is not None and variance is not None:
            self.learned = {
                "mean": _row_of_numbers(mean, "mean"),
                "variance": _row_of_numbers(variance, "variance"),
            }
            if (self.learned["variance"] < 0.0).any():
                raise InputError(
                    f"Normalization's variance is a mean of squares and so 0 or more, "
                    f"not {self.learned['variance'].min():g}"
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


class Whitening(Adapted):
    """Take the features to variance 1 and covariance 0: (x - mean) @ matrix.

    `method` "pca" turns them onto their principal axes, the largest first; "zca" turns them back,
    so that an image still looks like one. `epsilon` is added to the variances.
    """

    arguments = ("method", "epsilon")

    def __init__(self, method: str = "pca", epsilon: float = 1e-5, **common: Any) -> None:
        super().__init__(**common)
        self.method = check_whitening_method(method)
        self.epsilon = float(NOT_NEGATIVE.check(epsilon, "Whitening's epsilon"))

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


def _row_of_numbers(values: ArrayLike, what: str) -> Array:
    """Return one finite number, or one a feature, (features,) or (1, ..., features)."""
    array = np.asarray(values)
    if array.ndim > 1 and array.size == array.shape[-1]:
        array = array.reshape(-1)
    if array.dtype.kind not in "fiub" or array.ndim > 1 or not np.isfinite(array).all():
        raise InputError(
            f"Normalization's {what} is one finite number, or a list of one a feature, "
            f"not {values!r}"
        )
    return array.astype(np.float64)
