"""How a network becomes a program: each layer writes its way forward and its way back.

Products of matrices are instructions of their own. All else is a formula: the functions of
:mod:`badak.reference`, of the losses and of the optimizers are traced, so that the engine computes
what they say.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from badak import layers
from badak._common.memory import padded
from badak.activations import is_builtin
from badak.engine.machine import bytecode
from badak.engine.machine.bytecode import FLOAT
from badak.engine.program.program import (
    Buffer,
    Computation,
    Given,
    Place,
    Program,
    Turned,
    UnsupportedError,
    address_of,
    at,
    in_batch,
    substituted,
)
from badak.engine.program.updates import Mover
from badak.layers import Layer
from badak.layers.base import is_just
from badak.layers.parameters import Parameters, Segment
from badak.layers.passes import LayerPass
from badak.losses.objective import Objective
from badak.tracing.node import Node, make
from badak.tracing.tracer import Tracer
from badak.typing import Array, Shape

FIRST_KEY = 16  # words of a step's row before its noise's keys: room for the optimizer's numbers
STEP_WORDS = 64
MOST_NOISES = (STEP_WORDS - FIRST_KEY) // 2


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


@dataclass
class Network:
    """What is known while a program is being written."""

    program: Program
    parameters: Parameters
    source: Source
    features: int
    training: bool
    pending: list["Formula | Activated"] = field(default_factory=list)
    """Preparations that are done to the samples as they are read."""
    value: Buffer | None = None
    """What the layers so far have made; None: nothing but preparations yet."""
    units: list["Unit"] = field(default_factory=list)
    noises: list[tuple[int, int | None]] = field(default_factory=list)
    """The layer and the own seed of each noise, in the order of their keys."""
    copies: list[tuple[Array, Array]] = field(default_factory=list)
    """Vectors of weights, and where they stand as often as a sample of several axes has rows."""
    turned: list[tuple[Segment, Turned]] = field(default_factory=list)
    """Weight matrices, and where they stand with rows for columns."""

    @property
    def sample_bytes(self) -> int:
        """How long a sample is in memory."""
        return self.features * np.dtype(self.source.x).itemsize

    @property
    def width(self) -> int:
        """How many numbers a sample is at this point."""
        return self.features if self.value is None else self.value.width

    def given(self) -> Buffer | Given:
        """Return what a product is to take: the samples where they lie, if that can be."""
        if self.value is not None or self.pending or self.training or self.source.x != "float32":
            return self.settle()
        return Given(self.features)

    def settle(self) -> Buffer:
        """Return what the layers so far have made, in memory as float32."""
        if self.value is None:
            computation = Computation()
            given = x = self._samples(computation)
            for unit in self.pending:
                x = unit.apply(computation, x)
            if not self.training and np.dtype(self.source.x).kind == "f":
                write_flaws(computation, given)
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

    def segment(self, layer: int, name: str) -> Segment:
        """Return where an array of weights lies."""
        found = (s for s in self.parameters.segments if (s.layer, s.spec.name) == (layer, name))
        return next(found)

    def address(self, segment: Segment) -> int:
        """Return where an array of weights begins."""
        return address_of(self.parameters.vector) + FLOAT * segment.start

    def vectors(self, computation: Computation, layer: int, width: int) -> dict[str, Tracer]:
        """Return a layer's vectors of weights for a formula."""
        given = {}
        for name, view in self.parameters.layers[layer].items():
            segment = self.segment(layer, name)
            if view.shape == (width,):
                place = at(self.address(segment))
            elif view.ndim == 1 and width % len(view) == 0 and not segment.spec.trainable:
                whole = self.program.vector(width)
                whole[:width] = np.tile(view, width // len(view))
                self.copies.append((view, whole))
                place = at(address_of(whole))
            else:
                raise UnsupportedError(f"weights of shape {view.shape} in samples of {width}")
            given[name] = computation.reads(place, width, "columns")
        return given

    def turn(self, segment: Segment) -> Turned:
        """Return memory for a weight matrix with rows for columns, as the way back takes it."""
        inputs, units = segment.spec.shape
        turned = Turned(self.program.vector(units * Buffer(0, inputs).row), inputs)
        self.turned.append((segment, turned))
        return turned

    def refresh(self) -> None:
        """Copy vectors to where they stand as often as a sample of several axes has rows."""
        for view, whole in self.copies:
            whole[: self.features] = np.tile(view, self.features // len(view))

    def write_turning(self, program: Program) -> None:
        """Write the copying of all weight matrices to where they stand with rows for columns."""
        for segment, turned in self.turned:
            shape = segment.spec.shape
            program.transpose(self.address(segment), padded(shape[1]), turned, shape)

    def key(self, computation: Computation, layer: int, own_seed: int | None) -> tuple[Any, Any]:
        """Return the two numbers that a layer's noise of this step hangs on."""
        if (layer, own_seed) not in self.noises:
            self.noises.append((layer, own_seed))
        if len(self.noises) > MOST_NOISES:
            raise UnsupportedError(f"more than {MOST_NOISES} layers of noise")
        first = FIRST_KEY + 2 * self.noises.index((layer, own_seed))
        places = [step_place(first + part) for part in (0, 1)]
        one, other = (computation.reads(place, 1, "key") for place in places)
        return one, other


def write_flaws(computation: Computation, x: Tracer) -> None:
    """Write 0 for each row of numbers, NaN for one that holds NaN or infinity."""
    place = Place(bytecode.SEQUENCE, bytecode.FLAWS, FLOAT, 1)
    computation.writes((x * 0.0).sum(axis=-1), place, "row")


def step_place(word: int) -> Place:
    """Return the place of a number that is another one in each step."""
    return Place(bytecode.STEP, bytecode.SCALARS, 4 * STEP_WORDS, 4 * word)


@dataclass(frozen=True)
class TracedMode:
    """Stands for :class:`badak.layers.passes.Mode` while a formula is traced."""

    network: Network
    computation: Computation
    layer: int
    width: int

    @property
    def training(self) -> bool:
        """Whether noise is at work."""
        return self.network.training

    def noise(self, distribution: Any, shape: Any, layer_seed: int | None) -> Any:
        """Return this layer's noise of the step at hand."""
        row = Tracer(make("row_number", (), "uint", over=(True, False)), self.width)
        column = Tracer(make("column_number", (), over=(False, True)), self.width)
        width = self.computation.reads(self.network.program.whole(self.width), 1, "key")
        index = row * width + column.astype(np.uint32)
        return distribution(index, self.network.key(self.computation, self.layer, layer_seed))


class Unit:
    """One part of the network: its way forward, its way back, how its weights move."""

    def __init__(self, network: Network, index: int, layer: Layer) -> None:
        self.network = network
        self.index = index
        self.layer = layer

    @property
    def trained(self) -> list[Segment]:
        """The arrays of weights that training moves."""
        segments = self.network.parameters.trainable_segments
        return [segment for segment in segments if segment.layer == self.index]

    def forward(self) -> None:
        """Write the way forward: from the network's value to a new one."""
        raise NotImplementedError

    def backward(self, d: Buffer) -> Buffer:
        """Write the way back: from the gradient at the output to that at the input."""
        raise NotImplementedError

    def moves(self, d: Buffer, mover: Mover) -> None:
        """Write how the weights move, given the gradient at the output."""


class Product(Unit):
    """Dense up to its activation: a = x W + b."""

    name = "kernel"
    turned: Turned | None = None

    def forward(self) -> None:
        n = self.network
        self.x = n.given()
        self.kernel = n.segment(self.index, self.name)
        bias = 0
        if getattr(self.layer, "use_bias", False):
            bias = n.address(n.segment(self.index, "bias"))
        n.value = n.program.buffer(self.kernel.spec.shape[1])
        inputs, units = self.kernel.spec.shape
        n.program.product(self.x, n.address(self.kernel), padded(units), n.value, inputs, bias)
        if isinstance(self.x, Given):
            self._look_for_flaws(n.value)

    def _look_for_flaws(self, sums: Buffer) -> None:
        """Look at one sum of each sample: it is NaN or infinite if any number of the sample is.

        It may also be so because it is too large for float32; that costs no more than time.
        """
        computation = Computation()
        write_flaws(computation, computation.reads(in_batch(sums), 1))
        self.network.program.rows(computation, 1)

    def backward(self, d: Buffer) -> Buffer:
        n = self.network
        self.turned = n.turn(self.kernel)
        at_x = n.program.buffer(self.x.width)
        n.program.product(d, self.turned.address, self.turned.row, at_x, d.width, 0)
        return at_x

    def moves(self, d: Buffer, mover: Mover) -> None:
        assert isinstance(self.x, Buffer)
        sample_bytes = self.network.sample_bytes if self.turned is None else 0  # of the first only
        mover.matrix(self.kernel, self.x, d, self.turned, sample_bytes)
        for segment in self.trained[1:]:
            computation = Computation()
            gradient = computation.reads(in_batch(d), d.width).sum(axis=0)
            mover.vector(segment, computation, gradient)


class Whitened(Product):
    """Whitening after its mean is taken off: a product with a matrix that is not trained."""

    name = "matrix"

    def moves(self, d: Buffer, mover: Mover) -> None:
        """Nothing moves."""


class Activated(Unit):
    """An activation: z = h(a)."""

    def __init__(
        self, network: Network, index: int, layer: Layer, shape: Shape, *, alone: bool
    ) -> None:
        super().__init__(network, index, layer)
        assert layer.activation is not None
        self.h = layer.activation
        self.in_place = not network.training or (
            alone and not self.h.rowwise and self.h.slope_from == "output"
        )
        if self.h.rowwise and len(shape) > 1:
            raise UnsupportedError(f"{self.h.name} on samples of several axes")
        # Padding is 0, where formulas of the house are finite; of others that is not known.
        self.flat = is_builtin(self.h) and not self.h.rowwise

    def apply(self, computation: Computation, x: Any) -> Any:
        """Return h(x)."""
        return self.h.value(x, **self.h.parameters)

    def forward(self) -> None:
        n = self.network
        if n.value is None and (not n.training or not trains_below(n.units)):
            n.pending.append(self)
            return
        self.a = n.settle()
        self.z = self.a if self.in_place else n.program.buffer(self.a.width)
        computation = Computation()
        value = self.apply(computation, computation.reads(in_batch(self.a), self.a.width))
        computation.writes(value, in_batch(self.z))
        self._run(computation)
        n.value = self.z

    def backward(self, d: Buffer) -> Buffer:
        computation = Computation()
        width = self.z.width
        gradient = computation.reads(in_batch(d), width)
        a = computation.reads(in_batch(self.a), width)
        z = computation.reads(in_batch(self.z), width)
        computation.writes(self.h.backward(a, z, gradient), in_batch(d))
        self._run(computation)
        return d

    def _run(self, computation: Computation) -> None:
        program = self.network.program
        if self.flat:
            program.flat(computation, self.a.row)
        else:
            program.rows(computation, self.a.width)


class Formula(Unit):
    """A layer that is a formula of a sample's numbers and of vectors of weights."""

    rowwise = True

    def __init__(self, network: Network, index: int, layer: Layer, shape: Shape) -> None:
        super().__init__(network, index, layer)
        if len(shape) > 1 and not layer.elementwise:
            raise UnsupportedError(f"{type(layer).__name__} on samples of several axes")
        if layer.output_shape(shape) != shape:
            raise UnsupportedError(f"{type(layer).__name__}, which changes the samples' shape")

    def apply(self, computation: Computation, x: Any) -> Any:
        """Return what the layer makes of x."""
        return self._forward(computation, x)[0]

    def _forward(self, computation: Computation, x: Any) -> tuple[Any, Any]:
        w: Any = self.network.vectors(computation, self.index, x.columns)
        mode: Any = TracedMode(self.network, computation, self.index, x.columns)
        made: Any = self.layer.forward(w, x, mode)
        return made

    def forward(self) -> None:
        n = self.network
        if n.value is None and self.rowwise and not self.trained:
            n.pending.append(self)
            return
        self.x = n.settle()
        n.value = n.program.buffer(self.x.width)
        computation = Computation()
        x = computation.reads(in_batch(self.x), self.x.width)
        computation.writes(self.apply(computation, x), in_batch(n.value))
        self.run(computation)

    def run(self, computation: Computation) -> None:
        """Write the kernel."""
        self.network.program.rows(computation, self.x.width)

    def backward(self, d: Buffer) -> Buffer:
        at_x = self.network.program.buffer(self.x.width)
        computation = Computation()
        computation.writes(self._backward(computation, d)[0], in_batch(at_x))
        self.run(computation)
        return at_x

    def _backward(self, computation: Computation, d: Buffer) -> tuple[Tracer, dict[str, Tracer]]:
        """Return the gradients at x and at the weights; the operands are always in one order."""
        x = computation.reads(in_batch(self.x), self.x.width)
        gradient = computation.reads(in_batch(d), self.x.width)
        z, memo = self._forward(computation, x)
        w: Any = self.network.vectors(computation, self.index, self.x.width)
        passed = LayerPass(self.layer, x, None, z, memo)
        made: Any = self.layer.backward(w, passed, gradient)
        return made

    def before_moves(self, d: Buffer) -> None:
        """Write what each row adds up to, where the weights' gradients need it.

        A kernel sums along rows or along columns, not both.
        """
        self.known: dict[Node, Place] = {}
        computation = Computation()
        _, of_weights = self._backward(computation, d)
        for segment in self.trained:
            for node in sums_of_rows(of_weights[segment.spec.name].node):
                if node not in self.known:
                    self.known[node] = self.network.program.line()
                    computation.writes(Tracer(node), self.known[node], "row")
        if self.known:
            self.network.program.rows(computation, self.x.width)

    def moves(self, d: Buffer, mover: Mover) -> None:
        for segment in self.trained:
            computation = Computation()
            _, of_weights = self._backward(computation, d)
            gradient = of_weights[segment.spec.name]
            read = {
                node: computation.reads(place, 1, "row").node for node, place in self.known.items()
            }
            known = Tracer(substituted(gradient.node, read.get), gradient.columns)
            mover.vector(segment, computation, known)


class Centred(Formula):
    """Whitening's first half: x - mean."""

    def _forward(self, computation: Computation, x: Any) -> tuple[Any, Any]:
        place = at(self.network.address(self.network.segment(self.index, "mean")))
        return x - computation.reads(place, x.columns, "columns"), None

    def backward(self, d: Buffer) -> Buffer:
        return d


class BatchNormalized(Formula):
    """Batch normalisation while training: it needs every row of the batch."""

    rowwise = False

    def run(self, computation: Computation) -> None:
        program = self.network.program
        program.barrier()
        program.columns(computation, self.x.width)
        program.barrier()

    def before_moves(self, d: Buffer) -> None:
        self.known = {}

    def moves(self, d: Buffer, mover: Mover) -> None:
        super().moves(d, mover)
        n, computation = self.network, Computation()
        x = computation.reads(in_batch(self.x), self.x.width)
        _, memo = self._forward(computation, x)
        w: Any = n.vectors(computation, self.index, self.x.width)
        for name, value in self.layer.updates(w, memo).items():
            segment = n.segment(self.index, name)
            computation.writes(value, at(n.address(segment)), "columns")
        n.program.columns(computation, self.x.width)


def sums_of_rows(node: Node) -> list[Node]:
    """Return the outermost sums and maxima along a row in an expression."""
    if node.operation.endswith("_columns"):
        return [node]
    return [found for argument in node.arguments for found in sums_of_rows(argument)]


def trains_below(units: list[Unit]) -> bool:
    """Return whether any of these units has weights that training moves."""
    return any(unit.trained for unit in units)


def write_forward(network: Network, model: Any, *, without_last_activation: bool) -> None:
    """Write the way forward, layer by layer."""
    for index, (layer, shape) in enumerate(zip(model.layers, model.shapes, strict=False)):
        last = index == len(model.layers) - 1
        for unit in units_of(network, index, layer, shape, drop=last and without_last_activation):
            unit.forward()
            if unit not in network.pending:
                network.units.append(unit)


def units_of(network: Network, index: int, layer: Layer, shape: Shape, *, drop: bool) -> list[Unit]:
    """Return the parts that a layer consists of; `drop` leaves its activation out."""
    units: list[Unit] = []
    alone = is_just(layer, layers.Dense)
    if alone:
        units.append(Product(network, index, layer))
    elif is_just(layer, layers.Whitening):
        units += [Centred(network, index, layer, shape), Whitened(network, index, layer)]
    elif layer.batch_statistics and network.training:
        units.append(BatchNormalized(network, index, layer, shape))
    elif not _does_nothing(network, layer):
        units.append(Formula(network, index, layer, shape))
    h = layer.activation
    if h is not None and not is_builtin(h, "identity") and not drop:
        units.append(Activated(network, index, layer, shape, alone=alone))
    return units


def _does_nothing(network: Network, layer: Layer) -> bool:
    """Return whether the layer hands its input on, but for its shape and its activation."""
    if is_just(layer, layers.Flatten) or is_just(layer, layers.Activation):
        return True
    return layer.training_only and not network.training


def write_training(network: Network, model: Any, objective: Objective, mover: Mover) -> None:
    """Write one training step."""
    write_forward(network, model, without_last_activation=objective.at_sum)
    program = network.program
    d = write_loss(network, model, objective)
    mover.penalties(network.parameters.trainable_segments)
    gradients: list[tuple[Unit, Buffer]] = []
    for number, unit in reversed(list(enumerate(network.units))):
        gradients.append((unit, d))
        if isinstance(unit, Formula) and unit.trained:
            unit.before_moves(d)
        if trains_below(network.units[:number]):
            d = unit.backward(d)
    program.barrier()
    program.check()
    mover.begin()
    for unit, at_output in gradients:
        unit.moves(at_output, mover)
    mover.finish()
    if mover.turn_again:
        program.barrier()
        network.write_turning(program)
    program.barrier()


def write_loss(network: Network, model: Any, objective: Objective) -> Buffer:
    """Write loss, outputs and the gradient at the output; return the gradient's buffer."""
    last, loss, computation = network.settle(), objective.loss, Computation()
    units = last.width
    y = computation.reads(in_batch(last), units)
    t = _targets(network, computation, units)
    share = 1.0 / Tracer(make("row_count"), units)
    value = loss.rows(y, t)
    if network.source.weighted:
        place = Place(bytecode.EXTERNAL, bytecode.SAMPLE_WEIGHTS, 0, 1)
        if not network.source.ordered:
            place = Place(bytecode.SEQUENCE, bytecode.SAMPLE_WEIGHTS, FLOAT, 1)
        weight = computation.reads(place, units, "row", ordered=network.source.ordered)
        value, share = value * weight, share * weight
    d = network.program.buffer(units)
    computation.writes(loss.gradient(y, t) * share, in_batch(d))
    computation.writes(value, Place(bytecode.SEQUENCE, bytecode.LOSSES, FLOAT, 1), "row")
    h = model.layers[-1].activation
    output = h.value(y, **h.parameters) if objective.at_sum else y
    computation.writes(output, outputs_place(units))
    network.program.rows(computation, units)
    return d


def _targets(network: Network, computation: Computation, units: int) -> Any:
    source = network.source
    ordered = source.ordered
    mode = bytecode.EXTERNAL if ordered else bytecode.SEQUENCE
    if source.label:
        place = Place(mode, bytecode.TARGETS, 0 if ordered else 8, 1)
        return computation.reads(place, units, "label", ordered=ordered)
    size = np.dtype(source.t).itemsize * units
    place = Place(mode, bytecode.TARGETS, 0 if ordered else size, units)
    return computation.reads(place, units, "gathered" if ordered else "full", source.t)


def write_answer(network: Network, model: Any, *, without_last_activation: bool) -> None:
    """Write the way forward, and the outputs to where they are asked for."""
    write_forward(network, model, without_last_activation=without_last_activation)
    last, computation = network.settle(), Computation()
    y = computation.reads(in_batch(last), last.width)
    computation.writes(y, outputs_place(last.width))
    network.program.rows(computation, last.width)


def outputs_place(units: int) -> Place:
    """Return where the outputs of the whole epoch, or of all that is asked, lie."""
    return Place(bytecode.SEQUENCE, bytecode.OUTPUTS, FLOAT * units, units)
