"""Machine code for formulas: loops over rows and columns around what a formula was traced to do.

A kernel is called as ``kernel(operands, rows, columns)``, all three 64-bit whole numbers;
`operands` is the address of a table of such numbers: a header of :data:`HEADER` entries, then for
each operand its address and the distance of its rows in numbers. A kernel of rows (softmax) goes
through one row after another; a kernel of columns (batch normalisation) through bands of columns.
"""

import ctypes
import math
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from llvmlite import ir

from badak.engine import arenas, mathematics
from badak.engine.expressions import Node, Tracer, binary, make, unary, where
from badak.engine.machine import processor, target_machine
from badak.typing import Array

HEADER = 4
ROW_BASE, ROW_COUNT, ORDER = range(3)
"""Header: the first row's number in its batch, the batch's rows, the address of the order."""

Kind = Literal["full", "gathered", "columns", "row", "label", "scalar", "key"]

I64, I32, I8, FLOAT, BIT = (
    ir.IntType(64),
    ir.IntType(32),
    ir.IntType(8),
    ir.FloatType(),
    ir.IntType(1),
)
ELEMENTS = {
    "float32": FLOAT,
    "float64": ir.DoubleType(),
    "float16": ir.HalfType(),
    **{f"{sign}int{bits}": ir.IntType(bits) for sign in ("", "u") for bits in (8, 16, 32, 64)},
    "bool": I8,
}
NOUGHT = I64(0)
FUSED = ("contract", "nsz")  # a * b + c may be rounded once; the sign of zero is free


@dataclass(frozen=True)
class Operand:
    """One argument of a kernel.

    full: float32 (rows, columns); gathered: the same of any type, its rows taken in the order's
    order; columns: float32 (columns,); row: float32 (rows,); label: int64 (rows,), taken in the
    order's order too; scalar: one float32; key: one uint32.
    """

    number: int
    kind: Kind
    element: str = "float32"
    ordered: bool = False
    """For rows and labels: read in the order's order."""

    def tracer(self, columns: int = 1) -> Tracer:
        """Return what stands for it in a formula."""
        over = {
            "full": (True, True),
            "gathered": (True, True),
            "columns": (False, True),
            "row": (True, False),
            "label": (True, False),
            "scalar": (False, False),
            "key": (False, False),
        }[self.kind]
        kind = {"label": "int", "key": "uint"}.get(self.kind, "float")
        return Tracer(make("operand", (), kind, payload=self, over=over), columns)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Kernel:
    """What is to be computed: each output's node and where it goes."""

    outputs: tuple[tuple[Node, Operand], ...]
    direction: Literal["rows", "columns"] = "rows"
    whole: bool = False
    """It is run on whole cache lines only, so that no vector is cut short."""


class Primitives:
    """What :mod:`badak.engine.mathematics` is made of, written down."""

    copysign = staticmethod(lambda a, b: binary("copysign", a, b))
    where = staticmethod(where)
    floor = staticmethod(lambda x: unary("floor", x))
    abs = staticmethod(lambda x: unary("absolute", x))

    @staticmethod
    def fma(a: Any, b: Any, c: Any) -> Tracer:
        """Return a * b + c, rounded once."""
        from badak.engine.expressions import as_node

        return Tracer(make("fma", [as_node(v, "float") for v in (a, b, c)]))

    @staticmethod
    def bits(x: Tracer) -> Tracer:
        """Return the pattern of a float32 as an int32."""
        return Tracer(make("reinterpret", (x.node,), "int"))

    @staticmethod
    def from_bits(i: Tracer) -> Tracer:
        """Return the float32 of a pattern."""
        return Tracer(make("reinterpret", (i.node,), "float"))

    @staticmethod
    def to_float(i: Tracer) -> Tracer:
        """Return an int32 as a float32."""
        return Tracer(make("convert", (i.node,), "float"))

    @staticmethod
    def shift_right_logical(i: Tracer, count: int) -> Tracer:
        """Shift zeros in from the left."""
        as_unsigned = Tracer(make("reinterpret", (i.node,), "uint"))
        return Tracer(make("reinterpret", ((as_unsigned >> count).node,), "int"))


ELEMENTARY: dict[str, Callable[..., Any]] = {
    "exp": mathematics.exp,
    "expm1": mathematics.expm1,
    "log": mathematics.log,
    "log1p": mathematics.log1p,
    "tanh": mathematics.tanh,
    "erf": mathematics.erf,
    "power": mathematics.power,
    "cos": lambda x, m: mathematics.cos_turns(_part_of_turn(x, 0.0), m),
    "sin": lambda x, m: mathematics.cos_turns(_part_of_turn(x, 0.25), m),
}


def _part_of_turn(x: Tracer, back: float) -> Tracer:
    """Return an angle as a part of a turn, from 0 to 1, less a part of a turn.

    Whole turns are taken off first, by a turn in three pieces whose products are exact (W. Cody &
    W. Waite, Software Manual for the Elementary Functions, 1980).
    """
    whole = unary("rint", x * (0.5 / math.pi))
    for piece in (6.28125, 0.00193500518798828125, 3.0199159795074592e-7):
        x = Primitives.fma(whole, -piece, x)
    turns = x * (0.5 / math.pi) - back
    return turns - unary("floor", turns)


def compile_kernels(kernels: Sequence[Kernel]) -> list[int]:
    """Return the address of each kernel's machine code; equal ones are compiled once a process."""
    keys = [_key(kernel) for kernel in kernels]
    new = {key: kernel for key, kernel in zip(keys, kernels, strict=True) if key not in _compiled}
    if new:
        texts = [_text(kernel) for kernel in new.values()]
        _compiled.update(zip(new, _machine_code(texts), strict=True))
    return [_compiled[key] for key in keys]


_compiled: dict[Any, int] = {}
_alive: list[Any] = []  # LLVM's engines, whose code would go with them


def _key(kernel: Kernel) -> Any:
    """Return what two kernels have in common that compute the same."""
    numbers: dict[Node, int] = {}
    operations = []

    def visit(node: Node) -> int:
        if node not in numbers:
            arguments = tuple(visit(argument) for argument in node.arguments)
            over = node.over_rows, node.over_columns
            payload = repr(node.payload)
            operations.append((node.operation, arguments, node.type, over, payload))
            numbers[node] = len(operations)
        return numbers[node]

    outputs = tuple((visit(node), operand) for node, operand in kernel.outputs)
    return tuple(operations), outputs, kernel.direction, kernel.whole


def _text(kernel: Kernel) -> str:
    module = ir.Module()
    _Lowering(module, kernel).emit()
    return str(module)


def _machine_code(texts: list[str]) -> list[int]:
    import llvmlite.binding as llvm

    machine = target_machine()
    whole = None
    for number, text in enumerate(texts):
        module = llvm.parse_assembly(text.replace('@"kernel"', f'@"kernel{number}"'))
        if whole is None:
            whole = module
        else:
            whole.link_in(module)
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    llvm.create_pass_builder(machine, options).getModulePassManager().run(
        whole, llvm.create_pass_builder(machine, options)
    )
    engine = llvm.create_mcjit_compiler(whole, machine)
    engine.finalize_object()
    _alive.append(engine)
    return [engine.get_function_address(f"kernel{number}") for number in range(len(texts))]


class _Lowering:
    """Writes one kernel in LLVM's language."""

    def __init__(self, module: ir.Module, kernel: Kernel) -> None:
        self.module = module
        self.kernel = kernel
        self.width = processor().vector
        kind = ir.FunctionType(ir.VoidType(), [I64.as_pointer(), I64, I64])
        self.function = ir.Function(module, kind, "kernel")
        self.function.attributes.add("nounwind")
        self.b = ir.IRBuilder(self.function.append_basic_block())
        self.table, self.rows, self.columns = self.function.args
        self.fixed: dict[Node, Any] = {}
        """What is known before the inner loop: one number a row, or a vector a band."""

    def emit(self) -> None:
        reductions = _reductions([node for node, _ in self.kernel.outputs])
        if self.kernel.direction == "rows":
            self._emit_rows(reductions)
        else:
            self._emit_columns(reductions)
        self.b.ret_void()

    # -- loops

    def _emit_rows(self, reductions: list[Node]) -> None:
        with self._loop(I64(0), self.rows, I64(1)) as row:
            self.row = row
            self.fixed = {}
            for node in reductions:
                self.fixed[node] = self._reduce_columns(node)
            wide = [(n, o) for n, o in self.kernel.outputs if o.kind == "full"]
            if wide:
                self._over_columns(lambda start, mask: self._store_all(wide, start, mask))
            for node, operand in self.kernel.outputs:
                if operand.kind == "row":
                    value = self._value(node, {}, None, None)
                    first = self.b.extract_element(value, I32(0))
                    place = self._row_address(operand, FLOAT)
                    self._watch(place, I64(4))
                    self.b.store(first, place)

    def _emit_columns(self, reductions: list[Node]) -> None:
        def band(start: Any, mask: Any) -> None:
            self.fixed = {}
            for node in reductions:
                self.fixed[node] = self._reduce_rows(node, start, mask)
            wide = [(n, o) for n, o in self.kernel.outputs if o.kind == "full"]
            if wide:
                with self._loop(I64(0), self.rows, I64(1)) as row:
                    self.row = row
                    self._store_all(wide, start, mask)
            narrow = [(n, o) for n, o in self.kernel.outputs if o.kind == "columns"]
            memo: dict[Node, Any] = {}
            values = [self._value(node, memo, start, mask) for node, _ in narrow]
            for value, (_, operand) in zip(values, narrow, strict=True):
                address = self.b.add(self._address(operand), self.b.mul(start, I64(4)))
                self._store(value, address, mask)

        self._over_columns(band)

    def _over_columns(self, body: Callable[[Any, Any], None], first: Any = NOUGHT) -> None:
        """Run `body` for each whole vector of columns, then for what is left, under a mask."""
        b, width = self.b, self.width
        left = b.srem(self.columns, I64(width))
        whole = b.sub(self.columns, left)
        with self._loop(first, whole, I64(width)) as start:
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
        totals = [self._variable(neutral) for _ in range(chains)]

        def body(start: Any, mask: Any, total: Any = totals[0]) -> None:
            value = self._value(node.arguments[0], {}, start, mask)
            if mask is not None:
                value = b.select(mask, value, neutral)
            b.store(self._combine(operation, b.load(total), value), total)

        step = I64(chains * self.width)
        together = b.sub(self.columns, b.srem(self.columns, step))
        with self._loop(I64(0), together, step) as start:
            for number, total in enumerate(totals):
                body(b.add(start, I64(number * self.width)), None, total)
        self._over_columns(body, together)
        value, reach = b.load(totals[0]), self.width // 2
        for total in totals[1:]:
            value = self._combine(operation, value, b.load(total))
        while reach:
            other = [(i + reach) % self.width for i in range(self.width)]
            turned = self.b.shuffle_vector(
                value, value, ir.Constant(ir.VectorType(I32, self.width), other)
            )
            value = self._combine(operation, value, turned)
            reach //= 2
        return value

    def _reduce_rows(self, node: Node, start: Any, mask: Any) -> Any:
        operation = node.operation.split("_")[0]
        total = self._variable(self._splat(FLOAT(NEUTRAL[operation])))
        with self._loop(I64(0), self.rows, I64(1)) as row:
            self.row = row
            value = self._value(node.arguments[0], {}, start, mask)
            self.b.store(self._combine(operation, self.b.load(total), value), total)
        return self.b.load(total)

    def _combine(self, operation: str, x: Any, y: Any) -> Any:
        if operation == "sum":
            return self.b.fadd(x, y)
        return self._extreme(operation, x, y)

    @contextmanager
    def _loop(self, first: Any, end: Any, step: Any) -> Any:
        b = self.b
        place = self._variable(first)
        head, body, after = (self.function.append_basic_block() for _ in range(3))
        b.branch(head)
        b.position_at_end(head)
        index = b.load(place)
        b.cbranch(b.icmp_signed("<", index, end), body, after)
        b.position_at_end(body)
        yield index
        b.store(b.add(index, step), place)
        b.branch(head)
        b.position_at_end(after)

    def _variable(self, value: Any) -> Any:
        with self.b.goto_entry_block():
            place = self.b.alloca(value.type)
        self.b.store(value, place)
        return place

    # -- memory

    def _entry(self, index: int) -> Any:
        return self._constant(self.b.gep(self.table, [I64(index)]))

    def _constant(self, place: Any) -> Any:
        """Load what no kernel writes to: LLVM may do that once, before the loops."""
        value = self.b.load(place)
        value.set_metadata("invariant.load", self.module.add_metadata([]))
        return value

    def _address(self, operand: Operand) -> Any:
        return self._entry(HEADER + 2 * operand.number)

    def _row_number(self, operand: Operand) -> Any:
        if operand.kind == "gathered" or operand.ordered:
            order = self.b.inttoptr(self._entry(ORDER), I64.as_pointer())
            return self._constant(self.b.gep(order, [self.row]))
        return self.row

    def _prefetch(self, operand: Operand, element: Any, start: Any) -> None:
        """Ask for the next row, which lies anywhere in memory, while this one is at work."""
        after, row = self.b.add(self.row, I64(1)), self.row
        last = self.b.icmp_signed(">=", after, self.rows)
        self.row = self.b.select(last, row, after)
        place = self.b.gep(self._row_address(operand, element), [start])
        self.row = row
        kind = ir.FunctionType(ir.VoidType(), [I8.as_pointer(), I32, I32, I32])
        function = self.module.globals.get("llvm.prefetch.p0")
        function = function or ir.Function(self.module, kind, "llvm.prefetch.p0")
        read, nearest, data = I32(0), I32(3), I32(1)
        self.b.call(function, [self.b.bitcast(place, I8.as_pointer()), read, nearest, data])

    def _row_address(self, operand: Operand, element: Any) -> Any:
        distance = self._entry(HEADER + 2 * operand.number + 1)
        offset = self.b.mul(self.b.mul(self._row_number(operand), distance), I64(_size(element)))
        return self.b.inttoptr(self.b.add(self._address(operand), offset), element.as_pointer())

    def _load(self, operand: Operand, start: Any, mask: Any) -> Any:
        b = self.b
        if operand.kind in ("scalar", "key"):
            element = FLOAT if operand.kind == "scalar" else I32
            place = b.inttoptr(self._address(operand), element.as_pointer())
            self._watch(place, I64(4))
            return self._splat(self._constant(place))
        if operand.kind in ("row", "label"):
            element = FLOAT if operand.kind == "row" else I64
            place = self._row_address(operand, element)
            self._watch(place, I64(_size(element)))
            value = b.load(place)
            return self._splat(value if operand.kind == "row" else b.trunc(value, I32))
        if operand.kind == "columns":
            element, row = FLOAT, b.inttoptr(self._address(operand), FLOAT.as_pointer())
        else:
            element = ELEMENTS[operand.element]
            row = self._row_address(operand, element)
        vector = ir.VectorType(element, self.width)
        pointer = b.bitcast(b.gep(row, [start]), vector.as_pointer())
        self._watch(pointer, self._bytes(_size(element), mask))
        if operand.kind == "gathered":
            self._prefetch(operand, element, start)
        if mask is None:
            value = b.load(pointer)
            value.align = _size(element)
        else:
            value = self._masked("load", vector, [pointer, I32(_size(element)), mask])
        return self._to_float(value, element, operand.element)

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

    def _store_all(self, outputs: list[tuple[Node, Operand]], start: Any, mask: Any) -> None:
        memo: dict[Node, Any] = {}
        values = [self._value(node, memo, start, mask) for node, _ in outputs]
        for value, (_, operand) in zip(values, outputs, strict=True):
            row = self._row_address(operand, FLOAT)
            self._store(value, self.b.ptrtoint(self.b.gep(row, [start]), I64), mask)

    def _store(self, value: Any, address: Any, mask: Any) -> None:
        pointer = self.b.inttoptr(address, value.type.as_pointer())
        self._watch(pointer, self._bytes(4, mask))
        if mask is None:
            self.b.store(value, pointer).align = 4
        else:
            self._masked("store", value.type, [value, pointer, I32(4), mask])

    def _bytes(self, size: int, mask: Any) -> Any:
        return I64(self.width * size) if mask is None else self.b.mul(self.left, I64(size))

    def _watch(self, pointer: Any, size: Any) -> None:
        """In the checked build, look whether these bytes may be touched."""
        if not arenas.CHECKED:
            return
        start = self.b.ptrtoint(pointer, I64)
        self.b.call(_watchman(self.module), [start, self.b.add(start, size)])

    def _masked(self, what: str, vector: Any, arguments: list[Any]) -> Any:
        element = {
            FLOAT: "f32",
            ir.DoubleType(): "f64",
            ir.HalfType(): "f16",
        }.get(vector.element, f"i{getattr(vector.element, 'width', 0)}")
        name = f"llvm.masked.{what}.v{self.width}{element}.p0"
        if what == "load":
            arguments = [*arguments, ir.Constant(vector, [vector.element(0)] * self.width)]
        result = vector if what == "load" else ir.VoidType()
        return self._call(name, result, arguments)

    def _call(self, name: str, result: Any, arguments: list[Any]) -> Any:
        function = self.module.globals.get(name)
        if function is None:
            kind = ir.FunctionType(result, [a.type for a in arguments])
            function = ir.Function(self.module, kind, name)
        return self.b.call(function, arguments)

    def _splat(self, value: Any) -> Any:
        vector = ir.VectorType(value.type, self.width)
        if isinstance(value, ir.Constant):
            return ir.Constant(vector, [value] * self.width)
        first = self.b.insert_element(ir.Constant(vector, ir.Undefined), value, I32(0))
        lanes = ir.Constant(ir.VectorType(I32, self.width), [0] * self.width)
        return self.b.shuffle_vector(first, ir.Constant(vector, ir.Undefined), lanes)

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
                memo[node] = self._load(node.payload, start, mask)
            else:
                arguments = [self._value(a, memo, start, mask) for a in node.arguments]
                memo[node] = self._compute(node, arguments, start)
        return memo[node]

    def _compute(self, node: Node, x: list[Any], start: Any) -> Any:
        b, name = self.b, node.operation
        if name == "constant":
            return self._splat(self._type(node.type, scalar=True)(node.payload))
        if name == "column_number":
            lanes = ir.Constant(ir.VectorType(I32, self.width), list(range(self.width)))
            return b.sitofp(b.add(self._splat(b.trunc(start, I32)), lanes), self._type("float"))
        if name == "row_number":
            number = b.add(self._entry(ROW_BASE), self.row)
            return self._splat(b.trunc(number, I32))
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
        return self._call(f"llvm.{llvm[name]}.v{self.width}f32", x[0].type, x)

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
        if constant and constant[0].operation == "constant":
            x, y, constant = y, x, constant[::-1]
        chosen = self.b.select(self.b.fcmp_unordered(sign, x, y), x, y)
        if constant and constant[1].operation == "constant":
            return chosen  # the constant is no NaN
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


def _watchman(module: ir.Module) -> Any:
    """Return the function that notes bytes which are in no arena."""
    known = module.globals.get("watchman")
    if known is not None:
        return known
    table = ir.GlobalVariable(module, ir.ArrayType(I64, 0), arenas.SYMBOL)
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
    b.cbranch(b.icmp_signed("<", place, b.load(word(I64(arenas.COUNT)))), look, fault)
    b.position_at_end(look)
    first = b.add(I64(arenas.FIRST), b.mul(place, I64(2)))
    inside = b.and_(
        b.icmp_signed(">=", start, b.load(word(first))),
        b.icmp_signed("<=", end, b.load(word(b.add(first, I64(1))))),
    )
    b.cbranch(inside, done, after)
    b.position_at_end(after)
    place.add_incoming(b.add(place, I64(1)), after)
    b.branch(head)
    b.position_at_end(fault)
    notes = {arenas.FAULT_START: start, arenas.FAULT_END: end}
    notes[arenas.FAULT] = I64(len(arenas.OPERANDS))
    for index, value in notes.items():
        b.store(value, word(I64(index)))
    b.branch(done)
    b.position_at_end(done)
    b.ret_void()
    return function


CHAINS = 4
"""Sums side by side along a row of what is quickly worked out: one waits for each addition."""

NEUTRAL = {"sum": 0.0, "max": float("-inf"), "min": float("inf")}
COMPARE = {
    **{"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="},
    **{"equal": "==", "not_equal": "!="},
}


def _size(element: Any) -> int:
    if element == FLOAT:
        return 4
    if element == ir.DoubleType():
        return 8
    return 2 if element == ir.HalfType() else element.width // 8


def _reductions(nodes: list[Node]) -> list[Node]:
    """Return the sums, maxima and minima under these nodes, each after those it needs."""
    found: dict[Node, None] = {}
    seen: set[Node] = set()

    def visit(node: Node) -> None:
        if node in seen:
            return
        seen.add(node)
        for argument in node.arguments:
            visit(argument)
        if node.operation.endswith(("_columns", "_rows")):
            found[node] = None

    for node in nodes:
        visit(node)
    return list(found)


def elementwise(function: Callable[..., Any], *arguments: float) -> Callable[[Array], Array]:
    """Return a formula of one array, compiled: a float32 array (n,) in, one out.

    >>> elementwise(np.exp)(np.zeros(3, np.float32))
    array([1., 1., 1.], dtype=float32)
    """
    x, y = Operand(0, "full"), Operand(1, "full")
    traced = function(x.tracer(), *arguments)
    (address,) = compile_kernels([Kernel(((traced.node, y),))])
    run = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)(address)

    def apply(values: Array) -> Array:
        given = np.ascontiguousarray(values, dtype=np.float32)
        result = np.empty_like(given)
        table = np.zeros(HEADER + 4, dtype=np.int64)
        table[HEADER:] = given.ctypes.data, 0, result.ctypes.data, 0
        run(table.ctypes.data, 1, given.size)
        return result

    return apply
