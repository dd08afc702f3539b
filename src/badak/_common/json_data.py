"""Turn results into data that JSON can hold, and read JSON that a file holds."""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from badak._common.language import message
from badak.errors import FileFormatError
from badak.typing import Array


def read_object(text: str | bytes, what: str) -> dict[str, Any]:
    """Return the object that a JSON text from a file holds; see :func:`read_json`.

    >>> read_object('{"units": 3}', "its configuration")
    {'units': 3}
    """
    value = read_json(text, what)
    if not isinstance(value, dict):
        raise FileFormatError(message("{what} is no object", what=what))
    return value


def read_json(text: str | bytes, what: str) -> Any:
    """Return what a JSON text from a file holds; `what` names the text in errors.

    Raises FileFormatError for what is no JSON, for numbers of thousands of digits, for brackets
    nested too deep, and for text that is not Unicode (a lone surrogate).
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()  # fails on lone surrogates
    except (ValueError, RecursionError) as error:
        raise FileFormatError(
            message("{what} is no JSON: {error}", what=what, error=error)
        ) from None
    return value


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
    raise TypeError(message("{value!r} is no plain data", value=value))


def _of_array(array: Array) -> Any:
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        plain = array.astype(object)
        plain[~np.isfinite(array)] = None
        return plain.tolist()
    return array.tolist()
