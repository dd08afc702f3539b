"""Activations of ONNX as badak's, with the defaults that the standard gives their attributes."""

import math
from collections.abc import Callable

from badak import activations
from badak._common.language import message
from badak.activations import ACTIVATIONS, Activation
from badak.errors import InputError
from badak.formats.onnx.node import Node, check_last
from badak.formats.onnx.values import Chain, shortest


def clip(node: Node) -> Chain:
    """Bounds above and below, as a ReLU that is moved."""
    x = node.chain()
    low = node.number(1) if len(node.inputs) > 1 else node.attributes.get("min")
    high = node.number(2) if len(node.inputs) > 2 else node.attributes.get("max")
    if low is None or not math.isfinite(low):
        raise InputError(message("it has no lower bound"))
    height = math.inf if high is None else high - low
    if height < 0.0:
        raise InputError(message("its bounds are {low} and {high}", low=low, high=high))
    bounded = activations.RELU if height > 3e38 else _bounded(height)
    return x.affine(1.0, -low).apply(bounded).affine(1.0, low)


def _bounded(height: float) -> Activation:
    if height == 6.0:
        return activations.RELU6
    return activations.BOUNDED_RELU.with_parameters(max_value=height)


def hard_sigmoid(node: Node) -> Chain:
    """Alpha x + beta between 0 and 1."""
    x = node.chain()
    alpha, beta = node.get("alpha", 0.2), node.get("beta", 0.5)
    if math.isclose(alpha, 1.0 / 6.0, rel_tol=1e-6) and beta == 0.5:
        return x.apply(activations.HARD_SIGMOID)
    return x.affine(alpha, beta).apply(_bounded(1.0))


def softmax(node: Node) -> Chain:
    """Over the last axis."""
    x = node.chain()
    check_last(node.get("axis", 1 if node.opset < 13 else -1), x.shape)
    rows = {"Softmax": activations.SOFTMAX, "LogSoftmax": activations.LOG_SOFTMAX}
    return x.apply(rows[node.operator])


def selu(node: Node) -> Chain:
    """With the constants of the paper."""
    usual = {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805}
    for name, value in usual.items():
        if not math.isclose(node.get(name, value), value, rel_tol=1e-5):
            raise InputError(
                message(
                    "its {name} is {get:g}, not {value:g}",
                    name=name,
                    get=node.get(name, value),
                    value=value,
                )
            )
    return node.chain().apply(activations.SELU)


def gelu(node: Node) -> Chain:
    """Exact, or by tanh."""
    by_tanh = node.get("approximate", b"none") == b"tanh"
    return node.chain().apply(activations.GELU_TANH if by_tanh else activations.GELU)


def swish(node: Node) -> Chain:
    """The product x sigmoid(x)."""
    if node.get("alpha", 1.0) != 1.0:
        raise InputError(message("its alpha is {get:g}, not 1", get=node.get("alpha", 1.0)))
    return node.chain().apply(activations.SWISH)


def celu(node: Node) -> Chain:
    """ELU, where its alpha is 1."""
    if node.get("alpha", 1.0) != 1.0:
        raise InputError(message("its alpha is {get:g}, not 1", get=node.get("alpha", 1.0)))
    return node.chain().apply(activations.ELU)


def activation(name: str, **attributes: tuple[str, float]) -> Callable[[Node], Chain]:
    """Return the reader of an activation: for each attribute, badak's name and ONNX's default."""

    def reader(node: Node) -> Chain:
        given = {
            own: shortest(node.get(attribute, default))
            for attribute, (own, default) in attributes.items()
        }
        return node.chain().apply(ACTIVATIONS[name].with_parameters(**given))

    return reader


def of_badak(name: str) -> Callable[[Node], Chain]:
    """Return the reader of an activation that ONNX does not have."""

    def reader(node: Node) -> Chain:
        given = {each: shortest(value) for each, value in node.attributes.items()}
        return node.chain().apply(ACTIVATIONS[name].with_parameters(**given))

    return reader
