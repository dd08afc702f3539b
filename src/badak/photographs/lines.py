"""The printed lines of ruled and squared paper: straight, thin, from edge to edge of the sheet."""

import numpy as np

from badak.typing import Array

_TURNS = np.tan(np.deg2rad(np.arange(-10.0, 10.01, 0.25)))  # how crooked a sheet may lie
_COVERED = 0.55  # of a line's length on the sheet that must be dark
_ENDS = 0.05  # of a line's length: each end reaches so near to the edge of the sheet
_STEP = 16  # columns: of the sheet not every pixel is counted
_THICKEST = 0.02  # of the sheet's longer side


def find_lines(mask: Array, page: Array | None = None) -> Array:
    """Return which pixels of the mask belong to a printed line and not to a stroke across it."""
    inside = np.ones(mask.shape, bool) if page is None else page
    level = _level(mask, inside)
    upright = _level(mask.T, inside.T).T
    return level | upright


def _level(mask: Array, inside: Array) -> Array:
    """Return the pixels of lines that run from left to right."""
    on_lines = _on_lines(mask, inside)
    if not on_lines.any():
        return on_lines
    lengths = _lengths(mask)
    most = _THICKEST * max(mask.shape)
    thin = lengths[on_lines]
    thickness = np.median(thin)
    if thickness > most:
        return np.zeros_like(mask)
    return on_lines & (lengths <= max(1.6 * thickness, thickness + 2.0))


def _on_lines(mask: Array, inside: Array) -> Array:
    """Return the pixels of the mask on a straight line that is dark over most of its length."""
    y, x = mask.nonzero()
    found = np.zeros(len(y), bool)
    width = mask.shape[1]
    columns = np.arange(0, width, _STEP)
    sheet_y, sheet_x = inside[:, columns].nonzero()
    sheet_x = columns[sheet_x]
    for turn in _TURNS:
        offset = round(abs(turn) * width) + 1
        bins = mask.shape[0] + 2 * offset
        at = np.rint(y + turn * x).astype(np.intp) + offset
        counts = np.bincount(at, minlength=bins)
        sheet = np.rint(sheet_y + turn * sheet_x).astype(np.intp) + offset
        length = _STEP * np.bincount(sheet, minlength=bins)
        dark = (counts >= _COVERED * length) & (length >= 0.3 * width)
        if dark.any():
            found |= (dark & _reach(at, x, sheet, sheet_x, width, bins))[at]
    lines = np.zeros_like(mask)
    lines[y, x] = found
    return lines


def _reach(at: Array, x: Array, sheet: Array, sheet_x: Array, width: int, bins: int) -> Array:
    """Whether the dark pixels of each line come near both edges of the sheet."""
    ends = []
    for places, where in ((x, at), (sheet_x, sheet)):
        low, high = np.full(bins, width), np.zeros(bins, np.intp)
        np.minimum.at(low, where, places)
        np.maximum.at(high, where, places)
        ends.append((low, high))
    (low, high), (left, right) = ends
    slack = _ENDS * (right - left)
    return (low <= left + slack) & (high >= right - slack)


def _lengths(mask: Array) -> Array:
    """Return for each pixel of the mask how long its upright run of dark pixels is."""
    padded = np.pad(mask.T, ((0, 0), (1, 1))).astype(np.int8)
    steps = np.diff(padded, axis=1)
    lengths = (steps == -1).nonzero()[1] - (steps == 1).nonzero()[1]
    found = np.zeros(mask.T.shape, np.int32)
    found[mask.T] = np.repeat(lengths, lengths)
    return found.T
