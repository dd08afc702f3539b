import json
import re
import signal

import numpy as np
import pytest
from PIL import Image, ImageDraw

from badak import datasets, load_model


@pytest.fixture
def badak(badak):
    """The command; pictures, which tests of their own look at, are left out for speed."""

    def run(command, *arguments):
        return badak(command, *(["--no-pictures"] if command == "train" else []), *arguments)

    return run


def held_out_accuracy(out):
    return re.search(r"held-out accuracy (0\.\d{4}) on ([\d,]+) images", out)


def test_by_default_the_digits_are_learnt(trained):
    _, outcome = trained
    accuracy, count = held_out_accuracy(outcome.out).groups()
    assert float(accuracy) >= 0.96
    assert count == "359"
    assert outcome.err == ""


def test_the_printed_accuracy_is_that_of_the_saved_model_on_images_it_never_saw(trained):
    path, outcome = trained
    dataset = datasets.load("digits")
    answers = load_model(path).predict(dataset.x_test).argmax(axis=1)
    right = sum(int(a) == int(t) for a, t in zip(answers, dataset.y_test, strict=True))
    assert held_out_accuracy(outcome.out)[1] == f"{right / len(answers):.4f}"


def test_the_confusion_counts_every_held_out_image_once(trained):
    path, outcome = trained
    dataset = datasets.load("digits")
    answers = load_model(path).predict(dataset.x_test).argmax(axis=1)
    lines = outcome.out.split("───\n")[1].splitlines()[:10]
    for digit, line in enumerate(lines):
        expected = [str(int(((dataset.y_test == digit) & (answers == i)).sum())) for i in range(10)]
        assert line.split() == [str(digit), *(c if c != "0" else "·" for c in expected)]


def test_the_model_knows_its_classes_and_how_pictures_become_its_input(digits_model):
    model = load_model(digits_model)
    assert model.class_names == [str(i) for i in range(10)]
    assert model.preparation == {
        "kind": "digit",
        "shape": [8, 8],
        "box": 8,
        "blocks": 4,
        "maximum": 16,
        "data": "digits",
    }


def test_first_it_tells_what_it_is_about_to_do_and_last_what_to_do_next(badak):
    out = badak("train", "--epochs", 1, "--layers", "7-5", "--seed", 3).out
    first = out.split("\n\n")[0]
    weights = 64 * 7 + 7 + 7 * 5 + 5 + 5 * 10 + 10
    assert "digits: 1,293 images to train on, 145 to validate, 359 held out" in first
    assert f"8x8 → 7 relu → 5 relu → 10 softmax, {weights} weights" in first
    assert "Adam, learning rate 0.001, 1 epochs, batches of 32, seed 3" in first
    assert "badak predict digits.safetensors image.png" in out.splitlines()[-1]


def test_the_model_goes_by_default_into_this_folder_under_the_name_of_its_data(badak, tmp_path):
    assert badak("train", "Digits", "--epochs", 1).code == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["digits.history.csv", "digits.safetensors"]
    assert load_model("digits.safetensors").preparation["data"] == "digits"


def test_each_option_reaches_the_network(badak):
    outcome = badak(
        *("train", "digits", "--layers", "6-4", "--activation", "sigmoid", "--optimizer", "sgd"),
        *("--learning-rate", 0.25, "--batch-size", 100, "--epochs", 2, "--dropout", 0.5),
        *("--seed", 9, "--validation", 0, "--out", "mine.safetensors"),
    )
    assert outcome.code == 0, outcome.err
    assert "1,438 images to train on, 0 to validate" in outcome.out
    assert "val_loss" not in outcome.out
    assert "2/2" in outcome.out
    model = load_model("mine.safetensors")
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == [*("Rescaling", "Flatten", "Dense", "Dropout", "Dense", "Dropout", "Dense")]
    assert [layer.units for layer in model.layers if hasattr(layer, "units")] == [6, 4, 10]
    assert model.layers[2].activation.name == "sigmoid"
    assert type(model.optimizer).__name__ == "SGD"
    assert model.optimizer.learning_rate == 0.25
    assert model.seed == 9


def test_without_hidden_layers_only_the_output_layer_is_left(badak):
    assert "8x8 → 10 softmax, 650 weights" in badak("train", "--layers", "none", "--epochs", 1).out


def test_gradient_descent_takes_all_images_at_once(badak):
    outcome = badak("train", "--optimizer", "gradient_descent", "--epochs", 2)
    assert outcome.code == 0
    assert "all images at once" in outcome.out


def test_quietly_only_the_result_is_printed(badak):
    lines = badak("train", "--epochs", 1, "--quiet").out.strip().splitlines()
    assert lines[0].startswith("held-out accuracy")


def test_one_seed_gives_the_same_bytes_and_another_gives_others(badak, tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        badak("train", "--epochs", 2, "--seed", seed, "--out", f"{name}.safetensors")
    a, b, c = ((tmp_path / f"{name}.safetensors").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_the_held_out_images_do_not_depend_on_the_seed(badak):
    for seed in (0, 1):
        out = badak("train", "--epochs", 1, "--seed", seed, "--out", "m.safetensors").out
        expected = held_out_accuracy(out)[1]
        assert held_out_accuracy(badak("evaluate", "m.safetensors").out)[1] == expected


def test_a_folder_of_pictures_is_learnt_with_its_own_class_names(badak, shape_folder):
    outcome = badak("train", shape_folder, "--layers", "32")
    assert outcome.code == 0, outcome.err
    assert float(held_out_accuracy(outcome.out.replace("1.0000", "0.9999"))[1]) > 0.9
    model = load_model("막대.safetensors")
    assert model.class_names == ["가로", "세로"]
    assert model.preparation["kind"] == "picture"
    assert model.preparation["data"] == str(shape_folder)


@pytest.fixture
def disc_folder(tmp_path):
    """Discs of three colours and one brightness: grey would not tell them apart."""
    rng = np.random.default_rng(0)
    for name, colour in (("red", (250, 60, 60)), ("green", (60, 157, 60)), ("blue", (90, 90, 300))):
        (tmp_path / "discs" / name).mkdir(parents=True)
        for number in range(20):
            picture = Image.new("RGB", (48, 36), "white")
            left, top = (int(place) for place in rng.integers(6, 14, 2))
            box = (left, top, left + 20, top + 20)
            ImageDraw.Draw(picture).ellipse(box, fill=tuple(min(each, 255) for each in colour))
            picture.save(tmp_path / "discs" / name / f"{number:02}.png")
    return tmp_path / "discs"


def test_discs_of_three_colours_are_told_apart_and_what_was_chosen_is_said(badak, disc_folder):
    outcome = badak(
        "train", disc_folder, "--size", "24x18", "--layers", "32", "--out", "d.safetensors"
    )
    assert (
        "24x18 pixels (width x height), in colour, resized (files of 48x36, 60 of 60" in outcome.out
    )
    assert re.search(r"kept: the weights of epoch \d+, whose val_loss is the lowest", outcome.out)
    assert "held-out accuracy 1.0000 on 12 images" in outcome.out
    assert load_model("d.safetensors").input_shape == (18, 24, 3)
    assert "held-out accuracy 1.0000" in badak("evaluate", "d.safetensors").out
    (answer,) = json.loads(
        badak("predict", "d.safetensors", disc_folder / "red" / "00.png", "--json").out
    )
    assert answer["label"] == "red"
    explained = badak("explain", "d.safetensors", disc_folder / "red" / "00.png")
    assert explained.code == 0
    assert "18x24x3" in explained.out


def test_files_that_cannot_be_read_are_left_out_with_their_number(badak, disc_folder):
    (disc_folder / "red" / "bad.png").write_text("no picture")
    few = ("--layers", "4", "--epochs", 1, "--out", "d.safetensors")
    refused = badak("train", disc_folder, *few)
    assert refused.code == 1
    assert "red/bad.png cannot be read" in refused.err
    assert "--skip-unreadable" in refused.err
    assert "1 that cannot be read:" in badak("train", disc_folder, *few, "--skip-unreadable").out
    outcome = badak("evaluate", "d.safetensors", "--skip-unreadable")
    assert outcome.code == 0
    assert "1 pictures that cannot be read are left out" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--size", "64x"), "--size 64x: give width and height in pixels"),
        (("--colour", "blue"), "--colour is one of grey, rgb, not 'blue'"),
    ],
)
def test_a_size_or_colour_that_is_none_is_refused(badak, disc_folder, arguments, told):
    outcome = badak("train", disc_folder, *arguments)
    assert outcome.code == 2
    assert told in outcome.err


def test_a_folder_of_idx_files_is_learnt(badak, tmp_path):
    dataset = datasets.load("digits")
    folder = tmp_path / "mnist"  # a folder called like a data set is still the folder
    folder.mkdir()
    for part, x, y in (
        ("train", dataset.x_train, dataset.y_train),
        ("t10k", dataset.x_test, dataset.y_test),
    ):
        datasets.write_idx(folder / f"{part}-images-idx3-ubyte", x)
        datasets.write_idx(folder / f"{part}-labels-idx1-ubyte.gz", y)
    outcome = badak("train", folder, "--epochs", 1)
    assert outcome.code == 0, outcome.err
    assert load_model("mnist.safetensors").preparation["kind"] == "picture"


def test_a_class_with_one_picture_is_enough_for_others_to_be_tested(badak, shape_folder):
    for path in sorted((shape_folder / "가로").iterdir())[1:]:
        path.unlink()
    assert badak("train", shape_folder, "--epochs", 1).code == 0


def test_one_picture_a_class_is_refused_because_none_is_left_to_test_with(badak, shape_folder):
    for name in ("가로", "세로"):
        for path in sorted((shape_folder / name).iterdir())[1:]:
            path.unlink()
    outcome = badak("train", shape_folder)
    assert outcome.code == 1
    assert "none is left to test with" in outcome.err


@pytest.mark.parametrize(
    ("out", "complaint"),
    [
        ("missing/m.safetensors", "there is no folder missing"),
        ("m.h5", "a model is saved as a .safetensors file, not as m.h5: give m.safetensors"),
        (".", ". is a folder"),
        ("file.txt/m.safetensors", "there is no folder file.txt"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_training(badak, tmp_path, out, complaint):
    (tmp_path / "file.txt").touch()
    outcome = badak("train", "--out", out)
    assert outcome.code == 1
    assert outcome.out == ""  # not even told what it was about to do
    assert outcome.err.startswith("badak: error: ")
    assert complaint in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_the_question_whether_it_can_be_written_leaves_the_old_model_as_it_is(badak, tmp_path):
    old = tmp_path / "m.safetensors"
    old.write_bytes(b"old")
    assert badak("train", "--out", old, "--learning-rate", 1e30).code == 1
    assert old.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [old]


def test_a_loss_that_diverges_says_why_and_that_nothing_is_saved(badak, tmp_path):
    outcome = badak("train", "--learning-rate", 1e30)
    assert outcome.code == 1
    assert "learning rate 1e+30 is probably too large" in outcome.err
    assert "Nothing is saved" in outcome.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("option", "name", "meant"),
    [("--activation", "relo", "relu"), ("--optimizer", "adm", "adam")],
)
def test_an_unknown_name_is_answered_with_the_nearest(badak, option, name, meant):
    outcome = badak("train", option, name)
    assert outcome.code == 1
    assert f"did you mean '{meant}'?" in outcome.err


def test_unknown_data_are_answered_with_the_nearest_and_with_the_folder(badak):
    outcome = badak("train", "mnits")
    assert outcome.code == 1
    assert "did you mean 'mnist'?" in outcome.err
    assert "no folder mnits" in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--layers", "50-x"),
        ("--layers", "0"),
        ("--layers", ""),
        ("--layers", "50--100"),
        ("--epochs", "0"),
        ("--batch-size", "0"),
        ("--validation", "1"),
        ("--dropout", "nan"),
        ("--seed", "-1"),
        ("--nonsense",),
    ],
)
def test_wrong_usage_ends_with_code_2(badak, arguments):
    outcome = badak("train", *arguments)
    assert outcome.code == 2
    assert arguments[0] in outcome.err
    assert len(outcome.err.splitlines()) == 1
    assert outcome.err.startswith("badak: error: ")
    assert outcome.err.endswith("(see badak train --help)\n")


def test_ctrl_c_keeps_what_is_learnt(start, tmp_path):
    process = start("train", "--epochs", 1_000_000, "--layers", "10", "--out", "m.safetensors")
    for line in process.stdout:
        if line.startswith("3/"):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert re.search(r"stopped by Ctrl-C after \d+ of 1000000 epochs", out)
    assert held_out_accuracy(out)
    assert err == ""
    model = load_model(tmp_path / "m.safetensors")
    assert np.isfinite(model.get_weights()[0]).all()


def test_a_reader_that_leaves_is_met_in_silence(start):
    process = start("train", "--epochs", 1_000_000, "--layers", "10")
    process.stdout.readline()
    process.stdout.close()
    process.wait(timeout=30)
    assert process.stderr.read() == ""
    assert process.returncode != 0


@pytest.mark.slow
def test_mnist_is_learnt(badak, shared_data):
    outcome = badak("train", "mnist", "--data-dir", shared_data, "--layers", "100", "--epochs", 5)
    assert outcome.code == 0, outcome.err
    accuracy, count = held_out_accuracy(outcome.out).groups()
    assert float(accuracy) >= 0.97
    assert count == "10,000"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 10))
def test_the_digits_are_learnt_from_any_seed(badak, seed):
    assert float(held_out_accuracy(badak("train", "--seed", seed, "-q").out)[1]) >= 0.96
