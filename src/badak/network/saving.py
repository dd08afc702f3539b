"""Write a model to one safetensors file: weights, architecture, and all that is needed to predict.

The weights are the file's tensors, called ``layer.weights``; the rest is JSON in its metadata.
"""

import json
import os
from pathlib import Path
from typing import Any

from badak._common.files import write_whole
from badak.errors import InputError
from badak.layers.model import Model
from badak.network.nameable import check_model
from badak.network.weights import check_ready, weights_by_name

VERSION = 1

SUFFIX = ".safetensors"

METADATA = "badak"

ENTRIES = (
    *("version", "name", "seed", "input_shape", "layers", "class_names", "preparation", "training"),
)
"""What the description of a network holds."""


def save(model: Model, path: str | os.PathLike[str]) -> None:
    """Write the model whole, or leave what was there; InputError where it cannot be written."""
    target = Path(path)
    if target.suffix != SUFFIX:
        raise InputError(
            f"models are written as {SUFFIX} files, not as {target.suffix or 'a file without one'}:"
            f" save to {target.with_suffix(SUFFIX)}"
        )
    from safetensors.numpy import save as tensors_to_bytes

    try:
        description = json.dumps(describe(model), ensure_ascii=False)
    except TypeError as error:
        raise InputError(f"the model holds something that no file can: {error}") from None
    # One entry: safetensors writes several in an order that differs from run to run.
    write_whole(target, tensors_to_bytes(weights_by_name(model), {METADATA: description}))


def describe(model: Model) -> dict[str, Any]:
    """Return all that the file holds besides the weights; InputError for what it cannot name."""
    check_ready(model)
    check_model(model)
    return {
        "version": VERSION,
        "name": model.name,
        "seed": model.seed,
        "input_shape": model.input_shape,
        "layers": [layer.get_config() for layer in model.layers],
        "class_names": model.class_names,
        "preparation": model.preparation,
        "training": {
            "optimizer": model.optimizer.get_config(),
            "loss": None if model.loss is None else model.loss.get_config(),
            "metrics": None if model.metrics is None else [_named(m) for m in model.metrics],
        },
    }


def _named(metric: Any) -> Any:
    if hasattr(metric, "get_config"):
        return metric.get_config()
    return metric if isinstance(metric, str) else {"name": metric.__name__}
