"""What a formula does, written down: its own function is called with tracers for arrays.

A formula of badak is a plain function of arrays. Called with a :class:`Tracer` it does to it what
it would do to an array, and the tracer notes each operation as a :class:`Node`. From these notes
:mod:`badak.engine.compiler.lowering` makes machine code, so that a formula stands once and runs
twice.

A kernel works on rows (samples) and columns (units). A node varies over rows, columns, both or
neither; a sum along the last axis leaves one number a row, a sum along the first one a column.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from badak._common.language import message
from badak.tracing.node import COMPARISONS, Node, Type, UntraceableError, constant, make


class Tracer:
    """Stands for an array (rows, columns) while a formula is written down.

    `columns` is the length of the last axis, where the formula may ask for it.
    """

    __array_priority__ = 1000.0
    dtype = np.dtype(np.float32)
    ndim = 2

    def __init__(self, node: Node, columns: int = 1) -> None:
        self.node = node
        self.columns = columns

    @property
    def shape(self) -> "tuple[Any, int]":
        """The number of rows, which is not known, and that of columns."""
        return (ROW_COUNT, self.columns)

    # -- operators

    def _binary(self, operation: str, other: Any, *, swapped: bool = False) -> "Tracer":
        if not _is_operand(other):
            return NotImplemented
        return binary(operation, *((other, self) if swapped else (self, other)))

    def __add__(self, other: Any) -> "Tracer":
        return self._binary("add", other)

    def __radd__(self, other: Any) -> "Tracer":
        return self._binary("add", other, swapped=True)

    def __sub__(self, other: Any) -> "Tracer":
        return self._binary("subtract", other)

    def __rsub__(self, other: Any) -> "Tracer":
        return self._binary("subtract", other, swapped=True)

    def __mul__(self, other: Any) -> "Tracer":
        return self._binary("multiply", other)

    def __rmul__(self, other: Any) -> "Tracer":
        return self._binary("multiply", other, swapped=True)

    def __truediv__(self, other: Any) -> "Tracer":
        return self._binary("divide", other)

    def __rtruediv__(self, other: Any) -> "Tracer":
        return self._binary("divide", other, swapped=True)

    def __pow__(self, other: Any) -> "Tracer":
        return self._binary("power", other)

    def __rpow__(self, other: Any) -> "Tracer":
        return self._binary("power", other, swapped=True)

    def __and__(self, other: Any) -> "Tracer":
        return self._binary("bitwise_and", other)

    def __rand__(self, other: Any) -> "Tracer":
        return self._binary("bitwise_and", other, swapped=True)

    def __or__(self, other: Any) -> "Tracer":
        return self._binary("bitwise_or", other)

    def __ror__(self, other: Any) -> "Tracer":
        return self._binary("bitwise_or", other, swapped=True)

    def __xor__(self, other: Any) -> "Tracer":
        return self._binary("bitwise_xor", other)

    def __rxor__(self, other: Any) -> "Tracer":
        return self._binary("bitwise_xor", other, swapped=True)

    def __lshift__(self, other: Any) -> "Tracer":
        return self._binary("left_shift", other)

    def __rshift__(self, other: Any) -> "Tracer":
        return self._binary("right_shift", other)

    def __lt__(self, other: Any) -> "Tracer":
        return self._binary("less", other)

    def __le__(self, other: Any) -> "Tracer":
        return self._binary("less_equal", other)

    def __gt__(self, other: Any) -> "Tracer":
        return self._binary("greater", other)

    def __ge__(self, other: Any) -> "Tracer":
        return self._binary("greater_equal", other)

    def __eq__(self, other: Any) -> "Tracer":  # type: ignore[override]  # arrays answer so
        return self._binary("equal", other)

    def __ne__(self, other: Any) -> "Tracer":  # type: ignore[override]
        return self._binary("not_equal", other)

    __hash__ = None  # type: ignore[assignment]

    def __neg__(self) -> "Tracer":
        return unary("negative", self)

    def __pos__(self) -> "Tracer":
        return self

    def __abs__(self) -> "Tracer":
        return unary("absolute", self)

    def __invert__(self) -> "Tracer":
        return binary("bitwise_xor", self, True)

    # -- other methods of arrays

    def sum(self, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> "Tracer":
        """Add up along an axis."""
        return reduce("sum", self, axis)

    def max(self, axis: Any = None, keepdims: bool = False) -> "Tracer":
        """Return the largest along an axis."""
        return reduce("max", self, axis)

    def min(self, axis: Any = None, keepdims: bool = False) -> "Tracer":
        """Return the smallest along an axis."""
        return reduce("min", self, axis)

    def mean(self, axis: Any = None, keepdims: bool = False) -> "Tracer":
        """Return the mean along an axis."""
        return self.sum(axis) * (1.0 / self._count(axis))

    def var(self, axis: Any = None, keepdims: bool = False) -> "Tracer":
        """Return the mean squared distance from the mean along an axis."""
        distance = self - self.mean(axis)
        return (distance * distance).mean(axis)

    def _count(self, axis: Any) -> Any:
        if _axis(axis) == "columns":
            return float(self.columns)
        return Tracer(make("row_count"), self.columns)

    def astype(self, dtype: Any, copy: bool = True) -> "Tracer":
        """Return the same numbers as float32, int32 or uint32."""
        return Tracer(converted(self.node, _type_of(np.dtype(dtype))), self.columns)

    def copy(self) -> "Tracer":
        """Return itself: a tracer is never changed, only replaced."""
        return Tracer(self.node, self.columns)

    def __getitem__(self, index: Any) -> "Tracer":
        """Add an axis, which changes nothing here: one number a row stays one number a row."""
        parts = index if isinstance(index, tuple) else (index,)
        if all(part is None or part is Ellipsis or part == slice(None) for part in parts):
            return self
        raise UntraceableError(message("it takes a part of an array, [{index!r}]", index=index))

    def __setitem__(self, index: Any, value: Any) -> None:
        """Replace the whole array."""
        if index is not Ellipsis:
            raise UntraceableError(message("it sets a part of an array, [{index!r}]", index=index))
        self.node = as_node(value, self.node.type)

    def __bool__(self) -> bool:
        raise UntraceableError(message("it branches on a value; use np.where"))

    def __float__(self) -> float:
        raise UntraceableError(message("it turns an array into a number of Python"))

    __int__ = __index__ = __float__

    def __len__(self) -> int:
        raise UntraceableError(message("it asks for the number of samples"))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UntraceableError(message("it uses .{name} of an array", name=name))

    def __iter__(self) -> Any:
        raise UntraceableError(message("it goes through an array one by one"))

    def __array__(self, *arguments: Any, **keywords: Any) -> Any:
        raise UntraceableError(message("it makes an array of NumPy out of its argument"))

    # -- NumPy's functions

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> "Tracer":
        """Write down one of NumPy's elementwise functions."""
        name = "erf" if "erf" in ufunc.__name__ else ufunc.__name__
        if method != "__call__" or set(options) - {"dtype", "casting"}:
            raise UntraceableError(
                message(
                    "it uses np.{name}.{method} with {options}",
                    name=name,
                    method=method,
                    options=sorted(options),
                )
            )
        if name == "square":
            return inputs[0] * inputs[0]
        if name == "reciprocal":
            return 1.0 / inputs[0]
        if name == "positive":
            return inputs[0]
        if name in UNARY and len(inputs) == 1:
            return unary(name, inputs[0])
        if name in BINARY and len(inputs) == 2:
            return binary(name, *inputs)
        raise UntraceableError(message("it uses np.{name}", name=name))

    def __array_function__(
        self, function: Any, types: Any, arguments: Any, options: Any
    ) -> "Tracer":
        """Write down another of NumPy's functions."""
        if function not in FUNCTIONS:
            raise UntraceableError(message("it uses np.{function}", function=function.__name__))
        return FUNCTIONS[function](*arguments, **options)


class Rows:
    """The number of rows, which a kernel learns only when it runs."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise UntraceableError(message("it reckons with the number of samples"))


ROW_COUNT = Rows()


UNARY = {
    *("negative", "absolute", "sqrt", "exp", "expm1", "log", "log1p", "tanh", "erf", "sign"),
    *("floor", "rint", "isnan", "logical_not", "cos", "sin"),
}
BINARY = {
    *("add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "copysign"),
    *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
    *("logical_and", "logical_or", "bitwise_and", "bitwise_or", "bitwise_xor"),
    *("left_shift", "right_shift"),
}

_OF_TRUTH = {*COMPARISONS, "where"}
_LOGICAL = {"logical_and": "bitwise_and", "logical_or": "bitwise_or"}
_NUMBERS: dict[Type, Callable[[Any], Any]] = {"float": float, "bool": bool, "int": int, "uint": int}
_WIDEST_FIRST: tuple[Type, ...] = ("float", "uint", "int")


def unary(operation: str, x: Any) -> Tracer:
    """Return operation(x)."""
    if operation == "logical_not":
        return binary("bitwise_xor", x, True)
    if operation == "isnan":
        return binary("not_equal", x, x)
    if operation == "sign":  # as NumPy: NaN stays NaN, 0 stays 0
        return where(x == 0.0, x, where(x > 0.0, 1.0, where(x < 0.0, -1.0, x)))
    node = x.node
    if operation not in ("negative", "absolute"):
        node = converted(node, "float")
    return Tracer(make(operation, (node,), node.type), x.columns)


def binary(operation: str, x: Any, y: Any) -> Tracer:
    """Return operation(x, y), where at least one of the two is a tracer."""
    columns = x.columns if isinstance(x, Tracer) else y.columns
    if operation == "power":
        return _power(x, y)
    operation = _LOGICAL.get(operation, operation)
    common = _common_type(x, y, operation)
    a, b = as_node(x, common), as_node(y, common)
    result: Type = "bool" if operation in COMPARISONS else common
    return Tracer(make(operation, (a, b), result), columns)


def _power(x: Any, y: Any) -> Tracer:
    if isinstance(y, (int, float)) and isinstance(x, Tracer):
        if y in (1, 2, 3, 4):
            square = x * x
            return {1: x, 2: square, 3: square * x, 4: square * square}[int(y)]
        if y == 0:
            return where(x == x, 1.0, 1.0)
        if y == 0.5:
            return unary("sqrt", x)
        if y == -1:
            return 1.0 / x
    columns = x.columns if isinstance(x, Tracer) else y.columns
    arguments = (as_node(x, "float"), as_node(y, "float"))
    return Tracer(make("power", arguments), columns)


def where(condition: Any, x: Any, y: Any) -> Tracer:
    """Return x where the condition holds, else y."""
    common = _common_type(x, y, "where")
    columns = next(v.columns for v in (condition, x, y) if isinstance(v, Tracer))
    arguments = (as_node(condition, "bool"), as_node(x, common), as_node(y, common))
    return Tracer(make("where", arguments, common), columns)


def reduce(operation: str, x: Any, axis: Any = None) -> Tracer:
    """Return the sum, maximum or minimum along an axis."""
    direction = _axis(axis)
    node = converted(x.node, "float") if x.node.type == "bool" else x.node
    over = (node.over_rows, False) if direction == "columns" else (False, node.over_columns)
    reduced = make(f"{operation}_{direction}", (node,), node.type, over=over)
    return Tracer(reduced, x.columns)


def _axis(axis: Any) -> Literal["rows", "columns"]:
    if axis in (-1, 1, (-1,), (1,)):
        return "columns"
    if axis in (0, (0,)):
        return "rows"
    raise UntraceableError(message("it reduces an array along axis={axis!r}", axis=axis))


def argmax(x: Tracer, axis: Any = None, keepdims: bool = False) -> Tracer:
    """Return the number of the first column that holds the largest value."""
    largest = x == reduce("max", x, axis)
    return reduce("min", where(largest, column_number(x.columns), float(x.columns)), axis)


def column_number(columns: int) -> Tracer:
    """Return 0.0, 1.0, 2.0, ... along the last axis."""
    return Tracer(make("column_number", (), "float", over=(False, True)), columns)


def _put_along_axis(array: Tracer, indices: Tracer, values: Any, axis: Any) -> None:
    array.node = where(column_number(array.columns) == indices, values, array).node


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.where: where,
    np.sum: lambda x, axis=None, dtype=None, keepdims=False: reduce("sum", x, axis),
    np.max: lambda x, axis=None, keepdims=False: reduce("max", x, axis),
    np.min: lambda x, axis=None, keepdims=False: reduce("min", x, axis),
    np.mean: lambda x, axis=None, keepdims=False: x.mean(axis),
    np.var: lambda x, axis=None, keepdims=False: x.var(axis),
    np.argmax: argmax,
    np.zeros_like: lambda x, dtype=None: where(x == x, 0.0, 0.0),
    np.ones_like: lambda x, dtype=None: where(x == x, 1.0, 1.0),
    np.put_along_axis: _put_along_axis,
    np.clip: lambda x, low, high: binary("minimum", binary("maximum", x, low), high),
    np.result_type: lambda *things: np.dtype(np.float32),
    np.expand_dims: lambda x, axis: x,
}


def as_node(value: Any, type: Type) -> Node:
    """Return the node of a tracer or number, in the given type."""
    if isinstance(value, Tracer):
        return converted(value.node, type)
    if isinstance(value, np.ndarray):
        if value.ndim == 1 and np.array_equal(value, np.arange(len(value))):
            return converted(column_number(len(value)).node, type)
        if value.ndim:
            raise UntraceableError(
                message("it uses an array of its own, of shape {shape}", shape=value.shape)
            )
    return constant(_NUMBERS[type](value), type)


def converted(node: Node, type: Type) -> Node:
    """Return the node in another type."""
    if node.type == type:
        return node
    if {node.type, type} == {"int", "uint"}:
        return make("reinterpret", (node,), type)
    return make("convert", (node,), type)


def _common_type(x: Any, y: Any, operation: str) -> Type:
    if operation == "divide":
        return "float"
    types = [v.node.type for v in (x, y) if isinstance(v, Tracer)]
    for kind in _WIDEST_FIRST:
        if kind in types:
            return kind
    if operation.startswith("bitwise"):
        return "bool"
    numbers = [v for v in (x, y) if not isinstance(v, Tracer)]
    if operation in _OF_TRUTH and all(isinstance(n, (bool, np.bool_)) for n in numbers):
        return "bool"
    return "float"


def _is_operand(value: Any) -> bool:
    return isinstance(value, (Tracer, int, float, np.generic, np.ndarray))


def _type_of(dtype: Any) -> Type:
    if dtype.kind == "f":
        return "float"
    return {"u": "uint", "i": "int", "b": "bool"}[dtype.kind]  # type: ignore[return-value]
