"""Expressions: trees of numbers, variables and operations, evaluated, differentiated and written.

An expression is evaluated by walking its tree with NumPy's functions, so that badak's engine traces
and compiles it like any other formula. Nothing is ever run as Python.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from badak._common.validation import FLOAT32_MAX
from badak.activations import ACTIVATIONS, Activation


@dataclass(frozen=True)
class Node:
    """A part of a formula: a number, a variable, or an operation on parts."""

    operation: str
    parts: "tuple[Node, ...]" = ()
    number: float = 0.0
    name: str = ""


@dataclass(frozen=True)
class Function:
    """What may be called in a formula, and its derivative."""

    parts: int
    compute: Callable[..., Any]
    """From arrays, and an array of zeros as `zero`."""
    slope: Callable[..., Node]
    """From the parts and their derivatives."""


def evaluate(tree: Node, given: Mapping[str, Any]) -> Any:
    """Return a tree's value from arrays, or from what stands for them while a formula is traced."""
    zero = np.zeros_like(next(iter(given.values())))
    known: dict[Node, Any] = {}

    def of(node: Node) -> Any:
        if node not in known:
            if node.operation == "number":
                known[node] = node.number
            elif node.operation == "variable":
                known[node] = given[node.name]
            else:
                parts = [of(part) for part in node.parts]
                known[node] = FUNCTIONS[node.operation].compute(*parts, zero=zero)
        return known[node]

    value = of(tree)
    return zero + value if isinstance(value, float) else value


def differentiate(tree: Node, variable: str) -> Node:
    """Return the tree of the derivative."""
    if tree.operation == "number":
        return number(0.0)
    if tree.operation == "variable":
        return number(1.0 if tree.name == variable else 0.0)
    derived = [differentiate(part, variable) for part in tree.parts]
    if all(part == number(0.0) for part in derived):
        return number(0.0)
    return FUNCTIONS[tree.operation].slope(*tree.parts, *derived)


# -- trees, with constants worked out


def number(value: float) -> Node:
    """Return a number; OverflowError where float32 cannot hold it."""
    if isinstance(value, complex) or not math.isfinite(value):
        raise ValueError(value)
    if abs(value) > FLOAT32_MAX:
        raise OverflowError(value)
    return Node("number", number=float(value) + 0.0)


def variable(name: str) -> Node:
    """Return a variable."""
    return Node("variable", name=name)


ZERO, ONE = number(0.0), number(1.0)


def call(operation: str, *parts: Node) -> Node:
    """Return an operation on parts, or the number that it is where all of them are numbers."""
    if all(part.operation == "number" for part in parts):
        with np.errstate(all="ignore"):
            given = [np.float64(part.number) for part in parts]
            return number(float(FUNCTIONS[operation].compute(*given, zero=np.float64(0.0))))
    return Node(operation, parts)


def add(a: Node, b: Node) -> Node:
    """Return a + b."""
    if ZERO in (a, b):
        return b if a == ZERO else a
    if b.operation == "negative":
        return subtract(a, b.parts[0])
    return call("add", a, b)


def subtract(a: Node, b: Node) -> Node:
    """Return a - b."""
    if b == ZERO:
        return a
    return negative(b) if a == ZERO else call("subtract", a, b)


def multiply(a: Node, b: Node) -> Node:
    """Return a b."""
    if ZERO in (a, b):
        return ZERO
    if ONE in (a, b):
        return b if a == ONE else a
    if b.operation == "number" and a.operation != "number":
        return multiply(b, a)
    return call("multiply", a, b)


def divide(a: Node, b: Node) -> Node:
    """Return a / b."""
    return a if b == ONE else call("divide", a, b)


def negative(a: Node) -> Node:
    """Return -a."""
    return a.parts[0] if a.operation == "negative" else call("negative", a)


def power(a: Node, b: Node) -> Node:
    """Return a to the power of b."""
    if b == ZERO:
        return ONE
    return a if b == ONE else call("power", a, b)


def _power_slope(a: Node, b: Node, da: Node, db: Node) -> Node:
    if b.operation == "number":
        return multiply(multiply(b, power(a, number(b.number - 1.0))), da)
    of_exponent = multiply(db, call("log", a))
    inner = add(of_exponent, divide(multiply(b, da), a)) if da != ZERO else of_exponent
    return multiply(power(a, b), inner)


def _quotient_slope(a: Node, b: Node, da: Node, db: Node) -> Node:
    if db == ZERO:
        return divide(da, b)
    over = subtract(multiply(da, b), multiply(a, db))
    return divide(over, power(b, number(2.0)))


def _choose(condition: Any, a: Any, b: Any, zero: Any) -> Any:
    return np.where(condition, zero + a, zero + b)


def _comparison(compare: Callable[[Any, Any], Any]) -> Function:
    def compute(a: Any, b: Any, zero: Any) -> Any:
        return _choose(compare(a, b), 1.0, 0.0, zero)

    return Function(2, compute, lambda *_: ZERO)


def _unary(compute: Callable[[Any], Any], slope: Callable[[Node], Node]) -> Function:
    return Function(1, lambda x, zero: compute(x), lambda x, dx: multiply(slope(x), dx))


def _of_activation(name: str, record: Activation) -> dict[str, Function]:
    """Return one of badak's activations, and its slope, as badak has them."""

    def value(x: Any, zero: Any) -> Any:
        return record.value(x, **record.parameters)

    def derivative(x: Any, zero: Any) -> Any:
        given = value(x, zero) if record.slope_from == "output" else x
        return record.slope(given, **record.parameters)

    def refused(*parts: Node) -> NoReturn:
        raise ValueError(name)  # of a slope no slope is asked for

    return {
        name: Function(1, value, lambda x, dx: multiply(call(f"{name}'", x), dx)),
        f"{name}'": Function(1, derivative, refused),
    }


def _larger(compare: str) -> Callable[[Node, Node, Node, Node], Node]:
    def slope(a: Node, b: Node, da: Node, db: Node) -> Node:
        return call("where", call(compare, a, b), da, db)

    return slope


FUNCTIONS: dict[str, Function] = {
    "add": Function(2, lambda a, b, zero: a + b, lambda a, b, da, db: add(da, db)),
    "subtract": Function(2, lambda a, b, zero: a - b, lambda a, b, da, db: subtract(da, db)),
    "multiply": Function(
        2,
        lambda a, b, zero: a * b,
        lambda a, b, da, db: add(multiply(da, b), multiply(a, db)),
    ),
    "divide": Function(2, lambda a, b, zero: a / b, _quotient_slope),
    "power": Function(2, lambda a, b, zero: a**b, _power_slope),
    "negative": Function(1, lambda a, zero: -a, lambda a, da: negative(da)),
    "less": _comparison(operator.lt),
    "less_equal": _comparison(operator.le),
    "greater": _comparison(operator.gt),
    "greater_equal": _comparison(operator.ge),
    "where": Function(
        3,
        lambda c, a, b, zero: _choose(c + zero != 0.0, a, b, zero),
        lambda c, a, b, dc, da, db: call("where", c, da, db),
    ),
    "max": Function(2, lambda a, b, zero: np.maximum(a, b), _larger("greater")),
    "min": Function(2, lambda a, b, zero: np.minimum(a, b), _larger("less")),
    "abs": _unary(np.abs, lambda x: call("sign", x)),
    "sign": _unary(np.sign, lambda x: ZERO),
    "floor": _unary(np.floor, lambda x: ZERO),
    "sqrt": _unary(np.sqrt, lambda x: divide(number(0.5), call("sqrt", x))),
    "exp": _unary(np.exp, lambda x: call("exp", x)),
    "log": _unary(np.log, lambda x: divide(ONE, x)),
    "sin": _unary(np.sin, lambda x: call("cos", x)),
    "cos": _unary(np.cos, lambda x: negative(call("sin", x))),
}
"""What may stand in a formula, by its name; badak's activations are added below."""

_SIGNS_ONLY = {
    *("add", "subtract", "multiply", "divide", "power", "negative"),
    *("less", "less_equal", "greater", "greater_equal"),
}
for _name in ACTIVATIONS:
    _record = ACTIVATIONS[_name]
    if not _record.rowwise and _name not in FUNCTIONS:
        FUNCTIONS |= _of_activation(_name, _record)

CALLABLE = tuple(sorted(n for n in FUNCTIONS if n not in _SIGNS_ONLY and not n.endswith("'")))
"""The names of functions that a user may write."""


def variables_of(tree: Node) -> set[str]:
    """Return the names of the variables in a tree."""
    if tree.operation == "variable":
        return {tree.name}
    return set().union(*(variables_of(part) for part in tree.parts)) if tree.parts else set()


# -- writing


_WRITTEN = {
    "add": ("+", 3),
    "subtract": ("-", 3),
    "multiply": ("*", 4),
    "divide": ("/", 4),
    "power": ("**", 6),
    "less": ("<", 2),
    "less_equal": ("<=", 2),
    "greater": (">", 2),
    "greater_equal": (">=", 2),
}
NEGATIVE, CALL = 5, 7


def written(tree: Node, functions: Mapping[str, str] | None = None) -> str:
    """Return a tree as text that reads as it was meant.

    Parameters
    ----------
    tree : Node
        The formula.
    functions : mapping of str to str, optional
        Templates for calls by name, such as ``{"exp": "np.exp({0})"}``, for another language; a
        comparison's may be given too. None: as a user types it.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> x = variable("x")
    >>> written(multiply(add(x, number(1.0)), number(2.0)))
    '2 * (x + 1)'
    """
    return _written(tree, functions or {})[0]


def _written(tree: Node, functions: Mapping[str, str]) -> tuple[str, int]:
    if tree.operation == "number":
        text = f"{tree.number:g}" if float(f"{tree.number:g}") == tree.number else repr(tree.number)
        if functions and not any(c in text for c in ".e"):
            text += ".0"
        return text, NEGATIVE if tree.number < 0.0 else CALL
    if tree.operation == "variable":
        return tree.name, CALL
    parts = [_written(part, functions) for part in tree.parts]
    if tree.operation in functions:
        return functions[tree.operation].format(*(text for text, _ in parts)), CALL
    if tree.operation == "negative":
        text, strength = parts[0]
        return f"-{_within(text, strength, NEGATIVE)}", NEGATIVE
    if tree.operation in _WRITTEN:
        sign, strength = _WRITTEN[tree.operation]
        (a, of_a), (b, of_b) = parts
        if tree.operation == "power":
            return f"{_within(a, of_a, strength + 1)}**{_within(b, of_b, strength)}", strength
        tight = strength + (tree.operation not in ("add", "multiply"))
        if tree.operation in ("less", "less_equal", "greater", "greater_equal"):
            a = _within(a, of_a, strength + 1)
        return f"{_within(a, of_a, strength)} {sign} {_within(b, of_b, tight)}", strength
    return f"{tree.operation}({', '.join(text for text, _ in parts)})", CALL


def _within(text: str, strength: int, least: int) -> str:
    return text if strength >= least else f"({text})"
