"""The float types that formulas are computed in: float32 and wider."""

import numpy as np

from badak.typing import Array


def widened(x: Array) -> Array:
    """Return float16 as float32, anything else as it is.

    float16 ends at 65,504: the square of 300 is infinite in it.

    >>> widened(np.array([300.0], dtype=np.float16)) ** 2
    array([90000.], dtype=float32)
    """
    return x.astype(np.float32) if x.dtype == np.float16 else x
