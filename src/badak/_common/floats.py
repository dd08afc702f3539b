"""The float types that formulas are computed in: float32 and wider."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import numpy as np

from badak.typing import Array

P = ParamSpec("P")


def widened(x: Array) -> Array:
    """Return float16 as float32, anything else as it is.

    float16 ends at 65,504: the square of 300 is infinite in it.

    >>> widened(np.array([300.0], dtype=np.float16)) ** 2
    array([90000.], dtype=float32)
    """
    return x.astype(np.float32) if x.dtype == np.float16 else x


def floating(x: Array) -> Array:
    """Return float16 as float32, whole numbers and booleans as float64, wider floats as they are.

    NumPy alone takes the exponential of bytes in float16, and the absolute of int8's -128 is -128.

    >>> np.exp(floating(np.array([0, 1], dtype=np.uint8)))
    array([1.        , 2.71828183])
    """
    return x.astype(np.float64) if x.dtype.kind in "iub" else widened(x)


def formula(function: Callable[P, Array]) -> Callable[P, Array]:
    """Let a formula of arrays compute in float32 or wider, whatever numbers it is given.

    Lists become arrays; what is no array of NumPy's, such as a factor or what a formula is traced
    with, is left as it is.
    """

    @wraps(function)
    def computed(*arguments: P.args, **keywords: P.kwargs) -> Array:
        given = [_as_floats(argument) for argument in arguments]
        named = {name: _as_floats(argument) for name, argument in keywords.items()}
        return function(*given, **named)

    return computed


def _as_floats(x: Any) -> Any:
    if isinstance(x, (list, tuple, np.generic)):
        x = np.asarray(x)
    return floating(x) if isinstance(x, np.ndarray) else x
