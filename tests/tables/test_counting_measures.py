"""The measures of rows that count several times are those of so many rows."""

import numpy as np
import pytest

from badak.tables.deciding import decide
from badak.tables.measures import counting_measures, row_losses
from badak.tables.scores import score
from badak.tables.target import Target

RNG = np.random.default_rng(0)
NUMBERS = Target("y", "regression")
TWO = Target("y", "classification", ("no", "yes"))
FOUR = Target("y", "classification", ("a", "b", "c", "d"))


def answered(target, rows=60):
    """Targets and answers, with ties among the probabilities."""
    if not target.classes:
        y = RNG.normal(1e3, 5.0, rows)
        return y, (y + RNG.normal(size=rows))[:, np.newaxis].astype(np.float32)
    y = RNG.integers(0, len(target.classes), rows)
    p = np.round(RNG.dirichlet(np.ones(len(target.classes)), rows), 1) + 0.01
    return y, p / p.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("target", [NUMBERS, TWO, FOUR], ids=["numbers", "two", "four"])
def test_with_each_row_once_they_are_the_scores(target):
    y, answers = answered(target)
    found = counting_measures(target, y, answers, decide(answers))(np.ones((1, len(y))))
    told = score(target, y, answers).values
    assert {name: found[name][0] for name in told} == pytest.approx(told)


@pytest.mark.parametrize("target", [NUMBERS, TWO, FOUR], ids=["numbers", "two", "four"])
def test_with_counts_they_are_scikit_learns_of_rows_repeated(target):
    metrics = pytest.importorskip("sklearn.metrics")
    y, answers = answered(target)
    counts = RNG.multinomial(len(y), np.full(len(y), 1.0 / len(y)), size=5)
    found = counting_measures(target, y, answers, decide(answers))(counts.astype(np.float64))
    for draw, count in enumerate(counts):
        t, p = np.repeat(y, count), np.repeat(answers, count, axis=0).astype(np.float64)
        if not target.classes:
            told = {
                "MAE": metrics.mean_absolute_error(t, p),
                "RMSE": metrics.root_mean_squared_error(t, p),
                "R²": metrics.r2_score(t, p),
            }
        else:
            said = p.argmax(axis=1)
            told = {
                "accuracy": metrics.accuracy_score(t, said),
                "log loss": metrics.log_loss(t, p, labels=range(p.shape[1])),
            }
            if target is TWO:
                told["AUC"] = metrics.roc_auc_score(t, p[:, 1])
                told["average precision"] = metrics.average_precision_score(t, p[:, 1])
            else:
                told["balanced accuracy"] = metrics.balanced_accuracy_score(t, said)
        assert {name: each[draw] for name, each in found.items()} == pytest.approx(told, rel=1e-5)


def test_a_draw_of_one_class_has_no_area_and_one_number_no_r2():
    p = np.array([[0.6, 0.4], [0.3, 0.7]])
    found = counting_measures(TWO, np.array([0, 1]), p, decide(p))(np.eye(2) * 2)
    assert np.isnan(found["AUC"]).all()
    assert np.isnan(found["average precision"]).all()
    assert found["accuracy"].tolist() == [1.0, 1.0]
    y = np.array([1.0, 2.0])
    alike = counting_measures(NUMBERS, y, np.array([[1.0], [2.5]]), y)(np.eye(2) * 2)
    assert np.isnan(alike["R²"]).all()
    assert alike["MAE"].tolist() == [0.0, 0.5]


@pytest.mark.parametrize("target", [NUMBERS, FOUR], ids=["numbers", "four"])
def test_the_losses_of_rows_are_those_that_models_are_compared_by(target):
    y, answers = answered(target)
    found = row_losses(target, y, answers)
    assert found == pytest.approx(score(target, y, answers).losses)
    wide = answers.astype(np.float64)
    by_hand = -np.log(wide[np.arange(len(y)), y]) if target.classes else (y - wide[:, 0]) ** 2
    assert found == pytest.approx(by_hand)
