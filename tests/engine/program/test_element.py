"""A program's element type decides how far its numbers lie apart and what its kernels read."""

import pytest
from llvmlite import ir

from badak.engine.machine.element import FLOAT32, Element
from badak.engine.program.program import Program, in_batch

DOUBLE = Element("float64", 8, ir.DoubleType())


@pytest.mark.parametrize("element", [FLOAT32, DOUBLE], ids=lambda element: element.name)
def test_rows_vectors_and_operands_are_of_the_programs_element(element):
    program = Program(7, element=element)
    first, second = program.buffer(20), program.buffer(20)
    place = in_batch(first)
    assert place.bytes_a_row == element.bytes * first.row
    assert place.shift == program.at(0).shift == element.bytes
    assert second.offset == 7 * place.bytes_a_row
    operand = program.computation().reads(place, 20).node.payload
    assert operand.element == element.name


def test_one_number_a_row_is_float32_whatever_the_element():
    program = Program(7, element=DOUBLE)
    operand = program.computation().reads(program.line(), 1, "row").node.payload
    assert operand.element == FLOAT32.name


def test_a_cache_line_holds_twice_as_many_numbers_of_half_the_size():
    assert FLOAT32.lane == 2 * DOUBLE.lane
