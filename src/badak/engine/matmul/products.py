"""Matrix products and transposes on raw memory, for the interpreter to call.

Addresses are bytes, strides count float32. Rows of B, of C and of biases have room for whole
vectors, all of which may be read and, in C, written.
"""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from badak.engine.machine.blocking import (
    ACCUMULATE,
    BIAS,
    EDGE,
    EDGE_DEPTH,
    FITTING,
    GAP,
    LONG,
    MOST_K,
    MOST_ROWS,
    PANEL,
    SIDE,
    STRIP,
    TALLEST,
    VECTORS,
    WIDTH,
    panel_floats,
)
from badak.engine.machine.bounds import CHECKED, COUNT, FAULT, FAULT_END, FAULT_START, FIRST, SYMBOL
from badak.engine.machine.bytecode import FLOAT
from badak.engine.machine.cache import link_written
from badak.engine.machine.intrinsics import compiled, load, store
from badak.engine.matmul.llvm_module import FUNCTIONS

__all__ = ["multiply", "panel_floats", "transpose"]

COLUMNS = LONG * WIDTH  # of the tile of one row
WIDE = 256  # columns from which B is copied: its rows lie too far apart for the caches
BIG = 1 << 17  # numbers of B that the second cache does not hold
MOST_FITTING = len(FITTING) - 1
ROW_DEPTH = 8  # rows of B that are read side by side for a single row of A
_PANEL_FLOATS = panel_floats()


def _written(name):
    """A function of :mod:`badak.engine.matmul.llvm_module`, to be called from compiled ones."""
    return types.ExternalFunction(name, types.void(*[types.intp] * FUNCTIONS[name][1]))


link_written()
_multiply_strip = _written("badak_multiply_strip")
_multiply_first = _written("badak_multiply_first")
_multiply_long = _written("badak_multiply_long")
_copy_lines = _written("badak_copy_lines")
_transpose = _written("badak_transpose")
_pack_edge = _written("badak_pack_edge")
_multiply_edge = _written("badak_multiply_edge")
_multiply_edge_row = _written("badak_multiply_edge_row")
_multiply_transposed_edge = _written("badak_multiply_transposed_edge")


@compiled
def multiply(A, a_row, a_col, B, b_row, C, c_row, M, N, K, start, bias, panel, prefetches):
    """Write C[M, N] = start + A[M, K] @ B[K, N]; what fills C's last vectors may be written too.

    A's number (i, k) is at A + 4 * (i * a_row + k * a_col), one of which is 1, so that A may be
    transposed. `start` is ZERO, ACCUMULATE (onto C) or BIAS (N numbers at the address `bias`).
    `panel` is the address of a scratch buffer of the thread's own, for ``panel_floats()`` numbers.
    `prefetches` is the address of a list of what to fetch meanwhile: see
    :func:`badak.engine.matmul.micro_kernel.multiply_strip`.
    """
    if CHECKED and not _may_multiply(
        A, a_row, a_col, B, b_row, C, c_row, M, N, K, start, bias, panel
    ):
        return
    edge = edge_of(M, N, K, a_col != 1)  # what follows but for that knows whole vectors only
    whole = N - edge if edge else whole_vectors(N)
    if M == 1:
        _multiply_row(A, a_col, B, b_row, C, whole, K, start, bias)
    elif not is_in_blocks(M, N):
        _multiply_strips(A, a_row, a_col, B, b_row, C, c_row, M, whole, K, start, bias, prefetches)
    else:
        _multiply_blocks(
            A, a_row, a_col, B, b_row, C, c_row, M, whole, K, start, bias, panel, prefetches
        )
    if edge:
        b, c, first = B + FLOAT * whole, C + FLOAT * whole, bias + FLOAT * whole
        if a_col == 1 and M == 1:
            _multiply_edge_row(edge, A, b, b_row, c, K, start, first)
        elif a_col == 1:
            packed_row = (K // WIDTH + 1) * WIDTH
            _pack_edge(b, b_row, panel, packed_row, K)
            _multiply_edge(edge, A, a_row, panel, packed_row, c, c_row, M, K, start, first)
        else:
            _multiply_transposed_edge(edge, A, a_col, b, b_row, c, c_row, M, K, start, first)


@compiled
def edge_of(M, N, K, transposed):
    """Return how many of a product's columns are multiplied as its edge.

    Forward it must not hang on M: a row's bits would.
    """
    rest = N % WIDTH
    if rest > EDGE or SIDE * (K + WIDTH) > _PANEL_FLOATS:
        return 0
    if rest == N:
        return rest if EDGE_DEPTH <= K else 0
    pays = 2 * EDGE_DEPTH <= K and (M >= 2 * WIDTH or not transposed)
    return rest if pays else 0


@compiled
def whole_vectors(N):
    """Return how many columns fill the vectors that N of them begin."""
    return (N + WIDTH - 1) // WIDTH * WIDTH


@compiled
def is_in_blocks(M, N):
    """Return whether so many rows of A and columns of B are worth being copied."""
    return M >= 2 * TALLEST and N >= WIDE


@compiled
def steps_at_once(M, N, K):
    """Return how many of its K steps a tile of such a product takes at once."""
    return -(-K // max(-(-K // MOST_K), 1)) if is_in_blocks(M, N) else K


@compiled
def _multiply_row(A, a_col, B, b_row, C, N, K, start, bias):
    """One row, going through B nearly in the order of memory."""
    depth = ROW_DEPTH if N > COLUMNS else K
    k = 0
    while k == 0 or k < K:
        count = min(depth, K - k)
        begin = start if k == 0 else ACCUMULATE
        for j in range(0, N, COLUMNS):
            vectors, at = min(N - j, COLUMNS) // WIDTH, FLOAT * j
            _multiply_long(vectors, A, a_col, B + at, b_row, C + at, count, begin, bias + at)
        A += FLOAT * count * a_col
        B += FLOAT * count * b_row
        k += max(count, 1)


@compiled
def _multiply_strips(A, a_row, a_col, B, b_row, C, c_row, M, N, K, start, bias, prefetches):
    """Strip by strip, everything where it lies."""
    j = 0
    while j < N:
        vectors = FITTING[min((N - j) // WIDTH, MOST_FITTING)]
        b, c, row = B + FLOAT * j, C + FLOAT * j, bias + FLOAT * j
        _multiply_strip(
            vectors, A, a_row, a_col, b, b_row, c, c_row, M, K, start, row, b, b_row, 0, prefetches
        )
        j += vectors * WIDTH


@compiled
def _multiply_blocks(A, a_row, a_col, B, b_row, C, c_row, M, N, K, start, bias, panel, prefetches):
    """Block by block, copying each block of A."""
    copied = panel + FLOAT * PANEL
    depth, tall = steps_at_once(M, N, K), -(-M // -(-M // MOST_ROWS))
    k = 0
    while k == 0 or k < K:
        count = min(depth, K - k)
        begin = start if k == 0 else ACCUMULATE
        b = B + FLOAT * k * b_row
        for i in range(0, M, tall):
            rows = min(tall, M - i)
            a, c = A + FLOAT * (i * a_row + k * a_col), C + FLOAT * i * c_row
            copy_row = count + GAP if a_col == 1 else 1
            copy_col = 1 if a_col == 1 else rows + GAP
            if a_col == 1:
                _copy_lines(a, a_row, copied, copy_row, rows, count)
            else:
                _copy_lines(a, a_col, copied, copy_col, count, rows)
            _multiply_copied(
                copied,
                copy_row,
                copy_col,
                b,
                b_row,
                c,
                c_row,
                rows,
                N,
                count,
                begin,
                bias,
                panel,
                prefetches,
            )
        k += max(count, 1)


@compiled
def _multiply_copied(A, a_row, a_col, B, b_row, C, c_row, M, N, K, start, bias, panel, prefetches):
    """Strip by strip: the first tile copies B as it goes, which takes no time of its own.

    Meanwhile the next strip is fetched, if it is far.
    """
    lines = (K * TALLEST + M - 1) // M if K * b_row >= BIG else 0
    j = 0
    while j + STRIP <= N:
        b, c, row = B + FLOAT * j, C + FLOAT * j, bias + FLOAT * j
        _multiply_first(panel, A, a_row, a_col, b, b_row, c, c_row, K, start, row)
        a, c, ahead = A + FLOAT * TALLEST * a_row, c + FLOAT * TALLEST * c_row, b + FLOAT * STRIP
        rows = M - TALLEST
        _multiply_strip(
            VECTORS,
            a,
            a_row,
            a_col,
            panel,
            STRIP,
            c,
            c_row,
            rows,
            K,
            start,
            row,
            ahead,
            b_row,
            lines,
            prefetches,
        )
        j += STRIP
    at = FLOAT * j
    _multiply_strips(
        A, a_row, a_col, B + at, b_row, C + at, c_row, M, N - j, K, start, bias + at, prefetches
    )


@compiled
def transpose(src, src_row, dst, dst_row, rows, cols):
    """Write dst[cols, rows] = the transpose of src[rows, cols]."""
    if CHECKED and not (
        _may_touch(5, src, rows, src_row, cols, 1) and _may_touch(6, dst, cols, dst_row, rows, 1)
    ):
        return
    _transpose(src, src_row, dst, dst_row, rows, cols)


@compiled
def _may_multiply(A, a_row, a_col, B, b_row, C, c_row, M, N, K, start, bias, panel):
    columns = whole_vectors(N)
    return (
        _may_touch(0, A, M, a_row, K, a_col)
        and _may_touch(1, B, K, b_row, columns, 1)
        and _may_touch(2, C, M, c_row, columns, 1)
        and (start != BIAS or _may_touch(3, bias, 1, 0, columns, 1))
        and _may_touch(4, panel, 1, 0, _PANEL_FLOATS, 1)
    )


@intrinsic
def _region_table(context):
    """The address of the table in :mod:`badak.engine.machine.bounds`, found when code is linked."""

    def code(_, builder, signature, arguments):
        number = ir.IntType(64)
        known = builder.module.globals.get(SYMBOL)
        table = known or ir.GlobalVariable(builder.module, number, SYMBOL)
        return builder.ptrtoint(table, number)

    return types.intp(), code


@compiled
def _may_touch(operand, address, rows, row, cols, col):
    """Whether these numbers are all in one region; if not, a note is made."""
    if rows < 1 or cols < 1:
        return True
    end = address + FLOAT * ((rows - 1) * row + (cols - 1) * col + 1)
    table = _region_table()
    for place in range(FIRST, FIRST + 2 * load(table, COUNT), 2):
        if load(table, place) <= address and end <= load(table, place + 1):
            return True
    store(table, FAULT_START, address)
    store(table, FAULT_END, end)
    store(table, FAULT, operand + 1)
    return False


def compile_once(function, count):
    """Numba would compile a function again for each constant that it is called with."""
    function.compile(types.void(*[types.intp] * count))
    function.disable_compile()


compile_once(multiply, 14)
compile_once(transpose, 6)
