import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import badak as library
from badak import Input, Sequential, datasets, load_model, pictures
from badak.layers import Dense
from badak.pictures import canvas
from badak.pictures.registry import PICTURES

SUBCOMMANDS = [name for name in PICTURES if name != "explanation"]  # `badak explain` draws it


def test_the_commands_help_names_it(badak):
    assert re.search(r"│ plot +[A-Z]", badak("--help").out)


@pytest.mark.parametrize("arguments", [("plot",), ("plot", "--help")])
def test_help_names_each_kind_of_picture(badak, arguments):
    outcome = badak(*arguments)
    assert outcome.code == 0
    for name in SUBCOMMANDS:
        assert re.search(rf"│ {name} +[A-Z]", outcome.out)
    assert max(map(len, outcome.out.splitlines())) <= 80


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_help_of_each_tells_how_to_begin_and_the_options_that_all_have(badak, name):
    outcome = badak("plot", name, "--help")
    assert outcome.code == 0
    assert f"Try: badak plot {name}" in outcome.out
    for option in ("--out", "--theme", "--language", "--title"):
        assert re.search(rf"│ {option} ", outcome.out)
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_help_does_not_wait_for_matplotlib():
    code = """
import sys
from badak.cli import main
try:
    main(["plot", "--help"])
except SystemExit:
    print("matplotlib" in sys.modules, "numpy" in sys.modules, file=sys.stderr)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr == "False False\n"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("activation", "relu", "step"), "relu-step.png"),
        (("activation", "relu", "--no-slopes"), "relu.png"),
        (("activation", "relu", "elu", "selu", "gelu", "tanh"), "activation.png"),
        (("loss", "mse", "mae"), "mse-mae.png"),
        (("boundary", "XOR"), "xor.boundary.png"),
        (("valley", "adam=0.2", "--steps", 5), "valley.png"),
        (("images", "digits", "--count", 6), "digits.images.png"),
    ],
)
def test_the_picture_goes_into_this_folder_under_a_fitting_name(badak, tmp_path, arguments, name):
    outcome = badak("plot", *arguments)
    assert outcome.code == 0, outcome.err
    assert outcome.out == f"saved  {name}\n"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with Image.open(tmp_path / name) as picture:
        assert picture.width == 800


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("network", "network"),
        ("history", "curves"),
        ("confusion", "confusion"),
        ("misclassified", "misclassified"),
        ("weights", "weights"),
        ("layers", "layers"),
    ],
)
def test_a_trained_model_is_drawn(badak, digits_model, tmp_path, name, made):
    outcome = badak("plot", name, digits_model)
    assert outcome.code == 0, outcome.err
    assert [path.name for path in tmp_path.iterdir()] == [f"digits.{made}.png"]


def test_the_picture_is_that_of_the_library(badak, digits_model, tmp_path):
    badak("plot", "misclassified", digits_model, "--count", 3, "--theme", "dark", "--title", "Mine")
    data = datasets.load("digits")
    figure = pictures.misclassified(
        load_model(digits_model), data.x_test, data.y_test, count=3, theme="dark", title="Mine"
    )
    drawn = (tmp_path / "digits.misclassified.png").read_bytes()
    assert drawn == canvas.encoded(figure, "png")


def test_the_options_reach_the_picture(badak, tmp_path):
    outcome = badak(
        *("plot", "activation", "tanh", "--out", "t.svg", "--language", "ko", "--title", "쌍곡선")
    )
    assert outcome.out == "저장  t.svg\n"  # all words are of that language
    figure = pictures.activation("tanh", language="ko", title="쌍곡선")
    assert (tmp_path / "t.svg").read_bytes() == canvas.encoded(figure, "svg")


def test_a_history_is_drawn_from_a_csv_file_and_from_the_checkpoint_of_a_run(badak, tmp_path):
    x = np.random.default_rng(0).normal(size=(40, 2))
    model = Sequential([Input((2,)), Dense(1)], engine="reference")
    run = model.fit(x, x[:, :1], epochs=3, verbose=0, checkpoint="m.checkpoint.safetensors")
    (tmp_path / "log.csv").write_text("epoch,loss\n0,1.0\n1,0.5\n")
    assert badak("plot", "history", "log.csv").out == "saved  log.curves.png\n"
    assert badak("plot", "history", "m.checkpoint.safetensors").out == "saved  m.curves.png\n"
    assert (tmp_path / "m.curves.png").read_bytes() == canvas.encoded(pictures.history(run), "png")


def test_a_network_of_two_inputs_is_drawn_over_the_points_of_a_csv_file(badak, tmp_path):
    model = Sequential([Input((2,)), Dense(2, "softmax")], engine="reference")
    model.class_names = ["left", "right"]
    model.save("m.safetensors")
    (tmp_path / "points.csv").write_text("width,height,side\n0,1,left\n2.5,1,right\n")
    outcome = badak("plot", "boundary", "m.safetensors", "points.csv")
    assert (outcome.err, outcome.code) == ("", 0)
    figure = pictures.boundary(
        load_model("m.safetensors"), [[0, 1], [2.5, 1]], [0, 1], features=("width", "height")
    )
    assert (tmp_path / "m.boundary.png").read_bytes() == canvas.encoded(figure, "png")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is empty"),
        ("1,2\n", "row 1 has 2 columns"),
        ("1,2,0\n1,x,0\n", "'x'"),
        ("a,b,c\n", "no rows under its first"),
        ("1,2,middle\n", "has the class 'middle', but the model knows only left, right"),
        ("1,2,7\n", "classes are 0 to at most 6"),
        ("nan,2,0\n", "is nan"),
    ],
)
def test_points_that_are_none_are_refused(badak, tmp_path, content, complaint):
    model = Sequential([Input((2,)), Dense(2, "softmax")], engine="reference")
    model.class_names = ["left", "right"]
    model.save("m.safetensors")
    (tmp_path / "points.csv").write_text(content)
    outcome = badak("plot", "boundary", "m.safetensors", "points.csv")
    assert outcome.code == 1
    assert complaint in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("activation", "rellu"), "did you mean 'relu'"),
        (("activation", "relu", "--out", "a.jpg"), "give a name such as a.png"),
        (("activation", "relu", "--out", "missing/a.png"), "there is no folder missing"),
        (("activation", "relu", "--out", "folder.png"), "folder.png is a folder"),
        (("loss", "mse", "hinge", "binary_crossentropy"), "draw them apart"),
        (("network", "missing.safetensors"), "there is no model missing.safetensors"),
        (("history", "missing.csv"), "missing.csv"),
        (("history", "missing.safetensors"), "there is no missing.history.csv"),
        (("boundary", "moons.safetensors"), "give a CSV file"),
        (("valley", "adam=quick"), "'adam=quick' has no learning rate"),
        (("valley", "adam=-1"), "learning_rate"),
        (("images", "mnits"), "did you mean 'mnist'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(badak, tmp_path, arguments, complaint):
    (tmp_path / "folder.png").mkdir()
    outcome = badak("plot", *arguments)
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err.startswith("badak: error: ")
    assert complaint in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("activation",),
        ("activation", "relu", "--theme", "blue"),
        ("activation", "relu", "--language", "fr"),
        ("images", "--part", "middle"),
        ("images", "--count", 0),
        ("activatoin", "relu"),
    ],
)
def test_wrong_usage_ends_with_code_2(badak, arguments):
    outcome = badak("plot", *arguments)
    assert outcome.code == 2
    assert len(outcome.err.splitlines()) == 1
    assert "(see badak plot" in outcome.err


def test_the_options_name_every_theme_and_language():
    from badak._common import looks
    from badak.cli import choices
    from badak.pictures import canvas

    assert tuple(canvas.THEMES) == choices.THEMES
    assert choices.LANGUAGES == looks.LANGUAGES


def test_pictures_are_reached_from_the_library():
    assert library.pictures is pictures
    assert "pictures" in dir(library)


@pytest.mark.parametrize("written", ["0", "0.0", "0.000000000000000000e+00"])
def test_whole_numbers_are_classes_however_they_are_written(tmp_path, written):
    from badak.cli.points import read_points

    (tmp_path / "p.csv").write_text(f"a,b,class\n1,2,{written}\n3,4,1\n")
    _, y, _, names = read_points(tmp_path / "p.csv", None)
    assert y.tolist() == [0, 1]
    assert names is None


def test_a_picture_is_as_large_as_is_asked_for(badak, tmp_path):
    def size(*options):
        assert badak("plot", "activation", "relu", "--out", "a.png", *options).code == 0
        with Image.open(tmp_path / "a.png") as picture:
            return picture.size

    assert size() == (800, 450)
    assert size("--size", "1920x1080") == (1920, 1080)
    assert size("--size", "1000", "--dpi", "150") == (1000, 1000)
    assert size("--dpi", "200") == (1600, 900)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--size", "1920"), 0, ""),
        (("--size", "1920*1080"), 2, "--size 1920*1080: give width and height in pixels"),
        (("--size", "30x30"), 1, "a side of a picture must be a number in [100, 20000], not 30"),
        (("--dpi", "3"), 1, "dpi must be a number in [10, 2400], not 3"),
    ],
)
def test_a_size_that_is_none_is_refused(badak, options, code, told):
    outcome = badak("plot", "activation", "relu", *options)
    assert outcome.code == code
    assert told in outcome.err


def test_the_language_may_stand_before_the_picture(badak, tmp_path):
    def drawn(*arguments):
        assert badak(*arguments, "--out", "a.svg").code == 0
        return (tmp_path / "a.svg").read_bytes()

    korean = drawn("plot", "activation", "relu", "--language", "ko")
    assert drawn("plot", "--language", "ko", "activation", "relu") == korean
    assert drawn("--language", "ko", "plot", "activation", "relu") == korean
    english = drawn("plot", "activation", "relu")
    assert english != korean
    assert drawn("plot", "--language", "ko", "activation", "relu", "--language", "en") == english
