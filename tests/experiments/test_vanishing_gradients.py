import numpy as np
import pytest

from badak.experiments import Verdict, get
from badak.experiments.vanishing_gradients import RELU_FAMILY


@pytest.fixture(scope="module")
def found():
    return get("vanishing-gradients")()


def test_the_statement_holds_in_part(found):
    assert found.verdict is Verdict.IN_PART


@pytest.mark.parametrize("x", [0.0, 2.0, 5.0, 10.0])
def test_the_slopes_are_those_of_the_textbook(found, x):
    assert found.numbers[f"sigmoid_slope_{x:g}"] == pytest.approx(
        np.exp(-x) / (1.0 + np.exp(-x)) ** 2, rel=1e-6
    )
    assert found.numbers[f"tanh_slope_{x:g}"] == pytest.approx(1.0 / np.cosh(x) ** 2, rel=1e-6)
    assert found.numbers[f"relu_slope_{x:g}"] == float(x > 0.0)


def test_the_sigmoids_gradient_falls_by_a_quarter_a_layer_or_more(found):
    for shallow, deep in ((5, 10), (10, 20)):
        fall = found.numbers[f"sigmoid_{deep}"] / found.numbers[f"sigmoid_{shallow}"]
        a_layer = fall ** (1.0 / (deep - shallow))
        assert 0.15 < a_layer < 0.35
    assert found.numbers["sigmoid_20"] < 1e-9


def test_tanh_and_the_kin_of_relu_keep_theirs(found):
    for name in ("tanh", *RELU_FAMILY):
        assert 0.2 < found.numbers[f"{name}_20"] < 5.0
    assert found.numbers["tanh_large"] > 100.0


def test_what_gets_no_gradient_does_not_learn(found):
    assert found.numbers["sigmoid_right"] < 0.3
    assert all(found.numbers[f"{name}_right"] > 0.85 for name in ("tanh", *RELU_FAMILY))
