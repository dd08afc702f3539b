"""Kernels of few columns: a vector holds one column of many rows.

The loss of ten classes, or of one output, would leave most of a vector of columns empty, and each
step of a sum along a row would wait for the one before. Here rows are read as they lie and
transposed on the stack, then one column after another is worked out. Where the last vector has too
few rows, the last row stands in it several times: all that is computed and written for it is the
same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from badak.engine.compiler.constants import nodes_under
from badak.engine.compiler.lowering import BIT, NEUTRAL, Lowering, reductions_of
from badak.engine.compiler.operands import ELEMENTS, FLOAT, I32, I64, ROW_BASE, Operand, size_of
from badak.engine.machine.llvm import loop, masked, variable
from badak.engine.machine.shuffles import transposed
from badak.tracing.node import Node

MOST_COLUMNS = 16


class Rowwise(Lowering):
    """Writes one kernel; `start` is a column's number."""

    def emit(self) -> None:
        outputs = self.kernel.outputs
        nodes = [node for node, _ in outputs]
        with loop(self.b, self.rows, self.width) as (_, self.first):
            self.fixed = {}
            operands = [n.payload for n in nodes_under(nodes) if n.operation == "operand"]
            self.read = {operand: self._read(operand) for operand in operands}
            for node in reductions_of(outputs):
                self.fixed[node] = self._reduced(node)
            full = [(node, operand, self._blocks()) for node, operand in outputs
                    if operand.kind == "full"]  # fmt: skip
            if full:
                with loop(self.b, I64(self.kernel.rowwise_columns)) as (_, column):
                    memo: dict[Node, Any] = {}
                    values = [self._value(node, memo, column, None) for node, _, _ in full]
                    for value, (_, _, space) in zip(values, full, strict=True):
                        self.b.store(value, self._in(space, column))
            alone = [(self._value(node, {}, None, None), operand) for node, operand in outputs
                     if operand.kind == "row"]  # fmt: skip
            for _, operand, space in full:
                self._write_rows(space, operand)
            for value, operand in alone:
                self._write_numbers(value, operand)
        self.b.ret_void()

    def _reduced(self, node: Node) -> Any:
        """Return the sum, maximum or minimum of each row."""
        operation = node.operation.split("_")[0]
        total = variable(self.b, self._splat(FLOAT(NEUTRAL[operation])))
        with loop(self.b, I64(self.kernel.rowwise_columns)) as (_, column):
            value = self._value(node.arguments[0], {}, column, None)
            self.b.store(self._combine(operation, self.b.load(total), value), total)
        return self.b.load(total)

    # -- memory

    def load(self, operand: Operand, start: Any, mask: Any) -> Any:
        if operand.kind == "columns":
            element = ELEMENTS[operand.element]
            place = self.b.inttoptr(self._address(operand), element.as_pointer())
            place = self.b.gep(place, [start])
            self._watch(place, I64(size_of(element)))
            value = self._splat(self.b.load(place))
            return self._to_float(value, element, operand.element)
        read = self.read[operand]
        return self.b.load(self._in(read, start)) if operand.kind in ("full", "gathered") else read

    def column_number(self, start: Any) -> Any:
        return self._splat(self.b.sitofp(start, FLOAT))

    def row_number(self) -> Any:
        space = self._numbers(I32)
        with self._each_row() as lane:
            number = self.b.add(self._entry(ROW_BASE), self.row)
            self.b.store(self.b.trunc(number, I32), self._in(space, lane))
        return self._vector_in(space)

    def _read(self, operand: Operand) -> Any:
        """Return an operand's vector, or the place of its columns' vectors."""
        if operand.kind in ("scalar", "key"):
            return self._one_number(operand)
        if operand.kind == "columns":
            return None
        if operand.kind in ("full", "gathered"):
            return self._read_rows(operand)
        space = self._numbers(FLOAT if operand.kind == "row" else I32)
        with self._each_row() as lane:
            self.b.store(self._number_of_row(operand), self._in(space, lane))
        return self._vector_in(space)

    def _read_rows(self, operand: Operand) -> Any:
        element = ELEMENTS[operand.element]
        vector = ir.VectorType(element, self.width)
        columns, rows = self._blocks(), self._blocks()
        for start, count in self._parts():
            with self._each_row() as lane:
                pointer = self._part(operand, element, start, count)
                given = pointer, I32(size_of(element)), self._mask(count)
                value = masked(self.b, "load", vector, *given)
                value = self._to_float(value, element, operand.element)
                self.b.store(value, self._in(rows, lane))
            self._turn(rows, 0, columns, start)
        return columns

    def _write_rows(self, columns: Any, operand: Operand) -> None:
        element, rows = ELEMENTS[operand.element], self._blocks()
        vector, size = ir.VectorType(element, self.width), I32(size_of(element))
        for start, count in self._parts():
            self._turn(columns, start, rows, 0)
            with self._each_row() as lane:
                value = self.b.load(self._in(rows, lane))
                pointer = self._part(operand, element, start, count)
                masked(self.b, "store", vector, value, pointer, size, self._mask(count))

    def _write_numbers(self, value: Any, operand: Operand) -> None:
        space = self._numbers(FLOAT)
        self.b.store(value, self._as_vector(space))
        with self._each_row() as lane:
            place = self._row_address(operand, FLOAT)
            self._watch(place, I64(size_of(FLOAT)))
            self.b.store(self.b.load(self._in(space, lane)), place)

    @contextmanager
    def _each_row(self) -> Iterator[Any]:
        """Go through the lanes; what finds a row's address finds that of the lane's row."""
        last = self.b.sub(self.rows, I64(1))
        with loop(self.b, I64(self.width)) as (_, lane):
            row = self.b.add(self.first, lane)
            self.row = self.b.select(self.b.icmp_signed("<", row, last), row, last)
            yield lane

    def _parts(self) -> Iterator[tuple[int, int]]:
        """The first of as many columns as a vector has numbers, and how many they are."""
        for start in range(0, self.kernel.rowwise_columns, self.width):
            yield start, min(self.width, self.kernel.rowwise_columns - start)

    def _part(self, operand: Operand, element: Any, start: int, count: int) -> Any:
        """The place of a part of the row at hand."""
        pointer = self.b.gep(self._row_address(operand, element), [I64(start)])
        self._watch(pointer, I64(count * size_of(element)))
        return self.b.bitcast(pointer, ir.VectorType(element, self.width).as_pointer())

    def _mask(self, count: int) -> Any:
        lanes = [int(lane < count) for lane in range(self.width)]
        return ir.Constant(ir.VectorType(BIT, self.width), lanes)

    # -- the stack

    def _numbers(self, element: Any) -> Any:
        """A place for a number a lane."""
        return self._space(element, self.width)

    def _blocks(self) -> Any:
        """A place for a vector a column, in whole square blocks."""
        return self._space(ir.VectorType(FLOAT, self.width), len(list(self._parts())) * self.width)

    def _space(self, kind: Any, count: int) -> Any:
        with self.b.goto_entry_block():
            place = self.b.alloca(kind, count)
        place.align = size_of(FLOAT) * self.width
        return place

    def _in(self, space: Any, number: Any) -> Any:
        return self.b.gep(space, [number])

    def _as_vector(self, space: Any) -> Any:
        kind = ir.VectorType(space.type.pointee, self.width)
        return self.b.bitcast(space, kind.as_pointer())

    def _vector_in(self, space: Any) -> Any:
        return self.b.load(self._as_vector(space))

    def _turn(self, source: Any, first: int, goal: Any, start: int) -> None:
        """Copy a square of numbers from one place to another, with rows for columns."""
        rows = [self.b.load(self._in(source, I64(first + i))) for i in range(self.width)]
        for i, column in enumerate(transposed(self.b, rows)):
            self.b.store(column, self._in(goal, I64(start + i)))
