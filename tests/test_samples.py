"""The picture and the table that the pages' first commands are typed with."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from badak import models
from badak.images import as_digit, load_grey

ROOT = Path(__file__).parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "README.ko.md")),
    *(ROOT / "docs" / name for name in ("first-network.md", "tables.md")),
    *(ROOT / "docs/ko" / name for name in ("first-network.md", "tables.md")),
]


def maker():
    spec = importlib.util.spec_from_file_location("samples", ROOT / "tools/make_samples.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_files_that_a_page_names_lie_in_the_repository(page):
    named = set(re.findall(r"samples/[\w.]+", page.read_text("utf-8")))
    assert named
    assert all((ROOT / name).is_file() for name in named)


def test_the_picture_is_read_as_the_seven_that_it_is():
    digit = as_digit(load_grey(ROOT / "samples/seven.png"))[np.newaxis]
    assert models.digits().classify(digit).tolist() == [7]
    assert models.is_digit(digit).all()


def test_the_samples_are_what_the_tool_makes():
    made = maker()
    lines = (ROOT / "samples/houses.csv").read_text("utf-8").splitlines()
    assert lines == [",".join(map(str, row)) for row in made.houses()]
    with Image.open(ROOT / "samples/seven.png") as kept:
        # Versions of Pillow may round differently.
        difference = np.asarray(kept).astype(int) - np.asarray(made.seven()).astype(int)
    assert np.abs(difference).max() <= 2
