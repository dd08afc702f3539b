import importlib
from pathlib import Path

import numpy as np
import pytest

from badak import datasets, load_model, models
from badak.images import as_digit

TOOLS = Path(__file__).parent.parent.parent / "tools"


@pytest.fixture
def tool(monkeypatch):
    """A script among the tools, by its name."""
    monkeypatch.syspath_prepend(TOOLS)
    return importlib.import_module


@pytest.fixture(scope="module")
def mnist_test(shared_data):
    return datasets.mnist.load_data(shared_data / "mnist")[1]


def test_mnists_own_test_images_pass(mnist_test):
    assert models.is_digit(mnist_test[0]).mean() >= 0.995


def test_letters_of_fonts_that_it_has_not_seen_are_none(tool):
    fonts = tool("train_is_digit")
    files = [str(fonts.FONTS / f"{name}.ttf") for name in fonts.HELD_OUT]
    letters = tool("non_digits").letters(400, np.random.default_rng(7), files)
    assert models.is_digit(letters).mean() < 0.15


def test_two_digits_that_touch_are_none(tool, mnist_test):
    pairs = tool("non_digits").pairs(300, np.random.default_rng(7), mnist_test[0])
    assert models.is_digit(pairs).mean() < 0.05


def test_two_digits_in_one_small_picture_are_none(mnist_test):
    images = mnist_test[0]
    pairs = [as_digit(np.hstack(images[place : place + 2])) for place in range(0, 400, 2)]
    assert models.is_digit(np.stack(pairs)).mean() < 0.05


def test_noise_is_none(tool):
    rng = np.random.default_rng(7)
    white = rng.integers(0, 256, (300, 28, 28), np.uint8)
    assert models.is_digit(white).mean() < 0.01
    assert models.is_digit(tool("non_digits").noise(300, rng)).mean() < 0.05


@pytest.mark.slow
def test_the_script_writes_a_network_and_its_threshold(tool, shared_data, tmp_path, capsys):
    script = tool("train_is_digit")
    out = tmp_path / "small.safetensors"
    options = ["--epochs", "1", "--count", "200", "--out", str(out)]
    script.main([str(shared_data / "mnist"), *options])
    assert 0.0 < load_model(out).preparation["threshold"] < 1.0
    assert "| digits |" in capsys.readouterr().out
