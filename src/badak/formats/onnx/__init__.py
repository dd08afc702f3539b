"""ONNX: networks of the dense kind, written for any program that reads it, and read from it."""

from pathlib import Path
from typing import TYPE_CHECKING

from badak.formats.base import Format, ImportOptions

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def _write(model: "Sequential", file: str) -> bytes:
    from badak.formats.onnx.write import write

    return write(model)


def _read(path: Path, options: ImportOptions) -> "Sequential":
    from badak.formats.onnx.read import read

    return read(path, options.custom_objects)


FORMATS = (
    Format(name="onnx", endings=(".onnx",), rank=1, write=_write, read=_read, needs="badak[onnx]"),
)
