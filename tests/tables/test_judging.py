"""A metric in training: what it says of logits and standardised numbers, and what it decides."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics

from badak import tables
from badak.errors import InputError
from badak.tables import efforts
from badak.tables.bag import train_bag
from badak.tables.efforts import ENCODED, PLAIN, Effort
from badak.tables.judging import Judge, judge_of
from badak.tables.measures import CLASSES, NUMBERS
from badak.tables.members import Cycles, front_for, make_member

SHORT = Effort((replace(PLAIN, units=(8,)), replace(ENCODED, units=(8,), intervals=4)), folds=3)


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch):
    monkeypatch.setattr(efforts, "LEAST_STEPS", 20)


def written(path, rows=160, classes=()):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 2)).round(4)
    y = x[:, 0] - np.abs(x[:, 1]) + rng.standard_t(2, size=rows)
    column = np.array(classes)[np.digitize(y, [-1.2, 1.9][: len(classes) - 1])] if classes else y
    lines = [f"{a},{b},{t}" for (a, b), t in zip(x.tolist(), column.tolist(), strict=True)]
    path.write_text("a,b,y\n" + "\n".join(lines) + "\n")
    return path


def test_it_is_scikit_learns_measure_of_what_the_network_means():
    rng = np.random.default_rng(0)
    logits, y = rng.normal(size=(50, 3)), np.arange(50) % 3
    odds = np.exp(logits)
    p = odds / odds.sum(axis=1, keepdims=True)
    brier = Judge("brier", CLASSES["brier"], logits=True)
    assert brier(y, logits) == pytest.approx(metrics.brier_score_loss(y, p))
    area = Judge("roc_auc", CLASSES["roc_auc"], logits=True)
    assert area(y, logits) == pytest.approx(metrics.roc_auc_score(y, p, multi_class="ovr"))
    assert (area.mode, area.loss(y, logits)) == ("max", -area(y, logits))
    standard, answers = rng.normal(size=50), rng.normal(size=(50, 1))
    share = Judge("mape", NUMBERS["mape"], scale=(100.0, 5.0))
    expected = metrics.mean_absolute_percentage_error(
        100.0 + 5.0 * standard, 100.0 + 5.0 * answers[:, 0]
    )
    assert (share.mode, share(standard, answers)) == ("min", pytest.approx(expected))


def test_rows_without_all_classes_cannot_be_judged_by_a_ranking():
    area = Judge("roc_auc", CLASSES["roc_auc"], logits=True)
    assert area.can_judge(np.array([0, 1, 2]), 3)
    assert not area.can_judge(np.array([0, 1, 1]), 3)
    assert not area.can_judge(np.array([], np.int64), 3)


@pytest.mark.parametrize("metric", ["mae", "median_absolute_error"])
def test_a_network_keeps_the_weights_of_its_best_epoch_by_the_metric(tmp_path, metric):
    data = tables.load(written(tmp_path / "n.csv"), "y", validation=0.0)
    x, y = data.train[0], data.learnable(data.train[1])
    left, trained = np.arange(0, 40), np.arange(40, len(x))
    judge = Judge(metric, NUMBERS[metric], data.scale)
    member = make_member(SHORT.kinds[0], x, 1, front_for(0, x, 0), trained, left, 0, judge)
    stop = Cycles(member.first_cycle, monitor=member.watched)
    history = member.model.fit(
        x[trained], y[trained], validation_data=(x[left], y[left]), batch_size=member.batch_size,
        epochs=member.epochs, callbacks=[stop], verbose=0,
    )  # fmt: skip
    found = {
        "mae": metrics.mean_absolute_error,
        "median_absolute_error": metrics.median_absolute_error,
    }[metric](data.train[1][left], data.scale[0] + data.scale[1] * member.model.predict(x[left]))
    assert found == pytest.approx(min(history.history[f"val_{metric}"]), rel=1e-5)
    assert member.best == min(history.history[f"val_{metric}"])


def test_kinds_count_as_is_best_by_the_metric(tmp_path):
    data = tables.load(written(tmp_path / "n.csv"), "y", validation=0.0)
    by_metric = train_bag(data, SHORT, metric="mae")
    assert {"mae", "val_mae"} < set(by_metric.history.history)
    assert by_metric.by_loss == 0
    y = data.train[1][by_metric.left_out]
    best = np.abs(by_metric.answers[:, 0] - y).mean()
    by_name = {kind.name: kind for kind in SHORT.kinds}
    for name in by_name:
        alone = train_bag(data, replace(SHORT, kinds=(by_name[name],)), metric="mae")
        if name == "plain":  # of the same seeds
            assert best <= np.abs(alone.answers[:, 0] - y).mean() + 1e-9


def test_networks_whose_rows_lack_a_class_end_by_their_loss_which_is_counted(tmp_path):
    path = written(tmp_path / "c.csv", classes=("a", "b"))
    lines = path.read_text().splitlines()
    rare = [line.rsplit(",", 1)[0] + ",c" for line in lines[1:5]]  # fewer than the eight folds
    path.write_text("\n".join([lines[0], *rare, *lines[5:]]) + "\n")
    data = tables.load(path, "y", validation=0.0)
    bag = train_bag(data, replace(SHORT, folds=8), metric="roc_auc")
    assert bag.networks == 16
    assert bag.by_loss == 2 * (8 - np.count_nonzero(data.train[1] == 2))


def test_validation_rows_that_the_metric_cannot_judge_are_refused(tmp_path):
    path = written(tmp_path / "c.csv", classes=("a", "b"))
    lines = path.read_text().splitlines()
    rare = [line.rsplit(",", 1)[0] + ",c" for line in lines[1:3]]
    path.write_text("\n".join([lines[0], *rare, *lines[3:]]) + "\n")
    data = tables.load(path, "y")
    model = tables.make_network(data, units=(4,))
    with pytest.raises(InputError, match="roc_auc cannot be worked out on the 13 rows that valid"):
        tables.train(model, data, epochs=2, metric="roc_auc")


def test_one_network_keeps_its_best_epoch_by_the_metric(tmp_path):
    data = tables.load(written(tmp_path / "n.csv"), "y", validation=0.3)
    model = tables.make_network(data, units=(16,))
    history = tables.train(model, data, epochs=40, metric="mae")
    x, y = data.validation
    found = metrics.mean_absolute_error(y, model.predict(x))
    assert found == pytest.approx(min(history.history["val_mae"]), rel=1e-5)
    assert not any(isinstance(each, Judge) for each in model.metrics)  # its file knows no table


@pytest.mark.parametrize(("metric", "threshold"), [("accuracy", None), ("f1", "best"), (None, 0.3)])
def test_the_loss_decides_where_the_metric_would_choose_badly(tmp_path, metric, threshold):
    data = tables.load(written(tmp_path / "c.csv", classes=("a", "b")), "y", validation=0.0)
    assert judge_of(metric, data, threshold) is None
    judge = judge_of("f1", data, 0.3)
    y, p = np.array([0, 1, 1]), np.array([0.6, 0.4, 0.2])
    logits = np.column_stack([np.log(1.0 - p), np.log(p)])
    assert judge(y, logits) == metrics.f1_score(y, p >= 0.3)
