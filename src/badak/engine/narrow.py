"""Kernels of few columns: a vector holds one column of many rows.

The loss of ten classes, or of one output, would leave most of a vector of columns empty, and each
step of a sum along a row would wait for the one before. Where the last vector has too few rows,
the last row stands in it several times: all that is computed and written for it is the same.
"""

from collections.abc import Iterator
from typing import Any

from llvmlite import ir

from badak.engine.expressions import Node
from badak.engine.lowering import BIT, Lowering, reductions_of
from badak.engine.operands import ELEMENTS, FLOAT, I32, I64, ROW_BASE, Operand, size_of
from badak.engine.squares import turned

MOST_COLUMNS = 16


class Narrow(Lowering):
    """Writes one kernel; `start` is a column's number, which is known while it is written."""

    def emit(self) -> None:
        outputs = self.kernel.outputs
        with self._loop(I64(0), self.rows, I64(self.width)) as first:
            self._begin(first)
            for node in reductions_of([node for node, _ in outputs]):
                self.fixed[node] = self._reduced(node)
            made = [self._columns_of(node, operand) for node, operand in outputs]
            for columns, (_, operand) in zip(made, outputs, strict=True):
                if operand.kind == "full":
                    self._store_rows(columns, operand)
                else:
                    self._store_numbers(columns[0], operand)
        self.b.ret_void()

    def _begin(self, first: Any) -> None:
        """Begin with the rows from `first` on."""
        b, last = self.b, self.b.sub(self.rows, I64(1))
        numbers = [b.add(first, I64(lane)) for lane in range(self.width)]
        self.numbers = [b.select(b.icmp_signed("<", n, last), n, last) for n in numbers]
        self.fixed = {}
        self.loaded: dict[Operand, list[Any]] = {}
        """An operand's vectors: one a column, or one."""
        self.shared: dict[Node, Any] = {}
        """What is the same in all columns."""
        self.memos: list[dict[Node, Any]] = [{} for _ in range(self.kernel.narrow)]

    def _columns_of(self, node: Node, operand: Operand) -> list[Any]:
        count = self.kernel.narrow if operand.kind == "full" else 1
        return [self._value(node, self.memos[column], column, None) for column in range(count)]

    def _value(self, node: Node, memo: dict[Node, Any], start: Any, mask: Any) -> Any:
        memo = memo if node.over_columns else self.shared
        return super()._value(node, memo, start, mask)

    def _reduced(self, node: Node) -> Any:
        """Return the sum, maximum or minimum of each row, added up in pairs, as a tree is."""
        operation = node.operation.split("_")[0]
        (argument,) = node.arguments
        left = [self._value(argument, memo, column, None) for column, memo in enumerate(self.memos)]
        while len(left) > 1:
            half = (len(left) + 1) // 2
            pairs = zip(left[:half], left[half:], strict=False)
            left = [self._combine(operation, x, y) for x, y in pairs] + left[len(left) // 2 : half]
        return left[0]

    # -- memory

    def load(self, operand: Operand, start: Any, mask: Any) -> Any:
        if operand.kind in ("scalar", "key"):
            return self._one_number(operand)
        if operand.kind == "columns":
            place = self.b.inttoptr(self._address(operand), FLOAT.as_pointer())
            place = self.b.gep(place, [I64(start)])
            self._watch(place, I64(4))
            return self._splat(self.b.load(place))
        alone = operand.kind in ("row", "label")
        if operand not in self.loaded:
            read = self._numbers_of_rows if alone else self._turned_rows
            self.loaded[operand] = read(operand)
        return self.loaded[operand][0 if alone else start]

    def column_number(self, start: Any) -> Any:
        return self._splat(FLOAT(float(start)))

    def row_number(self) -> Any:
        base = self._entry(ROW_BASE)
        numbers = [self.b.trunc(self.b.add(base, row), I32) for row in self._each_row()]
        return self._gathered(numbers)

    def _each_row(self) -> Iterator[Any]:
        """Go through the rows; what finds a row's address finds this one's."""
        for row in self.numbers:
            self.row = row
            yield row

    def _numbers_of_rows(self, operand: Operand) -> list[Any]:
        return [self._gathered([self._number_of_row(operand) for _ in self._each_row()])]

    def _gathered(self, numbers: list[Any]) -> Any:
        vector = ir.Constant(ir.VectorType(numbers[0].type, self.width), ir.Undefined)
        for lane, number in enumerate(numbers):
            vector = self.b.insert_element(vector, number, I32(lane))
        return vector

    def _turned_rows(self, operand: Operand) -> list[Any]:
        columns: list[Any] = []
        for start, count in self._parts():
            rows = [self._part_of_row(operand, start, count) for _ in self._each_row()]
            columns += turned(self.b, rows)[:count]
        return columns

    def _part_of_row(self, operand: Operand, start: int, count: int) -> Any:
        element = ELEMENTS[operand.element]
        vector = ir.VectorType(element, self.width)
        pointer = self._part(operand, element, start, count)
        value = self._masked("load", vector, [pointer, I32(size_of(element)), self._mask(count)])
        return self._to_float(value, element, operand.element)

    def _store_rows(self, columns: list[Any], operand: Operand) -> None:
        vector = ir.VectorType(FLOAT, self.width)
        nothing = ir.Constant(vector, ir.Undefined)
        for start, count in self._parts():
            part = columns[start : start + count] + [nothing] * (self.width - count)
            for row, _ in zip(turned(self.b, part), self._each_row(), strict=True):
                pointer = self._part(operand, FLOAT, start, count)
                self._masked("store", vector, [row, pointer, I32(4), self._mask(count)])

    def _store_numbers(self, vector: Any, operand: Operand) -> None:
        for lane, _ in enumerate(self._each_row()):
            place = self._row_address(operand, FLOAT)
            self._watch(place, I64(4))
            self.b.store(self.b.extract_element(vector, I32(lane)), place)

    def _parts(self) -> Iterator[tuple[int, int]]:
        """The first of as many columns as a vector has numbers, and how many they are."""
        for start in range(0, self.kernel.narrow, self.width):
            yield start, min(self.width, self.kernel.narrow - start)

    def _part(self, operand: Operand, element: Any, start: int, count: int) -> Any:
        """The place of a part of the row at hand."""
        pointer = self.b.gep(self._row_address(operand, element), [I64(start)])
        self._watch(pointer, I64(count * size_of(element)))
        return self.b.bitcast(pointer, ir.VectorType(element, self.width).as_pointer())

    def _mask(self, count: int) -> Any:
        lanes = [int(lane < count) for lane in range(self.width)]
        return ir.Constant(ir.VectorType(BIT, self.width), lanes)
