"""Answers by the engine: one model's program for samples of one type."""

from functools import partial
from typing import Any

import numpy as np

from badak.engine import arenas, layout, native
from badak.engine.kernels import ELEMENTS
from badak.engine.network import Network, Source, write_answer
from badak.engine.program import Program, address_of
from badak.engine.threads import pool, thread_count
from badak.parameters import aligned_zeros
from badak.typing import Array

ANSWER_ROWS = 96  # samples that go through the network at once: what fits a core's own cache
ANSWERS_APART = 20_000_000  # multiplications below which a second thread is not worth waking
FEW = 32  # samples that are copied in and out, which is quicker than to tell where they lie
PART = 16  # samples: threads share them in whole parts


class Answering:
    """One model's program for answers to samples of one type."""

    def __init__(self, model: Any, dtype: Any, last_activation: bool) -> None:
        self.element = dtype if dtype.name in ELEMENTS and dtype.isnative else np.dtype(np.float32)
        self.last_activation = last_activation
        self.program = Program(ANSWER_ROWS)
        self.sample_shape = model.input_shape
        self.output_shape = model.output_shape
        self.features = int(np.prod(model.input_shape))
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
        self._rooms: list[Room] = []
        self._small_rooms: list[SmallRoom] = []

    def __call__(self, x: Array) -> Array:
        """Return the outputs (samples, units) for finite samples."""
        return self._all(np.ascontiguousarray(x, self.element))[0]

    def sound(self, x: Array) -> Array | None:
        """Return the outputs for contiguous samples of the program's type; None if any is flawed.

        A sample is flawed if it holds NaN, infinity, or what float32 cannot hold.
        """
        outputs, flaw = self._few(x) if len(x) <= FEW else self._many(x)
        if flaw != 0.0:  # NaN is not 0 either
            return None
        if len(self.output_shape) > 1:
            return outputs.reshape(len(x), *self.output_shape)
        return outputs

    def _many(self, x: Array) -> tuple[Array, float]:
        outputs, flaws = self._all(x)
        return outputs, float(flaws.sum()) if self.element.kind == "f" else 0.0

    def _few(self, x: Array) -> tuple[Array, float]:
        if self.network.copies:
            self.network.refresh()
        count = len(x)
        room = self._small_rooms.pop() if self._small_rooms else SmallRoom(self)
        if room.count != count:
            room.expect(count)
        room.x_now[...] = x
        if arenas.CHECKED:
            with self.program.watched(*room.known):
                room.run()
        else:
            room.run()
        outputs = room.outputs_now.copy()
        flaw = room.flaws[0] if count == 1 else room.flaws[:count].sum()
        self._small_rooms.append(room)
        return outputs, flaw

    def _all(self, x: Array) -> tuple[Array, Array]:
        if self.network.copies:
            self.network.refresh()
        count = len(x)
        outputs = np.empty((count, self.units), np.float32)
        flaws = np.empty(count, np.float32)
        if count * self.work < ANSWERS_APART:
            self._part(x, outputs, flaws)
        else:
            pool().run(
                partial(self._share, x, outputs, flaws), min(thread_count(), -(-count // PART))
            )
        return outputs, flaws

    def _share(self, x: Array, outputs: Array, flaws: Array, thread: int, of: int) -> None:
        """Answer one thread's share of the samples."""
        parts = -(-len(x) // PART)
        first, end = (min(len(x), PART * (parts * (thread + i) // of)) for i in (0, 1))
        if first < end:
            self._part(x[first:end], outputs[first:end], flaws[first:end])

    def _part(self, x: Array, outputs: Array, flaws: Array) -> None:
        room = self._rooms.pop() if self._rooms else Room(self)
        if arenas.CHECKED:
            with self.program.watched(x, outputs, flaws, room.words, *self.known):
                room.answer(x, outputs, flaws)
        else:
            room.answer(x, outputs, flaws)
        self._rooms.append(room)


class Room:
    """The memory of one run; each run has its own, so that several threads may ask at once."""

    def __init__(self, answering: Answering) -> None:
        program = answering.program
        head = -(-(layout.ARGUMENTS + layout.EXTERNAL_COUNT) // 8) * 8
        work = -(-program.workspace_bytes // 64) * 8
        words = self.words = aligned_zeros(head + work + program.scratch_bytes // 8, np.int64)
        self.externals = words[layout.ARGUMENTS :]
        start = address_of(words)
        words[layout.CODE] = address_of(program.code)
        words[layout.CODE_LENGTH] = len(program.code)
        words[layout.EXTERNALS] = start + 8 * layout.ARGUMENTS
        words[layout.WORKSPACE] = start + 8 * head
        words[layout.SCRATCH] = start + 8 * (head + work)
        words[layout.SCRATCH_SIZE] = program.scratch_bytes
        self.run = partial(native.interpreter(), start, 0, 1)

    def answer(self, x: Array, outputs: Array, flaws: Array) -> None:
        """Write the outputs for contiguous samples."""
        rows = min(ANSWER_ROWS, len(x))
        self.externals[layout.SAMPLES] = address_of(x)
        self.externals[layout.OUTPUTS] = address_of(outputs)
        self.externals[layout.FLAWS] = address_of(flaws)
        self.words[layout.BATCH_ROWS] = rows
        self.words[layout.END_ROW] = len(x)
        self.words[layout.STEPS] = -(-len(x) // rows)
        self.run()


class SmallRoom(Room):
    """A room for a few samples, all set: what is left is to copy them in and the answers out."""

    def __init__(self, answering: Answering) -> None:
        super().__init__(answering)
        self.x = np.zeros((FEW, *answering.sample_shape), answering.element)
        self.outputs = np.zeros((FEW, answering.units), np.float32)
        self.flaws = np.zeros(FEW, np.float32)
        self.known = [self.x, self.outputs, self.flaws, self.words, *answering.known]
        with answering.program.watched(*self.known):
            self.answer(self.x, self.outputs, self.flaws)
        self.expect(FEW)

    def expect(self, count: int) -> None:
        """Be set for so many samples."""
        self.count = count
        self.x_now, self.outputs_now = self.x[:count], self.outputs[:count]
        self.words[layout.BATCH_ROWS] = count
        self.words[layout.END_ROW] = count
