"""Training by the engine: one model's program, its memory, and many steps at a time."""

import time
from functools import partial
from typing import Any

import numpy as np

from badak import reference
from badak._common import prng
from badak._common.language import Phrase, message
from badak._common.memory import aligned_zeros
from badak.engine.compiler.operands import ELEMENTS
from badak.engine.machine import bytecode
from badak.engine.machine.threads import pool, thread_count, yield_function
from badak.engine.program import native
from badak.engine.program.builder import write_training
from badak.engine.program.context import FIRST_KEY, STEP_WORDS, Network, Source, step_place
from badak.engine.program.program import Program, UnsupportedError, address_of
from badak.engine.program.updates import PENALTY_SHARE, RATE, UpdateWriter, check_zero
from badak.layers.model import Model
from badak.layers.shared_ensemble import rows_a_sample
from badak.losses.objective import Objective
from badak.optimizers.base import Optimizer
from badak.typing import Array

CHUNK = 0.05  # seconds of native work between two looks at Ctrl-C and the progress bar
FIRST_STEPS = 8  # of the first chunk, before their time is known; fewer where they take long
FIRST_WORK = 1_000_000_000  # multiplications of the first chunk
SMALL = 4_000_000  # multiplications of a step below which threads would wait more than work
MANY = 500_000  # weights below which one thread transposes them sooner than another one wakes


class TrainingProgram:
    """One model's training program on one set of samples.

    Raises UnsupportedError or UntraceableError where the engine cannot run it.
    """

    def __init__(
        self,
        model: Model,
        objective: Objective,
        x: Array,
        t: Array,
        weight: Array | None,
        batch_size: int,
        penalty_shares: Array | None = None,
    ) -> None:
        self.model = model
        self.penalty_shares = penalty_shares
        """What each step of an epoch multiplies the regularizers' penalties by; None: nothing."""
        self.batch_size = batch_size
        self.rows_a_sample = rows_a_sample(model.layers)
        """Rows that each sample makes of a batch, one after another."""
        self.x = usable(x)
        self.t: Array = np.ascontiguousarray(t)
        self.weight = None if weight is None else np.ascontiguousarray(weight, np.float32)
        if self.t.ndim == 1:
            self.t = self.t.astype(np.int64, copy=False)
        else:
            self.t = usable(self.t)
        optimizer = self.optimizer = model.optimizer
        check_update(optimizer)
        names = [RATE, *varying_numbers(optimizer)]
        multiplied = self._multiplied()
        self.varying = [(m, name) for m in dict.fromkeys([1.0, *multiplied.values()])
                        for name in names]  # fmt: skip
        """The multipliers of the learning rate, each with all of the rule's varying numbers."""
        if penalty_shares is not None:
            self.varying.append((1.0, PENALTY_SHARE))
        if len(self.varying) > STEP_WORDS:
            raise UnsupportedError(
                message("the rule has too many numbers, or the learning rate too many multipliers")
            )
        source = Source(self.x.dtype.name, self.t.dtype.name, self.t.ndim == 1,
                        self.weight is not None, ordered=True)  # fmt: skip
        self.program = Program(min(batch_size, len(x)) * self.rows_a_sample)
        features = int(np.prod(model.shapes[0]))
        self.network = Network(self.program, model.parameters, source, features, training=True)
        self.network.first_key = max(FIRST_KEY, len(self.varying))
        places: dict[float, list[Any]] = {}
        for word, (multiplier, name) in enumerate(self.varying):
            places.setdefault(multiplier, []).append((name, step_place(word)))
        writer = UpdateWriter(
            self.program,
            model.parameters,
            optimizer,
            model.slots(),
            places[1.0],
            {weights: places[multiplier] for weights, multiplier in multiplied.items()},
        )
        write_training(self.network, model, objective, writer)
        self.program.assemble()
        self.transposing = Program(1)
        self.network.write_transposes(self.transposing)
        self.transposing.assemble()

        self._prepare(len(x))

    def _multiplied(self) -> dict[tuple[int, str], float]:
        """Return the multipliers of the learning rate, by the weights' layer and name."""
        parameters = self.model.parameters
        given = reference.rate_multipliers(self.model.layers, parameters)
        if given is None:
            return {}
        segments = parameters.trainable_segments
        weights = [(segment.layer, segment.spec.name) for segment in segments]
        return dict(zip(weights, given, strict=True))

    def _prepare(self, samples: int) -> None:
        steps = -(-samples // self.batch_size)
        rows = samples * self.rows_a_sample
        self.losses = np.empty(rows, np.float32)
        self.penalties = np.zeros(steps, np.float64)
        self.outputs = np.empty((rows, self.model.output_shape[0]), np.float32)
        self.scalars = np.zeros((steps, STEP_WORDS), np.uint32)
        weights = self.model.count_params()
        work = weights * self.program.capacity * 3
        self.threads = 1 if work < SMALL else min(thread_count(), self.program.capacity)
        self._transposing_threads = 1 if weights < MANY else self.threads
        self.workspace = aligned_zeros(self.program.workspace_bytes, np.uint8)
        self.scratch = aligned_zeros(self.program.scratch_bytes * self.threads, np.uint8)
        self.barrier = aligned_zeros(8, np.int64)
        self.externals = np.zeros(bytecode.EXTERNAL_COUNT, np.int64)
        """The addresses of what lies outside the program."""
        arrays = {
            bytecode.SAMPLES: self.x,
            bytecode.TARGETS: self.t,
            bytecode.SAMPLE_WEIGHTS: self.weight,
            bytecode.LOSSES: self.losses,
            bytecode.OUTPUTS: self.outputs,
            bytecode.SCALARS: self.scalars,
            bytecode.PENALTIES: self.penalties,
        }
        parameters = self.model.parameters.vector
        self.touched = [*arrays.values(), self.workspace, self.scratch, parameters]
        self.touched += self.model.slots().values()
        for entry, array in arrays.items():
            if array is not None:
                self.externals[entry] = address_of(array)
        self.arguments = np.zeros(bytecode.ARGUMENTS, np.int64)
        self.arguments[bytecode.CODE] = address_of(self.program.code)
        self.arguments[bytecode.CODE_LENGTH] = len(self.program.code)
        self.arguments[bytecode.WORKSPACE] = address_of(self.workspace)
        self.arguments[bytecode.EXTERNALS] = address_of(self.externals)
        self.arguments[bytecode.BATCH_ROWS] = self.batch_size * self.rows_a_sample
        self.arguments[bytecode.END_ROW] = rows
        self.arguments[bytecode.WAITING] = address_of(self.barrier)
        self.arguments[bytecode.YIELD] = yield_function()
        self.arguments[bytecode.SCRATCH] = address_of(self.scratch)
        self.arguments[bytecode.SCRATCH_SIZE] = self.program.scratch_bytes
        self.arguments[bytecode.TRAINING] = 1
        self._transposing_arguments = self.arguments.copy()
        self._transposing_arguments[bytecode.CODE] = address_of(self.transposing.code)
        self._transposing_arguments[bytecode.CODE_LENGTH] = len(self.transposing.code)
        self._transposing_arguments[bytecode.STEPS] = 1
        self._chunk = max(1, min(FIRST_STEPS, FIRST_WORK // max(work, 1)))

    def begin_epoch(self, order: Array) -> None:
        """Take the samples in this order from now on; the weights may have been changed."""
        self.order = np.ascontiguousarray(order, np.int64)
        if self.rows_a_sample > 1:
            self.order = np.repeat(self.order, self.rows_a_sample)
        self.arguments[bytecode.ORDER_OF_ROWS] = address_of(self.order)
        self.arguments[bytecode.END_ROW] = len(self.order)
        self.refresh()

    def refresh(self) -> None:
        """Take over weights that were changed from outside."""
        self.network.refresh()
        self._run(self._transposing_arguments, self._transposing_threads)

    def clear(self) -> None:
        """Take away what a step that went wrong has left: in padding, NaN would stay NaN."""
        self.workspace[...] = 0

    def advance(self, first: int, most: int, *, timed: bool = True) -> tuple[int, bool]:
        """Take steps `first` and on of this epoch; return how many, and whether all went well.

        At most `most`, or as many of them as fit into a moment, unless `timed` is False. All went
        well unless the loss of the next step is not finite.
        """
        count = max(1, min(most, self._chunk)) if timed else most
        self._write_numbers(first, count)
        self.barrier[0] = 0
        self.arguments[bytecode.FIRST_STEP] = first
        self.arguments[bytecode.STEPS] = count
        self.arguments[bytecode.STOPPED] = -1
        started = time.perf_counter()
        self._run(self.arguments, self.threads)
        if timed:
            seconds = max(time.perf_counter() - started, 1e-6)
            self._chunk = max(1, min(int(count * CHUNK / seconds), 4 * count))
        stopped = int(self.arguments[bytecode.STOPPED])
        return (count, True) if stopped < 0 else (stopped - first, False)

    def _run(self, arguments: Array, threads: int) -> None:
        with self.program.watched(*self.touched):
            pool().run(partial(native.run, arguments), threads)

    def values(self, first: int, count: int) -> tuple[Array, Array]:
        """Return each step's mean loss with its penalty, and its number of samples."""
        if count == 0:
            return np.zeros(0), np.zeros(0, int)
        size = self.batch_size * self.rows_a_sample
        starts = np.arange(first, first + count) * size
        ends = np.minimum(starts + size, len(self.order))
        part = self.losses[starts[0] : ends[-1]].astype(np.float64)
        sums = np.add.reduceat(part, starts - starts[0])
        sizes = ends - starts
        mean = sums / sizes + self.penalties[first : first + count]
        return mean, sizes // self.rows_a_sample

    def _write_numbers(self, first: int, count: int) -> None:
        step = self.model.step + 1
        steps = np.arange(step, step + count)
        rows = self.scalars[first : first + count]
        numbers = {
            multiplier: numbers_of(self.optimizer.scaled(multiplier), steps)
            for multiplier in dict.fromkeys(multiplier for multiplier, _ in self.varying)
        }
        if self.penalty_shares is not None:
            numbers[1.0][PENALTY_SHARE] = self.penalty_shares[first : first + count]
        for word, (multiplier, name) in enumerate(self.varying):
            rows[:, word] = np.asarray(numbers[multiplier][name], np.float32).view(np.uint32)
        for place, (layer, own_seed) in enumerate(self.network.noises):
            word = self.network.first_key + 2 * place
            rows[:, word : word + 2] = prng.keys_of(self.model.seed, layer, step, count, own_seed)


def numbers_of(optimizer: Optimizer, steps: Array) -> dict[str, Array]:
    """Return the rule's numbers and the learning rate for many steps, in float64."""
    try:
        given: Any = {RATE: optimizer.rate(steps), **optimizer.scalars(steps)}  # type: ignore[arg-type]
        return {name: np.broadcast_to(value, steps.shape) for name, value in given.items()}
    except (TypeError, ValueError):  # a custom rule that takes one step at a time
        each = [{RATE: optimizer.rate(int(s)), **optimizer.scalars(int(s))} for s in steps]
        return {name: np.array([one[name] for one in each]) for name in each[0]}


def varying_numbers(optimizer: Optimizer) -> list[str]:
    """Return the names of the rule's numbers that are not simply settings of the optimizer."""
    one, later = optimizer.scalars(1), optimizer.scalars(1000)
    return [
        name
        for name in one
        if name == "learning_rate" or not one[name] == later[name] == getattr(optimizer, name, None)
    ]


def check_update(optimizer: Optimizer) -> None:
    """Raise UnsupportedError where the engine would not do what the optimizer does."""
    kind = type(optimizer)
    for method in ("apply", "clip", "moved"):
        if getattr(kind, method) is not getattr(Optimizer, method):
            raise UnsupportedError(
                message(
                    "{kind} has a method {method!r} of its own", kind=kind.__name__, method=method
                )
            )
    zero = np.zeros(1)
    kept = [np.full(1, optimizer.initial_slot_value) for _ in optimizer.slots]
    moved = optimizer.moved(zero, zero, kept, optimizer.rate(1), optimizer.scalars(1))
    check_zero(moved[0], Phrase("the rule's step"))


def usable(x: Array) -> Array:
    """Return samples as kernels read them: contiguous, and float32 if of an unusual type."""
    if x.dtype.name not in ELEMENTS or not x.dtype.isnative:
        x = x.astype(np.float32)
    return np.ascontiguousarray(x)
