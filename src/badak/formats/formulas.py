"""A network as products of matrices and formulas, the form in which it is exported.

The formulas are those of :mod:`badak.activations` and :mod:`badak.reference`, traced: called with
a stand-in for the array, they tell each operation, so that none has to be written again in another
language.
"""

import math
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from badak import activations, layers
from badak._common.language import message
from badak.errors import InputError
from badak.formats.kinds import probes
from badak.layers import Layer
from badak.layers.base import falls_away, is_just
from badak.layers.feature_dense import block_matrix
from badak.layers.feature_encoding import is_encoding, repeating
from badak.layers.passes import INFERENCE, Weights
from badak.network.sequential import Sequential
from badak.network.weights import check_ready
from badak.tracing.node import Node, UntraceableError, make
from badak.tracing.tracer import Tracer
from badak.typing import Array, Shape


@dataclass(frozen=True)
class Product:
    """y = x W + b, with W of shape (inputs, units)."""

    name: str
    kernel: Array
    bias: Array | None = None


@dataclass(frozen=True)
class Formula:
    """What is done to each number, or to each row, of a sample seen as (rows, columns)."""

    name: str
    value: Node
    rows: int
    columns: int
    arrays: dict[str, Array] = field(default_factory=dict)
    """The vectors of weights in it, by name; one number a column."""
    notes: dict[str, str] = field(default_factory=dict)
    """How those vectors were made that are no weights themselves."""

    @property
    def rowwise(self) -> bool:
        """Whether it mixes the numbers of a row."""
        return any(node.operation.endswith("_columns") for node in walk(self.value))


@dataclass(frozen=True)
class Turn:
    """What leads through an ensemble's members, which stand one after another.

    "begin" remembers the input, with a sum of 0; "member" goes back to the input; "add" adds what
    the member made to the sum, times its weight; "end" goes on with the sum.
    """

    kind: Literal["begin", "member", "add", "end"]
    name: str
    """The ensemble's."""
    inputs: int
    """Numbers of its input."""
    units: int
    """Numbers of its output."""
    weight: float = 0.0
    """The member's, where it is added."""

    @property
    def numbers(self) -> int:
        """How many numbers there are after it."""
        return self.inputs if self.kind in ("begin", "member") else self.units


Step = Product | Formula | Turn


def steps(model: Sequential) -> Iterator[Step]:
    """Yield what the network does to a sample when it answers, in order.

    InputError names the layer whose formula cannot be written down.
    """
    check_ready(model)
    for layer, shape in zip(model.layers, model.shapes, strict=False):
        yield from _layer_steps(layer, shape, str(layer.name))


def _layer_steps(layer: Layer, shape: Shape, name: str) -> Iterator[Step]:
    """Yield what a layer does, which is called `name` in the file."""
    yield from _pass_steps(layer, shape, name)
    if layer.activation is not None:
        after = layer.output_shape(shape)
        value = formula_of(layer.activation, after[-1], name)
        if value.operation != "input":
            yield Formula(layer.activation.name, value, math.prod(after[:-1]), after[-1])


def _ensemble_steps(layer: layers.Ensemble, shape: Shape, name: str) -> Iterator[Step]:
    inputs, units = math.prod(shape), math.prod(layer.output_shape(shape))
    yield Turn("begin", name, inputs, units)
    for index, (member, weight) in enumerate(zip(layer.members, layer.member_weights, strict=True)):
        yield Turn("member", name, inputs, units)
        shapes = layer.member_shapes(index, shape)
        for place, (each, at) in enumerate(zip(member, shapes, strict=False)):
            yield from _layer_steps(each, at, f"{name}.{index}.{place}")
        yield Turn("add", name, inputs, units, weight)
    yield Turn("end", name, inputs, units)


def _pass_steps(layer: Layer, shape: Shape, name: str) -> Iterator[Step]:
    """Yield what the layer does before its activation."""
    if is_just(layer, layers.Flatten):
        return
    if is_just(layer, layers.Dense):
        yield Product(name, layer.kernel, layer.weights.get("bias"))
    elif is_just(layer, layers.Whitening):  # its product is no formula of one row's numbers
        centred = (input_node(shape[-1]) - array_node("mean", shape[-1])).node
        yield Formula(f"{name}_centre", centred, 1, shape[-1], {"mean": layer.weights["mean"]})
        yield Product(name, layer.weights["matrix"])
    elif is_just(layer, layers.Ensemble):
        yield from _ensemble_steps(layer, shape, name)
    elif is_just(layer, layers.SharedEnsemble):
        yield from _ensemble_steps(layer.apart(), shape, name)
    elif is_just(layer, layers.FeatureDense):
        kernel = block_matrix(layer.blocks(shape[-1]), layer.weights)
        yield Product(name, kernel, layer.weights.get("bias"))
    elif (encoded := encoding_of(layer, shape)) is not None:
        yield Product(f"{name}_repeat", encoded[0])
        yield replace(encoded[1], name=name)
        if is_just(layer, layers.CategoryEmbedding):
            yield Product(f"{name}_tables", block_matrix(layer.blocks(), layer.weights))
    else:
        made = layer_formula(layer, shape)
        if made is not None:
            yield replace(made, name=name)


def layer_formula(layer: Layer, shape: Shape) -> Formula | None:
    """Return the traced formula of a layer before its activation; None where it does nothing.

    InputError names a layer whose formula cannot be written down: one that mixes more than the
    last axis of a sample, changes its shape, or has weights of other shapes.
    """
    if falls_away(layer):
        return None
    what = _called(layer)
    weights = dict(layer.weights)
    rows, columns = math.prod(shape[:-1]), shape[-1]
    if layer.elementwise and any(len(w.shape) > 1 for w in weights.values()):
        rows, columns = 1, math.prod(shape)  # a number for each of a sample's, as PReLU has
        weights = {k: np.broadcast_to(w, shape).reshape(columns) for k, w in weights.items()}
    for name, view in weights.items():
        if view.shape != (columns,):
            raise InputError(
                message(
                    "the formula of {what} cannot be written down for another program: its "
                    "weights {name!r} are of shape {shape}, not one number for each of {columns} "
                    "columns",
                    what=what,
                    name=name,
                    shape=view.shape,
                    columns=columns,
                )
            )
    _check_rowwise(layer, shape, weights, columns, what)
    made = _traced_pass(layer, layer.forward, weights, rows, columns)
    return None if made.value.operation == "input" else made


def encoding_of(layer: Layer, shape: Shape) -> tuple[Array, Formula] | None:
    """Return what repeats the features, and what is then done to each number; None: not so made.

    Of an embedding of categories that is the one-hot form, which its tables are multiplied by.
    """
    forward: Callable[..., Any]
    if is_encoding(layer):
        matrix, forward, weights = layer.repeating(shape[-1]), layer.encode, layer.weights
    elif is_just(layer, layers.PeriodicEmbedding):
        matrix, forward = repeating(layer.copies(shape[-1])), layer.spread_waves
        weights = layer.spread(layer.weights, shape[-1])
    elif is_just(layer, layers.CategoryEmbedding):
        matrix, forward = repeating(layer.rows()), layer.one_hot
        weights = layer.row_numbers()
    else:
        return None
    return matrix, _traced_pass(layer, forward, weights, 1, matrix.shape[1])


def _traced_pass(
    layer: Layer, forward: Callable[..., Any], weights: Weights, rows: int, columns: int
) -> Formula:
    """Return what a layer's pass does to rows of so many columns, given such vectors of weights."""
    given = {name: array_node(name, columns) for name in weights}
    node = traced(lambda x: forward(given, x, INFERENCE)[0], columns, _called(layer))
    value, arrays, notes = fold(simplified(node), weights)
    return Formula(str(layer.name), value, rows, columns, arrays, notes)


def _called(layer: Layer) -> str:
    return message("the layer {name!r}, a {kind},", name=layer.name, kind=type(layer).__name__)


def _check_rowwise(layer: Layer, shape: Shape, w: Weights, columns: int, what: str) -> None:
    """Raise InputError unless the layer does the same to each row of so many columns.

    A formula is traced as one of rows; of a layer that works otherwise it would be another.
    """
    x = probes(shape)
    whole = np.asarray(layer.forward(layer.weights, x, INFERENCE)[0])
    fits = layer.output_shape(shape) == shape and whole.shape == x.shape
    if fits:
        rows = x.reshape(-1, columns)
        alone = [
            np.asarray(layer.forward(w, row, INFERENCE)[0]) for row in np.split(rows, len(rows))
        ]
        fits = all(row.shape == (1, columns) for row in alone) and np.allclose(
            np.concatenate(alone).reshape(x.shape), whole, rtol=1e-4, atol=1e-5, equal_nan=True
        )
    if not fits:
        raise InputError(
            message(
                "the formula of {what} cannot be written down for another program: it does not do "
                "the same to each row, or changes its length",
                what=what,
            )
        )


def formula_of(
    activation: activations.Activation,
    columns: int,
    where: str,
    parameters: Mapping[str, Any] | None = None,
) -> Node:
    """Return the traced formula of an activation; InputError names the layer if it has none.

    `parameters` stand for the activation's own where given.
    """
    chosen = dict(activation.parameters if parameters is None else parameters)
    return simplified(
        traced(
            activation.value,
            columns,
            message("{name} in {where}", name=activation.name, where=where),
            **chosen,
        )
    )


def traced(function: Callable[..., Any], columns: int, what: str, **parameters: Any) -> Node:
    """Return what a formula does to rows of so many columns."""
    try:
        result = function(input_node(columns), **parameters)
    except (UntraceableError, TypeError, AttributeError) as error:
        raise InputError(
            message(
                "the formula of {what} cannot be written down for another program: {error}",
                what=what,
                error=error,
            )
        ) from None
    if not isinstance(result, Tracer):
        raise InputError(message("the formula of {what} does not depend on its input", what=what))
    return result.node


def input_node(columns: int) -> Tracer:
    """Return what stands for the samples."""
    return Tracer(make("input", over=(True, True)), columns)


def array_node(name: str, columns: int) -> Tracer:
    """Return what stands for a vector of weights, one number a column."""
    return Tracer(make("array", payload=name, over=(False, True)), columns)


def walk(node: Node, ends: Container[int] = ()) -> list[Node]:
    """Return all nodes under this one and itself, each once, arguments before what uses them.

    What is under the nodes whose ids `ends` holds is left out.
    """
    found: dict[int, Node] = {}
    _collect(node, found, ends)
    return list(found.values())


def _collect(node: Node, found: dict[int, Node], ends: Container[int]) -> None:
    if id(node) not in found:
        if id(node) not in ends:
            for argument in node.arguments:
                _collect(argument, found, ends)
        found[id(node)] = node


def uses(node: Node, ends: Container[int] = ()) -> dict[int, int]:
    """Return how often each node under this one is used, by its id; see :func:`walk`."""
    counts: dict[int, int] = {}
    for each in walk(node, ends):
        for argument in () if id(each) in ends else each.arguments:
            counts[id(argument)] = counts.get(id(argument), 0) + 1
    return counts


def simplified(node: Node) -> Node:
    """Return the same formula without products with one and sums with nought."""
    return _rebuilt(node, _without_neutral)


def _without_neutral(node: Node, arguments: Sequence[Node]) -> Node:
    neutral = {"multiply": 1.0, "divide": 1.0, "add": 0.0, "subtract": 0.0}.get(node.operation)
    if neutral is not None:
        left, right = arguments
        if right.operation == "constant" and right.payload == neutral:
            return left
        commutes = node.operation in ("multiply", "add")
        if commutes and left.operation == "constant" and left.payload == neutral:
            return right
    return with_arguments(node, arguments)


def _rebuilt(node: Node, change: Callable[[Node, Sequence[Node]], Node]) -> Node:
    done: dict[int, Node] = {}
    for each in walk(node):
        done[id(each)] = change(each, [done[id(a)] for a in each.arguments])
    return done[id(node)]


def with_arguments(node: Node, arguments: Sequence[Node]) -> Node:
    """Return the same operation on other arguments."""
    over = (node.over_rows, node.over_columns)
    return make(node.operation, arguments, node.type, payload=node.payload, over=over)


def fold(node: Node, weights: Mapping[str, Array]) -> tuple[Node, dict[str, Array], dict[str, str]]:
    """Work out what depends on weights alone.

    Returns the formula that is left, the vectors in it by name, and how those were made that are
    no weights: a normalisation's ``sqrt(variance + epsilon)`` is one such vector.
    """
    known: dict[str, Array] = {}
    notes: dict[str, str] = {}

    def change(each: Node, arguments: Sequence[Node]) -> Node:
        fixed = not each.over_rows and any(n.operation == "array" for n in walk(each))
        return each if fixed else with_arguments(each, [_named(a) for a in arguments])

    def _named(each: Node) -> Node:
        if each.over_rows or not any(n.operation == "array" for n in walk(each)):
            return each
        if each.operation == "array":
            known[each.payload] = np.asarray(weights[each.payload], np.float32)
            return each
        base = "deviation" if any(n.operation == "sqrt" for n in walk(each)) else "factor"
        note = written(each)
        name, number = base, 2
        while name in weights or notes.get(name, note) != note:
            name, number = f"{base}_{number}", number + 1
        known[name] = np.asarray(evaluated(each, weights), np.float32)
        notes[name] = note
        return array_node(name, 1).node

    return _named(_rebuilt(node, change)), known, notes


def evaluated(node: Node, weights: Mapping[str, Array]) -> Array:
    """Return the value, in float64, of a formula that does not depend on the input."""
    values: dict[int, Any] = {}
    for each in walk(node):
        if each.operation == "array":
            values[id(each)] = np.asarray(weights[each.payload], np.float64)
        elif each.operation == "constant":
            values[id(each)] = each.payload
        else:
            values[id(each)] = getattr(np, each.operation)(*(values[id(a)] for a in each.arguments))
    return np.asarray(values[id(node)])


def written(node: Node) -> str:
    """Return a short formula as it is called: "maximum(sqrt(variance), 1e-07)"."""
    if node.operation in ("array", "constant"):
        return str(node.payload)
    return f"{node.operation}({', '.join(map(written, node.arguments))})"
