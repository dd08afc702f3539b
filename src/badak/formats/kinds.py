"""What a format knows of kinds of layers, asked so that an overriding subclass is none of them."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from badak.layers.base import Layer, is_just
from badak.layers.passes import INFERENCE
from badak.typing import Array, Shape

T = TypeVar("T")


def for_kind(layer: Layer, table: Mapping[type[Layer], T]) -> T | None:
    """Return the entry of the first kind that a layer is and computes as; None: no entry fits.

    The caller derives or refuses what has none. Subclasses come before their parents.
    """
    return next((entry for kind, entry in table.items() if is_just(layer, kind)), None)


def falls_away(layer: Layer, shape: Shape) -> bool:
    """Return whether a layer returns its input as it is at inference, as `training_only` claims.

    A subclass of Dropout inherits the claim, whatever its own ``forward`` does.
    """
    if not layer.training_only or layer.output_shape(shape) != shape:
        return False
    x = probes(shape)
    return bool(np.array_equal(layer.forward(layer.weights, x, INFERENCE)[0], x))


def probes(shape: Shape) -> Array:
    """Return a few samples of a shape, (3, *shape)."""
    return np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32)
