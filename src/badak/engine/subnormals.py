"""Numbers too small for float32's full precision: while networks are trained they count as 0.

Processors take up to ten times as long over them, and training makes many: what the optimizer keeps
of a weight that no longer moves shrinks for ever, and so do the deltas of what is learnt by heart.
"""

from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.extending import intrinsic

I64, I32 = ir.IntType(64), ir.IntType(32)
ARCHITECTURE = binding.get_process_triple().partition("-")[0]
X86_FLAGS = 0x8040  # of MXCSR: results that are subnormal become 0, and operands count as 0
ARM_FLAG = 1 << 24  # of FPCR: both


@intrinsic
def flush_subnormals(context: Any) -> Any:
    """Have this thread take subnormal numbers as 0; return how it computed before."""

    def code(_: Any, b: Any, signature: Any, arguments: Any) -> Any:
        before = _mode(b)
        flags = X86_FLAGS if ARCHITECTURE == "x86_64" else ARM_FLAG
        _set_mode(b, b.or_(before, I64(flags)))
        return before

    return types.intp(), code


@intrinsic
def compute_as_before(context: Any, before: Any) -> Any:
    """Have this thread compute as it did."""

    def code(target: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _set_mode(b, arguments[0])
        return target.get_dummy_value()

    return types.void(types.intp), code


def _mode(b: Any) -> Any:
    if ARCHITECTURE == "x86_64":
        word = b.alloca(I32)
        _call(b, "llvm.x86.sse.stmxcsr", word)
        return b.zext(b.load(word), I64)
    if ARCHITECTURE in ("aarch64", "arm64"):
        return _call(b, "llvm.aarch64.get.fpcr", result=I64)
    return I64(0)


def _set_mode(b: Any, mode: Any) -> None:
    if ARCHITECTURE == "x86_64":
        word = b.alloca(I32)
        b.store(b.trunc(mode, I32), word)
        _call(b, "llvm.x86.sse.ldmxcsr", word)
    elif ARCHITECTURE in ("aarch64", "arm64"):
        _call(b, "llvm.aarch64.set.fpcr", mode)


def _call(b: Any, name: str, *arguments: Any, result: Any = ir.VoidType()) -> Any:  # noqa: B008
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    known = b.module.globals.get(name)
    return b.call(known or ir.Function(b.module, kind, name), arguments)
