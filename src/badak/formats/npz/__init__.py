"""NumPy's `.npz`: the weights as arrays by name."""

from pathlib import Path
from typing import TYPE_CHECKING

from badak.formats.base import Format, ImportOptions

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def _write(model: "Sequential", file: str) -> bytes:
    from badak.formats.npz.arrays import write

    return write(model)


def _read(path: Path, options: ImportOptions) -> "Sequential":
    from badak.formats.npz.arrays import read

    return read(path, options)


FORMATS = (
    Format(name="numpy", endings=(".npz",), rank=4, write=_write, read=_read, takes_hints=True),
)
