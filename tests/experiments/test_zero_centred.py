import numpy as np
import pytest

from badak import activations
from badak.experiments import Verdict, get
from badak.experiments.zero_centred import CENTRED, LIFTED, NEAR, TARGET, detour, walk


@pytest.fixture(scope="module")
def found():
    return get("zero-centred")()


def test_the_statement_holds_in_part(found):
    assert found.verdict is Verdict.IN_PART


def test_positive_inputs_give_one_sample_gradients_of_one_sign(found):
    assert found.numbers["one_sign_sigmoid_1"] == 1.0
    assert found.numbers["one_sign_lifted_1"] == 1.0
    assert found.numbers["one_sign_tanh_1"] == found.numbers["one_sign_centred_1"] == 0.0
    assert found.numbers["one_sign_sigmoid_100"] < 1.0


def test_a_zigzag_of_single_samples_moves_both_weights_one_way():
    moves = np.diff(walk("sigmoid", 1, seed=3), axis=0)
    assert (moves[:, 0] * moves[:, 1] >= 0.0).all()  # only along (+, +) and (-, -)
    centred = np.diff(walk("tanh", 1, seed=3), axis=0)
    assert (centred[:, 0] * centred[:, 1] < 0.0).any()


def test_paths_arrive_and_the_zigzag_is_the_longest(found):
    assert np.linalg.norm(walk("sigmoid", 1, seed=0)[-1] - TARGET) <= NEAR
    assert found.numbers["path_sigmoid_1"] > 1.3 * found.numbers["path_tanh_1"] > 1.3
    assert found.numbers["path_sigmoid_100"] < 1.1


def test_a_detour_is_measured_as_on_paper():
    assert detour(np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]])) == pytest.approx(7.0 / 5.0)


def test_what_is_compared_differs_in_the_centre_only():
    x = np.linspace(-5.0, 5.0, 101)
    for moved, name, by in ((CENTRED, "sigmoid", -0.5), (LIFTED, "tanh", 1.0)):
        h = activations.get(name)
        np.testing.assert_allclose(moved(x), h(x) + by, atol=1e-12)
        np.testing.assert_allclose(moved.derivative(x, moved(x)), h.derivative(x, h(x)), atol=1e-12)


def test_the_slope_makes_more_difference_than_the_centre(found):
    sigmoid, centred = found.numbers["epochs_sigmoid"], found.numbers["epochs_centred"]
    tanh, lifted = found.numbers["epochs_tanh"], found.numbers["epochs_lifted"]
    assert sigmoid / lifted > 2.0
    assert centred / tanh > 2.0
    assert sigmoid / centred < 1.5
