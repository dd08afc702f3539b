import importlib
import re
import shutil
import socket
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import badak
from badak import datasets, images, models
from badak.metrics import confusion_matrix

TOOLS = Path(__file__).parent.parent.parent / "tools"


@pytest.fixture(scope="module")
def network():
    return models.digits()


@pytest.fixture(scope="module")
def card():
    return models.CARD.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def mnist_test(shared_data):
    (_, _), test = datasets.mnist.load_data(shared_data / "mnist")
    return test


@pytest.fixture(scope="module")
def probabilities(network, mnist_test):
    return network.predict(mnist_test[0])


def table(card, *heading):
    """The rows of the card's table with these headings, as lists of texts."""
    lines = card.split("| " + " | ".join(heading) + " |\n")[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_it_is_small_and_comes_without_a_network(monkeypatch):
    def refused(*arguments):
        raise AssertionError("a network in the box needs no network outside")

    monkeypatch.setattr(socket, "socket", refused)
    model = models.digits()
    assert models.FILE.stat().st_size < 1_000_000
    assert model.input_shape == (28, 28)
    assert model.output_shape == (10,)
    assert model.class_names == [str(digit) for digit in range(10)]


def test_git_does_not_ignore_it_and_so_the_package_holds_it():
    # The builder of the package leaves out what git is told to ignore.
    if shutil.which("git") is None or not (TOOLS.parent / ".git").exists():
        pytest.skip("this is no checkout")
    for path in (models.FILE, *models.CARDS.values()):
        asked = subprocess.run(["git", "check-ignore", "-q", "--no-index", path], cwd=TOOLS.parent)
        assert asked.returncode == 1


def test_the_korean_card_has_the_numbers_of_the_english_one(card):
    korean = models.CARDS["ko"].read_text(encoding="utf-8")
    tables = [
        [re.findall(r"[\d.,]*\d", line) for line in text.splitlines() if line.startswith("|")]
        for text in (card, korean)
    ]
    assert tables[1] == tables[0]
    large = [sorted(re.findall(r"(?<![\d.,])\d[\d.,]*\d{2}", text)) for text in (card, korean)]
    assert large[1] == large[0]


def test_each_call_gives_a_network_of_its_own():
    first, second = models.digits(), badak.models.digits()
    first.layers[-1].bias[...] = 0.0
    assert second.layers[-1].bias.any()


def test_it_is_right_for_as_many_test_images_as_its_card_says(card, mnist_test, probabilities):
    _, labels = mnist_test
    accuracy = (probabilities.argmax(axis=1) == labels).mean()
    assert accuracy >= 0.98
    assert f"**{accuracy:.4f}**" in card
    assert f"({(1 - accuracy) * len(labels):.0f} are wrong" in card


def test_the_card_tells_what_it_gets_wrong(card, mnist_test, probabilities):
    _, labels = mnist_test
    answers = probabilities.argmax(axis=1)
    counts = confusion_matrix(labels, answers, 10)
    for digit, row in enumerate(table(card, "digit", "images", "wrong", "right")):
        wrong = counts[digit].sum() - counts[digit, digit]
        assert row[:3] == [str(digit), str(counts[digit].sum()), str(wrong)]
    pairs = table(card, "is a", "was taken for a", "times")
    for true, answer, times in pairs:
        assert counts[int(true), int(answer)] == int(times)
    apart = counts - np.diag(counts.diagonal())
    assert [int(times) for *_, times in pairs] == sorted(apart.ravel())[: -len(pairs) - 1 : -1]
    for place, true, answer, probability in table(
        card, "test image", "is a", "was taken for a", "probability"
    ):
        assert (labels[int(place)], answers[int(place)]) == (int(true), int(answer))
        assert probabilities[int(place)].max() == pytest.approx(float(probability), abs=0.002)


def test_the_card_tells_how_sure_it_is_of_nonsense(card, network, mnist_test):
    rows = table(card, "what", "pictures", "mean of the largest probability", "90% and more")
    told = {what: float(mean) for what, _, mean, _ in rows}
    noise = np.random.default_rng(1).integers(0, 256, (1000, 28, 28), np.uint8)
    assert network.predict(noise).max(axis=1).mean() == pytest.approx(
        told["noise, each pixel 0 to 255"], abs=0.05
    )
    side_by_side = [
        images.as_digit(np.hstack(mnist_test[0][place : place + 2])) for place in range(2000, 2300)
    ]
    assert network.predict(np.stack(side_by_side)).max(axis=1).mean() == pytest.approx(
        told["two digits side by side"], abs=0.05
    )


def test_it_takes_pictures_as_mnist_prepares_them(network):
    preparation = network.preparation
    assert (preparation["kind"], preparation["shape"]) == ("digit", [28, 28])
    assert (preparation["box"], preparation["maximum"]) == (20, 255)
    assert preparation["data"] == "mnist"


def arc(x, y, radius_x, radius_y, begin, end):
    """Places on an ellipse from one angle to another, in degrees clockwise from the right."""
    angles = np.deg2rad(np.linspace(begin, end, 24))
    return list(zip(x + radius_x * np.cos(angles), y + radius_y * np.sin(angles), strict=True))


STROKES = {
    0: [arc(0.35, 0.5, 0.3, 0.5, -90, 270)],
    1: [[(0.38, 0.0), (0.36, 1.0)]],
    2: [[*arc(0.35, 0.28, 0.3, 0.28, 180, 390), (0.05, 1.0), (0.68, 1.0)]],
    3: [arc(0.3, 0.25, 0.28, 0.25, -150, 90) + arc(0.3, 0.74, 0.33, 0.26, -90, 150)],
    4: [[(0.4, 0.0), (0.02, 0.62), (0.7, 0.62)], [(0.5, 0.3), (0.5, 1.0)]],
    5: [[(0.6, 0.0), (0.1, 0.0), (0.08, 0.42), *arc(0.28, 0.68, 0.34, 0.3, -110, 140)]],
    6: [[(0.5, 0.0), (0.25, 0.2), (0.08, 0.5), *arc(0.34, 0.7, 0.28, 0.28, 180, -180)]],
    7: [[(0.02, 0.02), (0.65, 0.02), (0.25, 1.0)]],
    8: [arc(0.35, 0.25, 0.25, 0.25, 0, 360), arc(0.35, 0.74, 0.3, 0.26, 0, 360)],
    9: [[*arc(0.34, 0.27, 0.27, 0.26, 0, 360), (0.58, 1.0)]],
}
"""The strokes of each digit, 1 high, y downwards."""


def drawn(digit, *, size, centre, height, pen, turn=0.0, ink=0, paper=255):
    """The digit drawn with a round pen, uint8 of (size, size)."""
    picture = Image.new("L", (size, size), paper)
    pencil = ImageDraw.Draw(picture)
    sine, cosine = np.sin(np.deg2rad(turn)), np.cos(np.deg2rad(turn))
    for stroke in STROKES[digit]:
        x, y = (np.array(stroke) - (0.35, 0.5)).T * height
        places = np.stack([centre[0] + cosine * x - sine * y, centre[1] + sine * x + cosine * y])
        pencil.line([tuple(place) for place in places.T], ink, pen, joint="curve")
        for x, y in places.T:
            pencil.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), ink)
    return np.array(picture)


MIDDLE = {"size": 300, "centre": (150, 150), "height": 180}


@pytest.mark.parametrize(
    "how",
    [
        {**MIDDLE, "pen": 16},
        {**MIDDLE, "pen": 3},
        {**MIDDLE, "pen": 36},
        {**MIDDLE, "pen": 14, "ink": 255, "paper": 0},
        {**MIDDLE, "pen": 14, "ink": 120, "paper": 190},
        {**MIDDLE, "pen": 14, "turn": 10},
        {**MIDDLE, "pen": 14, "turn": -10},
        {"size": 500, "centre": (90, 400), "height": 80, "pen": 6},
        {"size": 1000, "centre": (500, 500), "height": 700, "pen": 5},
    ],
    ids=[
        "a pen",
        "a thin pen",
        "a thick pen",
        "chalk",
        "a pencil",
        "turned right",
        "turned left",
        "small in a corner",
        "a fine pen on a large sheet",
    ],
)
def test_drawn_digits_are_read(network, how):
    prepared = np.stack([images.as_digit(drawn(digit, **how)) for digit in STROKES])
    assert network.classify(prepared).tolist() == list(STROKES)


def test_digits_on_a_photograph_lit_from_one_side_are_read(network):
    rng = np.random.default_rng(0)
    shade = 70.0 * np.linspace(0, 1, 600) + 40.0 * np.linspace(0, 1, 600)[:, np.newaxis] ** 2
    prepared = []
    for digit in STROKES:
        sheet = drawn(
            digit, size=600, centre=(300, 280), height=350, pen=22, ink=60, paper=225, turn=5
        )
        photograph = sheet - shade + rng.normal(0.0, 3.0, sheet.shape)
        prepared.append(images.as_digit(photograph.clip(0, 255).astype(np.uint8)))
    assert network.classify(np.stack(prepared)).tolist() == list(STROKES)


@pytest.fixture
def tool(monkeypatch):
    """A script among the tools, by its name."""
    monkeypatch.syspath_prepend(TOOLS)
    return importlib.import_module


@pytest.mark.slow
def test_the_script_writes_the_same_bytes_twice(tool, shared_data, tmp_path, monkeypatch, capsys):
    script = tool("train_digits")
    monkeypatch.setattr(script, "TURNS", (10,))
    monkeypatch.setattr(script, "NONSENSE", 100)
    written = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        options = ["--epochs", "2", "--images", "3000", "--out", str(tmp_path / name)]
        script.main([str(shared_data / "mnist"), *options])
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert set(written[0]) == {models.FILE.name, models.CARD.name}
    assert written[0] == written[1]
    told = re.findall(r"test images: (\S+)", capsys.readouterr().out)
    assert f"**{told[0]}**" in written[0][models.CARD.name].decode()
    assert float(told[0]) > 0.8


def test_the_shipped_network_is_the_one_that_the_script_describes(tool, network):
    script = tool("train_digits")
    dense = [layer for layer in network.layers if hasattr(layer, "units")]
    assert tuple(layer.units for layer in dense) == (*script.UNITS, 10)
    steps = script.EPOCHS * -(-60_000 // script.BATCH_SIZE)
    assert network.optimizer.learning_rate.decay_steps == steps
    assert network.seed == script.SEED


@pytest.fixture
def ten_digits():
    return np.stack([images.as_digit(drawn(digit, **MIDDLE, pen=20)) for digit in STROKES])


def test_distorted_pictures_are_the_same_for_a_seed_and_other_for_another(tool, ten_digits):
    distort = tool("distortion").distort
    digits = np.concatenate([ten_digits] * 60)  # in more than one chunk
    once, again, other = (distort(digits, seed) for seed in ([0, 1], [0, 1], [0, 2]))
    np.testing.assert_array_equal(once, again)
    assert (once != other).any(axis=(1, 2)).all()
    assert (once[:10] != once[10:20]).any(axis=(1, 2)).all()
    assert (once.dtype, once.shape) == (np.uint8, digits.shape)


def test_a_picture_that_is_not_distorted_at_all_is_itself(tool, ten_digits, monkeypatch):
    distortion = tool("distortion")
    for amount in ("TURN", "SCALE", "SLANT", "SHIFT", "PEN", "BEND"):
        monkeypatch.setattr(distortion, amount, 0.0)
    np.testing.assert_array_equal(distortion.distort(ten_digits, [0]), ten_digits)


def test_distortions_keep_the_middle_and_the_slant_on_average(tool):
    square = np.zeros((2000, 28, 28), np.uint8)
    square[:, 10:18, 10:18] = 255
    mean = tool("distortion").distort(square, [3]).mean(axis=0)
    y, x = np.mgrid[-13.5:14.0, -13.5:14.0]
    assert abs((mean * y).sum() / mean.sum()) < 0.1
    assert abs((mean * x).sum() / mean.sum()) < 0.1
    assert abs((mean * x * y).sum() / mean.sum()) < 0.3
