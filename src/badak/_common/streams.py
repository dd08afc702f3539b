"""Recognise what gives batches, one after another, by what it can do and not by its class.

A generator, a `torch.utils.data.DataLoader`, a `tf.data.Dataset` and everything else that is
iterated; and Keras's `PyDataset` or `Sequence`, which is asked for a batch by its number.
"""

import os
from collections.abc import Collection, Mapping
from collections.abc import Sequence as ListLike
from typing import Any

from badak._common.language import message

ARRAYS = (
    "__array__",
    "__array_interface__",
    "__arrow_c_array__",
    "__arrow_c_stream__",
    "__dataframe__",
    "__dlpack__",
    "requires_grad",
    "tocsr",
)
"""What has one of these is one array, frame or matrix."""


def is_stream(values: Any) -> bool:
    """Return whether values give batches rather than being samples.

    >>> is_stream(batch for batch in [])
    True
    >>> is_stream([[1.0, 2.0]])
    False
    """
    kind = type(values)
    if isinstance(values, (ListLike, Mapping, os.PathLike)):
        return False
    if any(hasattr(kind, name) for name in (*ARRAYS, "readline")):  # or an open file
        return False
    if is_numbered(values) or hasattr(kind, "__next__") or is_loader(values):
        return True
    single = hasattr(kind, "__getitem__")  # a data set of single samples
    return hasattr(kind, "__iter__") and not single and not isinstance(values, Collection)


def is_numbered(values: Any) -> bool:
    """Return whether values are batches that are asked for by number, as in Keras's PyDataset."""
    kind = type(values)
    counted = hasattr(kind, "__len__") or hasattr(kind, "num_batches")
    return counted and hasattr(kind, "__getitem__") and hasattr(kind, "on_epoch_end")


def is_loader(values: Any) -> bool:
    """Return whether values are iterated for batches and may know how many there are."""
    kind = type(values)
    return hasattr(kind, "__iter__") and any(each.__name__ == "DataLoader" for each in kind.__mro__)


def is_read_once(values: Any) -> bool:
    """Return whether what gives batches cannot start again, as a generator cannot."""
    return hasattr(type(values), "__next__")


def is_endless(values: Any) -> bool:
    """Return whether what gives batches says that it has no end, as a repeated tf.data.Dataset."""
    return hasattr(type(values), "cardinality") and int(values.cardinality()) == ENDLESS


ENDLESS = -1
"""The cardinality of a `tf.data.Dataset` without an end; one that is not known is -2."""


def called(values: Any) -> str:
    """Return what an error message calls an object: the name of its class, with its package.

    >>> called({}), called(n for n in [])
    ('a dict', 'a generator')
    """
    kind = type(values)
    package = kind.__module__.partition(".")[0]
    name = kind.__name__ if package in ("builtins", "__main__") else f"{package} {kind.__name__}"
    if name[0] in "aeiouAEIOU":
        return message("an {name}", name=name)
    return message("a {name}", name=name)
