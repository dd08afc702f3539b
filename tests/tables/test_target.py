import numpy as np
import polars as pl
import pytest

from badak.errors import InputError
from badak.tables import values
from badak.tables.chunks import Chunk
from badak.tables.target import Target, TargetLearner


def chunk_of(cells, first=2):
    frame = values.canonical(pl.DataFrame({"y": cells}, strict=False))
    return Chunk(frame, "data.csv", "line", np.arange(first, first + len(frame)))


def learnt(cells, task="auto", pieces=1):
    learner = TargetLearner("y")
    for part in np.array_split(np.arange(len(cells)), pieces):
        learner.add(chunk_of([cells[i] for i in part], first=2 + part[0]))
    return learner.learnt(task)


@pytest.mark.parametrize(
    ("cells", "task", "classes"),
    [
        (["1.5", "2", "3.7", ""], "regression", ()),
        ([3, 4, 5, 6], "regression", ()),
        (list(range(20)), "regression", ()),
        (["1,200", "3,400.5", "7"], "regression", ()),
        ([0, 1, 1, 0], "classification", ("0", "1")),
        ([5.5, 2, 2], "classification", ("2", "5.5")),
        (["10", "2", "10"], "classification", ("2", "10")),
        ([1, 2, 3, 1], "classification", ("1", "2", "3")),
        (["no", "yes", "NA"], "classification", ("no", "yes")),
        ([True, False], "classification", ("false", "true")),
        (["나", "가", "다"], "classification", ("가", "나", "다")),
        (["1", "2", "K"], "classification", ("1", "2", "K")),
        (["007", "12", "12"], "classification", ("007", "12")),
        (["$1,200", "$7", "$9.5"], "regression", ()),
        (["0%", "1%", "2%"], "regression", ()),
        (["10%", "20%", "20%"], "classification", ("10%", "20%")),
        (["$7", "7", "8", "9"], "classification", ("$7", "7", "8", "9")),
    ],
)
@pytest.mark.parametrize("pieces", [1, 2])
def test_the_task_is_told_by_the_target(cells, task, classes, pieces):
    target, y, _ = learnt(cells, pieces=pieces)
    assert (target.task, target.classes) == (task, classes)
    again, known = target.read(chunk_of(cells))  # what training learnt, prediction reads
    np.testing.assert_array_equal(y, again)
    np.testing.assert_array_equal(
        known, values.canonical(pl.DataFrame({"y": cells}))["y"].is_not_null()
    )
    if classes:
        names = [None if code < 0 else classes[code] for code in y]
        expected = [None if cell in ("", "NA") else str(cell) for cell in cells]
        assert names == [e.lower() if isinstance(cells[0], bool) else e for e in expected]


def test_the_user_may_say_the_task():
    assert learnt([1, 2, 3], "regression")[0].task == "regression"
    assert learnt([3.5, 4.5, 8], "classification")[0].classes == ("3.5", "4.5", "8")


@pytest.mark.parametrize(
    ("cells", "task", "message"),
    [
        (["", "NA"], "auto", "the target 'y' is empty"),
        (["a", "a", ""], "auto", "'a' in all 2 rows that have one"),
        ([7, 7.0, 7], "auto", "'7' in all 3 rows"),
        (["1", "2", "x"], "regression", r"data\.csv, line 4: the target 'y' holds 'x'"),
        ([f"{i}x" for i in range(1500)], "auto", "more than 1000 different values"),
        (["1", "2.5", "inf"], "auto", "infinite"),
        (["1", "2.5", "1e31"], "auto", "beyond 1e.30"),
        ([[1], [2]], "auto", "no number or text"),
    ],
)
def test_what_cannot_be_predicted_is_refused(cells, task, message):
    with pytest.raises(InputError, match=message):
        learnt(cells, task)


def test_a_class_that_training_did_not_have_is_named_by_its_line():
    target, *_ = learnt(["a", "b"])
    with pytest.raises(InputError, match=r"line 3: 'y' is 'c', which is none of .* a, b"):
        target.read(chunk_of(["a", "c"]))


@pytest.mark.parametrize(
    "change",
    [
        {"task": "clustering"},
        {"classes": []},
        {"classes": ["a"]},
        {"classes": ["a", "a"]},
        {"classes": "ab"},
        {"classes": [1, 2]},
        {"style": "roman"},
        {"name": 3},
        {"task": "regression"},
    ],
)
def test_a_hostile_configuration_is_refused(change):
    config = Target("y", "classification", ("a", "b")).get_config()
    assert Target.from_config(config).classes == ("a", "b")
    with pytest.raises((ValueError, TypeError, KeyError)):
        Target.from_config({**config, **change})


@pytest.mark.parametrize("pieces", [1, 2])
def test_numbers_in_a_unit_are_read_without_it_and_asked_for_with_it(pieces):
    target, y, reason = learnt(["1,200원", "2,500원", "700원", "NA"], pieces=pieces)
    assert (target.unit, reason) == ("원", "numbers in 원")
    np.testing.assert_array_equal(y, [1200.0, 2500.0, 700.0, np.nan])
    assert Target.from_config(target.get_config()) == target
    assert target.read(chunk_of(["3,000원"]))[0].tolist() == [3000.0]
    with pytest.raises(
        InputError, match="line 2: the column 'y' holds '3,000', which is no number"
    ):
        target.read(chunk_of(["3,000"]))


def test_a_target_of_an_older_file_has_no_unit():
    config = {"name": "y", "task": "regression", "classes": [], "numeric": True, "style": "plain"}
    assert Target.from_config(config).unit == ""
    with pytest.raises(ValueError, match="task"):
        Target.from_config({**config, "unit": "parsecs"})
