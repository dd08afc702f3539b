"""Ctrl-C as a wish to stop soon, not as a blow in the middle of a step."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

_here = threading.local()


class Interruption:
    """While it is entered, the first Ctrl-C only sets `asked`; a second one interrupts at once.

    One inside another is the outer one. Outside the main thread, where Python hands out no signals,
    it is the one whose :meth:`known_here` is entered. It does nothing where there is none, nor
    where Ctrl-C is ignored, as in a command that a shell's script runs in the background, or
    belongs to a program that Python is embedded in.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> "Interruption":
        if threading.current_thread() is not threading.main_thread():
            return getattr(_here, "outer", self)
        handler = signal.getsignal(signal.SIGINT)
        outer = getattr(handler, "__self__", None)
        if isinstance(outer, Interruption):
            return outer
        if handler not in (None, signal.SIG_IGN):
            self._before = handler
            signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def known_here(self) -> Iterator[None]:
        """Let what this thread, not the main one, runs meanwhile end by it."""
        _here.outer = self
        try:
            yield
        finally:
            del _here.outer

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
