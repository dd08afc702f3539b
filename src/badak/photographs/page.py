"""A light sheet on a darker desk: which pixels are the sheet's."""

import numpy as np

from badak.photographs.components import label
from badak.photographs.extremes import closed, opened, smallest
from badak.photographs.scaling import enlarged, shrunk
from badak.typing import Array

_SIDE = 200  # pixels of the longer side: enough to find a sheet
_PEN = 0.04  # of the shorter side: half the thickness of the strokes that are painted over
_THIN = 0.1  # of the shorter side: what is thinner than twice this is no sheet
_LEAST = 0.12  # of the picture: the smallest sheet
_CONTRAST = 35.0  # shades between sheet and desk
_RIM = 0.015  # of the longer side: what is left out along the sheet's edge


def find_page(image: Array) -> Array | None:
    """Return the mask of the sheet, (height, width); None where no desk shows around it.

    A shadow's edge also parts light from dark, but it runs from border to border and so leaves a
    corner of the picture light. A sheet shows no corner of the picture.
    """
    small = shrunk(image, _SIDE)
    shorter = min(small.shape)
    paper = closed(small.astype(np.float32), max(1, round(_PEN * shorter)))
    threshold, contrast = _between(paper)
    if contrast < _CONTRAST:
        return None
    light = opened(paper > threshold, max(1, round(_THIN * shorter)))
    labels = label(light)
    if not labels.any():
        return None
    sheet = _filled(labels == np.bincount(labels[labels > 0]).argmax())
    corners = sheet[[0, 0, -1, -1], [0, -1, 0, -1]]
    if corners.any() or sheet.mean() < _LEAST:
        return None
    mask = enlarged(sheet.astype(np.float32), image.shape) > 0.5
    return smallest(mask, 1 + round(_RIM * max(image.shape)))


def _between(shades: Array) -> tuple[float, float]:
    """Return the shade that parts light from dark best, and the distance of their means (Otsu)."""
    counts = np.bincount(shades.astype(np.intp).ravel(), minlength=256).astype(np.float64)
    values = np.arange(256.0)
    below, above = counts.cumsum(), counts.sum() - counts.cumsum()
    total = (counts * values).cumsum()
    dark = total / np.maximum(below, 1.0)
    light = (total[-1] - total) / np.maximum(above, 1.0)
    best = int((below * above * (light - dark) ** 2).argmax())
    return best + 0.5, float(light[best] - dark[best])


def _filled(mask: Array) -> Array:
    """Return the mask with all that lies between its pixels in a row and in a column."""
    sides = []
    for axis in (0, 1):
        before = np.maximum.accumulate(mask, axis)
        after = np.flip(np.maximum.accumulate(np.flip(mask, axis), axis), axis)
        sides.append(before & after)
    return sides[0] & sides[1]
