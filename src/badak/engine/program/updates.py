"""How weights move: gradients, penalties and clipping, and the optimizer's own rule, traced."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from badak._common.language import Phrase, message
from badak._common.memory import padded
from badak.engine.machine import bytecode
from badak.engine.machine.element import FLOAT32
from badak.engine.program.program import (
    EVERY_ROW,
    Buffer,
    Computation,
    Place,
    Program,
    Some,
    Transposed,
    UnsupportedError,
    address_of,
    at,
)
from badak.layers.parameters import Parameters, Segment
from badak.optimizers.base import Optimizer
from badak.tracing.tracer import Tracer
from badak.typing import Array


class UpdateWriter:
    """Writes how an optimizer moves the weights of one network.

    Where a gradient's length is clipped, all gradients are kept until the length is known; else
    each is used up while it is in the cache.
    """

    def __init__(
        self,
        program: Program,
        parameters: Parameters,
        optimizer: Optimizer,
        slots: dict[str, Array],
        numbers: Sequence[Any],
        numbers_of: Mapping[tuple[int, str], Sequence[Any]] | None = None,
    ) -> None:
        self.program = program
        self.parameters = parameters
        self.optimizer = optimizer
        self.slots = [slots[name] for name in optimizer.slots]
        self.numbers = numbers
        """The names of the rule's numbers that are others in each step, each with its place."""
        self.numbers_of = numbers_of or {}
        """The same for weights whose learning rate is multiplied, by their layer and name."""
        self.scalars = optimizer.scalars(1)
        self.rate = optimizer.rate(1)
        self._traced: dict[Any, tuple[Any, ...]] = {}
        """The rule's results by its operands: most arrays of a network are moved by one formula."""
        self.gradient: Array | None = None
        if optimizer.clipnorm is not None or optimizer.global_clipnorm is not None:
            self.gradient = program.vector(parameters.trainable_size)
        self.transpose_again = False
        """Whether the weights have still to be copied to where they stand transposed."""

    # -- one array of weights

    def matrix(
        self,
        segment: Segment,
        x: Buffer,
        d: Buffer,
        transposed: Transposed | None,
        sample_bytes: int,
        some: Some = EVERY_ROW,
    ) -> None:
        """Move a weight matrix, given its layer's input and the gradient at its sum.

        `some`: the rows of both that count.
        """
        computation = self.program.computation()
        row = padded(d.width)
        w = computation.reads(self.program.at(self._address(segment)), row)
        kept, weights = 0, self._address(segment)
        block = Place(bytecode.BLOCK_GRADIENT, 0)
        g = self._regularised(segment, computation, w, computation.reads(block, row))
        if self.gradient is None:
            self._update(computation, w, g, segment, "full")
        else:
            kept = self._number(self.gradient, segment.start)
            computation.writes(g, block)
        at_once = transposed if self.gradient is None else None
        self.program.gradient(x, d, kept, computation, weights, at_once, sample_bytes, some)

    def vector(
        self, segment: Segment, computation: Computation, gradient: Tracer, some: Some = EVERY_ROW
    ) -> None:
        """Move a vector of weights, given its gradient, a sum over the batch's rows, or some."""
        (width,) = segment.spec.shape
        w = computation.reads(self.program.at(self._address(segment)), width, "columns")
        g = self._regularised(segment, computation, w, gradient)
        if self.gradient is None:
            self._update(computation, w, g, segment, "columns")
        else:
            place = self.program.at(self._number(self.gradient, segment.start))
            computation.writes(g, place, "columns")
        self.program.columns(computation, width, some=some)

    def _regularised(self, segment: Segment, computation: Computation, w: Any, g: Any) -> Any:
        regularizer = segment.spec.regularizer
        if regularizer is None:
            return g
        return g + self._shared(computation, regularizer.gradient(w))

    def _shared(self, computation: Computation, penalty: Any) -> Any:
        """Return the share of a penalty, or of its slope, that this step pays."""
        place = dict(self.numbers).get(PENALTY_SHARE)
        return penalty if place is None else penalty * computation.reads(place, 1, "scalar")

    def _update(
        self,
        computation: Computation,
        w: Any,
        g: Any,
        segment: Segment,
        kind: str,
    ) -> None:
        """Write the optimizer's rule."""
        places = [self.program.at(self._number(slot, segment.start)) for slot in self.slots]
        kept = [computation.reads(place, w.columns, kind) for place in places]
        numbers = {
            name: computation.reads(place, 1, "scalar")
            for name, place in self.numbers_of.get((segment.layer, segment.spec.name), self.numbers)
            if name != PENALTY_SHARE
        }
        operands = (w, g, *kept, *numbers.values())
        key = (w.columns, *(operand.node for operand in operands))
        if key not in self._traced:
            self._traced[key] = self._moved(w, g, kept, numbers)
        for value, place in zip(
            self._traced[key], [self.program.at(self._address(segment)), *places], strict=True
        ):
            computation.writes(value, place, kind)

    def _moved(self, w: Any, g: Any, kept: list[Any], numbers: dict[str, Any]) -> tuple[Any, ...]:
        """Trace the optimizer's rule."""
        scalars: dict[str, Any] = {**self.scalars, **numbers}
        rate = scalars.pop(RATE, self.rate)
        clipped = g if self.gradient is not None else self.optimizer.clip(g)
        return self.optimizer.moved(w, clipped, kept, rate, scalars)

    def _address(self, segment: Segment) -> int:
        return self._number(self.parameters.vector, segment.start)

    def _number(self, array: Array, index: int) -> int:
        """Return where number `index` of a vector lies."""
        return address_of(array) + self.program.element.bytes * index

    # -- all of them

    def penalties(self, segments: list[Segment]) -> None:
        """Write the regularizers' penalties, row by row; they are added up by :meth:`begin`."""
        self.penalty_sums: list[tuple[Array, int]] = []
        for segment in segments:
            regularizer = segment.spec.regularizer
            if regularizer is None:
                continue
            shape = segment.spec.shape
            count, width = (1, *shape)[-2:]
            check_zero(regularizer.gradient(np.zeros(1)), Phrase("the regularizer's slope"))
            row = (segment.stop - segment.start) // count
            computation = self.program.computation()
            place = Place(
                bytecode.FIXED, self._address(segment), self.program.element.bytes * row, row
            )
            price = regularizer.price(computation.reads(place, width))
            sums = self.program.vector(count)
            goal = Place(bytecode.FIXED, address_of(sums), FLOAT32.bytes, 1)
            computation.writes(self._shared(computation, price.sum(axis=-1)), goal, "row")
            self.program.rows(computation, width, count)
            self.penalty_sums.append((sums, count))

    def begin(self) -> None:
        """Add the penalties up."""
        for number, (sums, count) in enumerate(self.penalty_sums):
            self.program.sum(address_of(sums), count, begins=number == 0)

    def finish(self) -> None:
        """Where gradients are clipped by length: clip them, and move all weights."""
        if self.gradient is None:
            return
        program = self.program
        parts = {}
        segments = self.parameters.trainable_segments
        program.barrier()
        if self.optimizer.global_clipnorm is not None:
            whole = self._length(0, self.parameters.trainable_size, self.optimizer.global_clipnorm)
            parts = {id(segment): whole for segment in segments}
        else:
            for segment in segments:
                size = segment.stop - segment.start
                limit = self.optimizer.clipnorm
                parts[id(segment)] = self._length(segment.start, size, limit)
        program.barrier()
        for limits, sums, factor in {id(p[2]): p for p in parts.values()}.values():
            program.clip(address_of(limits), address_of(sums), len(sums), address_of(factor))
        program.barrier()
        for segment in segments:
            self._update_clipped(segment, parts[id(segment)][2])
        self.transpose_again = True

    def _length(self, start: int, size: int, limit: float | None) -> tuple[Array, Array, Array]:
        """Write the sum of squares of a part of the gradient."""
        program, blocks = self.program, -(-size // bytecode.NORM_BLOCK)
        sums = program.vector(blocks, np.float64)[:blocks]
        limit_at = program.vector(1, np.float64)
        limit_at[0] = limit
        assert self.gradient is not None
        program.squared_norm(self._number(self.gradient, start), size, address_of(sums))
        return limit_at, sums, program.vector(1)

    def _update_clipped(self, segment: Segment, factor: Array) -> None:
        computation = self.program.computation()
        size = segment.stop - segment.start
        w = computation.reads(self.program.at(self._address(segment)), size)
        assert self.gradient is not None
        g = computation.reads(
            self.program.at(self._number(self.gradient, segment.start)),
            size,
        )
        shortened = g * computation.reads(at(address_of(factor), 0), 1, "scalar")
        self._update(computation, w, shortened, segment, "full")
        self.program.columns(computation, size, 1)


RATE = "learning rate before corrections"
"""The rate that weight decay is multiplied by; its name among the rule's numbers."""

PENALTY_SHARE = "share of the regularizers' penalties"
"""What a step multiplies them by, where not every step pays the same."""


def check_zero(value: Any, what: str | Phrase) -> None:
    """Raise UnsupportedError unless a formula leaves the padding at zero."""
    if np.any(np.asarray(value) != 0.0):
        raise UnsupportedError(message("{what} at zero is not zero", what=what))
