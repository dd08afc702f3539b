"""How each layer becomes part of a program: its forward pass, its backward pass, its updates.

Matrix products are instructions of their own. Everything else is a formula: the layer's own passes
are traced, so that the engine computes what they say.
"""

import math
from typing import Any

import numpy as np

from badak import layers
from badak._common.language import message
from badak._common.memory import padded
from badak.activations import is_builtin
from badak.engine.compiler.constants import substituted
from badak.engine.program.context import Network, Scope, TracedMode, write_nonfinite
from badak.engine.program.features import Blocks, Looked, Waves
from badak.engine.program.program import (
    Buffer,
    Computation,
    ExternalInput,
    Place,
    Transposed,
    UnsupportedError,
    address_of,
    in_batch,
)
from badak.engine.program.shared import MemberScale, RowHeads, RowScales
from badak.engine.program.side_by_side import SideBySide
from badak.engine.program.unit import Unit
from badak.engine.program.updates import UpdateWriter
from badak.layers import Layer
from badak.layers.base import falls_away, is_just
from badak.layers.ensemble import Ensemble
from badak.layers.feature_encoding import FeatureEncoding, is_encoding
from badak.layers.passes import LayerPass
from badak.layers.shared_ensemble import SharedEnsemble
from badak.tracing.node import Node
from badak.tracing.tracer import Tracer
from badak.typing import Array, Shape


class Product(Unit):
    """Dense up to its activation: a = x W + b."""

    name = "kernel"
    transposed: Transposed | None = None

    def forward(self) -> None:
        n = self.network
        self.x = n.given()
        self.kernel = n.segment(self.scope, self.name)
        bias = 0
        if getattr(self.layer, "use_bias", False):
            bias = n.address(n.segment(self.scope, "bias"))
        n.value = n.program.buffer(self.kernel.spec.shape[1])
        inputs, units = self.kernel.spec.shape
        n.program.product(self.x, n.address(self.kernel), padded(units), n.value, inputs, bias)
        if isinstance(self.x, ExternalInput):
            self._look_for_nonfinite(n.value)

    def _look_for_nonfinite(self, sums: Buffer) -> None:
        """Look at one sum of each sample: it is NaN or infinite if any number of the sample is.

        It may also be so because it is too large for float32; that costs no more than time.
        """
        computation = self.network.program.computation()
        write_nonfinite(computation, computation.reads(in_batch(sums), 1))
        self.network.program.rows(computation, 1)

    def backward(self, d: Buffer) -> Buffer:
        n = self.network
        self.transposed = n.transpose(self.kernel)
        at_x = n.program.buffer(self.x.width)
        n.program.product(d, self.transposed.address, self.transposed.row, at_x, d.width, 0)
        return at_x

    def write_updates(self, d: Buffer, writer: UpdateWriter) -> None:
        assert isinstance(self.x, Buffer)
        sample_bytes = (
            self.network.sample_bytes if self.transposed is None else 0
        )  # of the first only
        writer.matrix(self.kernel, self.x, d, self.transposed, sample_bytes)
        for segment in self.trained[1:]:
            computation = self.network.program.computation()
            gradient = computation.reads(in_batch(d), d.width).sum(axis=0)
            writer.vector(segment, computation, gradient)


class Whitened(Product):
    """Whitening after its mean is taken off: a product with a matrix that is not trained."""

    name = "matrix"

    def write_updates(self, d: Buffer, writer: UpdateWriter) -> None:
        """Nothing moves."""


class Repeated(Unit):
    """A feature encoding's first half: each feature as often as it is encoded.

    That is a product with a matrix of zeros and ones, exact in float32.
    """

    def __init__(
        self, network: Network, scope: Scope, layer: FeatureEncoding, shape: Shape
    ) -> None:
        super().__init__(network, scope, layer)
        self.matrix = layer.repeating(shape[-1])

    def forward(self) -> None:
        n = self.network
        self.x = n.settle()
        n.value = self._product(self.x, self.matrix)

    def backward(self, d: Buffer) -> Buffer:
        return self._product(d, np.ascontiguousarray(self.matrix.T))

    def _product(self, x: Buffer, matrix: Array) -> Buffer:
        program, (inputs, units) = self.network.program, matrix.shape
        row = padded(units)
        kernel = program.vector(inputs * row)
        kernel[: inputs * row].reshape(inputs, row)[:, :units] = matrix
        value = program.buffer(units)
        program.product(x, address_of(kernel), row, value, inputs, 0)
        return value


class Activated(Unit):
    """An activation: z = h(a)."""

    def __init__(
        self, network: Network, scope: Scope, layer: Layer, shape: Shape, *, alone: bool
    ) -> None:
        super().__init__(network, scope, layer)
        assert layer.activation is not None
        self.h = layer.activation
        self.in_place = not network.training or (
            alone and not self.h.rowwise and self.h.slope_from == "output"
        )
        if self.h.rowwise and len(shape) > 1:
            raise UnsupportedError(message("{name} on samples of several axes", name=self.h.name))
        # Padding is 0, where badak's own activations are finite; others may not be.
        self.flat = is_builtin(self.h) and not self.h.rowwise

    def apply(self, computation: Computation, x: Any) -> Any:
        """Return h(x)."""
        return self.h.value(x, **self.h.parameters)

    def forward(self) -> None:
        n = self.network
        if n.value is None and not (n.training and n.trained):
            n.pending.append(self)
            self.pending = True
            return
        self.a = n.settle()
        in_place = self.in_place and self.a not in n.kept
        self.z = self.a if in_place else n.program.buffer(self.a.width)
        computation = self.network.program.computation()
        value = self.apply(computation, computation.reads(in_batch(self.a), self.a.width))
        computation.writes(value, in_batch(self.z))
        self._run(computation)
        n.value = self.z

    def backward(self, d: Buffer) -> Buffer:
        computation = self.network.program.computation()
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

    def __init__(self, network: Network, scope: Scope, layer: Layer, shape: Shape) -> None:
        super().__init__(network, scope, layer)
        if len(shape) > 1 and not layer.elementwise:
            raise UnsupportedError(
                message("{kind} on samples of several axes", kind=type(layer).__name__)
            )
        if layer.output_shape(shape) != shape:
            raise UnsupportedError(
                message("{kind}, which changes the samples' shape", kind=type(layer).__name__)
            )

    def apply(self, computation: Computation, x: Any) -> Any:
        """Return what the layer makes of x."""
        return self._forward(computation, x)[0]

    def _forward(self, computation: Computation, x: Any) -> tuple[Any, Any]:
        w: Any = self.network.vectors(computation, self.scope, x.columns)
        mode: Any = TracedMode(self.network, computation, self.scope, x.columns)
        made: Any = self.layer.forward(w, x, mode)
        return made

    def forward(self) -> None:
        n = self.network
        if n.value is None and self.rowwise and not self.trained:
            n.pending.append(self)
            self.pending = True
            return
        self.x = n.settle()
        n.value = n.program.buffer(self.x.width)
        computation = self.network.program.computation()
        x = computation.reads(in_batch(self.x), self.x.width)
        computation.writes(self.apply(computation, x), in_batch(n.value))
        self.run(computation)

    def run(self, computation: Computation) -> None:
        """Write the kernel."""
        self.network.program.rows(computation, self.x.width)

    def backward(self, d: Buffer) -> Buffer:
        at_x = self.network.program.buffer(self.x.width)
        computation = self.network.program.computation()
        computation.writes(self._backward(computation, d)[0], in_batch(at_x))
        self.run(computation)
        return at_x

    def _backward(self, computation: Computation, d: Buffer) -> tuple[Tracer, dict[str, Tracer]]:
        """Return the gradients at x and at the weights; the operands are always in one order."""
        x = computation.reads(in_batch(self.x), self.x.width)
        gradient = computation.reads(in_batch(d), self.x.width)
        z, memo = self._forward(computation, x)
        w: Any = self.network.vectors(computation, self.scope, self.x.width)
        passed = LayerPass(self.layer, x, None, z, memo)
        made: Any = self._passed_back(w, passed, gradient)
        return made

    def _passed_back(self, w: Any, passed: LayerPass, gradient: Any) -> Any:
        return self.layer.backward(w, passed, gradient)

    def write_row_sums(self, d: Buffer) -> None:
        """Write what each row adds up to, where the weights' gradients need it.

        A kernel sums along rows or along columns, not both.
        """
        self.known: dict[Node, Place] = {}
        computation = self.network.program.computation()
        _, of_weights = self._backward(computation, d)
        for segment in self.trained:
            for node in sums_of_rows(of_weights[self.scope.own_name(segment)].node):
                if node not in self.known:
                    self.known[node] = self.network.program.line()
                    computation.writes(Tracer(node), self.known[node], "row")
        if self.known:
            self.network.program.rows(computation, self.x.width)

    def write_updates(self, d: Buffer, writer: UpdateWriter) -> None:
        for segment in self.trained:
            computation = self.network.program.computation()
            _, of_weights = self._backward(computation, d)
            gradient = of_weights[self.scope.own_name(segment)]
            read = {
                node: computation.reads(place, 1, "row").node for node, place in self.known.items()
            }
            known = Tracer(substituted(gradient.node, read.get), gradient.columns)
            writer.vector(segment, computation, known)


class Encoded(Formula):
    """A feature encoding's second half: what it makes of the repeated features."""

    def __init__(
        self, network: Network, scope: Scope, layer: FeatureEncoding, shape: Shape
    ) -> None:
        Unit.__init__(self, network, scope, layer)
        self.encoding = layer

    def _forward(self, computation: Computation, x: Any) -> tuple[Any, Any]:
        w: Any = self.network.vectors(computation, self.scope, x.columns)
        mode: Any = TracedMode(self.network, computation, self.scope, x.columns)
        made: Any = self.encoding.encode(w, x, mode)
        return made

    def _passed_back(self, w: Any, passed: LayerPass, gradient: Any) -> Any:
        return self.encoding.encode_backward(w, passed, gradient)


class Centred(Formula):
    """Whitening's first half: x - mean."""

    def _forward(self, computation: Computation, x: Any) -> tuple[Any, Any]:
        place = self.network.program.at(
            self.network.address(self.network.segment(self.scope, "mean"))
        )
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

    def write_row_sums(self, d: Buffer) -> None:
        self.known = {}

    def write_updates(self, d: Buffer, writer: UpdateWriter) -> None:
        super().write_updates(d, writer)
        n, computation = self.network, self.network.program.computation()
        x = computation.reads(in_batch(self.x), self.x.width)
        _, memo = self._forward(computation, x)
        w: Any = n.vectors(computation, self.scope, self.x.width)
        for name, value in self.layer.updates(w, memo).items():
            segment = n.segment(self.scope, name)
            computation.writes(value, n.program.at(n.address(segment)), "columns")
        n.program.columns(computation, self.x.width)


def sums_of_rows(node: Node) -> list[Node]:
    """Return the outermost sums and maxima along a row in an expression."""
    if node.operation.endswith("_columns"):
        return [node]
    return [found for argument in node.arguments for found in sums_of_rows(argument)]


def units_of(
    network: Network, scope: Scope, layer: Layer, shape: Shape, *, drop: bool
) -> list[Unit]:
    """Return the parts that a layer consists of; `drop` leaves its activation out."""
    units: list[Unit] = []
    alone = is_just(layer, layers.Dense)
    if alone:
        units.append(Product(network, scope, layer))
    elif is_just(layer, layers.Whitening):
        units += [Centred(network, scope, layer, shape), Whitened(network, scope, layer)]
    elif is_encoding(layer):
        units += [
            Repeated(network, scope, layer, shape),
            Encoded(network, scope, layer, shape),
        ]
    elif is_just(layer, layers.PeriodicEmbedding):
        units.append(Waves(network, scope, layer, shape))
    elif is_just(layer, layers.FeatureDense):
        units.append(Blocks(network, scope, layer, shape))
    elif is_just(layer, layers.CategoryEmbedding):
        units.append(Looked(network, scope, layer, shape))
    elif is_just(layer, Ensemble):
        members = [
            _member_units(network, scope, layer, number, shape)
            for number in range(len(layer.members))
        ]
        width = math.prod(layer.output_shape(shape))
        units.append(SideBySide(network, scope, layer, members, layer.member_weights, width))
    elif is_just(layer, SharedEnsemble):
        units += _shared_units(network, scope, layer, shape)
    elif layer.batch_statistics and network.training:
        units.append(BatchNormalized(network, scope, layer, shape))
    elif not _does_nothing(network, layer):
        units.append(Formula(network, scope, layer, shape))
    h = layer.activation
    if h is not None and not is_builtin(h, "identity") and not drop:
        units.append(Activated(network, scope, layer, shape, alone=alone))
    return units


def _member_units(
    network: Network, scope: Scope, layer: Ensemble, number: int, shape: Shape
) -> list[Unit]:
    """Return the parts that a member of an ensemble consists of."""
    shapes = layer.member_shapes(number, shape)
    return [
        unit
        for place, (each, at) in enumerate(zip(layer.members[number], shapes, strict=False))
        for unit in units_of(network, scope.within(number, place), each, at, drop=False)
    ]


def _shared_units(
    network: Network, scope: Scope, layer: SharedEnsemble, shape: Shape
) -> list[Unit]:
    """Return the parts of a shared ensemble: in training row by row, else member by member."""
    shapes = layer.shapes(shape)

    def shared() -> list[Unit]:
        return [
            unit
            for place, (each, at) in enumerate(zip(layer.shared, shapes, strict=False))
            for unit in units_of(
                network, scope.part(f"shared.{place}", place), each, at, drop=False
            )
        ]

    heads = [scope.part(f"head.{member}", len(layer.shared)) for member in range(layer.members)]
    if network.training:
        return [
            RowScales(network, scope, layer),
            *shared(),
            RowHeads(network, scope, layer, heads),
        ]
    members = [
        [MemberScale(network, scope, layer, member), *shared(), Product(network, head, layer.head)]
        for member, head in enumerate(heads)
    ]
    weights = [1.0 / layer.members] * layer.members
    return [SideBySide(network, scope, layer, members, weights, layer.head.units)]


def _does_nothing(network: Network, layer: Layer) -> bool:
    """Return whether the layer hands its input on, but for its shape and its activation."""
    if is_just(layer, layers.Flatten) or is_just(layer, layers.Activation):
        return True
    return falls_away(layer) and not network.training
