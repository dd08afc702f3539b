import csv
import json

import numpy as np
import pytest
from PIL import Image, ImageDraw

from badak import Sequential, datasets, layers

DRAWINGS = {
    "0": lambda draw, **pen: draw.ellipse((80, 80, 170, 240), outline=pen["fill"], width=20),
    "1": lambda draw, **pen: draw.line((120, 70, 120, 250), **pen),
    "2": lambda draw, **pen: (
        draw.arc((80, 70, 160, 150), 180, 40, **pen),
        draw.line((152, 135, 80, 240, 170, 240), joint="curve", **pen),
    ),
    "4": lambda draw, **pen: (
        draw.line((130, 70, 70, 180, 180, 180), joint="curve", **pen),
        draw.line((140, 130, 140, 250), **pen),
    ),
}
"""Digits drawn with a pen of 20 pixels on 240x320."""


def drawn(digit, *, dark_on_light):
    paper, ink = (255, 0) if dark_on_light else (0, 255)
    picture = Image.new("L", (240, 320), paper)
    DRAWINGS[digit](ImageDraw.Draw(picture), fill=ink, width=20)
    return picture


@pytest.mark.parametrize("dark_on_light", [True, False])
def test_drawn_digits_are_read(badak, digits_model, tmp_path, dark_on_light):
    for digit in DRAWINGS:
        drawn(digit, dark_on_light=dark_on_light).save(tmp_path / f"{digit}.png")
    outcome = badak("predict", digits_model, *(f"{digit}.png" for digit in DRAWINGS))
    assert outcome.code == 0
    answers = [line for line in outcome.out.splitlines() if ".png" in line]
    assert answers == [f"{digit}.png: {digit}" for digit in DRAWINGS]


def test_images_of_the_data_set_are_read_as_well_when_they_are_big_pictures(
    badak, digits_model, digit_picture
):
    dataset = datasets.load("digits")
    labels = dataset.y_test[:100]
    paths = [
        digit_picture(image, f"{i}.png", inverted=bool(i % 2))
        for i, image in enumerate(dataset.x_test[:100])
    ]
    answers = json.loads(badak("predict", digits_model, "--json", *paths).out)
    right = [answer["label"] == str(label) for answer, label in zip(answers, labels, strict=True)]
    assert np.mean(right) >= 0.9


def test_three_probabilities_are_shown_or_with_all_every_one(badak, digits_model, tmp_path):
    drawn("0", dark_on_light=True).save(tmp_path / "zero.png")
    lines = badak("predict", digits_model, "zero.png").out.splitlines()
    assert lines[0] == "zero.png: 0"
    assert len(lines) == 1 + 3
    shares = [float(line.split()[-1].rstrip("%")) for line in lines[1:]]
    assert shares == sorted(shares, reverse=True)
    lines = badak("predict", digits_model, "zero.png", "--all").out.splitlines()
    shares = [float(line.split()[-1].rstrip("%")) for line in lines[1:]]
    assert len(shares) == 10
    assert sum(shares) == pytest.approx(100.0, abs=0.05)


def test_json_is_one_array_with_the_probabilities_of_the_model(badak, digits_model, tmp_path):
    for digit in "01":
        drawn(digit, dark_on_light=True).save(tmp_path / f"{digit}.png")
    answers = json.loads(badak("predict", digits_model, "0.png", "1.png", "--json").out)
    assert [answer["file"] for answer in answers] == ["0.png", "1.png"]
    for answer in answers:
        shares = answer["probabilities"]
        assert list(shares) == [str(i) for i in range(10)]
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-5)
        assert max(shares, key=shares.get) == answer["label"]


def test_pictures_of_a_folder_are_answered_with_its_class_names(badak, shape_folder, tmp_path):
    badak("train", shape_folder, "--layers", "32")
    picture = np.full((99, 50), 20, np.uint8)
    picture[:, 20:28] = 230  # an upright bar
    Image.fromarray(picture).save(tmp_path / "기둥 하나.png")
    outcome = badak("predict", "막대.safetensors", "기둥 하나.png")
    assert outcome.out.splitlines()[0] == "기둥 하나.png: 세로"
    (answer,) = json.loads(badak("predict", "막대.safetensors", "기둥 하나.png", "--json").out)
    assert (answer["file"], answer["label"]) == ("기둥 하나.png", "세로")


def test_what_cannot_be_read_is_named_and_the_others_are_answered(badak, digits_model, tmp_path):
    drawn("0", dark_on_light=True).save(tmp_path / "zero.png")
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "folder").mkdir()
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    bad = ["missing.png", "text.png", "folder", "blank.png"]
    outcome = badak("predict", digits_model, *bad[:2], "zero.png", *bad[2:])
    assert outcome.code == 1
    assert outcome.out.splitlines()[0] == "zero.png: 0"
    assert outcome.out.count("zero.png") == 1
    lines = outcome.err.splitlines()
    assert len(lines) == len(bad)
    for name, line in zip(bad, lines, strict=True):
        assert line.startswith(f"badak: error: {name}")
    assert "nothing is drawn" in lines[3]


def test_json_stays_one_array_where_nothing_can_be_read(badak, digits_model):
    outcome = badak("predict", digits_model, "missing.png", "--json")
    assert outcome.code == 1
    assert json.loads(outcome.out) == []


def test_names_cannot_play_tricks_on_the_terminal(badak, digits_model, tmp_path):
    name = "\x1b[2J[bold]:smile:.png"
    drawn("0", dark_on_light=True).save(tmp_path / name)
    outcome = badak("predict", digits_model, name, name + "x")
    assert outcome.out.splitlines()[0] == "?[2J[bold]:smile:.png: 0"
    assert "\x1b" not in outcome.err


def test_a_model_that_does_not_know_pictures_says_so(badak):
    model = Sequential([layers.Input((2,)), layers.Dense(3, "softmax")])
    model.save("table.safetensors")
    outcome = badak("predict", "table.safetensors", "x.png")
    assert outcome.code == 1
    assert "does not say how a picture becomes its input" in outcome.err


def test_a_model_without_probabilities_says_so(badak):
    model = Sequential([layers.Input((8, 8)), layers.Flatten(), layers.Dense(3)])
    model.preparation = {
        **{"kind": "picture", "shape": [8, 8], "box": 0, "blocks": 1, "maximum": 255},
        "data": "mine",
    }
    model.save("sums.safetensors")
    outcome = badak("predict", "sums.safetensors", "x.png")
    assert outcome.code == 1
    assert "does not end in softmax" in outcome.err


BOXED = "answered by badak's own network, trained on MNIST (badak info digits)"


@pytest.mark.parametrize("dark_on_light", [True, False])
def test_without_a_model_the_network_in_the_box_answers_and_says_so(badak, tmp_path, dark_on_light):
    for digit in DRAWINGS:
        drawn(digit, dark_on_light=dark_on_light).save(tmp_path / f"{digit}.png")
    outcome = badak("predict", *(f"{digit}.png" for digit in DRAWINGS))
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == BOXED
    assert outcome.out.count(BOXED) == 1
    answers = [line for line in lines if ".png" in line]
    assert answers == [f"{digit}.png: {digit}" for digit in DRAWINGS]


def test_a_model_that_is_named_answers_itself_whatever_its_file_is_called(
    badak, digits_model, tmp_path
):
    drawn("0", dark_on_light=True).save(tmp_path / "zero.png")
    (tmp_path / "mine").write_bytes(digits_model.read_bytes())
    expected = badak("predict", digits_model, "zero.png")
    assert BOXED not in expected.out
    assert badak("predict", "mine", "zero.png") == expected


def test_the_network_in_the_box_can_be_named_unless_a_file_is_called_so(
    badak, digits_model, tmp_path
):
    drawn("0", dark_on_light=True).save(tmp_path / "zero.png")
    assert badak("predict", "digits", "zero.png") == badak("predict", "zero.png")
    (tmp_path / "digits").write_bytes(digits_model.read_bytes())
    assert badak("predict", "digits", "zero.png") == badak("predict", digits_model, "zero.png")


def test_json_says_which_network_answered(badak, digits_model, tmp_path):
    drawn("0", dark_on_light=True).save(tmp_path / "zero.png")
    for given, name in (([], "digits"), ([digits_model], str(digits_model))):
        (answer,) = json.loads(badak("predict", *given, "zero.png", "--json").out)
        assert (answer["file"], answer["label"], answer["model"]) == ("zero.png", "0", name)


def test_a_folder_without_a_picture_is_told_as_one(badak, tmp_path):
    (tmp_path / "folder").mkdir()
    outcome = badak("predict", "folder")
    assert outcome.code == 1
    assert "folder is a folder without a picture in it" in outcome.err


def test_a_folder_is_answered_with_a_row_a_picture(badak, digits_model, tmp_path):
    (tmp_path / "mine" / "more").mkdir(parents=True)
    for digit, name in (("1", "b.png"), ("0", "a.PNG"), ("4", "more/c.png"), ("2", ".hidden.png")):
        drawn(digit, dark_on_light=True).save(tmp_path / "mine" / name)
    (tmp_path / "mine" / "notes.txt").write_text("no picture")
    outcome = badak("predict", digits_model, "mine")
    rows = [line.split()[:2] for line in outcome.out.splitlines() if line.startswith("mine")]
    assert rows == [["mine/a.PNG", "0"], ["mine/b.png", "1"], ["mine/more/c.png", "4"]]
    assert "3 of 3 rows" in outcome.out
    assert "a.PNG" in badak("predict", "mine").out  # without a model too


def test_the_rows_go_into_a_file_with_every_probability(badak, digits_model, tmp_path):
    (tmp_path / "mine").mkdir()
    for digit in DRAWINGS:
        drawn(digit, dark_on_light=True).save(tmp_path / "mine" / f"{digit}.png")
    outcome = badak("predict", digits_model, "mine", "--out", "p.csv")
    assert (outcome.code, outcome.out) == (0, "4 predictions written to p.csv\n")
    with (tmp_path / "p.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["number"], row["prediction"]) for row in rows] == [
        (f"mine/{digit}.png", "1", digit) for digit in DRAWINGS
    ]
    (one,) = json.loads(badak("predict", digits_model, "mine/4.png", "--json").out)
    for name, share in one["probabilities"].items():
        assert float(rows[3][f"probability_{name}"]) == pytest.approx(share, rel=1e-6)


def test_a_file_of_the_folder_that_cannot_be_read_is_named_and_the_others_answered(
    badak, digits_model, tmp_path
):
    (tmp_path / "mine").mkdir()
    drawn("0", dark_on_light=True).save(tmp_path / "mine" / "a.png")
    (tmp_path / "mine" / "b.png").write_text("no picture")
    outcome = badak("predict", digits_model, "mine", "--out", "p.tsv")
    assert outcome.code == 1
    assert "mine/b.png cannot be read as a picture" in outcome.err
    assert len((tmp_path / "p.tsv").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--out", "p.xlsx"), "predictions are written as .csv or .tsv, not as p.xlsx"),
        (("--out", "p.csv", "--json"), "give --out or --json, not both"),
        (("--with-input",), "--with-input is for tables, but these are pictures"),
    ],
)
def test_where_rows_cannot_go_is_said_before_any_work(badak, digits_model, more, told):
    outcome = badak("predict", digits_model, "missing.png", *more)
    assert outcome.code == 2
    assert told in outcome.err


def test_a_picture_that_is_missing_is_no_missing_model(badak):
    outcome = badak("predict", "x.png")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "badak: error: x.png: no such file or directory; check the name\n"


def test_a_model_that_is_missing_is_told_as_such(badak, tmp_path):
    drawn("0", dark_on_light=True).save(tmp_path / "zero.png")
    outcome = badak("predict", "nosuch.safetensors", "zero.png")
    assert (outcome.code, outcome.out) == (1, "")
    assert "there is no model nosuch.safetensors: check the name" in outcome.err


def test_a_model_needs_a_picture_after_it(badak, digits_model, tmp_path):
    drawn("0", dark_on_light=True).save(tmp_path / "zero.png")
    for model in (digits_model, "digits"):
        outcome = badak("predict", model)
        assert outcome.code == 2
        assert "missing argument 'IMAGE...' (see badak predict --help)" in outcome.err
    outcome = badak("predict", "zero.png", digits_model)
    assert (outcome.code, outcome.out) == (2, "")
    assert "comes after a picture: give it first" in outcome.err
