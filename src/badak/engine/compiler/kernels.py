"""Machine code for formulas: loops over rows and columns around what a formula was traced to do.

:mod:`badak.engine.compiler.operands` defines what a kernel takes;
:mod:`badak.engine.compiler.lowering` writes a formula in LLVM's language,
:mod:`badak.engine.compiler.columnwise` and :mod:`badak.engine.compiler.rowwise` the loops.
"""

import ctypes
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from llvmlite import ir

from badak.engine.compiler.columnwise import Columnwise
from badak.engine.compiler.operands import HEADER, Kernel, Operand
from badak.engine.compiler.rowwise import Rowwise
from badak.engine.machine.target import target_machine
from badak.typing import Array

_tables = threading.Lock()
"""Held while a table is looked into; what compiles holds COMPILING."""


def _unlock_tables() -> None:
    """Forget, in a forked process, that another thread of its parent looked into a table."""
    global _tables
    _tables = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_tables)


class Code:
    """One kernel's machine code; it is freed when nobody holds it or its batch's other kernels."""

    __slots__ = ("__weakref__", "_engine", "address", "kernel")

    def __init__(self, kernel: Kernel, address: int, engine: Any) -> None:
        self.kernel = kernel
        self.address = address
        self._engine = engine  # LLVM's: the code goes with it


class KernelTable:
    """The machine code of kernels; equal kernels share it.

    Code lives as long as a program holds it; the table also holds that of the `most` kernels
    that were last asked for, so that the next network of their kind compiles nothing.
    """

    def __init__(self, most: int = 128) -> None:
        self.most = most
        self.compiled = 0
        """Kernels compiled so far."""
        self._codes: WeakValueDictionary[Kernel, Code] = WeakValueDictionary()
        self._recent: OrderedDict[Code, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._codes)

    def compile(self, kernels: Sequence[Kernel]) -> list[Code]:
        """Return each kernel's code; what is not known yet is compiled, all in one go."""
        with _tables:
            found = [self._codes.get(kernel) for kernel in kernels]
        new = {k: None for k, code in zip(kernels, found, strict=True) if code is None}
        made = dict(zip(new, _machine_code(list(new)), strict=True)) if new else {}
        codes = [made[k] if code is None else code for k, code in zip(kernels, found, strict=True)]
        with _tables:
            self.compiled += len(made)
            self._codes.update(made)
            for code in codes:
                self._recent[code] = None
                self._recent.move_to_end(code)
            while len(self._recent) > self.most:
                self._recent.popitem(last=False)
        return codes


KERNELS = KernelTable()
"""The table of this process."""


def _text(kernel: Kernel) -> str:
    module = ir.Module()
    (Rowwise if kernel.rowwise_columns else Columnwise)(module, kernel).emit()
    return str(module)


def _machine_code(kernels: Sequence[Kernel]) -> list[Code]:
    import llvmlite.binding as llvm

    machine = target_machine()
    whole = None
    for number, kernel in enumerate(kernels):
        module = llvm.parse_assembly(_text(kernel).replace('@"kernel"', f'@"kernel{number}"'))
        if whole is None:
            whole = module
        else:
            whole.link_in(module)
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    llvm.create_pass_builder(machine, options).getModulePassManager().run(
        whole, llvm.create_pass_builder(machine, options)
    )
    # Loaded as object code, a kernel takes some kilobytes; with LLVM's module, nearly a megabyte.
    code = llvm.ObjectFileRef.from_data(machine.emit_object(whole))
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())
    engine.add_object_file(code)
    engine.finalize_object()
    return [
        Code(kernel, engine.get_function_address(f"kernel{number}"), engine)
        for number, kernel in enumerate(kernels)
    ]


def elementwise(function: Callable[..., Any], *arguments: float) -> Callable[[Array], Array]:
    """Return a formula of one array, compiled: a float32 array (n,) in, one out.

    >>> elementwise(np.exp)(np.zeros(3, np.float32))
    array([1., 1., 1.], dtype=float32)
    """
    x, y = Operand(0, "full"), Operand(1, "full")
    traced = function(x.tracer(), *arguments)
    (code,) = KERNELS.compile([Kernel(((traced.node, y),))])
    run = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)(code.address)

    def apply(values: Array) -> Array:
        given = np.ascontiguousarray(values, dtype=np.float32)
        result = np.empty_like(given)
        table = np.zeros(HEADER + 4, dtype=np.int64)
        table[HEADER:] = given.ctypes.data, 0, result.ctypes.data, 0
        run(table.ctypes.data, 1, given.size)
        return result

    apply.code = code  # type: ignore[attr-defined]  # lives as long as the function
    return apply
