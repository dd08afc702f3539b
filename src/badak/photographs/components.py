"""Connected components of a mask: 8 neighbours, found by runs of pixels in a row."""

from dataclasses import dataclass

import numpy as np

from badak.typing import Array


@dataclass(frozen=True)
class Box:
    """A rectangle of pixels; `right` and `bottom` are just outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    @property
    def longer(self) -> int:
        """The longer side, in pixels."""
        return max(self.width, self.height)

    def around(self, other: "Box") -> "Box":
        """Return the smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def times(self, scale: float) -> "Box":
        """Return the box on a picture so many times as large."""
        edges = (self.left, self.top, self.right, self.bottom)
        return Box(*(round(scale * edge) for edge in edges))

    def gaps(self, other: "Box") -> tuple[int, int]:
        """Return how far apart they are across and down, in pixels; negative where they overlap."""
        return (
            max(self.left, other.left) - min(self.right, other.right),
            max(self.top, other.top) - min(self.bottom, other.bottom),
        )


def label(mask: Array) -> Array:
    """Return the number of each pixel's component, from 1, int32; 0 where the mask is False."""
    rows, starts, ends = _runs(mask)
    upper, lower = _touching(rows, starts, ends, mask.shape[1] + 2)
    roots = _united(len(rows), upper, lower)
    numbers = np.unique(roots, return_inverse=True)[1] + 1
    labels = np.zeros(mask.shape, np.int32)
    labels[mask] = np.repeat(numbers, ends - starts)
    return labels


def boxes(labels: Array) -> list[Box]:
    """Return the box of each component, in the order of their numbers."""
    count = int(labels.max(initial=0))
    y, x = labels.nonzero()
    number = labels[y, x] - 1
    low = np.full((2, count), max(labels.shape), np.intp)
    high = np.zeros((2, count), np.intp)
    for axis, places in enumerate((x, y)):
        np.minimum.at(low[axis], number, places)
        np.maximum.at(high[axis], number, places + 1)
    return [Box(*map(int, edges)) for edges in np.concatenate([low, high]).T]


def _runs(mask: Array) -> tuple[Array, Array, Array]:
    """Return row, first column and the column past the end of each run of True, row by row."""
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    steps = np.diff(padded, axis=1)
    rows, starts = (steps == 1).nonzero()
    ends = (steps == -1).nonzero()[1]
    return rows, starts, ends


def _touching(rows: Array, starts: Array, ends: Array, wide: int) -> tuple[Array, Array]:
    """Return the pairs of runs, in neighbouring rows, that touch at a side or a corner."""
    below = (rows + 1) * wide
    first = np.searchsorted(rows * wide + ends, below + starts, "left")
    past = np.searchsorted(rows * wide + starts, below + ends, "right")
    counts = np.maximum(past - first, 0)
    upper = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)
    return upper, np.repeat(first, counts) + within


def _united(count: int, one: Array, other: Array) -> Array:
    """Return for each of `count` things the least of those it is linked with, by any path."""
    parent = np.arange(count)
    while (parent[one] != parent[other]).any():
        a, b = parent[one], parent[other]
        least = np.minimum(a, b)
        np.minimum.at(parent, a, least)
        np.minimum.at(parent, b, least)
        while (parent[parent] != parent).any():
            parent = parent[parent]
    return parent
