"""The tile: a few rows by a few vectors of a matrix product, held in the processor's registers.

Every number of a product is one chain of multiply-adds over k, in ascending order:
c = a[i, k] * b[k, j] + c, rounded once where the processor can. A product that is cut into other
tiles, row bands or blocks of k therefore gives the same bits.

This writes functions in LLVM's language, which :mod:`badak.engine.products` calls. They take 64-bit
whole numbers and return nothing; addresses are bytes, strides count float32.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from badak.engine.blocking import CUTS, FUSED, LINE, LONG, SOON, TALLEST, VECTORS, WIDTH
from badak.engine.layout import ERRAND
from badak.engine.squares import lanes_of, turned

ZERO, ACCUMULATE, BIAS = 0, 1, 2
"""Where the chains start: from zero, from what C holds, or from a row of biases."""

FLOAT = 4  # bytes

_NUMBER, _LANE, _INT = ir.FloatType(), ir.IntType(32), ir.IntType(64)
_VECTOR = ir.VectorType(_NUMBER, WIDTH)
_INTO_L2 = (_LANE(0), _LANE(2), _LANE(1))  # for reading, to be kept in the second cache, data
_SQUARE = min(WIDTH, 8)  # rows and columns that are transposed at once


def text() -> str:
    """Return all functions of this module as LLVM assembly.

    >>> 'define void @"badak_transpose"' in text()
    True
    """
    module = ir.Module("tile")
    for name, (write, count) in FUNCTIONS.items():
        kind = ir.FunctionType(ir.VoidType(), [_INT] * count)
        function = ir.Function(module, kind, name)
        builder = ir.IRBuilder(function.append_basic_block("begin"))
        write(builder, *function.args)
        builder.ret_void()
    return str(module)


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
    errands: Any,
) -> None:
    """Write C[M, columns] = start + A[M, K] @ B[K, columns], tile by tile.

    There are `vectors` (one of FITTING) times WIDTH columns. With each tile the processor is asked
    to fetch `lines` more rows from the address `ahead` on, and in each of its K steps a line of the
    next errand, if there is one: `errands` is the address of a list of them, laid out as
    :mod:`badak.engine.layout` says.
    """
    shapes = [(v, rows) for v in CUTS for rows in range(1, max(CUTS[v]) + 1)]
    table = [cut for shape in range(max(CUTS) + 1) for cut in CUTS.get(shape, CUTS[1])]
    cuts = ir.GlobalVariable(builder.module, ir.ArrayType(_INT, len(table)), "cuts")
    cuts.linkage, cuts.global_constant = "internal", True
    cuts.initializer = ir.Constant(cuts.value_type, table)
    own_cuts = builder.mul(vectors, _INT(len(CUTS[1])))
    fetched = _variable(builder, ahead)
    with _loop(builder, M) as (position, i):
        with _loop(builder, lines):
            line = builder.load(fetched)
            _prefetch(builder, _pointer(builder, line))
            builder.store(_at(builder, line, _INT(1), ahead_row), fetched)
        left = builder.sub(M, i)
        most = _INT(len(CUTS[1]) - 1)
        left = builder.select(builder.icmp_signed("<", left, most), left, most)
        height = builder.load(builder.gep(cuts, [_INT(0), builder.add(own_cuts, left)]))
        a, c = _at(builder, A, i, a_row), _at(builder, C, i, c_row)
        operands = (a, a_row, a_col, B, b_row, c, c_row, K, start, bias)
        errand = _next_errand(builder, errands, a)
        _choose_tile(builder, shapes, vectors, height, *operands, errand)
        builder.store(builder.add(i, height), position)


def _next_errand(builder: Any, errands: Any, near: Any) -> list[Any]:
    """The words of the next errand, taken off the list.

    If there is none, of one to `near`, which is at hand: to fetch that again and again takes no
    time, and each tile is there once, not once with errands and once without.
    """
    words = [_variable(builder, value) for value in (near, _INT(0))]

    def word(address: Any, index: int) -> Any:
        return builder.gep(builder.inttoptr(address, _INT.as_pointer()), [_INT(index)])

    left = builder.load(word(errands, 0))
    with builder.if_then(builder.icmp_signed(">", left, _INT(0))):
        place = builder.load(word(errands, 1))
        for index, variable in enumerate(words):
            builder.store(builder.load(word(place, index)), variable)
        builder.store(builder.sub(left, _INT(1)), word(errands, 0))
        builder.store(builder.add(place, _INT(8 * ERRAND)), word(errands, 1))
    return [builder.load(variable) for variable in words]


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
    _choose_tile(builder, shapes, vectors, _INT(1), *operands)


def copy_lines(
    builder: Any, source: Any, source_row: Any, target: Any, target_row: Any, rows: Any, length: Any
) -> None:
    """Copy `rows` times `length` numbers."""
    whole = builder.and_(length, _INT(-WIDTH))
    with _loop(builder, rows) as (_, i):
        read, write = _at(builder, source, i, source_row), _at(builder, target, i, target_row)
        with _loop(builder, whole, WIDTH) as (_, j):
            value = _load(builder, _pointer(builder, _at(builder, read, j)), 0)
            _store(builder, value, _pointer(builder, _at(builder, write, j)), 0)
        with _loop(builder, builder.sub(length, whole)) as (_, rest):
            j = builder.add(whole, rest)
            number = builder.load(_pointer(builder, _at(builder, read, j)))
            builder.store(number, _pointer(builder, _at(builder, write, j)))


def transpose(
    builder: Any, source: Any, source_row: Any, target: Any, target_row: Any, rows: Any, cols: Any
) -> None:
    """Write target[cols, rows] = the transpose of source[rows, cols]."""
    whole_rows, whole_cols = (builder.and_(n, _INT(-_SQUARE)) for n in (rows, cols))

    def places(i: Any, j: Any) -> tuple[Any, Any]:
        read, write = _at(builder, source, i, source_row), _at(builder, target, j, target_row)
        return _at(builder, read, j), _at(builder, write, i)

    with (
        _loop(builder, whole_cols, _SQUARE) as (_, j),
        _loop(builder, whole_rows, _SQUARE) as (_, i),
    ):
        read, write = places(i, j)
        _transpose_square(builder, read, source_row, write, target_row)
    with _loop(builder, rows) as (_, i):
        whole = builder.icmp_signed("<", i, whole_rows)
        first = builder.select(whole, whole_cols, _INT(0))
        with _loop(builder, builder.sub(cols, first)) as (_, j):
            read, write = places(i, builder.add(first, j))
            value = builder.load(_pointer(builder, read))
            builder.store(value, _pointer(builder, write))


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
    choice = builder.switch(builder.add(builder.mul(vectors, _INT(8)), height), blocks[0])
    for (v, rows), block in zip(shapes, blocks, strict=True):
        choice.add_case(_INT(8 * v + rows), block)
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
        errand: Any = None,
    ) -> None:
        """Write it; with an errand, it fetches a line a step."""
        self.errand = errand
        a_rows = self._row_pointers(A, a_row)
        c_rows = self._row_pointers(C, c_row)
        first = self._first_sums(c_rows, start, bias)
        last = self._last_sums(a_rows, a_col, _pointer(self.builder, B), b_row, K, first)
        for i, row in enumerate(c_rows):
            for j in range(self.vectors):
                _store(self.builder, last[i * self.vectors + j], row, j)

    def _first_sums(self, c_rows: list[Any], start: Any, bias: Any) -> list[Any]:
        builder = self.builder
        zero, old, biased, ready = (
            builder.append_basic_block(name) for name in ("zero", "accumulate", "bias", "ready")
        )
        choice = builder.switch(start, zero)
        choice.add_case(_INT(ACCUMULATE), old)
        choice.add_case(_INT(BIAS), biased)
        sources = {}
        with builder.goto_block(zero):
            sources[zero] = [ir.Constant(_VECTOR, [0.0] * WIDTH)] * (self.rows * self.vectors)
            builder.branch(ready)
        with builder.goto_block(old):
            sources[old] = [_load(builder, row, j) for row in c_rows for j in range(self.vectors)]
            builder.branch(ready)
        with builder.goto_block(biased):
            row = _pointer(builder, bias)
            sources[biased] = [_load(builder, row, j) for j in range(self.vectors)] * self.rows
            builder.branch(ready)
        builder.position_at_end(ready)
        return [
            _phi(builder, {block: values[n] for block, values in sources.items()})
            for n in range(self.rows * self.vectors)
        ]

    def _last_sums(
        self, a_rows: list[Any], a_col: Any, b: Any, b_row: Any, K: Any, first: list[Any]
    ) -> list[Any]:
        """The sums after all of k."""
        builder, before = self.builder, self.builder.block
        body, done = builder.append_basic_block("step"), builder.append_basic_block("done")
        builder.cbranch(builder.icmp_signed(">", K, _INT(0)), body, done)
        builder.position_at_end(body)
        k, a_at, b_at = (_phi(builder, {before: _INT(0)}) for _ in range(3))
        sums = [_phi(builder, {before: value}) for value in first]
        a = [builder.gep(row, [a_at]) for row in a_rows]
        if self.errand is not None:
            self._fetch(k, *self.errand)
        after = self._step(a, b, b_at, b_row, k, sums)
        following = builder.add(k, _INT(1))
        k.add_incoming(following, body)
        a_at.add_incoming(builder.add(a_at, a_col), body)
        b_at.add_incoming(builder.add(b_at, b_row), body)
        for total, value in zip(sums, after, strict=True):
            total.add_incoming(value, body)
        again = builder.cbranch(builder.icmp_signed("<", following, K), body, done)
        again.set_metadata("llvm.loop", _not_unrolled(builder.module))
        builder.position_at_end(done)
        return [_phi(builder, {before: first[n], body: after[n]}) for n in range(len(first))]

    def _fetch(self, k: Any, first: Any, more: Any) -> None:
        """Fetch line k, or again the last one."""
        builder = self.builder
        line = builder.select(builder.icmp_signed("<", k, more), k, more)
        _prefetch(builder, _pointer(builder, _at(builder, first, line, _INT(LINE))))

    def _step(
        self, a: list[Any], b: Any, b_at: Any, b_row: Any, k: Any, sums: list[Any]
    ) -> list[Any]:
        """The sums after one more k: a row of B times one number of each row of A."""
        builder, vectors = self.builder, self.vectors
        numbers = [_load(builder, builder.gep(b, [b_at]), j) for j in range(vectors)]
        if self.panel is not None:
            soon = builder.gep(b, [builder.add(b_at, builder.mul(b_row, _INT(SOON)))])
            for line in range(0, vectors * WIDTH, LINE):
                _prefetch(builder, builder.gep(soon, [_INT(line)]))
            packed = _pointer(builder, self.panel)
            place = builder.gep(packed, [builder.mul(k, _INT(vectors * WIDTH))])
            for j in range(vectors):
                _store(builder, numbers[j], place, j)
        after = []
        for i in range(self.rows):
            number = _spread(builder, builder.load(a[i]))
            for j in range(vectors):
                after.append(_multiply_add(builder, number, numbers[j], sums[i * vectors + j]))
        return after

    def _row_pointers(self, address: Any, stride: Any) -> list[Any]:
        start = _pointer(self.builder, address)
        steps = [self.builder.mul(stride, _INT(i)) for i in range(self.rows)]
        return [self.builder.gep(start, [step]) for step in steps]


def _multiply_add(builder: Any, a: Any, b: Any, c: Any) -> Any:
    if not FUSED:
        return builder.fadd(builder.fmul(a, b), c)
    kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
    name = f"llvm.fma.v{WIDTH}f32"
    return builder.call(_declared(builder, name, kind), [a, b, c])


def _spread(builder: Any, number: Any) -> Any:
    """A vector with the number in every lane."""
    empty = ir.Constant(_VECTOR, ir.Undefined)
    first = builder.insert_element(empty, number, _LANE(0))
    return builder.shuffle_vector(first, empty, lanes_of([0] * WIDTH))


def _not_unrolled(module: Any) -> Any:
    """LLVM unrolls such loops by four, runs out of registers, and a tile gets four times slower."""
    hint = module.add_metadata(["llvm.loop.unroll.disable"])
    loop = module.add_metadata([hint])
    loop.operands = (loop, hint)  # by pointing at itself it tells LLVM that it is a loop's
    return loop


def _transpose_square(builder: Any, source: Any, source_row: Any, target: Any, row: Any) -> None:
    kind = ir.VectorType(_NUMBER, _SQUARE)
    rows = [
        _load(builder, _pointer(builder, _at(builder, source, _INT(i), source_row)), 0, kind)
        for i in range(_SQUARE)
    ]
    for i, column in enumerate(turned(builder, rows)):
        _store(builder, column, _pointer(builder, _at(builder, target, _INT(i), row)), 0)


def _pointer(builder: Any, address: Any) -> Any:
    return builder.inttoptr(address, _NUMBER.as_pointer())


def _load(builder: Any, pointer: Any, j: int, kind: Any = _VECTOR) -> Any:
    value = builder.load(_place(builder, pointer, j, kind))
    value.align = 4
    return value


def _store(builder: Any, value: Any, pointer: Any, j: int) -> None:
    builder.store(value, _place(builder, pointer, j, value.type)).align = 4


def _place(builder: Any, pointer: Any, j: int, kind: Any) -> Any:
    return builder.bitcast(builder.gep(pointer, [_INT(j * kind.count)]), kind.as_pointer())


def _phi(builder: Any, incoming: dict[Any, Any]) -> Any:
    phi = builder.phi(next(iter(incoming.values())).type)
    for block, value in incoming.items():
        phi.add_incoming(value, block)
    return phi


@contextmanager
def _loop(builder: Any, end: Any, step: int = 1) -> Iterator[tuple[Any, Any]]:
    """Count from zero by steps; the body gets the counter's variable, to write to, and value."""
    counter = _variable(builder, _INT(0))
    head, body, done = (builder.append_basic_block(f"loop_{part}") for part in ("", "body", "end"))
    builder.branch(head)
    builder.position_at_end(head)
    value = builder.load(counter)
    builder.cbranch(builder.icmp_signed("<", value, end), body, done)
    builder.position_at_end(body)
    builder.store(builder.add(value, _INT(step)), counter)
    yield counter, value
    builder.branch(head)
    builder.position_at_end(done)


def _variable(builder: Any, value: Any) -> Any:
    with builder.goto_entry_block():
        place = builder.alloca(_INT)
    builder.store(value, place)
    return place


def _at(builder: Any, address: Any, index: Any, stride: Any = None) -> Any:
    """The address of the number `index` strides on."""
    count = index if stride is None else builder.mul(index, stride)
    return builder.add(address, builder.mul(count, _INT(FLOAT)))


def _prefetch(builder: Any, place: Any) -> None:
    kind = ir.FunctionType(ir.VoidType(), [place.type, *(value.type for value in _INTO_L2)])
    builder.call(_declared(builder, "llvm.prefetch.p0", kind), [place, *_INTO_L2])


def _declared(builder: Any, name: str, kind: Any) -> Any:
    return builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
