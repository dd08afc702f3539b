"""Read safetensors files: tensors by name, the metadata, and a checksum over both.

Models, checkpoints and state_dicts of PyTorch are such files.
"""

import contextlib
import os
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from badak._common.contents import but_is
from badak._common.files import check_regular
from badak._common.language import message
from badak.errors import FileFormatError
from badak.typing import Array


@contextlib.contextmanager
def open_tensors(path: str | os.PathLike[str], what: str = "") -> Iterator[Any]:
    """Yield an open safetensors file, which errors call `what`; only its header is read.

    Raises FileFormatError, also in the body, for a file that is cut short, damaged or of another
    kind; OSError where there is none, or it is a folder.
    """
    from safetensors import SafetensorError, safe_open

    check_regular(path, what)
    try:
        with safe_open(path, framework="numpy") as file:
            yield file
    except (
        SafetensorError,
        TypeError,
    ) as error:  # TypeError: of tensors that NumPy has no type for
        raise FileFormatError(
            message(
                "{path} is not a whole safetensors file{but_is}: {error}",
                path=path,
                but_is=but_is(path),
                error=error,
            )
        ) from None


def metadata_of(file: Any) -> dict[str, str]:
    """Return the metadata of an open file."""
    return file.metadata() or {}


def tensors_of(file: Any) -> dict[str, Array]:
    """Return the tensors of an open file by name."""
    return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def checksum(text: str, tensors: Mapping[str, Array]) -> int:
    """Return the CRC-32 of a text and of the tensors' bytes in the order of their names."""
    value = zlib.crc32(text.encode())
    for name in sorted(tensors):
        value = zlib.crc32(tensors[name].data, value)
    return value
