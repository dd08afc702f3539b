"""What `badak train` leaves beside the model."""

import csv
import re
import signal

import numpy as np
import pytest
from PIL import Image

from badak import datasets, load_model, pictures

BESIDE = [
    "digits.confusion.png",
    "digits.curves.png",
    "digits.history.csv",
    "digits.misclassified.png",
]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_history_and_pictures_are_left_beside_the_model_and_told_of(trained):
    path, outcome = trained
    assert names(path.parent) == [*BESIDE, "digits.safetensors"]
    told = outcome.out.splitlines()
    stem = path.with_suffix("")
    assert f"saved  {path}, and its history in {stem}.history.csv" in told
    assert f"drawn  {stem}.curves.png, {stem}.confusion.png, {stem}.misclassified.png" in told


def test_the_pictures_are_those_of_the_saved_model(trained, tmp_path):
    path, _ = trained
    dataset = datasets.load("digits")
    model = load_model(path)
    stem = path.with_suffix("")
    drawn = tmp_path / "drawn.png"
    said = model.classify(dataset.x_test)
    pictures.confusion(dataset.y_test, said, model.class_names, save=drawn)
    assert drawn.read_bytes() == path.with_suffix(".confusion.png").read_bytes()
    pictures.misclassified(model, dataset.x_test, dataset.y_test, save=drawn)
    assert drawn.read_bytes() == path.with_suffix(".misclassified.png").read_bytes()
    pictures.history(f"{stem}.history.csv", save=drawn)
    assert drawn.read_bytes() == path.with_suffix(".curves.png").read_bytes()
    with Image.open(drawn) as picture:
        assert picture.width == 800


def test_the_history_holds_every_epoch_that_was_printed(trained):
    path, outcome = trained
    with path.with_suffix(".history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == list(range(30))
    printed = re.findall(r"^\d+/30 +(\S+) +(\S+) +(\S+) +(\S+)", outcome.out, re.MULTILINE)
    columns = ("loss", "accuracy", "val_loss", "val_accuracy")
    held = [[float(row[name]) for name in columns] for row in rows]
    np.testing.assert_allclose(held, np.array(printed, float), atol=6e-5, rtol=1e-2)


def test_pictures_can_be_left_out(badak, tmp_path):
    outcome = badak("train", "--epochs", 1, "--layers", "8", "--no-pictures", "--quiet")
    assert names(tmp_path) == ["digits.history.csv", "digits.safetensors"]
    assert "drawn" not in outcome.out


def test_quietly_the_pictures_are_drawn_too(badak, tmp_path):
    outcome = badak("train", "--epochs", 1, "--layers", "8", "--validation", 0, "--quiet")
    assert names(tmp_path) == [*BESIDE, "digits.safetensors"]
    assert "drawn" in outcome.out


def test_korean_classes_are_drawn(badak, shape_folder, tmp_path):
    outcome = badak("train", shape_folder, "--epochs", 1, "--layers", "8")
    assert outcome.code == 0, outcome.err
    assert outcome.err == ""
    assert (tmp_path / "막대.confusion.png").stat().st_size > 1000


@pytest.mark.parametrize("ending", ["history.csv", "curves.png"])
def test_a_folder_in_the_way_is_met_before_training(badak, tmp_path, ending):
    (tmp_path / f"digits.{ending}").mkdir()
    outcome = badak("train", "--epochs", 1)
    assert outcome.code == 1
    assert outcome.out == ""
    assert f"digits.{ending} is a folder" in outcome.err
    assert names(tmp_path) == [f"digits.{ending}"]


def test_a_picture_that_cannot_be_written_leaves_the_model_saved_and_says_so(
    badak, tmp_path, monkeypatch
):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("badak.pictures.history", full)
    outcome = badak("train", "--epochs", 1, "--layers", "8")
    assert outcome.code == 1
    assert "saved  digits.safetensors" in outcome.out
    assert outcome.err == "badak: error: no space left on device; make room and try again\n"
    load_model(tmp_path / "digits.safetensors")


@pytest.mark.slow
def test_a_run_stopped_by_ctrl_c_has_its_epochs_drawn(start, tmp_path):
    process = start("train", "--epochs", 1_000_000, "--layers", "10")
    for line in process.stdout:
        if line.startswith("3/"):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert err == ""
    assert names(tmp_path) == [*BESIDE, "digits.safetensors"]
    done = int(re.search(r"after (\d+) of 1000000", out)[1])
    rows = (tmp_path / "digits.history.csv").read_text().splitlines()
    assert len(rows) == done + 1
