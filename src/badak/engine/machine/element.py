"""The element type: what weights, activations and gradients are stored as.

A program has one (:class:`badak.engine.program.program.Program`), and its kernels read and write
operands of it. Kernels compute in :data:`FLOAT32` for all types of operands; losses, outputs and
an optimizer's numbers are float32 too. The interpreter and the matrix products are compiled for
:data:`COMPILED`.
"""

from dataclasses import dataclass

from llvmlite import ir

from badak._common.memory import ALIGNMENT


@dataclass(frozen=True)
class Element:
    """A type of numbers in memory.

    >>> FLOAT32.lane
    16
    """

    name: str
    """What NumPy calls it."""
    bytes: int
    llvm: ir.Type

    @property
    def lane(self) -> int:
        """How many of them a cache line holds."""
        return ALIGNMENT // self.bytes


FLOAT32 = Element("float32", 4, ir.FloatType())

COMPILED = FLOAT32
"""The element type of the interpreter and of matrix products."""
