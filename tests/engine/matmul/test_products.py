import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak.engine.machine import blocking, bytecode, folder
from badak.engine.machine import cache as compiled
from badak.typing import Array

ZERO, ACCUMULATE, BIAS = 0, 1, 2
EPSILON = 2.0**-24  # half a unit in the last place of float32
Call = Callable[..., int]


def build_multiply() -> Any:
    from numba import njit, types

    from badak.engine.matmul.products import multiply

    def run(A, a_row, a_col, B, b_row, C, c_row, M, N, K, start, bias, panel, prefetches):
        multiply(A, a_row, a_col, B, b_row, C, c_row, M, N, K, start, bias, panel, prefetches)

    return njit(run), types.void(*[types.intp] * 14)


def build_transpose() -> Any:
    from numba import njit, types

    from badak.engine.matmul.products import transpose

    def run(src, src_row, dst, dst_row, rows, cols):
        transpose(src, src_row, dst, dst_row, rows, cols)

    return njit(run), types.void(*[types.intp] * 6)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(folder.VARIABLE, str(tmp_path_factory.mktemp("cache")))
        yield os.environ[folder.VARIABLE]


@pytest.fixture(scope="module")
def multiply(cache: str) -> Call:
    return compiled.load("test-multiply", build_multiply).call


@pytest.fixture(scope="module")
def transpose(cache: str) -> Call:
    return compiled.load("test-transpose", build_transpose).call


def aligned(shape: tuple[int, int], fill: float = 0.0) -> Array:
    """Memory as the engine has it: it begins at a multiple of 64 bytes."""
    space = np.full(shape[0] * shape[1] + 16, fill, np.float32)
    start = -space.ctypes.data % 64 // 4
    return space[start : start + shape[0] * shape[1]].reshape(shape)


def put(array: Array) -> Array:
    place = aligned(array.shape)
    place[:] = array
    return place


PANEL = aligned((1, blocking.panel_floats()))
NO_PREFETCHES = np.zeros(bytecode.PREFETCHES_SIZE, np.int64)


def product(
    multiply: Call,
    a: Array,
    b: Array,
    c: Array,
    start: int = ZERO,
    bias: Array | None = None,
    prefetches: Array = NO_PREFETCHES,
) -> Array:
    """c = start + a @ b; a may be a transpose."""
    M, K = a.shape
    a_row, a_col = (stride // 4 for stride in a.strides)
    addresses = (a.ctypes.data, a_row, a_col, b.ctypes.data, b.strides[0] // 4, c.ctypes.data)
    sizes = (c.strides[0] // 4, M, c.shape[1], K, start)
    others = (0 if array is None else array.ctypes.data for array in (bias, PANEL, prefetches))
    assert multiply(*addresses, *sizes, *others) == 0
    return c


SIZES = st.one_of(st.integers(1, 30), st.sampled_from([1, 50, 100, 128, 161, 240, 241, 330, 500]))
VECTOR = blocking.WIDTH
WIDTHS = st.sampled_from(
    [*(VECTOR * count for count in (1, 2, 3, 5, 7, 9, 13)), 48, 64, 240, 256, 256 + VECTOR, 528]
)


@st.composite
def problems(draw: Any) -> tuple[Array, Array, Array, Array]:
    """A, plain or as a transpose, with rows that lie apart; B, C and a bias."""
    M, K, N = draw(SIZES), draw(SIZES), draw(WIDTHS)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    more = draw(st.sampled_from([0, 1, 16]))
    if draw(st.booleans()):
        a = put(rng.normal(size=(K, M + more)))[:, :M].T
    else:
        a = put(rng.normal(size=(M, K + more)))[:, :K]
    beside = draw(st.sampled_from([0, 16]))
    b = put(rng.normal(size=(K, N + beside)))[:, :N]
    c = put(rng.normal(size=(M, N + beside)))[:, :N]
    return a, b, c, put(rng.normal(size=(1, N)))


@settings(max_examples=200)
@given(problems(), st.sampled_from([ZERO, ACCUMULATE, BIAS]))
def test_a_product_is_what_float64_says(
    multiply: Call, problem: tuple[Array, Array, Array, Array], start: int
) -> None:
    a, b, c, bias = problem
    first = {ZERO: np.zeros_like(c), ACCUMULATE: c.copy(), BIAS: np.broadcast_to(bias, c.shape)}
    begin = first[start].astype(float)
    truth = begin + a.astype(float) @ b
    most = abs(begin) + abs(a).astype(float) @ abs(b)  # a chain of K roundings, none below this
    got = product(multiply, a, b, c, start, bias)
    assert (abs(got - truth) <= (a.shape[1] + 1) * EPSILON * most * 1.01).all()


@settings(max_examples=60)
@given(st.data())
def test_whole_numbers_are_multiplied_exactly(multiply: Call, data: Any) -> None:
    a, b, c, _ = data.draw(problems())
    a[:], b[:] = np.rint(8 * a), np.rint(8 * b)
    exact = np.rint(a).astype(int) @ np.rint(b).astype(int)
    assert (product(multiply, a, b, c) == exact).all()


@settings(max_examples=30)
@given(problems())
def test_every_number_is_one_chain_over_k(
    multiply: Call, problem: tuple[Array, Array, Array, Array]
) -> None:
    """Multiplying and adding one k after another, and rounding each time, gives the same bits."""
    a, b, c, bias = problem
    one_by_one = put(np.broadcast_to(bias, c.shape))
    for k in range(a.shape[1]):
        product(multiply, a[:, k : k + 1], b[k : k + 1], one_by_one, ACCUMULATE)
    assert (product(multiply, a, b, c, BIAS, bias) == one_by_one).all()


def test_a_step_of_the_chain_is_rounded_once(multiply: Call) -> None:
    if not blocking.FUSED:
        pytest.skip("this processor multiplies and adds in two steps")
    a, b, c = (
        put(np.array([[1 + 2.0**-12]])),
        aligned((1, 16), 1 - 2.0**-12),
        aligned((1, 16), -1.0),
    )
    assert (product(multiply, a, b, c, ACCUMULATE) == -(2.0**-24)).all()  # two roundings give 0


@settings(max_examples=40)
@given(problems(), st.data())
def test_cutting_rows_or_columns_changes_no_bit(
    multiply: Call, problem: tuple[Array, Array, Array, Array], data: Any
) -> None:
    a, b, c, _ = problem
    whole = product(multiply, a, b, c).copy()
    row = data.draw(st.integers(0, a.shape[0]))
    for rows in (slice(0, row), slice(row, None)):
        if a[rows].size:
            product(multiply, a[rows], b, c[rows])
    assert (c == whole).all()
    for j in range(0, b.shape[1], VECTOR):
        product(multiply, a, b[:, j : j + VECTOR], c[:, j : j + VECTOR])
    assert (c == whole).all()


@pytest.mark.parametrize("M", [1, 5, 12, 245])
@pytest.mark.parametrize("N", [16, 256])
def test_nothing_is_added_where_k_is_zero(multiply: Call, M: int, N: int) -> None:
    a, b, c = aligned((M, 1))[:, :0], aligned((1, N))[:0], aligned((M, N), 7.0)
    assert (product(multiply, a, b, c, ACCUMULATE) == 7).all()
    assert (product(multiply, a, b, c, BIAS, aligned((1, N), 3.0)) == 3).all()
    assert (product(multiply, a, b, c) == 0).all()


@settings(max_examples=60)
@given(problems())
def test_nothing_around_the_product_and_the_panel_is_written(
    multiply: Call, problem: tuple[Array, Array, Array, Array]
) -> None:
    a, b, c, bias = problem
    M, N = c.shape
    around = aligned((M + 4, N + 32), np.nan)
    inside = around[2:-2, 16:-16]
    panel = aligned((1, blocking.panel_floats() + 64), np.nan)
    a_row, a_col = (stride // 4 for stride in a.strides)
    addresses = (a.ctypes.data, a_row, a_col, b.ctypes.data, b.strides[0] // 4, inside.ctypes.data)
    sizes = (N + 32, M, N, a.shape[1], BIAS, bias.ctypes.data)
    before = [array.copy() for array in (a, b, bias)]
    multiply(*addresses, *sizes, panel.ctypes.data + 4 * 32, NO_PREFETCHES.ctypes.data)
    assert not np.isnan(inside).any()
    inside[:] = np.nan
    assert np.isnan(around).all()
    assert np.isnan(panel[0, :32]).all()
    assert np.isnan(panel[0, -32:]).all()
    for array, old in zip((a, b, bias), before, strict=True):
        assert (array == old).all()


@settings(max_examples=60)
@given(problems(), st.integers(0, 40))
def test_prefetches_change_no_product(
    multiply: Call, problem: tuple[Array, Array, Array, Array], count: int
) -> None:
    a, b, c, bias = problem
    apart = put(np.zeros((1, 16 * bytecode.MOST_PREFETCHES)))
    prefetches = np.zeros(bytecode.PREFETCHES_SIZE, np.int64)
    todo = prefetches[bytecode.FIRST_PREFETCH :].reshape(-1, bytecode.PREFETCH)
    prefetches[:2] = count, todo.ctypes.data
    todo[:count, 0] = apart.ctypes.data + 64 * np.arange(count)
    todo[:count, 1] = np.arange(count) % 7
    before = todo.copy()
    with_prefetches = product(multiply, a, b, c, BIAS, bias, prefetches).copy()
    assert (with_prefetches == product(multiply, a, b, c, BIAS, bias)).all()
    left, following = prefetches[:2]
    assert 0 <= left <= count
    assert following == todo.ctypes.data + 8 * bytecode.PREFETCH * (count - left)
    assert (todo == before).all()
    assert not apart.any()


def test_each_tile_takes_a_prefetch(multiply: Call) -> None:
    rows = 4 * blocking.TALLEST
    a, b, c = aligned((rows, 20)), aligned((20, blocking.STRIP)), aligned((rows, blocking.STRIP))
    prefetches = np.zeros(bytecode.PREFETCHES_SIZE, np.int64)
    todo = prefetches[bytecode.FIRST_PREFETCH :]
    prefetches[:2] = 10, todo.ctypes.data
    todo[0:20:2] = a.ctypes.data
    product(multiply, a, b, c, prefetches=prefetches)
    assert prefetches[0] == 10 - 4


NAN_AND_INFINITY = np.array([[np.nan, np.inf, -np.inf, 1.0]])


def test_nan_and_infinity_go_where_they_belong(multiply: Call) -> None:
    a = put(np.eye(4) * 1.0)
    b = aligned((4, 16))
    b[:, :4] = np.diag(NAN_AND_INFINITY[0])
    with np.errstate(invalid="ignore"):
        truth = a.astype(float) @ b.astype(float)
    assert np.array_equal(product(multiply, a, b, aligned((4, 16))), truth, equal_nan=True)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 20), st.integers(0, 20))
def test_a_transpose_is_a_transpose(
    transpose: Call, rows: int, cols: int, beside: int, below: int
) -> None:
    rng = np.random.default_rng(rows * 64 + cols)
    source = rng.random((rows + 1, cols + beside + 1), np.float32)
    target = np.full((cols + 2, rows + below + 1), -1, np.float32)
    steps = source.strides[0] // 4, target.strides[0] // 4
    transpose(source.ctypes.data, steps[0], target.ctypes.data, steps[1], rows, cols)
    assert (target[:cols, :rows] == source[:rows, :cols].T).all()
    target[:cols, :rows] = -1
    assert (target == -1).all()


def run_python(script: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


HELPERS = """
import ctypes, mmap, sys
import numpy as np
from badak.engine.machine import blocking, bounds, bytecode
from badak.engine.machine import cache as compiled

def aligned(shape, fill=0.0):
    space = np.full(shape[0] * shape[1] + 16, fill, np.float32)
    start = -space.ctypes.data % 64 // 4
    return space[start : start + shape[0] * shape[1]].reshape(shape)

def build():
    from numba import njit, types
    from badak.engine.matmul.products import multiply
    def run(A, a_row, a_col, B, b_row, C, c_row, M, N, K, start, bias, panel, prefetches):
        multiply(A, a_row, a_col, B, b_row, C, c_row, M, N, K, start, bias, panel, prefetches)
    return njit(run), types.void(*[types.intp] * 14)

panel = aligned((1, blocking.panel_floats()))
no_prefetches = np.zeros(bytecode.PREFETCHES_SIZE, np.int64)
multiply = compiled.load("test-multiply", build).call

def product(a, b, c, start=0, bias=None):
    strides = [stride // 4 for x in (a, b, c) for stride in x.strides]
    multiply(a.ctypes.data, strides[0], strides[1], b.ctypes.data, strides[2], c.ctypes.data,
             strides[4], *a.shape[:1], c.shape[1], a.shape[1], start,
             0 if bias is None else bias.ctypes.data, panel.ctypes.data,
             no_prefetches.ctypes.data)
    return c
"""

EVERY_SHAPE = """
rng = np.random.default_rng(0)
whole = lambda *shape: rng.integers(-9, 10, shape).astype(np.float32)
for M in (1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 50, 250):
    for K in (1, 7, 330):
        vectors = (blocking.WIDTH * count for count in range(1, 10))
        for N in (*vectors, 112, 240, 256, 256 + blocking.WIDTH, 304):
            a, b, c, bias = (aligned(s) for s in ((M, K), (K, N), (M, N), (1, N)))
            a[:], b[:], bias[:] = whole(M, K), whole(K, N), whole(1, N)
            for x in (a, np.asfortranarray(a)):
                assert (product(x, b, c, 2, bias) == a.astype(int) @ b.astype(int) + bias).all()
for M in (1, 2, 3, 4, 9, 50, 81, 161):
    for K in (1, 31, 32, 63, 64, 130, 784):
        for N in (1, 2, 3, 4, 17, 50, 100, 257):
            wide = -(-N // blocking.WIDTH) * blocking.WIDTH
            a, b, c, bias = (aligned(s) for s in ((M, K), (K, wide), (M, wide), (1, wide)))
            a[:], b[:, :N], bias[:, :N] = whole(M, K), whole(K, N), whole(1, N)
            for x in (a, np.asfortranarray(a)):
                product(x, b[:, :N], c[:, :N], 2, bias)
                assert (c == a.astype(int) @ b.astype(int) + bias).all()
print("right", blocking.WIDTH, blocking.VECTORS, blocking.FUSED)
"""

PRETEND = """
from badak.engine.machine import target as machine
real, seen = machine.processor(), machine.processor
machine.processor = lambda: machine.Processor(real.name, {features!r}, {width})
from badak.engine.machine import blocking
machine.processor = seen
"""


@pytest.mark.parametrize(
    ("features", "width", "vectors"),
    [("+avx512f,+avx512vl", 16, 4), ("+avx2,+fma", 8, 2), ("+neon", 4, 4)],
)
def test_other_processors_shapes_give_the_same(
    features: str, width: int, vectors: int, tmp_path: Any
) -> None:
    """The tiles of AVX-512, AVX2 and NEON, on this processor."""
    pretend = PRETEND.format(features=features, width=width)
    said = run_python(pretend + HELPERS + EVERY_SHAPE, BADAK_CACHE=str(tmp_path))
    assert said.split() == ["right", str(width), str(vectors), "True"]


def test_a_processor_without_fused_multiply_add_gives_the_same(tmp_path: Any) -> None:
    variables = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    said = run_python(HELPERS + EVERY_SHAPE, BADAK_CACHE=str(tmp_path), **variables)
    assert said.split() == ["right", "4", "2", "False"]


AT_THE_END_OF_MEMORY = """
page = mmap.PAGESIZE
libc = ctypes.CDLL(None, use_errno=True)
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
kept = []

def last_numbers(count):
    "An array after which, and before whose page, no memory may be read."
    pages = -(-4 * count // page) + 2
    memory = mmap.mmap(-1, pages * page)
    array = np.frombuffer(memory, np.float32)
    kept.append((memory, array))
    for guard in (0, pages - 1):
        assert libc.mprotect(array.ctypes.data + guard * page, page, 0) == 0
    return array[(pages - 1) * page // 4 - count : (pages - 1) * page // 4]

W = blocking.WIDTH
sizes = (1, 784, 64), (1, 20, 7 * W), (5, 3, W), (50, 784, 7 * W), (13, 331, 256 + W), (250, 7, 256)
edges = (1, 785, 2), (1, 64, W + 1), (51, 784, 3 * W + 2), (9, 64, 1), (93, 130, 256 + 1)
for M, K, N in sizes + edges:
    wide = -(-N // W) * W
    for transposed in (False, True):
        a = last_numbers(M * K).reshape((K, M) if transposed else (M, K))
        a[:] = 1
        b, c, bias = (last_numbers(r * wide).reshape(r, wide)[:, :N] for r in (K, M, 1))
        b[:], bias[:] = 1, 1
        panel = last_numbers(blocking.panel_floats())
        assert (product(a.T if transposed else a, b, c, 2, bias) == K + 1).all()
print("right")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="guards pages as POSIX has it")
def test_nothing_beyond_the_operands_is_read(cache: str) -> None:
    assert run_python(HELPERS + AT_THE_END_OF_MEMORY, BADAK_CACHE=cache) == "right\n"


CHECKED = """
a, b, c, bias = (aligned(s, 1.0) for s in ((6, 5), (5, 32), (6, 32), (1, 32)))
rows = c[:5]
for array in (a, b, rows, bias, panel):
    bounds.register(array)
product(a[:5], b, rows, 2, bias)
bounds.check()
assert (rows == 6).all()

def refused(*operands):
    before = c.copy()
    product(*operands)
    assert (c == before).all()
    try:
        bounds.check()
    except IndexError as error:
        bounds.check()
        return str(error)

print(refused(a, b, c))
print(refused(a[:5], b, rows, 2, aligned((1, 32))))
bounds.forget(b)
print(refused(a[:5], b, rows))
"""


def test_the_checked_engine_refuses_other_memory(tmp_path: Any) -> None:
    said = run_python(HELPERS + CHECKED, BADAK_CACHE=str(tmp_path), BADAK_ENGINE_CHECKED="1")
    starts = [line.split(" would take")[0] for line in said.splitlines()]
    assert starts == ["the engine's C", "the engine's bias", "the engine's B"]
