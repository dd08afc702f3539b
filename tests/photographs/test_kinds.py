"""Photographs of MNIST's test images, which chose no threshold, are read right."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from badak import datasets

TOOLS = Path(__file__).parent.parent.parent / "tools"
COUNT = 30  # photographs of a kind; `python tools/photographs.py` draws more
KINDS = (
    *("plain", "ruled", "squared", "desk", "shadow", "specks", "slanted light", "blurred"),
    "several",
)


@pytest.fixture(scope="module")
def mnist_test(shared_data):
    return datasets.mnist.load_data(shared_data / "mnist")[1]


@pytest.fixture
def tool(monkeypatch):
    monkeypatch.syspath_prepend(TOOLS)
    return importlib.import_module("photographs")


def test_every_kind_is_tested(tool):
    assert tool.KINDS == KINDS


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_at_least_nine_in_ten_photographs_are_read_right(kind, mnist_test, tool):
    made = tool.photographs(kind, *mnist_test, COUNT, seed=1)
    right = [tool.read(each.image) == each.labels for each in made]
    assert np.mean(right) >= 0.9


def test_a_photograph_is_the_same_for_a_seed(mnist_test, tool):
    once, again, other = (
        tool.photograph("desk", *mnist_test, seed) for seed in ([1, 2], [1, 2], [1, 3])
    )
    np.testing.assert_array_equal(once.image, again.image)
    assert once.labels == again.labels
    assert once.image.shape != other.image.shape or (once.image != other.image).any()
