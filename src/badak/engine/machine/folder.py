"""The folder of the engine's machine code: where it is, and whose code is run.

Machine code that is loaded is run, so that whoever can write it can do all that the user can. The
folder is made for its owner alone. A folder or a file of another user, or one that others may write
to, is not loaded from; the system's administrator is trusted.
"""

import os
import stat
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from badak._common.files import reason_of, write_whole
from badak._common.language import message

VARIABLE = "BADAK_CACHE"
"""The environment variable that names the folder for what badak keeps between runs."""

SUFFIX = ".machine-code"
PATIENCE = 60.0
"""Seconds to wait for another process that compiles, before this one compiles too."""

_DAY = 86_400.0
_KEPT_DAYS = 90.0
_LOOK = 0.05  # seconds between two tries to get the lock
_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def cache_folder() -> Path:
    """The folder of the engine's machine code; it need not exist yet.

    It is ``engine`` in the folder that BADAK_CACHE names, or else in the user's cache.

    >>> getfixture("monkeypatch").setenv("BADAK_CACHE", "somewhere")
    >>> cache_folder().as_posix()
    'somewhere/engine'
    """
    return _user_cache() / "engine"


def clear_cache() -> int:
    """Remove all machine code from the cache and return how many files that were.

    >>> getfixture("monkeypatch").setenv("BADAK_CACHE", str(getfixture("tmp_path")))
    >>> clear_cache()
    0
    """
    return _remove(cache_folder(), lambda file: True)


def usable_folder() -> Path | None:
    """Return the folder, made if need be; None, with a warning, where it cannot be used."""
    folder = cache_folder()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)
        found = folder.stat()
        if _is_open(found) and not _is_foreign(found):
            folder.chmod(stat.S_IRWXU)
            _remove(folder, lambda file: True)  # others may have put it there
            found = folder.stat()
    except OSError as error:
        warn_unwritable(folder, error)
        return None
    if _is_foreign(found) or _is_open(found):
        if _is_foreign(found):
            _warn_unused(
                folder,
                message("belongs to another user, who could put code there that runs as you"),
            )
        else:
            _warn_unused(
                folder,
                message("can be written by others, who could put code there that runs as you"),
            )
        return None
    return folder


def warn_unwritable(folder: Path, error: OSError) -> None:
    """Say once that the folder cannot be written to, and what to do."""
    _warn_unused(folder, message("cannot be written ({reason})", reason=reason_of(error)))


def _warn_unused(folder: Path, fault: str) -> None:
    """Say once that the folder cannot be used, why, and what to do."""
    _warn_once(
        message(
            "the engine is compiled anew in each process, because {folder} {fault}; set "
            "{variable} to a folder that only you can write to",
            folder=folder,
            fault=fault,
            variable=VARIABLE,
        )
    )


@cache
def _warn_once(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=2)


def read(path: Path) -> bytes:
    """Return what the file holds, and keep it from growing old.

    Raises
    ------
    OSError
        It cannot be read, is a link, or others than its owner may have written it.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        if _is_foreign(found) or _is_open(found):
            raise PermissionError(message("{path}: others may have written it", path=path))
        data = file.read()
    if time.time() - found.st_mtime > _DAY:
        with suppress(PermissionError):
            os.utime(path)
    return data


def write(path: Path, data: bytes) -> None:
    """Write a file that only its owner may change, and remove what was not used for long."""
    path.unlink(missing_ok=True)  # of another owner, or open to others, as it may be
    write_whole(path, data)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    now = time.time()
    _remove(path.parent, lambda file: now - file.stat().st_mtime > _KEPT_DAYS * _DAY)


@contextmanager
def one_at_a_time(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the folder's lock among processes, or go on without it after PATIENCE.

    `waiting` is called once if another process, or another thread, has it. The system releases the
    lock of a process that dies. Where there are no locks, as in some network folders, nobody waits.
    """
    try:
        lock = _Lock(folder)
    except OSError:
        yield
        return
    try:
        deadline, told = time.monotonic() + PATIENCE, False
        while not lock.acquire() and time.monotonic() < deadline:
            if not told:
                waiting()
                told = True
            time.sleep(_LOOK)
        yield
    finally:
        lock.close()


if sys.platform == "win32":
    import msvcrt

    class _Lock:
        def __init__(self, folder: Path) -> None:
            self._path = folder / "lock"
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT)

        def acquire(self) -> bool:
            try:
                msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)
            except OSError:
                return False
            return True

        def close(self) -> None:
            os.close(self._file)
            with suppress(OSError):  # another one has it open
                self._path.unlink()

    def _is_foreign(found: os.stat_result) -> bool:
        return False  # who may write is in lists that Python does not read

    def _is_open(found: os.stat_result) -> bool:
        return False

else:
    import fcntl

    class _Lock:
        def __init__(self, folder: Path) -> None:
            self._file = os.open(folder, os.O_RDONLY)

        def acquire(self) -> bool:
            """Try to get the lock; True too where this kind of folder has none."""
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            except OSError:
                return True
            return True

        def close(self) -> None:
            with suppress(OSError):  # by name: a child that was forked meanwhile holds it too
                fcntl.flock(self._file, fcntl.LOCK_UN)
            os.close(self._file)

    def _is_foreign(found: os.stat_result) -> bool:
        return found.st_uid not in (os.geteuid(), 0)

    def _is_open(found: os.stat_result) -> bool:
        return bool(found.st_mode & _BY_OTHERS)


def _remove(folder: Path, chosen: Callable[[Path], bool]) -> int:
    removed = 0
    for file in folder.glob(f"*{SUFFIX}"):
        with suppress(FileNotFoundError):  # another process was quicker
            if chosen(file):
                file.unlink()
                removed += 1
    return removed


def _user_cache() -> Path:
    """As platformdirs has it, which takes long to import."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given).expanduser()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
        return Path(local) / "badak" / "badak" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "badak"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "badak"
