"""Zip files from strangers: their entries as bytes, never more than an honest file would hold."""

import os
import zipfile
from pathlib import Path

from badak._common.contents import but_is
from badak._common.files import check_regular
from badak._common.language import message
from badak.errors import FileFormatError

ALLOWANCE = 64 << 20  # bytes that any file may unpack to
RATIO = 50  # of what it unpacks to beyond that, and its own size
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # LZMA may ask for 4 GB at once


def unpacked_limit(packed: int) -> int:
    """Return how many bytes a file of so many may announce when it is unpacked."""
    return ALLOWANCE + RATIO * packed


def read_entries(path: str | os.PathLike[str]) -> dict[str, bytes]:
    """Return the entries of a zip file by their names.

    Raises FileFormatError for one that is damaged, encrypted, or would fill the memory.
    """
    size = check_regular(path)
    with Path(path).open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
                _check(path, infos, size)
                return {info.filename: archive.read(info) for info in infos}
        except FileFormatError:
            raise
        except Exception as error:  # of a damaged archive Python raises what it comes upon
            raise FileFormatError(
                message(
                    "{path} is no whole zip file{but_is}: {error}",
                    path=path,
                    but_is=but_is(path),
                    error=error,
                )
            ) from None


def _check(path: str | os.PathLike[str], infos: list[zipfile.ZipInfo], size: int) -> None:
    names = {info.filename for info in infos}
    if len(names) != len(infos):
        raise FileFormatError(message("{path} has two entries of one name", path=path))
    for info in infos:
        if info.compress_type not in PACKINGS or not info.filename:
            raise FileFormatError(
                message(
                    "{path}: the entry {filename!r} has no name, or is packed otherwise than by "
                    "deflate, as no model file is",
                    path=path,
                    filename=info.filename,
                )
            )
    announced = sum(info.file_size for info in infos)
    if announced > unpacked_limit(size):
        raise FileFormatError(
            message(
                "{path} unpacks to {announced:,} bytes, far more than weights would: it is not "
                "read",
                path=path,
                announced=announced,
            )
        )
