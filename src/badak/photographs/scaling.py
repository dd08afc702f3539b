"""Sizes of pictures: shrunk by areas, enlarged between pixels, as Pillow does it."""

import numpy as np

from badak.typing import Array


def scaled(image: Array, shape: tuple[int, int]) -> Array:
    """Return float32 for float32, one axis at a time: one may grow while the other shrinks."""
    from PIL import Image

    picture = Image.fromarray(image)
    for size in ((picture.width, shape[0]), (shape[1], shape[0])):
        shrinks = size[0] * size[1] < picture.width * picture.height
        method = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
        picture = picture.resize(size, method)
    return np.array(picture)


def shrunk(image: Array, longer: int) -> Array:
    """Return the picture with a longer side of at most so many pixels; itself if it is smaller."""
    if max(image.shape) <= longer:
        return image
    scale = longer / max(image.shape)
    height, width = (max(1, round(side * scale)) for side in image.shape)
    return scaled(image, (height, width))


enlarged = scaled  # linear between pixels where a side grows


def reduced(image: Array, longer: int) -> Array:
    """Return means over squares, uint8, of at least `longer` pixels: it needs no floats.

    >>> reduced(np.arange(8193, dtype=np.uint8)[np.newaxis], 4000).shape
    (1, 4097)
    """
    from PIL import Image

    factor = max(image.shape) // longer
    return image if factor < 2 else np.array(Image.fromarray(image).reduce(factor))
