"""A few threads that wait for work: native code that lets them run at the same time."""

import ctypes
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from badak._common.language import message
from badak.errors import InputError

VARIABLE = "BADAK_NUM_THREADS"
"""The environment variable that sets how many threads a network may run on."""

Task = Callable[[int], Any]


_here = threading.local()


@contextmanager
def alone() -> Iterator[None]:
    """Let networks that this Python thread runs meanwhile use no other threads."""
    before = getattr(_here, "alone", False)
    _here.alone = True
    try:
        yield
    finally:
        _here.alone = before


def thread_count() -> int:
    """Return how many threads to use: what BADAK_NUM_THREADS says, or as many as cores allowed."""
    return 1 if getattr(_here, "alone", False) else allowed_threads()


def allowed_threads() -> int:
    """Return how many threads this process may use."""
    given = os.environ.get(VARIABLE)
    if given is None:
        return cores()
    if not given.isdecimal() or int(given) < 1:
        raise InputError(
            message(
                "{variable} is {given!r}, but it must be a whole number of at least 1",
                variable=VARIABLE,
                given=given,
            )
        )
    return int(given)


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Ended:
    """The threads of a run that have come to its end, each with its error or None."""

    def __init__(self) -> None:
        self.awaited = 0
        self.errors: list[BaseException | None] = []
        self._news: queue.SimpleQueue[None] = queue.SimpleQueue()

    def add(self, error: BaseException | None) -> None:
        """Note that a thread has come to the end."""
        self.errors.append(error)
        self._news.put(None)

    def wait(self) -> None:
        """Wait for all; Ctrl-C waits too, since what they work on is the caller's."""
        interruption = None
        while len(self.errors) < self.awaited:
            try:
                self._news.get()
            except KeyboardInterrupt as error:
                interruption = error
        if interruption is not None:
            raise interruption


_Asked = tuple[Task, int, _Ended | None, int]
"""What a thread is asked: a task, its number, who waits for it, the core of the one who asks."""


class Pool:
    """Threads that are kept, since a new one often shares a core with its maker for a while."""

    def __init__(self) -> None:
        self._free = threading.Lock()
        self._inboxes: list[queue.SimpleQueue[_Asked]] = []

    def run(self, task: Callable[[int, int], Any], threads: int) -> None:
        """Call ``task(thread, threads)`` on that many threads, this one among them, and wait.

        While another caller has the pool, the task runs on this thread alone.
        """
        if threads == 1 or not self._free.acquire(blocking=False):
            task(0, 1)
            return
        ended = _Ended()
        try:
            self._grow(threads - 1)
            here = core()
            try:
                for number, inbox in enumerate(self._inboxes[: threads - 1], start=1):
                    inbox.put((lambda thread: task(thread, threads), number, ended, here))
                    ended.awaited = number
                task(0, threads)
            finally:
                ended.wait()
        finally:
            self._free.release()
        for error in ended.errors:
            if error is not None:
                raise error

    def offer(self, task: Task, helpers: int) -> None:
        """Let so many threads call ``task(thread)`` as soon as they wake; do not wait for them.

        While another caller has the pool, or a thread is busy, it is not asked.
        """
        if helpers == 0 or not self._free.acquire(blocking=False):
            return
        try:
            self._grow(helpers)
            here = core()
            for number, inbox in enumerate(self._inboxes[:helpers], start=1):
                if inbox.empty():
                    inbox.put((task, number, None, here))
        finally:
            self._free.release()

    def _grow(self, workers: int) -> None:
        while len(self._inboxes) < workers:
            inbox: queue.SimpleQueue[_Asked] = queue.SimpleQueue()
            threading.Thread(target=self._work, args=(inbox,), name="badak", daemon=True).start()
            self._inboxes.append(inbox)

    def _work(self, inbox: "queue.SimpleQueue[_Asked]") -> None:
        while True:
            task, number, ended, taken = inbox.get()
            leave(taken)
            failure = None
            try:
                task(number)
            except BaseException as error:
                failure = error
            if ended is not None:
                ended.add(failure)
            del task, failure, ended  # what they hold is not to stay until the next task


def each(function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """Return what the function makes of each item, several threads at it.

    It pays where the function lets other Python threads run, as NumPy's do.

    >>> each(abs, [-1, 2])
    [1, 2]
    """
    made: list[Any] = [None] * len(items)

    def every_nth(thread: int, threads: int) -> None:
        for i in range(thread, len(items), threads):
            made[i] = function(items[i])

    pool().run(every_nth, min(thread_count(), max(1, len(items))))
    return made


def leave(taken: int) -> None:
    """Let this thread go on on another core than this one, if it is on it.

    A thread is often woken on the core of the one that wakes it. The system would part them, after
    some milliseconds in which each waits for the other one.
    """
    if taken < 0 or core() != taken:
        return
    with suppress(OSError):  # where that is forbidden, the thread stays
        allowed = os.sched_getaffinity(0)
        if len(allowed) > 1:
            os.sched_setaffinity(0, allowed - {taken})
            os.sched_setaffinity(0, allowed)


def core() -> int:
    """Return the number of the core that this thread runs on; -1 if the system does not tell."""
    here: int = _core()()
    return here


@cache
def _core() -> Callable[[], int]:
    if sys.platform == "linux":
        with suppress(AttributeError):
            return ctypes.CDLL(None).sched_getcpu
    return lambda: -1


def pool() -> Pool:
    """Return this process's pool; a forked process, whose threads are gone, gets a new one."""
    return _pool_of(os.getpid())


@cache
def _pool_of(process: int) -> Pool:
    return Pool()


@cache
def yield_function() -> int:
    """Return the address of the system's function that lets another thread run."""
    if sys.platform == "win32":
        function: Any = ctypes.WinDLL("kernel32").SwitchToThread
    else:
        function = ctypes.CDLL(None).sched_yield
    return ctypes.cast(function, ctypes.c_void_p).value or 0
