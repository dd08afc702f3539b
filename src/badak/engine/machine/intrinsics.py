"""What the interpreter is made of: numbers at addresses, kernels at addresses, and a barrier.

The interpreter is compiled Python that knows whole numbers only; these are its words for memory.
"""

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from badak.engine.machine.bytecode import WORD

I64, I32 = ir.IntType(64), ir.IntType(32)

compiled = njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""How the interpreter's functions are compiled: to be called from compiled ones only."""


@intrinsic
def load(context: Any, address: Any, index: Any) -> Any:
    """Return the 64-bit number at address + 8 * index."""

    def code(_: Any, b: Any, signature: Any, arguments: Any) -> Any:
        pointer = b.inttoptr(arguments[0], I64.as_pointer())
        return b.load(b.gep(pointer, [arguments[1]]))

    return types.intp(types.intp, types.intp), code


@intrinsic
def store(context: Any, address: Any, index: Any, value: Any) -> Any:
    """Write a 64-bit number to address + 8 * index."""

    def code(target: Any, b: Any, signature: Any, arguments: Any) -> Any:
        pointer = b.inttoptr(arguments[0], I64.as_pointer())
        b.store(arguments[2], b.gep(pointer, [arguments[1]]))
        return target.get_dummy_value()

    return types.void(types.intp, types.intp, types.intp), code


@intrinsic
def load_float(context: Any, address: Any) -> Any:
    """Return the float32 at an address."""

    def code(_: Any, b: Any, signature: Any, arguments: Any) -> Any:
        return b.load(b.inttoptr(arguments[0], ir.FloatType().as_pointer()))

    return types.float32(types.intp), code


@intrinsic
def store_float(context: Any, address: Any, value: Any) -> Any:
    """Write a float32 to an address."""

    def code(target: Any, b: Any, signature: Any, arguments: Any) -> Any:
        b.store(arguments[1], b.inttoptr(arguments[0], ir.FloatType().as_pointer()))
        return target.get_dummy_value()

    return types.void(types.intp, types.float32), code


@intrinsic
def load_double(context: Any, address: Any) -> Any:
    """Return the float64 at an address."""

    def code(_: Any, b: Any, signature: Any, arguments: Any) -> Any:
        return b.load(b.inttoptr(arguments[0], ir.DoubleType().as_pointer()))

    return types.float64(types.intp), code


@intrinsic
def store_double(context: Any, address: Any, value: Any) -> Any:
    """Write a float64 to an address."""

    def code(target: Any, b: Any, signature: Any, arguments: Any) -> Any:
        b.store(arguments[1], b.inttoptr(arguments[0], ir.DoubleType().as_pointer()))
        return target.get_dummy_value()

    return types.void(types.intp, types.float64), code


@intrinsic
def call_kernel(context: Any, kernel: Any, table: Any, rows: Any, columns: Any) -> Any:
    """Run the kernel at an address."""

    def code(target: Any, b: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [I64] * 3)
        b.call(b.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])
        return target.get_dummy_value()

    return types.void(types.intp, types.intp, types.intp, types.intp), code


@intrinsic
def call_yield(context: Any, function: Any) -> Any:
    """Give the core to another thread."""

    def code(target: Any, b: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(I32, [])
        b.call(b.inttoptr(arguments[0], kind.as_pointer()), [])
        return target.get_dummy_value()

    return types.void(types.intp), code


@intrinsic
def add_atomically(context: Any, address: Any, value: Any) -> Any:
    """Add to the number at an address, as one operation among threads; return what was there."""

    def code(_: Any, b: Any, signature: Any, arguments: Any) -> Any:
        pointer = b.inttoptr(arguments[0], I64.as_pointer())
        return b.atomic_rmw("add", pointer, arguments[1], "seq_cst")

    return types.intp(types.intp, types.intp), code


@intrinsic
def load_atomically(context: Any, address: Any) -> Any:
    """Return the number at an address and all that was written before it."""

    def code(_: Any, b: Any, signature: Any, arguments: Any) -> Any:
        return b.load_atomic(b.inttoptr(arguments[0], I64.as_pointer()), "acquire", WORD)

    return types.intp(types.intp), code


@compiled
def share(count: int, thread: int, threads: int) -> tuple[int, int]:
    """Return the first of a thread's share of so many rows, and how many they are."""
    start = count * thread // threads
    return start, count * (thread + 1) // threads - start


SPINS = 4000  # some microseconds: longer, and a busy machine needs the core for someone else


@njit(error_model="numpy")
def wait_until(place: int, count: int, yield_function: int) -> None:
    """Wait until the number at an address is at least `count`."""
    spins = 0
    while load_atomically(place) < count:
        spins += 1
        if spins > SPINS:
            call_yield(yield_function)


@njit(error_model="numpy")
def wait_for_all(barrier: int, arrivals: int, yield_function: int) -> None:
    """Come to the barrier, and go on once `arrivals` threads have come to it in all."""
    add_atomically(barrier, 1)
    wait_until(barrier, arrivals, yield_function)
