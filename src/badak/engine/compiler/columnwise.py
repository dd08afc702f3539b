"""Kernels of any number of columns: a vector holds neighbouring columns of one row.

A kernel of rows (softmax) goes through one row after another; a kernel of columns (batch
normalisation) through bands of columns.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from badak.engine.compiler.lowering import NEUTRAL, Lowering, reductions_of
from badak.engine.compiler.operands import ELEMENTS, FLOAT, I32, I64, ROW_BASE, Operand, size_of
from badak.engine.machine.llvm import loop, masked, prefetch, variable
from badak.engine.machine.shuffles import lanes_of
from badak.tracing.node import Node

ZERO = I64(0)
CHAINS = 4
"""Sums side by side along a row of what is quickly worked out: one waits for each addition."""


class Columnwise(Lowering):
    """Writes one kernel."""

    def emit(self) -> None:
        reductions = reductions_of(self.kernel.outputs)
        if self.kernel.direction == "rows":
            self._emit_rows(reductions)
        else:
            self._emit_columns(reductions)
        self.b.ret_void()

    def _emit_rows(self, reductions: tuple[Node, ...]) -> None:
        with loop(self.b, self.rows) as (_, row):
            self.row = row
            self.fixed = {}
            for node in reductions:
                self.fixed[node] = self._reduce_columns(node)
            full = [(n, o) for n, o in self.kernel.outputs if o.kind == "full"]
            if full:
                self._over_columns(lambda start, mask: self._store_all(full, start, mask))
            for node, operand in self.kernel.outputs:
                if operand.kind == "row":
                    value = self._value(node, {}, None, None)
                    first = self.b.extract_element(value, I32(0))
                    place = self._row_address(operand, FLOAT)
                    self._watch(place, I64(size_of(FLOAT)))
                    self.b.store(first, place)

    def _emit_columns(self, reductions: tuple[Node, ...]) -> None:
        def band(start: Any, mask: Any) -> None:
            self.fixed = {}
            for node in reductions:
                self.fixed[node] = self._reduce_rows(node, start, mask)
            full = [(n, o) for n, o in self.kernel.outputs if o.kind == "full"]
            if full:
                with loop(self.b, self.rows) as (_, row):
                    self.row = row
                    self._store_all(full, start, mask)
            alone = [(n, o) for n, o in self.kernel.outputs if o.kind == "columns"]
            memo: dict[Node, Any] = {}
            values = [self._value(node, memo, start, mask) for node, _ in alone]
            for value, (_, operand) in zip(values, alone, strict=True):
                address = self.b.add(
                    self._address(operand),
                    self.b.mul(start, I64(size_of(ELEMENTS[operand.element]))),
                )
                self._store(value, address, mask)

        self._over_columns(band)

    def _over_columns(self, body: Callable[[Any, Any], None], first: Any = ZERO) -> None:
        """Run `body` for each whole vector of columns, then for what is left, under a mask."""
        b, width = self.b, self.width
        left = b.srem(self.columns, I64(width))
        whole = b.sub(self.columns, left)
        with loop(self.b, whole, width, first) as (_, start):
            body(start, None)
        if self.kernel.whole:
            return
        with b.if_then(b.icmp_signed(">", left, I64(0))):
            lanes = ir.Constant(ir.VectorType(I64, width), list(range(width)))
            self.left = left
            body(whole, b.icmp_signed("<", lanes, self._splat(left)))

    def _reduce_columns(self, node: Node) -> Any:
        """Return the sum, maximum or minimum of a row, in every lane."""
        b, operation = self.b, node.operation.split("_")[0]
        neutral = self._splat(FLOAT(NEUTRAL[operation]))
        chains = CHAINS if all(not part.arguments for part in node.arguments[0].arguments) else 1
        totals = [variable(self.b, neutral) for _ in range(chains)]

        def body(start: Any, mask: Any, total: Any = totals[0]) -> None:
            value = self._value(node.arguments[0], {}, start, mask)
            if mask is not None:
                value = b.select(mask, value, neutral)
            b.store(self._combine(operation, b.load(total), value), total)

        step = I64(chains * self.width)
        together = b.sub(self.columns, b.srem(self.columns, step))
        with loop(self.b, together, step) as (_, start):
            for number, total in enumerate(totals):
                body(b.add(start, I64(number * self.width)), None, total)
        self._over_columns(body, together)
        value, reach = b.load(totals[0]), self.width // 2
        for total in totals[1:]:
            value = self._combine(operation, value, b.load(total))
        while reach:
            other = [(i + reach) % self.width for i in range(self.width)]
            transposed = self.b.shuffle_vector(value, value, lanes_of(other))
            value = self._combine(operation, value, transposed)
            reach //= 2
        return value

    def _reduce_rows(self, node: Node, start: Any, mask: Any) -> Any:
        operation = node.operation.split("_")[0]
        total = variable(self.b, self._splat(FLOAT(NEUTRAL[operation])))
        with loop(self.b, self.rows) as (_, row):
            self.row = row
            value = self._value(node.arguments[0], {}, start, mask)
            self.b.store(self._combine(operation, self.b.load(total), value), total)
        return self.b.load(total)

    # -- memory

    def load(self, operand: Operand, start: Any, mask: Any) -> Any:
        b = self.b
        if operand.kind in ("scalar", "key"):
            return self._one_number(operand)
        if operand.kind in ("row", "label"):
            return self._splat(self._number_of_row(operand))
        if operand.kind == "columns":
            element = ELEMENTS[operand.element]
            row = b.inttoptr(self._address(operand), element.as_pointer())
        else:
            element = ELEMENTS[operand.element]
            row = self._row_address(operand, element)
        vector = ir.VectorType(element, self.width)
        pointer = b.bitcast(b.gep(row, [start]), vector.as_pointer())
        self._watch(pointer, self._bytes(size_of(element), mask))
        if operand.kind == "gathered":
            self._prefetch(operand, element, start)
        if mask is None:
            value = b.load(pointer)
            value.align = size_of(element)
        else:
            value = masked(b, "load", vector, pointer, I32(size_of(element)), mask)
        return self._to_float(value, element, operand.element)

    def _prefetch(self, operand: Operand, element: Any, start: Any) -> None:
        """Ask for the next row, which lies anywhere in memory, while this one is at work."""
        after, row = self.b.add(self.row, I64(1)), self.row
        last = self.b.icmp_signed(">=", after, self.rows)
        self.row = self.b.select(last, row, after)
        place = self.b.gep(self._row_address(operand, element), [start])
        self.row = row
        prefetch(self.b, place, cache=1)

    def _store_all(self, outputs: list[tuple[Node, Operand]], start: Any, mask: Any) -> None:
        memo: dict[Node, Any] = {}
        values = [self._value(node, memo, start, mask) for node, _ in outputs]
        for value, (_, operand) in zip(values, outputs, strict=True):
            row = self._row_address(operand, ELEMENTS[operand.element])
            self._store(value, self.b.ptrtoint(self.b.gep(row, [start]), I64), mask)

    def _store(self, value: Any, address: Any, mask: Any) -> None:
        pointer = self.b.inttoptr(address, value.type.as_pointer())
        size = size_of(value.type.element)
        self._watch(pointer, self._bytes(size, mask))
        if mask is None:
            self.b.store(value, pointer).align = size
        else:
            masked(self.b, "store", value.type, value, pointer, I32(size), mask)

    def _bytes(self, size: int, mask: Any) -> Any:
        return I64(self.width * size) if mask is None else self.b.mul(self.left, I64(size))

    def column_number(self, start: Any) -> Any:
        lanes = ir.Constant(ir.VectorType(I32, self.width), list(range(self.width)))
        number = self.b.add(self._splat(self.b.trunc(start, I32)), lanes)
        return self.b.sitofp(number, ir.VectorType(FLOAT, self.width))

    def row_number(self) -> Any:
        number = self.b.add(self._entry(ROW_BASE), self.row)
        return self._splat(self.b.trunc(number, I32))
