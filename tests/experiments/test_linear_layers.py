import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from badak.experiments import Setting, Verdict, get
from badak.experiments.linear_layers import disc_data, image_data


@pytest.fixture(scope="module")
def found():
    return get("linear-layers")()


def test_the_statement_holds(found):
    assert found.verdict is Verdict.HOLDS


def test_three_linear_layers_are_one_to_rounding(found):
    for kind in ("float32", "float64"):
        deviation = found.numbers[f"deviation_{kind}"]
        assert 0.0 < deviation < 50 * np.finfo(kind).eps
        assert found.numbers[f"decisions_{kind}"] == 1.0


@pytest.mark.parametrize("problem", ["images", "disc"])
def test_three_linear_layers_learn_what_another_linear_model_does(found, problem):
    x, t, x_test, t_test = image_data(Setting()) if problem == "images" else disc_data(0)
    other = LogisticRegression(max_iter=1000).fit(x, t).score(x_test, t_test)
    for network in ("one", "three"):
        assert found.numbers[f"{problem}_{network}"] == pytest.approx(other, abs=0.03)


def test_only_relu_learns_the_disc(found):
    assert found.numbers["disc_relu"] > 0.95
    assert found.numbers["disc_three"] < 0.6


def test_half_of_the_points_are_in_the_disc():
    t = disc_data(0)[1]
    assert t.mean() == pytest.approx(np.pi * 0.8**2 / 4.0, abs=0.03)
