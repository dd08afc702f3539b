import numpy as np
import pytest

from badak import datasets, load_model


def test_it_repeats_what_training_found(badak, trained):
    path, outcome = trained
    lines = badak("evaluate", path).out.splitlines()
    line = next(line for line in outcome.out.splitlines() if line.startswith("held-out"))
    assert line in lines


def test_the_loss_is_the_mean_cross_entropy_of_the_test_images(badak, digits_model):
    dataset = datasets.load("digits")
    y = load_model(digits_model).predict(dataset.x_test).astype(np.float64)
    loss = -np.log(y[np.arange(len(y)), dataset.y_test]).mean()
    out = badak("evaluate", digits_model).out
    printed = next(line for line in out.splitlines() if line.startswith("loss")).split()[1]
    assert float(printed) == pytest.approx(loss, abs=1e-4)


def test_data_may_be_named(badak, digits_model):
    assert badak("evaluate", digits_model, "DIGITS").code == 0


def test_own_drawings_in_folders_called_as_the_classes_are_tested_whole(
    badak, digits_model, digit_picture, tmp_path
):
    dataset = datasets.load("digits")
    chosen = np.flatnonzero(np.isin(dataset.y_test, [3, 0]))[:40]
    for place in chosen:
        name = f"mine/{dataset.y_test[place]}/{place}.png"
        digit_picture(dataset.x_test[place], name, inverted=True)
    outcome = badak("evaluate", digits_model, tmp_path / "mine")
    assert outcome.code == 0, outcome.err
    line = next(line for line in outcome.out.splitlines() if line.startswith("held-out"))
    assert line.endswith("on 40 images")
    assert float(line.split()[2]) > 0.85


def test_a_picture_in_such_a_folder_that_cannot_be_read_is_named(badak, digits_model, tmp_path):
    (tmp_path / "mine" / "3").mkdir(parents=True)
    (tmp_path / "mine" / "3" / "bad.png").write_text("no picture")
    outcome = badak("evaluate", digits_model, tmp_path / "mine")
    assert outcome.code == 1
    assert "bad.png" in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_classes_that_the_model_does_not_know_are_named(badak, digits_model, shape_folder):
    outcome = badak("evaluate", digits_model, shape_folder)
    assert outcome.code == 1
    assert "has the class '가로', but the model knows only 0, 1" in outcome.err


def test_an_empty_folder_is_refused(badak, digits_model, tmp_path):
    (tmp_path / "empty").mkdir()
    outcome = badak("evaluate", digits_model, "empty")
    assert outcome.code == 1
    assert "empty has no picture" in outcome.err


def test_images_of_another_size_are_refused(badak, digits_model, shape_folder):
    badak("train", shape_folder, "--epochs", 1)
    outcome = badak("evaluate", "막대.safetensors", "digits")
    assert outcome.code == 1
    assert "8x8 pixels, 0 to 16, but the model takes 32x32, 0 to 255" in outcome.err


def test_data_that_are_gone_are_named(badak, shape_folder):
    badak("train", shape_folder, "--epochs", 1)
    shape_folder.rename(shape_folder.with_name("elsewhere"))
    outcome = badak("evaluate", "막대.safetensors")
    assert outcome.code == 1
    assert str(shape_folder) in outcome.err
    assert badak("evaluate", "막대.safetensors", "elsewhere").code == 0
