"""Atomic writes: a reader sees the old file or the new one, never half of one.

And what is read is a file: a pipe could make a reader wait for ever, a device never end.
"""

import contextlib
import errno
import os
import stat
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from badak.errors import FileFormatError


def write_whole(path: str | os.PathLike[str], data: bytes | Callable[[BinaryIO], object]) -> None:
    """Write a file atomically: whole or not at all.

    The bytes go to a new file in the same folder, reach the disk, and then take the name in one
    step. Whatever fails on the way, the old file stays as it was and no other file is left; only a
    process that is killed leaves one, which the next writing of the same file removes. A file that
    exists keeps its permissions; a new one gets those of the process's umask. A
    symbolic link keeps pointing where it points: the file behind it is written.

    Parameters
    ----------
    path
        The file to write; its folder must exist.
    data
        The bytes, or a function that writes them to the open binary file that it is given.

    Raises
    ------
    OSError
        FileNotFoundError, PermissionError, IsADirectoryError and so on, as :func:`open` has them;
        a full disk. The message names the file.

    >>> write_whole(getfixture("tmp_path") / "weights.bin", b"0123")
    >>> (getfixture("tmp_path") / "weights.bin").read_bytes()
    b'0123'
    """
    target = Path(os.path.realpath(path))
    mode = _mode_of_the_old(target)
    prefix = _prefix(target)
    temporary = target.with_name(f"{prefix}{os.getpid()}-{os.urandom(4).hex()}{TEMPORARY}")
    _clear(target.parent, prefix)
    try:
        with _create(temporary, target) as file:
            if callable(data):
                data(file)
            else:
                file.write(data)
            file.flush()
            if mode is not None:
                temporary.chmod(mode)
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, os.fspath(temporary)):
            raise _failure(target, error) from error
        raise
    _sync_folder(target.parent)


def check_place(path: Path, what: str) -> None:
    """Raise OSError, saying what to do, where a file could not be written; errors call it `what`.

    >>> check_place(getfixture("tmp_path") / "runs" / "a.csv", "table")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    FileNotFoundError: there is no folder ... for the table a.csv: make it first
    """
    import tempfile

    if path.is_dir():
        raise IsADirectoryError(f"the {what} {path} is a folder: give a file's name")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f"the {what} {path} is write-protected: give another name")
    folder = Path(os.path.realpath(path)).parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            f"there is no folder {path.parent} for the {what} {path.name}: make it first"
        ) from None
    except OSError as error:
        raise PermissionError(
            f"the folder {folder} of the {what} cannot be written to ({error.strerror}): "
            "choose another"
        ) from None


TEMPORARY = ".tmp"


def _prefix(target: Path) -> str:
    """Return how temporary files of a target begin: short, for its own name may be too long.

    The machine is part of it, because only here can a process be known to be dead.
    """
    import socket  # only here, for the start of every command reads this module

    told = f"{socket.gethostname()}\0{target.name}"
    return f".badak-{zlib.crc32(told.encode(errors='surrogateescape')):08x}-"


def _clear(folder: Path, prefix: str) -> None:
    """Remove what processes have left that were killed while they wrote the same file."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        names = [each.name for each in entries if each.name.startswith(prefix)]
        for name in names:
            process = name.removeprefix(prefix).partition("-")[0]
            if name.endswith(TEMPORARY) and process.isdecimal() and not _lives(int(process)):
                (folder / name).unlink(missing_ok=True)


def _lives(process: int) -> bool:
    if os.name == "nt":  # where a file that is being written cannot be removed
        return process == os.getpid()
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # another user's
    return True


def _failure(target: Path, error: OSError) -> OSError:
    """Return an error that names the file that was to be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    hint = "; make room, or choose another folder" if full else ""
    kind = type(error) if type(error).__module__ == "builtins" else OSError
    named = kind(f"cannot write {target}: {error.strerror or error}{hint}")
    named.errno = error.errno
    return named


def _mode_of_the_old(target: Path) -> int | None:
    """The permissions of the file that `target` names, None where there is none yet."""
    try:
        found = target.stat()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise NotADirectoryError(
            f"cannot write {target}: {target.parent} is not a folder; give another path"
        ) from None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(f"cannot write {target}: it is a folder; give a file's name")
    if not stat.S_ISREG(found.st_mode):
        raise OSError(f"cannot write {target}: it is a device or a pipe; give a file's name")
    if not os.access(target, os.W_OK):
        raise PermissionError(
            f"cannot write {target}: it is write-protected; give another name or make it writable"
        )
    return stat.S_IMODE(found.st_mode)


def _create(temporary: Path, target: Path) -> BinaryIO:
    try:
        return temporary.open("xb")
    except FileNotFoundError:
        raise FileNotFoundError(
            f"cannot write {target}: there is no folder {target.parent}; make it first"
        ) from None
    except PermissionError:
        raise PermissionError(
            f"cannot write {target}: the folder {target.parent} may not be written to; "
            "choose another or change its permissions"
        ) from None


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):  # Windows opens no folders; some network drives sync none
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_regular(path: str | os.PathLike[str], what: str = "file") -> int:
    """Return the size in bytes of a file that is to be read; its name in errors is `what`.

    Raises FileNotFoundError where there is none, IsADirectoryError for a folder, FileFormatError
    for a pipe, a socket or a device.
    """
    try:
        found = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(f"there is no {what} {path}") from None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(f"{path} is a folder: give the {what} itself")
    if not stat.S_ISREG(found.st_mode):
        raise FileFormatError(
            f"{path} is a pipe or a device, which could be read for ever: copy it to a file first"
        )
    return found.st_size
