"""A formula in LLVM's language: what both ways of laying it out in vectors have in common."""

from functools import lru_cache
from typing import Any

from llvmlite import ir

from badak.engine.compiler.constants import Outputs, nodes_under
from badak.engine.compiler.elementary import ELEMENTARY, Primitives
from badak.engine.compiler.operands import (
    CONSTANTS,
    FLOAT,
    HEADER,
    I32,
    I64,
    ORDER,
    ROW_COUNT,
    Kernel,
    Operand,
    size_of,
)
from badak.engine.machine import bounds
from badak.engine.machine.llvm import call, spread
from badak.engine.machine.target import processor
from badak.tracing.node import Node
from badak.tracing.tracer import Tracer

BIT = ir.IntType(1)
FUSED = ("contract", "nsz")  # a * b + c may be rounded once; the sign of zero is free


class Lowering:
    """Writes one kernel; subclasses say what a vector's lanes are, columns or rows."""

    def __init__(self, module: ir.Module, kernel: Kernel) -> None:
        self.module = module
        self.kernel = kernel
        self.width = processor().vector
        kind = ir.FunctionType(ir.VoidType(), [I64.as_pointer(), I64, I64])
        self.function = ir.Function(module, kind, "kernel")
        self.function.attributes.add("nounwind")
        self.b = ir.IRBuilder(self.function.append_basic_block())
        self.table, self.rows, self.columns = self.function.args
        self.row: Any = None
        """The number of the row at hand."""
        self.fixed: dict[Node, Any] = {}
        """What is known before the inner loop: one number a row, or a vector a band."""
        self._pooled: dict[Node, Any] = {}

    def emit(self) -> None:
        """Write it."""
        raise NotImplementedError

    def load(self, operand: Operand, start: Any, mask: Any) -> Any:
        """Return an operand's vector."""
        raise NotImplementedError

    def column_number(self, start: Any) -> Any:
        """Return the columns' numbers, as float32."""
        raise NotImplementedError

    def row_number(self) -> Any:
        """Return the rows' numbers in the batch."""
        raise NotImplementedError

    # -- values

    def _value(self, node: Node, memo: dict[Node, Any], start: Any, mask: Any) -> Any:
        """Return the node's vector at these columns."""
        if node in self.fixed:
            return self.fixed[node]
        if node not in memo:
            if node.operation in ELEMENTARY:
                written = ELEMENTARY[node.operation](
                    *(Tracer(a) for a in node.arguments), Primitives
                )
                memo[node] = self._value(written.node, memo, start, mask)
            elif node.operation == "operand":
                memo[node] = self.load(node.payload, start, mask)
            else:
                arguments = [self._value(a, memo, start, mask) for a in node.arguments]
                memo[node] = self._compute(node, arguments, start)
        return memo[node]

    def _compute(self, node: Node, x: list[Any], start: Any) -> Any:
        b, name = self.b, node.operation
        if name == "constant":
            return self._splat(self._type(node.type, scalar=True)(node.payload))
        if name == "pooled":
            return self._from_pool(node)
        if name == "column_number":
            return self.column_number(start)
        if name == "row_number":
            return self.row_number()
        if name == "row_count":
            return self._splat(b.sitofp(self._entry(ROW_COUNT), FLOAT))
        if name in ("convert", "reinterpret"):
            return self._converted(name, node, x[0])
        if name == "where":
            return b.select(*x)
        if name in ("maximum", "minimum"):
            return self._extreme(name[:3], x[0], x[1], node.arguments)
        if name in COMPARE:
            return self._compared(name, node.arguments[0].type, x)
        if node.type == "float":
            return self._floating(name, x)
        return self._whole(name, node, x)

    def _floating(self, name: str, x: list[Any]) -> Any:
        b = self.b
        if name in ("add", "subtract", "multiply"):
            operation = {"add": b.fadd, "subtract": b.fsub, "multiply": b.fmul}[name]
            return operation(*x, flags=FUSED)
        if name == "divide":
            return b.fdiv(*x)
        if name == "negative":
            return b.fneg(x[0])
        llvm = {"absolute": "fabs", "fma": "fma", "sqrt": "sqrt", "copysign": "copysign"}
        llvm |= {"rint": "nearbyint", "floor": "floor"}
        return call(self.b, f"llvm.{llvm[name]}.v{self.width}f32", x[0].type, *x)

    def _whole(self, name: str, node: Node, x: list[Any]) -> Any:
        b = self.b
        if name == "negative":
            return b.neg(x[0])
        if name == "right_shift":
            return b.ashr(*x) if node.type == "int" else b.lshr(*x)
        operations = {"add": b.add, "subtract": b.sub, "multiply": b.mul, "left_shift": b.shl}
        operations |= {"bitwise_and": b.and_, "bitwise_or": b.or_, "bitwise_xor": b.xor}
        return operations[name](*x)

    def _compared(self, name: str, kind: str, x: list[Any]) -> Any:
        sign = COMPARE[name]
        if kind == "float":
            compare = self.b.fcmp_unordered if sign == "!=" else self.b.fcmp_ordered
            return compare(sign, *x)
        if kind == "uint":
            return self.b.icmp_unsigned(sign, *x)
        return self.b.icmp_signed(sign, *x)

    def _extreme(self, name: str, x: Any, y: Any, constant: Any = ()) -> Any:
        """Return the larger or smaller; NaN where either is, as NumPy has it."""
        sign = ">" if name == "max" else "<"
        if constant and _is_fixed(constant[0]):
            x, y, constant = y, x, constant[::-1]
        chosen = self.b.select(self.b.fcmp_unordered(sign, x, y), x, y)
        if constant and _is_fixed(constant[1]):
            return chosen  # y is no NaN
        return self.b.select(self.b.fcmp_unordered("!=", y, y), y, chosen)

    def _converted(self, name: str, node: Node, value: Any) -> Any:
        b, source, goal = self.b, node.arguments[0].type, self._type(node.type)
        if name == "reinterpret":
            return value if value.type == goal else b.bitcast(value, goal)
        if source == "bool":
            one, zero = (self._splat(goal.element(n)) for n in (1, 0))
            return b.select(value, one, zero)
        if node.type == "bool":
            zero = self._splat(value.type.element(0))
            if source == "float":
                return b.fcmp_unordered("!=", value, zero)
            return b.icmp_signed("!=", value, zero)
        if node.type == "float":
            small = source == "int" or node.arguments[0].operation == "right_shift"
            return b.sitofp(value, goal) if small else b.uitofp(value, goal)
        return b.fptosi(value, goal) if node.type == "int" else b.fptoui(value, goal)

    def _type(self, kind: str, *, scalar: bool = False) -> Any:
        element = {"float": FLOAT, "int": I32, "uint": I32, "bool": BIT}[kind]
        return element if scalar else ir.VectorType(element, self.width)

    def _combine(self, operation: str, x: Any, y: Any) -> Any:
        if operation == "sum":
            return self.b.fadd(x, y)
        return self._extreme(operation, x, y)

    # -- memory

    def _from_pool(self, node: Node) -> Any:
        """Return the vector of a number of the constant pool, which is read once a call."""
        if node not in self._pooled:
            element = self._type(node.type, scalar=True)
            with self.b.goto_entry_block():
                pool = self.b.inttoptr(self._entry(CONSTANTS), element.as_pointer())
                place = self.b.gep(pool, [I64(node.payload)])
                self._watch(place, I64(size_of(element)))
                self._pooled[node] = self._splat(self._constant(place))
        return self._pooled[node]

    def _entry(self, index: int) -> Any:
        return self._constant(self.b.gep(self.table, [I64(index)]))

    def _constant(self, place: Any) -> Any:
        """Load what no kernel writes to: LLVM may do that once, before the loops."""
        value = self.b.load(place)
        value.set_metadata("invariant.load", self.module.add_metadata([]))
        return value

    def _address(self, operand: Operand) -> Any:
        return self._entry(HEADER + 2 * operand.number)

    def _place_of_row(self, operand: Operand) -> Any:
        if operand.kind == "gathered" or operand.ordered:
            order = self.b.inttoptr(self._entry(ORDER), I64.as_pointer())
            return self._constant(self.b.gep(order, [self.row]))
        return self.row

    def _row_address(self, operand: Operand, element: Any) -> Any:
        distance = self._entry(HEADER + 2 * operand.number + 1)
        offset = self.b.mul(
            self.b.mul(self._place_of_row(operand), distance), I64(size_of(element))
        )
        return self.b.inttoptr(self.b.add(self._address(operand), offset), element.as_pointer())

    def _one_number(self, operand: Operand) -> Any:
        """Return the vector of an operand that is one number for all rows and columns."""
        element = FLOAT if operand.kind == "scalar" else I32
        place = self.b.inttoptr(self._address(operand), element.as_pointer())
        self._watch(place, I64(size_of(element)))
        return self._splat(self._constant(place))

    def _number_of_row(self, operand: Operand) -> Any:
        """Return a row's own number: float32, or the label as int32."""
        element = FLOAT if operand.kind == "row" else I64
        place = self._row_address(operand, element)
        self._watch(place, I64(size_of(element)))
        value = self.b.load(place)
        return value if operand.kind == "row" else self.b.trunc(value, I32)

    def _to_float(self, value: Any, element: Any, name: str) -> Any:
        floats = ir.VectorType(FLOAT, self.width)
        if element == FLOAT:
            return value
        if name == "float64":
            return self.b.fptrunc(value, floats)
        if name == "float16":
            return self.b.fpext(value, floats)
        if name in ("uint8", "uint16", "bool"):
            value = self.b.zext(value, ir.VectorType(I32, self.width))
            return self.b.sitofp(value, floats)
        return self.b.uitofp(value, floats) if name[0] == "u" else self.b.sitofp(value, floats)

    def _watch(self, pointer: Any, size: Any) -> None:
        """In the checked build, look whether these bytes may be touched."""
        if not bounds.CHECKED:
            return
        start = self.b.ptrtoint(pointer, I64)
        self.b.call(_watchman(self.module), [start, self.b.add(start, size)])

    def _splat(self, value: Any) -> Any:
        if isinstance(value, ir.Constant):
            return ir.Constant(ir.VectorType(value.type, self.width), [value] * self.width)
        return spread(self.b, value, self.width)


def _is_fixed(node: Node) -> bool:
    """Return whether a node is a number that is known before any run, and so no NaN."""
    return node.operation in ("constant", "pooled")


def _watchman(module: ir.Module) -> Any:
    """Return the function that notes bytes which are in no region."""
    known = module.globals.get("watchman")
    if known is not None:
        return known
    table = ir.GlobalVariable(module, ir.ArrayType(I64, 0), bounds.SYMBOL)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [I64, I64]), "watchman")
    function.linkage = "internal"
    start, end = function.args
    entry, head, look, after, fault, done = (function.append_basic_block() for _ in range(6))
    b = ir.IRBuilder(entry)

    def word(index: Any) -> Any:
        return b.gep(table, [I64(0), index])

    b.branch(head)
    b.position_at_end(head)
    place = b.phi(I64)
    place.add_incoming(I64(0), entry)
    b.cbranch(b.icmp_signed("<", place, b.load(word(I64(bounds.COUNT)))), look, fault)
    b.position_at_end(look)
    first = b.add(I64(bounds.FIRST), b.mul(place, I64(2)))
    inside = b.and_(
        b.icmp_signed(">=", start, b.load(word(first))),
        b.icmp_signed("<=", end, b.load(word(b.add(first, I64(1))))),
    )
    b.cbranch(inside, done, after)
    b.position_at_end(after)
    place.add_incoming(b.add(place, I64(1)), after)
    b.branch(head)
    b.position_at_end(fault)
    notes = {bounds.FAULT_START: start, bounds.FAULT_END: end}
    notes[bounds.FAULT] = I64(len(bounds.OPERANDS))
    for index, value in notes.items():
        b.store(value, word(I64(index)))
    b.branch(done)
    b.position_at_end(done)
    b.ret_void()
    return function


NEUTRAL = {"sum": 0.0, "max": float("-inf"), "min": float("inf")}
COMPARE = {
    **{"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="},
    **{"equal": "==", "not_equal": "!="},
}


@lru_cache(maxsize=256)  # asked for again by each network of a kind
def reductions_of(outputs: Outputs) -> tuple[Node, ...]:
    """Return the sums, maxima and minima that a formula takes, each after those it needs."""
    nodes = nodes_under([node for node, _ in outputs])
    return tuple(n for n in nodes if n.operation.endswith(("_columns", "_rows")))
