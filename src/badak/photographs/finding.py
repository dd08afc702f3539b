"""Find the characters on a photograph: the sheet, its ground, the ink, and its strokes."""

from dataclasses import dataclass

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.photographs import ground as grounds
from badak.photographs.characters import Character, characters, strokes
from badak.photographs.lines import find_lines
from badak.photographs.page import find_page
from badak.photographs.scaling import reduced, shrunk
from badak.typing import Array

PREPARED = 64  # pixels: a picture no larger is no photograph; all of its ink is one character
_STRIP = 8  # pixels of the shorter side: a narrower picture shows no sheet and no lines
_SIDE = 1000  # pixels of the longer side: a larger photograph is shrunk to it

_FAINT = 0.08  # of the strongest ink: what is fainter is not ink
_FAINT_IN_SHADOW = 0.3  # there the ground is known less well
_BLACK = 8.0  # shades: ground this dark shows no ink


@dataclass(frozen=True)
class Found:
    """What was found on a picture."""

    image: Array
    """The picture, uint8 (height, width); a large one shrunk."""
    scale: float
    """So many pixels of the picture that was given make one of `image`, along a side."""
    page: Array | None
    """The mask of the sheet of paper, where a desk shows around it."""
    lines: Array
    """The mask of printed lines that were left out."""
    marks: Array
    """All ink of characters, float32 (height, width), in shades."""
    characters: list[Character]
    """From left to right, row by row."""


def find(image: Array) -> Found:
    """Return what is drawn on the picture, grey, uint8 (height, width).

    InputError where nothing is drawn.
    """
    longer = max(image.shape)
    if longer > _SIDE:
        image = np.rint(shrunk(reduced(image, _SIDE).astype(np.float32), _SIDE)).astype(np.uint8)
    scale = longer / max(image.shape)
    if not _may_be_photograph(image):
        ink = _ink(image, None)
        one = np.asarray(ink > 0.0, np.int32)
        return Found(image, scale, None, np.zeros(image.shape, bool), ink, characters(ink, one))
    page = find_page(image)
    ink = _ink(image, page)
    lines = find_lines(ink > 0.0, page)
    ink = np.where(lines, np.float32(0.0), ink)
    parts = strokes(ink, page)
    drawn = np.where(parts > 0, ink, np.float32(0.0))
    return Found(image, scale, page, lines, drawn, characters(ink, parts))


def _may_be_photograph(image: Array) -> bool:
    return max(image.shape) > PREPARED and min(image.shape) >= _STRIP


def _ink(image: Array, page: Array | None) -> Array:
    """How many shades each pixel is from the ground towards the ink, float32; the ground is 0.

    A pixel is ink if it differs by more than the ground's own unevenness and by more than a share
    of the strongest, and if it has a neighbour that does: specks of noise stand alone.
    """
    ground, even = grounds.surface(image, page)
    if even or not _may_be_photograph(image):
        strays = _on(page, image - ground.shade)
        darker, lighter = (np.maximum(sign * strays, 0.0) for sign in (-1.0, 1.0))
        ink: Array = darker if (darker**2).sum() > (lighter**2).sum() else lighter
        least = _FAINT * ink.max()
    else:
        ground = grounds.under_shadow(image, page)
        # In a shadow ink and paper are dimmed alike.
        dimmed = np.maximum(ground.shade, _BLACK) / np.median(ground.shade)
        ink = _on(page, np.maximum(ground.shade - image, 0.0) / dimmed)
        seen = ink[ink > grounds.FAINTEST]
        least = _FAINT_IN_SHADOW * float(np.percentile(seen, 90.0)) if len(seen) else 0.0
    inked = ink > max(4.0 * ground.unevenness, least, grounds.FAINTEST)
    inked &= _neighbours(inked) > 0
    if not inked.any():
        raise InputError(
            message("nothing is drawn: the picture is all of one shade, or only specks")
        )
    return np.where(inked, ink, 0.0).astype(np.float32)


def _on(page: Array | None, values: Array) -> Array:
    """Return the values, 0 outside the sheet."""
    return values if page is None else np.where(page, values, 0.0)


def _neighbours(inked: Array) -> Array:
    """How many of the eight pixels around each are inked."""
    height, width = inked.shape
    padded = np.pad(inked, 1).astype(np.uint8)
    blocks = sum(padded[y : y + height, x : x + width] for y in range(3) for x in range(3))
    return np.asarray(blocks) - inked
