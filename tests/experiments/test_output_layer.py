import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from badak.experiments import Setting, Verdict, get
from badak.experiments.output_layer import best_of, classes, curve, measured


@pytest.fixture(scope="module")
def found():
    return get("output-layer")()


def test_the_statement_holds(found):
    assert found.verdict is Verdict.HOLDS


def test_a_sigmoid_explains_no_more_than_the_part_of_the_curve_in_its_range(found):
    t = curve(0).t_test
    best = 1.0 - ((np.clip(t, 0.0, 1.0) - t) ** 2).mean() / t.var()
    sigmoid, identity = (
        found.numbers[f"regression_{name}_score"] for name in ("sigmoid", "identity")
    )
    assert sigmoid < best < identity


def test_a_softmax_of_one_unit_always_says_one(found):
    t = curve(0).t_test
    constant = 1.0 - ((1.0 - t) ** 2).mean() / t.var()
    assert found.numbers["regression_softmax_score"] == pytest.approx(constant, abs=1e-6)
    odd = np.mean([int(label) % 2 for label in Setting().images.y_test])
    assert found.numbers["two_softmax_score"] == pytest.approx(odd)


def test_every_output_names_many_classes_no_worse_than_a_linear_model(found):
    x, t, x_test, t_test = classes(Setting())
    other = LogisticRegression(max_iter=1000).fit(x, t.argmax(1)).score(x_test, t_test.argmax(1))
    for output in ("softmax", "sigmoid", "identity"):
        assert found.numbers[f"many_{output}_score"] > other - 0.02
    assert found.numbers["many_softmax_probability"] == 1.0


def test_what_is_counted_as_a_probability():
    t = np.eye(2)
    counted = measured("many", np.array([[0.75, 0.25], [0.75, 0.5]]), t)
    assert counted == {"score": 0.5, "probability": 0.5}
    assert measured("two", np.array([[1.5], [-0.5]]), np.array([[1.0], [0.0]])) == {
        "score": 1.0,
        "probability": 0.0,
    }


def test_an_advised_output_that_is_beaten_is_not_the_best(found):
    worse = dict(found.numbers) | {"many_sigmoid_score": 0.995}
    assert best_of("many", dict(found.numbers))
    assert not best_of("many", worse)


def test_the_same_seed_gives_the_same_numbers(found):
    assert get("output-layer")(Setting(seed=0)).numbers == found.numbers
