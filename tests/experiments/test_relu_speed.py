import numpy as np
import pytest

from badak import Input, Sequential
from badak.experiments import Verdict, get
from badak.experiments.learning_speed import learn_until
from badak.experiments.relu_speed import GOAL, RATES, judged, median_and_range
from badak.layers import Dense


@pytest.fixture(scope="module")
def found():
    return get("relu-speed")()


def test_relu_is_faster_than_the_sigmoid_but_not_than_tanh(found):
    assert found.verdict is Verdict.IN_PART
    assert found.numbers["over_sigmoid_best"] > 1.5
    assert found.numbers["over_tanh_best"] < 1.5
    assert found.numbers["over_sigmoid_common"] > found.numbers["over_sigmoid_best"]
    for name in ("relu", "tanh", "sigmoid"):
        assert found.numbers[f"{name}_best"] <= found.numbers[f"{name}_common"]
        assert found.numbers[f"{name}_rate"] in RATES


@pytest.mark.parametrize(
    ("tanh", "sigmoid", "verdict"),
    [
        (6.0, 9.0, Verdict.HOLDS),
        (1.0, 3.0, Verdict.IN_PART),
        (2.0, 9.0, Verdict.IN_PART),
        (1.0, 1.0, Verdict.FAILS),
    ],
)
def test_the_verdict_follows_from_the_ratios(tanh, sigmoid, verdict):
    assert judged({"over_tanh_best": tanh, "over_sigmoid_best": sigmoid}) is verdict


def test_training_ends_with_the_first_epoch_at_the_goal():
    x = np.random.default_rng(0).normal(size=(64, 2))
    t = (x[:, 0] > 0.0).astype(int)
    model = Sequential([Input((2,)), Dense(2, "softmax")])
    run = learn_until(model, x, t, rate=1.0, goal=0.3, epochs=500, batch=8)
    assert run.reached
    assert run.losses[-1] <= 0.3 < min(run.losses[:-1])


def test_a_goal_out_of_reach_ends_with_the_epochs():
    x, t = np.zeros((4, 1)), np.array([0, 1, 0, 1])
    model = Sequential([Input((1,)), Dense(2, "softmax")])
    run = learn_until(model, x, t, rate=0.1, goal=GOAL, epochs=3, batch=2)
    assert not run.reached
    assert len(run.losses) == 3


def test_who_only_guesses_after_long_is_given_up():
    x, t = np.zeros((4, 1)), np.array([0, 1, 0, 1])
    model = Sequential([Input((1,)), Dense(2, "softmax")])
    run = learn_until(model, x, t, rate=0.1, goal=GOAL, epochs=500, batch=3)
    assert not run.reached
    assert len(run.losses) < 500


def test_a_goal_that_is_not_reached_is_printed_as_a_dash():
    assert median_and_range(np.array([90.0, 45.0, 1000.0]), most=1000.0) == "90 (45..-)"
