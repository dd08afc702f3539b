"""Ink sorted into characters: strokes apart from dirt, and strokes of one character together."""

from dataclasses import dataclass

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.photographs.components import Box, boxes, label
from badak.photographs.extremes import largest
from badak.typing import Array

_PALE = 0.45  # of the strongest mark's shade: what is paler is print or dirt
_INSIDE = 0.5  # of the longest mark: where one so long lies inside, those at the border are none

# Shares of the longest mark:
_SMALL = 0.3  # what is shorter is dirt, unless it lies near a longer one
_DUST = 0.06  # dirt wherever it lies
_NEAR = 0.1  # from a longer mark, across and down
_PART = 0.6  # what is shorter may be a part of a character
_ABOVE = 0.3  # so far apart, parts that are one above the other are one character
_MINOR = 0.45  # of the longest character: what is shorter is none

_OVERLAP = 0.5  # of the narrower's width: what "above" means
_SAME_ROW = 0.5  # of the lower's height


@dataclass(frozen=True)
class Character:
    """One character: where it is, and its ink."""

    box: Box
    ink: Array
    """float32 (height, width) of the box, in shades; 0 where another or nothing is drawn."""


def strokes(ink: Array, page: Array | None) -> Array:
    """Return the components that are strokes of characters, numbered from 1, 0 elsewhere.

    Left out are what is paler than the rest, what runs into the border of the picture or of the
    sheet, and what is small and lies alone. InputError where nothing is left.
    """
    labels = label(ink > 0.0)
    found = boxes(labels)
    if not found:
        raise InputError(message("nothing is drawn: there are only lines"))
    lengths = np.array([box.longer for box in found])
    kept = _dark(ink, labels, found)
    inside = kept & ~_at_border(labels, page)
    if inside.any() and lengths[inside].max() >= _INSIDE * lengths[kept].max():
        kept = inside
    most = int(lengths[kept].max())
    large = kept & (lengths >= _SMALL * most)
    longer = [box for box, is_large in zip(found, large, strict=True) if is_large]
    for place in np.flatnonzero(kept & ~large & (lengths >= _DUST * most)):
        large[place] = any(max(found[place].gaps(box)) <= _NEAR * most for box in longer)
    return np.concatenate([[0], np.where(large, large.cumsum(), 0)])[labels]


def characters(ink: Array, parts: Array) -> list[Character]:
    """Return the characters that the strokes make up, from left to right, row by row."""
    found = boxes(parts)
    owners = _owners(found)
    whole: dict[int, Box] = {}
    for box, owner in zip(found, owners, strict=True):
        whole[owner] = whole[owner].around(box) if owner in whole else box
    most = max(box.longer for box in whole.values())
    owner_of = np.array([-1, *owners])[parts]
    made = []
    for owner, box in whole.items():
        if box.longer >= _MINOR * most:
            window = slice(box.top, box.bottom), slice(box.left, box.right)
            own = owner_of[window] == owner
            made.append(Character(box, np.where(own, ink[window], np.float32(0.0))))
    return _in_reading_order(made)


def _dark(ink: Array, labels: Array, found: list[Box]) -> Array:
    """Whether each mark is hardly paler than the one with most ink."""
    shades = np.zeros(len(found))
    for place, box in enumerate(found):
        window = slice(box.top, box.bottom), slice(box.left, box.right)
        shades[place] = np.percentile(ink[window][labels[window] == place + 1], 75.0)
    masses = np.bincount(labels.ravel(), ink.ravel())[1:]
    return shades >= _PALE * shades[masses.argmax()]


def _at_border(labels: Array, page: Array | None) -> Array:
    """Whether each mark touches the border of the picture or of the sheet."""
    edge = np.zeros(labels.shape, bool)
    edge[[0, 1, -2, -1]] = edge[:, [0, 1, -2, -1]] = True
    if page is not None:
        edge |= largest(~page, 1)
    touching = np.zeros(int(labels.max()) + 1, bool)
    touching[np.unique(labels[edge])] = True
    return touching[1:]


def _owners(found: list[Box]) -> list[int]:
    """Return for each mark the number of its character."""
    most = max(box.longer for box in found)
    owners = list(range(len(found)))
    for one, first in enumerate(found):
        for other in range(one):
            if owners[one] != owners[other] and _belong(first, found[other], most):
                owners = [owners[one] if each == owners[other] else each for each in owners]
    return owners


def _belong(one: Box, other: Box, most: int) -> bool:
    """Whether two marks are parts of one character."""
    across, down = one.gaps(other)
    if min(one.longer, other.longer) < _PART * most:
        above = across <= -_OVERLAP * min(one.width, other.width) and down <= _ABOVE * most
        return above or max(across, down) <= _NEAR * most
    return down < 0 and across <= -_OVERLAP * min(one.width, other.width)


def _in_reading_order(made: list[Character]) -> list[Character]:
    rows: list[list[Character]] = []
    for character in sorted(made, key=lambda each: each.box.top):
        for row in rows:
            first = row[0].box
            overlap = -character.box.gaps(first)[1]
            if overlap >= _SAME_ROW * min(character.box.height, first.height):
                row.append(character)
                break
        else:
            rows.append([character])
    return [each for row in rows for each in sorted(row, key=lambda each: each.box.left)]
