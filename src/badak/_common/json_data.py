"""Turn results into data that JSON can hold."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from badak.typing import Array


def json_data(value: Any) -> Any:
    """Return `value` as dictionaries, lists, strings, booleans, whole numbers, floats and None.

    Arrays become nested lists; NaN and infinity, which JSON cannot hold, become None. A float32
    keeps its exact value.

    >>> json_data({"z": np.array([[0.5, np.nan]]), "shape": (1, 2)})
    {'z': [[0.5, None]], 'shape': [1, 2]}
    """
    if isinstance(value, (np.ndarray, np.generic)):
        return _of_array(np.asarray(value))
    if isinstance(value, Mapping):
        return {str(name): json_data(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_data(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, bool, int)):
        return value
    raise TypeError(f"{value!r} is no plain data")


def _of_array(array: Array) -> Any:
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        plain = array.astype(object)
        plain[~np.isfinite(array)] = None
        return plain.tolist()
    return array.tolist()
