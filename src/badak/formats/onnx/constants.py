"""What a graph works out from constants alone: turned matrices, shapes."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.typing import Array


def evaluate(onnx: Any, node: Any) -> Array:
    """Return the array that a node makes from arrays; InputError for what is not known here.

    None of them makes more than it is given, so that a small file stays small.
    """
    if node.operator == "Constant":
        return _constant(onnx, node)
    if node.domain or node.operator not in EVALUATORS:
        raise InputError(message("badak does not reckon with it"))
    return np.asarray(EVALUATORS[node.operator](onnx, node))


def _constant(onnx: Any, node: Any) -> Array:
    ((name, value),) = node.attributes.items()
    if name == "value":
        return np.asarray(onnx.numpy_helper.to_array(value))
    if name in ("value_float", "value_floats"):
        return np.asarray(value, np.float32)
    if name in ("value_int", "value_ints"):
        return np.asarray(value, np.int64)
    raise InputError(message("it holds {name}", name=name))


def _axes(node: Any) -> tuple[int, ...]:
    given = node.constant(1)
    values = node.get("axes", []) if given is None else given
    return tuple(int(axis) for axis in values)


def _squeeze(onnx: Any, node: Any) -> Array:
    return np.squeeze(node.needed(0), _axes(node) or None)


def _unsqueeze(onnx: Any, node: Any) -> Array:
    return np.expand_dims(node.needed(0), _axes(node))


def _reshape(onnx: Any, node: Any) -> Array:
    array = node.needed(0)
    shape = [int(n) for n in node.needed(1)]
    return array.reshape([array.shape[i] if n == 0 else n for i, n in enumerate(shape)])


def _cast(onnx: Any, node: Any) -> Array:
    return node.needed(0).astype(onnx.helper.tensor_dtype_to_np_dtype(node.get("to", 1)))


def _transpose(onnx: Any, node: Any) -> Array:
    return np.transpose(node.needed(0), node.get("perm", None))


def _concat(onnx: Any, node: Any) -> Array:
    return np.concatenate([node.needed(i) for i in range(len(node.inputs))], node.get("axis", 0))


def _gather(onnx: Any, node: Any) -> Array:
    indices = node.needed(1)
    if indices.size > node.needed(0).size:
        raise InputError(message("it makes more of an array than it holds"))
    return np.take(node.needed(0), indices, node.get("axis", 0))


def _slice(onnx: Any, node: Any) -> Array:
    array, starts, ends = (node.needed(i) for i in range(3))
    if array.ndim != 1 or starts.size != 1 or node.constant(4) is not None:
        raise InputError(message("it takes a part of a matrix"))
    return array[int(starts.reshape(())) : int(ends.reshape(()))]


def _binary(function: Callable[[Array, Array], Array]) -> Callable[[Any, Any], Array]:
    def evaluator(onnx: Any, node: Any) -> Array:
        left, right = node.needed(0), node.needed(1)
        shape = np.broadcast_shapes(left.shape, right.shape)
        if math.prod(shape) > max(left.size, right.size):
            raise InputError(message("it makes more of two arrays than they hold"))
        with np.errstate(all="ignore"):
            return function(left, right)

    return evaluator


EVALUATORS: dict[str, Callable[[Any, Any], Any]] = {
    "Identity": lambda onnx, node: node.needed(0),
    "Cast": _cast,
    "Transpose": _transpose,
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Concat": _concat,
    "Gather": _gather,
    "Slice": _slice,
    "Add": _binary(np.add),
    "Sub": _binary(np.subtract),
    "Mul": _binary(np.multiply),
    "Div": _binary(np.true_divide),
}
