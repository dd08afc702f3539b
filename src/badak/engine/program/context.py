"""What is known while a network becomes a program: its source, its value so far, its noises."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from badak._common.language import message
from badak._common.memory import padded
from badak.engine.compiler.constants import column_count
from badak.engine.machine import bytecode
from badak.engine.machine.element import FLOAT32
from badak.engine.program.program import (
    Buffer,
    Computation,
    ExternalInput,
    Place,
    Program,
    Transposed,
    UnsupportedError,
    address_of,
    in_batch,
)
from badak.layers.ensemble import member_place
from badak.layers.parameters import Parameters, Segment
from badak.tracing.node import make
from badak.tracing.tracer import Tracer
from badak.typing import Array

FIRST_KEY = 16  # words of a step's row before its noise's keys: room for the optimizer's numbers
STEP_WORDS = 64


@dataclass(frozen=True)
class Source:
    """How the samples, their targets and weights lie in memory."""

    x: str
    """The samples' type, as NumPy calls it."""
    t: str = ""
    label: bool = False
    """A target is one class number."""
    weighted: bool = False
    ordered: bool = False
    """Samples are taken in an order that is given."""


class Preparation(Protocol):
    """A layer that is part of how samples are read."""

    def apply(self, computation: Computation, x: Any) -> Any:
        """Return what the layer makes of x."""


@dataclass(frozen=True)
class Scope:
    """Where a layer stands: in the network, or in a member of an ensemble."""

    layer: int
    """The number of the network's layer that it is, or is part of."""
    prefix: str
    """What the names of its weights begin with among those of that layer."""
    noise: int
    """What its noise hangs on: ``layer`` of :class:`badak.layers.passes.Mode`."""

    @classmethod
    def of(cls, layer: int) -> "Scope":
        """Return that of a layer of the network."""
        return cls(layer, "", layer)

    def within(self, member: int, place: int) -> "Scope":
        """Return that of a layer of a member."""
        noise = member_place(self.noise, member, place)
        return Scope(self.layer, f"{self.prefix}{member}.{place}.", noise)

    def holds(self, segment: Segment) -> bool:
        """Return whether an array of weights is the layer's."""
        return segment.layer == self.layer and segment.spec.name.startswith(self.prefix)

    def part(self, name: str, place: int) -> "Scope":
        """Return that of a layer of an ensemble whose weights' names begin with `name`."""
        noise = member_place(self.noise, 0, place)
        return Scope(self.layer, f"{self.prefix}{name}.", noise)

    def own_name(self, segment: Segment) -> str:
        """Return what the layer calls an array of its weights."""
        return segment.spec.name.removeprefix(self.prefix)


@dataclass
class Network:
    """What is known while a program is being written."""

    program: Program
    parameters: Parameters
    source: Source
    features: int
    training: bool
    pending: list[Preparation] = field(default_factory=list)
    """What is done to the samples as they are read."""
    value: Buffer | None = None
    """What the layers so far have made; None: nothing but preparations yet."""
    kept: list[Buffer] = field(default_factory=list)
    """What is needed again, so that nothing may be worked out in its place."""
    trained: bool = False
    """Whether training moves any weights of the layers so far."""
    noises: list[tuple[int, int | None]] = field(default_factory=list)
    """The layer and the own seed of each noise, in the order of their keys."""
    first_key: int = FIRST_KEY
    """The word of a step's row that their keys begin at."""
    copies: list[tuple[Array, Array]] = field(default_factory=list)
    """Vectors of weights, and where they stand as often as a sample of several axes has rows."""
    transposed: list[tuple[Segment, Transposed]] = field(default_factory=list)
    """Weight matrices, and where they stand with rows for columns."""

    @property
    def sample_bytes(self) -> int:
        """How long a sample is in memory."""
        return self.features * np.dtype(self.source.x).itemsize

    @property
    def width(self) -> int:
        """How many numbers a sample is at this point."""
        return self.features if self.value is None else self.value.width

    def given(self) -> Buffer | ExternalInput:
        """Return what a product is to take: the samples where they lie, if that can be."""
        if self.value is not None or self.pending or self.training or self.source.x != "float32":
            return self.settle()
        return ExternalInput(self.features)

    def settle(self) -> Buffer:
        """Return what the layers so far have made, in memory as float32."""
        if self.value is None:
            computation = self.program.computation()
            given = x = self._samples(computation)
            for preparation in self.pending:
                x = preparation.apply(computation, x)
            if not self.training and np.dtype(self.source.x).kind == "f":
                write_nonfinite(computation, given)
            self.value = self.program.buffer(self.features)
            computation.writes(x, in_batch(self.value))
            self.program.rows(computation, self.features)
        return self.value

    def _samples(self, computation: Computation) -> Tracer:
        row = self.features
        if self.source.ordered:
            place = Place(bytecode.EXTERNAL, bytecode.SAMPLES, 0, row)
            return computation.reads(place, row, "gathered", self.source.x)
        place = Place(bytecode.SEQUENCE, bytecode.SAMPLES, self.sample_bytes, row)
        return computation.reads(place, row, "full", self.source.x)

    def segment(self, scope: Scope, name: str) -> Segment:
        """Return where an array of a layer's weights lies."""
        segments = self.parameters.segments
        return next(s for s in segments if scope.holds(s) and scope.own_name(s) == name)

    def address(self, segment: Segment) -> int:
        """Return where an array of weights begins."""
        return address_of(self.parameters.vector) + self.program.element.bytes * segment.start

    def vectors(self, computation: Computation, scope: Scope, width: int) -> dict[str, Tracer]:
        """Return a layer's vectors of weights for a formula."""
        given = {}
        for whole_name, view in self.parameters.layers[scope.layer].items():
            if not whole_name.startswith(scope.prefix):
                continue
            name = whole_name.removeprefix(scope.prefix)
            segment = self.segment(scope, name)
            if view.shape == (width,):
                place = self.program.at(self.address(segment))
            elif view.ndim == 1 and width % len(view) == 0 and not segment.spec.trainable:
                whole = self.program.vector(width)
                whole[:width] = np.tile(view, width // len(view))
                self.copies.append((view, whole))
                place = self.program.at(address_of(whole))
            else:
                raise UnsupportedError(
                    message(
                        "weights of shape {shape} in samples of {width}",
                        shape=view.shape,
                        width=width,
                    )
                )
            given[name] = computation.reads(place, width, "columns")
        return given

    def transpose(self, segment: Segment) -> Transposed:
        """Return memory for the transpose of a weight matrix, for the backward pass."""
        inputs, units = segment.spec.shape
        transposed = Transposed(self.program.vector(units * Buffer(0, inputs).row), inputs)
        self.transposed.append((segment, transposed))
        return transposed

    def refresh(self) -> None:
        """Copy vectors to where they stand as often as a sample of several axes has rows."""
        for view, whole in self.copies:
            whole[: self.features] = np.tile(view, self.features // len(view))

    def write_transposes(self, program: Program) -> None:
        """Write the copying of all weight matrices to where they stand with rows for columns."""
        for segment, transposed in self.transposed:
            shape = segment.spec.shape
            program.transpose(self.address(segment), padded(shape[1]), transposed, shape)

    def key(self, computation: Computation, layer: int, own_seed: int | None) -> tuple[Any, Any]:
        """Return the two numbers that a layer's noise of this step hangs on."""
        if (layer, own_seed) not in self.noises:
            self.noises.append((layer, own_seed))
        most = (STEP_WORDS - self.first_key) // 2
        if len(self.noises) > most:
            raise UnsupportedError(
                message("more than {most_noises} layers of noise", most_noises=most)
            )
        first = self.first_key + 2 * self.noises.index((layer, own_seed))
        places = [step_place(first + part) for part in (0, 1)]
        one, other = (computation.reads(place, 1, "key") for place in places)
        return one, other


def write_nonfinite(computation: Computation, x: Tracer, *, after_samples: bool = False) -> None:
    """Write 0 for each row of numbers, NaN for one that holds NaN or infinity.

    `after_samples`: a NaN that was written for the sample stays.
    """
    place = Place(bytecode.SEQUENCE, bytecode.NONFINITE, FLOAT32.bytes, 1)
    found = (x * 0.0).sum(axis=-1)
    if after_samples:
        found = found + computation.reads(place, x.columns, "row")
    computation.writes(found, place, "row")


def step_place(word: int) -> Place:
    """Return the place of a number that is another one in each step."""
    return Place(bytecode.STEP, bytecode.SCALARS, FLOAT32.bytes * STEP_WORDS, FLOAT32.bytes * word)


@dataclass(frozen=True)
class TracedMode:
    """Stands for :class:`badak.layers.passes.Mode` while a formula is traced."""

    network: Network
    computation: Computation
    scope: Scope
    width: int

    @property
    def training(self) -> bool:
        """Whether noise is at work."""
        return self.network.training

    def noise(self, distribution: Any, shape: Any, layer_seed: int | None) -> Any:
        """Return this layer's noise of the step at hand."""
        row = Tracer(make("row_number", (), "uint", over=(True, False)), self.width)
        column = Tracer(make("column_number", (), over=(False, True)), self.width)
        index = row * column_count(self.width) + column.astype(np.uint32)
        return distribution(index, self.network.key(self.computation, self.scope.noise, layer_seed))
