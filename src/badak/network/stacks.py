"""`dense_stack`: the layers of a multilayer perceptron, from its hidden layers and its output.

The image recipe, the table recipe and the estimators all build their network with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from badak.activations import RELU, Activation
from badak.layers import Activation as ActivationLayer
from badak.layers import BatchNormalization, Dense, Dropout, Layer


@dataclass(frozen=True)
class Hidden:
    """One hidden layer: its units, its activation and how it is regularised.

    Parameters
    ----------
    units
        How many units it has.
    activation
        What they apply, such as ``activations.get("tanh")``.
    dropout
        The share of its outputs that dropout sets to zero; 0: no dropout.
    batch_momentum
        The share of the running mean and variance that a step of batch normalization keeps; None:
        no batch normalization.
    """

    units: int
    activation: Activation = RELU
    dropout: float = 0.0
    batch_momentum: float | None = None


def dense_stack(
    hidden: Iterable[Hidden],
    outputs: int,
    output_activation: str | Activation | None = None,
    *,
    regularizer: Any = None,
) -> list[Layer]:
    """Return the layers of a dense network, without its input.

    Parameters
    ----------
    hidden
        The hidden layers, the first of them next to the input. Each becomes Dense, batch
        normalization before the activation where it is wanted, and dropout where it is wanted.
    outputs
        Units of the output layer.
    output_activation
        What the output layer applies; None: nothing.
    regularizer
        The penalty on every kernel, shared by all layers.

    Returns
    -------
    list of Layer
        New layers, for one :class:`badak.Sequential`.

    Examples
    --------
    >>> dense_stack([Hidden(8, dropout=0.5)], 3, "softmax")
    [Dense(8, activation='relu'), Dropout(0.5), Dense(3, activation='softmax')]
    """
    stack: list[Layer] = []
    for layer in hidden:
        if layer.batch_momentum is None:
            stack.append(Dense(layer.units, layer.activation, kernel_regularizer=regularizer))
        else:
            stack.append(Dense(layer.units, kernel_regularizer=regularizer))
            stack.append(BatchNormalization(momentum=layer.batch_momentum))
            stack.append(ActivationLayer(layer.activation))
        if layer.dropout:
            stack.append(Dropout(layer.dropout))
    stack.append(Dense(outputs, output_activation, kernel_regularizer=regularizer))
    return stack
