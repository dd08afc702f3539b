"""Every number that a network has learned, in one flat vector, with a named view for each layer.

One vector makes an optimizer's step, a copy and a check one operation each. Rows are padded to
whole cache lines of 64 bytes, so that each row starts where a vector load is fast; the views show
the weights without the padding, which stays zero.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.memory import aligned_zeros, padded, padded_size
from badak._common.validation import shown
from badak.errors import InputError
from badak.typing import Array, Shape


@dataclass(frozen=True)
class ParameterSpec:
    """One array of weights that a layer asks for."""

    name: str
    shape: Shape
    initializer: Any
    regularizer: Any = None
    trainable: bool = True


@dataclass(frozen=True)
class Segment:
    """Where one array of weights lies in the flat vector."""

    layer: int
    spec: ParameterSpec
    start: int
    stop: int

    @property
    def slice(self) -> slice:
        """Its part of the vector, padding included."""
        return slice(self.start, self.stop)

    @property
    def size(self) -> int:
        """How many weights it holds, without the padding."""
        return math.prod(self.spec.shape)

    def view(self, vector: Array) -> Array:
        """Return the array without padding, sharing the vector's memory."""
        shape = self.spec.shape
        width = shape[-1] if shape else 1
        rows = vector[self.slice].reshape(*shape[:-1], padded(width))
        return rows[..., :width] if shape else rows[0]


@dataclass
class Parameters:
    """The flat vector of a network: first what is trained, then what is only kept (averages).

    `specs` has one list a layer, in the layers' order.
    """

    specs: Sequence[Sequence[ParameterSpec]]
    dtype: Any = np.float32
    segments: list[Segment] = field(init=False)
    trainable_size: int = field(init=False)
    vector: Array = field(init=False)
    layers: list[dict[str, Array]] = field(init=False)
    """The views: ``layers[2]["kernel"]``."""

    def __post_init__(self) -> None:
        self.segments = list(self._place(trainable=True, start=0))
        self.trainable_size = self.segments[-1].stop if self.segments else 0
        self.segments += self._place(trainable=False, start=self.trainable_size)
        size = self.segments[-1].stop if self.segments else 0
        self.vector = self._zeros(size)
        self.layers = self.views(self.vector)

    def _zeros(self, size: int) -> Array:
        try:
            return aligned_zeros(size, self.dtype)
        except (MemoryError, ValueError):  # more than the system, or NumPy, can address
            raise InputError(
                message(
                    "the network has {size} weights, which take more memory than there is: take "
                    "fewer units or inputs",
                    size=shown(size),
                )
            ) from None

    def _place(self, *, trainable: bool, start: int) -> Iterator[Segment]:
        for layer, specs in enumerate(self.specs):
            for spec in specs:
                if spec.trainable is trainable:
                    stop = start + padded_size(spec.shape)
                    yield Segment(layer, spec, start, stop)
                    start = stop

    def views(self, vector: Array) -> list[dict[str, Array]]:
        """Return the named views of another vector of the same layout, such as a gradient."""
        views: list[dict[str, Array]] = [{} for _ in self.specs]
        for segment in self.segments:
            if segment.stop <= len(vector):
                views[segment.layer][segment.spec.name] = segment.view(vector)
        return views

    @property
    def trainable(self) -> Array:
        """The part of the vector that an optimizer moves."""
        return self.vector[: self.trainable_size]

    @property
    def trainable_segments(self) -> list[Segment]:
        """The segments of that part."""
        return [segment for segment in self.segments if segment.spec.trainable]

    def initialise(self, seed: int) -> None:
        """Fill the views; each array draws from its own stream, given by its place."""
        for segment in self.segments:
            place = [names.name for names in self.specs[segment.layer]].index(segment.spec.name)
            rng = np.random.default_rng([seed, segment.layer, place])
            segment.view(self.vector)[...] = segment.spec.initializer(segment.spec.shape, rng)

    def copy(self, dtype: Any = np.float32) -> "Parameters":
        """Return the same weights in a vector of their own."""
        other = Parameters(self.specs, dtype)
        other.vector[...] = self.vector
        return other
