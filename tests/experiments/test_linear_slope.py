import math

import pytest

from badak.experiments import Verdict, get


@pytest.fixture(scope="module")
def found():
    return get("linear-slope")()


def test_half_of_the_statement_is_right(found):
    assert found.verdict is Verdict.IN_PART
    assert found.numbers["slope_spread"] == 0.0
    assert found.numbers["sigmoid_slope_spread"] == pytest.approx(0.25 - 0.0066480567, rel=1e-6)


def test_the_gradient_of_a_linear_network_exists_and_is_right(found):
    assert found.numbers["identity_error"] < 1e-6
    assert found.numbers["identity_first_layer"] > 0.1
    assert abs(found.numbers["cosine"]) < 0.9


def test_a_linear_network_learns_images_by_backpropagation(found):
    assert found.numbers["images_identity_right"] > 0.9


def test_on_xor_no_linear_network_is_better_than_guessing(found):
    # The loss is convex in x W + b, and its gradient is 0 at W = 0, b = 0: ln 2.
    assert found.numbers["xor_identity_last"] == pytest.approx(math.log(2.0), abs=1e-4)
    assert found.numbers["xor_relu_right"] == 1.0


def test_nothing_comes_back_through_steps(found):
    assert found.numbers["step_first_layer"] == 0.0
    assert found.numbers["images_step_right"] < 0.7
