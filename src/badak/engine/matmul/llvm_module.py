"""The engine's functions that are written in LLVM's language: all that multiply matrices.

They take 64-bit whole numbers and return nothing; addresses are bytes, strides count float32.
:mod:`badak.engine.matmul.products` calls them.
"""

from typing import Any

from llvmlite import ir

from badak.engine.machine.llvm import INT
from badak.engine.matmul import edges, micro_kernel

FUNCTIONS: dict[str, tuple[Any, int]] = {**micro_kernel.FUNCTIONS, **edges.FUNCTIONS}
"""The functions' names in machine code, what writes them, and how many numbers they take."""


def text() -> str:
    """Return all of them as LLVM assembly.

    >>> 'define void @"badak_transpose"' in text()
    True
    """
    module = ir.Module("written")
    for name, (write, count) in FUNCTIONS.items():
        kind = ir.FunctionType(ir.VoidType(), [INT] * count)
        function = ir.Function(module, kind, name)
        builder = ir.IRBuilder(function.append_basic_block("begin"))
        write(builder, *function.args)
        builder.ret_void()
    return str(module)
