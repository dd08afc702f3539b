"""What a format knows of kinds of layers, asked so that an overriding subclass is none of them."""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from badak.layers.base import Layer, is_just
from badak.typing import Array, Shape

T = TypeVar("T")


def for_kind(layer: Layer, table: Mapping[type[Layer], T]) -> T | None:
    """Return the entry of the first kind that a layer is and computes as; None: no entry fits.

    The caller derives or refuses what has none. Subclasses come before their parents.
    """
    return next((entry for kind, entry in table.items() if is_just(layer, kind)), None)


def probes(shape: Shape) -> Array:
    """Return a few samples of a shape, (3, *shape)."""
    return np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32)
