"""What a kernel takes and gives, and where it finds it.

A kernel is called as ``kernel(operands, rows, columns)``, all three 64-bit whole numbers;
`operands` is the address of a table of such numbers: a header of :data:`HEADER` entries, then for
each operand its address and the distance of its rows in numbers.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from llvmlite import ir

from badak.engine.machine.element import FLOAT32
from badak.engine.machine.target import processor
from badak.tracing.node import Node, Type, make
from badak.tracing.tracer import Tracer

HEADER = 4
ROW_BASE, ROW_COUNT, ORDER, CONSTANTS = range(4)
"""Header: the first row's number in its batch, the batch's rows, the addresses of the order and of
the constant pool."""

Kind = Literal["full", "gathered", "columns", "row", "label", "scalar", "key"]

TRACED: dict[Kind, tuple[Type, tuple[bool, bool]]] = {
    "full": ("float", (True, True)),
    "gathered": ("float", (True, True)),
    "columns": ("float", (False, True)),
    "row": ("float", (True, False)),
    "label": ("int", (True, False)),
    "scalar": ("float", (False, False)),
    "key": ("uint", (False, False)),
}
"""Each kind's type in a formula, and whether its values differ over rows and over columns."""

I64, I32, I8, FLOAT = ir.IntType(64), ir.IntType(32), ir.IntType(8), FLOAT32.llvm
ELEMENTS = {
    FLOAT32.name: FLOAT,
    "float64": ir.DoubleType(),
    **({"float16": ir.HalfType()} if processor().converts_half else {}),
    **{f"{sign}int{bits}": ir.IntType(bits) for sign in ("", "u") for bits in (8, 16, 32, 64)},
    "bool": I8,
}
"""What samples and targets may be; others are converted to float32 first."""


class Operand(NamedTuple):
    """One argument of a kernel.

    full: (rows, columns) of any type; gathered: the same, its rows read through the shuffled order;
    columns: (columns,); row: float32 (rows,); label: int64 (rows,), read through the order too;
    scalar: one float32; key: one uint32.
    """

    number: int
    kind: Kind
    element: str = FLOAT32.name
    ordered: bool = False
    """For rows and labels: read through the order."""

    def tracer(self, columns: int = 1) -> Tracer:
        """Return what stands for it in a formula."""
        kind, over = TRACED[self.kind]
        return Tracer(make("operand", (), kind, payload=self, over=over), columns)


@dataclass(frozen=True)
class Kernel:
    """What is to be computed: each output's node and where it goes."""

    outputs: tuple[tuple[Node, Operand], ...]
    direction: Literal["rows", "columns"] = "rows"
    whole: bool = False
    """It is run on whole cache lines only, so that no vector is cut short."""
    rowwise_columns: int = 0
    """The number of columns, fixed and so small that a vector holds rows.
    0: a vector holds columns, as many as it is called with."""


def size_of(element: ir.Type) -> int:
    """Return the bytes of a number of this type."""
    if element == FLOAT:
        return FLOAT32.bytes
    if element == ir.DoubleType():
        return 8
    return 2 if element == ir.HalfType() else element.width // 8
