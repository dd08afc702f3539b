"""The compiled interpreter: loaded when the first network runs, from the cache if it can be."""

from typing import Any

from badak.engine.program.program import address_of
from badak.typing import Array

_entry: Any = None


def interpreter() -> Any:
    """Return the interpreter: its ``call(address of the arguments, thread, threads)``."""
    global _entry
    if _entry is None:
        from badak.engine.machine import cache

        _entry = cache.load("interpreter", _build)
    return _entry


def run(arguments: Array, thread: int, threads: int) -> None:
    """Run a program as one of several threads; other Python threads run meanwhile."""
    entry = interpreter() if _entry is None else _entry
    entry.call(address_of(arguments), thread, threads)


def _build() -> Any:
    from numba import types

    from badak.engine.program.interpreter import run as function

    return function, types.void(types.intp, types.intp, types.intp)
