"""Layers that take what they need to know from the data, once, before training."""

from typing import Any, TypeGuard

import numpy as np

from badak._common.language import message
from badak._common.samples import check_samples
from badak._common.statistics import Moments
from badak.errors import InputError
from badak.layers.base import Layer
from badak.layers.parameters import ParameterSpec
from badak.typing import Array, ArrayLike, Shape


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
        for name, values in learned.items():
            self._check_size(name, values)
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
                message(
                    "the layer {name!r} takes samples of {shape} features, but what it knows is "
                    "of {shape_2}: adapt it to samples of the same kind",
                    name=self.name or type(self).__name__,
                    shape=shape[-1],
                    shape_2=learned.shape[-1],
                )
            )

    def _check_size(self, name: str, learned: Array) -> None:
        """Refuse what float32 does not hold: it would become infinite as a weight."""
        beyond = np.argwhere(np.abs(learned) > np.finfo(np.float32).max)
        if len(beyond):
            place = tuple(int(i) for i in beyond[0])
            raise InputError(
                message(
                    "the layer {name!r} learns a {name_2} of {learned:.3g} for feature {place}, "
                    "but float32 holds numbers up to 3.4e+38: divide that feature by a constant "
                    "before it comes here",
                    name=self.name or type(self).__name__,
                    name_2=name,
                    learned=learned[place],
                    place=place[0],
                )
            )

    def _kept(self, name: str, shape: Shape, unlearned: float) -> ParameterSpec:
        if self.learned is not None:
            self._check_fit(self.learned[name], shape)

        def initial(shape: Shape, rng: np.random.Generator) -> Array:
            return np.full(shape, unlearned) if self.learned is None else self.learned[name]

        return ParameterSpec(name, shape, initial, trainable=False)


def waits_for_data(layer: Layer) -> TypeGuard[Adapted]:
    """Return whether a layer has still to learn from the data what it needs."""
    return isinstance(layer, Adapted) and layer.learned is None
