"""Ink laid on a canvas as MNIST's digits are: in a box, around its centre of mass."""

import numpy as np

from badak.photographs.scaling import scaled
from badak.typing import Array


def centred(
    ink: Array, shape: tuple[int, int], box: int, maximum: int = 255, blocks: int = 1
) -> Array:
    """Return ink, float32 of any size, as uint8 of `shape`; as `images.as_digit` says."""
    ink = _crop(ink)
    scale = box * blocks / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    small = _stretch(scaled(ink, (height, width))) * maximum
    fine = _lay(small, (shape[0] * blocks, shape[1] * blocks))
    means = fine.reshape(shape[0], blocks, shape[1], blocks).mean(axis=(1, 3))
    return means.round().astype(np.uint8)


def _crop(ink: Array) -> Array:
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _stretch(ink: Array) -> Array:
    """Ink from 0 to 1, bright again where the pen was faint, or thin and the picture shrunk."""
    strongest = np.percentile(ink[ink > 0.0], 90.0)  # the largest may be one odd pixel
    return np.minimum(ink / strongest, 1.0)


def _lay(small: Array, shape: tuple[int, int]) -> Array:
    """`small` on a canvas of zeros, its centre of mass at the centre, all of it on the canvas."""
    canvas = np.zeros(shape, np.float32)
    starts = []
    for axis, (side, room) in enumerate(zip(small.shape, shape, strict=True)):
        mass = small.sum(axis=1 - axis)
        centre = (mass * np.arange(side)).sum() / mass.sum()
        starts.append(min(max(round(room / 2 - centre), 0), room - side))
    y, x = starts
    canvas[y : y + small.shape[0], x : x + small.shape[1]] = small
    return canvas
