import numpy as np
import pytest

from badak.experiments import Setting, Verdict, get
from badak.experiments.initialisation import activations_of, learned, saturated, spread


@pytest.fixture(scope="module")
def found():
    return get("initialisation")()


def test_the_statement_holds_in_part_because_sigmoid_loses_the_samples(found):
    assert found.verdict is Verdict.IN_PART
    assert found.numbers["sigmoid_glorot_kept"] < 0.1 < found.numbers["sigmoid_glorot_overall"]
    # Each of the four further layers has a slope of at most 1/4 and sums of variance about 1.
    assert found.numbers["sigmoid_glorot_kept"] < 0.25**4 * 1.5


def test_tanh_and_relu_keep_the_samples_apart_as_the_notes_say(found):
    assert found.numbers["tanh_glorot_kept"] > 0.3
    assert found.numbers["relu_he_kept"] > 0.3
    assert found.numbers["tanh_large_saturated"] > 0.5


def test_relu_grows_by_what_variances_on_paper_say(found):
    # With deviation 1 and 100 inputs a layer multiplies the mean square by 100 / 2.
    values = activations_of("relu", "large", seed=0)
    squares = [float((z**2).mean()) for z in values]
    assert 0.5 < squares[-1] / squares[0] / 50.0**4 < 2.0
    kept = activations_of("relu", "he", seed=0)
    assert float((kept[-1] ** 2).mean()) == pytest.approx(1.0, rel=0.5)


def test_the_smallest_start_shrinks_tanh_by_ten_a_layer(found):
    # tanh is all but its argument there: sums of 100 terms of deviation 0.01 have a tenth.
    assert found.numbers["tanh_small_kept"] == pytest.approx(0.1**4, rel=0.3)


def test_starts_that_keep_samples_apart_are_learned_from_and_vanished_ones_are_not(found):
    for key in ("tanh_glorot", "relu_he"):
        assert found.numbers[f"{key}_learned"] > 0.8
    for key in ("sigmoid_small", "tanh_small", "relu_small", "sigmoid_glorot"):
        assert found.numbers[f"{key}_learned"] < 0.3


def test_what_counts_as_saturated_and_as_spread():
    z = np.array([[0.01, 0.5], [0.99, 0.5]])
    assert saturated("sigmoid", z) == 0.5
    assert saturated("tanh", np.array([[-0.99, 0.0]])) == 0.5
    assert spread(z) == pytest.approx(0.49 / 2.0)


def test_the_same_seed_gives_the_same_numbers(found):
    again = learned("tanh", "glorot", Setting(seed=0))
    assert again == found.numbers["tanh_glorot_learned"]
