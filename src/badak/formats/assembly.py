"""Layers with their weights, put together to a model: where every reader ends.

What a file says is checked against what the layers need before room is made for it.
"""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from badak import activations
from badak._common.language import message
from badak.activations import Activation
from badak.errors import FileFormatError, InputError
from badak.layers import Activation as ActivationLayer
from badak.layers import Dense, Input, Layer
from badak.layers.adapted import Adapted
from badak.layers.base import is_just
from badak.network.description import check_class_names
from badak.network.sequential import Sequential
from badak.network.stack import Names
from badak.network.weights import check_weights
from badak.typing import Array, Shape


@dataclass
class WeightedLayer:
    """A layer, and its weights by the layer's own names for them."""

    layer: Layer
    weights: dict[str, Array] = field(default_factory=dict)


def assemble(
    weighted: Iterable[WeightedLayer],
    input_shape: Shape,
    name: str,
    class_names: list[str] | None = None,
) -> Sequential:
    """Return the model of these layers, a Dense and the activation behind it as one layer."""
    joined = join_activations(weighted)
    if not joined:
        raise FileFormatError(message("it holds no layers"))
    layers = [item.layer for item in joined]
    _name_layers(layers)
    given = {f"{item.layer.name}.{k}": w for item in joined for k, w in item.weights.items()}
    check_weights(given, layers, input_shape)
    model = Sequential([Input(input_shape), *layers], name=name)
    for item in joined:
        item.layer.set_weights([item.weights[name] for name in item.layer.weights])
        if isinstance(item.layer, Adapted):
            item.layer.keep()
    if class_names is not None:
        check_class_names(class_names, model.output_shape)
        model.class_names = class_names
    return model


def join_activations(weighted: Iterable[WeightedLayer]) -> list[WeightedLayer]:
    """Return the chain with each plain activation layer taken into the Dense before it."""
    joined: list[WeightedLayer] = []
    for item in weighted:
        before = joined[-1].layer if joined else None
        if (
            type(item.layer) is ActivationLayer
            and item.layer.name is None
            and before is not None
            and is_just(before, Dense)
            and before.activation is activations.IDENTITY
        ):
            before.activation = item.layer.activation
        else:
            joined.append(item)
    return joined


def _name_layers(layers: Sequence[Layer]) -> None:
    """Give each layer its own name; a name from the file stays where it can."""
    told: set[str] = set()
    for layer in layers:
        if layer.name in told:
            layer.name = None
        if layer.name is not None:
            told.add(layer.name)
    names = Names(layer for layer in layers if layer.name is not None)
    for layer in layers:
        if layer.name is None:
            names.give(layer)


def dense_layers(
    pairs: Sequence[tuple[Array, Array | None]], activation: Any, output: Any
) -> list[WeightedLayer]:
    """Return Dense layers of kernels (inputs, units) and biases (units,) or None.

    `activation` is that of the hidden layers, or a list of one each; `output` the last layer's.
    """
    chosen = given_activations(len(pairs), activation, output)
    return [
        WeightedLayer(
            Dense(kernel.shape[1], applied, use_bias=bias is not None),
            {"kernel": kernel} | ({} if bias is None else {"bias": bias}),
        )
        for (kernel, bias), applied in zip(pairs, chosen, strict=True)
    ]


def check_no_hints(path: Any, *told: Any) -> None:
    """Raise InputError where activations are given for a file that names them itself."""
    if any(each is not None for each in told):
        raise InputError(message("{path} tells the activations itself: leave them out", path=path))


def given_activations(count: int, activation: Any, output: Any) -> list[Activation]:
    """Return the activation of each of `count` layers, or InputError where one is missing."""
    several = isinstance(activation, (list, tuple))
    hidden = list(activation) if several else [activation] * (count - 1)
    if several and len(hidden) != count - 1:
        raise InputError(
            message(
                "activation names {count}, but there are {count_2} hidden layers",
                count=len(hidden),
                count_2=count - 1,
            )
        )
    if output is None or None in hidden:
        raise InputError(
            message(
                "the file holds weights, but not what the layers apply: tell activation='relu' "
                "(--activation relu) or another for the hidden layers, and output='softmax' "
                "(--output softmax) for the last, 'identity' where it gives plain sums; or like= "
                "(--like), a model that is the same but for its weights"
            )
        )
    return [activations.get(each) for each in (*hidden, output)]


def filled(like: Sequential, arrays: Sequence[Array]) -> Sequential:
    """Return a copy of a model with other weights, in the order of its ``get_weights``."""
    check_built(like)
    model = deepcopy(like)
    try:
        model.set_weights(list(arrays))
    except InputError as error:
        raise FileFormatError(str(error)) from None
    return model


def check_built(like: Sequential) -> None:
    """Raise InputError unless the model's shapes are known."""
    if not isinstance(like, Sequential) or not like.built:
        raise InputError(
            message("like is a model whose shapes are known: begin it with Input((features,))")
        )


def as_two_classes(item: WeightedLayer) -> WeightedLayer:
    """Return, for one unit whose sigmoid is the probability of class 1, two units of softmax.

    softmax([0, a]) is [1 - sigmoid(a), sigmoid(a)]: an answer for each of the two classes.
    """
    layer = item.layer
    plain = isinstance(layer, Dense) and layer.activation is activations.IDENTITY
    if not isinstance(layer, Dense) or not plain or layer.units != 1:
        raise FileFormatError(
            message("the probability of one class is not told by one unit of a layer")
        )
    nought = np.zeros_like
    weights = {name: np.concatenate([nought(w), w], axis=-1) for name, w in item.weights.items()}
    return WeightedLayer(Dense(2, "softmax", use_bias=layer.use_bias, name=layer.name), weights)
