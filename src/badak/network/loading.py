"""A model in one safetensors file: weights, architecture, and all that is needed to predict.

The weights are the file's tensors, called ``layer.weights``; the rest is JSON in its metadata.
Nothing in the file can run code: layers, losses and the like are named, and the names looked up.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from badak import losses, optimizers
from badak.errors import BadakError, FileFormatError
from badak.layers import Input, from_config
from badak.layers.base import check_shape
from badak.network.saving import METADATA, VERSION
from badak.network.sequential import Sequential
from badak.network.weights import check_weights
from badak.typing import Array


def load_model(
    path: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
) -> Sequential:
    """Return the model that :meth:`Sequential.save` wrote; it predicts the same bits.

    `custom_objects` gives your own activations, losses and metrics by the names that they were
    saved under; with ``compile=False`` how it was trained is left out.

    Raises FileFormatError for a file that is damaged, of another kind or hostile.
    """
    tensors, description = _read(Path(path))
    try:
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
            f"it is of version {description.get('version')!r}, but this badak reads "
            f"version {VERSION}: update badak"
        )
    try:
        return _rebuild(tensors, _with_own(description, dict(custom_objects or {})), compile)
    except BadakError as error:
        raise FileFormatError(str(error)) from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise FileFormatError(f"the description of the network is broken: {error}") from None


def is_model_file(path: Path) -> bool:
    """Return whether a safetensors file is a model of badak's; FileFormatError if it is broken."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return METADATA in (file.metadata() or {})
    except (SafetensorError, TypeError) as error:
        raise FileFormatError(f"{path} is not a whole safetensors file: {error}") from None


def _read(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise FileNotFoundError(f"there is no model file {path}")
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            if METADATA not in metadata:
                raise FileFormatError(f"{path} is a safetensors file, but not a model of badak")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            description = json.loads(metadata[METADATA])
    except (SafetensorError, TypeError) as error:
        raise FileFormatError(f"{path} is not a whole safetensors file: {error}") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise FileFormatError(
            f"{path}: its description of the network is no JSON: {error}"
        ) from None
    if not isinstance(description, dict):
        raise FileFormatError(f"{path}: its description of the network is no object")
    return tensors, description


def _with_own(value: Any, own: dict[str, Any]) -> Any:
    """Return the description with your own objects in the place of their names."""
    if isinstance(value, dict):
        if "class" not in value and value.get("name") in own:
            return own[value["name"]]
        return {key: _with_own(inner, own) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_own(inner, own) for inner in value]
    return own.get(value, value) if isinstance(value, str) and value in own else value


def _rebuild(tensors: dict[str, Array], description: dict[str, Any], compile: bool) -> Sequential:
    layers = [from_config(config) for config in description["layers"]]
    shape = check_shape(description["input_shape"])
    if shape is None:
        raise FileFormatError("it does not tell the input's shape")
    check_weights(tensors, layers, shape)
    for name, tensor in tensors.items():
        if tensor.dtype != np.float32:
            raise FileFormatError(f"{name!r} is of type {tensor.dtype}, not float32")
    model = Sequential([Input(shape), *layers], name=description["name"], seed=description["seed"])
    model.set_weights(
        [tensors[f"{layer.name}.{name}"] for layer in model.layers for name in layer.weights]
    )
    model.class_names = description["class_names"]
    model.preparation = description["preparation"]
    if compile:
        training = description["training"]
        model.optimizer = optimizers.get(training["optimizer"])
        model.loss = None if training["loss"] is None else losses.get(training["loss"])
        model.metrics = training["metrics"]
    return model
