"""Numbers too small for float32's full precision, and what is left of them after training."""

import numpy as np
import pytest

from badak import Input, Sequential, layers, optimizers
from badak.engine.machine.threads import pool
from badak.engine.program import training

SMALLEST_NORMAL = np.finfo(np.float32).smallest_normal


def trained_on_nothing(engine: str) -> Sequential:
    """Momentum of a gradient that is not there any more, after 2,000 steps."""
    model = Sequential([Input((3,)), layers.Dense(4, use_bias=False)], engine=engine)
    model.compile(optimizers.Momentum(learning_rate=1e-3), "mean_squared_error")
    for x, steps in ((np.ones((8, 3)), 3), (np.zeros((8, 3)), 2_000)):
        model.fit(np.tile(x, (steps, 1)), np.zeros((8 * steps, 4)), batch_size=8, verbose=0)
    return model


def test_what_an_optimizer_keeps_shrinks_to_nothing_while_training() -> None:
    (kept,) = trained_on_nothing("compiled").slots().values()
    assert not kept.any()
    (kept,) = trained_on_nothing("reference").slots().values()
    assert kept.any(), "the reference keeps subnormal numbers; else this shows nothing"


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_caller_computes_afterwards_as_before(
    threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BADAK_NUM_THREADS", threads)
    monkeypatch.setattr(training, "SMALL", 0)
    small = np.full(100, SMALLEST_NORMAL)
    before = small * np.float32(0.25)
    assert (before > 0).all()
    trained_on_nothing("compiled")
    assert (small * np.float32(0.25) == before).all()
    modes = []
    pool().run(lambda thread, threads: modes.append((small * np.float32(0.25)).tolist()), 2)
    assert modes == [before.tolist()] * 2


def test_answers_keep_subnormal_numbers() -> None:
    model = Sequential([Input((1,)), layers.Dense(1)])
    model.set_weights([np.ones((1, 1)), np.zeros(1)])
    x = np.full((40, 1), SMALLEST_NORMAL / 8, np.float32)
    assert (model.predict(x) == x).all()
