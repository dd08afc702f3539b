"""Words of LLVM's language: what the engine's functions in it are written with.

Addresses are bytes in 64-bit whole numbers; strides and indices count float32.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from badak.engine.machine.blocking import FUSED, WIDTH
from badak.engine.machine.bytecode import FLOAT
from badak.engine.machine.element import COMPILED
from badak.engine.machine.shuffles import lanes_of

NUMBER, LANE, INT = COMPILED.llvm, ir.IntType(32), ir.IntType(64)
VECTOR = ir.VectorType(NUMBER, WIDTH)


def call(builder: Any, name: str, result: Any, *arguments: Any) -> Any:
    """Call one of LLVM's own functions, or one that is linked by its name."""
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    known = builder.module.globals.get(name)
    return builder.call(known or ir.Function(builder.module, kind, name), arguments)


def multiply_add(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c, of vectors, rounded once where the processor can."""
    if not FUSED:
        return builder.fadd(builder.fmul(a, b), c)
    return call(builder, f"llvm.fma.v{a.type.count}f32", a.type, a, b, c)


def spread(builder: Any, number: Any, lanes: int = WIDTH) -> Any:
    """Return a vector with the number in every lane."""
    empty = ir.Constant(ir.VectorType(number.type, lanes), ir.Undefined)
    first = builder.insert_element(empty, number, LANE(0))
    return builder.shuffle_vector(first, empty, lanes_of([0] * lanes))


def lesser(builder: Any, one: Any, other: Any) -> Any:
    """Return the lesser of two whole numbers."""
    return builder.select(builder.icmp_signed("<", one, other), one, other)


def prefetch(builder: Any, place: Any, *, cache: int = 2, writing: bool = False) -> None:
    """Ask for a line of memory, to be kept in the first cache or the second.

    One that is to be written is taken from the other cores, if they have it too.
    """
    place = builder.bitcast(place, ir.IntType(8).as_pointer())
    kept, data = LANE(4 - cache), LANE(1)
    call(builder, "llvm.prefetch.p0", ir.VoidType(), place, LANE(int(writing)), kept, data)


def pointer(builder: Any, address: Any) -> Any:
    """Return the address as LLVM takes it."""
    return builder.inttoptr(address, NUMBER.as_pointer())


def at(builder: Any, address: Any, index: Any, stride: Any = None) -> Any:
    """Return the address of the number `index` strides on."""
    count = index if stride is None else builder.mul(index, stride)
    return builder.add(address, builder.mul(count, INT(FLOAT)))


def load(builder: Any, start: Any, j: int, kind: Any = VECTOR) -> Any:
    """Return vector number j after a pointer."""
    value = builder.load(_place(builder, start, j, kind))
    value.align = FLOAT
    return value


def store(builder: Any, value: Any, start: Any, j: int) -> None:
    """Write vector number j after a pointer."""
    builder.store(value, _place(builder, start, j, value.type)).align = FLOAT


def _place(builder: Any, start: Any, j: int, kind: Any) -> Any:
    return builder.bitcast(builder.gep(start, [INT(j * kind.count)]), kind.as_pointer())


def load_part(builder: Any, start: Any, mask: Any) -> Any:
    """Return the lanes of a vector that the mask names, read from a pointer; the others are 0."""
    place = builder.bitcast(start, VECTOR.as_pointer())
    return masked(builder, "load", VECTOR, place, LANE(FLOAT), mask)


def masked(builder: Any, what: str, vector: Any, *arguments: Any) -> Any:
    """Load or store the lanes of a vector that a mask names; lanes that are not loaded are 0.

    The arguments are the place, its alignment and the mask, after the vector that is to be stored.
    """
    element = {NUMBER: "f32", ir.DoubleType(): "f64", ir.HalfType(): "f16"}.get(vector.element)
    element = element or f"i{vector.element.width}"
    name = f"llvm.masked.{what}.v{vector.count}{element}.p0"
    if what == "store":
        return call(builder, name, ir.VoidType(), *arguments)
    nothing = ir.Constant(vector, [vector.element(0)] * vector.count)
    return call(builder, name, vector, *arguments, nothing)


def mask_of(builder: Any, count: Any) -> Any:
    """Return the mask of the first `count` lanes: of none, of some or of all."""
    counts = spread(builder, builder.trunc(lesser(builder, count, INT(WIDTH)), LANE))
    return builder.icmp_signed("<", lanes_of(list(range(WIDTH))), counts)


def phi(builder: Any, incoming: dict[Any, Any]) -> Any:
    """Return a value that depends on the block from which this one is come to."""
    node = builder.phi(next(iter(incoming.values())).type)
    for block, value in incoming.items():
        node.add_incoming(value, block)
    return node


def variable(builder: Any, value: Any) -> Any:
    """Return a value's place, which can be written to."""
    with builder.goto_entry_block():
        place = builder.alloca(value.type)
    builder.store(value, place)
    return place


@contextmanager
def loop(builder: Any, end: Any, step: Any = 1, first: Any = 0) -> Iterator[tuple[Any, Any]]:
    """Count by steps; the body gets the counter's variable, to write to, and value.

    The step and the first value may be numbers of Python's.
    """
    first, step = (INT(n) if isinstance(n, int) else n for n in (first, step))
    counter = variable(builder, first)
    head, body, done = (builder.append_basic_block(f"loop_{part}") for part in ("", "body", "end"))
    builder.branch(head)
    builder.position_at_end(head)
    value = builder.load(counter)
    builder.cbranch(builder.icmp_signed("<", value, end), body, done)
    builder.position_at_end(body)
    builder.store(builder.add(value, step), counter)
    yield counter, value
    builder.branch(head)
    builder.position_at_end(done)


Step = Callable[[Any, list[Any], list[Any]], list[Any]]


def summed(builder: Any, steps: Any, first: list[Any], strides: list[Any], step: Step) -> list[Any]:
    """Return the sums after so many steps, which are kept in registers.

    ``step(k, places, sums)`` writes step k and returns the sums after it; `places` are k times the
    strides.
    """
    before = builder.block
    body, done = builder.append_basic_block("step"), builder.append_basic_block("done")
    builder.cbranch(builder.icmp_signed(">", steps, INT(0)), body, done)
    builder.position_at_end(body)
    k, *places = (phi(builder, {before: INT(0)}) for _ in range(1 + len(strides)))
    sums = [phi(builder, {before: value}) for value in first]
    after = step(k, places, sums)
    following = builder.add(k, INT(1))
    k.add_incoming(following, builder.block)
    for place, stride in zip(places, strides, strict=True):
        place.add_incoming(builder.add(place, stride), builder.block)
    for total, value in zip(sums, after, strict=True):
        total.add_incoming(value, builder.block)
    again = builder.cbranch(builder.icmp_signed("<", following, steps), body, done)
    again.set_metadata("llvm.loop", _not_unrolled(builder.module))
    last = builder.block
    builder.position_at_end(done)
    return [
        phi(builder, {before: start, last: value})
        for start, value in zip(first, after, strict=True)
    ]


def _not_unrolled(module: Any) -> Any:
    """LLVM unrolls such loops by four, runs out of registers, and a tile gets four times slower."""
    hint = module.add_metadata(["llvm.loop.unroll.disable"])
    loop = module.add_metadata([hint])
    loop.operands = (loop, hint)  # the reference to itself marks it as a loop's
    return loop
