"""Let NumPy, too, take subnormal numbers as 0 for a while, in one thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from badak.engine.machine.threads import pool, thread_count

_entry: Any = None


@contextmanager
def flushed_subnormals() -> Iterator[None]:
    """Have this thread take numbers too small for float32's full precision as 0, as training does.

    NumPy takes up to ten times as long over them, and the deltas of what is learnt by heart are
    such numbers.

    Examples
    --------
    >>> tiny = np.full(8, 1e-30, np.float32)
    >>> with flushed_subnormals():
    ...     product = tiny * np.float32(1e-15)
    >>> product.max() == 0.0, (tiny * np.float32(1e-15)).max() > 0.0
    (np.True_, np.True_)
    """
    entry = _loaded()
    kept = np.zeros(1, np.int64)
    entry.call(kept.ctypes.data, 1)
    try:
        yield
    finally:
        entry.call(kept.ctypes.data, 0)


def _loaded() -> Any:
    global _entry
    if _entry is None:
        from badak.engine.machine import cache

        _entry = cache.load("flushing", _build)
        # A thread begins in its maker's mode: those that are kept are made before it changes.
        pool().run(lambda thread, threads: None, thread_count())
    return _entry


def _build() -> Any:
    from numba import types

    from badak.engine.machine.subnormal_mode import switch

    return switch, types.void(types.intp, types.intp)
