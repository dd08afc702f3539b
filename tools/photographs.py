"""Draws photographs of handwritten digits, and counts how many of them badak reads right.

Run it as ``python tools/photographs.py [FOLDER]``, the folder being that of MNIST's files. MNIST's
test images are the ink, so that the figures are of digits that chose no threshold; ``--validate``
takes the last 10,000 training images instead, for whoever changes how pictures are read.
``--save FOLDER`` writes the pictures too.
"""

import argparse
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from badak import datasets, models
from badak.errors import InputError
from badak.images import as_digits
from badak.typing import Array

SEED = 0
EACH = 200  # photographs of a kind
VALIDATION = 10_000  # of the training images

SIZES = (420, 800)  # pixels, the longer side of a photograph
HEIGHTS = (0.22, 0.5)  # of the shorter side: how high a digit's box of 28 pixels stands
PAPER, INK = (205.0, 245.0), (25.0, 95.0)  # shades
NOISE = (1.0, 4.0)  # shades, a standard deviation
TURN = 3.0  # degrees to either side, at most: how crooked the camera was held
SPECKS = (2, 6)


@dataclass(frozen=True)
class Photograph:
    """A picture, and the digits on it from left to right."""

    image: Array
    """uint8 (height, width)."""
    labels: tuple[int, ...]


@dataclass
class Sheet:
    """What lies before the camera, while it is drawn: shades as float32 (height, width)."""

    shades: Array
    rng: np.random.Generator
    boxes: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Where the digits are: left, top, right, bottom."""

    @property
    def scale(self) -> float:
        """How many pixels the width of a fine pen is."""
        return max(self.shades.shape) / 500.0


def main(arguments: list[str] | None = None) -> None:
    """Print how many photographs of each kind are read right."""
    parser = argparse.ArgumentParser(description="Count the photographs that are read right.")
    parser.add_argument("data", nargs="?", type=Path, help="where MNIST's files are")
    parser.add_argument("--validate", action="store_true", help="leave the test images alone")
    parser.add_argument("--count", type=int, default=EACH, help="photographs of a kind")
    parser.add_argument("--save", type=Path, help="a folder for the pictures")
    options = parser.parse_args(arguments)
    dataset = datasets.load("mnist", options.data)
    images, labels = dataset.x_test, dataset.y_test
    if options.validate:
        images, labels = dataset.x_train[-VALIDATION:], dataset.y_train[-VALIDATION:]
    for kind in KINDS:
        made = photographs(kind, images, labels, options.count)
        right = sum(read(each.image) == each.labels for each in made)
        print(f"| {kind} | {right / len(made):.3f} |", flush=True)
        if options.save is not None:
            for number, each in enumerate(made):
                Image.fromarray(each.image).save(options.save / f"{kind} {number}.png")


def read(image: Array) -> tuple[int, ...]:
    """Return the digits that badak reads on a picture, from left to right; -1 for what is none."""
    try:
        digits = as_digits(image)
    except InputError:
        return ()
    labels = np.where(models.is_digit(digits), models.digits().classify(digits), -1)
    return tuple(map(int, labels))


def photograph(kind: str, images: Array, labels: Array, seed: list[int]) -> Photograph:
    """Return a photograph of `kind`, one of KINDS, of digits chosen from `images`.

    Images are those of MNIST, uint8 (n, 28, 28). The same seed gives the same picture.
    """
    rng = np.random.default_rng(seed)
    sheet = _blank(rng)
    PAPERS.get(kind, _leave)(sheet)
    count = int(rng.integers(2, 5)) if kind == "several" else 1
    chosen = rng.integers(0, len(images), count)
    _write(sheet, images[chosen])
    LIGHTS.get(kind, _leave)(sheet)
    return Photograph(_taken(sheet), tuple(int(labels[place]) for place in chosen))


def photographs(
    kind: str, images: Array, labels: Array, count: int, seed: int = SEED
) -> list[Photograph]:
    """Return `count` photographs of a kind."""
    place = KINDS.index(kind)
    return [photograph(kind, images, labels, [seed, place, number]) for number in range(count)]


def _blank(rng: np.random.Generator) -> Sheet:
    longer = int(rng.integers(*SIZES))
    height, width = longer, int(longer * rng.uniform(0.7, 1.0))
    if rng.random() < 0.5:
        height, width = width, height
    return Sheet(np.full((height, width), rng.uniform(*PAPER), np.float32), rng)


def _leave(sheet: Sheet) -> None:
    """Add nothing."""


def _rule(sheet: Sheet, *, across: bool = False) -> None:
    """Print lines on the paper, parallel, pale or nearly as dark as ink."""
    rng, (height, width) = sheet.rng, sheet.shades.shape
    step = rng.uniform(0.045, 0.12) * min(height, width)
    thickness = max(1, round(rng.uniform(0.8, 2.2) * sheet.scale))
    shade = sheet.shades[0, 0] * rng.uniform(0.45, 0.85)
    lines = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(lines)
    for place in np.arange(rng.uniform(0, step), height, step):
        pen.line((0, place, width, place), 255, thickness)
    if across:
        for place in np.arange(rng.uniform(0, step), width, step):
            pen.line((place, 0, place, height), 255, thickness)
    _cover(sheet, np.asarray(lines, np.float32) / 255.0, shade)


def _square(sheet: Sheet) -> None:
    _rule(sheet, across=True)


def _write(sheet: Sheet, digits: Array) -> None:
    """Write the digits in a row, each in its own place, none touching another or the border."""
    rng, (height, width) = sheet.rng, sheet.shades.shape
    side = rng.uniform(*HEIGHTS) * min(height, width)
    side = min(side, 0.8 * width / len(digits))
    ink = rng.uniform(*INK)
    left = rng.uniform(0.06 * width, 0.94 * width - side * len(digits))
    top = rng.uniform(0.06 * height, 0.94 * height - side)
    for place, digit in enumerate(digits):
        size = round(side * rng.uniform(0.85, 1.0))
        drawn = Image.fromarray(digit).resize((size, size), Image.Resampling.BICUBIC)
        x = round(left + place * side)
        y = round(top + rng.uniform(0.0, 0.1) * side)
        share = np.zeros((height, width), np.float32)
        strokes = np.asarray(drawn, np.float32)[: height - y, : width - x] / 255.0
        share[y : y + strokes.shape[0], x : x + strokes.shape[1]] = np.clip(
            (strokes - 0.25) / 0.5, 0.0, 1.0
        )
        _cover(sheet, share, ink)
        sheet.boxes.append((x, y, x + size, y + size))


def _cover(sheet: Sheet, share: Array, shade: float) -> None:
    """Let a shade cover so large a share of each pixel; ink never makes a pixel lighter."""
    covered = sheet.shades * (1.0 - share) + shade * share
    sheet.shades = np.minimum(sheet.shades, covered)


def _lay_on_desk(sheet: Sheet) -> None:
    """Show a dark desk, with grain, around the sheet, which lies a little crooked."""
    rng, (height, width) = sheet.rng, sheet.shades.shape
    margins = rng.uniform(0.08, 0.2, 4) * np.array([width, height, width, height])
    left, top, right, bottom = (round(margin) for margin in margins)
    shape = (height + top + bottom, width + left + right)
    grain = rng.normal(0.0, 4.0, (shape[0], 1)) + rng.normal(0.0, 1.0, shape)
    desk = (rng.uniform(30.0, 110.0) + grain).astype(np.float32)
    paper, on = np.zeros(shape, np.float32), np.zeros(shape, np.uint8)
    paper[top : top + height, left : left + width] = sheet.shades
    on[top : top + height, left : left + width] = 255
    angle = rng.uniform(-8.0, 8.0)
    turned = Image.fromarray(paper).rotate(angle, Image.Resampling.BILINEAR)
    cover = Image.fromarray(on).rotate(angle, Image.Resampling.BILINEAR)
    share = np.asarray(cover, np.float32) / 255.0
    sheet.shades = desk * (1.0 - share) + np.asarray(turned) * (share > 0.0)


def _shade(sheet: Sheet) -> None:
    """Let a shadow with a sharp edge fall across the digit or near it."""
    rng, (height, width) = sheet.rng, sheet.shades.shape
    left, top, right, bottom = sheet.boxes[0]
    near = rng.uniform(-0.4, 1.4, 2)
    x, y = left + near[0] * (right - left), top + near[1] * (bottom - top)
    angle = rng.uniform(0.0, 2.0 * np.pi)
    rows, columns = np.mgrid[:height, :width]
    distance = (columns - x) * np.cos(angle) + (rows - y) * np.sin(angle)
    edge = rng.uniform(0.5, 3.0) * sheet.scale  # pixels over which the light falls off
    share = np.clip(0.5 + distance / edge, 0.0, 1.0)
    sheet.shades = (sheet.shades * (1.0 - rng.uniform(0.3, 0.6) * share)).astype(np.float32)


def _speckle(sheet: Sheet) -> None:
    """Drop crumbs on the paper, up to a sixth of the digit wide, away from it."""
    rng, (height, width) = sheet.rng, sheet.shades.shape
    left, top, right, bottom = sheet.boxes[0]
    dirt = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(dirt)
    for _ in range(int(rng.integers(*SPECKS))):
        radius = rng.uniform(1.5, max(2.0, (bottom - top) / 12))
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        if left - radius < x < right + radius and top - radius < y < bottom + radius:
            continue
        flat = rng.uniform(0.6, 1.0)
        pen.ellipse((x - radius, y - radius * flat, x + radius, y + radius * flat), 255)
    _cover(sheet, np.asarray(dirt, np.float32) / 255.0, rng.uniform(*INK))


def _light_from_one_side(sheet: Sheet) -> None:
    """Let the light fall off across the sheet, to as little as two fifths."""
    rng, (height, width) = sheet.rng, sheet.shades.shape
    angle, loss = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(0.3, 0.6)
    rows, columns = np.mgrid[-1.0 : 1.0 : height * 1j, -1.0 : 1.0 : width * 1j]
    along = 0.5 + (columns * np.cos(angle) + rows * np.sin(angle)) / 2.83
    sheet.shades = (sheet.shades * (1.0 - loss * along**1.5)).astype(np.float32)


def _out_of_focus(sheet: Sheet) -> None:
    radius = sheet.rng.uniform(1.5, 4.0) * sheet.scale
    sheet.shades = np.asarray(
        Image.fromarray(sheet.shades.round().astype(np.uint8)).filter(
            ImageFilter.GaussianBlur(radius)
        ),
        np.float32,
    )


def _taken(sheet: Sheet) -> Array:
    """Return what the camera makes of it: turned, noisy, saved as JPEG."""
    rng = sheet.rng
    height, width = sheet.shades.shape
    picture = Image.fromarray(sheet.shades)
    turned = picture.rotate(rng.uniform(-TURN, TURN), Image.Resampling.BILINEAR)
    cut = round(0.05 * min(height, width))  # where the turned picture shows nothing
    shades = np.asarray(turned)[cut:-cut, cut:-cut]
    noisy = shades + rng.normal(0.0, rng.uniform(*NOISE), shades.shape)
    whole = Image.fromarray(noisy.clip(0.0, 255.0).round().astype(np.uint8))
    with io.BytesIO() as file:
        whole.save(file, "JPEG", quality=int(rng.integers(70, 95)))
        with Image.open(file) as saved:
            return np.array(saved)


PAPERS: dict[str, Callable[[Sheet], None]] = {"ruled": _rule, "squared": _square}
LIGHTS: dict[str, Callable[[Sheet], None]] = {
    "desk": _lay_on_desk,
    "shadow": _shade,
    "specks": _speckle,
    "slanted light": _light_from_one_side,
    "blurred": _out_of_focus,
}
KINDS = ("plain", *PAPERS, *LIGHTS, "several")
"""What is hard about a photograph: its paper, its light, or how many digits it shows."""


if __name__ == "__main__":
    main()
