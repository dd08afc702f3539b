"""A program: a network's instructions, and the memory that they work in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from badak._common.language import message
from badak._common.memory import LANE, aligned_zeros, padded
from badak.engine.compiler.constants import pooled
from badak.engine.compiler.kernels import KERNELS, Code, KernelTable
from badak.engine.compiler.lowering import reductions_of
from badak.engine.compiler.operands import Kernel, Operand
from badak.engine.compiler.rowwise import MOST_COLUMNS
from badak.engine.machine import bounds, bytecode
from badak.engine.machine.blocking import BIAS, ZERO, panel_floats
from badak.engine.machine.element import FLOAT32, Element
from badak.tracing.node import Node, UntraceableError
from badak.typing import Array

APART = 256  # numbers: rows apart by a multiple of it would share few places of a cache
NEAR = 1 << 18  # bytes of weights that a core's own caches hold from step to step


class UnsupportedError(Exception):
    """The engine cannot run this network; the reference can."""


@dataclass(frozen=True)
class Buffer:
    """One layer's numbers for the rows of a batch, (rows, width) padded to whole cache lines."""

    offset: int
    """Bytes from the workspace's start."""
    width: int
    element: Element = FLOAT32

    @property
    def row(self) -> int:
        """Numbers from one row to the next: not a multiple of APART."""
        whole = padded(self.width)
        return whole + LANE if whole % APART == 0 else whole


@dataclass(frozen=True)
class ExternalInput:
    """The samples where they lie, float32 and without padding."""

    width: int
    offset: int = bytecode.EXTERNAL_INPUT

    @property
    def row(self) -> int:
        """Numbers from one row to the next."""
        return self.width


@dataclass(frozen=True)
class Transposed:
    """A weight matrix with rows for columns, (units, inputs), for the backward pass."""

    memory: Array
    inputs: int

    @property
    def row(self) -> int:
        """Numbers from one row to the next."""
        return Buffer(0, self.inputs).row

    @property
    def address(self) -> int:
        """Where it begins."""
        return address_of(self.memory)


class Some(NamedTuple):
    """Rows of the batch at one distance from each other."""

    first: int
    every: int


EVERY_ROW = Some(0, 1)


class Place(NamedTuple):
    """Where a kernel finds an operand; the five words of :mod:`badak.engine.machine.bytecode`."""

    mode: int
    base: int
    bytes_a_row: int = 0
    row: int = 0
    shift: int = 0
    """Bytes that a column, or a number of a weight matrix, moves it by."""


def in_batch(buffer: Buffer, some: Some = EVERY_ROW) -> Place:
    """Return the place of a buffer's rows, or of some of them."""
    size, row = buffer.element.bytes, buffer.row
    first = buffer.offset + size * row * some.first
    return Place(bytecode.BATCH, first, size * row * some.every, row * some.every, size)


def at(address: int, shift: int) -> Place:
    """Return the place of a vector that is the same for every row."""
    return Place(bytecode.FIXED, address, shift=shift)


@dataclass
class Computation:
    """A formula on its way to a kernel: its operands and where they lie."""

    element: Element = FLOAT32
    """What operands are, unless they say otherwise."""
    outputs: list[tuple[Node, Operand]] = field(default_factory=list)
    operands: dict[tuple[Place, str, str, bool], Operand] = field(default_factory=dict)

    @property
    def places(self) -> list[Place]:
        """Where each operand lies."""
        return [place for place, *_ in self.operands]

    def reads(
        self,
        place: Place,
        columns: int,
        kind: Any = "full",
        element: str = "",
        ordered: bool = False,
    ) -> Any:
        """Return what stands for the numbers at a place, a Tracer, which formulas take as array."""
        return self._operand(place, kind, element, ordered).tracer(columns)

    def writes(self, value: Any, place: Place, kind: Any = "full") -> None:
        """Put a value to a place."""
        if kind == "row" and value.node.over_columns:
            raise UntraceableError(
                message("it gives a number for each unit where one a sample is asked for")
            )
        self.outputs.append((value.node, self._operand(place, kind)))

    def _operand(
        self, place: Place, kind: Any, element: str = "", ordered: bool = False
    ) -> Operand:
        if not element:
            element = self.element.name if kind in ("full", "columns") else FLOAT32.name
        key = (place, kind, element, ordered)
        if key not in self.operands:
            if len(self.operands) == bytecode.MOST_OPERANDS:
                raise UnsupportedError(
                    message("a formula needs more arrays at once than a kernel takes")
                )
            self.operands[key] = Operand(len(self.operands), kind, element, ordered)
        return self.operands[key]


class Program:
    """Instructions, written one after another; :meth:`assemble` makes them ready to run."""

    def __init__(
        self, capacity: int, kernels: KernelTable = KERNELS, element: Element = FLOAT32
    ) -> None:
        self.capacity = capacity
        self.element = element
        self._table = kernels
        self._codes: list[Code] = []
        """The kernels' machine code, which lives as long as its programs."""
        self.workspace_bytes = 0
        self._next = 0
        """Where the next buffer begins in the workspace."""
        self.widest = 0
        """Numbers in the longest row of weights that are moved."""
        self.kept: list[Any] = []
        """Arrays whose addresses stand in the code."""
        self.code: Array = np.zeros(0, np.int64)
        self._words: list[int] = []
        self._kernels: list[Kernel] = []
        self._holes: list[int] = []  # where an address of a kernel belongs
        self._pools: dict[bytes, int] = {}

    # -- memory

    def buffer(self, width: int) -> Buffer:
        """Return a new buffer for as many rows as a batch may have."""
        new = Buffer(self._next, width, self.element)
        self._take(self.capacity * new.row * self.element.bytes)
        return new

    def line(self) -> Place:
        """Return the place of one new number a row."""
        place = Place(bytecode.BATCH, self._next, FLOAT32.bytes, 1)
        self._take(_whole_lines(self.capacity * FLOAT32.bytes))
        return place

    def _take(self, size: int) -> None:
        self._next += size
        self.workspace_bytes = max(self.workspace_bytes, self._next)

    @contextmanager
    def reusing(self) -> Iterator[None]:
        """Let the buffers that are made meanwhile be overwritten afterwards.

        What fills their rows up to whole cache lines may then be anything: nothing reads it.
        """
        start = self._next
        yield
        self._next = start

    def vector(self, size: int, dtype: Any = np.float32) -> Array:
        """Return memory of the program's own that all threads share."""
        self.kept.append(aligned_zeros(-(-size // LANE) * LANE, dtype))
        return self.kept[-1]

    def at(self, address: int) -> Place:
        """Return the place of a vector of the program's element that is the same for every row."""
        return at(address, self.element.bytes)

    def computation(self) -> Computation:
        """Return a formula to be written, whose operands are of the program's element."""
        return Computation(self.element)

    def pool(self, words: bytes) -> int:
        """Return the address of a constant pool; kernels with equal ones share it."""
        if words and words not in self._pools:
            memory = self.vector(len(words) // FLOAT32.bytes)
            memory.view(np.uint8)[: len(words)] = np.frombuffer(words, np.uint8)
            self._pools[words] = address_of(memory)
        return self._pools.get(words, 0)

    # -- instructions

    def rows(
        self, computation: Computation, columns: int, count: int = 0, some: Some = EVERY_ROW
    ) -> None:
        """Run a formula row by row: on the batch's rows, or on `count` of them.

        With `some`, only on these rows, which its operands then tell of. A thread has some of the
        rows only, so that nothing can be summed over all of them here.
        """
        reductions = reductions_of(tuple(computation.outputs))
        if any(node.operation.endswith("_rows") for node in reductions):
            raise UntraceableError(
                message(
                    "it reduces over the batch; a layer that does so has batch_statistics = True"
                )
            )
        self._kernel(bytecode.ROWS, computation, "rows", columns, count, some)

    def flat(self, computation: Computation, columns: int) -> None:
        """Run an elementwise formula on whole padded rows as on one long one."""
        self._kernel(bytecode.FLAT, computation, "rows", columns, 0)

    def columns(
        self, computation: Computation, columns: int, count: int = 0, some: Some = EVERY_ROW
    ) -> None:
        """Run a formula on bands of columns, each over all rows of the batch, or over `some`.

        With `count` 1: on one long row, whole cache lines of it.
        """
        direction = "rows" if count == 1 else "columns"
        self._kernel(bytecode.COLUMNS, computation, direction, columns, count, some)

    def product(
        self,
        a: Buffer | ExternalInput,
        b: int,
        b_row: int,
        c: Buffer,
        inner: int,
        bias: int,
        some: Some = EVERY_ROW,
    ) -> None:
        """Multiply the batch's rows with the matrix at address `b`; add the bias at one if not 0.

        The matrix has `inner` rows, `b_row` numbers apart. `some`: only these rows of the batch.
        """
        start = BIAS if bias else ZERO
        fields = [a.offset, a.row, b, b_row, c.offset, c.row, c.width, inner, start, bias]
        self._emit(bytecode.PRODUCT, [*fields, *some])

    def gradient(
        self,
        x: Buffer,
        d: Buffer,
        kept: int,
        computation: Computation,
        weights: int,
        transposed: Transposed | None,
        sample_bytes: int,
        some: Some = EVERY_ROW,
    ) -> None:
        """Sum a weight matrix's gradient block by block, and run a formula on each block.

        Meanwhile the next step's samples of `sample_bytes` are fetched, unless that is 0. `some`:
        only over these rows.
        """
        row = padded(d.width)
        outputs, pool = pooled(tuple(computation.outputs))
        places = [word for place in computation.places for word in place]
        self.widest = max(self.widest, row)
        fields = [x.offset, x.row, d.offset, d.row, x.width, d.width, kept]
        if computation.outputs:
            self._kernels.append(Kernel(outputs, whole=True))
            self._holes.append(len(self._words) + 2 + len(fields))
        back = [0, 0] if transposed is None else [transposed.address, transposed.row]
        far = x.width * row * self.element.bytes > NEAR
        tail = [weights, row, *back, int(far), sample_bytes, *some]
        operands = [self.pool(pool), len(computation.places), *places]
        self._emit(bytecode.GRADIENT, [*fields, 0, *tail, *operands])

    def transpose(self, source: int, row: int, goal: Transposed, shape: Any) -> None:
        """Copy a matrix (rows, columns) with rows for columns."""
        fields = [source, row, goal.address, goal.row, *shape]
        self._emit(bytecode.TRANSPOSE, fields)

    def squared_norm(self, address: int, count: int, sums: int) -> None:
        """Sum the squares of `count` numbers, block by block."""
        self._emit(bytecode.SQUARED_NORM, [address, count, sums])

    def clip(self, limit: int, sums: int, count: int, factor: int) -> None:
        """Work out the factor that brings a gradient to the limit."""
        self._emit(bytecode.CLIP, [limit, sums, count, factor])

    def sum(self, address: int, count: int, *, begins: bool) -> None:
        """Add `count` numbers to the step's penalty."""
        self._emit(bytecode.SUM, [address, count, int(begins)])

    def check(self) -> None:
        """End the run here if the batch's loss is not finite."""
        self._emit(bytecode.CHECK, [])

    def barrier(self) -> None:
        """Let all threads come to this point."""
        self._emit(bytecode.BARRIER, [])

    def _kernel(
        self,
        kind: int,
        computation: Computation,
        direction: Any,
        columns: int,
        count: int,
        some: Some = EVERY_ROW,
    ) -> None:
        whole = kind == bytecode.FLAT or (kind == bytecode.COLUMNS and count == 1)
        rowwise_columns = (
            columns if kind == bytecode.ROWS and is_rowwise(computation, columns) else 0
        )
        outputs, pool = pooled(tuple(computation.outputs))
        self._kernels.append(Kernel(outputs, direction, whole, rowwise_columns))
        self._holes.append(len(self._words) + 2)
        words = [word for place in computation.places for word in place]
        fields = [0, columns, count, *some, self.pool(pool), len(computation.places), *words]
        self._emit(kind, fields)

    def _emit(self, kind: int, fields: list[int]) -> None:
        self._words += [kind, 2 + len(fields), *fields]

    @contextmanager
    def watched(self, *arrays: Array | None) -> Iterator[None]:
        """Tell the checked build of the memory that a run may touch, and ask it afterwards."""
        if not bounds.CHECKED:
            yield
            return
        known = [array for array in [*self.kept, *arrays] if array is not None]
        for array in known:
            bounds.register(array)
        yield
        for array in known:
            bounds.forget(array)
        bounds.check()

    def assemble(self) -> None:
        """Compile the kernels and write the code."""
        self.code = np.array(self._words, dtype=np.int64)
        codes = self._table.compile(self._kernels)
        self.code[self._holes] = [code.address for code in codes]
        self._codes = codes

    @property
    def scratch_bytes(self) -> int:
        """How much memory each thread needs for itself."""
        numbers = panel_floats() + bytecode.BLOCK * self.widest
        words = bytecode.TABLE_SIZE + bytecode.PREFETCHES_SIZE
        return _whole_lines(bytecode.WORD * words + self.element.bytes * numbers)


def is_rowwise(computation: Computation, columns: int) -> bool:
    """Return whether vectors are to hold rows: columns are few, and there are sums over them."""
    return columns <= MOST_COLUMNS and bool(reductions_of(tuple(computation.outputs)))


def _whole_lines(size: int) -> int:
    return -(-size // 64) * 64


def address_of(array: Array) -> int:
    """Return where an array's numbers begin."""
    return int(array.__array_interface__["data"][0])
