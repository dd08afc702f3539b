"""Dense layers from arrays that only their names, or their order, tell apart."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from badak._common.language import message
from badak.errors import FileFormatError
from badak.formats.assembly import assemble, dense_layers
from badak.formats.base import ImportOptions
from badak.formats.order import as_made, natural, pattern
from badak.network.sequential import Sequential
from badak.typing import Array


def dense_network(arrays: dict[str, Any], options: ImportOptions) -> Sequential:
    """Return the network of Dense layers with these kernels and biases."""
    pairs = dense_pairs(arrays)
    layers = dense_layers(pairs, options.activation, options.output)
    return assemble(layers, (pairs[0][0].shape[0],), "imported")


def dense_pairs(arrays: dict[str, Any]) -> list[tuple[Array, Array | None]]:
    """Return kernels (inputs, units) and biases (units,) from arrays by name.

    Every array has to be one of the two, and the kernels fit one behind the other.

    >>> pairs = dense_pairs({"W1": np.ones((3, 2)), "b1": np.ones(2), "W2": np.ones((2, 1))})
    >>> [(kernel.shape, bias is not None) for kernel, bias in pairs]
    [((3, 2), True), ((2, 1), False)]
    """
    pairs: list[tuple[Array, Array | None]] = []
    for name in in_order(arrays):
        array = arrays[name]
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
            raise FileFormatError(message("{name!r} is no array of numbers", name=name))
        if array.ndim == 2:
            pairs.append((array, None))
        elif array.ndim == 1 and pairs and pairs[-1][1] is None:
            pairs[-1] = (pairs[-1][0], array)
        else:
            raise FileFormatError(
                message(
                    "{name!r} of shape {shape} is no matrix or bias of a Dense layer in turn; "
                    "give like=, a model that is the same but for its weights",
                    name=name,
                    shape=array.shape,
                )
            )
    if not pairs:
        raise FileFormatError(message("it holds no matrices of weights"))
    return pairs


KERNELS, BIASES = ("w", "weight", "weights", "kernel", "coef"), ("b", "bias", "intercept")


def in_order(arrays: dict[str, Any]) -> list[str]:
    """Return the names: those of one layer together, by its number, its kernel first.

    Arrays that have no such names keep the order of the file, unless they are sorted by name, which
    hides it: then FileFormatError.
    """
    if len({pattern(name) for name in arrays}) == 1:
        return sorted(arrays, key=natural)
    keys = {}
    for name in arrays:
        words = re.findall(r"[a-z]+|[0-9]+", name.lower())
        roles = [word for word in words if word in (*KERNELS, *BIASES)]
        if len(roles) != 1:
            return _of_file(arrays)
        numbers = [natural(word) for word in words if word.isdigit()]
        stem = "".join(word for word in words if word not in roles and not word.isdigit())
        keys[name] = (numbers, stem, roles[0] in BIASES)
    if len({stem for _, stem, _ in keys.values()}) > 1:
        return _of_file(arrays)
    return sorted(keys, key=lambda name: keys[name])


def _of_file(names: Iterable[str]) -> list[str]:
    listed = list(names)
    if not as_made(listed):
        raise FileFormatError(
            message(
                "its arrays {listed}... are sorted by name, which does not tell the order of its "
                "layers: write them in the order of the layers, or number them (W1, b1, W2, b2)",
                listed=", ".join(map(repr, listed[:6])),
            )
        )
    return listed
