"""The ground under the ink: the shade that each pixel of the paper has without it."""

from dataclasses import dataclass

import numpy as np

from badak.photographs.extremes import closed, smallest
from badak.photographs.scaling import enlarged, shrunk
from badak.typing import Array

_FITS = 20  # steps towards the ground of an unevenly lit photograph
FAINTEST = 16.0  # shades of 256: what differs less from the ground is not seen as drawn

_SIDE = 300  # pixels of the longer side, in which a shadow is looked at
_PEN = 0.06  # of the shorter side: half the thickness of the strokes that are painted over
_STRAYS = 0.04  # of the border: more that strays from the surface is a shadow's
_EDGE = 3  # pixels to either side of a shadow's edge


@dataclass(frozen=True)
class Ground:
    """The shade of the ground, one or one a pixel, and its standard deviation."""

    shade: Array
    unevenness: float


def surface(image: Array, page: Array | None = None) -> tuple[Ground, bool]:
    """Return the ground estimated from the border, and whether it is the whole border's.

    That is one shade; or, where light falls on a photograph from one side, the shade of each pixel.
    The border is the picture's, or the page's.
    """
    y, x = np.linspace(-1.0, 1.0, image.shape[0]), np.linspace(-1.0, 1.0, image.shape[1])
    rows, columns = _border(image.shape, page)
    border = image[rows, columns].astype(np.float32)
    even = np.asarray(np.median(border))
    unevenness = _deviation(border - even)
    places = _powers(y[rows], x[columns])
    fitted = _fit(places, border)
    unexplained = _deviation(border - fitted @ places)
    if not unexplained < unevenness / 2.0:
        return Ground(even, unevenness), _holds(border - even, unevenness, page)
    shades = np.stack([fitted @ _powers(y[row : row + 1], x) for row in range(len(y))])
    holds = _holds(border - fitted @ places, unexplained, page)
    return Ground(shades.astype(np.float32), unexplained), holds


def under_shadow(image: Array, page: Array | None = None) -> Ground:
    """Return the paper without what is dark and thin on it, which keeps the edge of a shadow.

    Near an edge the ground is the darker of its sides: what is between the two is no ink.
    """
    small = shrunk(image.astype(np.float32), _SIDE)
    paper = closed(small, max(1, round(_PEN * min(small.shape))))
    shade = enlarged(paper, image.shape)
    strays = image - shade
    return Ground(smallest(shade, _EDGE), _deviation(strays if page is None else strays[page]))


def _border(shape: tuple[int, ...], page: Array | None) -> tuple[Array, Array]:
    """Return rows and columns of the border's pixels."""
    if page is not None:
        rows, columns = (page & ~smallest(np.pad(page, 1), 1)[1:-1, 1:-1]).nonzero()
        return rows, columns
    down, across = np.arange(shape[0]), np.arange(shape[1])
    first, last = np.zeros(max(shape), np.intp), np.full(max(shape), -1)
    down_all = [first[: shape[1]], last[: shape[1]] + shape[0], down, down]
    across_all = [across, across, first[: shape[0]], last[: shape[0]] + shape[1]]
    return np.concatenate(down_all), np.concatenate(across_all)


def _holds(strays: Array, unevenness: float, page: Array | None) -> bool:
    """Whether hardly a part of the border strays, but for thin lines across it."""
    far = np.abs(strays) > max(FAINTEST, 4.0 * unevenness)
    window = max(3, len(far) // 50) | 1
    if page is not None:  # its pixels are in no order along the border
        return bool(far.mean() < 0.25)
    near = np.convolve(far, np.ones(window), "same") > 0.6 * window
    return bool(near.mean() < _STRAYS)


def _powers(y: Array, x: Array) -> Array:
    """What a surface of the second degree is the sum of, (6, places), for one y or one x."""
    y, x = np.broadcast_arrays(y, x)
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y])


def _fit(places: Array, shades: Array) -> Array:
    """The surface at the smallest sum of distances: a stroke across the border moves it little.

    Least squares, again and again, each place weighed by one over its distance.
    """
    weights = np.ones_like(shades)
    for _ in range(_FITS):
        weighed = places * weights
        fitted = np.linalg.lstsq(weighed @ places.T, weighed @ shades, rcond=None)[0]
        weights = 1.0 / np.maximum(np.abs(shades - fitted @ places), 1.0)
    return fitted


def _deviation(distances: Array) -> float:
    """The standard deviation, were they Gaussian; some far ones do not change it."""
    return 1.4826 * float(np.median(np.abs(distances)))
