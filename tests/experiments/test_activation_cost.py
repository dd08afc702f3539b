import time

import numpy as np
import pytest

from badak.experiments import Verdict, get
from badak.experiments.activation_cost import NAMES
from badak.experiments.clock import medians
from badak.pictures.canvas import canvas


@pytest.fixture(scope="module")
def found():
    return get("activation-cost")()


def test_the_statement_holds_in_numpy_and_in_the_engine(found):
    assert found.verdict is Verdict.HOLDS
    for how in ("numpy", "engine"):
        for name in ("sigmoid", "tanh"):
            ratio = found.numbers[f"{how}_{name}"] / found.numbers[f"{how}_relu"]
            assert found.numbers[f"{how}_{name}_ratio"] == pytest.approx(ratio)
            assert ratio > 1.5


def test_numpys_exponential_alone_costs_more_than_relu():
    x = np.random.default_rng(1).standard_normal(8192, dtype=np.float32)
    times = medians({"max": lambda: np.maximum(x, 0.0), "exp": lambda: np.exp(x)}, 15, 20)
    assert times["exp"] > times["max"]


def test_a_clock_measures_what_a_task_takes_and_one_slow_round_does_not_count():
    naps = iter([0.0, 0.005, 0.005, 0.1])
    assert 0.005 <= medians({"nap": lambda: time.sleep(next(naps))}, rounds=3)["nap"] < 0.1


def test_the_figure_has_a_mark_for_each_function(found):
    for language, theme in (("en", "light"), ("ko", "dark")):
        with canvas(language=language, theme=theme, size=found.size) as on:
            found.draw(on)
            marks = [line for line in on.ax.lines if line.get_marker() in ("o", "s")]
            assert [len(line.get_xdata()) for line in marks] == [len(NAMES)] * 2
