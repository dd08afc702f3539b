"""Reads the pickles of *Deep Learning from Scratch*, such as sample_weight.pkl, as data.

A pickle is a small program for a stack machine, and Python's own reader runs all of it: it
imports any name and calls it. This reader knows the few instructions that dictionaries, lists,
numbers, strings and NumPy arrays are made with. It imports nothing and calls nothing; the names
of NumPy's own constructors are words to it, and the arrays are built here, from checked parts.
"""

import io
import math
import os
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from badak._common.contents import HEAD, recognise
from badak._common.files import check_regular
from badak._common.language import message, translated
from badak.errors import FileFormatError, InputError
from badak.typing import Array

MAX_BYTES = 256 << 20
"""The largest file that is read; the book's own has 180 kB."""

MAX_INSTRUCTIONS = 1_000_000
"""The longest program that is followed; the book's own has 178 instructions."""


def load(file: BinaryIO | str | os.PathLike[str]) -> dict[str, Any]:
    """The dictionary in a pickle, of arrays by their names; a safe ``pickle.load``.

    Parameters
    ----------
    file
        A path, or a file that is open in binary mode.

    Returns
    -------
    dict
        Strings to arrays of numbers, and to numbers, strings, bytes, None, lists, tuples and
        dictionaries of such. The book's sample_weight.pkl has ``"W1"`` (784, 50), ``"b1"`` (50,),
        and so on.

    Raises
    ------
    FileFormatError
        The file is cut short or damaged, or asks for anything else; nothing of it was run.

    >>> import pickle
    >>> load(io.BytesIO(pickle.dumps({"b1": np.array([0.5, 1.0])})))
    {'b1': array([0.5, 1. ])}
    """
    if isinstance(file, str | os.PathLike):
        check_regular(file)
        with Path(file).open("rb") as opened:
            return load(opened)
    source = str(getattr(file, "name", message("the pickle")))
    content = file.read(MAX_BYTES + 1)
    if not isinstance(content, bytes):
        raise InputError(
            message(
                "{source} is open as text; open it in binary mode, open(path, 'rb')", source=source
            )
        )
    if len(content) > MAX_BYTES:
        raise FileFormatError(
            message(
                "{source} has more than the {max_bytes} bytes that are read",
                source=source,
                max_bytes=MAX_BYTES,
            )
        )
    return _Reader(source, content).read()


class _Refused(Exception):  # noqa: N818
    """What is wrong with the instruction at hand; the reader adds where it stands."""


class _Reader:
    """The stack machine: one file, read once."""

    def __init__(self, source: str, content: bytes) -> None:
        self.source = source
        self.content = content
        self.stack: list[Any] = []
        self.marks: list[int] = []  # heights of the stack
        self.memo: dict[int, Any] = {}
        self.steps = 0
        self.taken = {"arrays": 0, "texts": 0}  # bytes

    def read(self) -> dict[str, Any]:
        position = 0
        try:
            program = pickletools.genops(io.BytesIO(self.content))
            for instruction, argument, start in program:
                position = start or 0
                self.step(instruction.name, argument)
        except _Refused as refused:
            raise self.error(position, str(refused)) from None
        # What pickletools and NumPy raise on bytes that make no sense, and the stack on too few;
        # a Warning where the user has turned warnings into errors.
        except (ValueError, TypeError, LookupError, OverflowError, Warning) as error:
            raise self.error(
                position,
                message(
                    "from here it is no sound pickle{but_is}: {error}",
                    but_is=self.but_is(),
                    error=error,
                ),
            ) from error
        if position + 1 != len(self.content):
            raise self.error(
                position,
                message("{count} bytes follow its end", count=len(self.content) - position - 1),
            )
        return self.result(position)

    def but_is(self) -> str:
        found = recognise(self.content[:HEAD])
        if not found or "pickle" in found:
            return ""
        return message(", but {found}", found=translated(found))

    def result(self, position: int) -> dict[str, Any]:
        if len(self.stack) != 1 or self.marks or not isinstance(self.stack[0], dict):
            raise self.error(position, message("it holds no dictionary of arrays"))
        if unfinished := _unfinished(self.stack[0]):
            raise self.error(
                position, message("it holds {kind} where data should be", kind=_kind(unfinished))
            )
        return self.stack[0]

    def error(self, position: int, what: str) -> FileFormatError:
        return FileFormatError(
            message(
                "{source}, byte {position}: {what}; nothing of it was run",
                source=self.source,
                position=position,
                what=what[:300],
            )
        )

    def step(self, name: str, argument: Any) -> None:
        """One instruction, by its name in :mod:`pickletools`."""
        self.steps += 1
        if self.steps > MAX_INSTRUCTIONS:
            raise _Refused(
                message(
                    "it has more than {max_instructions} instructions",
                    max_instructions=MAX_INSTRUCTIONS,
                )
            )
        if name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name](argument))
        elif name in _ACTIONS:
            _ACTIONS[name](self, argument)
        elif name in ("PERSID", "BINPERSID"):
            raise _Refused(
                message("it asks for an object kept outside of the file (a persistent id)")
            )
        elif name in ("EXT1", "EXT2", "EXT4"):
            raise _Refused(
                message(
                    "it asks for entry {argument} of Python's extension registry", argument=argument
                )
            )
        elif name == "INST":
            raise _Refused(
                message(
                    "it asks for {split}, but only arrays are read",
                    split=".".join(argument.split(" ")),
                )
            )
        else:
            raise _Refused(
                message("it has the instruction {name}, which no array needs", name=name)
            )

    def pop_to_mark(self) -> list[Any]:
        height = self.marks.pop()
        items = self.stack[height:]
        del self.stack[height:]
        return items

    def pop(self) -> Any:
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            raise _Refused(message("it takes more from the stack than it has put there"))
        return self.stack.pop()

    def top(self, kind: type) -> Any:
        item = self.pop()
        self.stack.append(item)
        if not isinstance(item, kind):
            raise _Refused(
                message(
                    "a {kind} should be filled, but there is {kind_2}",
                    kind=kind.__name__,
                    kind_2=_kind(item),
                )
            )
        return item

    def charge(self, what: str, size: int) -> None:
        """Honest arrays never take more than the file that holds them."""
        self.taken[what] += size
        if self.taken[what] > len(self.content):
            raise _Refused(message("its {what} take more bytes than the file has", what=what))

    # The instructions that fill and name things.

    def append(self, items: list[Any]) -> None:
        self.top(list).extend(items)

    def set_items(self, items: list[Any]) -> None:
        self.top(dict).update(_pairs(items))

    def remember(self, index: int) -> None:
        self.memo[index] = self.top(object)

    def recall(self, index: int) -> None:
        self.stack.append(self.memo[index])

    def name(self, module: Any, name: Any) -> None:
        if not (isinstance(module, str) and isinstance(name, str)):
            raise _Refused(message("a name should stand here, but there is none"))
        if (module, name) not in _NAMES:
            raise _Refused(
                message(
                    "it asks for {module}.{name}, but only arrays of numbers are read",
                    module=module,
                    name=name,
                )
            )
        self.stack.append(_Name(_NAMES[module, name]))

    def call(self) -> None:
        arguments, name = self.pop(), self.pop()
        if not isinstance(name, _Name) or not isinstance(arguments, tuple):
            raise _Refused(message("it calls {kind}", kind=_kind(name)))
        if name.name not in _MAKERS:
            raise _Refused(message("it calls {name}", name=name.name))
        self.stack.append(_MAKERS[name.name](self, *arguments))

    def build(self) -> None:
        state, thing = self.pop(), self.top(object)
        if isinstance(thing, np.ndarray) and isinstance(state, tuple):
            _fill_array(self, thing, *state)
        elif isinstance(thing, _Type) and isinstance(state, tuple):
            _fill_type(thing, *state)
        else:
            raise _Refused(message("it sets the state of {kind}", kind=_kind(thing)))


@dataclass(frozen=True)
class _Name:
    """A name that a pickle of arrays asks for: a word, neither imported nor called."""

    name: str


@dataclass
class _Type:
    """The type of an array: its code in NumPy, such as ``"f4"``, and its byte order."""

    code: str
    order: str = "="

    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.order + self.code)


_NAMES = {
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): "dtype",
    ("_codecs", "encode"): "encode",  # bytes, in the protocols before 3
    ("__builtin__", "bytes"): "bytes",  # none of them, there too
} | {
    (f"numpy.{core}.{module}", name): name
    for core in ("core", "_core")  # before NumPy 2, and since
    for module, name in (
        ("multiarray", "_reconstruct"),
        ("multiarray", "scalar"),
        ("numeric", "_frombuffer"),
    )
}

_NUMBERS = {
    "b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16",
}  # fmt: skip


def _make_array(reader: _Reader, kind: Any, shape: Any, code: Any) -> Array:
    """What NumPy's _reconstruct gives: an empty array, whose state comes after."""
    if not isinstance(kind, _Name) or kind.name != "ndarray":
        raise _Refused(message("it makes an array of an unknown class"))
    return np.empty(0, np.int8)


def _fill_array(
    reader: _Reader, array: Array, version: Any, shape: Any, dtype: Any, fortran: Any, data: Any
) -> None:
    if not isinstance(fortran, int):
        raise _Refused(
            message("an array's order is True or False, not {kind}", kind=_kind(fortran))
        )
    made = _checked(reader, shape, dtype, data, "F" if fortran else "C")
    # The array is in the memo already, so it is filled in place; every part is known to be sound.
    array.__setstate__(made.__reduce__()[2])  # type: ignore[arg-type]


def _make_from_buffer(reader: _Reader, data: Any, dtype: Any, shape: Any, order: Any) -> Array:
    return _checked(reader, shape, dtype, data, order)


def _make_scalar(reader: _Reader, dtype: Any, data: Any) -> Any:
    return _checked(reader, (), dtype, data, "C")[()]


def _make_type(reader: _Reader, code: Any, *flags: Any) -> _Type:
    if not isinstance(code, str) or code not in _NUMBERS:
        what = repr(code) if isinstance(code, str) else _kind(code)
        raise _Refused(message("an array is of type {what}, but only numbers are read", what=what))
    return _Type(code)


def _fill_type(made: _Type, version: Any, order: Any, *rest: Any) -> None:
    if (
        not isinstance(order, str)
        or order not in "<>=|"
        or any(part is not None for part in rest[:3])
    ):
        raise _Refused(message("an array's type is not one of plain numbers"))
    made.order = order


def _encode(reader: _Reader, text: Any, encoding: Any) -> bytes:
    if not isinstance(text, str) or encoding != "latin1":
        raise _Refused(message("it encodes something other than bytes written as Latin-1"))
    reader.charge("texts", len(text))
    return text.encode("latin1")


def _no_bytes(reader: _Reader) -> bytes:
    return b""


_MAKERS: dict[str, Callable[..., Any]] = {
    "_reconstruct": _make_array,
    "_frombuffer": _make_from_buffer,
    "scalar": _make_scalar,
    "dtype": _make_type,
    "encode": _encode,
    "bytes": _no_bytes,
}


def _checked(reader: _Reader, shape: Any, made: Any, data: Any, order: Any) -> Array:
    """A fresh array of these parts, if they fit each other."""
    if not isinstance(made, _Type):
        raise _Refused(
            message("an array's type should stand here, but there is {kind}", kind=_kind(made))
        )
    if isinstance(data, str):  # Python 2 had no bytes of their own
        data = data.encode("latin1")
    if not isinstance(data, bytes | bytearray):
        raise _Refused(
            message("an array's bytes should stand here, but there is {kind}", kind=_kind(data))
        )
    if not isinstance(shape, tuple) or len(shape) > 64:  # NumPy's own limit
        raise _Refused(
            message(
                "an array's shape is a tuple of at most 64 sizes, not {kind}", kind=_kind(shape)
            )
        )
    if not all(type(size) is int and 0 <= size < 2**63 for size in shape):
        raise _Refused(message("an array's sizes are whole numbers from 0"))
    if not isinstance(order, str) or order not in ("C", "F"):
        raise _Refused(message("an array's order is 'C' or 'F', not {kind}", kind=_kind(order)))
    dtype = made.dtype()
    expected = math.prod(shape) * dtype.itemsize
    if len(data) != expected:
        raise _Refused(
            message(
                "an array takes {expected} bytes, but there are {count}",
                expected=expected,
                count=len(data),
            )
        )
    reader.charge("arrays", len(data))
    layout: Literal["C", "F"] = "F" if order == "F" else "C"
    return np.frombuffer(data, dtype).reshape(shape, order=layout).copy(layout)


def _unfinished(result: dict[str, Any]) -> Any:
    """A NumPy name or type that is left among the data, None where there is none."""
    waiting: list[Any] = [result]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, _Name | _Type):
            return item
        if isinstance(item, dict | list | tuple) and id(item) not in seen:
            seen.add(id(item))
            waiting += item.values() if isinstance(item, dict) else item
    return None


def _pairs(items: list[Any]) -> dict[str, Any]:
    if len(items) % 2:
        raise _Refused(message("a dictionary has a key without a value"))
    keys = items[::2]
    for key in keys:
        if not isinstance(key, str):
            raise _Refused(
                message("a dictionary's keys are strings, but there is {kind}", kind=_kind(key))
            )
    return dict(zip(keys, items[1::2], strict=True))


def _kind(item: Any) -> str:
    return item.name if isinstance(item, _Name) else message("a {kind}", kind=type(item).__name__)


def _same(argument: Any) -> Any:
    return argument


_CONSTANTS: dict[str, Callable[[Any], Any]] = {
    "NONE": lambda _: None,
    "NEWTRUE": lambda _: True,
    "NEWFALSE": lambda _: False,
    "EMPTY_LIST": lambda _: [],
    "EMPTY_DICT": lambda _: {},
    "EMPTY_TUPLE": lambda _: (),
} | dict.fromkeys(
    (
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
        *("STRING", "BINSTRING", "SHORT_BINSTRING"),
        *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
        *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    ),
    _same,
)
"""Instructions that put one thing on the stack, made from what stands in the file."""


def _popped(reader: _Reader, count: int) -> list[Any]:
    return [reader.pop() for _ in range(count)][::-1]


_ACTIONS: dict[str, Callable[[_Reader, Any], Any]] = {
    "PROTO": lambda reader, _: None,
    "FRAME": lambda reader, _: None,
    "STOP": lambda reader, _: None,
    "MARK": lambda reader, _: reader.marks.append(len(reader.stack)),
    "POP": lambda reader, _: reader.pop(),
    "POP_MARK": lambda reader, _: reader.pop_to_mark(),
    "DUP": lambda reader, _: reader.stack.append(reader.top(object)),
    "PUT": lambda reader, index: reader.remember(index),
    "BINPUT": lambda reader, index: reader.remember(index),
    "LONG_BINPUT": lambda reader, index: reader.remember(index),
    "MEMOIZE": lambda reader, _: reader.remember(len(reader.memo)),
    "GET": lambda reader, index: reader.recall(index),
    "BINGET": lambda reader, index: reader.recall(index),
    "LONG_BINGET": lambda reader, index: reader.recall(index),
    "TUPLE": lambda reader, _: reader.stack.append(tuple(reader.pop_to_mark())),
    "TUPLE1": lambda reader, _: reader.stack.append(tuple(_popped(reader, 1))),
    "TUPLE2": lambda reader, _: reader.stack.append(tuple(_popped(reader, 2))),
    "TUPLE3": lambda reader, _: reader.stack.append(tuple(_popped(reader, 3))),
    "LIST": lambda reader, _: reader.stack.append(reader.pop_to_mark()),
    "APPEND": lambda reader, _: reader.append(_popped(reader, 1)),
    "APPENDS": lambda reader, _: reader.append(reader.pop_to_mark()),
    "DICT": lambda reader, _: reader.stack.append(_pairs(reader.pop_to_mark())),
    "SETITEM": lambda reader, _: reader.set_items(_popped(reader, 2)),
    "SETITEMS": lambda reader, _: reader.set_items(reader.pop_to_mark()),
    "GLOBAL": lambda reader, name: reader.name(*name.split(" ", 1)),
    "STACK_GLOBAL": lambda reader, _: reader.name(*_popped(reader, 2)),
    "REDUCE": lambda reader, _: reader.call(),
    "BUILD": lambda reader, _: reader.build(),
}
"""Instructions that work on the stack; each is explained by :mod:`pickletools`."""
