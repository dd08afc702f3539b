"""Software prefetching: what a matrix product's tiles fetch into the core's own cache.

During a matrix product the memory bus is idle. It fetches what comes next: weights for the
optimizer, samples for the next step. Lines are fetched for writing, since the weights will be
written: all threads have read them, and taking them back from the other cores first would keep the
optimizer waiting.

A list of prefetches is laid out as :mod:`badak.engine.machine.bytecode` says;
:func:`badak.engine.matmul.micro_kernel.multiply_strip` runs them, one a tile, a line in each of its
steps. Prefetching too much or too little never changes a result.
"""

from badak.engine.machine.bytecode import (
    BATCH_ROWS,
    END_ROW,
    EXTERNALS,
    FIRST_PREFETCH,
    FIXED,
    FLOAT,
    MOST_PREFETCHES,
    OPERAND,
    ORDER_OF_ROWS,
    PREFETCH,
    SAMPLES,
    UPDATE_OPERANDS,
    WORD,
)
from badak.engine.machine.intrinsics import compiled, load, share, store

LINE = 64  # bytes
ENOUGH_STEPS = 16  # of a tile: with fewer, to tell what to fetch takes longer than is won


@compiled
def clear_prefetches(prefetches):
    """Begin a list."""
    store(prefetches, 0, 0)
    store(prefetches, 1, prefetches + WORD * FIRST_PREFETCH)


@compiled
def fetch(prefetches, address, lines, steps):
    """Add prefetches to a list, so that a product's tiles of so many steps fetch these lines."""
    if steps < ENOUGH_STEPS:
        return
    planned = load(prefetches, 0)
    for line in range(0, lines, steps):
        if planned == MOST_PREFETCHES:
            break
        prefetch = prefetches + WORD * (FIRST_PREFETCH + PREFETCH * planned)
        store(prefetch, 0, address + LINE * line)
        store(prefetch, 1, min(steps, lines - line) - 1)
        planned += 1
    store(prefetches, 0, planned)


@compiled
def fetch_weights(here, prefetches, shift, lines, steps):
    """Send for a block's weights and what the optimizer keeps of them, so many lines of each."""
    for operand in range(load(here, UPDATE_OPERANDS)):
        place = UPDATE_OPERANDS + 1 + operand * OPERAND
        moves_with_block = load(here, place + 4) != 0  # else it is a number for all weights
        if load(here, place) == FIXED and moves_with_block:
            fetch(prefetches, load(here, place + 1) + FLOAT * shift, lines, steps)


@compiled
def next_samples(arguments, position, thread, threads):
    """Return the first of this thread's rows in the next batch, and how many they are."""
    position += load(arguments, BATCH_ROWS)
    rows = max(0, min(load(arguments, BATCH_ROWS), load(arguments, END_ROW) - position))
    start, count = share(rows, thread, threads)
    return position + start, count


@compiled
def fetch_samples(arguments, prefetches, size, first, count, steps):
    """Send for so many of the epoch's samples, of so many bytes each, which lie anywhere."""
    samples = load(load(arguments, EXTERNALS), SAMPLES)
    order = load(arguments, ORDER_OF_ROWS)
    for i in range(first, first + count):
        address = samples + size * load(order, i)
        fetch(prefetches, address, (address % LINE + size + LINE - 1) // LINE, steps)


@compiled
def fetch_following(arguments, prefetches, samples, size, position, steps):
    """Send for the samples that this run is to answer next, if no other run takes them."""
    batch = load(arguments, BATCH_ROWS)
    position += batch
    rows = min(batch, load(arguments, END_ROW) - position)
    if rows > 0:
        fetch(prefetches, samples + size * position, size * rows // LINE, steps)
