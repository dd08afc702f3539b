"""The weights of a stack of layers by name, and whether given arrays are these."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from badak._common.language import message
from badak.errors import FileFormatError, InputError
from badak.layers.adapted import waits_for_data
from badak.layers.base import Layer
from badak.layers.ensemble import every_layer
from badak.layers.model import Model
from badak.layers.parameters import ParameterSpec
from badak.typing import Array, Shape


def check_ready(model: Model) -> None:
    """Raise InputError unless the model has all weights that it needs to predict."""
    for layer in every_layer(model.layers):
        if waits_for_data(layer):
            raise InputError(
                message(
                    "the layer {name!r} has not seen data yet: adapt or fit first", name=layer.name
                )
            )
    if not model.built:
        raise InputError(
            message("the network has no weights yet: begin with Input((features,)), or fit")
        )


def weights_by_name(model: Model) -> dict[str, Array]:
    """Return the weights, called ``layer.weights``.

    InputError where there are none yet, or one is not finite: no reader would take it.
    """
    check_ready(model)
    weights = {
        f"{layer.name}.{name}": np.ascontiguousarray(view)
        for layer in model.layers
        for name, view in layer.weights.items()
    }
    if len(weights) != sum(len(layer.weights) for layer in model.layers):
        raise InputError(
            message("two arrays of weights have the same name: give the layers other names")
        )
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise InputError(
                message("{name} holds NaN or infinity: such a network cannot be saved", name=name)
            )
    return weights


def needed(layers: Sequence[Layer], input_shape: Shape) -> Iterator[tuple[Layer, ParameterSpec]]:
    """Yield each array of weights that the layers need, and whose it is.

    FileFormatError names a layer that does not take what the one before it gives.
    """
    shape = input_shape
    for layer in layers:
        try:
            specs, shape = layer.parameters(shape), layer.output_shape(shape)
        except InputError as error:
            raise FileFormatError(
                message("the layer {name!r}: {error}", name=layer.name, error=error)
            ) from None
        for spec in specs:
            yield layer, spec


def check_weights(given: Mapping[str, Any], layers: Sequence[Layer], input_shape: Shape) -> None:
    """Raise FileFormatError unless the arrays, called ``layer.weights``, are those of the layers.

    To be called before room is made: a file of few bytes may describe a layer, or samples, that
    take all of the memory.
    """
    shapes = {f"{each.name}.{spec.name}": spec.shape for each, spec in needed(layers, input_shape)}
    for name in sorted(shapes.keys() ^ given.keys()):
        raise FileFormatError(
            message("{name!r} is missing", name=name)
            if name in shapes
            else message("{name!r} is no weights of the network", name=name)
        )
    for name, array in given.items():
        if np.shape(array) != shapes[name]:
            raise FileFormatError(
                message(
                    "{name} is of shape {shape}, but to fit the network, in float32, it must be "
                    "{shapes}",
                    name=name,
                    shape=np.shape(array),
                    shapes=shapes[name],
                )
            )
    check_samples_size(layers, input_shape, sum(map(_stored, given.values())))


def _stored(array: Array) -> int:
    """Return how many numbers an array keeps; one that was broadcast repeats some of them."""
    return math.prod(n for n, stride in zip(array.shape, array.strides, strict=True) if stride)


LARGEST_SAMPLE = 1 << 24
"""Numbers in a sample of which no weights tell that it is so large."""


def check_samples_size(layers: Sequence[Layer], input_shape: Shape, weights: int) -> None:
    """Raise FileFormatError where a sample, on its way, is larger than so many weights justify."""
    shape = input_shape
    for layer in [None, *layers]:
        if layer is not None:
            shape = layer.output_shape(shape)
        if math.prod(shape) > max(LARGEST_SAMPLE, weights):
            where = (
                message("its samples are")
                if layer is None
                else message("the layer {name!r} makes samples", name=layer.name)
            )
            raise FileFormatError(
                message(
                    "{where} of shape {shape}, more than {largest_sample:,} numbers and more than "
                    "its weights",
                    where=where,
                    shape=shape,
                    largest_sample=LARGEST_SAMPLE,
                )
            )
