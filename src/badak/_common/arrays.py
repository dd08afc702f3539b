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
from badak._common.language import Phrase, marked, message, translated
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


def array_of(values: Any, name: str | Phrase) -> Array:
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
        raise InputError(message("{name} is {reason}", name=name, reason=reason))
    return _by_protocol(values, name)


def why_no_numbers(array: Array) -> str:
    """Return what an array holds that is not of numbers, for an error message.

    >>> why_no_numbers(np.array([["a"]]))
    "text, such as 'a' at [0, 0]"
    """
    kind = array.dtype.kind
    if kind in "Mm":
        return message("{dtype}: turn dates and times into numbers first", dtype=array.dtype)
    if kind == "c":
        return message(
            "{dtype}: give the real and the imaginary part as two features", dtype=array.dtype
        )
    for where, value in np.ndenumerate(array):
        if kind == "O" and not isinstance(value, (str, bytes)):
            if isinstance(value, numbers.Number):
                continue
            rows = isinstance(value, (list, tuple))
            of = message("rows of unequal length") if rows else called(value)
            return message("{of}, at {where}", of=of, where=list(where))
        text = value.item() if isinstance(value, np.generic) else value
        return message("text, such as {text!r} at {where}", text=text, where=list(where))
    return str(array.dtype)


def from_numpy(array: Array, name: str | Phrase) -> Array:
    """Return an array of numbers for one of bfloat16, records or objects; others as they are."""
    dtype = array.dtype
    if dtype.names is not None:
        columns = [
            array_of(
                array[column], Phrase("the column {column!r} of {name}", column=column, name=name)
            )
            for column in dtype.names
        ]
        return np.stack(columns, axis=-1)
    if dtype.kind == "V" and dtype.isbuiltin == 2:  # of ml_dtypes: bfloat16 and its like
        return array.astype(np.float32)
    return _from_objects(array, name) if dtype.kind == "O" else array


def _from_list(values: Any, name: str | Phrase) -> Array:
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
                message(
                    "{name} has rows of unequal length: {name}[0] is of shape {shape}, "
                    "{name}[{place}] of {shape_2}",
                    name=name,
                    shape=parts[0].shape,
                    place=place,
                    shape_2=part.shape,
                )
            )
    return np.stack(parts)


def _from_objects(array: Array, name: str | Phrase) -> Array:
    """Return the numbers that are kept as objects; the array where it holds text or a mixture."""
    found = array.ravel().tolist()
    kinds = set(map(type, found))
    for kind in kinds:
        if kind.__name__ in MISSING:
            wrong = [isinstance(value, kind) for value in found]
            where = np.argwhere(np.reshape(wrong, array.shape))[0].tolist()
            raise InputError(
                message(
                    "{name}{where} is {kind}, a missing value ({wrong:,} of {size:,}): "
                    "fill such values, or leave their rows out",
                    name=name,
                    where=where if where else "",
                    kind=kind.__name__.removesuffix("Type"),
                    wrong=sum(wrong),
                    size=array.size,
                )
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


def _from_torch(tensor: Any, name: str | Phrase) -> Array:
    """Return a tensor of PyTorch without its gradient, on this processor, in a type NumPy has."""
    tensor = tensor.detach()
    if tensor.device.type == "meta":
        raise InputError(
            message("{name} is a tensor on the device 'meta', which holds no numbers", name=name)
        )
    if str(tensor.layout) != "torch.strided":
        _check_room(tuple(tensor.shape), tensor.element_size(), name)
        tensor = tensor.to_dense()
    if tensor.is_floating_point() and str(tensor.dtype) not in TORCH_FLOATS:
        tensor = tensor.float()
    return _by_protocol(tensor.cpu().resolve_conj().resolve_neg(), name)


TORCH_FLOATS = ("torch.float16", "torch.float32", "torch.float64")


def _by_protocol(values: Any, name: str | Phrase) -> Array:
    kind = type(values)
    try:
        if hasattr(kind, "__dlpack__") and not hasattr(kind, "__array__"):
            array = np.from_dlpack(values)
        else:
            array = np.asarray(values)
    except Exception as error:  # any that the other library raises
        raise InputError(
            message(
                "{name} is {called}, of which NumPy makes no array: {error}",
                name=name,
                called=called(values),
                error=error,
            )
        ) from error
    if array.dtype.kind == "O" and array.ndim == 0:
        raise InputError(
            message(
                "{name} is {called}: give an array of numbers", name=name, called=called(values)
            )
        )
    return from_numpy(array, name)


def dense(matrix: Any, name: str | Phrase) -> Array:
    """Return a sparse matrix of SciPy as an array, or InputError where memory does not hold it."""
    _check_room(matrix.shape, matrix.dtype.itemsize, name)
    return np.asarray(matrix.toarray())


def _check_room(shape: tuple[int, ...], itemsize: int, name: str | Phrase) -> None:
    needed, room = int(np.prod(shape, dtype=object)) * itemsize, available_bytes() // 2
    if needed > room:
        raise InputError(
            message(
                "{name} is sparse, and of shape {shape} it would take {needed:,.1f} GiB as an "
                "array, more than half of the memory that is free: give it in batches of some "
                "rows, x[start : start + 32].toarray(), as a generator",
                name=name,
                shape=shape,
                needed=needed / 2**30,
            )
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
    way = translated(READERS.get(ending, marked("give an array")))
    if ending:
        return message("the path {text!r}: {way}", text=text, way=way)
    return message("the text {text!r}: {way}", text=text, way=way)


READERS = {
    ".csv": marked(
        "read the file first, with pandas.read_csv or polars.read_csv; badak.tables and the "
        "command badak train take it as it is"
    ),
    ".npy": marked("read the file first, with numpy.load"),
    ".npz": marked("read the file first, with numpy.load"),
    ".png": marked("read the picture first, with badak.images"),
    ".jpg": marked("read the picture first, with badak.images"),
} | dict.fromkeys(
    (".tsv", ".parquet", ".arrow"), marked("read the file first, with pandas or polars")
)


def _of_mapping(values: Any) -> str:
    keys = ", ".join(map(repr, list(values)[:5])) + ", ..." * (len(values) > 5)
    return message(
        "{called} with the keys {keys}: a network takes one array; give the one under its key, or "
        "columns of numbers as pandas.DataFrame(...)",
        called=called(values),
        keys=keys,
    )


def _of_stream(values: Any) -> str:
    return message(
        "{called}, which gives batches: Sequential's fit, evaluate, predict and adapt take it; "
        "here give one array",
        called=called(values),
    )


def _is_single(values: Any) -> bool:
    kind = type(values)
    names = {each.__name__ for each in kind.__mro__}
    return bool(names & {"Dataset", "IterableDataset"}) and not hasattr(kind, "__array__")


KINDS: list[tuple[Callable[[Any], bool], Callable[[Any], str]]] = [
    (lambda v: v is None, lambda v: message("None: give an array")),
    (lambda v: isinstance(v, (str, bytes, os.PathLike)), _of_file),
    (lambda v: isinstance(v, Mapping), _of_mapping),
    (
        lambda v: isinstance(v, (Set, ValuesView)),
        lambda v: message("{called}, which is no array: give list(...) of it", called=called(v)),
    ),
    (
        lambda v: hasattr(v, "readline"),
        lambda v: message(
            "an open file, {called}: read it first, with pandas.read_csv, numpy.load or "
            "badak.images",
            called=called(v),
        ),
    ),
    (
        lambda v: hasattr(type(v), "row_splits"),
        lambda v: message(
            "{called}, whose rows may differ in length: give .to_tensor() of it, which fills them "
            "up with zeros",
            called=called(v),
        ),
    ),
    (
        lambda v: "SparseTensor" in {each.__name__ for each in type(v).__mro__},
        lambda v: message("{called}: give tf.sparse.to_dense(...) of it", called=called(v)),
    ),
    (is_stream, _of_stream),
    (
        _is_single,
        lambda v: message(
            "{called}, which gives one sample at a time: give batches of it, with "
            "torch.utils.data.DataLoader(dataset, batch_size=32)",
            called=called(v),
        ),
    ),
    (
        lambda v: hasattr(v, "collect") and "Lazy" in type(v).__name__,
        lambda v: message(
            "{called}, which is not computed yet: give .collect() of it", called=called(v)
        ),
    ),
    (callable, lambda v: message("{called}: call it, and give what it returns", called=called(v))),
]
"""What is no array: how it is known, and what is said of it."""
