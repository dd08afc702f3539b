"""Nodes: the operations of a traced formula, each one an immutable, interned record."""

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from weakref import ref

Type = Literal["float", "int", "uint", "bool"]


class UntraceableError(Exception):
    """The formula does what cannot be written down, such as a branch on a value."""


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Node:
    """One operation; equal operations are one object, as long as anybody holds it."""

    operation: str
    arguments: "tuple[Node, ...]"
    type: Type
    over_rows: bool
    over_columns: bool
    payload: Any = None
    """What else the operation needs: a constant's value, an operand's number."""


_known: dict[Any, ref[Node]] = {}  # looked up some hundred times for a network: plain and quick
_interning = threading.RLock()  # a node may die, and be forgotten, while its thread holds the lock


def _unlock() -> None:
    """Forget, in a forked process, that another thread of its parent held the lock."""
    global _interning
    _interning = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock)


def make(
    operation: str,
    arguments: Sequence[Node] = (),
    type: Type = "float",
    *,
    payload: Any = None,
    over: tuple[bool, bool] | None = None,
) -> Node:
    """Return the node of this operation; by default it varies as its arguments do."""
    arguments = tuple(arguments)
    told_apart = repr(payload) if isinstance(payload, (int, float)) else payload  # 0.0 and -0.0
    key = (operation, arguments, type, told_apart, over)
    held = _known.get(key)
    node = None if held is None else held()
    if node is None:
        rows, columns = over or (
            any(a.over_rows for a in arguments),
            any(a.over_columns for a in arguments),
        )
        made = Node(operation, arguments, type, rows, columns, payload)
        with _interning:  # of two threads that make the same node, one gets the other's
            held = _known.get(key)
            node = None if held is None else held()
            if node is None:
                _known[key] = ref(made, partial(_forget, key))
                node = made
    return node


def _forget(key: Any, held: ref[Node]) -> None:
    with _interning:
        if _known.get(key) is held:  # and not that of an equal node, made since
            del _known[key]


def constant(value: float, type: Type = "float") -> Node:
    """Return a node of one number."""
    return make("constant", (), type, payload=value)


COMPARISONS = {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}
