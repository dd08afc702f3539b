"""What a report scores, and what it compares."""

import gzip

import numpy as np
import polars as pl
import pytest

from badak import tables
from badak.errors import InputError
from badak.tables.scores import score


def scored(model, path, rows=None):
    """The scores of some rows of a table, worked out from the frame."""
    prepare = tables.TablePreparation.of(model)
    frame = pl.read_csv(path)
    chosen = frame if rows is None else frame[rows]
    answers = model.predict(prepare.transform(chosen.drop("목표")))
    return score(prepare.target, chosen["목표"].to_numpy(), answers).values


def test_of_the_file_that_was_trained_on_the_held_out_rows_are_scored(numbers):
    model, path = numbers
    told = tables.report(model, path)
    data = tables.load(path, "목표", task="regression")
    assert told.trained
    assert sorted(told.y) == pytest.approx(sorted(data.test[1]))
    x, y = data.test
    wanted = score(data.preparation.target, y, model.predict(x)).values
    assert told.scores["network"].values == pytest.approx(wanted, rel=1e-4)
    assert told.train_count == data.counts[0] + data.counts[1]


def test_of_another_file_all_rows_are_scored_and_nothing_is_compared(numbers, tmp_path):
    model, path = numbers
    other = tmp_path / "other.csv"
    pl.read_csv(path)[:50].write_csv(other)
    told = tables.report(model, other)
    assert (told.trained, told.count, told.rivals, told.copies) == (False, 50, [], None)
    assert told.scores["network"].values == pytest.approx(scored(model, other), rel=1e-4)
    page = told.page()
    assert "not the file that was trained on" in page
    assert "If rows of it were trained on, the scores are too good" in page


def test_with_the_file_that_was_trained_on_models_are_compared_and_copies_are_counted(
    numbers, tmp_path
):
    model, path = numbers
    data = tables.load(path, "목표", task="regression")
    other = tmp_path / "other.csv"
    frame = pl.read_csv(path)[:50]
    held_out = set(np.round(data.test[1], 6))
    trained_on = sum(round(y, 6) not in held_out for y in frame["목표"])
    frame.write_csv(other)
    told = tables.report(model, other, trained_on=path)
    assert told.rivals[0].name == "linear regression"
    assert told.copies == trained_on > 0
    assert f"{trained_on} scored rows are training rows as well" in told.page()


def test_another_file_is_not_taken_for_the_one_that_was_trained_on(numbers, tmp_path):
    model, path = numbers
    other = tmp_path / "other.csv"
    pl.read_csv(path)[:50].write_csv(other)
    with pytest.raises(InputError, match=r"other\.csv is not the file that was trained on"):
        tables.report(model, other, trained_on=other)


@pytest.mark.parametrize("form", ["frame", "gzip"])
def test_the_same_table_in_another_form_is_warned_of(numbers, tmp_path, form):
    model, path = numbers
    other = pl.read_csv(path) if form == "frame" else tmp_path / "same.csv.gz"
    if form == "gzip":
        other.write_bytes(gzip.compress(path.read_bytes()))
    told = tables.report(model, other)
    assert told.suspicious
    assert "most of its rows were trained on" in told.page()


def test_the_network_and_its_rivals_are_scored(told):
    linear = "logistic" if told.calibration else "linear"
    naive = "shares of classes" if told.calibration else "mean"
    names = ["network", f"{linear} regression", "HistGradientBoosting", naive]
    assert list(told.scores) == names
    mine = told.to_dict()["scores"]["network"]
    assert all(each["low"] <= each["value"] <= each["high"] for each in mine.values())


def test_the_naive_guess_is_worse_beyond_chance(told):
    main = "log loss" if told.calibration else "RMSE"
    *_, naive = told.scores
    assert told.scores["network"].less(told.scores[naive], main).high < 0.0


def test_an_accuracy_has_wilsons_interval_which_is_not_empty_where_all_are_right(told):
    if told.calibration is None:
        assert "accuracy" not in told.scores["network"].values
        return
    found = told.interval("network", "accuracy")
    assert 0.0 < found.low < found.value <= 1.0
    assert found.high - found.low > 0.01


def test_the_worst_rows_are_those_of_the_largest_losses_at_their_lines(trained, told):
    _, path = trained
    frame = pl.read_csv(path)
    lines = [int(each.place.removeprefix("line ").replace(",", "")) for each in told.mistakes]
    truths = [str(frame["목표"][line - 2]) for line in lines]
    if told.calibration is None:
        assert [float(each.truth.replace(",", "")) for each in told.mistakes] == pytest.approx(
            list(map(float, truths)), rel=1e-3
        )
        errors = np.abs(told.y - told.answers[:, 0])
        assert abs(told.mistakes[0].error) == pytest.approx(errors.max())
    else:
        assert [each.truth for each in told.mistakes] == truths
    assert sorted(each.loss for each in told.mistakes) == [e.loss for e in told.mistakes][::-1]


def test_without_scikit_learn_it_is_said_and_all_else_is_there(numbers, monkeypatch):
    model, path = numbers
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    told = tables.report(model, path)
    assert list(told.scores) == ["network", "linear regression", "mean"]
    assert "Not compared with trees: the comparison with trees needs sklearn" in told.page()


def test_without_the_target_there_is_nothing_to_report(numbers):
    model, path = numbers
    with pytest.raises(InputError, match="the target '목표' is no column"):
        tables.report(model, pl.read_csv(path).drop("목표"))


def test_a_model_of_something_else_is_refused():
    from badak import models

    with pytest.raises(InputError, match="takes no tables"):
        tables.report(models.digits(), pl.DataFrame({"a": [1]}))


@pytest.mark.parametrize("wrong", [{"most": 0}, {"worst_rows": 0}, {"seed": -1}])
def test_counts_that_are_none_are_refused(numbers, wrong):
    model, path = numbers
    with pytest.raises(InputError):
        tables.report(model, path, **wrong)


def test_many_rows_are_drawn_at_random_which_is_said(numbers, monkeypatch):
    model, path = numbers
    monkeypatch.setattr("badak.tables.reporting.making.MOST_ROWS", 20)
    told = tables.report(model, path)
    assert told.count == 20
    assert told.rows.endswith(", 20 of them drawn at random")


def test_one_row_alone_is_reported_on(numbers):
    model, path = numbers
    told = tables.report(model, pl.read_csv(path)[:1])
    assert told.count == 1
    assert "<html" in told.page()


def test_where_rows_were_split_by_groups_whole_groups_are_drawn(tmp_path):
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(40), 6)
    x = rng.normal(size=len(who))
    y = x + rng.normal(size=40)[who] + 0.1 * rng.normal(size=len(who))
    path = tmp_path / "people.csv"
    pl.DataFrame({"who": [f"p{k % 97}" for k in who], "x": x, "y": y}).write_csv(path)
    data = tables.load(path, "y", group="who")
    model = tables.make_network(data, units=())
    tables.train(model, data, epochs=20)
    told = tables.report(model, path)
    assert told.groups == 8
    assert "draws of the 8 groups" in told.page()
    assert "Rows of one &#x27;who&#x27; were kept together" in told.page()
    model.preparation = {**model.preparation, "source": None}
    alone = tables.report(model, path, trained_on=None)
    assert alone.groups is None


def test_the_threshold_that_the_model_keeps_decides(trained):
    model, path = trained
    if len(tables.TablePreparation.of(model).target.classes) != 2:
        return
    kept = model.preparation
    try:
        model.preparation = {**kept, "threshold": 0.001}
        told = tables.report(model, path, worst_rows=5)
    finally:
        model.preparation = kept
    assert told.decided.tolist() == (told.answers[:, 1] >= 0.001).astype(int).tolist()
    right = float((told.decided == told.y).mean())
    assert told.scores["network"].values["accuracy"] == pytest.approx(right)
    assert {each.answer for each in told.mistakes} == {"low"}  # the second, by the alphabet
    assert all(each.parts.output == each.answer for each in told.mistakes)
    assert "threshold 0.001" in told.page()
