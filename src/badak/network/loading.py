"""A model in one safetensors file: weights, architecture, and all that is needed to predict.

The weights are the file's tensors, called ``layer.weights``; the rest is JSON in its metadata.
Nothing in the file can run code: layers, losses and the like are named, and the names looked up.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.json_data import read_object
from badak._common.language import message
from badak._common.tensors import metadata_of, open_tensors, tensors_of
from badak.errors import BadakError, FileFormatError
from badak.layers import Input
from badak.network.custom_objects import LOSS, METRIC, OPTIMIZER, make, make_layer
from badak.network.description import check_class_names, check_description
from badak.network.saving import CHECKSUM, ENTRIES, METADATA, VERSION, check_sound
from badak.network.sequential import Sequential
from badak.network.weights import check_weights
from badak.typing import Array

BROKEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What the constructors of layers and the like raise on arguments that make no sense."""


def load_model(
    path: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
) -> Sequential:
    """Return the model that :meth:`Sequential.save` wrote; it predicts the same bits.

    Parameters
    ----------
    path
        A `.safetensors` file.
    custom_objects
        Your own layers (their classes), activations, losses, metrics, optimizers, initializers,
        regularizers and schedules (their classes, or objects), by the names that they were saved
        under. Each is used only where a thing of its kind stands.
    compile
        Whether optimizer, loss and metrics are taken from the file.

    Returns
    -------
    Sequential
        A model that can predict, and train on from where its weights are.

    Raises
    ------
    FileFormatError
        The file is damaged, of another kind or hostile, or names what neither badak has nor
        `custom_objects` gives.
    FileNotFoundError
        There is no such file.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> path = getfixture("tmp_path") / "model.safetensors"
    >>> Sequential([Input((2,)), layers.Dense(1)]).save(path)
    >>> load_model(path)
    Sequential([Input((2,)), Dense(1)])
    """
    tensors, description = _read(Path(path))
    try:
        check_sound(description, tensors)
        return rebuild(tensors, description, custom_objects, compile)
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}") from None


def rebuild(
    tensors: dict[str, Array],
    description: dict[str, Any],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
) -> Sequential:
    """Return the model of these weights and this description, or raise FileFormatError."""
    if description.get("version") != VERSION:
        raise FileFormatError(
            message(
                "it is of version {version!r}, but this badak reads version {known}: update badak",
                version=description.get("version"),
                known=VERSION,
            )
        )
    try:
        return _rebuild(tensors, description, dict(custom_objects or {}), compile)
    except BadakError as error:
        raise FileFormatError(str(error)) from None
    except BROKEN as error:
        raise FileFormatError(
            message("the description of the network is broken: {error!r}", error=error)
        ) from None


def is_model_file(path: Path) -> bool:
    """Return whether a safetensors file is a model of badak's; FileFormatError if it is broken."""
    with open_tensors(path, message("model file")) as file:
        return METADATA in metadata_of(file)


def _read(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    with open_tensors(path, message("model file")) as file:
        metadata = metadata_of(file)
        if METADATA not in metadata:
            raise FileFormatError(
                message("{path} is a safetensors file, but not a model of badak", path=path)
            )
        tensors = tensors_of(file)
    return tensors, read_object(
        metadata[METADATA], message("{path}: its description of the network", path=path)
    )


def _rebuild(
    tensors: dict[str, Array], description: dict[str, Any], own: dict[str, Any], compile: bool
) -> Sequential:
    for key in sorted(description.keys() - {*ENTRIES, CHECKSUM}):
        raise FileFormatError(
            message("the description of the network is broken: it has {key!r}", key=key)
        )
    check_description(description)
    layers = [make_layer(config, own) for config in description["layers"]]
    shape = tuple(description["input_shape"])
    check_weights(tensors, layers, shape)
    for name, tensor in tensors.items():
        if tensor.dtype != np.float32:
            raise FileFormatError(
                message("{name!r} is of type {dtype}, not float32", name=name, dtype=tensor.dtype)
            )
    model = Sequential([Input(shape), *layers], name=description["name"], seed=description["seed"])
    model.set_weights(
        [tensors[f"{layer.name}.{name}"] for layer in model.layers for name in layer.weights]
    )
    check_class_names(description["class_names"], model.output_shape)
    model.class_names = description["class_names"]
    model.preparation = description["preparation"]
    if compile:
        training = description["training"]
        model.optimizer = make(OPTIMIZER, training["optimizer"], own)
        model.loss = None if training["loss"] is None else make(LOSS, training["loss"], own)
        listed = training["metrics"]
        model.metrics = None if listed is None else [make(METRIC, each, own) for each in listed]
    return model
