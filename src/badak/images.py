"""Pictures from files, and drawn characters made ready as those of MNIST were.

Pillow is imported when a picture is first read or resized.
"""

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from badak._common.contents import content_of
from badak._common.files import check_regular
from badak._common.samples import as_array
from badak.errors import FileFormatError, InputError
from badak.photographs import centred, find
from badak.photographs.scaling import scaled
from badak.typing import Array

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 64_000_000
"""The largest picture that is read: a few kilobytes can announce many gigabytes of pixels."""
MAX_SIDE = 65_535
"""The longest side that is read, in pixels; JPEG has no longer one."""

_BAND = 2**20  # pixels that are computed in floats at a time
# Few formats are few ways in: some of Pillow's others start programs to do their work.
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")

_WHITE = 255.0
_NEARLY_WHITE = 230.0


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
    image = as_array(image, "the picture")
    if image.dtype != np.uint8 or image.ndim != 2 or not image.size:
        raise InputError(
            f"a grey picture is uint8 (height, width), not {image.dtype} of shape {image.shape}"
        )
    if not 1 <= box <= min(shape):
        raise InputError(f"box is {box}, but it must lie between 1 and the sides of {shape}")
    if not 1 <= maximum <= 255:
        raise InputError(f"maximum is {maximum}, but it must lie between 1 and 255")
    if blocks < 1:
        raise InputError(f"blocks is {blocks}, but it must be at least 1")
    return image


def load_grey(path: str | os.PathLike[str]) -> Array:
    """Read a picture file in grey: PNG, JPEG, BMP, GIF, WebP or TIFF, the first frame of several.

    It is turned as the camera's note (EXIF) says. What is transparent is laid on white paper; but
    a drawing in white on nothing would vanish there, so it is laid on black.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    array of uint8, (height, width)
        From 0, black, to 255, white.

    Raises
    ------
    FileFormatError
        It is no picture, cut short, damaged, or of more than 64,000,000 pixels, or 65,535 a side.
    OSError
        It cannot be opened, as :func:`open` has it.

    Examples
    --------
    >>> from PIL import Image
    >>> path = getfixture("tmp_path") / "white.png"
    >>> Image.new("RGB", (3, 2), "white").save(path)
    >>> load_grey(path)
    array([[255, 255, 255],
           [255, 255, 255]], dtype=uint8)
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if Path(path).exists():
        check_regular(path, "picture")
    with Path(path).open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=_FORMATS) as picture:
                _check_size(picture.size)
                return _grey(ImageOps.exif_transpose(picture))
        except UnidentifiedImageError:
            found = content_of(path)
            but = f", but {found}" if found and not any(each in found for each in _FORMATS) else ""
            raise FileFormatError(
                f"{path} cannot be read as a picture: it is none of {', '.join(_FORMATS)}{but}"
            ) from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise FileFormatError(
                f"{path} has more than {MAX_PIXELS:,} pixels, the most that are read: "
                f"make it smaller"
            ) from None
        except Exception as error:  # Pillow has no error of its own: a bad file can raise any
            raise FileFormatError(f"{path} cannot be read as a picture: {error}") from error


def resize(image: Array, shape: tuple[int, int]) -> Array:
    """Resize a grey picture, stretching it where the proportions differ.

    A side that shrinks is averaged over areas; one that grows is interpolated linearly.

    Parameters
    ----------
    image : array, (height, width)
        Shades from 0 to 255.
    shape : (int, int)
        Height and width of the result, in pixels, each at least 1.

    Returns
    -------
    array of uint8
        The picture, of shape `shape`.

    Raises
    ------
    InputError
        A side of `shape` is below 1.

    Examples
    --------
    >>> resize(np.array([[0, 100], [100, 200]], np.uint8), (1, 1))
    array([[100]], dtype=uint8)
    """
    if min(shape) < 1:
        raise InputError(f"the shape of a picture is at least (1, 1), not {shape}")
    image = as_array(image, "the picture")
    return scaled(image.astype(np.float32), shape).round().clip(0.0, 255.0).astype(np.uint8)


def _check_size(size: tuple[int, int]) -> None:
    from PIL.Image import DecompressionBombError

    if size[0] * size[1] > MAX_PIXELS:
        raise DecompressionBombError
    if max(size) > MAX_SIDE:
        raise ValueError(
            f"it has a side of {max(size):,} pixels, but at most {MAX_SIDE:,} are read"
        )


def _grey(picture: "Image") -> Array:
    """Any of Pillow's modes as uint8 (height, width)."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _eight_bits(np.asarray(picture))
    if picture.has_transparency_data:
        return _on_paper(picture.convert("RGBA"))
    return np.array(picture.convert("L"))


def _eight_bits(values: Array) -> Array:
    """Pixels of more than eight bits as uint8, by the smallest usual scale that holds them."""
    scales = [255.0, 65535.0, 2.0**31 - 1.0]
    if values.dtype.kind == "f":
        scales = [1.0, *scales]
    elif values.dtype.itemsize == 2:
        scales = [65535.0]
    smallest, largest = float(values.min()), float(values.max())
    white = next((scale for scale in scales if largest <= scale), None)
    if white is None or not smallest >= 0.0:
        raise ValueError(f"its pixels are from {smallest} to {largest}, which is no shade of grey")
    shades = np.empty(values.shape, np.uint8)
    for rows in _bands(values.shape):
        shades[rows] = (values[rows] / white * _WHITE).round()
    return shades


def _on_paper(picture: "Image") -> Array:
    """An RGBA picture laid on white, or on black if what is to be seen of it is nearly white."""
    grey = np.empty((picture.height, picture.width), np.uint8)
    alpha = np.empty_like(grey)
    for rows in _bands(grey.shape):
        band = picture.crop((0, rows.start, picture.width, rows.stop))
        grey[rows] = np.asarray(band.convert("RGB").convert("L"))
        alpha[rows] = np.asarray(band.getchannel("A"))
    seen = float(alpha.sum(dtype=np.int64))
    parts = (grey[rows].astype(np.int32) * alpha[rows] for rows in _bands(grey.shape))
    shade = sum(int(part.sum(dtype=np.int64)) for part in parts)
    drawn_in_white = seen > 0.0 and shade / seen > _NEARLY_WHITE
    paper = 0.0 if drawn_in_white else _WHITE
    for rows in _bands(grey.shape):
        opacity = alpha[rows].astype(np.float32) / 255.0
        grey[rows] = (grey[rows] * opacity + paper * (1.0 - opacity)).round()
    return grey


def _bands(shape: tuple[int, ...]) -> list[slice]:
    """Return the rows of a picture in parts, so that floats of all its pixels need no memory."""
    height, width = shape
    step = max(1, _BAND // width)
    return [slice(row, min(row + step, height)) for row in range(0, height, step)]
