"""Every measure is that of scikit-learn; models are compared by it on resamples of the rows."""

import numpy as np
import pytest
from sklearn import metrics

from badak.errors import InputError
from badak.tables.deciding import decide
from badak.tables.defaults import MEASURES
from badak.tables.measures import CLASSES, NUMBERS, check_metric, measure_of
from badak.tables.scores import compare, score
from badak.tables.target import Target

NUMBER = Target("y", "regression")
TWO = Target("y", "classification", ("no", "yes"))
MANY = Target("y", "classification", ("a", "b", "c"))


def answers_to(y, classes, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.random((len(y), classes)).round(2) + 0.5 * np.eye(classes)[y] + 0.01  # with ties
    return p / p.sum(axis=1, keepdims=True)


EXPECTED = {
    "accuracy": lambda y, p, c: metrics.accuracy_score(y, c),
    "balanced_accuracy": lambda y, p, c: metrics.balanced_accuracy_score(y, c),
    "f1": lambda y, p, c: metrics.f1_score(y, c),
    "macro_f1": lambda y, p, c: metrics.f1_score(y, c, average="macro"),
    "roc_auc": lambda y, p, c: metrics.roc_auc_score(
        y, p[:, 1] if p.shape[1] == 2 else p, multi_class="ovr"
    ),
    "average_precision": lambda y, p, c: metrics.average_precision_score(
        y, p[:, 1] if p.shape[1] == 2 else p
    ),
    "log_loss": lambda y, p, c: metrics.log_loss(y, p),
    "brier": lambda y, p, c: metrics.brier_score_loss(y, p),
    "rmse": lambda y, a, c: metrics.root_mean_squared_error(y, a),
    "mae": lambda y, a, c: metrics.mean_absolute_error(y, a),
    "r2": lambda y, a, c: metrics.r2_score(y, a),
    "mape": lambda y, a, c: metrics.mean_absolute_percentage_error(y, a),
    "median_absolute_error": lambda y, a, c: metrics.median_absolute_error(y, a),
}


def test_each_name_has_a_measure_and_an_expectation():
    assert [*CLASSES, *NUMBERS] == list(MEASURES)
    assert set(EXPECTED) == set(MEASURES)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("target", [TWO, MANY])
def test_measures_of_classes_are_those_of_scikit_learn(name, target):
    classes = len(target.classes)
    if name == "f1" and classes > 2:
        pytest.skip("of two classes")
    y = np.random.default_rng(1).choice(classes, 400, p=[0.8, 0.2] if classes == 2 else None)
    p = answers_to(y, classes)
    measure = measure_of(name, target)
    for threshold in (None, 0.3) if classes == 2 else (None,):
        decided = decide(p, threshold)
        expected = EXPECTED[name](y, p, decided)
        assert measure.score(y, p, decided) == pytest.approx(expected, rel=1e-6)
        first = next(iter(score(target, y, p, metrics=[name], threshold=threshold).values.items()))
        assert first == (measure.shown, pytest.approx(expected, rel=1e-6))


@pytest.mark.parametrize("name", NUMBERS)
def test_measures_of_numbers_are_those_of_scikit_learn(name):
    rng = np.random.default_rng(0)
    y = rng.normal(20.0, 5.0, 300)
    answers = (y + rng.normal(0, 2, 300))[:, np.newaxis]
    found = measure_of(name, NUMBER).score(y, answers, y)
    assert found == pytest.approx(EXPECTED[name](y, answers[:, 0], None))
    assert next(iter(score(NUMBER, y, answers, metrics=[name]).values.values())) == found


def test_what_the_rows_do_not_have_is_not_a_number():
    one = np.zeros(5, int)
    p = np.full((5, 2), 0.5)
    for name in ("roc_auc", "average_precision"):
        assert np.isnan(measure_of(name, TWO).score(one, p, one))
    zero = np.array([0.0, 1.0])
    assert np.isnan(measure_of("mape", NUMBER).score(zero, np.ones((2, 1)), zero))


@pytest.mark.parametrize(
    ("name", "target", "said"),
    [
        ("auc", TWO, "metric is one of accuracy, .*, not 'auc'"),
        ("rmse", TWO, "rmse is no measure of 'y', which is classes: give one of accuracy"),
        ("f1", NUMBER, "f1 is no measure of 'y', which is numbers"),
        ("f1", MANY, "f1 is of two classes, but 'y' has 3: macro_f1"),
    ],
)
def test_a_measure_of_another_task_is_refused(name, target, said):
    with pytest.raises(InputError, match=said):
        measure_of(name, target)
    with pytest.raises(InputError, match=said):
        check_metric(name, target, np.array([1, 0]))


@pytest.mark.parametrize("name", ["f1", "roc_auc", "brier", "accuracy"])
def test_by_a_metric_a_difference_counts_where_chance_would_hardly_make_it(name):
    y = np.random.default_rng(2).choice(2, 800, p=[0.8, 0.2])
    good = answers_to(y, 2) * 0.3 + 0.7 * (0.1 + 0.8 * np.eye(2)[y])
    bad, alike = answers_to(y, 2, seed=1), answers_to(y, 2, seed=3)
    one, other, third = (score(TWO, y, each, metrics=[name]) for each in (good, bad, alike))
    assert compare(one, other) == 1
    assert compare(other, one) == -1
    assert compare(one, one) == 0
    assert compare(other, third) == 0
    few = np.repeat(range(5), 160)  # so few groups tell nothing
    grouped = (score(TWO, y, each, metrics=[name], groups=few) for each in (bad, alike))
    assert compare(*grouped) == 0


def test_a_mean_of_shares_of_the_target_is_refused_where_targets_are_0():
    check_metric("mape", NUMBER, np.array([1.0, -2.0]))
    check_metric("mae", NUMBER, np.array([1.0, 0.0]))
    with pytest.raises(InputError, match="mape divides by the target, but 'y' is 0 in 2 rows"):
        check_metric("mape", NUMBER, np.array([1.0, 0.0, 0.0]))
