"""Numbers too small for float32's full precision: while networks are trained they count as 0.

Processors take up to ten times as long over them, and training makes many: what the optimizer keeps
of a weight that no longer moves shrinks for ever, and so do the deltas of what is learnt by heart.
A processor that is not known here keeps them, and its time.
"""

from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.extending import intrinsic

from badak.engine.machine.llvm import call

I64, I32, NOTHING = ir.IntType(64), ir.IntType(32), ir.VoidType()
ARCHITECTURE = binding.get_process_triple().partition("-")[0]
FLAGS = {"x86_64": 0x8040, "aarch64": 1 << 24, "arm64": 1 << 24}.get(ARCHITECTURE, 0)
"""In MXCSR or FPCR: results that are subnormal become 0, and operands that are count as 0."""


@intrinsic
def flush_subnormals(context: Any, wanted: Any) -> Any:
    """Have this thread take subnormal numbers as 0 if `wanted` is 1, else not; return its mode."""

    def code(_: Any, b: Any, signature: Any, arguments: Any) -> Any:
        before = _mode(b)
        _set_mode(b, b.or_(before, b.mul(arguments[0], I64(FLAGS))))
        return before

    return types.intp(types.intp), code


@intrinsic
def compute_as_before(context: Any, before: Any) -> Any:
    """Have this thread compute as it did."""

    def code(target: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _set_mode(b, arguments[0])
        return target.get_dummy_value()

    return types.void(types.intp), code


def _mode(b: Any) -> Any:
    if ARCHITECTURE == "x86_64":
        word = _word(b)
        call(b, "llvm.x86.sse.stmxcsr", NOTHING, word)
        return b.zext(b.load(word), I64)
    return call(b, "llvm.aarch64.get.fpcr", I64) if FLAGS else I64(0)


def _set_mode(b: Any, mode: Any) -> None:
    if ARCHITECTURE == "x86_64":
        word = _word(b)
        b.store(b.trunc(mode, I32), word)
        call(b, "llvm.x86.sse.ldmxcsr", NOTHING, word)
    elif FLAGS:
        call(b, "llvm.aarch64.set.fpcr", NOTHING, mode)


def _word(b: Any) -> Any:
    with b.goto_entry_block():
        return b.alloca(I32)
