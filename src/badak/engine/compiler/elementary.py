"""Elementary functions (:mod:`badak.engine.compiler.mathematics`) as LLVM IR."""

import math
from collections.abc import Callable
from typing import Any

from badak.engine.compiler import mathematics
from badak.tracing.node import make
from badak.tracing.tracer import Tracer, as_node, binary, unary, where


class Primitives:
    """What :mod:`badak.engine.compiler.mathematics` is made of, written down."""

    copysign = staticmethod(lambda a, b: binary("copysign", a, b))
    where = staticmethod(where)
    floor = staticmethod(lambda x: unary("floor", x))
    abs = staticmethod(lambda x: unary("absolute", x))

    @staticmethod
    def fma(a: Any, b: Any, c: Any) -> Tracer:
        """Return a * b + c, rounded once."""
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
