"""Formulas that a user types: read by `ast`, never run as Python, and differentiated exactly.

It is read into a tree of the few things that :mod:`badak.lab.expressions` knows; all else is
refused.
"""

import ast
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.registry import nearest
from badak._common.validation import shown
from badak.activations import Activation
from badak.lab.errors import RecipeError
from badak.lab.expressions import (
    CALLABLE,
    FUNCTIONS,
    Node,
    add,
    call,
    differentiate,
    divide,
    evaluate,
    multiply,
    negative,
    number,
    power,
    subtract,
    variable,
    variables_of,
    written,
)
from badak.lab.typeset import latex
from badak.typing import Array

LONGEST = 200  # characters
DEEPEST = 30  # parts within parts
LARGEST_EXPONENT = 32
CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}
SIGNS = str.maketrans("−×·÷", "-**/")
PROBED = np.linspace(-10.0, 10.0, 401, dtype=np.float32)
"""Where an activation and its slope must be finite; 0 is one of them."""


class FormulaError(RecipeError):
    """A formula that cannot be read.

    Parameters
    ----------
    text : str
        What is wrong.
    start, end : int
        From which to before which character of the formula, counted from 0.

    Examples
    --------
    >>> parse("x + y", ["x"])
    Traceback (most recent call last):
        ...
    badak.lab.formula.FormulaError: at 5, y: there is no y; known are x, pi, e
    """

    def __init__(self, text: str, start: int = 0, end: int = 0, where: str = "") -> None:
        super().__init__(text, where)
        self.start = start
        self.end = end


@dataclass(frozen=True)
class Formula:
    """A formula that was read.

    Parameters
    ----------
    text : str
        As it was typed.
    variables : tuple of str
        What it may depend on.
    tree : Node
        Its parts.
    """

    text: str
    variables: tuple[str, ...]
    tree: Node

    def __call__(self, *arrays: Any) -> Any:
        """Return its value, from an array for each variable, all of one shape."""
        return evaluate(self.tree, dict(zip(self.variables, arrays, strict=True)))

    def derivative(self, variable: str) -> "Formula":
        """Return its exact derivative, by the rules of calculus.

        At a bend, as of ``max(x, 0)`` at 0, it is the slope of the part that is named last.
        """
        try:
            tree = differentiate(self.tree, variable)
        except (OverflowError, ZeroDivisionError, ValueError):
            raise FormulaError(
                message("{text}: its slope has numbers that float32 cannot hold", text=self.text),
                0,
                len(self.text),
            ) from None
        return Formula(written(tree), self.variables, tree)

    @property
    def used(self) -> set[str]:
        """The variables that it does depend on."""
        return variables_of(self.tree)


def parse(text: str, variables: Sequence[str], where: str = "") -> Formula:
    """Read a formula.

    Parameters
    ----------
    text : str
        Such as ``"x * sigmoid(x)"``: numbers, pi, e, the variables, + - * / ** and parentheses,
        comparisons (1 where they hold, else 0), ``a if x > 0 else b``, and :data:`FUNCTIONS`.
    variables : sequence of str
        The names that it may use.
    where : str, optional
        The recipe's field, for errors.

    Returns
    -------
    Formula
        The formula.

    Raises
    ------
    FormulaError
        It says what is wrong, and where.

    Examples
    --------
    >>> square = parse("x**2 + 1", ["x"])
    >>> square(np.array([0.0, 3.0]))
    array([ 1., 10.])
    >>> square.derivative("x").text
    '2 * x'
    """
    if not isinstance(text, str):
        raise FormulaError(
            message("a formula is a text, not {value}", value=shown(text)), where=where
        )
    reader = _Reader(text, tuple(variables), where)
    return Formula(text.strip(), tuple(variables), reader.read())


def activation(text: str, where: str = "") -> Activation:
    """Return an activation whose formula of x is typed.

    Parameters
    ----------
    text : str
        As for :func:`parse`; x is the weighted sum.
    where : str, optional
        The recipe's field, for errors.

    Returns
    -------
    Activation
        Named by the text; its slope is the exact derivative.

    Raises
    ------
    FormulaError
        It cannot be read, or value or slope is not finite somewhere from -10 to 10.

    Examples
    --------
    >>> swish = activation("x * sigmoid(x)")
    >>> x = np.array([-1.0, 2.0])
    >>> np.allclose(swish(x), x / (1.0 + np.exp(-x)))
    True
    """
    try:
        return _activation(text)
    except FormulaError as error:
        error.where = where
        raise


@lru_cache(maxsize=256)
def _activation(text: str) -> Activation:
    """Return one record for one text, so that it is compiled once."""
    formula = parse(text, ("x",))
    derived = formula.derivative("x")
    for what in (formula, derived):
        with np.errstate(all="ignore"):
            y = what(PROBED)
        if not np.isfinite(y).all():
            at = PROBED[~np.isfinite(y)][np.argmin(np.abs(PROBED[~np.isfinite(y)]))]
            raise FormulaError(
                message(
                    "{text}: at x = {at:g} {what} is not a finite number, but an activation needs "
                    "one for every x",
                    text=formula.text,
                    at=at,
                    what=message("the value") if what is formula else message("the slope"),
                ),
                0,
                len(text),
            )

    def value(x: Array) -> Array:
        return formula(x)

    def slope(x: Array) -> Array:
        return derived(x)

    return Activation(
        formula.text,
        value,
        slope,
        latex=f"h(x) = {latex(formula.tree)}",
        slope_latex=f"h'(x) = {latex(derived.tree)}",
    )


_BINARY: dict[type[ast.AST], Callable[[Node, Node], Node]] = {
    ast.Add: add,
    ast.Sub: subtract,
    ast.Mult: multiply,
    ast.Div: divide,
    ast.Pow: power,
}
_COMPARE: dict[type[ast.AST], str] = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
}


class _Reader:
    """Reads one text."""

    def __init__(self, text: str, variables: tuple[str, ...], where: str) -> None:
        self.typed = text
        self.text = text.translate(SIGNS)
        self.variables = variables
        self.where = where

    def read(self) -> Node:
        if not self.text.strip():
            raise FormulaError(
                message(
                    "the formula is empty; write one such as {example}", example=self._example()
                ),
                where=self.where,
            )
        if len(self.text) > LONGEST:
            raise FormulaError(
                message(
                    "the formula has {count} characters, but may have {longest}",
                    count=len(self.text),
                    longest=LONGEST,
                ),
                LONGEST,
                len(self.text),
                self.where,
            )
        if "\n" in self.text or "\r" in self.text or "#" in self.text:
            place = min(self.text.find(c) for c in "\n\r#" if c in self.text)
            raise self._refused(place, place + 1, message("a formula is one line without comments"))
        start = len(self.text) - len(self.text.lstrip())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self.text.strip(), mode="eval")
        except SyntaxError as error:
            place = len(self.text) if not error.offset else error.offset - 1 + start
            end = max((error.end_offset or 0) - 1 + start, place + 1)
            raise self._refused(
                place,
                end,
                message("this is no formula; an example: {example}", example=self._example()),
            ) from None
        except (ValueError, MemoryError, RecursionError):
            raise self._refused(0, len(self.text), message("this is no formula")) from None
        self.offset = start
        return self._of(tree.body, 1)

    def _of(self, node: ast.expr, depth: int) -> Node:
        if depth > DEEPEST:
            raise self._wrong(node, message("parts stand in more than {most} others", most=DEEPEST))
        try:
            return self._made(node, depth)
        except (OverflowError, ZeroDivisionError, ValueError) as error:
            if isinstance(error, FormulaError):
                raise
            raise self._wrong(node, message("this is no number that float32 can hold")) from None

    def _made(self, node: ast.expr, depth: int) -> Node:
        match node:
            case ast.Constant(value=bool() | complex() | str() | bytes() | None):
                raise self._wrong(node, message("only numbers may stand here"))
            case ast.Constant(value=int() | float() as value):
                return number(float(value))
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return negative(self._of(operand, depth + 1))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._of(operand, depth + 1)
            case ast.BinOp(left=left, op=ast.BitXor(), right=right):
                raise self._wrong(node, message("for powers write **, such as x**2"))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                a, b = self._of(left, depth + 1), self._of(right, depth + 1)
                if isinstance(op, ast.Pow):
                    self._check_exponent(right, b)
                return _BINARY[type(op)](a, b)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
                parts = self._of(left, depth + 1), self._of(right, depth + 1)
                return call(_COMPARE[type(op)], *parts)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return call("where", *(self._of(part, depth + 1) for part in (test, body, orelse)))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(node, name, arguments, depth)
        raise self._wrong(
            node,
            message(
                "only numbers, {names}, + - * / **, comparisons and functions may stand in a "
                "formula",
                names=", ".join(self.variables),
            ),
        )

    def _name(self, node: ast.expr, name: str) -> Node:
        if name in self.variables:
            return variable(name)
        if name in CONSTANTS:
            return number(CONSTANTS[name])
        if name in FUNCTIONS:
            raise self._wrong(
                node,
                message("{name} is a function: write {name}({x})", name=name, x=self.variables[0]),
            )
        raise self._wrong(
            node,
            message(
                "there is no {name}; known are {known}",
                name=name,
                known=", ".join([*self.variables, "pi", "e"]),
            ),
        )

    def _call(self, node: ast.expr, name: str, arguments: list[ast.expr], depth: int) -> Node:
        if name not in CALLABLE:
            hint = nearest(name, CALLABLE)
            raise self._wrong(
                node, message("there is no function {name}{hint}", name=name, hint=hint)
            )
        parts = [self._of(argument, depth + 1) for argument in arguments]
        wanted = FUNCTIONS[name].parts
        if len(parts) != wanted:
            raise self._wrong(
                node,
                message(
                    "{name} takes {wanted} values, not {count}",
                    name=name,
                    wanted=wanted,
                    count=len(parts),
                ),
            )
        if name in ("max", "min") and parts[0].operation == "number":
            parts.reverse()  # max(0, x) has the slope of max(x, 0) at 0 too
        return call(name, *parts)

    def _check_exponent(self, node: ast.expr, exponent: Node) -> None:
        if exponent.operation == "number" and abs(exponent.number) > LARGEST_EXPONENT:
            raise self._wrong(
                node,
                message("exponents go from -{most} to {most}", most=LARGEST_EXPONENT),
            )

    def _example(self) -> str:
        return {"x": "x * sigmoid(x)"}.get(self.variables[-1], "sin(3 * x1) * x2")

    def _wrong(self, node: ast.expr, text: str) -> FormulaError:
        encoded = self.text.strip().encode()
        start = len(encoded[: node.col_offset].decode())
        end = len(encoded[: node.end_col_offset].decode())
        return self._refused(start + self.offset, end + self.offset, text)

    def _refused(self, start: int, end: int, text: str) -> FormulaError:
        return FormulaError(
            message(
                "at {place}, {part}: {text}",
                place=start + 1,
                part=self.typed[start:end].strip() or message("the end"),
                text=text,
            ),
            start,
            end,
            self.where,
        )
