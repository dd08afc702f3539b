import time

import pytest

from badak.experiments import Verdict, activation_cost, get
from badak.experiments.activation_cost import NAMES
from badak.experiments.clock import medians
from badak.pictures.canvas import canvas


@pytest.fixture(scope="module")
def found():
    return get("activation-cost")()


def test_the_ratios_are_those_of_the_times(found):
    for how in ("numpy", "engine"):
        for name in NAMES:
            assert found.numbers[f"{how}_{name}"] > 0
        for name in ("sigmoid", "tanh"):
            ratio = found.numbers[f"{how}_{name}"] / found.numbers[f"{how}_relu"]
            assert found.numbers[f"{how}_{name}_ratio"] == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("by_numpy", "by_engine", "verdict"),
    [
        ({"sigmoid": 9.0, "tanh": 4.0}, {"sigmoid": 2.5, "tanh": 2.6}, Verdict.HOLDS),
        ({"sigmoid": 9.0, "tanh": 0.5}, {"sigmoid": 2.5, "tanh": 2.6}, Verdict.IN_PART),
        ({"sigmoid": 1.1, "tanh": 0.5}, {"sigmoid": 1.4, "tanh": 1.0}, Verdict.FAILS),
    ],
)
def test_the_verdict_goes_by_what_was_measured(by_numpy, by_engine, verdict, monkeypatch):
    ones = dict.fromkeys(NAMES, 1.0)
    monkeypatch.setattr(activation_cost, "by_numpy", lambda seed: ones | by_numpy)
    monkeypatch.setattr(activation_cost, "by_engine", lambda seed: ones | by_engine)
    monkeypatch.setattr(activation_cost, "by_training", lambda seed: ones)
    assert get("activation-cost")().verdict is verdict


def test_a_clock_measures_what_a_task_takes_and_one_slow_round_does_not_count():
    naps = iter([0.0, 0.005, 0.005, 0.1])
    assert 0.005 <= medians({"nap": lambda: time.sleep(next(naps))}, rounds=3)["nap"] < 0.1


def test_the_figure_has_a_mark_for_each_function(found):
    for language, theme in (("en", "light"), ("ko", "dark")):
        with canvas(language=language, theme=theme, size=found.size) as on:
            found.draw(on)
            marks = [line for line in on.ax.lines if line.get_marker() in ("o", "s")]
            assert [len(line.get_xdata()) for line in marks] == [len(NAMES)] * 2
