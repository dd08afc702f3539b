"""The tile: a few rows by a few vectors of a matrix product, held in the processor's registers.

Every number of a tile is one chain of multiply-adds over k, in ascending order:
c = a[i, k] * b[k, j] + c, rounded once where the processor can. A product that is cut into other
tiles, row bands or blocks of k therefore gives the same bits. (Columns left over from whole
vectors may be left to :mod:`badak.engine.matmul.edges`.)

This writes functions in LLVM's language: see :mod:`badak.engine.matmul.llvm_module`.
"""

from typing import Any

from llvmlite import ir

from badak.engine.machine.blocking import (
    ACCUMULATE,
    BIAS,
    CUTS,
    LINE,
    LONG,
    SOON,
    TALLEST,
    VECTORS,
    WIDTH,
)
from badak.engine.machine.bytecode import PREFETCH
from badak.engine.machine.llvm import (
    INT,
    NUMBER,
    VECTOR,
    at,
    lesser,
    load,
    loop,
    multiply_add,
    phi,
    pointer,
    prefetch,
    spread,
    store,
    summed,
    variable,
)
from badak.engine.machine.shuffles import transposed

_SQUARE = min(WIDTH, 8)  # rows and columns that are transposed at once


def multiply_strip(
    builder: Any,
    vectors: Any,
    A: Any,
    a_row: Any,
    a_col: Any,
    B: Any,
    b_row: Any,
    C: Any,
    c_row: Any,
    M: Any,
    K: Any,
    start: Any,
    bias: Any,
    ahead: Any,
    ahead_row: Any,
    lines: Any,
    prefetches: Any,
) -> None:
    """Write C[M, columns] = start + A[M, K] @ B[K, columns], tile by tile.

    There are `vectors` (one of FITTING) times WIDTH columns. With each tile the processor is asked
    to fetch `lines` more rows from the address `ahead` on, and in each of its K steps a line of the
    next prefetch, if there is one: `prefetches` is the address of a list of them, laid out as
    :mod:`badak.engine.machine.bytecode` says.
    """
    shapes = [(v, rows) for v in CUTS for rows in range(1, max(CUTS[v]) + 1)]
    table = [cut for shape in range(max(CUTS) + 1) for cut in CUTS.get(shape, CUTS[1])]
    cuts = ir.GlobalVariable(builder.module, ir.ArrayType(INT, len(table)), "cuts")
    cuts.linkage, cuts.global_constant = "internal", True
    cuts.initializer = ir.Constant(cuts.value_type, table)
    own_cuts = builder.mul(vectors, INT(len(CUTS[1])))
    fetched = variable(builder, ahead)
    with loop(builder, M) as (position, i):
        with loop(builder, lines):
            line = builder.load(fetched)
            prefetch(builder, pointer(builder, line))
            builder.store(at(builder, line, INT(1), ahead_row), fetched)
        left = lesser(builder, builder.sub(M, i), INT(len(CUTS[1]) - 1))
        height = builder.load(builder.gep(cuts, [INT(0), builder.add(own_cuts, left)]))
        a, c = at(builder, A, i, a_row), at(builder, C, i, c_row)
        operands = (a, a_row, a_col, B, b_row, c, c_row, K, start, bias)
        upcoming = _next_prefetch(builder, prefetches, a)
        _choose_tile(builder, shapes, vectors, height, *operands, upcoming)
        builder.store(builder.add(i, height), position)


def _next_prefetch(builder: Any, prefetches: Any, near: Any) -> list[Any]:
    """The words of the next prefetch, taken off the list.

    If there is none, of one to `near`, which is at hand: to fetch that again and again takes no
    time, and each tile is there once, not once with prefetches and once without.
    """
    words = [variable(builder, value) for value in (near, INT(0))]

    def word(address: Any, index: int) -> Any:
        return builder.gep(builder.inttoptr(address, INT.as_pointer()), [INT(index)])

    left = builder.load(word(prefetches, 0))
    with builder.if_then(builder.icmp_signed(">", left, INT(0))):
        place = builder.load(word(prefetches, 1))
        for index, kept in enumerate(words):
            builder.store(builder.load(word(place, index)), kept)
        builder.store(builder.sub(left, INT(1)), word(prefetches, 0))
        builder.store(builder.add(place, INT(8 * PREFETCH)), word(prefetches, 1))
    return [builder.load(kept) for kept in words]


def multiply_first(builder: Any, panel: Any, *operands: Any) -> None:
    """Multiply a tile of TALLEST rows and VECTORS, and copy B's columns to the panel as it goes.

    The further operands are those of :meth:`_Tile.write`.
    """
    _Tile(builder, TALLEST, VECTORS, panel).write(*operands)


def multiply_long(
    builder: Any,
    vectors: Any,
    A: Any,
    a_col: Any,
    B: Any,
    b_row: Any,
    C: Any,
    K: Any,
    start: Any,
    bias: Any,
) -> None:
    """Write C[1, columns] = start + A[1, K] @ B[K, columns]; LONG vectors of columns at most."""
    shapes = [(count, 1) for count in range(1, LONG + 1)]
    operands = (A, a_col, a_col, B, b_row, C, b_row, K, start, bias)
    _choose_tile(builder, shapes, vectors, INT(1), *operands)


def copy_lines(
    builder: Any, source: Any, source_row: Any, target: Any, target_row: Any, rows: Any, length: Any
) -> None:
    """Copy `rows` times `length` numbers."""
    whole = builder.and_(length, INT(-WIDTH))
    with loop(builder, rows) as (_, i):
        read, write = at(builder, source, i, source_row), at(builder, target, i, target_row)
        with loop(builder, whole, WIDTH) as (_, j):
            value = load(builder, pointer(builder, at(builder, read, j)), 0)
            store(builder, value, pointer(builder, at(builder, write, j)), 0)
        with loop(builder, builder.sub(length, whole)) as (_, rest):
            j = builder.add(whole, rest)
            number = builder.load(pointer(builder, at(builder, read, j)))
            builder.store(number, pointer(builder, at(builder, write, j)))


def transpose(
    builder: Any, source: Any, source_row: Any, target: Any, target_row: Any, rows: Any, cols: Any
) -> None:
    """Write target[cols, rows] = the transpose of source[rows, cols]."""
    whole_rows, whole_cols = (builder.and_(n, INT(-_SQUARE)) for n in (rows, cols))

    def places(i: Any, j: Any) -> tuple[Any, Any]:
        read, write = at(builder, source, i, source_row), at(builder, target, j, target_row)
        return at(builder, read, j), at(builder, write, i)

    with (
        loop(builder, whole_cols, _SQUARE) as (_, j),
        loop(builder, whole_rows, _SQUARE) as (_, i),
    ):
        read, write = places(i, j)
        _transpose_square(builder, read, source_row, write, target_row)
    with loop(builder, rows) as (_, i):
        whole = builder.icmp_signed("<", i, whole_rows)
        first = builder.select(whole, whole_cols, INT(0))
        with loop(builder, builder.sub(cols, first)) as (_, j):
            read, write = places(i, builder.add(first, j))
            value = builder.load(pointer(builder, read))
            builder.store(value, pointer(builder, write))


FUNCTIONS = {
    "badak_multiply_strip": (multiply_strip, 16),
    "badak_multiply_first": (multiply_first, 11),
    "badak_multiply_long": (multiply_long, 9),
    "badak_copy_lines": (copy_lines, 6),
    "badak_transpose": (transpose, 6),
}
"""The functions' names in machine code, what writes them, and how many numbers they take."""


def _choose_tile(
    builder: Any, shapes: list[tuple[int, int]], vectors: Any, height: Any, *operands: Any
) -> None:
    """Run the tile of `vectors` and `height`, one of the shapes."""
    blocks = [builder.append_basic_block(f"tile{rows}x{v}") for v, rows in shapes]
    done = builder.append_basic_block("tile_done")
    choice = builder.switch(builder.add(builder.mul(vectors, INT(16)), height), blocks[0])
    for (v, rows), block in zip(shapes, blocks, strict=True):
        choice.add_case(INT(16 * v + rows), block)
        builder.position_at_end(block)
        _Tile(builder, rows, v).write(*operands)
        builder.branch(done)
    builder.position_at_end(done)


class _Tile:
    """Writes the code of one shape of tile; with a panel's address, code that copies B there too.

    That is C = start + A @ B for a few rows, and for as many columns as the vectors have.
    """

    def __init__(self, builder: Any, rows: int, vectors: int, panel: Any = None) -> None:
        self.builder, self.rows, self.vectors, self.panel = builder, rows, vectors, panel

    def write(
        self,
        A: Any,
        a_row: Any,
        a_col: Any,
        B: Any,
        b_row: Any,
        C: Any,
        c_row: Any,
        K: Any,
        start: Any,
        bias: Any,
        prefetch: Any = None,
    ) -> None:
        """Write it; with a prefetch, it fetches a line a step."""
        self.prefetch = prefetch
        a_rows = self._row_pointers(A, a_row)
        c_rows = self._row_pointers(C, c_row)
        first = self._first_sums(c_rows, start, bias)
        last = self._last_sums(a_rows, a_col, pointer(self.builder, B), b_row, K, first)
        for i, row in enumerate(c_rows):
            for j in range(self.vectors):
                store(self.builder, last[i * self.vectors + j], row, j)

    def _first_sums(self, c_rows: list[Any], start: Any, bias: Any) -> list[Any]:
        builder = self.builder
        zero, old, biased, ready = (
            builder.append_basic_block(name) for name in ("zero", "accumulate", "bias", "ready")
        )
        choice = builder.switch(start, zero)
        choice.add_case(INT(ACCUMULATE), old)
        choice.add_case(INT(BIAS), biased)
        sources = {}
        with builder.goto_block(zero):
            sources[zero] = [ir.Constant(VECTOR, [0.0] * WIDTH)] * (self.rows * self.vectors)
            builder.branch(ready)
        with builder.goto_block(old):
            sources[old] = [load(builder, row, j) for row in c_rows for j in range(self.vectors)]
            builder.branch(ready)
        with builder.goto_block(biased):
            row = pointer(builder, bias)
            sources[biased] = [load(builder, row, j) for j in range(self.vectors)] * self.rows
            builder.branch(ready)
        builder.position_at_end(ready)
        return [
            phi(builder, {block: values[n] for block, values in sources.items()})
            for n in range(self.rows * self.vectors)
        ]

    def _last_sums(
        self, a_rows: list[Any], a_col: Any, b: Any, b_row: Any, K: Any, first: list[Any]
    ) -> list[Any]:
        """The sums after all of k."""
        builder = self.builder

        def step(k: Any, places: list[Any], sums: list[Any]) -> list[Any]:
            a_at, b_at = places
            a = [builder.gep(row, [a_at]) for row in a_rows]
            if self.prefetch is not None:
                self._fetch(k, *self.prefetch)
            return self._step(a, b, b_at, b_row, k, sums)

        return summed(builder, K, first, [a_col, b_row], step)

    def _fetch(self, k: Any, first: Any, more: Any) -> None:
        """Fetch line k, or again the last one."""
        builder = self.builder
        place = pointer(builder, at(builder, first, lesser(builder, k, more), INT(LINE)))
        prefetch(builder, place, writing=True)

    def _step(
        self, a: list[Any], b: Any, b_at: Any, b_row: Any, k: Any, sums: list[Any]
    ) -> list[Any]:
        """The sums after one more k: a row of B times one number of each row of A."""
        builder, vectors = self.builder, self.vectors
        numbers = [load(builder, builder.gep(b, [b_at]), j) for j in range(vectors)]
        if self.panel is not None:
            soon = builder.gep(b, [builder.add(b_at, builder.mul(b_row, INT(SOON)))])
            for line in range(0, vectors * WIDTH, LINE):
                prefetch(builder, builder.gep(soon, [INT(line)]))
            packed = pointer(builder, self.panel)
            place = builder.gep(packed, [builder.mul(k, INT(vectors * WIDTH))])
            for j in range(vectors):
                store(builder, numbers[j], place, j)
        after = []
        for i in range(self.rows):
            number = spread(builder, builder.load(a[i]))
            for j in range(vectors):
                after.append(multiply_add(builder, number, numbers[j], sums[i * vectors + j]))
        return after

    def _row_pointers(self, address: Any, stride: Any) -> list[Any]:
        start = pointer(self.builder, address)
        steps = [self.builder.mul(stride, INT(i)) for i in range(self.rows)]
        return [self.builder.gep(start, [step]) for step in steps]


def _transpose_square(builder: Any, source: Any, source_row: Any, target: Any, row: Any) -> None:
    kind = ir.VectorType(NUMBER, _SQUARE)
    rows = [
        load(builder, pointer(builder, at(builder, source, INT(i), source_row)), 0, kind)
        for i in range(_SQUARE)
    ]
    for i, column in enumerate(transposed(builder, rows)):
        store(builder, column, pointer(builder, at(builder, target, INT(i), row)), 0)
