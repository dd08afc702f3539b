"""The pictures of docs/pictures.md: docs/make_pictures.py still draws them as they are there."""

import io
import re
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from badak.pictures.canvas import encoded

DOCS = Path(__file__).parents[2] / "docs"

sys.path.insert(0, str(DOCS))
from make_pictures import PICTURES, file_name, gallery  # noqa: E402

sys.path.pop(0)

NAMES = [
    path.name.replace("-light", "")
    for path in sorted(PICTURES.glob("*-light.*"))
    if not path.name.startswith("lab")  # docs/make_lab.py takes those, in a browser
]
IDENTIFIER = re.compile(r"#?[a-z]+[0-9a-f]{10}\b")  # hashes of what stands in the file
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
MADE_BY = f"Matplotlib v{mpl.__version__},"


@pytest.fixture(scope="module")
def drawn():
    return gallery()


def test_each_picture_of_the_gallery_is_there_and_shown(drawn):
    assert sorted(drawn) == NAMES
    page = (DOCS / "pictures.md").read_text(encoding="utf-8")
    for name in drawn:
        for theme in ("light", "dark"):
            assert f'"pictures/{file_name(name, theme)}"' in page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_it_is_drawn_as_it_is_in_the_docs(drawn, name, theme):
    kept = (PICTURES / file_name(name, theme)).read_bytes()
    kind = name.split(".")[1]
    if MADE_BY not in (PICTURES / "curves-light.svg").read_text(encoding="utf-8"):
        pytest.skip("the gallery is drawn by another version of matplotlib")
    now = encoded(drawn[name](theme=theme), kind)
    compare = compare_pixels if kind == "png" else compare_lines
    compare(now, kept)


def compare_pixels(ours: bytes, theirs: bytes) -> None:
    images = [np.asarray(Image.open(io.BytesIO(each)), float) for each in (ours, theirs)]
    assert images[0].shape == images[1].shape
    assert np.abs(images[0] - images[1]).mean() < 0.5  # of 255: other processors round differently


def compare_lines(ours: bytes, theirs: bytes) -> None:
    texts = [IDENTIFIER.sub("", each.decode()) for each in (ours, theirs)]
    assert NUMBER.sub("", texts[0]) == NUMBER.sub("", texts[1])
    places = [[float(number) for number in NUMBER.findall(each)] for each in texts]
    np.testing.assert_allclose(*places, atol=0.05)  # points
