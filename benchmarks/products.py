"""The engine's matrix products beside the processor's peak.

``python -m benchmarks.products``: on one core. The peak is that of a loop of multiply-adds which
touches no memory. Least times of many short runs: other programs only ever make them longer.
"""

import ctypes
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir

from badak.engine.machine.blocking import FUSED, WIDTH, panel_floats
from badak.engine.machine.bytecode import PREFETCHES_SIZE
from badak.engine.machine.target import target_machine
from benchmarks.report import Report, options, time_text

CHAINS = 10  # sums side by side: enough to hide how long one multiply-add takes


class Shape(NamedTuple):
    """C[M, N] = A[M, K] @ B[K, N]; a column of A may lie together, `apart` from the next."""

    use: str
    M: int
    K: int
    N: int
    apart: int = 0


SHAPES = (
    Shape("forward, batch 128", 128, 784, 512),
    Shape("forward, batch 256", 256, 2048, 2048),
    Shape("forward, batch 128", 128, 512, 256),
    Shape("forward, batch 100", 100, 784, 64),
    Shape("forward, half of it", 50, 784, 64),
    Shape("forward, small", 16, 20, 64),
    Shape("forward, small", 16, 64, 64),
    Shape("forward, small", 16, 64, 16),
    Shape("forward, one row", 1, 784, 64),
    Shape("forward, one row", 1, 784, 512),
    Shape("forward, one row", 1, 2048, 2048),
    Shape("whole gradient", 784, 128, 512, apart=784),
    Shape("gradient, 24 inputs", 24, 100, 64, apart=784),
    Shape("gradient, 24 inputs", 24, 128, 512, apart=784),
    Shape("gradient, 72 inputs", 72, 128, 512, apart=784),
    Shape("gradient, 24 inputs", 24, 256, 2048, apart=2048),
    Shape("gradient, 72 inputs", 72, 256, 2048, apart=2048),
    Shape("gradient, small", 20, 32, 64, apart=32),
)


def main() -> None:
    arguments = options(__doc__).parse_args()
    runs = 10 if arguments.quick else 150
    report = Report("the engine's matrix products, on one core", 1)
    table = report.table("product", "M", "K", "N", "time", "GFLOP/s", "of the peak")
    times = {shape: least_time(shape, runs) for shape in SHAPES}
    peak = peak_flops(1)
    for shape, seconds in times.items():
        flops = 2 * shape.M * shape.K * shape.N / seconds
        row = {**shape._asdict(), "seconds": seconds, "gflops": flops / 1e9, "peak": flops / peak}
        report.rows.append(row)
        sizes = (str(size) for size in (shape.M, shape.K, shape.N))
        table.add_row(
            shape.use, *sizes, time_text(seconds), f"{flops / 1e9:.1f}", f"{flops / peak:.0%}"
        )
    report.show(table, f"float32; the peak: {peak / 1e9:.1f} GFLOP/s a core")
    report.write(arguments.json)


def least_time(shape: Shape, runs: int) -> float:
    """Return the seconds of one product."""
    rng = np.random.default_rng(0)
    M, K, N, apart = shape.M, shape.K, shape.N, shape.apart
    a = aligned(rng, K, max(apart, M)) if apart else aligned(rng, M, K)
    b, c, scratch = aligned(rng, K, N), aligned(rng, M, N), aligned(rng, 1, panel_floats())
    nothing_to_fetch = np.zeros(PREFETCHES_SIZE, np.int64)
    a_row, a_col = (1, a.shape[1]) if apart else (a.shape[1], 1)
    addresses = [array.ctypes.data for array in (a, b, c, scratch, nothing_to_fetch)]
    often = max(1, round(2e7 / (2 * M * K * N)))
    size = (M, N, K)

    def run() -> None:
        at_a, at_b, at_c, *others = addresses
        repeat()(often, at_a, a_row, a_col, at_b, N, at_c, N, *size, *others)

    run()
    truth = (a[:, :M].T if apart else a).astype(float) @ b
    assert np.allclose(c, truth, rtol=1e-4)
    return least(run, runs) / often


@cache
def repeat() -> Callable[..., None]:
    """Return the product, some times over, as a function of Python's."""
    from numba import njit

    from badak.engine.matmul.products import multiply

    @njit
    def some(often, A, a_row, a_col, B, b_row, C, c_row, M, N, K, panel, prefetches):  # type: ignore[no-untyped-def]
        for _ in range(often):
            multiply(A, a_row, a_col, B, b_row, C, c_row, M, N, K, 0, 0, panel, prefetches)

    return some


def aligned(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray[Any, Any]:
    """Return random float32 numbers that begin at a whole line of the cache."""
    space = np.empty(rows * columns + 16, np.float32)
    start = -space.ctypes.data % 64 // 4
    array = space[start : start + rows * columns].reshape(rows, columns)
    array[:] = rng.random(array.shape, np.float32)
    return array


def least(run: Callable[[], object], runs: int) -> float:
    best = math.inf
    for _ in range(runs):
        begin = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - begin)
    return best


def peak_flops(threads: int) -> float:
    """Return the float32 operations a second of so many threads at once, no memory touched."""
    engine, address = multiply_adds()
    loop = ctypes.CFUNCTYPE(None, ctypes.c_int64)(address)
    count = 1_500_000
    with ThreadPoolExecutor(threads) as pool:
        seconds = least(lambda: list(pool.map(loop, [count] * threads)), 40)
    engine.close()
    return 2.0 * CHAINS * WIDTH * count * threads / seconds


def multiply_adds() -> tuple[Any, int]:
    """Compile the loop that has the processor do nothing but multiply-adds."""
    vector, number = ir.VectorType(ir.FloatType(), WIDTH), ir.IntType(64)
    module = ir.Module("peak")
    function = ir.Function(module, ir.FunctionType(vector, [number]), "multiply_adds")
    fma = ir.Function(module, ir.FunctionType(vector, [vector] * 3), f"llvm.fma.v{WIDTH}f32")
    builder = ir.IRBuilder(function.append_basic_block())
    begin, again, end = (builder.block, *(function.append_basic_block() for _ in range(2)))
    builder.branch(again)
    builder.position_at_end(again)
    count = builder.phi(number)
    sums = [builder.phi(vector) for _ in range(CHAINS)]
    half = ir.Constant(vector, [0.5] * WIDTH)
    after = [
        builder.call(fma, [half, half, s]) if FUSED else builder.fadd(builder.fmul(s, half), half)
        for s in sums
    ]
    left = builder.sub(count, number(1))
    for phi, first, following in zip(
        (count, *sums),
        (function.args[0], *(ir.Constant(vector, [float(i)] * WIDTH) for i in range(CHAINS))),
        (left, *after),
        strict=True,
    ):
        phi.add_incoming(first, begin)
        phi.add_incoming(following, again)
    builder.cbranch(builder.icmp_signed(">", left, number(0)), again, end)
    builder.position_at_end(end)
    total = after[0]
    for value in after[1:]:
        total = builder.fadd(total, value)
    builder.ret(total)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(str(module)), target_machine())
    engine.finalize_object()
    return engine, engine.get_function_address("multiply_adds")


if __name__ == "__main__":
    main()
