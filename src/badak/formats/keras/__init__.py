"""Keras 3's files, `.keras` and `.weights.h5`, read and written without Keras."""

from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.language import marked
from badak.formats.base import Format, ImportOptions

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def _write(model: "Sequential", file: str) -> bytes:
    from badak.formats.keras.files import write

    return write(model)


def _read(path: Path, options: ImportOptions) -> "Sequential":
    from badak.formats.keras.files import read

    return read(path, options.custom_objects)


def _write_weights(model: "Sequential", file: str) -> bytes:
    from badak.formats.keras.files import write_weights

    return write_weights(model)


def _read_weights(path: Path, options: ImportOptions) -> "Sequential":
    from badak.formats.keras.files import read_weights

    return read_weights(path, options.activation, options.output, options.like)


_HDF5 = marked(
    "whole models in HDF5 are of older Kerases; in Keras 3, model.save('model.keras') writes what "
    "is read"
)

FORMATS = (
    Format(
        name="keras",
        endings=(".keras",),
        rank=2,
        write=_write,
        holds_names=False,
        read=_read,
        refused={".h5": _HDF5, ".hdf5": _HDF5},
        needs="badak[keras]",
    ),
    Format(
        name="keras",
        endings=(".weights.h5",),
        rank=2,
        write=_write_weights,
        holds_names=False,
        read=_read_weights,
        takes_hints=True,
        needs="badak[keras]",
    ),
)
