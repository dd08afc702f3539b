"""Pictures that show no digit: letters, two digits that touch, scribbles, shapes, noise.

Each function returns uint8 (n, 28, 28), prepared as :func:`badak.images.as_digit` prepares digits.
"""

from collections.abc import Callable

import numpy as np
from distortion import distort
from PIL import Image, ImageDraw, ImageFont

from badak.errors import InputError
from badak.images import as_digit
from badak.typing import Array

LETTERS = "ACEFHKMNPRTVWXYadefhkmnprtvwxy&?%#@+="
"""Not those that are drawn like a digit: B, D, G, I, J, L, O, Q, S, U, Z and some small ones."""

SIDE = 60  # pixels of a drawing


def letters(count: int, rng: np.random.Generator, fonts: list[str]) -> Array:
    """Return letters and signs printed in the fonts, distorted as MNIST's images are."""
    drawn = np.stack([_letter(letter, font) for letter in LETTERS for font in fonts])
    return distort(drawn[rng.integers(0, len(drawn), count)], [int(rng.integers(2**31))])


def pairs(count: int, rng: np.random.Generator, images: Array) -> Array:
    """Return two of the images side by side, prepared as one."""
    made = []
    for _ in range(count):
        one, other = images[rng.integers(0, len(images), 2)]
        apart = int(rng.integers(14, 29))
        both = np.zeros((28, 28 + apart), np.uint8)
        both[:, :28] = one
        both[:, apart:] = np.maximum(both[:, apart:], other)
        made.append(as_digit(both))
    return np.stack(made)


def scribbles(count: int, rng: np.random.Generator) -> Array:
    """Return random strokes."""

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for _ in range(int(rng.integers(1, 5))):
            places = rng.uniform(8, SIDE - 8, (int(rng.integers(3, 9)), 2))
            pen.line([tuple(place) for place in places], 255, int(rng.integers(2, 8)), "curve")

    return _drawings(count, draw)


def shapes(count: int, rng: np.random.Generator) -> Array:
    """Return filled discs, rectangles and polygons, crosses, and hollow boxes."""

    def draw(pen: ImageDraw.ImageDraw) -> None:
        low, high = rng.uniform(5, 25, 2), rng.uniform(33, 55, 2)
        box = (*low, *high)
        kind = rng.integers(5)
        if kind == 0:
            pen.ellipse(box, 255)
        elif kind == 1:
            pen.rectangle(box, 255)
        elif kind == 2:
            pen.polygon(
                [tuple(place) for place in rng.uniform(5, 55, (int(rng.integers(3, 7)), 2))], 255
            )
        elif kind == 3:
            width = int(rng.integers(2, 9))
            pen.line((low[0], low[1], high[0], high[1]), 255, width)
            pen.line((low[0], high[1], high[0], low[1]), 255, width)
        else:
            pen.rectangle(box, outline=255, width=int(rng.integers(2, 8)))
            pen.line((low[0], sum((low[1], high[1])) / 2, high[0], low[1]), 255, 3)

    return _drawings(count, draw)


def noise(count: int, rng: np.random.Generator) -> Array:
    """Return noise, from single pixels to blots."""
    made = []
    for number in range(count):
        cells = int(rng.integers(3, 29))
        values = rng.integers(0, 256, (cells, cells), np.uint8)
        picture = Image.fromarray(values).resize((28, 28), Image.Resampling.BILINEAR)
        image = np.asarray(picture)
        if number % 3:
            image = np.where(image > rng.integers(100, 200), image, 0).astype(np.uint8)
        made.append(image)
    return np.stack(made)


def _letter(letter: str, font: str) -> Array:
    picture = Image.new("L", (3 * SIDE, 3 * SIDE), 255)
    face = ImageFont.truetype(font, SIDE) if font else ImageFont.load_default(SIDE)
    ImageDraw.Draw(picture).text((SIDE, SIDE), letter, 0, face)
    # What is printed has to fit in 64 pixels, so that all its strokes are one character's.
    return as_digit(np.asarray(picture.resize((60, 60), Image.Resampling.BOX)))


def _drawings(count: int, draw: Callable[[ImageDraw.ImageDraw], None]) -> Array:
    made: list[Array] = []
    while len(made) < count:
        picture = Image.new("L", (SIDE, SIDE), 0)
        draw(ImageDraw.Draw(picture))
        try:
            made.append(as_digit(np.asarray(picture)))
        except InputError:  # all of it lies along the border
            continue
    return np.stack(made)
