"""IDX files: the format in which MNIST and similar data sets are published.

Two zero bytes, a byte for the type, a byte for the number of dimensions, each dimension's size as
a big-endian 32-bit integer, then the numbers, big-endian and in C order.
Source: Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits.
"""

import gzip
import math
import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from badak._common.contents import HEAD, recognise
from badak._common.files import check_regular, write_whole
from badak._common.language import Phrase, message, translated
from badak._common.samples import as_array
from badak.errors import FileFormatError, InputError
from badak.typing import Array, ArrayLike

TYPES: dict[int, np.dtype] = {
    0x08: np.dtype(">u1"),
    0x09: np.dtype(">i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
"""The type byte and the numbers that it announces."""

MAX_DIMENSIONS = 64  # NumPy's own limit

PACKED_AT_MOST, ALWAYS = 200, 256 << 20
"""So many bytes a packed one may stand for, and so many in any file: sparse images pack fifty to
one, and gzip packs a thousand zeros into a byte, with which a small file could fill the memory."""

_CHUNK = 1 << 20  # bytes read at a time: a header that lies costs no more than this


def read_idx(path: str | os.PathLike[str], max_bytes: int = 4 << 30) -> Array:
    """Read the array in an IDX file, plain or packed with gzip (its first bytes say which).

    Parameters
    ----------
    path : path-like
        The file.
    max_bytes : int, default 4 GiB
        The most bytes that the unpacked numbers may take.

    Returns
    -------
    array
        Of the announced shape, in the machine's byte order; a fresh array that may be written to.

    Raises
    ------
    FileFormatError
        The file is cut short, too long, damaged, or of another kind. The message gives the offset
        of the byte (counted after unpacking), what was there and what was expected.

    Examples
    --------
    >>> write_idx(getfixture("tmp_path") / "labels.gz", np.array([5, 0, 4], np.uint8))
    >>> read_idx(getfixture("tmp_path") / "labels.gz")
    array([5, 0, 4], dtype=uint8)
    """
    path = Path(path)
    size = check_regular(path)
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not packed:
            return _read(file, path, max_bytes, max_bytes)
        justified = max(ALWAYS, PACKED_AT_MOST * size)
        with gzip.open(file) as unpacked:
            try:
                return _read(unpacked, path, max_bytes, justified)  # type: ignore[arg-type]
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise FileFormatError(
                    message("{path}: its gzip packing is damaged: {error}", path=path, error=error)
                ) from error


def write_idx(path: str | os.PathLike[str], array: ArrayLike) -> None:
    """Write an array as an IDX file, packed with gzip where the name ends in ``.gz``.

    The same array gives the same bytes at any time: no date is packed in.

    Parameters
    ----------
    path : path-like
        The file; written whole or not at all.
    array : array
        One dimension or more, of uint8, int8, int16, int32, float32 or float64.

    Raises
    ------
    InputError
        The format cannot hold the array's type or shape.

    Examples
    --------
    >>> write_idx(getfixture("tmp_path") / "labels.gz", np.array([5, 0, 4], np.uint8))
    """
    array = as_array(array, Phrase("the array"))
    code = _type_code(array.dtype)
    if not 1 <= array.ndim <= MAX_DIMENSIONS:
        raise InputError(
            message(
                "an IDX file holds 1 to {max_dimensions} dimensions, not {ndim}",
                max_dimensions=MAX_DIMENSIONS,
                ndim=array.ndim,
            )
        )
    if max(array.shape) > 0xFFFFFFFF:
        raise InputError(
            message(
                "an IDX file holds sizes below 2**32, but the shape is {shape}", shape=array.shape
            )
        )
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    content = header + array.astype(TYPES[code]).tobytes()
    if os.fspath(path).endswith(".gz"):
        content = gzip.compress(content, mtime=0)
    write_whole(path, content)


def _type_code(dtype: np.dtype) -> int:
    for code, known in TYPES.items():
        if (dtype.kind, dtype.itemsize) == (known.kind, known.itemsize):
            return code
    names = ", ".join(known.newbyteorder("=").name for known in TYPES.values())
    raise InputError(
        message(
            "an IDX file cannot hold {dtype}; convert the array to one of {names}",
            dtype=dtype,
            names=names,
        )
    )


def _read(file: BinaryIO, path: Path, max_bytes: int, justified: int) -> Array:
    dtype, dimensions = _read_magic(file, path)
    sizes = _take(file, 4, 4 * dimensions, path)
    shape = struct.unpack(f">{dimensions}I", sizes)
    # A size of zero must not hide what the others announce: NumPy refuses those shapes too.
    announced = math.prod(max(size, 1) for size in shape) * dtype.itemsize
    if announced > max_bytes:
        raise FileFormatError(
            message(
                "{path}: bytes 4 to {dimensions} announce the shape {shape}, {announced} bytes of "
                "{name}, more than the {max_bytes} that are allowed",
                path=path,
                dimensions=3 + 4 * dimensions,
                shape=shape,
                announced=announced,
                name=dtype.name,
                max_bytes=max_bytes,
            )
        )
    size = math.prod(shape) * dtype.itemsize
    if size > justified:
        raise FileFormatError(
            message(
                "{path}: it announces the shape {shape}, {size:,} bytes, more than "
                "{packed_at_most} for each byte that is packed: unpack it first if it is sound",
                path=path,
                shape=shape,
                size=size,
                packed_at_most=PACKED_AT_MOST,
            )
        )
    start = 4 + 4 * dimensions
    content = _take(file, start, size, path)
    if more := file.read(1):
        raise FileFormatError(
            message(
                "{path}: at byte {start} there is {more:#04x}, but the file should end there: its "
                "header announces the shape {shape}",
                path=path,
                start=start + len(content),
                more=more[0],
                shape=shape,
            )
        )
    return np.frombuffer(content, dtype).astype(dtype.newbyteorder("="), copy=False).reshape(shape)


def _read_magic(file: BinaryIO, path: Path) -> tuple[np.dtype, int]:
    magic = _take(file, 0, 4, path)
    if magic[:2] != b"\0\0" and (kind := recognise(bytes(magic) + file.read(HEAD))):
        raise FileFormatError(
            message("{path} is no IDX file, but {kind}", path=path, kind=translated(kind))
        )
    for offset in (0, 1):
        if magic[offset] != 0:
            raise FileFormatError(
                message(
                    "{path}: at byte {offset} there is {magic:#04x}, but an IDX file begins with "
                    "two zero bytes",
                    path=path,
                    offset=offset,
                    magic=magic[offset],
                )
            )
    if magic[2] not in TYPES:
        known = ", ".join(f"{code:#04x}" for code in TYPES)
        raise FileFormatError(
            message(
                "{path}: at byte 2 there is {magic:#04x}, but an IDX type is one of {known}",
                path=path,
                magic=magic[2],
                known=known,
            )
        )
    if not 1 <= magic[3] <= MAX_DIMENSIONS:
        raise FileFormatError(
            message(
                "{path}: at byte 3 there is {magic}, but an IDX file has 1 to {max_dimensions} "
                "dimensions",
                path=path,
                magic=magic[3],
                max_dimensions=MAX_DIMENSIONS,
            )
        )
    return TYPES[magic[2]], magic[3]


def _take(file: BinaryIO, start: int, length: int, path: Path) -> bytearray:
    """The next `length` bytes; memory grows with what is there, not with what is announced."""
    content = bytearray()
    while len(content) < length:
        chunk = file.read(min(_CHUNK, length - len(content)))
        if not chunk:
            raise FileFormatError(
                message(
                    "{path}: it ends at byte {start}, but its header announces {start_2} bytes",
                    path=path,
                    start=start + len(content),
                    start_2=start + length,
                )
                if start
                else message(
                    "{path}: it ends at byte {count}, within the 4 bytes of an IDX header",
                    path=path,
                    count=len(content),
                )
            )
        content += chunk
    return content
