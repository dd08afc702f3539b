import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from badak.experiments import Verdict, get
from badak.experiments.depth_and_width import NONLINEAR, learned, two_features


@pytest.fixture(scope="module")
def found():
    return get("depth-and-width")()


def test_the_statement_holds_in_part_because_images_gain_nothing_from_depth(found):
    assert found.verdict is Verdict.IN_PART
    assert found.numbers["images_3"] < found.numbers["images_1"] + 0.01
    assert found.numbers["spiral_3"] > found.numbers["spiral_1"] + 0.01


@pytest.mark.parametrize("name", NONLINEAR)
def test_no_line_separates_the_problems_of_two_features_but_neighbours_do(found, name):
    x, t, x_test, t_test = two_features(0)[name]
    line = LogisticRegression().fit(x, t).score(x_test, t_test)
    neighbours = KNeighborsClassifier(5).fit(x, t).score(x_test, t_test)
    assert neighbours > 0.93
    assert found.numbers[f"{name}_0"] < max(line + 0.1, 0.7)
    assert found.numbers[f"{name}_one"] > found.numbers[f"{name}_0"] + 0.2


def test_the_weights_are_those_counted_by_hand(found):
    assert found.numbers["images_0_weights"] == 64 * 10 + 10
    assert found.numbers["spiral_2_weights"] == 2 * 32 + 32 + 32 * 32 + 32 + 32 * 2 + 2


def test_wider_layers_draw_the_spiral_better(found):
    narrow, wide = found.numbers["spiral_width_2"], found.numbers["spiral_width_256"]
    assert narrow < 0.75 < 0.9 < wide


def test_the_same_seed_gives_the_same_numbers(found):
    data = two_features(0)["circles"]
    scores = [learned("circles", data, (32,), seed=0) for _ in range(2)]
    np.testing.assert_array_equal(scores[0].test, scores[1].test)
    assert np.median(scores[0].test) == found.numbers["circles_1"]
    assert not np.array_equal(two_features(1)["circles"].x, data.x)
