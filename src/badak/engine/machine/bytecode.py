"""Where things stand in a program and in the table of arguments that a run is given.

All are numbers of 64-bit words. An instruction begins with its code and its length in words; the
comments tell its other fields. An operand is five words: how its address is found (a mode), a base,
the bytes from one row to the next, the same in numbers as the kernel counts, and the bytes that a
column, or a number of a weight matrix, moves it by.
"""

from badak.engine.machine.element import COMPILED

WORD = 8  # bytes
FLOAT = COMPILED.bytes  # of a number of the workspace, of weights and of gradients

# instructions
ROWS = 1  # kernel, columns, rows (0: the batch's), EVERY, FORMULA: this thread's rows
FLAT = 2  # the same, as one long row
COLUMNS = 3  # kernel, columns, rows (0: the batch's), EVERY, FORMULA: this thread's columns
PRODUCT = 4  # a or EXTERNAL_INPUT, a's row, b's address, b's row, c, c's row, columns, inner,
#              start, bias's address, EVERY
GRADIENT = 5  # x, x's row, d, d's row, inputs, columns, g's address or 0 for scratch, kernel or 0,
#               weights, weights' row, transposed weights or 0, their row, whether to fetch the
#               weights ahead, bytes of a sample if the next step's are to be fetched ahead or 0,
#               EVERY, FORMULA
TRANSPOSE = 6  # from, its row, to, its row, rows, columns
SQUARED_NORM = 7  # address, count, address of the partial sums
CLIP = 8  # address of the limit (float64), of the partial sums, their count, of the factor
SUM = 9  # address, count, whether it begins the step's penalty
CHECK = 10
BARRIER = 11

# EVERY: the first of the batch's rows that it works on, and the distance from one to the next
# FORMULA: the address of the kernel's constant pool, how many operands it has, and these
OPERAND = 5  # words
OPERANDS = 8  # the word of ROWS, FLAT and COLUMNS that counts the operands
UPDATE_OPERANDS = 19  # that of GRADIENT

# how an operand's address is found
FIXED = 0  # the base itself
BATCH = 1  # in the workspace; rows are those of the batch
EXTERNAL = 2  # a table entry, the base being its number
SEQUENCE = 3  # a table entry; rows are those of the whole epoch
STEP = 4  # a table entry; rows are steps, and the fourth word is the place in a row, in bytes
BLOCK_GRADIENT = 5  # where GRADIENT has put the block's gradient

EXTERNAL_INPUT = -1  # stands for a product's operand that is the samples themselves, where they lie

# arguments of a run
CODE, CODE_LENGTH, WORKSPACE, EXTERNALS, FIRST_STEP, STEPS, BATCH_ROWS, END_ROW = range(8)
ORDER_OF_ROWS, WAITING, STOPPED, YIELD, SCRATCH, SCRATCH_SIZE, SHARED, TRAINING = range(8, 16)
ARGUMENTS = 16
# WAITING: the address of the barrier's count. SHARED: 0, or the address of a count of steps done,
# for several runs that share the steps, each beginning with another one; WAITING then is whether
# this run is to wait until all are done. TRAINING: whether subnormal numbers count as 0

TAKEN = 64  # bytes from the count of steps done to the words that tell of each whether it is taken

# entries of the table of externals
SAMPLES, TARGETS, SAMPLE_WEIGHTS, LOSSES, OUTPUTS, SCALARS, PENALTIES, NONFINITE = range(8)
EXTERNAL_COUNT = 8

BLOCK = 72  # inputs, at most, whose gradient is summed and applied while it is in the cache
LANE = COMPILED.lane  # numbers that a band of columns is a multiple of: a cache line
NORM_BLOCK = 4096  # numbers whose squares are summed as one
MOST_OPERANDS = 24
PREFETCH = 2  # words: the address of the first line to be fetched, how many follow it
MOST_PREFETCHES = 512  # in the list that a product is given
FIRST_PREFETCH = 8  # words of the list before them: how many are left, the address of the next one
PREFETCHES_SIZE = FIRST_PREFETCH + PREFETCH * MOST_PREFETCHES  # words
TABLE_SIZE = 56  # words of a kernel's table of operands: a header, two an operand, whole lines
