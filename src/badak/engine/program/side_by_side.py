"""An ensemble in a program: its members one after another, each on the same input."""

from collections.abc import Sequence
from contextlib import nullcontext

from badak.engine.program.context import Network, Scope
from badak.engine.program.program import Buffer, in_batch
from badak.engine.program.unit import Unit, back_through, forward_through
from badak.engine.program.updates import UpdateWriter
from badak.layers import Layer


class SideBySide(Unit):
    """Several chains of units that take the same input; the weighted sum of what they give."""

    def __init__(
        self,
        network: Network,
        scope: Scope,
        layer: Layer,
        members: Sequence[Sequence[Unit]],
        weights: Sequence[float],
        width: int,
    ) -> None:
        super().__init__(network, scope, layer)
        self.members = members
        self.weights = weights
        self.width = width

    def forward(self) -> None:
        n = self.network
        self.x = n.settle()
        total = n.program.buffer(self.width)
        self.written: list[list[Unit]] = []
        n.kept.append(self.x)
        for number, (units, weight) in enumerate(zip(self.members, self.weights, strict=True)):
            # What a member needs on its way is of no use once its answer has been added.
            with nullcontext() if n.training else n.program.reusing():
                n.value = self.x
                self.written.append(forward_through(n, units))
                self._add(total, n.value, weight, begins=number == 0)
        n.kept.pop()
        n.value = total

    def pass_back(self, d: Buffer, *, needed: bool) -> Buffer:
        at_x = self.network.program.buffer(self.x.width) if needed else d
        self.gradients: list[tuple[Unit, Buffer]] = []
        for number, (units, weight) in enumerate(zip(self.written, self.weights, strict=True)):
            at_output = self.network.program.buffer(self.width)
            self._add(at_output, d, weight, begins=True)
            gradients, at_input = back_through(units, at_output, needed=needed)
            self.gradients += gradients
            if needed:
                self._add(at_x, at_input, 1.0, begins=number == 0)
        return at_x

    def write_updates(self, d: Buffer, writer: UpdateWriter) -> None:
        for unit, at_output in self.gradients:
            unit.write_updates(at_output, writer)

    def _add(self, total: Buffer, term: Buffer, weight: float, *, begins: bool) -> None:
        """Write total + weight * term, or what that is to begin with."""
        computation = self.network.program.computation()
        value = computation.reads(in_batch(term), term.width) * weight
        if not begins:
            value = computation.reads(in_batch(total), total.width) + value
        computation.writes(value, in_batch(total))
        self.network.program.rows(computation, total.width)
