"""Turning a square of numbers, a vector a row, so that rows become columns."""

from typing import Any

from llvmlite import ir


def transposed(builder: Any, rows: list[Any]) -> list[Any]:
    """Transpose as many vectors as each has numbers, a power of two; return the columns.

    The halves off the diagonal are swapped, then those of each quarter, and so on.
    """
    rows, half = list(rows), len(rows) // 2
    while half:
        for i in range(len(rows)):
            if not i & half:
                rows[i], rows[i + half] = _swapped(builder, rows[i], rows[i + half], half)
        half //= 2
    return rows


def _swapped(builder: Any, upper: Any, lower: Any, half: int) -> tuple[Any, Any]:
    size = upper.type.count
    lanes = range(size)
    left = [size + lane - half if lane & half else lane for lane in lanes]
    right = [size + lane if lane & half else lane + half for lane in lanes]
    return (
        builder.shuffle_vector(upper, lower, lanes_of(left)),
        builder.shuffle_vector(upper, lower, lanes_of(right)),
    )


def lanes_of(numbers: list[int]) -> Any:
    """Return which lanes a shuffled vector takes."""
    kind = ir.IntType(32)
    return ir.Constant(ir.VectorType(kind, len(numbers)), numbers)
