"""Zip files from strangers: their entries as bytes, never more than an honest file would hold."""

import os
import zipfile
import zlib
from pathlib import Path

from badak.errors import FileFormatError

ALLOWANCE = 64 << 20  # bytes that any file may unpack to
RATIO = 50  # of what it unpacks to beyond that, and its own size
MAX_ENTRIES = 10_000


def unpacked_limit(packed: int) -> int:
    """Return how many bytes a file of so many may announce when it is unpacked."""
    return ALLOWANCE + RATIO * packed


def read_entries(path: str | os.PathLike[str]) -> dict[str, bytes]:
    """Return the entries of a zip file by their names.

    Raises FileFormatError for one that is damaged, encrypted, or would fill the memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            _check(path, infos)
            return {info.filename: archive.read(info) for info in infos if not info.is_dir()}
    except FileFormatError:
        raise
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError) as error:
        raise FileFormatError(f"{path} is no whole zip file: {error}") from None


def _check(path: str | os.PathLike[str], infos: list[zipfile.ZipInfo]) -> None:
    names = {info.filename for info in infos}
    if len(infos) > MAX_ENTRIES or len(names) != len(infos):
        raise FileFormatError(f"{path} has too many entries, or two of one name")
    announced = sum(info.file_size for info in infos)
    if announced > unpacked_limit(Path(path).stat().st_size):
        raise FileFormatError(
            f"{path} unpacks to {announced:,} bytes, far more than weights would: it is not read"
        )
