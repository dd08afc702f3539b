"""badak's own `.safetensors`, which ``Sequential.save`` writes, read as other formats are."""

from pathlib import Path
from typing import TYPE_CHECKING

from badak.formats.base import Format, ImportOptions

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def _read(path: Path, options: ImportOptions) -> "Sequential":
    from badak.network.loading import load_model

    return load_model(path, options.custom_objects)


def _recognises(path: Path) -> bool:
    from badak.network.loading import is_model_file

    return is_model_file(path)


FORMATS = (
    Format(name="badak", endings=(".safetensors",), rank=0, read=_read, recognises=_recognises),
)
