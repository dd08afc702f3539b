"""Build a program from a network: forward, loss, backward and updates of one training step."""

from typing import Any

import numpy as np

from badak.engine.machine import bytecode
from badak.engine.machine.element import FLOAT32
from badak.engine.program.context import Network, Scope, write_nonfinite
from badak.engine.program.layers import units_of
from badak.engine.program.program import (
    Buffer,
    Computation,
    Place,
    in_batch,
)
from badak.engine.program.unit import Unit, back_through, forward_through
from badak.engine.program.updates import UpdateWriter
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.tracing.node import make
from badak.tracing.tracer import Tracer


def write_forward(network: Network, model: Model, *, without_last_activation: bool) -> list[Unit]:
    """Write the forward pass, layer by layer; return what has a backward pass."""
    last = len(model.layers) - 1
    units = [
        unit
        for index, (layer, shape) in enumerate(zip(model.layers, model.shapes, strict=False))
        for unit in units_of(
            network,
            Scope.of(index),
            layer,
            shape,
            drop=index == last and without_last_activation,
        )
    ]
    return forward_through(network, units)


def write_training(
    network: Network, model: Model, objective: Objective, writer: UpdateWriter
) -> None:
    """Write one training step."""
    units = write_forward(network, model, without_last_activation=objective.at_sum)
    program = network.program
    d = write_loss(network, model, objective)
    writer.penalties(network.parameters.trainable_segments)
    gradients, _ = back_through(units, d, needed=False)
    program.barrier()
    program.check()
    writer.begin()
    for unit, at_output in gradients:
        unit.write_updates(at_output, writer)
    writer.finish()
    if writer.transpose_again:
        program.barrier()
        network.write_transposes(program)
    program.barrier()


def write_loss(network: Network, model: Model, objective: Objective) -> Buffer:
    """Write loss, outputs and the gradient at the output; return the gradient's buffer."""
    last, loss, computation = network.settle(), objective.loss, network.program.computation()
    units = last.width
    y = computation.reads(in_batch(last), units)
    t = _targets(network, computation, units)
    share = 1.0 / Tracer(make("row_count"), units)
    value = loss.rows(y, t)
    if network.source.weighted:
        place = Place(bytecode.EXTERNAL, bytecode.SAMPLE_WEIGHTS, 0, 1)
        if not network.source.ordered:
            place = Place(bytecode.SEQUENCE, bytecode.SAMPLE_WEIGHTS, FLOAT32.bytes, 1)
        weight = computation.reads(place, units, "row", ordered=network.source.ordered)
        value, share = value * weight, share * weight
    d = network.program.buffer(units)
    computation.writes(loss.gradient(y, t) * share, in_batch(d))
    computation.writes(value, Place(bytecode.SEQUENCE, bytecode.LOSSES, FLOAT32.bytes, 1), "row")
    h = model.layers[-1].activation
    output = h.value(y, **h.parameters) if objective.at_sum and h is not None else y
    computation.writes(output, outputs_place(units))
    network.program.rows(computation, units)
    return d


def _targets(network: Network, computation: Computation, units: int) -> Any:
    source = network.source
    ordered = source.ordered
    mode = bytecode.EXTERNAL if ordered else bytecode.SEQUENCE
    if source.label:
        place = Place(mode, bytecode.TARGETS, 0 if ordered else bytecode.WORD, 1)
        return computation.reads(place, units, "label", ordered=ordered)
    size = np.dtype(source.t).itemsize * units
    place = Place(mode, bytecode.TARGETS, 0 if ordered else size, units)
    return computation.reads(place, units, "gathered" if ordered else "full", source.t)


def write_answer(network: Network, model: Model, *, without_last_activation: bool) -> None:
    """Write the forward pass, the outputs to where they are asked for, and whether they are finite.

    What was found of the samples is kept: an infinite one may have a finite answer.
    """
    write_forward(network, model, without_last_activation=without_last_activation)
    last, computation = network.settle(), network.program.computation()
    y = computation.reads(in_batch(last), last.width)
    computation.writes(y, outputs_place(last.width))
    write_nonfinite(computation, y, after_samples=np.dtype(network.source.x).kind == "f")
    network.program.rows(computation, last.width)


def outputs_place(units: int) -> Place:
    """Return where the outputs of the whole epoch, or of all that is asked, lie."""
    return Place(bytecode.SEQUENCE, bytecode.OUTPUTS, FLOAT32.bytes * units, units)
