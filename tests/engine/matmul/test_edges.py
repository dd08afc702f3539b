from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from badak.engine.machine import blocking
from badak.typing import Array
from tests.engine.matmul.test_products import (
    ACCUMULATE,
    BIAS,
    EPSILON,
    ZERO,
    Call,
    aligned,
    cache,
    multiply,
    product,
    put,
)

__all__ = ["cache", "multiply"]  # fixtures

ROWS = st.one_of(st.integers(1, 20), st.sampled_from([33, 72, 80, 81, 96, 165]))
DEPTHS = st.one_of(st.integers(1, 140), st.sampled_from([256, 784, 1000]))
WHOLE = st.sampled_from([0, 1, 2, 3, 6, 16])
Problem = tuple[Array, Array, Array, Array]


@st.composite
def problems(draw: Any, transposed: bool | None = None) -> Problem:
    """A, plain or as a transpose; B, C and a bias, whose columns do not fill their vectors."""
    M, K = draw(ROWS), draw(DEPTHS)
    N = draw(WHOLE) * blocking.WIDTH + draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    more = draw(st.sampled_from([0, 1, 16]))
    if draw(st.booleans()) if transposed is None else transposed:
        a = put(rng.normal(size=(K, M + 16 + more)))[:, :M].T
    else:
        a = put(rng.normal(size=(M, K + more)))[:, :K]
    b, bias = (with_room(rng, rows, N) for rows in (K, 1))
    return a, b, with_room(rng, M, N), bias


def with_room(rng: Any, rows: int, columns: int) -> Array:
    """Numbers in memory whose rows are whole vectors; they are filled up with zeros."""
    memory = aligned((rows, -(-columns // 16) * 16))
    memory[:, :columns] = rng.normal(size=(rows, columns))
    return memory[:, :columns]


def whole_rows(array: Array) -> Array:
    """An array of :func:`with_room`, with the workspace."""
    assert array.base is not None
    return np.lib.stride_tricks.as_strided(array, (len(array), array.strides[0] // 4))


@settings(max_examples=200)
@given(problems(), st.sampled_from([ZERO, ACCUMULATE, BIAS]))
def test_an_edge_is_what_float64_says(multiply: Call, problem: Problem, start: int) -> None:
    a, b, c, bias = problem
    first = {ZERO: np.zeros_like(c), ACCUMULATE: c.copy(), BIAS: np.broadcast_to(bias, c.shape)}
    begin = first[start].astype(float)
    truth = begin + a.astype(float) @ b
    most = abs(begin) + abs(a).astype(float) @ abs(b)
    got = product(multiply, a, b, c, start, bias)
    assert (abs(got - truth) <= (a.shape[1] + 1) * EPSILON * most * 1.01).all()


@settings(max_examples=100)
@given(problems(), st.data(), st.sampled_from([ZERO, BIAS]))
def test_a_row_of_an_edge_does_not_depend_on_its_company(
    multiply: Call, problem: Problem, data: Any, start: int
) -> None:
    a, b, c, bias = problem
    start = start if a.strides[1] == 4 else ZERO  # gradients start from zero
    together = product(multiply, a, b, c, start, bias).copy()
    row = data.draw(st.integers(0, len(a)))
    for rows in (slice(0, row), slice(row, None)):
        if a[rows].size:
            product(multiply, a[rows], b, c[rows], start, bias)
    assert c.tobytes() == together.tobytes()
    alone = data.draw(st.integers(0, len(a) - 1))
    c[:] = 0.0
    product(multiply, a[alone : alone + 1], b, c[alone : alone + 1], start, bias)
    assert c[alone].tobytes() == together[alone].tobytes()


@settings(max_examples=60)
@given(problems())
def test_what_fills_the_last_vector_is_zero(multiply: Call, problem: Problem) -> None:
    a, b, c, bias = problem
    memory, width = whole_rows(c), c.shape[1]
    memory[:] = 7.0
    product(multiply, a, b, c, BIAS, bias)
    written = -(-width // blocking.WIDTH) * blocking.WIDTH
    assert (memory[:, width:written] == 0).all()
    assert (memory[:, written:] == 7).all()


@settings(max_examples=40)
@given(problems(transposed=True))
def test_a_gradients_edge_is_the_chains_of_its_columns(multiply: Call, problem: Problem) -> None:
    """As a column of a whole vector would be: a block's bits hang on no width."""
    a, b, c, _ = problem
    width = c.shape[1]
    got = product(multiply, a, b, c).copy()
    wide_b, wide_c = (aligned((len(x), x.strides[0] // 4 + 16)) for x in (b, c))
    wide_b[:, :width] = b
    product(multiply, a, wide_b, wide_c)
    assert (wide_c[:, :width] == got).all()


def test_a_gradients_zeros_have_the_sign_that_a_tiles_have(multiply: Call) -> None:
    """Whether a band of a gradient has an edge hangs on its height, and so on the threads."""
    a, b, c = aligned((64, 96), 1e-30), aligned((64, 32), -1e-30), aligned((96, 32))
    for rows in (slice(0, 96), slice(0, 8), slice(8, 96)):
        product(multiply, a[:, rows].T, b[:, :17], c[rows, :17])
        assert (c[rows, :17] == 0).all()
        assert np.signbit(c[rows, :17]).all()


def test_flawed_numbers_beside_an_edge_do_not_reach_it(multiply: Call) -> None:
    """Nothing after a row of A, nor after the batch, has a part in a sum."""
    rng = np.random.default_rng(0)
    memory = put(rng.normal(size=(9, 96)))
    memory[:, 70:] = np.nan
    memory[7:] = np.inf
    b, c = with_room(rng, 70, 2), with_room(rng, 7, 2)
    for rows in (7, 1):
        got = product(multiply, memory[:rows, :70], b, c[:rows])
        assert np.isfinite(got).all()
    transposed = put(rng.normal(size=(64, 96)))
    transposed[:, 70:] = np.nan
    got = product(multiply, transposed[:, :70].T, with_room(rng, 64, 2), with_room(rng, 70, 2))
    assert np.isfinite(got).all()
