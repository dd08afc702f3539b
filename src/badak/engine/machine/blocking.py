"""How a matrix product is cut to fit the processor: tiles for its registers, blocks for its caches.

A product is made strip by strip (some columns of B and C), and a strip tile by tile (some rows of A
and C). Where B is wide, k and the rows of A are cut into blocks too. A block of A is copied, so
that it lies close together; a strip's block of B is copied into a panel, which stays in the nearest
cache. Cutting changes no result: see :mod:`badak.engine.matmul.micro_kernel`.
"""

from badak.engine.machine.target import processor

_here = processor()
_features = frozenset(_here.features.split(","))

ZERO, ACCUMULATE, BIAS = 0, 1, 2
"""Where a product's sums start: from zero, from what C holds, or from a row of biases."""

WIDTH = _here.vector
"""Float32 numbers in a vector register."""

FUSED = not _features.isdisjoint({"+fma", "+avx512f", "+neon"})
"""Whether the processor multiplies and adds in one instruction, with one rounding."""

VECTORS = 4 if WIDTH == 16 or "+neon" in _features else 2
"""Vectors in a row of a tile: of 16 registers or of 32, six rows of sums fill most."""

STRIP = VECTORS * WIDTH
"""Columns of a strip."""

FITTING = (0, 1, 2, 3, 2, 2) if VECTORS == 2 else (0, 1, 2, 3, 4, 3, 4)
"""The next strip's vectors, by the vectors that are left (the last stands for more): a strip of one
vector leaves the processor half idle, so that of five, two and three are made."""

EDGE = WIDTH // 4 if WIDTH > 4 else 0
"""Columns left over from whole vectors, at most, that are not worth a vector: see
:mod:`badak.engine.matmul.edges`. Processors with short vectors have no masks for it, and would win
little.
"""

SIDE = 4
"""Columns that an edge is kept with, some of them idle."""

EDGE_DEPTH = 32
"""Numbers of k, at least, for an edge that stands alone, and twice that for one next to whole
vectors: with fewer, adding a vector's lanes takes longer than its idle lanes would have."""

LONG = 64 // WIDTH
"""Vectors in the tile of one row: so many sums hide how long one multiply-add takes."""

TALLEST = 6
"""The most rows of a tile of several vectors."""

_BY_EIGHT = (*range(9), 5, 5, 6, 6, 7, 7, 8, 8)
_BY_SIX = (*range(7), 4, 4, 5, *[6] * 7)
_BY_FOUR = (*range(5), 3, 3, *[4] * 10)
CUTS = {
    vectors: _BY_EIGHT if vectors == 1 else _BY_FOUR if vectors > VECTORS else _BY_SIX
    for vectors in sorted({*FITTING} - {0})
}
"""The next tile's rows, by its vectors and the rows that are left (16 stands for more): low tiles
leave the processor half idle, so that 7 are cut into 4 and 3, not 6 and 1."""

MOST_K = 5120 // STRIP if STRIP <= 16 else 160
MOST_ROWS = 240
"""The size of a block at most; blocks are as equal as can be."""

GAP = 16
"""Left between copied rows: rows apart by a power of two would share few places of a cache."""

LINE = 16
"""Float32 numbers of a cache line."""

SOON = 20
"""Rows of B between the one that is copied and the one that is fetched: more of them, a power of
two apart, would share few places of a cache."""

PANEL = MOST_K * STRIP
"""Float32 numbers of a panel."""


def panel_floats() -> int:
    """Return how many float32 numbers a thread's scratch buffer must hold for products.

    >>> panel_floats() > PANEL
    True
    """
    rows, depth = MOST_ROWS, MOST_K
    return PANEL + max(rows * (depth + 2 * GAP), depth * (rows + 2 * GAP))
