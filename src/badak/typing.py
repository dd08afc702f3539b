"""The words that signatures use."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[Any]
"""A NumPy array of any type; the comment or docstring next to it gives its shape."""

Config: TypeAlias = Mapping[str, Any]
"""What rebuilds an object: JSON values only."""

Shape: TypeAlias = tuple[int, ...]
"""The shape of one sample, without the batch axis."""

Scalar: TypeAlias = float | np.floating[Any]

__all__ = ["Array", "ArrayLike", "Config", "Scalar", "Shape"]
