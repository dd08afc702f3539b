"""Pictures from files, and drawn characters made ready as those of MNIST were.

Pillow is imported when a picture is first read or resized.
"""

import numpy as np

from badak._common.language import Phrase, message
from badak._common.samples import as_array
from badak.errors import InputError
from badak.photographs import centred, find
from badak.photographs.files import MAX_PIXELS, MAX_SIDE, load_grey, load_rgb
from badak.photographs.scaling import scaled
from badak.typing import Array

__all__ = ["MAX_PIXELS", "MAX_SIDE", "as_digit", "as_digits", "load_grey", "load_rgb", "resize"]


def as_digit(
    image: Array,
    shape: tuple[int, int] = (28, 28),
    box: int = 20,
    maximum: int = 255,
    blocks: int = 1,
) -> Array:
    """Prepare a picture of one handwritten character as those of MNIST were.

    What differs from the ground is ink, which becomes bright on a dark ground. The ink is cropped,
    scaled with its proportions kept until its longer side fills `box` pixels, and laid so that its
    centre of mass is at the centre of the canvas.

    On a photograph the sheet of paper is found first, where it lies on a darker desk. The border
    tells the ground, evenly lit or darker towards a side; where a shadow falls across it, dark ink
    on light paper is looked for. Printed lines that run from edge to edge, what is small and lies
    alone, what is pale beside the rest and what runs into the border are left out. All else is
    taken for one character, of however many strokes: :func:`as_digits` parts several. A large
    picture is first reduced, to 1,000 pixels along its longer side.

    Parameters
    ----------
    image : array of uint8, (height, width)
        Grey, as :func:`load_grey` gives it: dark on light or light on dark, of any size, the
        character anywhere on it but not along most of its border. In a picture of at most 64x64
        pixels all ink is the character's.
    shape : (int, int), default (28, 28)
        Height and width of the result, in pixels.
    box : int, default 20
        Length of the longer side of the ink, in pixels; 20 in MNIST.
    maximum : int, default 255
        The value of the brightest pixel, 1 to 255.
    blocks : int, default 1
        A pixel is the mean of so many by so many finer ones, on which the ink is laid. badak's own
        digits were scanned on 32x32 points and counted in blocks of 4x4: for them use
        ``as_digit(image, (8, 8), 8, 16, blocks=4)``.

    Returns
    -------
    array of uint8
        The character, of shape `shape`, from 0 to `maximum`.

    Raises
    ------
    InputError
        Nothing is drawn, `image` is no grey picture, or a number is outside its range.

    References
    ----------
    Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits.

    Examples
    --------
    >>> picture = np.full((90, 60), 250, np.uint8)
    >>> picture[20:60, 30:34] = 10  # a dark stroke on light paper
    >>> digit = as_digit(picture)
    >>> digit.shape, np.flatnonzero(digit.any(axis=1)).tolist() == list(range(4, 24))
    ((28, 28), True)
    """
    image = _checked(image, shape, box, maximum, blocks)
    return centred(find(image).marks, shape, box, maximum, blocks)


def as_digits(
    image: Array,
    shape: tuple[int, int] = (28, 28),
    box: int = 20,
    maximum: int = 255,
    blocks: int = 1,
) -> Array:
    """Prepare each of several handwritten digits on a picture, from left to right, row by row.

    Digits stand apart: two that touch are taken for one. The rest is as :func:`as_digit` does it.

    Parameters
    ----------
    image : array of uint8, (height, width)
        Grey, as :func:`load_grey` gives it.
    shape, box, maximum, blocks : optional
        Those of :func:`as_digit`.

    Returns
    -------
    array of uint8
        The digits, (digits, *shape), at least one.

    Raises
    ------
    InputError
        As :func:`as_digit` raises it.

    Examples
    --------
    >>> from badak import models
    >>> picture = np.full((120, 200), 250, np.uint8)
    >>> picture[20:100, 40:50] = picture[20:100, 140:150] = 10  # two upright strokes
    >>> models.digits().classify(as_digits(picture)).tolist()
    [1, 1]
    """
    image = _checked(image, shape, box, maximum, blocks)
    found = find(image).characters
    return np.stack([centred(each.ink, shape, box, maximum, blocks) for each in found])


def _checked(image: Array, shape: tuple[int, int], box: int, maximum: int, blocks: int) -> Array:
    image = as_array(image, Phrase("the picture"))
    if image.dtype != np.uint8 or image.ndim != 2 or not image.size:
        raise InputError(
            message(
                "a grey picture is uint8 (height, width), not {dtype} of shape {shape}",
                dtype=image.dtype,
                shape=image.shape,
            )
        )
    if not 1 <= box <= min(shape):
        raise InputError(
            message(
                "box is {box}, but it must lie between 1 and the sides of {shape}",
                box=box,
                shape=shape,
            )
        )
    if not 1 <= maximum <= 255:
        raise InputError(
            message("maximum is {maximum}, but it must lie between 1 and 255", maximum=maximum)
        )
    if blocks < 1:
        raise InputError(message("blocks is {blocks}, but it must be at least 1", blocks=blocks))
    return image


def resize(image: Array, shape: tuple[int, int]) -> Array:
    """Resize a picture, stretching it where the proportions differ.

    A side that shrinks is averaged over areas; one that grows is interpolated linearly.

    Parameters
    ----------
    image : array, (height, width) or (height, width, 3)
        Shades from 0 to 255; in colour, of each channel.
    shape : (int, int)
        Height and width of the result, in pixels, each at least 1.

    Returns
    -------
    array of uint8
        The picture, of shape `shape`, or shape + (3,).

    Raises
    ------
    InputError
        A side of `shape` is below 1, or `image` is no picture.

    Examples
    --------
    >>> resize(np.array([[0, 100], [100, 200]], np.uint8), (1, 1))
    array([[100]], dtype=uint8)
    """
    if min(shape) < 1:
        raise InputError(
            message("the shape of a picture is at least (1, 1), not {shape}", shape=shape)
        )
    image = as_array(image, Phrase("the picture"))
    if image.ndim == 3 and image.shape[2] == 3:
        return np.stack([resize(image[:, :, channel], shape) for channel in range(3)], axis=2)
    if image.ndim != 2:
        raise InputError(
            message(
                "a picture is (height, width) or (height, width, 3), not of shape {shape}",
                shape=image.shape,
            )
        )
    return scaled(image.astype(np.float32), shape).round().clip(0.0, 255.0).astype(np.uint8)
