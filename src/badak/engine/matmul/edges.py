"""The edge of a matrix product: the few columns that whole vectors leave over.

Of 50 columns, 48 fill three vectors of 16; a fourth would be computed for two of its 16 lanes.
Those two are multiplied here with the vectors laid the other way. Going forward a vector holds
numbers of k: each lane is a chain of its own, over every WIDTH-th k, and the lanes are added in
halves at the end. For a gradient a vector holds rows of C, and each number is one chain over k, as
:mod:`badak.engine.matmul.micro_kernel` has it. Neither way do a row's bits depend on how many rows
there are.

This writes functions in LLVM's language, as :mod:`badak.engine.matmul.micro_kernel` does.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from badak.engine.machine.blocking import BIAS, EDGE, SIDE, WIDTH, ZERO
from badak.engine.machine.llvm import (
    INT,
    NUMBER,
    VECTOR,
    at,
    lesser,
    load,
    load_part,
    loop,
    mask_of,
    multiply_add,
    pointer,
    spread,
    store,
    summed,
)
from badak.engine.machine.shuffles import lanes_of, transposed

TALL = 5 if WIDTH == 16 else 4  # vectors of C's rows in a tile: 80 hold a block's 72 inputs

_FOUR = ir.VectorType(NUMBER, SIDE)
_NOTHING = ir.Constant(VECTOR, [0.0] * WIDTH)
_NO_FOUR = ir.Constant(_FOUR, [0.0] * SIDE)


def pack_edge(builder: Any, B: Any, b_row: Any, packed: Any, packed_row: Any, K: Any) -> None:
    """Write packed[SIDE, K] = the transpose of B[K, SIDE], with zeros after it.

    `packed_row` is more than K, so that there are some.
    """
    whole = builder.and_(K, INT(-SIDE))
    with loop(builder, whole, SIDE) as (_, k):
        rows = [_pointer_to(builder, B, builder.add(k, INT(i)), b_row) for i in range(SIDE)]
        columns = transposed(builder, [load(builder, row, 0, _FOUR) for row in rows])
        for j, column in enumerate(columns):
            place = at(builder, packed, INT(j), packed_row)
            store(builder, column, pointer(builder, at(builder, place, k)), 0)
    with loop(builder, builder.sub(packed_row, whole)) as (_, rest):
        k = builder.add(whole, rest)
        is_there = builder.icmp_signed("<", k, K)
        row = _pointer_to(builder, B, builder.select(is_there, k, INT(0)), b_row)
        for j in range(SIDE):
            number = builder.load(builder.gep(row, [INT(j)]))
            number = builder.select(is_there, number, NUMBER(0.0))
            place = at(builder, packed, INT(j), packed_row)
            builder.store(number, pointer(builder, at(builder, place, k)))


def multiply_edge(
    builder: Any,
    columns: Any,
    A: Any,
    a_row: Any,
    packed: Any,
    packed_row: Any,
    C: Any,
    c_row: Any,
    M: Any,
    K: Any,
    start: Any,
    bias: Any,
) -> None:
    """Write C[M, columns] = start + A[M, K] @ B[K, columns], and zeros to fill a vector.

    B's columns are given as :func:`pack_edge` writes them.
    """

    def some_rows(height: int, width: int, i: Any) -> None:
        rows = [builder.add(i, INT(n)) for n in range(height)]
        a = [_pointer_to(builder, A, row, a_row) for row in rows]
        b = [_pointer_to(builder, packed, INT(j), packed_row) for j in range(width)]
        sums, lanes = _dot_products(builder, a, b, K)
        for n, row in enumerate(rows):
            own = lanes_of([lanes[n * width + j] if j < width else WIDTH for j in range(WIDTH)])
            value = builder.shuffle_vector(sums, _NOTHING, own)
            _write_row(builder, value, at(builder, C, row, c_row), start, bias)

    def all_rows(width: int) -> None:
        height = 8 if width == 1 else 4  # so many sums hide how long one multiply-add takes
        whole = builder.and_(M, INT(-height))
        with loop(builder, whole, height) as (_, i):
            some_rows(height, width, i)
        with loop(builder, builder.sub(M, whole)) as (_, rest):
            some_rows(1, width, builder.add(whole, rest))

    _for_each_width(builder, columns, all_rows)


def multiply_edge_row(
    builder: Any,
    columns: Any,
    A: Any,
    B: Any,
    b_row: Any,
    C: Any,
    K: Any,
    start: Any,
    bias: Any,
) -> None:
    """Write the same, to the last bit, for a single row: packing B would take most of the time.

    Here a vector holds columns, and each lane's chain is a vector of its own.
    """
    a = pointer(builder, A)

    def added(k: Any, total: Any, is_there: Any = None) -> Any:
        number = builder.load(builder.gep(a, [k]))
        row = load(builder, _pointer_to(builder, B, k, b_row), 0, _FOUR)
        if is_there is not None:
            number = builder.select(is_there, number, NUMBER(0.0))
            row = builder.select(is_there, row, _NO_FOUR)
        return multiply_add(builder, spread(builder, number, SIDE), row, total)

    def step(_: Any, places: list[Any], sums: list[Any]) -> list[Any]:
        return [added(builder.add(*places, INT(n)), total) for n, total in enumerate(sums)]

    vectors = builder.sdiv(K, INT(WIDTH))
    sums = summed(builder, vectors, [_NO_FOUR] * WIDTH, [INT(WIDTH)], step)
    whole = builder.mul(vectors, INT(WIDTH))
    for n, total in enumerate(sums):
        k = builder.add(whole, INT(n))
        is_there = builder.icmp_signed("<", k, K)
        sums[n] = added(builder.select(is_there, k, INT(0)), total, is_there)
    while len(sums) > 1:
        half = len(sums) // 2
        sums = [builder.fadd(sums[n], sums[n + half]) for n in range(half)]
    value = builder.select(mask_of(builder, columns), _filled_up(builder, sums[0]), _NOTHING)
    _write_row(builder, value, C, start, bias)


def multiply_transposed_edge(
    builder: Any,
    columns: Any,
    A: Any,
    a_col: Any,
    B: Any,
    b_row: Any,
    C: Any,
    c_row: Any,
    M: Any,
    K: Any,
    start: Any,
    bias: Any,
) -> None:
    """Write the edge for an A whose columns lie together, `a_col` apart, and for B as it is.

    Its sums have the bits that a tile's would have, if they start from zero as a gradient's do.
    """
    with builder.goto_entry_block():
        sums_of_rows = builder.alloca(NUMBER, TALL * WIDTH * SIDE)
    b = pointer(builder, B)

    def some_rows(width: int, i: Any, count: Any) -> None:
        a = _pointer_to(builder, A, i, INT(1))
        masks = [mask_of(builder, builder.sub(count, INT(WIDTH * j))) for j in range(TALL)]

        def step(_: Any, places: list[Any], sums: list[Any]) -> list[Any]:
            a_at, b_at = (builder.gep(x, [place]) for x, place in zip((a, b), places, strict=True))
            numbers = [builder.load(builder.gep(b_at, [INT(j)])) for j in range(width)]
            numbers = [spread(builder, number) for number in numbers]
            after = []
            for v, mask in enumerate(masks):
                rows = load_part(builder, builder.gep(a_at, [INT(WIDTH * v)]), mask)
                for j, number in enumerate(numbers):
                    after.append(multiply_add(builder, rows, number, sums[v * width + j]))
            return after

        sums = summed(builder, K, [_NOTHING] * (TALL * width), [a_col, b_row], step)
        for v in range(TALL):
            own = sums[v * width : (v + 1) * width]
            for part, rows in enumerate(_side_by_side(builder, own)):
                store(builder, rows, sums_of_rows, SIDE * v + part)
        with loop(builder, count) as (_, n):
            four = load(builder, builder.gep(sums_of_rows, [builder.mul(n, INT(SIDE))]), 0, _FOUR)
            row = at(builder, C, builder.add(i, n), c_row)
            _write_row(builder, _filled_up(builder, four), row, start, bias)

    def all_rows(width: int) -> None:
        with loop(builder, M, TALL * WIDTH) as (_, i):
            some_rows(width, i, lesser(builder, builder.sub(M, i), INT(TALL * WIDTH)))

    _for_each_width(builder, columns, all_rows)


FUNCTIONS = {
    "badak_pack_edge": (pack_edge, 5),
    "badak_multiply_edge": (multiply_edge, 11),
    "badak_multiply_edge_row": (multiply_edge_row, 8),
    "badak_multiply_transposed_edge": (multiply_transposed_edge, 11),
}
"""The functions' names in machine code, what writes them, and how many numbers they take."""


def _for_each_width(builder: Any, columns: Any, write: Callable[[int], None]) -> None:
    """Write code for each number of columns that an edge may have, to be chosen at run time."""
    done = builder.append_basic_block("edge_done")
    choice = builder.switch(columns, done)
    for width in range(1, EDGE + 1):
        block = builder.append_basic_block(f"edge{width}")
        choice.add_case(INT(width), block)
        builder.position_at_end(block)
        write(width)
        builder.branch(done)
    builder.position_at_end(done)


def _dot_products(builder: Any, a: list[Any], b: list[Any], K: Any) -> tuple[Any, list[int]]:
    """A vector of the products of each row of A with each column of B, and the lanes they are in.

    The columns have zeros after K.
    """

    def products(rows: list[Any], k: Any, sums: list[Any]) -> list[Any]:
        columns = [load(builder, builder.gep(column, [k]), 0) for column in b]
        pairs = [(row, column) for row in rows for column in columns]
        return [
            multiply_add(builder, *pair, total) for pair, total in zip(pairs, sums, strict=True)
        ]

    def step(_: Any, places: list[Any], sums: list[Any]) -> list[Any]:
        rows = [load(builder, builder.gep(row, places), 0) for row in a]
        return products(rows, places[0], sums)

    vectors = builder.sdiv(K, INT(WIDTH))
    sums = summed(builder, vectors, [_NOTHING] * (len(a) * len(b)), [INT(WIDTH)], step)
    whole = builder.mul(vectors, INT(WIDTH))
    mask = mask_of(builder, builder.sub(K, whole))
    rest = [load_part(builder, builder.gep(row, [whole]), mask) for row in a]
    return _sums_of_lanes(builder, products(rest, whole, sums))


def _sums_of_lanes(builder: Any, vectors: list[Any]) -> tuple[Any, list[int]]:
    """A vector of the sums of each vector's lanes, and the lane in which each one is.

    Lanes half a vector apart are added, then those a quarter apart, and so on: the halves of two
    vectors make one.
    """
    held = [[n] for n in range(len(vectors))]  # which vectors' sums are in the parts of each one
    size = WIDTH
    while size > 1:
        if len(vectors) % 2:
            vectors, held = [*vectors, _NOTHING], [*held, [-1] * (WIDTH // size)]
        starts = range(0, 2 * WIDTH, size)
        low = [start + lane for start in starts for lane in range(size // 2)]
        high = [lane + size // 2 for lane in low]
        pairs = list(zip(vectors[::2], vectors[1::2], strict=True))
        vectors = [
            builder.fadd(*(builder.shuffle_vector(*pair, lanes_of(part)) for part in (low, high)))
            for pair in pairs
        ]
        held = [one + other for one, other in zip(held[::2], held[1::2], strict=True)]
        size //= 2
    return vectors[0], [held[0].index(n) for n in range(max(held[0]) + 1)]


def _side_by_side(builder: Any, columns: list[Any]) -> list[Any]:
    """SIDE vectors with the columns' numbers row by row, SIDE numbers a row; zeros fill up."""
    first, second, third, fourth = [*columns, *[_NOTHING] * (SIDE - len(columns))]
    even, odd = _zipped(builder, first, third), _zipped(builder, second, fourth)
    pairs = zip(even, odd, strict=True)
    return [vector for pair in pairs for vector in _zipped(builder, *pair)]


def _zipped(builder: Any, one: Any, other: Any) -> list[Any]:
    """Two vectors with the lanes of two in turns."""
    lanes = [
        lane for pair in zip(range(WIDTH), range(WIDTH, 2 * WIDTH), strict=True) for lane in pair
    ]
    halves = (lanes[:WIDTH], lanes[WIDTH:])
    return [builder.shuffle_vector(one, other, lanes_of(half)) for half in halves]


def _filled_up(builder: Any, four: Any) -> Any:
    """A vector of SIDE numbers and zeros."""
    return builder.shuffle_vector(four, _NO_FOUR, lanes_of([min(j, SIDE) for j in range(WIDTH)]))


def _write_row(builder: Any, value: Any, place: Any, start: Any, bias: Any) -> None:
    """Write a vector to a row of C, added to what `start` says."""
    first = builder.select(builder.icmp_signed("==", start, INT(BIAS)), bias, place)
    added = builder.fadd(load(builder, pointer(builder, first), 0), value)
    is_zero = builder.icmp_signed("==", start, INT(ZERO))  # 0 + -0 would be another 0
    value = builder.select(is_zero, value, added)
    store(builder, value, pointer(builder, place), 0)


def _pointer_to(builder: Any, address: Any, index: Any, stride: Any) -> Any:
    return pointer(builder, at(builder, address, index, stride))
