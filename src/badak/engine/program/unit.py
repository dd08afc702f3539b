"""One part of a network in a program, and the passes through parts that follow one another."""

from collections.abc import Iterable, Sequence

from badak.engine.program.context import Network, Scope
from badak.engine.program.program import Buffer
from badak.engine.program.updates import UpdateWriter
from badak.layers import Layer
from badak.layers.parameters import Segment


class Unit:
    """One part of the network: forward, backward, and how its weights are updated."""

    pending = False
    """It is done to the samples as they are read, and has no backward pass."""

    def __init__(self, network: Network, scope: Scope, layer: Layer) -> None:
        self.network = network
        self.scope = scope
        self.layer = layer

    @property
    def trained(self) -> list[Segment]:
        """The arrays of weights that training moves."""
        segments = self.network.parameters.trainable_segments
        return [segment for segment in segments if self.scope.holds(segment)]

    def forward(self) -> None:
        """Write the forward pass: from the network's value to a new one."""
        raise NotImplementedError

    def write_row_sums(self, d: Buffer) -> None:
        """Write what each row adds up to, where the weights' gradients need it."""

    def pass_back(self, d: Buffer, *, needed: bool) -> Buffer:
        """Write the backward pass; what it gives is only asked for if `needed`."""
        return self.backward(d) if needed else d

    def backward(self, d: Buffer) -> Buffer:
        """Write the backward pass: from the gradient at the output to that at the input."""
        raise NotImplementedError

    def write_updates(self, d: Buffer, writer: UpdateWriter) -> None:
        """Write how the weights move, given the gradient at the output."""


def forward_through(network: Network, units: Iterable[Unit]) -> list[Unit]:
    """Write the forward pass, unit by unit; return those that have a backward pass."""
    written: list[Unit] = []
    for unit in units:
        unit.forward()
        if not unit.pending:
            written.append(unit)
            network.trained |= bool(unit.trained)
    return written


def back_through(
    units: Sequence[Unit], d: Buffer, *, needed: bool
) -> tuple[list[tuple[Unit, Buffer]], Buffer]:
    """Write the backward pass; return the units with the gradients at their outputs, and the last.

    That at the first unit's input is only worked out if it is `needed`.
    """
    gradients: list[tuple[Unit, Buffer]] = []
    for number, unit in reversed(list(enumerate(units))):
        gradients.append((unit, d))
        if unit.trained:
            unit.write_row_sums(d)
        d = unit.pass_back(d, needed=needed or any(below.trained for below in units[:number]))
    return gradients, d
