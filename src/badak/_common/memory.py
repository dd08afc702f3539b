"""Memory: rows padded to whole cache lines, arrays aligned to them, and how much there is."""

import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from badak.typing import Array, Shape

ALIGNMENT = 64  # bytes of a cache line and of an AVX-512 register

UNKNOWN = 2**33  # bytes that are taken to be free where the system does not tell

LANE = ALIGNMENT // np.dtype(np.float32).itemsize  # 16 float32 numbers


def padded_size(shape: Shape) -> int:
    """Return how many numbers an array of this shape takes up, its padding included."""
    return math.prod(shape[:-1]) * padded(shape[-1]) if shape else LANE


def padded(width: int) -> int:
    """Return the numbers that a row of this width takes up: whole cache lines.

    >>> padded(50)
    64
    """
    return -(-width // LANE) * LANE


def aligned_zeros(size: int, dtype: Any = np.float32) -> Array:
    """Return `size` zeros whose first lies at an address that 64 bytes divide."""
    itemsize = np.dtype(dtype).itemsize
    room = np.zeros(size * itemsize + ALIGNMENT, dtype=np.uint8)
    offset = -room.ctypes.data % ALIGNMENT
    return room[offset : offset + size * itemsize].view(dtype)


def available_bytes() -> int:
    """Return how much memory is free for new arrays, or the machine's where that is unknown."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    except OSError:
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError):  # Windows has no sysconf
        return UNKNOWN
