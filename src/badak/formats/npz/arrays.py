"""NumPy's `.npz`: the weights as arrays by name.

badak's own file has an entry more, which describes the network as JSON. Any other is taken for
Dense layers whose matrices are (inputs, units).
"""

import io
import os
import zipfile

import numpy as np
from numpy.lib import format as npy

from badak._common.json_data import read_object
from badak._common.language import message
from badak.errors import FileFormatError
from badak.formats.archives import read_entries
from badak.formats.assembly import check_built, check_no_hints, filled
from badak.formats.base import ImportOptions
from badak.formats.named_arrays import dense_network, in_order
from badak.network.loading import rebuild
from badak.network.saving import as_text, describe
from badak.network.sequential import Sequential
from badak.network.weights import check_ready, weights_by_name
from badak.typing import Array

DESCRIPTION = "badak"
WHAT = message("its description of the network")
DATE = (1980, 1, 1, 0, 0, 0)  # the same model, the same bytes


def write(model: Sequential) -> bytes:
    """Return the file: an array ``layer.weights`` each, and the description of the network."""
    check_ready(model)
    arrays = {DESCRIPTION: np.array(as_text(describe(model))), **weights_by_name(model)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            npy.write_array(content, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", DATE), content.getvalue())
    return packed.getvalue()


def read(path: str | os.PathLike[str], options: ImportOptions) -> Sequential:
    """Return the network in a file that badak wrote, or the Dense layers in any other.

    Those are recognised by names such as W1, b1, W2, b2 or dense.kernel, dense.bias, or stand in
    order, as ``np.savez(path, *model.get_weights())`` puts them. The options give the activations,
    or a model that is the same but for its weights, which then stand in the order of its
    ``get_weights``.

    Raises FileFormatError for a file that is damaged, hostile, or holds anything else.
    """
    try:
        arrays = {
            name.removesuffix(".npy"): _array(name, content)
            for name, content in read_entries(path).items()
        }
        description = arrays.pop(DESCRIPTION, None)
        _check_numbers(arrays)
        if options.like is not None:
            return filled(options.like, [arrays[name] for name in _names(options.like, arrays)])
        if description is not None:
            check_no_hints(path, options.activation, options.output)
            return rebuild(arrays, read_object(str(description), WHAT), options.custom_objects)
        return dense_network(arrays, options)
    except FileFormatError as error:
        text = str(error)
        raise FileFormatError(text if text.startswith(str(path)) else f"{path}: {text}") from None


def _check_numbers(arrays: dict[str, Array]) -> None:
    for name, array in arrays.items():
        if array.dtype.kind == "U":
            raise FileFormatError(message("{name!r} is no array of numbers", name=name))


def _names(like: Sequential, arrays: dict[str, Array]) -> list[str]:
    """Return the arrays' names in the order of a model's weights, which the model's names tell."""
    check_built(like)
    own = [f"{layer.name}.{name}" for layer in like.layers for name in layer.weights]
    return own if own and set(own) == set(arrays) else in_order(arrays)


HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
"""By the version of the format."""


def _array(name: str, content: bytes) -> Array:
    """Return one entry, whose header is checked against what the file holds before it is read."""
    stream = io.BytesIO(content)
    try:
        shape, fortran, dtype = HEADERS[npy.read_magic(stream)](stream)
    except Exception as error:  # the header is text that NumPy parses, and raises what it meets
        raise FileFormatError(
            message("the entry {name!r} is no array of NumPy: {error}", name=name, error=error)
        ) from None
    if dtype.hasobject or dtype.kind not in "fiubU":
        raise FileFormatError(
            message(
                "the array {name!r} is of type {dtype}, but only numbers are read",
                name=name,
                dtype=dtype,
            )
        )
    body = content[stream.tell() :]
    size = dtype.itemsize
    for length in shape:
        size *= length
    if size != len(body) or not size:
        raise FileFormatError(
            message(
                "the array {name!r} takes {size} bytes, but there are {count}",
                name=name,
                size=size,
                count=len(body),
            )
        )
    if dtype.kind == "U" and not _is_text(
        np.frombuffer(body, dtype.str.replace("U", "u")[:2] + "4")
    ):
        raise FileFormatError(message("the array {name!r} holds what is no text", name=name))
    return np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C")


def _is_text(codes: Array) -> bool:
    """Whether these are characters of Unicode; NumPy takes any number of 32 bits for one."""
    return bool(((codes < 0xD800) | ((codes > 0xDFFF) & (codes <= 0x10FFFF))).all())
