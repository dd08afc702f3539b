"""Errands: what a product's tiles fetch into the core's own cache while they multiply.

A product leaves the memory idle, and what comes after it would wait: the optimizer for the weights,
the next step for its samples. Lines are fetched as if to be written, since weights will be: all
threads have read them, and to take them from the others first would keep the optimizer waiting.

A list of errands is laid out as :mod:`badak.engine.machine.bytecode` says;
:func:`badak.engine.matmul.micro_kernel.multiply_strip` runs them, one a tile, a line in each of its
steps. An errand that is too much or too little changes no result.
"""

from badak.engine.machine.bytecode import (
    BATCH_ROWS,
    END_ROW,
    ERRAND,
    EXTERNALS,
    FIRST_ERRAND,
    FIXED,
    FLOAT,
    MOST_ERRANDS,
    MOVED,
    OPERAND,
    ORDER_OF_ROWS,
    SAMPLES,
    WORD,
)
from badak.engine.machine.intrinsics import compiled, load, share, store

LINE = 64  # bytes
ENOUGH_STEPS = 16  # of a tile: with fewer, to tell what to fetch takes longer than is won


@compiled
def clear_errands(errands):
    """Begin a list."""
    store(errands, 0, 0)
    store(errands, 1, errands + WORD * FIRST_ERRAND)


@compiled
def fetch(errands, address, lines, steps):
    """Add errands to a list, so that a product's tiles of so many steps fetch these lines."""
    if steps < ENOUGH_STEPS:
        return
    planned = load(errands, 0)
    for line in range(0, lines, steps):
        if planned == MOST_ERRANDS:
            break
        errand = errands + WORD * (FIRST_ERRAND + ERRAND * planned)
        store(errand, 0, address + LINE * line)
        store(errand, 1, min(steps, lines - line) - 1)
        planned += 1
    store(errands, 0, planned)


@compiled
def fetch_weights(here, errands, shift, lines, steps):
    """Send for a block's weights and what the optimizer keeps of them, so many lines of each."""
    for operand in range(load(here, MOVED)):
        place = MOVED + 1 + operand * OPERAND
        moves_with_block = load(here, place + 4) != 0  # else it is a number for all weights
        if load(here, place) == FIXED and moves_with_block:
            fetch(errands, load(here, place + 1) + FLOAT * shift, lines, steps)


@compiled
def next_samples(arguments, position, thread, threads):
    """Return the first of this thread's rows in the next batch, and how many they are."""
    position += load(arguments, BATCH_ROWS)
    rows = max(0, min(load(arguments, BATCH_ROWS), load(arguments, END_ROW) - position))
    start, count = share(rows, thread, threads)
    return position + start, count


@compiled
def fetch_samples(arguments, errands, size, first, count, steps):
    """Send for so many of the epoch's samples, of so many bytes each, which lie anywhere."""
    samples = load(load(arguments, EXTERNALS), SAMPLES)
    order = load(arguments, ORDER_OF_ROWS)
    for i in range(first, first + count):
        address = samples + size * load(order, i)
        fetch(errands, address, (address % LINE + size + LINE - 1) // LINE, steps)


@compiled
def fetch_following(arguments, errands, samples, size, position, steps):
    """Send for the samples that this run is to answer next, if no other run takes them."""
    batch = load(arguments, BATCH_ROWS)
    position += batch
    rows = min(batch, load(arguments, END_ROW) - position)
    if rows > 0:
        fetch(errands, samples + size * position, size * rows // LINE, steps)
