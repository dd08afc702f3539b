"""NumPy's `.npz`: the weights as arrays by name.

badak's own file has an entry more, which describes the network as JSON. Any other is taken for
Dense layers whose matrices are (inputs, units).
"""

import io
import json
import os
import re
import zipfile
from typing import Any

import numpy as np
from numpy.lib import format as npy

from badak.errors import FileFormatError, InputError
from badak.formats.archives import read_entries
from badak.formats.assembly import assemble, check_exportable, check_untold, dense_chain, filled
from badak.network.loading import rebuild
from badak.network.saving import describe, weights_by_name
from badak.network.sequential import Sequential
from badak.typing import Array

DESCRIPTION = "badak"
DATE = (1980, 1, 1, 0, 0, 0)  # the same model, the same bytes


def write(model: Sequential) -> bytes:
    """Return the file: an array ``layer.weights`` each, and the description of the network."""
    check_exportable(model)
    try:
        description = json.dumps(describe(model), ensure_ascii=False)
    except TypeError as error:
        raise InputError(f"the model holds something that no file can: {error}") from None
    arrays = {DESCRIPTION: np.array(description), **weights_by_name(model)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            npy.write_array(content, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", DATE), content.getvalue())
    return packed.getvalue()


def read(
    path: str | os.PathLike[str],
    activation: Any = None,
    output: Any = None,
    like: Sequential | None = None,
    custom_objects: dict[str, Any] | None = None,
) -> Sequential:
    """Return the network in a file that badak wrote, or the Dense layers in any other.

    Those are told by names such as W1, b1, W2, b2 or dense.kernel, dense.bias, or stand in order,
    as ``np.savez(path, *model.get_weights())`` puts them. `activation` is that of the hidden
    layers (or a list of one each), `output` the last one's; or `like` is a model that is the same
    but for its weights, which then stand in the order of its ``get_weights``.

    Raises FileFormatError for a file that is damaged, hostile, or holds anything else.
    """
    try:
        arrays = {
            name.removesuffix(".npy"): _array(name, content)
            for name, content in read_entries(path).items()
        }
        description = arrays.pop(DESCRIPTION, None)
        if like is not None:
            return filled(like, [arrays[name] for name in _in_order(arrays)])
        if description is not None:
            check_untold(path, activation, output)
            return rebuild(arrays, _json(description), custom_objects)
        pairs = dense_pairs(arrays)
        return assemble(dense_chain(pairs, activation, output), (pairs[0][0].shape[0],), "imported")
    except FileFormatError as error:
        text = str(error)
        raise FileFormatError(text if text.startswith(str(path)) else f"{path}: {text}") from None


HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
"""By the version of the format."""


def _array(name: str, content: bytes) -> Array:
    """Return one entry, whose header is checked against what the file holds before it is read."""
    stream = io.BytesIO(content)
    try:
        shape, fortran, dtype = HEADERS[npy.read_magic(stream)](stream)
    except Exception as error:  # the header is text that NumPy parses, and raises what it meets
        raise FileFormatError(f"the entry {name!r} is no array of NumPy: {error}") from None
    if dtype.hasobject or dtype.kind not in "fiubU":
        raise FileFormatError(f"the array {name!r} is of type {dtype}, but only numbers are read")
    body = content[stream.tell() :]
    size = dtype.itemsize
    for length in shape:
        size *= length
    if size != len(body) or not size:
        raise FileFormatError(f"the array {name!r} takes {size} bytes, but there are {len(body)}")
    return np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C")


def _json(description: Array) -> dict[str, Any]:
    try:
        value = json.loads(str(description))
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"its description of the network is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise FileFormatError("its description of the network is no object")
    return value


def dense_pairs(arrays: dict[str, Any]) -> list[tuple[Array, Array | None]]:
    """Return kernels (inputs, units) and biases (units,) from arrays by name.

    Every array has to be one of the two, and the kernels fit one behind the other.

    >>> pairs = dense_pairs({"W1": np.ones((3, 2)), "b1": np.ones(2), "W2": np.ones((2, 1))})
    >>> [(kernel.shape, bias is not None) for kernel, bias in pairs]
    [((3, 2), True), ((2, 1), False)]
    """
    pairs: list[tuple[Array, Array | None]] = []
    for name in _in_order(arrays):
        array = arrays[name]
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
            raise FileFormatError(f"{name!r} is no array of numbers")
        if array.ndim == 2:
            pairs.append((array, None))
        elif array.ndim == 1 and pairs and pairs[-1][1] is None:
            pairs[-1] = (pairs[-1][0], array)
        else:
            raise FileFormatError(
                f"{name!r} of shape {array.shape} is no matrix or bias of a Dense layer in turn; "
                f"give like=, a model that is the same but for its weights"
            )
    if not pairs:
        raise FileFormatError("it holds no matrices of weights")
    return pairs


KERNELS, BIASES = ("w", "weight", "weights", "kernel", "coef"), ("b", "bias", "intercept")


def _in_order(arrays: dict[str, Any]) -> list[str]:
    """Return the names: those of one layer together, by its number, its kernel first.

    Arrays that have no such names keep the order of the file.
    """
    keys = {}
    for name in arrays:
        words = re.findall(r"[a-z]+|\d+", name.lower())
        roles = [word for word in words if word in (*KERNELS, *BIASES)]
        if len(roles) != 1:
            return list(arrays)
        numbers = [int(word) for word in words if word.isdigit()]
        stem = "".join(word for word in words if word not in roles and not word.isdigit())
        keys[name] = (numbers, stem, roles[0] in BIASES)
    if len({stem for _, stem, _ in keys.values()}) > 1:
        return list(arrays)
    return sorted(keys, key=lambda name: keys[name])


def read_book(
    path: str | os.PathLike[str],
    activation: Any = None,
    output: Any = None,
    like: Sequential | None = None,
) -> Sequential:
    """Return the network in a pickle of the book's, W1, b1, W2 and so on; see :func:`read`."""
    from badak.formats import book

    arrays = book.load(path)
    try:
        pairs = dense_pairs(arrays)
        if like is not None:
            return filled(like, [w for pair in pairs for w in pair if w is not None])
        return assemble(dense_chain(pairs, activation, output), (pairs[0][0].shape[0],), "imported")
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}") from None
