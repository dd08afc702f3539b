"""The classes of samples, as pictures take them: numbers from 0, one-hot, or -1 and 1."""

import numpy as np

from badak._common.language import message
from badak._common.samples import as_array
from badak.errors import InputError
from badak.typing import Array, ArrayLike


def class_numbers(y: ArrayLike, count: int, *, signs: bool = False) -> Array:
    """Return the classes of `count` samples as whole numbers from 0, or raise InputError.

    They may come as (count,), (count, 1), or one-hot; with `signs` also as -1 and 1.

    >>> class_numbers([[0.0, 1.0], [1.0, 0.0]], 2), class_numbers([-1, 1], 2, signs=True)
    (array([1, 0]), array([0, 1]))
    """
    given = as_array(y, "y")
    if given.dtype.kind not in "fiub":
        raise InputError(message("y must be class numbers 0, 1, 2, ..., or one-hot"))
    if given.ndim == 2:
        given = given.argmax(axis=1) if given.shape[1] > 1 else given[:, 0]
    if given.shape != (count,):
        raise InputError(
            message(
                "x has {count} samples, but y is of shape {shape}", count=count, shape=np.shape(y)
            )
        )
    if (given != np.floor(given)).any():
        raise InputError(message("y must be class numbers 0, 1, 2, ..., or one-hot"))
    if signs and set(np.unique(given)) == {-1, 1}:
        given = (given + 1) // 2
    if given.min() < 0:
        raise InputError(
            message("y holds class {given:g}; number the classes from 0", given=given.min())
        )
    return given.astype(np.int64)
