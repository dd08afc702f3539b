"""The memory that the engine may touch, and whether it kept to it: for the engine's checked build.

With BADAK_ENGINE_CHECKED=1 set when badak is imported, each matrix product, each transposition and
each load and store of a formula looks whether the bytes that it will touch lie in one of the
regions named here. If not, it makes a note, which :func:`check` raises. Otherwise all this does
nothing.
"""

import ctypes
import os

import numpy as np
from numpy.typing import NDArray

from badak._common.language import message

CHECKED = os.environ.get("BADAK_ENGINE_CHECKED", "") == "1"

SYMBOL = "badak_regions"
"""The table's name in machine code."""

OPERANDS = ("A", "B", "C", "bias", "panel", "source", "target", "formula")

COUNT, FAULT, FAULT_START, FAULT_END, FIRST = range(5)
"""The table: how many regions, 1 + the number of a wrong operand, its bytes; then the regions'."""

_MOST = 4096
_table = (ctypes.c_int64 * (FIRST + 2 * _MOST))()


def register(array: NDArray[np.generic]) -> None:
    """Let the checked engine touch the array's memory, until :func:`forget` is called with it.

    Raises
    ------
    MemoryError
        There are 4,096 regions already.
    """
    if not CHECKED:
        return
    count = _table[COUNT]
    if count == _MOST:
        raise MemoryError(
            message("the checked engine knows {most} regions at most; forget some", most=_MOST)
        )
    _table[FIRST + 2 * count] = array.ctypes.data
    _table[FIRST + 2 * count + 1] = array.ctypes.data + array.nbytes
    _table[COUNT] = count + 1


def forget(array: NDArray[np.generic]) -> None:
    """Take the array's memory from the checked engine; an unknown array is no error."""
    last = FIRST + 2 * (_table[COUNT] - 1)
    for place in range(FIRST, last + 1, 2):
        if _table[place] == array.ctypes.data:
            _table[place], _table[place + 1] = _table[last], _table[last + 1]
            _table[COUNT] -= 1
            return


def check() -> None:
    """Raise if the checked engine was about to touch other memory than its regions.

    Raises
    ------
    IndexError
        It was; the note is taken away.

    >>> check()  # nothing is wrong
    """
    fault = _table[FAULT]
    if fault:
        start, end = _table[FAULT_START], _table[FAULT_END]
        _table[FAULT] = 0
        raise IndexError(
            message(
                "the engine's {operands} would take the bytes {start:#x} to {end:#x}, which are "
                "in no region; this is a fault of badak's, please report it",
                operands=OPERANDS[fault - 1],
                start=start,
                end=end,
            )
        )


def _name_for_linkers() -> None:
    import llvmlite.binding as llvm

    llvm.add_symbol(SYMBOL, ctypes.addressof(_table))


if CHECKED:
    _name_for_linkers()
