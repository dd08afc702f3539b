"""Keras 3's files: `.keras`, a whole model, and `.weights.h5`, its weights alone.

A `.keras` file is a zip of config.json, metadata.json and model.weights.h5. Neither TensorFlow nor
Keras is needed, and no code of the file is run: layers are named, and the names looked up.
"""

import io
import json
import os
import re
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.extras import need
from badak._common.json_data import read_object
from badak._common.language import message
from badak._common.schema import is_text
from badak.errors import BadakError, FileFormatError, InputError
from badak.formats.archives import read_entries
from badak.formats.assembly import assemble, check_built, dense_layers
from badak.formats.hdf5 import read_arrays
from badak.formats.keras import reading, writing
from badak.formats.keras.layers import ImportContext
from badak.formats.keras.names import stored_names
from badak.formats.keras.training import compile_from
from badak.layers.adapted import Adapted
from badak.layers.base import set_views
from badak.network.loading import BROKEN
from badak.network.sequential import Sequential
from badak.network.weights import check_ready
from badak.typing import Array

VERSION = "3.8.0"  # the oldest that has read these files
DATE = (1980, 1, 1, 0, 0, 0)  # the same model, the same bytes
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"


def write(model: Sequential) -> bytes:
    """Return the model as a `.keras` file; InputError names what it cannot hold."""
    check_ready(model)
    layers = writing.layers_of(model)
    parts = {
        METADATA: json.dumps({"keras_version": VERSION, "date_saved": ""}).encode(),
        CONFIG: json.dumps(writing.config_of(model, layers), allow_nan=False).encode(),
        WEIGHTS: _weights_file(layers),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, DATE), content)
    return packed.getvalue()


def write_weights(model: Sequential) -> bytes:
    """Return the model's weights as a `.weights.h5` file, for ``load_weights`` of Keras."""
    check_ready(model)
    return _weights_file(writing.layers_of(model))


def _weights_file(layers: list[writing.KerasLayer]) -> bytes:
    h5py = need("h5py", "badak[keras]", message("a file of Keras weights"))
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file.create_group("vars")
        stored = file.create_group("layers")
        for name, layer in zip(stored_names(each.kind for each in layers), layers, strict=True):
            group = stored.create_group(f"{name}/vars")
            group.attrs["name"] = layer.name
            for place, variable in enumerate(layer.variables):
                group.create_dataset(str(place), data=variable.value)
    return content.getvalue()


def read(
    path: str | os.PathLike[str], custom_objects: Mapping[str, Any] | None = None
) -> Sequential:
    """Return the model in a `.keras` file: a Sequential, or a functional model that is one chain.

    `custom_objects` gives your own activations, losses and metrics by name. What only matters in
    training and badak does not have is left out with a warning.

    Raises FileFormatError, which names the layer or setting that badak does not have.
    """
    need("h5py", "badak[keras]", message("a .keras file"))
    entries = read_entries(path)
    try:
        config = _json(entries.pop(CONFIG, None), CONFIG)
        _json(entries.pop(METADATA, b"{}"), METADATA)
        packed = entries.pop(WEIGHTS, None)
        if packed is None:
            raise FileFormatError(
                message(
                    "it has no {weights}; is it a whole .keras file of Keras 3?", weights=WEIGHTS
                )
            )
        if entries:
            raise FileFormatError(
                message("it holds {entries} besides", entries=", ".join(map(repr, sorted(entries))))
            )
        arrays = read_arrays(io.BytesIO(packed), len(packed), skip=("optimizer",))
        context = ImportContext(str(path), dict(custom_objects or {}))
        shape, weighted = reading.assembly_of(config, arrays, context)
        model = assemble(weighted, shape, _name(config))
        compile_from(model, config.get("compile_config"), context)
    except BadakError as error:
        raise FileFormatError(f"{path}: {error}") from None
    except BROKEN as error:
        raise FileFormatError(
            message("{path}: its configuration is broken: {error!r}", path=path, error=error)
        ) from None
    return model


def _json(content: bytes | None, name: str) -> dict[str, Any]:
    if content is None:
        raise FileFormatError(message("it has no {name}, as a .keras file has", name=name))
    return read_object(content, message("its {name}", name=name))


def _name(config: dict[str, Any]) -> str:
    name = config["config"].get("name")
    return name if is_text(name) and name else "imported"


def read_weights(
    path: str | os.PathLike[str],
    activation: Any = None,
    output: Any = None,
    like: Sequential | None = None,
) -> Sequential:
    """Return the model whose weights a `.weights.h5` file holds.

    The file names no activations: `activation` is that of the hidden layers (or a list of one
    each), `output` the last one's; such a network is made of Dense layers only. Or `like` is a
    model that is the same but for its weights.
    """
    try:
        size = Path(path).stat().st_size
        arrays = read_arrays(Path(path), size, skip=("optimizer",))
        reading.forget_noise(arrays)
        if like is not None:
            return _filled(like, arrays)
        pairs = _dense_pairs(arrays)
        layers = dense_layers(pairs, activation, output)
        return assemble(layers, (pairs[0][0].shape[0],), "imported")
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}") from None


def _dense_pairs(arrays: dict[str, Array]) -> list[tuple[Array, Array | None]]:
    """Return kernels and biases in the layers' order, which their numbers tell."""
    found: dict[int, dict[str, Array]] = {}
    for path, array in arrays.items():
        match = re.fullmatch(r"layers/dense(?:_(\d{1,6}))?/vars/([01])", path)
        if match is None:
            raise FileFormatError(
                message(
                    "it holds {path!r}, so that the order of its layers is not known: give like=, "
                    "a model that is the same but for its weights",
                    path=path,
                )
            )
        found.setdefault(int(match[1] or 0), {})[match[2]] = array
    if not found:
        raise FileFormatError(message("it holds no weights"))
    return [_pair(found[number]) for number in sorted(found)]


def _pair(arrays: dict[str, Array]) -> tuple[Array, Array | None]:
    kernel = arrays.get("0")
    if kernel is None or kernel.ndim != 2:
        raise FileFormatError(
            message("a Dense layer has a matrix of weights first, but there is none")
        )
    return kernel, arrays.get("1")


def _filled(like: Sequential, arrays: dict[str, Array]) -> Sequential:
    """Return a copy of a model with the weights of the file."""
    check_built(like)
    model = deepcopy(like)
    layers = writing.layers_of(model)
    views, values = [], []
    for name, layer in zip(stored_names(each.kind for each in layers), layers, strict=True):
        for place, variable in enumerate(layer.variables):
            path = f"layers/{name}/vars/{place}"
            if path not in arrays:
                raise FileFormatError(
                    message("it has no {path!r}, which {name!r} takes", path=path, name=layer.name)
                )
            value = arrays.pop(path)
            if variable.view is not None:
                views.append((f"{layer.name}, {path}", variable.view))
                values.append(value)
            elif variable.fixed and not np.array_equal(value, variable.value):
                raise FileFormatError(
                    message(
                        "{path!r} is not {value}, as it must be",
                        path=path,
                        value=variable.value.tolist(),
                    )
                )
    if arrays:
        raise FileFormatError(
            message("it holds {arrays!r}, which the model does not", arrays=sorted(arrays)[0])
        )
    try:
        set_views(views, values, message("the model given as like"))
    except InputError as error:
        raise FileFormatError(str(error)) from None
    for each in model.layers:
        if isinstance(each, Adapted):
            each.keep()
    return model
