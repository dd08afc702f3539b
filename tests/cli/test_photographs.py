"""Photographs given to `predict` and `explain`: several digits, and what is none."""

import json

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont


def seven(pen, x, y):
    pen.line((x, y, x + 90, y, x + 40, y + 140), fill=30, width=14, joint="curve")


def one(pen, x, y):
    pen.line((x + 8, y, x, y + 140), fill=30, width=14)


@pytest.fixture
def several(tmp_path):
    """A 7, a 1 and a 7 on ruled paper."""
    picture = Image.new("L", (640, 400), 235)
    pen = ImageDraw.Draw(picture)
    for y in range(10, 400, 30):
        pen.line((0, y, 640, y + 4), 160, 2)
    seven(pen, 60, 120)
    one(pen, 300, 130)
    seven(pen, 440, 125)
    picture.save(tmp_path / "photo.png")
    return "photo.png"


@pytest.fixture
def letter(tmp_path):
    picture = Image.new("L", (300, 300), 255)
    ImageDraw.Draw(picture).text((90, 60), "R", 0, ImageFont.load_default(160))
    picture.save(tmp_path / "letter.png")
    return "letter.png"


def test_several_digits_are_read_from_left_to_right(badak, several):
    outcome = badak("predict", several)
    assert (outcome.code, outcome.err) == (0, "")
    lines = [line.rstrip() for line in outcome.out.splitlines() if "photo.png" in line]
    assert lines[0] == "photo.png: 7 1 7 (3 digits, from left to right)"
    assert lines[1:] == ["photo.png, 1 of 3: 7", "photo.png, 2 of 3: 1", "photo.png, 3 of 3: 7"]


def test_json_has_an_answer_for_each_digit_and_where_it_is(badak, several):
    answers = json.loads(badak("predict", several, "--json").out)
    assert [answer["label"] for answer in answers] == ["7", "1", "7"]
    assert [(answer["number"], answer["of"]) for answer in answers] == [(1, 3), (2, 3), (3, 3)]
    boxes = np.array([answer["box"] for answer in answers])
    np.testing.assert_allclose(boxes[:, 0], [60, 293, 440], atol=8)
    np.testing.assert_allclose(boxes[:, 1], [113, 130, 118], atol=8)


def test_a_letter_is_no_digit(badak, letter):
    outcome = badak("predict", letter)
    assert outcome.code == 0
    assert "letter.png: no digit (the most like: " in outcome.out
    assert "%" not in outcome.out
    (answer,) = json.loads(badak("predict", letter, "--json").out)
    assert answer["label"] is None
    assert sum(answer["probabilities"].values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("theme", "language", "figure", "digits"),
    [
        ("light", "en", "figure", "(3 digits, from left to right)"),
        ("dark", "ko", "그림", "(숫자 3개, 왼쪽부터)"),
    ],
)
def test_each_digit_has_a_figure(badak, several, tmp_path, theme, language, figure, digits):
    outcome = badak("explain", several, "--theme", theme, "--language", language)
    assert outcome.code == 0
    made = sorted(path.name for path in tmp_path.glob("photo.explained*"))
    assert made == [f"photo.explained.{number}.png" for number in (1, 2, 3)]
    assert outcome.out.count(f"{figure}  photo.explained.") == 3
    assert f"photo.png: 7 1 7 {digits}" in outcome.out


def test_a_letter_is_explained_as_no_digit(badak, letter):
    outcome = badak("explain", letter)
    assert outcome.code == 0
    assert "letter.png: no digit (the most like: " in outcome.out
