"""The table recipe, called from Python."""

import numpy as np
import pytest

pytest.importorskip("polars", reason="tables need the tables extra")

from badak import load_model, tables as library  # noqa: I001
from badak.recipes import TableTraining, tables
from badak.recipes.events import EpochEnded, Reading, Saved, Started

SMALL = {"units": (8,), "epochs": 3, "trees": False}


def test_the_recipe_is_load_make_train_and_compare(curve):
    result = tables.train(TableTraining(curve, "y", seed=3, **SMALL))
    data = library.load(curve, "y", seed=3)
    model = library.make_network(data, (8,), seed=3)
    history = library.train(model, data, epochs=3)
    for ours, theirs in zip(result.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert result.history.history == history.history
    compared = library.compare_with_baselines(model, data)
    assert {name: each.values for name, each in result.scores.items()} == {
        name: each.values for name, each in compared.items()
    }
    assert result.confusion is None


def test_it_reports_reading_start_epochs_and_file_and_prints_nothing(curve, tmp_path, capfd):
    events = []
    out = tmp_path / "m.safetensors"
    result = tables.train(TableTraining(curve, "y", out=out, **SMALL), on_event=events.append)
    kinds = [type(event) for event in events]
    assert kinds == [Reading, Started, EpochEnded, EpochEnded, EpochEnded, Saved]
    assert events[0].size == curve.stat().st_size
    assert events[1].counts == result.data.counts
    assert (events[1].batch_size, events[1].epochs) == (result.batch_size, result.epochs) == (32, 3)
    assert capfd.readouterr() == ("", "")
    x, y = result.data.test
    np.testing.assert_array_equal(load_model(out).predict(x), result.model.predict(x))
    assert result.scores["network"].values["MAE"] == pytest.approx(
        np.abs(result.model.predict(x)[:, 0] - y).mean(), rel=1e-6
    )


def test_a_curve_is_better_learnt_by_the_network_and_the_verdict_says_so(curve):
    result = tables.train(TableTraining(curve, "y", ignore=["id"]))
    assert "earned its keep" in result.verdict
    assert not result.interrupted
    assert len(result.history.epoch) <= result.epochs
    assert result.bag is not None
    assert result.bag.networks == 16


def test_columns_are_as_they_are_asked_for(curve):
    options = TableTraining(curve, "y", columns={"x": "category"}, missing=["?!"], **SMALL)
    prepare = tables.train(options).preparation
    assert [(column.name, column.kind) for column in prepare.columns] == [("x", "category")]
    assert "?!" in prepare.missing


def test_classes_have_a_confusion_of_the_held_out_rows(tmp_path):
    path = tmp_path / "sides.csv"
    path.write_text(
        "x,side\n" + "".join(f"{i},{'left' if i < 50 else 'right'}\n" for i in range(99))
    )
    result = tables.train(TableTraining(path, "side", columns={"x": "number"}, **SMALL))
    assert result.confusion.shape == (2, 2)
    assert result.confusion.sum() == result.data.counts[2]


def test_the_held_out_rows_are_asked_once(tmp_path, monkeypatch):
    path = tmp_path / "c.csv"
    path.write_text("x,y\n" + "".join(f"{i % 17},{'ab'[i % 17 > 8]}\n" for i in range(120)))
    result = tables.train(TableTraining(path, "y", **SMALL))
    kind, asked = type(result.model), []
    predict = kind.predict
    monkeypatch.setattr(kind, "predict", lambda self, x: asked.append(x) or predict(self, x))
    assert result.confusion.sum() == len(result.answers) == 24
    assert result.covered() is None
    assert len(asked) == 1
