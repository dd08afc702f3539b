"""The constant pool: a formula's numbers, taken out of its machine code.

A learning rate's decay, a slope, a dropout rate or one over a layer's width would make another
kernel of each value. Here such numbers are replaced by entries of a pool, a vector of 32-bit words
whose address a kernel is given, so that networks which differ in them share their kernels.
"""

import struct
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from badak.engine.compiler.operands import Operand
from badak.tracing.node import Node, make
from badak.tracing.tracer import Tracer

Outputs = tuple[tuple[Node, Operand], ...]
"""A formula: what is computed, and where each value goes."""

SHAPING = {0.0, 0.5, 1.0, 2.0, float("inf")}
"""Magnitudes of numbers that stay in the code: multiplying by them costs less, or nothing."""

LARGEST = float(np.finfo(np.float32).max)


def column_count(columns: int) -> Tracer:
    """Return a layer's width as a uint32 of the pool."""
    return Tracer(make("column_count", (), "uint", payload=columns, over=(False, False)), columns)


@lru_cache(maxsize=256)
def pooled(outputs: Outputs) -> tuple[Outputs, bytes]:
    """Return the formula with pool entries for its numbers, and the pool.

    Exponents of powers stay in the code, which is shorter for each of them.
    """
    nodes = nodes_under([node for node, _ in outputs])
    exponents = {a for node in nodes if node.operation == "power" for a in node.arguments}
    settings = [n for n in nodes if is_setting(n) and n not in exponents]
    entries = {node: make_entry(index, node) for index, node in enumerate(settings)}
    replaced = tuple((substituted(node, entries.get), operand) for node, operand in outputs)
    return replaced, b"".join(map(_word, settings))


def is_setting(node: Node) -> bool:
    """Return whether a node is a number such as a rate or a slope, or a width."""
    if node.operation == "column_count":
        return True
    if node.operation != "constant" or node.type != "float":
        return False
    value = abs(float(node.payload))
    return value not in SHAPING and value <= LARGEST


def make_entry(index: int, node: Node) -> Node:
    """Return the node that reads entry `index` of the pool."""
    return make("pooled", (), node.type, payload=index, over=(False, False))


def _word(node: Node) -> bytes:
    return struct.pack("f" if node.type == "float" else "I", node.payload)


def nodes_under(nodes: list[Node]) -> list[Node]:
    """Return these nodes and all that they need, each after those it needs."""
    found: dict[Node, None] = {}

    def visit(node: Node) -> None:
        if node not in found:
            for argument in node.arguments:
                visit(argument)
            found[node] = None

    for node in nodes:
        visit(node)
    return list(found)


def substituted(node: Node, replacement: Callable[[Node], Node | None]) -> Node:
    """Return the expression with some of its nodes replaced."""
    memo: dict[Node, Node] = {}

    def visit(node: Node) -> Node:
        if node not in memo:
            new = replacement(node)
            if new is None and node.arguments:
                arguments = [visit(argument) for argument in node.arguments]
                over = None
                if node.operation.endswith(("_columns", "_rows")):
                    over = (node.over_rows, node.over_columns)
                new = make(node.operation, arguments, node.type, payload=node.payload, over=over)
            memo[node] = node if new is None else new
        return memo[node]

    return visit(node)
