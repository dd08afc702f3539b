"""Machine code for formulas: loops over rows and columns around what a formula was traced to do.

:mod:`badak.engine.compiler.operands` tells what a kernel takes;
:mod:`badak.engine.compiler.lowering` writes a formula in LLVM's language,
:mod:`badak.engine.compiler.columnwise` and :mod:`badak.engine.compiler.rowwise` the loops.
"""

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir

from badak.engine.compiler.columnwise import Wide
from badak.engine.compiler.operands import HEADER, Kernel, Operand
from badak.engine.compiler.rowwise import Narrow
from badak.engine.machine.target import target_machine
from badak.typing import Array


def compile_kernels(kernels: Sequence[Kernel]) -> list[int]:
    """Return the address of each kernel's machine code; equal ones are compiled once a process."""
    new = [kernel for kernel in dict.fromkeys(kernels) if kernel not in _compiled]
    if new:
        _compiled.update(zip(new, _machine_code([_text(kernel) for kernel in new]), strict=True))
    return [_compiled[kernel] for kernel in kernels]


_compiled: dict[Kernel, int] = {}  # keeps the formulas' nodes, so that the same ones come again
_alive: list[Any] = []  # LLVM's engines, whose code would go with them


def _text(kernel: Kernel) -> str:
    module = ir.Module()
    (Narrow if kernel.narrow else Wide)(module, kernel).emit()
    return str(module)


def _machine_code(texts: list[str]) -> list[int]:
    import llvmlite.binding as llvm

    machine = target_machine()
    whole = None
    for number, text in enumerate(texts):
        module = llvm.parse_assembly(text.replace('@"kernel"', f'@"kernel{number}"'))
        if whole is None:
            whole = module
        else:
            whole.link_in(module)
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    llvm.create_pass_builder(machine, options).getModulePassManager().run(
        whole, llvm.create_pass_builder(machine, options)
    )
    engine = llvm.create_mcjit_compiler(whole, machine)
    engine.finalize_object()
    _alive.append(engine)
    return [engine.get_function_address(f"kernel{number}") for number in range(len(texts))]


def elementwise(function: Callable[..., Any], *arguments: float) -> Callable[[Array], Array]:
    """Return a formula of one array, compiled: a float32 array (n,) in, one out.

    >>> elementwise(np.exp)(np.zeros(3, np.float32))
    array([1., 1., 1.], dtype=float32)
    """
    x, y = Operand(0, "full"), Operand(1, "full")
    traced = function(x.tracer(), *arguments)
    (address,) = compile_kernels([Kernel(((traced.node, y),))])
    run = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)(address)

    def apply(values: Array) -> Array:
        given = np.ascontiguousarray(values, dtype=np.float32)
        result = np.empty_like(given)
        table = np.zeros(HEADER + 4, dtype=np.int64)
        table[HEADER:] = given.ctypes.data, 0, result.ctypes.data, 0
        run(table.ctypes.data, 1, given.size)
        return result

    return apply
