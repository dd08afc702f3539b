"""Picture files as arrays, in grey or in colour. Pillow is imported when a file is first read."""

import os
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from badak._common.contents import content_of
from badak._common.files import check_regular
from badak._common.language import message
from badak.errors import FileFormatError
from badak.typing import Array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL.Image import Image

MAX_PIXELS = 64_000_000
"""The largest picture that is read: a few kilobytes can announce many gigabytes of pixels."""
MAX_SIDE = 65_535
"""The longest side that is read, in pixels; JPEG has no longer one."""

_BAND = 2**20  # pixels that are computed in floats at a time
# Few formats are few ways in: some of Pillow's others start programs to do their work.
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")

_ORIENTATION, _TURNED = 0x0112, (5, 6, 7, 8)  # EXIF: these exchange height and width

_WHITE = 255.0
_NEARLY_WHITE = 230.0


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
    return _opened(path, _grey)


def load_rgb(path: str | os.PathLike[str]) -> Array:
    """Read a picture file in colour; the rest is as :func:`load_grey` does it.

    Parameters
    ----------
    path : path-like
        The file; a grey one has the same shade in all three channels.

    Returns
    -------
    array of uint8, (height, width, 3)
        Red, green and blue, from 0 to 255.

    Raises
    ------
    FileFormatError, OSError
        As :func:`load_grey` raises them.

    Examples
    --------
    >>> from PIL import Image
    >>> path = getfixture("tmp_path") / "red.png"
    >>> Image.new("RGB", (1, 1), "red").save(path)
    >>> load_rgb(path)
    array([[[255,   0,   0]]], dtype=uint8)
    """
    return _opened(path, _rgb)


def load_both(path: str | os.PathLike[str]) -> tuple[Array, Array]:
    """Return what :func:`load_grey` and :func:`load_rgb` do, reading the file once."""
    return _opened(path, lambda picture: (_grey(picture), _rgb(picture)))


def look_at(path: str | os.PathLike[str]) -> tuple[tuple[int, int], bool]:
    """Return a file's (height, width) and whether it is stored in grey, from its beginning alone.

    Errors are those of :func:`load_grey`; damage further on is not seen.
    """
    with _open(path) as picture:
        turned = picture.getexif().get(_ORIENTATION, 1) in _TURNED
        width, height = picture.size
        size = (width, height) if turned else (height, width)
        return size, picture.mode in ("1", "L", "LA", "I", "F") or picture.mode.startswith("I;16")


T = TypeVar("T")


def _opened(path: str | os.PathLike[str], convert: "Callable[[Image], T]") -> T:
    """Return what is made of the picture in a file, turned as the camera's note says."""
    from PIL import ImageOps

    with _open(path) as picture:
        return convert(ImageOps.exif_transpose(picture))


@contextmanager
def _open(path: str | os.PathLike[str]) -> "Iterator[Image]":
    """Open a picture; whatever is wrong with it there and inside names the file."""
    from PIL import Image, UnidentifiedImageError

    if Path(path).exists():
        check_regular(path, message("picture"))
    with Path(path).open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=_FORMATS) as picture:
                _check_size(picture.size)
                yield picture
        except UnidentifiedImageError:
            found = content_of(path)
            but = (
                message(", but {found}", found=found)
                if found and not any(each in found for each in _FORMATS)
                else ""
            )
            raise FileFormatError(
                message(
                    "{path} cannot be read as a picture: it is none of {formats}{but}",
                    path=path,
                    formats=", ".join(_FORMATS),
                    but=but,
                )
            ) from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise FileFormatError(
                message(
                    "{path} has more than {max_pixels:,} pixels, the most that are read: make it "
                    "smaller",
                    path=path,
                    max_pixels=MAX_PIXELS,
                )
            ) from None
        except Exception as error:  # Pillow has no error of its own: a bad file can raise any
            raise FileFormatError(
                message("{path} cannot be read as a picture: {error}", path=path, error=error)
            ) from error


def _check_size(size: tuple[int, int]) -> None:
    from PIL.Image import DecompressionBombError

    if size[0] * size[1] > MAX_PIXELS:
        raise DecompressionBombError
    if max(size) > MAX_SIDE:
        raise ValueError(
            message(
                "it has a side of {size:,} pixels, but at most {max_side:,} are read",
                size=max(size),
                max_side=MAX_SIDE,
            )
        )


def _grey(picture: "Image") -> Array:
    """Any of Pillow's modes as uint8 (height, width)."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _eight_bits(np.asarray(picture))
    if picture.has_transparency_data:
        return _on_paper(picture.convert("RGBA"))
    return np.array(picture.convert("L"))


def _rgb(picture: "Image") -> Array:
    """Any of Pillow's modes as uint8 (height, width, 3)."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return np.repeat(_eight_bits(np.asarray(picture))[:, :, np.newaxis], 3, axis=2)
    if not picture.has_transparency_data:
        return np.array(picture.convert("RGB"))
    seen = picture.convert("RGBA")
    paper = 0.0 if _is_drawn_in_white(seen) else _WHITE
    colours = np.array(seen.convert("RGB"))
    alpha = np.asarray(seen.getchannel("A"))
    for rows in _bands(alpha.shape):
        opacity = alpha[rows, :, np.newaxis].astype(np.float32) / 255.0
        colours[rows] = (colours[rows] * opacity + paper * (1.0 - opacity)).round()
    return colours


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
        raise ValueError(
            message(
                "its pixels are from {smallest} to {largest}, which is no shade of grey",
                smallest=smallest,
                largest=largest,
            )
        )
    shades = np.empty(values.shape, np.uint8)
    for rows in _bands(values.shape):
        shades[rows] = (values[rows] / white * _WHITE).round()
    return shades


def _on_paper(picture: "Image") -> Array:
    """An RGBA picture laid on white, or on black if what is to be seen of it is nearly white."""
    grey, alpha = _shades(picture)
    paper = 0.0 if _is_white(grey, alpha) else _WHITE
    for rows in _bands(grey.shape):
        opacity = alpha[rows].astype(np.float32) / 255.0
        grey[rows] = (grey[rows] * opacity + paper * (1.0 - opacity)).round()
    return grey


def _is_drawn_in_white(picture: "Image") -> bool:
    """Whether what is to be seen of an RGBA picture is nearly white."""
    return _is_white(*_shades(picture))


def _shades(picture: "Image") -> tuple[Array, Array]:
    """An RGBA picture's shades of grey and how opaque it is, uint8 (height, width) both."""
    grey = np.empty((picture.height, picture.width), np.uint8)
    alpha = np.empty_like(grey)
    for rows in _bands(grey.shape):
        band = picture.crop((0, rows.start, picture.width, rows.stop))
        grey[rows] = np.asarray(band.convert("RGB").convert("L"))
        alpha[rows] = np.asarray(band.getchannel("A"))
    return grey, alpha


def _is_white(grey: Array, alpha: Array) -> bool:
    seen = float(alpha.sum(dtype=np.int64))
    parts = (grey[rows].astype(np.int32) * alpha[rows] for rows in _bands(grey.shape))
    shade = sum(int(part.sum(dtype=np.int64)) for part in parts)
    return seen > 0.0 and shade / seen > _NEARLY_WHITE


def _bands(shape: tuple[int, ...]) -> list[slice]:
    """Return the rows of a picture in parts, so that floats of all its pixels need no memory."""
    height, width = shape
    step = max(1, _BAND // width)
    return [slice(row, min(row + step, height)) for row in range(0, height, step)]
