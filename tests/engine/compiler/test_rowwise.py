"""Kernels with a row in each lane, beside NumPy in float64 and in parts."""

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak.engine.compiler.kernels import KERNELS
from badak.engine.compiler.operands import HEADER, ORDER, ROW_BASE, ROW_COUNT, Kernel, Operand
from badak.engine.compiler.rowwise import MOST_COLUMNS
from badak.typing import Array

X, LABEL, WEIGHT, SHIFT, SCALE = (
    Operand(0, "full"),
    Operand(1, "label", ordered=True),
    Operand(2, "row"),
    Operand(3, "columns"),
    Operand(4, "scalar"),
)
OUT, VALUE = Operand(5, "full"), Operand(6, "row")


def weighted_cross_entropy(columns: int) -> list[tuple[Any, Operand]]:
    """Something of everything: a matrix out and a number a row, from all kinds of operands."""
    x, label, weight, shift, scale = (o.tracer(columns) for o in (X, LABEL, WEIGHT, SHIFT, SCALE))
    x = (x + shift) * scale
    exponentials = np.exp(x - np.max(x, axis=-1, keepdims=True))
    total = exponentials.sum(axis=-1, keepdims=True)
    one_hot = np.where(np.arange(columns) == label, 1.0, 0.0)
    probabilities = exponentials / total
    value = weight * (np.log(total) + np.max(x, axis=-1) - (x * one_hot).sum(axis=-1))
    return [((probabilities - one_hot).node, OUT), (value.node, VALUE)]


def in_float64(x: Array, label: Array, weight: Array, shift: Array) -> tuple[Array, Array]:
    x = (x.astype(float) + shift) * 0.5
    exponentials = np.exp(x - x.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    value = -weight * np.log(probabilities[rows, label])
    probabilities[rows, label] -= 1.0
    return probabilities, value


def kernel_of(columns: int) -> Callable[..., None]:
    outputs = tuple(weighted_cross_entropy(columns))
    (code,) = KERNELS.compile([Kernel(outputs, rowwise_columns=columns)])
    return ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)(code.address)


class Problem:
    """Arrays with other numbers around them, which must stay."""

    def __init__(self, rows: int, columns: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.rows, self.columns = rows, columns
        self.row = columns + int(rng.integers(0, 20))
        self.x = rng.normal(0.0, 4.0, (rows, self.row)).astype(np.float32)
        self.order = rng.permutation(rows)
        self.label = rng.integers(0, columns, rows)
        self.weight = rng.random(rows, np.float32)
        self.shift = rng.normal(size=columns).astype(np.float32)
        self.scale = np.full(1, 0.5, np.float32)
        self.out = np.full((rows + 1, self.row), 9.5, np.float32)
        self.value = np.full(rows + 1, 9.5, np.float32)

    def run(self, first: int, end: int) -> None:
        table = np.zeros(HEADER + 14, np.int64)
        table[ROW_BASE], table[ROW_COUNT] = first, self.rows
        table[ORDER] = self.order[first:].ctypes.data
        places: list[tuple[Array, int]]
        places = [(self.x[first:], self.row), (self.label, 1), (self.weight[first:], 1),
                  (self.shift, 0), (self.scale, 0), (self.out[first:], self.row),
                  (self.value[first:], 1)]  # fmt: skip
        table[HEADER::2] = [array.ctypes.data for array, _ in places]
        table[HEADER + 1 :: 2] = [row for _, row in places]
        kernel_of(self.columns)(table.ctypes.data, end - first, self.columns)


@settings(max_examples=60)
@given(st.integers(1, 70), st.integers(1, MOST_COLUMNS), st.integers(0, 2**32))
def test_what_it_computes(rows: int, columns: int, seed: int) -> None:
    problem = Problem(rows, columns, seed)
    problem.run(0, rows)
    x = problem.x[:, :columns]
    out, value = in_float64(x, problem.label[problem.order], problem.weight, problem.shift)
    np.testing.assert_allclose(problem.out[:rows, :columns], out, rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(problem.value[:rows], value, rtol=2e-5, atol=5e-6)
    assert (problem.out[:rows, columns:] == 9.5).all()
    assert (problem.out[rows:] == 9.5).all()
    assert (problem.value[rows:] == 9.5).all()


@settings(max_examples=60)
@given(st.data())
def test_a_row_comes_out_the_same_in_any_company(data: Any) -> None:
    rows, columns = data.draw(st.integers(1, 70)), data.draw(st.integers(1, MOST_COLUMNS))
    seed = data.draw(st.integers(0, 2**32))
    whole, parts = Problem(rows, columns, seed), Problem(rows, columns, seed)
    whole.run(0, rows)
    ends = sorted(data.draw(st.sets(st.integers(1, rows), max_size=4)) | {rows})
    for first, end in zip([0, *ends], ends, strict=False):
        parts.run(first, end)
    assert (whole.out == parts.out).all()
    assert (whole.value == parts.value).all()


@pytest.mark.parametrize("columns", [1, 3, 16])
def test_no_rows_are_no_fault(columns: int) -> None:
    problem = Problem(4, columns, 0)
    problem.run(0, 0)
    assert (problem.out == 9.5).all()


def test_nan_stays_in_its_row() -> None:
    problem = Problem(20, 5, 1)
    problem.x[7, 2] = np.nan
    problem.run(0, 20)
    assert np.isnan(problem.value[7])
    assert np.isfinite(np.delete(problem.value, 7)).all()
