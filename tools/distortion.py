"""Pictures bent, turned, slanted and drawn with another pen, so that a network meets more hands.

P. Y. Simard, D. Steinkraus, J. C. Platt, Best Practices for Convolutional Neural Networks Applied
to Visual Document Analysis, 2003, did so with MNIST.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from badak.typing import Array

TURN = 12.0  # degrees to either side, at most, as are the others
SCALE = 0.12  # in the exponent: by exp(0.12) wider and higher, each on its own
SLANT = 0.2  # columns a row
SHIFT = 1.5  # pixels
PEN = 0.7  # of a pixel on each side of a stroke
BEND = 0.8  # pixels: the deviation of each node of the net that a picture is bent with
NODES = 5  # a side of that net

CHUNK = 500  # pictures that are distorted at once: few enough to stay in the cache


def distort(images: Array, seed: list[int]) -> Array:
    """Return each of the images, uint8 (n, side, side), ink bright, distorted in its own way.

    The same seed gives the same bytes, on however many threads.
    """
    starts = range(0, len(images), CHUNK)
    generators = np.random.default_rng(seed).spawn(len(starts))
    with ThreadPoolExecutor() as pool:
        chunks = (images[start : start + CHUNK] for start in starts)
        return np.concatenate(list(pool.map(_distort, chunks, generators)))


def _distort(images: Array, rng: np.random.Generator) -> Array:
    drawn = _with_another_pen(images, rng)
    rows, columns = _sources(len(images), images.shape[1], rng)
    return _between_pixels(drawn, rows, columns).round().astype(np.uint8)


def _with_another_pen(images: Array, rng: np.random.Generator) -> Array:
    """Return the images, float32, with strokes up to PEN pixels thicker or thinner on each side."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    around = [
        padded[:, :-2, 1:-1],
        padded[:, 2:, 1:-1],
        padded[:, 1:-1, :-2],
        padded[:, 1:-1, 2:],
    ]
    thicker, thinner = (
        extreme.reduce([images, *around]).astype(np.float32) for extreme in (np.maximum, np.minimum)
    )
    share = _up_to(PEN, len(images), rng)
    return images + np.abs(share) * (np.where(share > 0.0, thicker, thinner) - images)


def _sources(count: int, side: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return from which row and which column each pixel is taken, each (count, side, side)."""
    along = np.linspace(-0.5, 0.5, NODES, dtype=np.float32) * (side - 1)
    y, x = along[:, np.newaxis], along  # from the centre
    turn = np.deg2rad(_up_to(TURN, count, rng))
    height, width = np.exp(_up_to(SCALE, count, rng)), np.exp(_up_to(SCALE, count, rng))
    rows = height * (np.cos(turn) * y + np.sin(turn) * x)
    columns = width * (np.cos(turn) * x - np.sin(turn) * y) + _up_to(SLANT, count, rng) * y
    places = []
    for net in (rows, columns):
        bend = rng.normal(0.0, BEND, net.shape).astype(np.float32)
        net = net + _up_to(SHIFT, count, rng) + bend + (side - 1) / 2
        places.append(_fill(_fill(net, side).swapaxes(1, 2), side).swapaxes(1, 2))
    return places[0], places[1]


def _fill(net: Array, side: int) -> Array:
    """Return `side` values along the last axis, in straight lines between those of the nodes."""
    place = np.linspace(0.0, NODES - 1, side, dtype=np.float32)
    left = np.minimum(place.astype(np.intp), NODES - 2)
    share = place - left.astype(np.float32)
    return net[..., left] * (1.0 - share) + net[..., left + 1] * share


def _between_pixels(images: Array, rows: Array, columns: Array) -> Array:
    """Return the images' values at the places given, bilinear; beyond their border they are 0."""
    count, side = images.shape[:2]
    wide = side + 2
    flat = np.pad(images, ((0, 0), (1, 1), (1, 1))).ravel()
    rows, columns = (np.clip(place + 1.0, 0.0, side + 0.999) for place in (rows, columns))
    top, left = rows.astype(np.intp), columns.astype(np.intp)
    down, right = rows - top.astype(np.float32), columns - left.astype(np.float32)
    first = np.arange(count)[:, np.newaxis, np.newaxis] * wide**2
    corner = first + top * wide + left
    upper = flat[corner] * (1.0 - right) + flat[corner + 1] * right
    lower = flat[corner + wide] * (1.0 - right) + flat[corner + wide + 1] * right
    return upper * (1.0 - down) + lower * down


def _up_to(most: float, count: int, rng: np.random.Generator) -> Array:
    """Return a number for each image, from -most to most, (count, 1, 1)."""
    return rng.uniform(-most, most, (count, 1, 1)).astype(np.float32)
