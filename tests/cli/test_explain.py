import json

import numpy as np
import pytest
from PIL import Image, ImageDraw

from badak import Sequential, images, layers, load_model, models

BOXED = "answered by badak's own network, trained on MNIST (badak info digits)"


def seven(path, *, dark_on_light=True):
    paper, ink = (255, 0) if dark_on_light else (0, 255)
    picture = Image.new("L", (300, 380), paper)
    pen = ImageDraw.Draw(picture)
    pen.line((80, 80, 220, 80, 130, 300), fill=ink, width=24, joint="curve")
    picture.save(path)
    return path


@pytest.fixture
def picture(tmp_path):
    return seven(tmp_path / "photo.png").relative_to(tmp_path)


def save_model(path, shape, *stack, names=None):
    model = Sequential([layers.Input(shape), *stack], seed=1)
    model.class_names = names
    model.preparation = {"kind": "picture", "shape": [6, 10], "box": 0, "blocks": 1}
    model.preparation |= {"maximum": 255, "data": "mine"}
    model.save(path)


@pytest.mark.parametrize("dark_on_light", [True, False])
def test_a_newcomer_gets_answer_table_and_figure_without_a_model(badak, tmp_path, dark_on_light):
    seven(tmp_path / "photo.png", dark_on_light=dark_on_light)
    outcome = badak("explain", "photo.png")
    assert (outcome.code, outcome.err) == (0, "")
    lines = [line.rstrip() for line in outcome.out.splitlines()]
    assert lines[:2] == [BOXED, "photo.png: 7"]
    assert lines[2].split()[0] == "7"
    assert lines[2].endswith("%")
    for name in ("rescaling", "flatten", "dense", "dense_1", "dense_2"):
        assert any(line.startswith(f"{name} ") for line in lines)
    assert any(line.startswith("sum of 7: ") and "biases" in line for line in lines)
    assert any(line.startswith("sum of 7 less that of ") for line in lines)
    assert lines[-1] == "figure  photo.explained.png"
    assert max(map(len, lines)) <= 80
    with Image.open(tmp_path / "photo.explained.png") as drawn:
        assert drawn.width == 800


def test_the_answer_is_what_predict_says(badak, picture):
    said = badak("predict", models.FILE, picture).out
    assert said.startswith("photo.png: 7")
    assert badak("explain", models.FILE, picture).out.startswith(said)


def test_json_holds_the_explanation(badak, picture):
    outcome = badak("explain", picture, "--class", "3", "--against", "9", "--json")
    (answer,) = json.loads(outcome.out)
    digit = images.as_digit(images.load_grey(picture))
    expected = models.digits().explain(digit, 3, 9)
    assert (answer["file"], answer["label"], answer["model"]) == ("photo.png", "7", "digits")
    assert answer["figure"] == "photo.explained.png"
    for part, found in (
        (answer["explained"], expected.contributions(3)),
        (answer["rather"], expected.contributions(3, 9)),
    ):
        np.testing.assert_allclose(part["adds"], found.pixels)
        assert part["pixels"] + part["rest"] == pytest.approx(part["sum"])
    assert (answer["rather"]["class"], answer["rather"]["against"]) == ("3", "9")
    assert [layer["name"] for layer in answer["layers"]][-1] == "dense_2"
    assert sum(answer["probabilities"].values()) == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["왜.svg", "why.pdf"])
def test_out_names_the_figure(badak, picture, tmp_path, name):
    outcome = badak("explain", picture, "--out", name, "--language", "ko", "--theme", "dark")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1] == f"그림  {name}"
    begins = {".svg": b"<?xml", ".pdf": b"%PDF"}[name[-4:]]
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert not (tmp_path / "photo.explained.png").exists()


def test_each_of_several_pictures_has_its_figure_and_what_fails_is_named(badak, tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("a.png", "b.png"):
        seven(tmp_path / "in" / name)
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    outcome = badak("explain", "in/a.png", "blank.png", "in/b.png", "missing.png")
    assert outcome.code == 1
    assert outcome.out.count(BOXED) == 1
    assert [line for line in outcome.out.splitlines() if line.endswith(": 7")] == [
        *["in/a.png: 7", "in/b.png: 7"]
    ]
    blank, missing = outcome.err.splitlines()
    assert blank.startswith("badak: error: blank.png: nothing is drawn")
    assert missing.startswith("badak: error: missing.png: no such file")
    made = sorted(path.name for path in tmp_path.glob("*.explained.png"))
    assert made == ["a.explained.png", "b.explained.png"]


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["photo.png", "--class", "seven"], 1, "--class seven: the network has no such class"),
        (["photo.png", "--against", "10"], 1, "did you mean '1'"),
        (["photo.png", "--class", "1", "--against", "1"], 1, "are both 1: give two classes"),
        (["photo.png", "--against", "7"], 1, "photo.png: class '7' is the one that is explained"),
        (["photo.png", "--out", "why.jpg"], 1, "PNG, SVG or PDF"),
        (["photo.png", "--out", "none/why.png"], 1, "there is no folder none"),
        (["photo.png", "--out", "photo.png"], 2, "would take the place of the picture photo.png"),
        (["photo.png", "x.png", "--out", "why.png"], 2, "there are 2 pictures"),
        (["photo.png", "in/photo.jpg"], 2, "would both be photo.explained.png"),
        (["photo.png", "--theme", "blue"], 2, "give light or dark"),
        (["digits"], 2, "missing argument 'IMAGE...'"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_drawn(
    badak, picture, tmp_path, arguments, code, complaint
):
    before = picture.read_bytes()
    outcome = badak("explain", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert complaint in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]
    assert picture.read_bytes() == before


def test_pictures_that_are_not_square_are_explained_by_networks_that_take_them_flat(
    badak, picture, tmp_path
):
    names = [chr(ord("A") + i) for i in range(26)]
    stack = [layers.Dense(7, "tanh"), layers.Dense(26, "softmax")]
    save_model(tmp_path / "letters.safetensors", (60,), *stack, names=names)
    outcome = badak("explain", "letters.safetensors", picture, "--class", "Q", "--json")
    (answer,) = json.loads(outcome.out)
    assert np.shape(answer["explained"]["adds"]) == (6, 10)
    assert answer["explained"]["class"] == "Q"
    network = load_model("letters.safetensors")
    shown = images.resize(images.load_grey(picture), (6, 10)).reshape(1, 60)
    assert answer["label"] == names[network.classify(shown)[0]]


def test_a_network_of_one_sigmoid_answers_yes_or_no(badak, picture, tmp_path):
    save_model(tmp_path / "cat.safetensors", (6, 10), layers.Flatten(), layers.Dense(1, "sigmoid"))
    network = load_model("cat.safetensors")
    network.class_names = ["cat"]
    network.save("cat.safetensors")
    outcome = badak("explain", "cat.safetensors", picture)
    assert outcome.code == 0
    assert outcome.out.splitlines()[0] in ("photo.png: cat", "photo.png: not cat")


def test_a_model_without_probabilities_or_preparation_says_so(badak, picture, tmp_path):
    save_model(tmp_path / "sums.safetensors", (6, 10), layers.Flatten(), layers.Dense(3))
    outcome = badak("explain", "sums.safetensors", picture)
    assert (outcome.code, outcome.out) == (1, "")
    assert "sums.safetensors ends in identity of 3" in outcome.err
    Sequential([layers.Input((2,)), layers.Dense(3, "softmax")]).save("table.safetensors")
    outcome = badak("explain", "table.safetensors", picture)
    assert (outcome.code, outcome.out) == (1, "")
    assert "does not say how a picture becomes its input" in outcome.err


def test_names_cannot_play_tricks_on_the_terminal(badak, tmp_path):
    names = ["\x1b[2J[bold]", "b"]
    stack = [layers.Flatten(), layers.Dense(2, "softmax")]
    save_model(tmp_path / "mine.safetensors", (6, 10), *stack, names=names)
    seven(tmp_path / "\x1b[1m$x.png")
    outcome = badak("explain", "mine.safetensors", "\x1b[1m$x.png")
    assert outcome.code == 0
    assert "\x1b" not in outcome.out + outcome.err
    assert "?[2J[bold]" in outcome.out
