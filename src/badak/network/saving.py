"""Write a model to one safetensors file: weights, architecture, and all that is needed to predict.

The weights are the file's tensors, called ``layer.weights``; the rest is JSON in its metadata,
with a checksum over itself and the weights.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from badak._common.files import write_whole
from badak._common.language import message
from badak._common.tensors import checksum
from badak.errors import FileFormatError, InputError
from badak.layers.model import Model
from badak.network.description import FIELDS, check_class_names, check_description
from badak.network.nameable import check_model
from badak.network.weights import check_ready, weights_by_name
from badak.typing import Array

VERSION = 1

SUFFIX = ".safetensors"

METADATA = "badak"

CHECKSUM = "checksum"
"""The entry of the description that guards the file; files of before it was added have none."""

ENTRIES = ("version", *FIELDS)
"""What the description of a network holds besides."""


def save(model: Model, path: str | os.PathLike[str]) -> None:
    """Write the model whole, or leave what was there; InputError where it cannot be written."""
    target = Path(path)
    if target.suffix != SUFFIX:
        raise InputError(
            message(
                "models are written as {suffix} files, not as {given}: save to {path}",
                suffix=SUFFIX,
                given=target.suffix or message("a file without one"),
                path=target.with_suffix(SUFFIX),
            )
        )
    from safetensors.numpy import save as tensors_to_bytes

    description = describe(model)
    weights = weights_by_name(model)
    description[CHECKSUM] = checksum(as_text(description), weights)
    # One entry: safetensors writes several in an order that differs from run to run.
    write_whole(target, tensors_to_bytes(weights, {METADATA: as_text(description)}))


def as_text(description: dict[str, Any]) -> str:
    """Return a description as the file holds it; InputError for what JSON cannot hold."""
    try:
        text = json.dumps(description, ensure_ascii=False)
        text.encode()  # which a lone surrogate cannot be
    except (TypeError, ValueError) as error:
        raise InputError(
            message("the model holds something that no file can: {error}", error=error)
        ) from None
    return text


def check_sound(description: dict[str, Any], weights: Mapping[str, Array]) -> None:
    """Raise FileFormatError where a description's checksum is not that of the file's content."""
    if CHECKSUM not in description:
        return  # a file of before the checksum
    rest = {name: value for name, value in description.items() if name != CHECKSUM}
    if description[CHECKSUM] != checksum(as_text(rest), weights):
        raise FileFormatError(
            message(
                "it is damaged, its checksum is not that of its content: copy or download it again"
            )
        )


def describe(model: Model) -> dict[str, Any]:
    """Return all that the file holds besides the weights, as a reader has it: tuples are lists.

    Raises InputError for what the file cannot name or hold.
    """
    check_ready(model)
    check_model(model)
    told = {
        "version": VERSION,
        "name": model.name,
        "seed": model.seed,
        "input_shape": model.input_shape,
        "layers": [layer.get_config() for layer in model.layers],
        "class_names": model.class_names,
        "preparation": model.preparation or {},
        "training": {
            "optimizer": model.optimizer.get_config(),
            "loss": None if model.loss is None else model.loss.get_config(),
            "metrics": None if model.metrics is None else [_named(m) for m in model.metrics],
        },
    }
    described: dict[str, Any] = json.loads(as_text(told))
    try:
        check_description(described)
        check_class_names(described["class_names"], model.shapes[-1])
    except FileFormatError as error:
        raise InputError(
            message("the model could not be read again: {error}", error=error)
        ) from None
    return described


def _named(metric: Any) -> Any:
    if hasattr(metric, "get_config"):
        return metric.get_config()
    return metric if isinstance(metric, str) else {"name": metric.__name__}
