"""Turn data as people have them into arrays: lists, objects, tensors, frames, sparse matrices.

What each of them is, is asked by the protocols that it offers. What is no array is refused with
what it is and with the way to make one.
"""

import numbers
import os
from collections.abc import Callable, Mapping, Set, ValuesView
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.frames import array_of_frame, is_frame
from badak._common.memory import available_bytes
from badak._common.streams import called, is_stream
from badak.errors import InputError
from badak.typing import Array

NUMBERS = "fiub"
"""The kinds of NumPy types that samples, targets and weights may be of."""

PLAIN = (numbers.Number, str, bytes, list, tuple, np.ndarray, np.generic)
"""What NumPy makes an array of by itself, in a list."""

MISSING = ("NoneType", "NAType", "NaTType")
"""The classes of what stands where a value is missing: None, pandas's NA and NaT."""


def array_of(values: Any, name: str) -> Array:
    """Return values as an array of numbers or text, or raise InputError, which calls it `name`.

    >>> array_of(np.array([0.5, 2], dtype=object), "x")
    array([0.5, 2. ])
    """
    if isinstance(values, np.ndarray):
        return from_numpy(np.asarray(values), name)
    if isinstance(values, (list, tuple)):
        return _from_list(values, name)
    if isinstance(values, (numbers.Number, np.generic)):
        return from_numpy(np.asarray(values), name)
    if hasattr(values, "tocsr"):
        return dense(values, name)
    if is_frame(values):
        return array_of_frame(values, name, from_numpy)
    if hasattr(values, "requires_grad") and hasattr(values, "layout"):
        return _from_torch(values, name)
    reason = refusal(values)
    if reason:
        raise InputError(f"{name} is {reason}")
    return _by_protocol(values, name)


def why_no_numbers(array: Array) -> str:
    """Return what an array holds that is not of numbers, for an error message.

    >>> why_no_numbers(np.array([["a"]]))
    "text, such as 'a' at [0, 0]"
    """
    kind = array.dtype.kind
    if kind in "Mm":
        return f"{array.dtype}: turn dates and times into numbers first"
    if kind == "c":
        return f"{array.dtype}: give the real and the imaginary part as two features"
    for where, value in np.ndenumerate(array):
        if kind == "O" and not isinstance(value, (str, bytes)):
            if isinstance(value, numbers.Number):
                continue
            of = "rows of unequal length" if isinstance(value, (list, tuple)) else called(value)
            return f"{of}, at {list(where)}"
        text = value.item() if isinstance(value, np.generic) else value
        return f"text, such as {text!r} at {list(where)}"
    return str(array.dtype)


def from_numpy(array: Array, name: str) -> Array:
    """Return an array of numbers for one of bfloat16, records or objects; others as they are."""
    dtype = array.dtype
    if dtype.names is not None:
        columns = [
            array_of(array[column], f"the column {column!r} of {name}") for column in dtype.names
        ]
        return np.stack(columns, axis=-1)
    if dtype.kind == "V" and dtype.isbuiltin == 2:  # of ml_dtypes: bfloat16 and its like
        return array.astype(np.float32)
    return _from_objects(array, name) if dtype.kind == "O" else array


def _from_list(values: Any, name: str) -> Array:
    if all(issubclass(kind, PLAIN) or kind.__name__ in MISSING for kind in set(map(type, values))):
        try:
            return from_numpy(np.asarray(values), name)
        except (TypeError, ValueError, RuntimeError) as error:
            if isinstance(error, InputError):
                raise
    parts = [array_of(part, f"{name}[{place}]") for place, part in enumerate(values)]
    for place, part in enumerate(parts):
        if part.shape != parts[0].shape:
            raise InputError(
                f"{name} has rows of unequal length: {name}[0] is of shape {parts[0].shape}, "
                f"{name}[{place}] of {part.shape}"
            )
    return np.stack(parts)


def _from_objects(array: Array, name: str) -> Array:
    """Return the numbers that are kept as objects; the array where it holds text or a mixture."""
    found = array.ravel().tolist()
    kinds = set(map(type, found))
    for kind in kinds:
        if kind.__name__ in MISSING:
            wrong = [isinstance(value, kind) for value in found]
            where = np.argwhere(np.reshape(wrong, array.shape))[0].tolist()
            raise InputError(
                f"{name}{where if where else ''} is {kind.__name__.removesuffix('Type')}, a "
                f"missing value ({sum(wrong):,} of {array.size:,}): fill such values, or leave "
                f"their rows out"
            )
    if all(issubclass(kind, (bool, np.bool_)) for kind in kinds):
        return array.astype(bool)
    if all(issubclass(kind, (numbers.Integral, np.bool_)) for kind in kinds):
        whole = np.array(found).reshape(array.shape)
        return whole if whole.dtype.kind in NUMBERS else array.astype(np.float64)
    if all(_is_real(kind) for kind in kinds):
        return array.astype(np.float64)
    if array.ndim == 1 and not any(issubclass(kind, (str, numbers.Number)) for kind in kinds):
        return _from_list(found, name)
    return array


def _is_real(kind: type) -> bool:
    """Return whether a class is of numbers: Decimal is one of Python's, but none of its reals."""
    is_number = issubclass(kind, (numbers.Number, np.bool_))
    return is_number and (issubclass(kind, numbers.Real) or not issubclass(kind, numbers.Complex))


def _from_torch(tensor: Any, name: str) -> Array:
    """Return a tensor of PyTorch without its gradient, on this processor, in a type NumPy has."""
    tensor = tensor.detach()
    if tensor.device.type == "meta":
        raise InputError(f"{name} is a tensor on the device 'meta', which holds no numbers")
    if str(tensor.layout) != "torch.strided":
        _check_room(tuple(tensor.shape), tensor.element_size(), name)
        tensor = tensor.to_dense()
    if tensor.is_floating_point() and str(tensor.dtype) not in TORCH_FLOATS:
        tensor = tensor.float()
    return _by_protocol(tensor.cpu().resolve_conj().resolve_neg(), name)


TORCH_FLOATS = ("torch.float16", "torch.float32", "torch.float64")


def _by_protocol(values: Any, name: str) -> Array:
    kind = type(values)
    try:
        if hasattr(kind, "__dlpack__") and not hasattr(kind, "__array__"):
            array = np.from_dlpack(values)
        else:
            array = np.asarray(values)
    except Exception as error:  # any that the other library raises
        raise InputError(
            f"{name} is {called(values)}, of which NumPy makes no array: {error}"
        ) from error
    if array.dtype.kind == "O" and array.ndim == 0:
        raise InputError(f"{name} is {called(values)}: give an array of numbers")
    return from_numpy(array, name)


def dense(matrix: Any, name: str) -> Array:
    """Return a sparse matrix of SciPy as an array, or InputError where memory does not hold it."""
    _check_room(matrix.shape, matrix.dtype.itemsize, name)
    return np.asarray(matrix.toarray())


def _check_room(shape: tuple[int, ...], itemsize: int, name: str) -> None:
    needed, room = int(np.prod(shape, dtype=object)) * itemsize, available_bytes() // 2
    if needed > room:
        raise InputError(
            f"{name} is sparse, and of shape {shape} it would take {needed / 2**30:,.1f} GiB as an "
            f"array, more than half of the memory that is free: give it in batches of some rows, "
            f"x[start : start + 32].toarray(), as a generator"
        )


def refusal(values: Any) -> str:
    """Return what values are and the way to an array, if they are a known kind of none; or ""."""
    for is_one, say in KINDS:
        if is_one(values):
            return say(values)
    return ""


def _of_file(path: Any) -> str:
    text = os.fsdecode(path)
    ending = Path(text).suffix.lower()
    reader = READERS.get(ending, "give an array")
    return f"{'the path' if ending else 'the text'} {text!r}: {reader}"


READERS = {
    ".csv": "read the file first, with pandas.read_csv or polars.read_csv; badak.tables and the "
    "command badak train take it as it is",
    ".npy": "read the file first, with numpy.load",
    ".npz": "read the file first, with numpy.load",
    ".png": "read the picture first, with badak.images",
    ".jpg": "read the picture first, with badak.images",
} | dict.fromkeys((".tsv", ".parquet", ".arrow"), "read the file first, with pandas or polars")


def _of_mapping(values: Any) -> str:
    keys = ", ".join(map(repr, list(values)[:5])) + ", ..." * (len(values) > 5)
    return (
        f"{called(values)} with the keys {keys}: a network takes one array; give the one under its "
        f"key, or columns of numbers as pandas.DataFrame(...)"
    )


def _of_stream(values: Any) -> str:
    return (
        f"{called(values)}, which gives batches: Sequential's fit, evaluate, predict and adapt "
        f"take it; here give one array"
    )


def _is_single(values: Any) -> bool:
    kind = type(values)
    names = {each.__name__ for each in kind.__mro__}
    return bool(names & {"Dataset", "IterableDataset"}) and not hasattr(kind, "__array__")


KINDS: list[tuple[Callable[[Any], bool], Callable[[Any], str]]] = [
    (lambda v: v is None, lambda v: "None: give an array"),
    (lambda v: isinstance(v, (str, bytes, os.PathLike)), _of_file),
    (lambda v: isinstance(v, Mapping), _of_mapping),
    (
        lambda v: isinstance(v, (Set, ValuesView)),
        lambda v: f"{called(v)}, which is no array: give list(...) of it",
    ),
    (
        lambda v: hasattr(v, "readline"),
        lambda v: (
            f"an open file, {called(v)}: read it first, with pandas.read_csv, numpy.load or "
            f"badak.images"
        ),
    ),
    (is_stream, _of_stream),
    (
        _is_single,
        lambda v: (
            f"{called(v)}, which gives one sample at a time: give batches of it, with "
            f"torch.utils.data.DataLoader(dataset, batch_size=32)"
        ),
    ),
    (
        lambda v: hasattr(v, "collect") and "Lazy" in type(v).__name__,
        lambda v: f"{called(v)}, which is not computed yet: give .collect() of it",
    ),
    (callable, lambda v: f"{called(v)}: call it, and give what it returns"),
]
"""What is no array: how it is known, and what is said of it."""
