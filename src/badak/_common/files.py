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

from badak._common.language import marked, message, translated
from badak.errors import FileFormatError


def write_whole(path: str | os.PathLike[str], data: bytes | Callable[[BinaryIO], object]) -> None:
    """Write a file atomically: whole or not at all.

    The bytes go to a new file in the same folder, reach the disk, and then take the name in one
    step. If anything fails, the old file stays as it was and no other file is left; only a
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
    created = _create(temporary, target)
    try:
        with created as file:
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
        raise IsADirectoryError(
            message("the {what} {path} is a folder: give a file's name", what=what, path=path)
        )
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(
            message("the {what} {path} is write-protected: give another name", what=what, path=path)
        )
    folder = Path(os.path.realpath(path)).parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            message(
                "there is no folder {parent} for the {what} {name}: make it first",
                parent=path.parent,
                what=what,
                name=path.name,
            )
        ) from None
    except OSError as error:
        raise PermissionError(
            message(
                "the folder {folder} of the {what} cannot be written to ({strerror}): choose "
                "another",
                folder=folder,
                what=what,
                strerror=reason_of(error),
            )
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


SYSTEM = (
    marked("No such file or directory"),
    marked("Permission denied"),
    marked("Operation not permitted"),
    marked("File exists"),
    marked("Not a directory"),
    marked("Is a directory"),
    marked("File name too long"),
    marked("No space left on device"),
    marked("Disk quota exceeded"),
    marked("File too large"),
    marked("Read-only file system"),
    marked("Input/output error"),
    marked("Too many open files"),
    marked("Too many levels of symbolic links"),
    marked("Device or resource busy"),
    marked("Invalid argument"),
)
"""What the system says of a failure, in English whatever its language; :func:`reason_of` tells."""


def reason_of(error: OSError) -> str:
    """Return what the system says of a failure.

    >>> reason_of(PermissionError(13, "Permission denied"))
    'Permission denied'
    """
    return translated(error.strerror) if error.strerror else str(error)


def _failure(target: Path, error: OSError) -> OSError:
    """Return an error that names the file that was to be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    kind = type(error) if type(error).__module__ == "builtins" else OSError
    reason = reason_of(error)
    if full:
        named = kind(
            message(
                "cannot write {target}: {reason}; make room, or choose another folder",
                target=target,
                reason=reason,
            )
        )
    else:
        named = kind(message("cannot write {target}: {reason}", target=target, reason=reason))
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
            message(
                "cannot write {target}: {parent} is not a folder; give another path",
                target=target,
                parent=target.parent,
            )
        ) from None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(
            message("cannot write {target}: it is a folder; give a file's name", target=target)
        )
    if not stat.S_ISREG(found.st_mode):
        raise OSError(
            message(
                "cannot write {target}: it is a device or a pipe; give a file's name", target=target
            )
        )
    if not os.access(target, os.W_OK):
        raise PermissionError(
            message(
                "cannot write {target}: it is write-protected; give another name or make it "
                "writable",
                target=target,
            )
        )
    return stat.S_IMODE(found.st_mode)


def _create(temporary: Path, target: Path) -> BinaryIO:
    try:
        return temporary.open("xb")
    except FileNotFoundError:
        raise FileNotFoundError(
            message(
                "cannot write {target}: there is no folder {parent}; make it first",
                target=target,
                parent=target.parent,
            )
        ) from None
    except PermissionError:
        raise PermissionError(
            message(
                "cannot write {target}: the folder {parent} may not be written to; choose another "
                "or change its permissions",
                target=target,
                parent=target.parent,
            )
        ) from None
    except OSError as error:
        raise _failure(target, error) from error


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):  # Windows opens no folders; some network drives sync none
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_regular(path: str | os.PathLike[str], what: str = "") -> int:
    """Return the size in bytes of a file that is to be read; which errors call `what`, or "file".

    Raises FileNotFoundError where there is none, IsADirectoryError for a folder, FileFormatError
    for a pipe, a socket or a device.
    """
    what = what or message("file")
    try:
        found = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            message("there is no {what} {path}", what=what, path=path)
        ) from None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(
            message("{path} is a folder: give the {what} itself", path=path, what=what)
        )
    if not stat.S_ISREG(found.st_mode):
        raise FileFormatError(
            message(
                "{path} is a pipe or a device, which could be read for ever: copy it to a file "
                "first",
                path=path,
            )
        )
    return found.st_size
