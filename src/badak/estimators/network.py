"""From an estimator's parameters to the network that it trains, and its weights as plain arrays."""

from itertools import pairwise
from typing import Any

import numpy as np

from badak import activations, layers
from badak._common.language import message
from badak._common.validation import BELOW_ONE
from badak.activations import Activation
from badak.errors import InputError
from badak.layers.model import Model
from badak.network.sequential import Sequential
from badak.network.stacks import Hidden, dense_stack
from badak.regularizers import L2
from badak.typing import Array

KEPT = 0.9
"""How much of the running mean and variance a step keeps; tables make few steps, so not 0.99."""


class Penalty(L2):
    """Half the sum of squares, of which a step pays alpha divided by the weight of its batch.

    A model file does not hold it: without that share it would be another penalty.
    """

    def get_config(self) -> Any:
        """Return nothing: a network that is saved has no such penalty."""
        return None


def hidden_layers(sizes: Any, activation: Any, dropout: Any, batch_norm: Any) -> list[Hidden]:
    """Return the hidden layers that an estimator's parameters ask for; or InputError, ValueError.

    >>> [layer.activation.name for layer in hidden_layers((8, 4), ["relu", "logistic"], 0.0, False)]
    ['relu', 'sigmoid']
    """
    units = list(sizes) if hasattr(sizes, "__iter__") else [sizes]
    if any(not isinstance(size, (int, np.integer)) or size <= 0 for size in units):
        raise ValueError(message("hidden_layer_sizes must be > 0, got {units}.", units=units))
    chosen = [activation_of(each) for each in _one_each(activation, len(units), "activation")]
    rates = [
        float(BELOW_ONE.check(rate, "dropout"))
        for rate in _one_each(dropout, len(units), "dropout")
    ]
    return [
        Hidden(int(size), h, rate, KEPT if batch_norm else None)
        for size, h, rate in zip(units, chosen, rates, strict=True)
    ]


def _one_each(given: Any, count: int, what: str) -> list[Any]:
    if not isinstance(given, (list, tuple)):
        return [given] * count
    if len(given) != count:
        raise InputError(
            message(
                "{what} lists {count} values for {count_2} hidden layers: give one for each, or a "
                "single one for all",
                what=what,
                count=len(given),
                count_2=count,
            )
        )
    return list(given)


def activation_of(spec: Any) -> Activation:
    """Return the activation that `spec` means; scikit-learn's "logistic" is the sigmoid."""
    return activations.get("sigmoid" if spec == "logistic" else spec)


def make_network(
    features: int,
    hidden: list[Hidden],
    outputs: int,
    output: Activation,
    *,
    seed: int = 0,
    penalised: bool = True,
) -> Sequential:
    """Return the network, its weights not yet those that it starts from."""
    penalty = Penalty(0.5) if penalised else None
    stack = dense_stack(hidden, outputs, output, regularizer=penalty)
    return Sequential([layers.Input((features,)), *stack], seed=seed)


def dense_layers(model: Model) -> list[layers.Layer]:
    """Return the layers with coefficients and intercepts."""
    return _of(model, layers.Dense)


def coefficients(model: Model) -> list[Array]:
    """Return the kernels (inputs, units), which share the network's memory."""
    return [layer.weights["kernel"] for layer in dense_layers(model)]


def intercepts(model: Model) -> list[Array]:
    """Return the biases (units,), which share the network's memory."""
    return [layer.weights["bias"] for layer in dense_layers(model)]


def widths(model: Model) -> list[int]:
    """Return the features, each hidden layer's units, and the outputs."""
    kernels = coefficients(model)
    return [len(kernels[0]), *(kernel.shape[1] for kernel in kernels)]


def draw_weights(
    model: Sequential, followed: list[Activation], random: np.random.RandomState
) -> None:
    """Draw the weights that training starts from, as scikit-learn does: kernel, bias, kernel, ...

    Uniform within Glorot's bound, a smaller one for the sigmoid; `followed` has the activation that
    each layer goes by. Glorot & Bengio, Understanding the Difficulty of Training Deep Feedforward
    Neural Networks, 2010.
    """
    sizes = pairwise(widths(model))
    for layer, (inputs, units), h in zip(dense_layers(model), sizes, followed, strict=True):
        factor = 2.0 if h is activations.SIGMOID else 6.0
        bound = np.sqrt(factor / (inputs + units))
        layer.weights["kernel"][...] = random.uniform(-bound, bound, (inputs, units))
        layer.weights["bias"][...] = random.uniform(-bound, bound, units)


def copy_weights(source: Sequential, goal: Sequential) -> None:
    """Give a network another one's weights where the two have the same layers.

    Raises InputError where the sizes of their layers differ.
    """
    if widths(source) != widths(goal):
        raise InputError(
            message(
                "warm_start goes on with layers of the sizes {widths}, but the parameters and "
                "data now ask for {widths_2}: leave hidden_layer_sizes as it was, or fit with "
                "warm_start=False",
                widths=widths(source),
                widths_2=widths(goal),
            )
        )
    for kind in (layers.Dense, layers.BatchNormalization):
        for old, new in zip(_of(source, kind), _of(goal, kind), strict=False):
            new.set_weights(old.get_weights())


def _of(model: Model, kind: type[layers.Layer]) -> list[layers.Layer]:
    return [layer for layer in model.layers if isinstance(layer, kind)]
