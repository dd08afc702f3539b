"""A shared ensemble in a program: a batch's rows are sample after sample, a row for each member."""

from collections.abc import Sequence

from badak._common.memory import padded
from badak.engine.program.context import Network, Scope
from badak.engine.program.program import EVERY_ROW, Buffer, Some, Transposed, in_batch
from badak.engine.program.unit import Unit
from badak.engine.program.updates import UpdateWriter
from badak.layers.parameters import Segment
from badak.layers.shared_ensemble import SharedEnsemble


class RowScales(Unit):
    """Each row times the scale of its member, in training."""

    layer: SharedEnsemble

    @property
    def trained(self) -> list[Segment]:
        """The members' scales."""
        return [_scale(self.network, self.scope, member) for member in range(self.layer.members)]

    def forward(self) -> None:
        self.x = self.network.settle()
        self.network.value = self._scaled(self.x)

    def backward(self, d: Buffer) -> Buffer:
        return self._scaled(d)

    def _scaled(self, given: Buffer) -> Buffer:
        made = self.network.program.buffer(given.width)
        for member, segment in enumerate(self.trained):
            _scale_rows(self.network, given, segment, made, Some(member, self.layer.members))
        return made

    def write_updates(self, d: Buffer, writer: UpdateWriter) -> None:
        width = self.x.width
        for member, segment in enumerate(self.trained):
            computation = self.network.program.computation()
            rows = Some(member, self.layer.members)
            x = computation.reads(in_batch(self.x, rows), width)
            gradient = computation.reads(in_batch(d, rows), width)
            writer.vector(segment, computation, (gradient * x).sum(axis=0), rows)


class MemberScale(Unit):
    """All rows times the scale of one member, when the network answers."""

    layer: SharedEnsemble

    def __init__(self, network: Network, scope: Scope, layer: SharedEnsemble, member: int) -> None:
        super().__init__(network, scope, layer)
        self.member = member

    def forward(self) -> None:
        n = self.network
        x = n.settle()
        n.value = n.program.buffer(x.width)
        _scale_rows(n, x, _scale(n, self.scope, self.member), n.value)


class RowHeads(Unit):
    """Each row through the last layer of its member, in training: a = x W + b."""

    layer: SharedEnsemble

    def __init__(
        self, network: Network, scope: Scope, layer: SharedEnsemble, heads: Sequence[Scope]
    ) -> None:
        super().__init__(network, scope, layer)
        self.heads = heads
        self.transposed: list[Transposed] = []

    @property
    def trained(self) -> list[Segment]:
        """The weights of the members' last layers."""
        segments = self.network.parameters.trainable_segments
        return [each for each in segments if any(head.holds(each) for head in self.heads)]

    def forward(self) -> None:
        n = self.network
        self.x = n.settle()
        n.value = n.program.buffer(self.layer.head.units)
        for member, head in enumerate(self.heads):
            kernel = n.segment(head, "kernel")
            bias = n.address(n.segment(head, "bias")) if self.layer.head.use_bias else 0
            inputs, units = kernel.spec.shape
            n.program.product(
                self.x, n.address(kernel), padded(units), n.value, inputs, bias, self._rows(member)
            )

    def backward(self, d: Buffer) -> Buffer:
        n = self.network
        at_x = n.program.buffer(self.x.width)
        for member, head in enumerate(self.heads):
            transposed = n.transpose(n.segment(head, "kernel"))
            self.transposed.append(transposed)
            n.program.product(
                d, transposed.address, transposed.row, at_x, d.width, 0, self._rows(member)
            )
        return at_x

    def write_updates(self, d: Buffer, writer: UpdateWriter) -> None:
        transposed: Sequence[Transposed | None] = self.transposed or [None] * len(self.heads)
        for member, head in enumerate(self.heads):
            kernel = self.network.segment(head, "kernel")
            writer.matrix(kernel, self.x, d, transposed[member], 0, self._rows(member))
            if not self.layer.head.use_bias:
                continue
            computation = self.network.program.computation()
            rows = self._rows(member)
            of_bias = computation.reads(in_batch(d, rows), d.width).sum(axis=0)
            writer.vector(self.network.segment(head, "bias"), computation, of_bias, rows)

    def _rows(self, member: int) -> Some:
        return Some(member, self.layer.members)


def _scale_rows(
    network: Network, given: Buffer, segment: Segment, made: Buffer, rows: Some = EVERY_ROW
) -> None:
    """Write rows times a vector of weights."""
    computation = network.program.computation()
    place = network.program.at(network.address(segment))
    scale = computation.reads(place, given.width, "columns")
    value = computation.reads(in_batch(given, rows), given.width) * scale
    computation.writes(value, in_batch(made, rows))
    network.program.rows(computation, given.width, some=rows)


def _scale(network: Network, scope: Scope, member: int) -> Segment:
    return network.segment(scope, f"scale.{member}")
