"""A traced formula, printed in another language."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.formats.formulas import uses, walk
from badak.tracing.node import Node

ATOM = 9
"""Binds tighter than any operator: a name, a call, a number."""


@dataclass(frozen=True)
class Dialect:
    """How a language writes numbers, operators and functions."""

    number: Callable[[float], str]
    """A number, whose text may begin with a minus."""
    truth: tuple[str, str]
    functions: Mapping[str, str]
    """By operation: what is written, with {0}, {1}, ... for the arguments."""
    choice: str = "{0} ? {1} : {2}"
    choice_binds: int = 0
    repeats: bool = False
    """A row is gone through number by number, so that what is needed in two passes over it is
    worked out in each; otherwise every shared value gets a name."""


# The text, how tight it binds, and whether its right side must bind tighter.
OPERATORS = {
    "add": ("{0} + {1}", 4, False),
    "subtract": ("{0} - {1}", 4, True),
    "multiply": ("{0} * {1}", 5, True),  # (a * b) * c is not a * (b * c) in floating point
    "divide": ("{0} / {1}", 5, True),
    "less": ("{0} < {1}", 3, True),
    "less_equal": ("{0} <= {1}", 3, True),
    "greater": ("{0} > {1}", 3, True),
    "greater_equal": ("{0} >= {1}", 3, True),
    "equal": ("{0} == {1}", 3, True),
    "not_equal": ("{0} != {1}", 3, True),
}

SHARED = "t"
"""The name of a value that is used more than once; of further ones t_2, t_3, ..."""

REDUCTIONS = {"sum_columns": "total", "max_columns": "largest", "min_columns": "smallest"}


@dataclass(frozen=True)
class Pass:
    """One way over a row: a value, and what has to be named for it before."""

    value: str
    named: list[tuple[str, str, str]]
    """In order: the type ("float" or "bool"), the name, what it stands for."""
    name: str = ""
    """In a reduction: what its result is called ..."""
    operation: str = ""
    """... and which it is, such as "sum_columns"."""


@dataclass(frozen=True)
class Printed:
    """A formula in a language: the reductions that it needs, then the result."""

    reductions: list[Pass]
    result: Pass


def print_formula(
    node: Node, dialect: Dialect, variable: str, arrays: Mapping[str, str]
) -> Printed:
    """Return the formula of `variable` and of vectors, each written as `arrays` has it.

    InputError where the language has no such operation.
    """
    return _Printer(node, dialect, variable, arrays).printed()


class _Printer:
    def __init__(
        self, node: Node, dialect: Dialect, variable: str, arrays: Mapping[str, str]
    ) -> None:
        self.node = node
        self.dialect = dialect
        self.variable = variable
        self.arrays = arrays
        self.counts = uses(node)
        self.top = node
        self.known: dict[int, str] = {}
        self.numbers: dict[str, int] = {}
        self.named: list[tuple[str, str, str]] = []

    def printed(self) -> Printed:
        reductions = []
        for each in walk(self.node):
            if each.operation not in REDUCTIONS:
                continue
            inner = self.scope(each.arguments[0])
            name = self.name(REDUCTIONS[each.operation])
            reductions.append(Pass(inner.value, inner.named, name, each.operation))
            self.known[id(each)] = name
        return Printed(reductions, self.scope(self.node))

    def scope(self, node: Node) -> Pass:
        outside = dict(self.known)
        self.named = []
        if self.dialect.repeats:
            self.numbers.pop(SHARED, None)
            self.counts = uses(node, ends=self.known)
        self.top = node
        text, _ = self.text(node)
        if self.dialect.repeats:
            self.known = outside
        return Pass(text, self.named)

    def name(self, base: str) -> str:
        self.numbers[base] = self.numbers.get(base, 0) + 1
        return base if self.numbers[base] == 1 else f"{base}_{self.numbers[base]}"

    def text(self, node: Node) -> tuple[str, int]:
        """Return the node as text, and how tight that binds."""
        if id(node) in self.known:
            return self.known[id(node)], ATOM
        text, binds = self.whole(node)
        if self.counts.get(id(node), 0) > 1 and node.arguments and node is not self.top:
            name = self.name(SHARED)
            self.named.append((node.type, name, text))
            self.known[id(node)] = name
            return name, ATOM
        return text, binds

    def whole(self, node: Node) -> tuple[str, int]:
        operation, dialect = node.operation, self.dialect
        if operation == "input":
            return self.variable, ATOM
        if operation == "array":
            return self.arrays[node.payload], ATOM
        if operation == "constant":
            return self.constant(node)
        if node.type in ("int", "uint"):
            raise InputError(
                message("its formula counts in whole numbers ({operation})", operation=operation)
            )
        if operation in OPERATORS and operation not in dialect.functions:
            pattern, binds, strict = OPERATORS[operation]
            left, right = node.arguments
            return (
                pattern.format(self.inside(left, binds), self.inside(right, binds + strict)),
                binds,
            )
        if operation == "where":
            binds = dialect.choice_binds
            loosest = ATOM if binds == ATOM else 1
            parts = [self.inside(a, 0 if loosest == ATOM else loosest) for a in node.arguments]
            return dialect.choice.format(*parts), binds
        if operation == "negative":
            return f"-{self.inside(node.arguments[0], ATOM)}", 6
        key = f"to_{node.type}" if operation == "convert" else operation
        if key not in dialect.functions:
            raise InputError(
                message(
                    "its formula has an operation that cannot be written: {operation}",
                    operation=operation,
                )
            )
        return dialect.functions[key].format(*(self.inside(a, 0) for a in node.arguments)), ATOM

    def constant(self, node: Node) -> tuple[str, int]:
        if node.type == "bool":
            return self.dialect.truth[not node.payload], ATOM
        text = self.dialect.number(float(node.payload))
        return text, 6 if text.startswith("-") else ATOM

    def inside(self, node: Node, least: int) -> str:
        text, binds = self.text(node)
        return text if binds >= least else f"({text})"


def float32_text(value: float) -> str:
    """Return the shortest decimal that is this number in float32, with a point or exponent.

    >>> float32_text(0.1), float32_text(3.0), float32_text(1e-20)
    ('0.1', '3.0', '1e-20')
    """
    text = str(np.float32(value))
    return text if "." in text or "e" in text or not math.isfinite(value) else f"{text}.0"
