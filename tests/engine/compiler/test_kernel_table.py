"""Settings and widths are operands: networks that differ in them share their machine code."""

import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest

from badak import Input, Sequential
from badak.engine.compiler.constants import pooled
from badak.engine.compiler.kernels import KERNELS, KernelTable, elementwise
from badak.engine.compiler.operands import Kernel, Operand
from badak.engine.program.program import Program
from badak.layers import Dense, Dropout, GaussianNoise, LayerNormalization, LeakyReLU
from badak.optimizers import Adam

X = np.random.default_rng(0).normal(size=(64, 8)).astype(np.float32)
T = np.arange(64) % 3


def train(l2=1.1e-4, dropout=0.11, beta=0.91, slope=0.3, units=20, epsilon=1e-3, decay=0.013):
    """A network of all that takes numbers, trained and asked once; its last weights."""
    model = Sequential(
        [
            Input((8,)),
            Dense(units, "tanh", kernel_regularizer={"name": "L2", "l2": l2}),
            LeakyReLU(slope),
            Dropout(dropout),
            GaussianNoise(dropout),
            LayerNormalization(epsilon=epsilon),
            Dense(3, "softmax"),
        ],
        seed=1,
    )
    model.compile(Adam(0.01, beta_1=beta, weight_decay=decay))
    model.fit(X, T, epochs=1, verbose=0)
    return model.predict(X)


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("l2", [1e-5, 3e-4, 0.01]),
        ("dropout", [0.15, 0.3, 0.45]),
        ("beta", [0.71, 0.83, 0.96]),
        ("slope", [0.07, 0.17, 0.23]),
        ("units", [21, 30, 47]),
        ("epsilon", [1.7e-4, 1.3e-5, 1.9e-6]),
        ("decay", [1e-4, 0.002, 0.03]),
    ],
)
def test_another_number_compiles_nothing_and_counts(setting, values):
    train()
    before = KERNELS.compiled
    answers = [train(**{setting: value}) for value in values]
    assert KERNELS.compiled == before
    assert len({answer.tobytes() for answer in answers}) == len(values)


def number(value):
    """A kernel of y = x + value, with the value in it."""
    x, y = Operand(0, "full"), Operand(1, "full")
    return Kernel((((x.tracer() + value).node, y),))


def test_a_kernel_is_compiled_once_and_freed_with_its_last_user():
    table = KernelTable(most=1)
    (code,) = table.compile([number(3.25)])
    assert table.compile([number(3.25)]) == [code]
    assert table.compiled == 1
    address, gone = code.address, weakref.ref(code)
    assert address
    table.compile([number(4.25)])  # the table itself remembers one
    assert len(table) == 2
    del code
    gc.collect()
    assert gone() is None
    assert len(table) == 1


def test_no_more_kernels_are_remembered_than_the_table_is_to():
    table = KernelTable(most=3)
    for value in range(5, 15):
        table.compile([number(value + 0.25)])
    gc.collect()
    assert len(table) == 3
    assert table.compiled == 10
    table.compile([number(14.25)])
    assert table.compiled == 10


def test_a_program_keeps_its_code_when_the_table_forgets_it():
    table = KernelTable(most=1)
    program = Program(4, table)
    x, y = program.vector(16), program.vector(16)
    computation = program.computation()
    value = computation.reads(program.at(x.ctypes.data), 16) * 1.7
    computation.writes(value, program.at(y.ctypes.data))
    program.columns(computation, 16, 1)
    program.assemble()
    table.compile([number(4.25)])
    gc.collect()
    assert len(table) == 2
    del program
    gc.collect()
    assert len(table) == 1


@pytest.mark.parametrize("value", [0.1, 1.0 / 3.0, 1e-45, 16777217.0, -0.7])
def test_a_number_is_rounded_to_float32_as_numpy_rounds_it(value):
    x, y = Operand(0, "full"), Operand(1, "full")
    _, pool = pooled((((x.tracer() * value).node, y),))
    assert pool == np.float32(value).tobytes()


def test_formulas_that_differ_in_numbers_are_one_with_two_pools():
    x, y = Operand(0, "full"), Operand(1, "full")

    def formula(slope):
        sloped: Any = np.where(x.tracer() > 0.0, x.tracer(), slope * x.tracer())  # a tracer too
        return pooled(((sloped.node, y),))

    (one, its_pool), (other, other_pool) = formula(0.3), formula(0.2)
    assert one == other
    assert its_pool != other_pool


def test_what_shapes_the_code_stays_in_it():
    x, y = Operand(0, "full"), Operand(1, "full")
    for value in (0.0, 1.0, -2.0, np.inf, np.nan):
        assert pooled((((x.tracer() + value).node, y),))[1] == b""
    assert pooled((((x.tracer() ** 2.7).node, y),))[1] == b""  # an exponent


def test_equal_pools_of_a_program_are_one():
    program = Program(4)
    words = np.float32([0.9, 0.1]).tobytes()
    assert program.pool(b"") == 0
    assert program.pool(words) == program.pool(words)
    assert len(program.kept) == 1


def test_threads_that_compile_at_once_get_working_code():
    table, made = KernelTable(most=2), []

    def work(value):
        made.append(table.compile([number(value), number(7.75)]))

    threads = [threading.Thread(target=work, args=(v + 0.75,)) for v in range(20, 26)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert all(code.address for codes in made for code in codes)


def test_a_compiled_function_keeps_its_code():
    double = elementwise(lambda x: x * 2.125)
    for value in range(KERNELS.most + 5):
        KERNELS.compile([number(value + 0.375)])
    gc.collect()
    np.testing.assert_array_equal(double(np.float32([1.0, 2.0])), [2.125, 4.25])
