import numpy as np
import pytest
from sklearn import metrics

from badak.tables.scores import compare, score, verdict
from badak.tables.target import Target

NUMBER = Target("y", "regression")
TWO = Target("y", "classification", ("no", "yes"))
MANY = Target("y", "classification", ("a", "b", "c"))


def probabilities(rng, rows, classes):
    p = rng.random((rows, classes))
    return p / p.sum(axis=1, keepdims=True)


def test_scores_of_numbers_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    y, answers = rng.normal(1000, 50, 200), rng.normal(1000, 50, (200, 1))
    values = score(NUMBER, y, answers).values
    assert values["MAE"] == pytest.approx(metrics.mean_absolute_error(y, answers))
    assert values["RMSE"] == pytest.approx(metrics.root_mean_squared_error(y, answers))
    assert values["R²"] == pytest.approx(metrics.r2_score(y, answers))


@pytest.mark.parametrize(("target", "classes"), [(TWO, 2), (MANY, 3)])
def test_scores_of_classes_are_those_of_scikit_learn(target, classes):
    rng = np.random.default_rng(1)
    y, p = rng.integers(0, classes, 300), probabilities(rng, 300, classes)
    values = score(target, y, p).values
    assert values["accuracy"] == pytest.approx(metrics.accuracy_score(y, p.argmax(axis=1)))
    assert values["log loss"] == pytest.approx(metrics.log_loss(y, p), rel=1e-5)
    if classes == 2:
        assert values["AUC"] == pytest.approx(metrics.roc_auc_score(y, p[:, 1]))
    else:
        expected = metrics.balanced_accuracy_score(y, p.argmax(axis=1))
        assert values["balanced accuracy"] == pytest.approx(expected)


def test_one_sure_mistake_has_a_finite_loss():
    values = score(TWO, np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]])).values
    assert values["log loss"] == pytest.approx(-np.log(1e-7) / 2, rel=1e-3)


def test_rows_of_one_class_have_no_auc():
    assert np.isnan(score(TWO, np.array([1, 1]), np.full((2, 2), 0.5)).values["AUC"])


def test_a_difference_counts_where_chance_would_hardly_make_it():
    rng = np.random.default_rng(2)
    y = rng.normal(size=1000)
    good, bad = y + rng.normal(0, 0.1, 1000), y + rng.normal(0, 0.5, 1000)
    one, other = (score(NUMBER, y, answers[:, np.newaxis]) for answers in (good, bad))
    assert compare(one, other) == 1
    assert compare(other, one) == -1
    assert compare(one, one) == 0
    alike = [score(NUMBER, y, (y + rng.normal(0, 0.5, 1000))[:, np.newaxis]) for _ in range(2)]
    assert compare(*alike) == 0


@pytest.mark.parametrize(
    ("network", "linear", "sentence"),
    [
        (0.1, 1.0, "earned its keep"),
        (1.0, 1.0, "no better than linear regression, beyond what chance"),
        (1.0, 0.1, "worse than linear regression"),
        (9.0, 1.0, "no better than the mean of the training rows, but linear regression is"),
        (9.0, 9.0, "Neither the network nor linear regression"),
    ],
)
def test_the_verdict_says_what_to_use(network, linear, sentence):
    rng = np.random.default_rng(4)
    y = rng.normal(0, 3, 500)

    def scored(noise):
        return score(NUMBER, y, (y + rng.normal(0, noise, 500))[:, np.newaxis])

    naive = score(NUMBER, y, np.zeros((500, 1)))
    assert sentence in verdict(NUMBER, scored(network), scored(linear), naive)
