"""The interpreter: runs a network's program, step after step, on one of several threads.

A program is a list of 64-bit whole numbers, laid out as :mod:`badak.engine.machine.bytecode` says
and written by :mod:`badak.engine.program.program`. All threads run the same one. Of each batch a
thread computes its own rows; after a barrier it owns a band of every weight matrix, sums that
band's gradient over the whole batch and moves the weights. No sum is split between threads, so that
the result is the same to the last bit for any number of them.

These functions are compiled by Numba, know whole numbers only, and call kernels by their addresses.
"""

from math import isfinite, sqrt

from badak.engine.machine import bytecode
from badak.engine.machine.bytecode import (
    BARRIER,
    BATCH,
    BATCH_ROWS,
    BLOCK,
    BLOCK_GRADIENT,
    CHECK,
    CLIP,
    CODE,
    CODE_LENGTH,
    COLUMNS,
    END_ROW,
    EXTERNAL_INPUT,
    EXTERNALS,
    FIRST_STEP,
    FIXED,
    FLAT,
    FLOAT,
    GRADIENT,
    LANE,
    LOSSES,
    NORM_BLOCK,
    OPERAND,
    OPERANDS,
    ORDER_OF_ROWS,
    PENALTIES,
    PRODUCT,
    ROWS,
    SAMPLES,
    SCRATCH,
    SCRATCH_SIZE,
    SEQUENCE,
    SHARED,
    SQUARED_NORM,
    STEP,
    STEPS,
    STOPPED,
    SUM,
    TAKEN,
    TRAINING,
    TRANSPOSE,
    UPDATE_OPERANDS,
    WAITING,
    WORD,
    WORKSPACE,
    YIELD,
)
from badak.engine.machine.intrinsics import (
    add_atomically,
    call_kernel,
    compiled,
    load,
    load_double,
    load_float,
    share,
    store,
    store_double,
    store_float,
    wait_for_all,
    wait_until,
)
from badak.engine.machine.subnormals import compute_as_before, flush_subnormals
from badak.engine.matmul.prefetch import (
    clear_prefetches,
    fetch,
    fetch_following,
    fetch_samples,
    fetch_weights,
    next_samples,
)
from badak.engine.matmul.products import (
    compile_once,
    multiply,
    panel_floats,
    steps_at_once,
    transpose,
    whole_vectors,
)

HEADER = 4  # words before a kernel's operands
TABLE_BYTES = WORD * bytecode.TABLE_SIZE
PREFETCHES_BYTES = WORD * bytecode.PREFETCHES_SIZE
PANEL_BYTES = FLOAT * panel_floats()
SQUARE = 8  # rows that are transposed at once


@compiled
def run(arguments, thread, threads):
    """Take the steps that the arguments ask for, as thread number `thread` of `threads`.

    Of shared steps it takes those that are left. Where a step's loss is not finite it is not taken,
    nor any after it, and its number is left at STOPPED.
    """
    before = flush_subnormals(load(arguments, TRAINING))
    first, steps = load(arguments, FIRST_STEP), load(arguments, STEPS)
    shared = load(arguments, SHARED)
    passed = 0
    for number in range(first, first + steps):
        step = number
        if shared:
            step -= steps if number >= steps else 0
            taken = shared + TAKEN + WORD * step
            if load(taken, 0) or add_atomically(taken, 1):
                continue
        passed = take_step(arguments, step, passed, thread, threads)
        if passed < 0:
            break
        if shared:
            add_atomically(shared, 1)
    if shared and load(arguments, WAITING):
        wait_until(shared, steps, load(arguments, YIELD))
    compute_as_before(before)


@compiled
def take_step(arguments, step, passed, thread, threads):
    """Run the program once; return how many barriers are passed by now, or -1 to take no more."""
    code, length = load(arguments, CODE), load(arguments, CODE_LENGTH)
    batch = load(arguments, BATCH_ROWS)
    position = step * batch
    rows = min(batch, load(arguments, END_ROW) - position)
    place = 0
    while place < length:
        here = code + WORD * place
        kind = load(here, 0)
        if kind == BARRIER:
            if threads > 1:
                passed += 1
                wait_for_all(load(arguments, WAITING), threads * passed, load(arguments, YIELD))
        elif kind == CHECK:
            if not loss_is_finite(arguments, position, rows):
                if thread == 0:
                    store(arguments, STOPPED, step)
                return -1
        elif kind == PRODUCT:
            product(here, arguments, position, rows, thread, threads)
        elif kind == GRADIENT:
            gradient(here, arguments, step, position, rows, thread, threads)
        elif kind in (ROWS, FLAT):
            some_rows(here, arguments, step, position, rows, thread, threads)
        elif kind == COLUMNS:
            some_columns(here, arguments, step, position, rows, thread, threads)
        else:
            seldom(here, arguments, step, thread, threads)
        place += load(here, 1)
    return passed


@compiled
def product(here, arguments, position, rows, thread, threads):
    """Multiply this thread's rows with a weight matrix."""
    start, count = share(rows, thread, threads)
    first, every = load(here, 12), load(here, 13)
    start, count = next_of(start, first, every), count_of(start, start + count, first, every)
    if count == 0:
        return
    workspace = load(arguments, WORKSPACE)
    a, a_row, c_row = load(here, 2), load(here, 3), load(here, 7)
    columns, inner = load(here, 8), load(here, 9)
    prefetches = scratch_of(arguments, thread) + TABLE_BYTES
    clear_prefetches(prefetches)
    if a == EXTERNAL_INPUT:
        a = load(load(arguments, EXTERNALS), SAMPLES)
        steps = steps_at_once(count, columns, inner)
        fetch_following(arguments, prefetches, a, FLOAT * a_row, position, steps)
        a += FLOAT * position * a_row
    else:
        a += workspace
    multiply(
        a + FLOAT * start * a_row,
        a_row * every,
        1,
        load(here, 4),
        load(here, 5),
        workspace + load(here, 6) + FLOAT * start * c_row,
        c_row * every,
        count,
        columns,
        inner,
        load(here, 10),
        load(here, 11),
        prefetches + PREFETCHES_BYTES,
        prefetches,
    )


@compiled
def next_of(start, first, every):
    """Return the first row from `start` on that is one of each `every` ones from `first` on."""
    return start if every == 1 else start + (first - start) % every


@compiled
def count_of(start, end, first, every):
    """Return how many such rows there are from `start` up to `end`."""
    return max(0, end - next_of(start, first, every) + every - 1) // every


@compiled
def gradient(here, arguments, step, position, rows, thread, threads):
    """Sum the gradient of this thread's band of a weight matrix, and move the weights by it."""
    workspace = load(arguments, WORKSPACE)
    x, x_row = workspace + load(here, 2), load(here, 3)
    d, d_row = workspace + load(here, 4), load(here, 5)
    inputs, columns, kept, kernel = load(here, 6), load(here, 7), load(here, 8), load(here, 9)
    weights, row = load(here, 10), load(here, 11)
    transposed, transposed_row = load(here, 12), load(here, 13)
    far, sample_bytes = load(here, 14), load(here, 15)
    first, every = load(here, 16), load(here, 17)
    x, d = x + FLOAT * first * x_row, d + FLOAT * first * d_row
    x_row, d_row, rows = x_row * every, d_row * every, count_of(0, rows, first, every)
    table = scratch_of(arguments, thread)
    prefetches = table + TABLE_BYTES
    panel = prefetches + PREFETCHES_BYTES
    own = panel + PANEL_BYTES
    i, own_inputs = share(inputs, thread, threads)
    end = i + own_inputs
    blocks = (end - i + BLOCK - 1) // BLOCK
    sample, samples = next_samples(arguments, position, thread, threads)
    while i < end:
        count = min(-(-(end - i) // (SQUARE * blocks)) * SQUARE, end - i)
        g = kept + FLOAT * i * row if kept else own
        clear_prefetches(prefetches)
        steps = steps_at_once(count, columns, rows)
        lines = count * row // LANE
        if far:
            fetch_weights(here, prefetches, i * row, lines, steps)
        elif threads > 1:  # the other threads have read them
            fetch(prefetches, weights + FLOAT * i * row, lines, steps)
        if sample_bytes:
            some = -(-samples // blocks)
            fetch_samples(arguments, prefetches, sample_bytes, sample, some, steps)
            sample += some
            samples -= some
        multiply(
            x + FLOAT * i, 1, x_row, d, d_row, g, row, count, columns, rows, 0, 0, panel, prefetches
        )
        clear_padding(g, row, count, whole_vectors(columns))
        if kernel:
            fill_table(here, UPDATE_OPERANDS, arguments, table, step, position, 0, i * row, g)
            call_kernel(kernel, table, 1, count * row)
        if transposed:
            w = weights + FLOAT * i * row
            transpose(w, row, transposed + FLOAT * i, transposed_row, count, columns)
        i += count
        blocks -= 1


@compiled
def clear_padding(g, row, rows, columns):
    """Set what a product has left of each row to zero."""
    for start in range(g, g + FLOAT * rows * row, FLOAT * row):
        for place in range(start + FLOAT * columns, start + FLOAT * row, WORD):
            store(place, 0, 0)


@compiled
def some_rows(here, arguments, step, position, rows, thread, threads):
    """Run a kernel on this thread's rows."""
    fixed = load(here, 4)
    start, count = share(fixed if fixed else rows, thread, threads)
    first, every = load(here, 5), load(here, 6)
    start, count = next_of(start, first, every), count_of(start, start + count, first, every)
    if count == 0:
        return
    table = scratch_of(arguments, thread)
    start //= every  # their places tell of these rows only
    fill_table(here, OPERANDS, arguments, table, step, position, start, 0, 0)
    fill_header(arguments, table, position, start, rows)
    if load(here, 0) == FLAT:
        call_kernel(load(here, 2), table, 1, count * load(here, 3))
    else:
        call_kernel(load(here, 2), table, count, load(here, 3))


@compiled
def some_columns(here, arguments, step, position, rows, thread, threads):
    """Run a kernel on this thread's band of columns, all rows of it."""
    columns, fixed = load(here, 3), load(here, 4)
    lanes = (columns + LANE - 1) // LANE
    first, own = share(lanes, thread, threads)
    start = first * LANE
    count = min(columns, (first + own) * LANE) - start
    if count <= 0:
        return
    table = scratch_of(arguments, thread)
    fill_table(here, OPERANDS, arguments, table, step, position, 0, start, 0)
    fill_header(arguments, table, position, 0, rows)
    some = fixed if fixed else count_of(0, rows, load(here, 5), load(here, 6))
    call_kernel(load(here, 2), table, some, count)


@compiled
def fill_header(arguments, table, position, start, rows):
    """Tell a kernel its first row, the batch's rows and the order of the samples."""
    store(table, 0, start)
    store(table, 1, rows)
    store(table, 2, load(arguments, ORDER_OF_ROWS) + WORD * (position + start))


@compiled
def fill_table(here, place, arguments, table, step, position, start, shift, g):
    """Write the addresses of the constant pool and of the operands, which word `place` counts."""
    count = load(here, place)
    store(table, 3, load(here, place - 1))
    entry = HEADER
    for i in range(place + 1, place + 1 + count * OPERAND, OPERAND):
        mode, base, row = load(here, i), load(here, i + 1), load(here, i + 2)
        if mode == FIXED:
            address = base + row * start
        elif mode == BATCH:
            address = load(arguments, WORKSPACE) + base + row * start
        elif mode == BLOCK_GRADIENT:
            address = g
        else:
            address = load(load(arguments, EXTERNALS), base)
            if mode == SEQUENCE:
                address += row * (position + start)
            elif mode == STEP:
                address += row * step + load(here, i + 3)
        store(table, entry, address + load(here, i + 4) * shift)
        store(table, entry + 1, load(here, i + 3))
        entry += 2


@compiled
def scratch_of(arguments, thread):
    """Return the address of this thread's own memory."""
    return load(arguments, SCRATCH) + thread * load(arguments, SCRATCH_SIZE)


@compiled
def loss_is_finite(arguments, position, rows):
    """Return whether the sum of the batch's losses is a number."""
    losses = load(load(arguments, EXTERNALS), LOSSES) + FLOAT * position
    total = 0.0
    for row in range(rows):
        total += load_float(losses + FLOAT * row)
    return isfinite(total)


@compiled
def seldom(here, arguments, step, thread, threads):
    """Run an instruction that few networks need."""
    kind = load(here, 0)
    if kind == TRANSPOSE:
        rows, from_row = load(here, 6), load(here, 3)
        start, count = share(rows, thread, threads)
        transpose(
            load(here, 2) + FLOAT * start * from_row,
            from_row,
            load(here, 4) + FLOAT * start,
            load(here, 5),
            count,
            load(here, 7),
        )
    elif kind == SQUARED_NORM:
        sum_squares(load(here, 2), load(here, 3), load(here, 4), thread, threads)
    elif kind == CLIP and thread == 0:
        clip(load(here, 2), load(here, 3), load(here, 4), load(here, 5))
    elif kind == SUM and thread == 0:
        place = load(load(arguments, EXTERNALS), PENALTIES) + WORD * step
        total = 0.0 if load(here, 4) else load_double(place)
        for i in range(load(here, 3)):
            total += load_float(load(here, 2) + FLOAT * i)
        store_double(place, total)


@compiled
def sum_squares(address, count, sums, thread, threads):
    """Write the sum of squares of each block, in float64 so that none overflows."""
    blocks = (count + NORM_BLOCK - 1) // NORM_BLOCK
    for block in range(thread, blocks, threads):
        total = 0.0
        for i in range(block * NORM_BLOCK, min(count, (block + 1) * NORM_BLOCK)):
            value = float(load_float(address + FLOAT * i))
            total += value * value
        store_double(sums + WORD * block, total)


@compiled
def clip(limit, sums, count, factor):
    """Write the factor that shortens a gradient to the limit where it is longer."""
    total = 0.0
    for i in range(count):
        total += load_double(sums + WORD * i)
    longest = load_double(limit)
    store_float(factor, longest / max(sqrt(total), longest))


compile_once(fill_header, 5)
compile_once(fill_table, 9)
