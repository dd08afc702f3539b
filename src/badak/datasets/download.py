"""Where the files of a data set come from: a folder of the user's, the cache, or the network."""

import hashlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from badak._common.contents import content_of
from badak._common.language import message
from badak.datasets.idx import read_idx
from badak.datasets.names import PACKING, find, is_folder_of, places, variants
from badak.errors import DownloadError, FileFormatError, InputError

VARIABLE = "BADAK_DATA"
"""The environment variable that names a folder with data sets, such as a classroom's."""


def fetch(
    name: str,
    file: str,
    base_urls: Sequence[str],
    sha256: str,
    data_dir: str | os.PathLike[str] | None = None,
    offline: bool = False,
) -> Path:
    """Return the path of one checked file of a data set, downloaded if no folder has it.

    Each of :func:`data_folders` is looked into, first in its sub-folder `name`, then in itself,
    for `file` and for its unpacked form, also as 7-Zip and torchvision name them. Only if none has
    it, and `data_dir` is not given, the addresses are tried in turn, and the file is kept in the
    cache. A file has this checksum or is refused, wherever it comes from. An unpacked file cannot
    be checked so; it must be sound IDX in a folder that is called after the data set, because files
    of other sets have the same names.

    Parameters
    ----------
    name
        The data set's name, which is its sub-folder's too, such as ``"mnist"``.
    file
        The file's name, with ``.gz``.
    base_urls
        Addresses of folders, the preferred one first.
    sha256
        The SHA-256 of the packed file, in hexadecimal.
    data_dir
        A folder, which is then the only one that is looked into.
    offline
        Whether never to use the network.

    Raises
    ------
    FileFormatError
        A file is there, but damaged or another one.
    InputError
        `data_dir` lacks it.
    DownloadError
        No folder has it and no address gave it.
    """
    for folder in data_folders(data_dir):
        found = _find(folder, name, file, sha256)
        if found is not None:
            return found
    if data_dir is not None:
        raise InputError(
            message(
                "{data_dir} has no file {file} of {name}, which may also be called {variants}; "
                "leave data_dir out to look elsewhere",
                data_dir=os.fspath(data_dir),
                file=file,
                name=name,
                variants=", ".join(variants(file)[1:]),
            )
        )
    if offline:
        raise DownloadError(
            message(
                "no folder has {name}'s {file}; {what_to_do}",
                name=name,
                file=file,
                what_to_do=_what_to_do(name, file),
            )
        )
    return _download(name, file, base_urls, sha256)


def data_folders(data_dir: str | os.PathLike[str] | None = None) -> Iterator[Path]:
    """Return the folders that may hold data sets: `data_dir` alone, or BADAK_DATA and the cache.

    >>> next(data_folders(getfixture("tmp_path"))) == getfixture("tmp_path")
    True
    """
    if data_dir is not None:
        yield _existing(data_dir, "data_dir")
        return
    if named := os.environ.get(VARIABLE):
        yield _existing(named, VARIABLE)
    yield _cache()


def _existing(folder: str | os.PathLike[str], source: str) -> Path:
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise InputError(
            message(
                "{source} is {folder!r}, but there is no such folder",
                source=source,
                folder=str(folder),
            )
        )
    return path


def _cache() -> Path:
    import pooch

    return Path(pooch.os_cache("badak"))


def _find(folder: Path, name: str, file: str, sha256: str) -> Path | None:
    for place in places(folder, name):
        found = find(place, file)
        if found is None:
            continue
        if found.suffix == PACKING:
            _check_sum(found, name, sha256)
        else:
            _check_unpacked(found, name, file)
        return found
    return None


def _check_sum(path: Path, name: str, sha256: str) -> None:
    with path.open("rb") as file:
        got = hashlib.file_digest(file, "sha256").hexdigest()
    if got != sha256:
        found = content_of(path)
        if found and "gzip" not in found:
            raise FileFormatError(
                message(
                    "{path} is not {name}'s file, but {found}: download it again",
                    path=path,
                    name=name,
                    found=found,
                )
            )
        raise FileFormatError(
            message(
                "{path} is not {name}'s file or is damaged: its SHA-256 should be {sha256} but is "
                "{got}; remove it, or keep each data set's files in a sub-folder of its name",
                path=path,
                name=name,
                sha256=sha256,
                got=got,
            )
        )


def _check_unpacked(path: Path, name: str, file: str) -> None:
    if not is_folder_of(path.parent, name, file):
        raise FileFormatError(
            message(
                "{path} is unpacked, so no checksum tells whether it is {name}'s; move it into a "
                "folder called {name!r} or give the .gz file",
                path=path,
                name=name,
            )
        )
    read_idx(path)


def _download(name: str, file: str, base_urls: Sequence[str], sha256: str) -> Path:
    """From the first address that gives the right bytes.

    pooch writes under a name of its own and renames once the checksum is right, so that two
    processes may do this at once.
    """
    import pooch

    folder = _cache() / name
    reasons = []
    for base_url in base_urls:
        url = f"{base_url.rstrip('/')}/{file}"
        downloader = pooch.HTTPDownloader(progressbar=sys.stderr.isatty())
        try:
            return Path(pooch.retrieve(url, f"sha256:{sha256}", file, folder, None, downloader))
        except (OSError, ValueError) as error:  # the network's and the disk's; a wrong checksum
            reasons.append(f"{url}: {_reason(error)}")
    raise DownloadError(
        message(
            "{name}'s {file} could be had from no address ({reasons}); {what_to_do}",
            name=name,
            file=file,
            reasons="; ".join(reasons),
            what_to_do=_what_to_do(name, file),
        )
    )


def _reason(error: BaseException) -> str:
    """What went wrong, in one line, without what requests and urllib3 have wrapped around it."""
    wrapped = error.args[0] if error.args else error
    said = " ".join(str(getattr(wrapped, "reason", error)).split())
    return re.sub(r"^HTTPS?Connection(Pool)?\(.*?\): ", "", said)


def _what_to_do(name: str, file: str) -> str:
    return message(
        "get {file} and the set's other files on a machine with a network, put them in a "
        "sub-folder {name!r} of a folder, and give that folder as --data-dir (data_dir in "
        "Python) or in {variable}; one such folder serves an offline classroom",
        file=file,
        name=name,
        variable=VARIABLE,
    )
