"""Answers by the engine: one model's program for samples of one type."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from badak._common.memory import aligned_zeros
from badak.engine.compiler.operands import ELEMENTS
from badak.engine.machine import bounds, bytecode
from badak.engine.machine.threads import pool, thread_count, yield_function
from badak.engine.program import native
from badak.engine.program.builder import write_answer
from badak.engine.program.context import Network, Source
from badak.engine.program.program import Program, address_of
from badak.layers.model import Model
from badak.typing import Array

ANSWER_ROWS = 96  # samples that go through the network at once: what fits a core's own cache
ANSWERS_APART = 10_000_000  # multiplications below which a second thread would come too late
FEW = 32  # samples that are copied in and out, which is quicker than to tell where they lie
PART = 12  # samples: threads share them in parts of a multiple of that
PARTS = 16  # that many samples are shared in, and more where these would have over ANSWER_ROWS


class InferenceProgram:
    """One model's program for answers to samples of one type."""

    def __init__(self, model: Model, dtype: Any, last_activation: bool) -> None:
        self.element = dtype if dtype.name in ELEMENTS and dtype.isnative else np.dtype(np.float32)
        self.last_activation = last_activation
        self.program = Program(ANSWER_ROWS)
        self.sample_shape = model.shapes[0]
        self.output_shape = model.output_shape
        self.features = int(np.prod(self.sample_shape))
        self.units = int(np.prod(model.output_shape))
        self.network = Network(
            self.program,
            model.parameters,
            Source(self.element.name),
            self.features,
            training=False,
        )
        write_answer(self.network, model, without_last_activation=not last_activation)
        self.program.assemble()
        self.work = max(1, model.count_params())
        self.known = [model.parameters.vector]
        self._workspaces: list[Workspace] = []
        self._small_workspaces: list[SmallWorkspace] = []
        self._few: tuple[int, ...] = (-1,)
        """The shape of the few samples that were last asked for."""

    def __call__(self, x: Array, batch_size: int = ANSWER_ROWS) -> Array:
        """Return the outputs (samples, units) for finite samples; the program has its own batch."""
        return self._all(np.ascontiguousarray(x, self.element))[0]

    def predict_if_finite(self, x: Array) -> Array | None:
        """Return the outputs for samples of the program's type; None if their shape is wrong.

        None too if a sample or its answer holds NaN, infinity, or a number too large for float32.
        """
        shape = x.shape
        if shape != self._few:
            if shape[1:] != self.sample_shape or not shape[0]:
                return None
            if shape[0] > FEW:
                return self._many(x) if x.flags.c_contiguous else None
            self._few = shape
        if self.network.copies:
            self.network.refresh()
        try:
            workspace = self._small_workspaces.pop()
        except IndexError:
            workspace = SmallWorkspace(self)
        if workspace.shape != shape:
            workspace.expect(shape)
        workspace.x_now[...] = x
        workspace.run()
        outputs: Array = workspace.outputs_now.copy()
        nonfinite_found = workspace.nonfinite_now.tobytes().strip(
            b"\0"
        )  # the quickest way to see whether all are 0
        self._small_workspaces.append(workspace)
        return None if nonfinite_found else outputs

    def _many(self, x: Array) -> Array | None:
        outputs, nonfinite = self._all(x)
        if np.count_nonzero(nonfinite):
            return None
        return outputs.reshape(len(x), *self.output_shape)

    def _all(self, x: Array) -> tuple[Array, Array]:
        if self.network.copies:
            self.network.refresh()
        count = len(x)
        outputs = np.empty((count, self.units), np.float32)
        nonfinite = np.empty(count, np.float32)
        if count * self.work < ANSWERS_APART or thread_count() == 1:
            self._run(x, outputs, nonfinite, -(-count // -(-count // ANSWER_ROWS)))
            return outputs, nonfinite
        rows = min(ANSWER_ROWS, PART * -(-count // (PART * PARTS)))
        helpers = min(thread_count(), -(-count // rows)) - 1
        steps = -(-count // rows)
        shared = aligned_zeros(bytecode.TAKEN // 8 + steps, np.int64)

        def help_out(thread: int) -> None:
            if shared[0] < steps:
                first = steps * thread // (helpers + 1)
                self._run(x, outputs, nonfinite, rows, shared, first)

        pool().offer(help_out, helpers)
        self._run(x, outputs, nonfinite, rows, shared, waits=True)
        return outputs, nonfinite

    def _run(
        self,
        x: Array,
        outputs: Array,
        nonfinite: Array,
        rows: int,
        shared: Array | None = None,
        first: int = 0,
        *,
        waits: bool = False,
    ) -> None:
        """Answer `rows` samples at a time: all of them, or those that nobody else has taken on."""
        try:
            workspace = self._workspaces.pop()
        except IndexError:
            workspace = Workspace(self)
        workspace.words[bytecode.SHARED] = 0 if shared is None else address_of(shared)
        workspace.words[bytecode.FIRST_STEP] = first
        workspace.words[bytecode.WAITING] = waits
        if bounds.CHECKED:
            with self.program.watched(x, outputs, nonfinite, workspace.words, *self.known):
                workspace.answer(x, outputs, nonfinite, rows)
        else:
            workspace.answer(x, outputs, nonfinite, rows)
        self._workspaces.append(workspace)


class Workspace:
    """The memory of one run; each run has its own, so that several threads may ask at once."""

    def __init__(self, inference: InferenceProgram) -> None:
        program = inference.program
        head = -(-(bytecode.ARGUMENTS + bytecode.EXTERNAL_COUNT) // 8) * 8
        work = -(-program.workspace_bytes // 64) * 8
        words = self.words = aligned_zeros(head + work + program.scratch_bytes // 8, np.int64)
        self.externals = words[bytecode.ARGUMENTS :]
        start = address_of(words)
        words[bytecode.CODE] = address_of(program.code)
        words[bytecode.CODE_LENGTH] = len(program.code)
        words[bytecode.EXTERNALS] = start + 8 * bytecode.ARGUMENTS
        words[bytecode.WORKSPACE] = start + 8 * head
        words[bytecode.SCRATCH] = start + 8 * (head + work)
        words[bytecode.SCRATCH_SIZE] = program.scratch_bytes
        words[bytecode.YIELD] = yield_function()
        self.run = native.interpreter().ready(start, 0, 1)

    def answer(self, x: Array, outputs: Array, nonfinite: Array, rows: int) -> None:
        """Write the outputs for contiguous samples, so many at a time."""
        self.externals[bytecode.SAMPLES] = address_of(x)
        self.externals[bytecode.OUTPUTS] = address_of(outputs)
        self.externals[bytecode.NONFINITE] = address_of(nonfinite)
        self.words[bytecode.BATCH_ROWS] = rows
        self.words[bytecode.END_ROW] = len(x)
        self.words[bytecode.STEPS] = -(-len(x) // rows)
        self.run()


class SmallWorkspace(Workspace):
    """A workspace for a few samples: they are copied in, and the outputs are copied out."""

    def __init__(self, inference: InferenceProgram) -> None:
        super().__init__(inference)
        self.x = np.zeros((FEW, *inference.sample_shape), inference.element)
        self.outputs = np.zeros((FEW, *inference.output_shape), np.float32)
        self.nonfinite = np.zeros(FEW, np.float32)
        if bounds.CHECKED:
            known = [self.x, self.outputs, self.nonfinite, self.words, *inference.known]
            self.run = partial(_watched, self.run, inference.program, known)
        self.answer(self.x, self.outputs, self.nonfinite, FEW)
        self.expect(self.x.shape)

    def expect(self, shape: tuple[int, ...]) -> None:
        """Be set for samples of this shape."""
        count = shape[0]
        self.shape = shape
        self.x_now, self.outputs_now = self.x[:count], self.outputs[:count]
        self.nonfinite_now = self.nonfinite[:count]
        self.words[bytecode.BATCH_ROWS] = count
        self.words[bytecode.END_ROW] = count


def _watched(run: Callable[[], None], program: Program, known: list[Array]) -> None:
    with program.watched(*known):
        run()
