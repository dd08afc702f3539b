"""The threshold of two classes: the best one on rows not trained on, or refused by name."""

import numpy as np
import pytest
from sklearn import metrics

from badak import tables
from badak.errors import InputError
from badak.recipes.tables import TableTraining, train
from badak.tables.bag import rows_left_out
from badak.tables.deciding import decide
from badak.tables.efforts import EFFORTS
from badak.tables.measures import CLASSES
from badak.tables.target import Target
from badak.tables.thresholds import best_threshold, check_threshold

NUMBER = Target("y", "regression")
TWO = Target("y", "classification", ("no", "yes"))
MANY = Target("y", "classification", ("a", "b", "c"))
BOTH, NONE = np.array([0, 1, 1]), np.array([], np.int64)

SCORES = {
    "f1": metrics.f1_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "accuracy": metrics.accuracy_score,
}


@pytest.mark.parametrize("name", SCORES)
def test_the_best_threshold_is_the_best_of_all(name):
    rng = np.random.default_rng(3)
    y = rng.choice(2, 300, p=[0.9, 0.1])
    p = rng.random(300).round(2) * 0.8 + 0.1 * y
    answers = np.column_stack([1.0 - p, p])
    found = best_threshold(y, answers, CLASSES[name])
    every = [SCORES[name](y, (p >= each) * 1) for each in np.linspace(0.01, 1.0, 500)]
    assert SCORES[name](y, decide(answers, found)) == pytest.approx(max(every))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((0.3, None, MANY, BOTH), "decides between two classes, but 'y' has 3"),
        ((0.3, None, NUMBER, BOTH), "decides between two classes, but 'y' has none"),
        ((1.5, None, TWO, BOTH), r"threshold must be a number in \(0, 1\), not 1.5"),
        (("best", None, TWO, BOTH), "give as metric one of accuracy, balanced_accuracy, f1"),
        (("best", "log_loss", TWO, BOTH), "give as metric one of accuracy"),
        (("best", "f1", TWO, NONE), "rows that networks do not train on, and there are none"),
        (("best", "f1", TWO, BOTH[1:]), "do not train on, and all 2 of them are 'yes'"),
    ],
)
def test_a_threshold_that_nothing_decides_by_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        check_threshold(*given)


def test_rows_of_one_class_tell_no_threshold_which_is_said_before_training(tmp_path):
    rows = [f"{i % 17},{i // 8},{'yes' if i < 8 else 'no'}" for i in range(160)]
    path = tmp_path / "wards.csv"
    path.write_text("x,ward,ill\n" + "\n".join(rows) + "\n")
    options = TableTraining(
        path, "ill", group="ward", metric="f1", threshold="best", effort="quick"
    )
    seen = []
    with pytest.raises(InputError, match=r"all \d+ of them are 'no': split the rows another way"):
        train(options, on_event=lambda event: seen.append(type(event).__name__))
    assert seen == ["Reading"]  # no network began


def test_rows_that_will_be_left_out_are_told_before_training(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("x,y\n" + "".join(f"{i / 7},{i % 13}\n" for i in range(100)))
    data = tables.load(path, "y", task="regression", validation=None)
    assert rows_left_out(data, EFFORTS["standard"]).tolist() == list(range(80))
    assert len(rows_left_out(data, EFFORTS["quick"])) == 20  # two of eight folds
    few = tables.load(path, "y", task="regression", held_out=0.95, validation=None)
    assert few.counts[0] == 5
    assert rows_left_out(few, EFFORTS["standard"]).tolist() == []  # too few for folds
