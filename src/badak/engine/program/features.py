"""Layers that work on each feature by itself, in a program: waves, small products, tables.

What a feature's numbers need is a few columns of a buffer. Formulas read and write such columns
where they lie. A product fills whole vectors, and a gradient reads them, so that each has a buffer
of its own for its columns, whose padding is zero.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.memory import padded
from badak.engine.machine import bytecode
from badak.engine.machine.element import FLOAT32
from badak.engine.program.context import Network, Scope
from badak.engine.program.program import (
    Buffer,
    Computation,
    Place,
    Transposed,
    UnsupportedError,
    in_batch,
)
from badak.engine.program.unit import Unit
from badak.engine.program.updates import UpdateWriter
from badak.layers.category_embedding import CategoryEmbedding, one_hot
from badak.layers.feature_dense import Block, FeatureDense
from badak.layers.parameters import Segment
from badak.layers.periodic_embedding import PeriodicEmbedding, Piece
from badak.typing import Shape


@dataclass(frozen=True)
class Columns(Buffer):
    """Some columns of a buffer, where they lie."""

    whole_row: int = 0

    @property
    def row(self) -> int:
        """Numbers from one row to the next, which is that of the whole buffer."""
        return self.whole_row


def columns_of(buffer: Buffer, columns: slice) -> Columns:
    """Return some columns of a buffer."""
    offset = buffer.offset + buffer.element.bytes * columns.start
    return Columns(offset, columns.stop - columns.start, buffer.element, buffer.row)


def number_of(buffer: Buffer, column: int) -> Place:
    """Return the place of one column, which is one number a row."""
    if buffer.element != FLOAT32:
        raise UnsupportedError(message("features by themselves, in another type than float32"))
    row = buffer.row
    return Place(bytecode.BATCH, buffer.offset + FLOAT32.bytes * column, FLOAT32.bytes * row, row)


def rows_of(segment: Segment, rows: slice) -> Segment:
    """Return where some rows of a matrix, or some numbers of a vector, lie."""
    *one_row, last = segment.spec.shape
    wide = padded(last) if one_row else 1
    shape = (rows.stop - rows.start, last) if one_row else (rows.stop - rows.start,)
    return replace(
        segment,
        spec=replace(segment.spec, shape=shape),
        start=segment.start + wide * rows.start,
        stop=segment.start + wide * rows.stop,
    )


class Waves(Unit):
    """A periodic embedding: a formula of one number and of a vector of weights a feature."""

    def __init__(
        self, network: Network, scope: Scope, layer: PeriodicEmbedding, shape: Shape
    ) -> None:
        super().__init__(network, scope, layer)
        self.embedding = layer
        self.pieces = list(layer.pieces(shape[-1]))
        (self.width,) = layer.output_shape(shape)

    def forward(self) -> None:
        n = self.network
        self.x = n.settle()
        n.value = n.program.buffer(self.width)
        for piece in self.pieces:
            computation, x, w = self._operands(piece)
            if piece.kept:
                computation.writes(x, number_of(n.value, piece.start), "row")
            if self._count(piece):
                made = self.embedding.waves(w, x)
                for value, columns in zip(made, self.embedding.columns(piece), strict=True):
                    computation.writes(value, in_batch(columns_of(n.value, columns)))
            n.program.rows(computation, max(1, self._count(piece)))

    def backward(self, d: Buffer) -> Buffer:
        program = self.network.program
        at_x = program.buffer(self.x.width)
        for piece in self.pieces:
            computation, x, w = self._operands(piece)
            count = self._count(piece)
            total: Any = None
            if count:
                total = self._passed_back(computation, piece, d, x, w)[0].sum(axis=-1)
            if piece.kept:
                own = computation.reads(number_of(d, piece.start), max(1, count), "row")
                total = own if total is None else own + total
            computation.writes(total, number_of(at_x, piece.feature), "row")
            program.rows(computation, max(1, count))
        return at_x

    def write_updates(self, d: Buffer, writer: UpdateWriter) -> None:
        for segment in self.trained:
            for piece in filter(self._count, self.pieces):
                computation, x, w = self._operands(piece)
                _, of_weights = self._passed_back(computation, piece, d, x, w)
                gradient = of_weights[self.scope.own_name(segment)].sum(axis=0)
                writer.vector(rows_of(segment, piece.weights), computation, gradient)

    def _operands(self, piece: Piece) -> tuple[Computation, Any, dict[str, Any]]:
        """Return a formula's beginning: the feature, and its weights by name."""
        n = self.network
        computation, count = n.program.computation(), self._count(piece)
        x = computation.reads(number_of(self.x, piece.feature), max(1, count), "row")
        w = {}
        for segment in self.trained if count else ():
            place = n.program.at(n.address(rows_of(segment, piece.weights)))
            w[self.scope.own_name(segment)] = computation.reads(place, count, "columns")
        return computation, x, w

    def _passed_back(
        self, computation: Computation, piece: Piece, d: Buffer, x: Any, w: dict[str, Any]
    ) -> tuple[Any, Any]:
        places = [in_batch(columns_of(d, each)) for each in self.embedding.columns(piece)]
        gradients = [computation.reads(place, self._count(piece)) for place in places]
        return self.embedding.waves_backward(w, x, gradients)

    @staticmethod
    def _count(piece: Piece) -> int:
        return piece.weights.stop - piece.weights.start


class Blocks(Unit):
    """Small matrices side by side, each from some columns of the input to some of the output."""

    def __init__(self, network: Network, scope: Scope, layer: FeatureDense, shape: Shape) -> None:
        super().__init__(network, scope, layer)
        self.blocks: Sequence[Block] = layer.blocks(shape[-1])
        self.biased = layer.use_bias

    def forward(self) -> None:
        self.x = self.network.settle()
        self._multiply([columns_of(self.x, block.inputs) for block in self.blocks])

    def _multiply(self, inputs: Sequence[Buffer]) -> None:
        n = self.network
        self.inputs = inputs
        n.value = n.program.buffer(self.blocks[-1].outputs.stop)
        for (block, segment), x in zip(self._matrices(), inputs, strict=True):
            size, units = segment.spec.shape
            made = n.program.buffer(units)
            n.program.product(x, n.address(segment), padded(units), made, size, 0)
            computation = n.program.computation()
            value = computation.reads(in_batch(made), units)
            if self.biased:
                bias = rows_of(n.segment(self.scope, "bias"), block.outputs)
                value += computation.reads(n.program.at(n.address(bias)), units, "columns")
            computation.writes(value, in_batch(columns_of(n.value, block.outputs)))
            n.program.rows(computation, units)

    def pass_back(self, d: Buffer, *, needed: bool) -> Buffer:
        """Give each block its part of the gradient; go on only where that is needed."""
        self.at_outputs = [self._copied(columns_of(d, block.outputs)) for block in self.blocks]
        self.transposed: list[Transposed | None] = [None] * len(self.blocks)
        return self.backward(d) if needed else d

    def backward(self, d: Buffer) -> Buffer:
        n = self.network
        at_x = n.program.buffer(self.x.width)
        matrices = zip(self._matrices(), self.at_outputs, strict=True)
        for number, ((block, segment), at_output) in enumerate(matrices):
            transposed = self.transposed[number] = n.transpose(segment)
            size, units = segment.spec.shape
            made = n.program.buffer(size)
            n.program.product(at_output, transposed.address, transposed.row, made, units, 0)
            self._copied(made, columns_of(at_x, block.inputs))
        return at_x

    def write_updates(self, d: Buffer, writer: UpdateWriter) -> None:
        parts = zip(self._matrices(), self.inputs, self.at_outputs, self.transposed, strict=True)
        for (_, segment), x, at_output, transposed in parts:
            writer.matrix(segment, x, at_output, transposed, 0)
        if self.biased:
            computation = self.network.program.computation()
            gradient = computation.reads(in_batch(d), d.width).sum(axis=0)
            writer.vector(self.network.segment(self.scope, "bias"), computation, gradient)

    def _matrices(self) -> Iterator[tuple[Block, Segment]]:
        for block in self.blocks:
            yield block, rows_of(self.network.segment(self.scope, block.weights), block.rows)

    def _copied(self, x: Buffer, goal: Buffer | None = None) -> Buffer:
        program = self.network.program
        goal = program.buffer(x.width) if goal is None else goal
        computation = program.computation()
        computation.writes(computation.reads(in_batch(x), x.width), in_batch(goal))
        program.rows(computation, x.width)
        return goal


class Looked(Blocks):
    """An embedding of categories: the one-hot form of each column, times its table."""

    def __init__(
        self, network: Network, scope: Scope, layer: CategoryEmbedding, shape: Shape
    ) -> None:
        Unit.__init__(self, network, scope, layer)
        self.blocks = layer.blocks()
        self.sizes = layer.sizes
        self.biased = False

    def forward(self) -> None:
        self.x = self.network.settle()
        self._multiply([self._one_hot(*each) for each in enumerate(self.sizes)])

    def _one_hot(self, column: int, size: int) -> Buffer:
        program = self.network.program
        made, computation = program.buffer(size + 1), program.computation()
        x = computation.reads(number_of(self.x, column), size + 1, "row")
        value: Any = one_hot(x, float(size), np.arange(size + 1))
        computation.writes(value, in_batch(made))
        program.rows(computation, size + 1)
        return made

    def backward(self, d: Buffer) -> Buffer:
        """Return zeros: a number says which row, not how much of it."""
        program = self.network.program
        at_x, computation = program.buffer(self.x.width), program.computation()
        nothing = computation.reads(in_batch(self.x), self.x.width) * 0.0
        computation.writes(nothing, in_batch(at_x))
        program.rows(computation, self.x.width)
        return at_x
