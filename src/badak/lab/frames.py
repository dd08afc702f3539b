"""Frames: what a page draws at one moment, as a head of JSON and arrays behind it."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from badak._common.json_data import json_data
from badak.typing import Array

ALIGNED = 8
Pieces = tuple[list[dict[str, Any]], bytes]
KINDS = {"f": "<f4", "u": "u1", "b": "u1", "i": "<i4"}
"""The type that arrays of each of NumPy's kinds are sent in; float64 stays what it is."""


def pack(head: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Return a frame.

    A uint32 is the length of the head, which is JSON, padded with spaces so that the arrays begin
    at a multiple of 8 bytes; each array is padded to one, too. All is little endian.

    Examples
    --------
    >>> frame = pack({"frame": 1}, {"bias.0": np.zeros(3, np.float32)})
    >>> head, arrays = unpack(frame)
    >>> head["frame"], arrays["bias.0"].dtype.name, len(frame) % 8
    (1, 'float32', 0)
    """
    return joined(head, pieces(arrays))


def pieces(arrays: Mapping[str, Array]) -> Pieces:
    """Return what a frame has of arrays: what describes each, and the bytes of all."""
    described, parts, offset = [], [], 0
    for name, array in arrays.items():
        sent = np.ascontiguousarray(array, _sent_as(np.asarray(array)))
        shape = list(np.shape(array))
        each = {"name": name, "dtype": sent.dtype.name, "shape": shape, "offset": offset}
        described.append(each)
        data = sent.tobytes()
        data += bytes(-len(data) % ALIGNED)
        parts.append(data)
        offset += len(data)
    return described, b"".join(parts)


def joined(head: Mapping[str, Any], *given: Pieces) -> bytes:
    """Return a frame of its head and the pieces of its arrays."""
    described, offset = [], 0
    for described_ones, data in given:
        described += [{**each, "offset": each["offset"] + offset} for each in described_ones]
        offset += len(data)
    text = json.dumps({**json_data(dict(head)), "arrays": described}, ensure_ascii=False).encode()
    text += b" " * (-(4 + len(text)) % ALIGNED)
    return b"".join([len(text).to_bytes(4, "little"), text, *(data for _, data in given)])


def unpack(frame: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return a frame's head and its arrays by name."""
    length = int.from_bytes(frame[:4], "little")
    head = json.loads(frame[4 : 4 + length])
    start = 4 + length
    arrays = {}
    for each in head["arrays"]:
        kind, count = np.dtype(each["dtype"]).newbyteorder("<"), int(np.prod(each["shape"]))
        arrays[each["name"]] = np.frombuffer(frame, kind, count, start + each["offset"]).reshape(
            each["shape"]
        )
    return head, arrays


def _sent_as(array: Array) -> str:
    return "<f8" if array.dtype == np.float64 else KINDS[array.dtype.kind]
