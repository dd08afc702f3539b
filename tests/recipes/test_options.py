"""Options are checked when they are made, so that no run fails after an hour for a wrong one."""

import dataclasses

import pytest

from badak.errors import InputError, UnknownNameError
from badak.optimizers import SGD
from badak.recipes import ImageTraining, TableTraining
from badak.recipes.files import check_files


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"units": (50, 0)}, "units must be a whole number of at least 1, not 0"),
        ({"activation": "relo"}, "did you mean 'relu'"),
        ({"dropout": 1.0}, "dropout must be a number in"),
        ({"optimizer": "adm"}, "did you mean 'adam'"),
        ({"learning_rate": -1.0}, "learning_rate"),
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1"),
        ({"epochs": 0}, "epochs must be a whole number of at least 1"),
        ({"validation": 1.0}, "validation must be a number in"),
        ({"seed": -1}, "seed"),
    ],
)
@pytest.mark.parametrize(
    "kind", [ImageTraining, lambda **given: TableTraining("a.csv", "y", **given)]
)
def test_a_wrong_option_is_refused_at_once(kind, wrong, message):
    with pytest.raises(InputError, match=message):
        kind(**wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"task": "sort"}, "task is one of auto, regression, classification, not 'sort'"),
        ({"held_out": 0.0}, "held_out must be a number in"),
        ({"ignore": "id"}, r"ignore is a list of texts such as \['id'\]"),
    ],
)
def test_a_wrong_option_for_a_table_is_refused_at_once(wrong, message):
    with pytest.raises(InputError, match=message):
        TableTraining("a.csv", "y", **wrong)


def test_an_unknown_name_is_an_unknown_name_error():
    with pytest.raises(UnknownNameError):
        ImageTraining(activation="relo")


def test_options_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ImageTraining().seed = 1  # type: ignore[misc]


def test_the_learning_rate_leaves_the_callers_optimizer_as_it_was():
    given = SGD(0.1)
    assert ImageTraining(optimizer=given, learning_rate=0.5).make_optimizer().learning_rate == 0.5
    assert given.learning_rate == 0.1


def test_a_checkpoint_lies_beside_the_model_unless_it_is_named(tmp_path):
    out = tmp_path / "m.safetensors"
    assert ImageTraining(out=out).checkpoint_path is None
    beside = ImageTraining(out=out, resume=True).checkpoint_path
    assert beside == tmp_path / "m.checkpoint.safetensors"
    named = ImageTraining(out=out, resume=True, checkpoint="state").checkpoint_path
    assert str(named) == "state"


def test_resuming_needs_a_file_to_go_on_from():
    with pytest.raises(InputError, match="resume=True needs the file to go on from"):
        check_files(ImageTraining(resume=True))
