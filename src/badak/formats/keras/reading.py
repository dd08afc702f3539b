"""A model of Keras as a chain of badak's layers, with the weights that the file keeps of each."""

from typing import Any

import numpy as np

from badak import layers
from badak._common.language import message
from badak._common.schema import check_fields
from badak.errors import FileFormatError
from badak.formats.assembly import WeightedLayer
from badak.formats.keras.layers import LAYERS, Config, ImportContext, own_layer
from badak.formats.keras.names import stored_names
from badak.layers.base import is_just
from badak.network.custom_objects import is_layer_class
from badak.network.description import LAYERS as ENTRIES
from badak.typing import Array, Shape


def assembly_of(
    config: dict[str, Any], arrays: dict[str, Array], context: ImportContext
) -> tuple[Shape, list[WeightedLayer]]:
    """Return the shape of one sample, and the layers with their weights."""
    kind = config["class_name"]
    if kind == "Sequential":
        entries = list(config["config"]["layers"])
        order = entries
    elif kind in ("Functional", "Model"):
        entries = list(config["config"]["layers"])
        order = _one_chain(config["config"], entries)
    else:
        raise FileFormatError(
            message("it is a {kind}, but only Sequential and functional models are read", kind=kind)
        )
    check_fields({"layers": entries}, {"layers": ENTRIES})
    stored = [each for each in entries if kind != "Sequential" or not _is_input(each)]
    names = stored_names(each["class_name"] for each in stored)
    places = {id(each): f"layers/{name}/vars/" for each, name in zip(stored, names, strict=True)}
    forget_noise(arrays)
    shape = _input_shape(config, order)
    weighted: list[WeightedLayer] = []
    at = shape
    for entry in order:
        if not _is_input(entry):
            item = _weighted_layer(entry, at, arrays, places[id(entry)], context)
            at = item.layer.output_shape(at)
            weighted.append(item)
    if arrays:
        raise FileFormatError(
            message("its weights hold {arrays!r}, which no layer takes", arrays=sorted(arrays)[0])
        )
    return shape, weighted


def forget_noise(arrays: dict[str, Array]) -> None:
    """Leave out where random generators stood: badak's noise follows from its seed alone."""
    for path in [path for path in arrays if "/seed_generator/" in path]:
        del arrays[path]


def _is_input(entry: dict[str, Any]) -> bool:
    return bool(entry["class_name"] == "InputLayer")


def _input_shape(config: dict[str, Any], order: list[dict[str, Any]]) -> Shape:
    first = order[0]["config"] if order and _is_input(order[0]) else {}
    shape = (
        first.get("batch_shape")
        or first.get("batch_input_shape")
        or config["config"].get("build_input_shape")
    )
    if not shape or len(shape) < 2 or not all(isinstance(n, int) and n > 0 for n in shape[1:]):
        raise FileFormatError(
            message("the shape of its samples is not fixed: {shape!r}", shape=shape)
        )
    return tuple(shape[1:])


def _one_chain(config: dict[str, Any], entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the layers of a functional model from its input to its output."""
    by_name = {entry["name"]: entry for entry in entries}
    inputs, outputs = _ends(config["input_layers"]), _ends(config["output_layers"])
    if len(inputs) != 1 or len(outputs) != 1:
        raise FileFormatError(
            message(
                "it has the inputs {inputs} and the outputs {outputs}, but a network of badak has "
                "one of each",
                inputs=", ".join(inputs),
                outputs=", ".join(outputs),
            )
        )
    chain, at = [], outputs[0]
    while at != inputs[0]:
        entry = by_name[at]
        chain.append(entry)
        at = _source(entry)
        if len(chain) > len(entries):
            raise FileFormatError(message("its layers go in a circle"))
    chain.append(by_name[at])
    followed = {id(entry) for entry in chain}
    left = [entry["name"] for entry in entries if id(entry) not in followed]
    if left:
        raise FileFormatError(
            message("the layer {left!r} is not in one chain with the others", left=left[0])
        )
    return chain[::-1]


def _ends(given: list[Any]) -> list[str]:
    return [given[0]] if given and isinstance(given[0], str) else [str(each[0]) for each in given]


def _source(entry: dict[str, Any]) -> str:
    """Return the one layer whose output this one takes."""
    nodes = entry["inbound_nodes"]
    if len(nodes) != 1 or len(nodes[0]["args"]) != 1:
        raise FileFormatError(
            message(
                "the layer {entry!r} is used {count} times, or joins",
                entry=entry["name"],
                count=len(nodes),
            )
        )
    (argument,) = nodes[0]["args"]
    if not isinstance(argument, dict) or argument.get("class_name") != "__keras_tensor__":
        raise FileFormatError(
            message("the layer {entry!r} takes more than one layer's output", entry=entry["name"])
        )
    for key, value in nodes[0].get("kwargs", {}).items():
        if value not in (None, False):
            raise FileFormatError(
                message(
                    "the layer {entry!r} is called with {key}={value!r}",
                    entry=entry["name"],
                    key=key,
                    value=value,
                )
            )
    return str(argument["config"]["keras_history"][0])


def _weighted_layer(
    entry: dict[str, Any],
    shape: Shape,
    arrays: dict[str, Array],
    place: str,
    context: ImportContext,
) -> WeightedLayer:
    kind = str(entry["class_name"])
    is_own = is_layer_class(context.own.get(kind))
    if not is_own and kind not in LAYERS:
        raise FileFormatError(
            message(
                "its layer {get!r} is a {kind}, which badak does not have: give one of your own, "
                "custom_objects={{{kind!r}: ...}}",
                get=entry["config"].get("name"),
                kind=kind,
            )
        )
    config = Config(entry, context)
    layer, wanted = (own_layer if is_own else LAYERS[kind])(config, shape)
    config.done()
    layer.name = config.name
    weights = {}
    for number, name in enumerate(wanted):
        path = f"{place}{number}"
        if path not in arrays:
            raise FileFormatError(
                message(
                    "its weights lack {path!r}, which {name!r} takes", path=path, name=config.name
                )
            )
        weights[name] = arrays.pop(path)
    weights.pop("count", None)
    if is_just(layer, layers.Normalization):
        weights = _moments(layer, weights, shape)
    if is_just(layer, layers.PReLU):
        weights["alpha"] = np.broadcast_to(weights["alpha"], shape)
    return WeightedLayer(layer, weights)


def _moments(
    layer: layers.Normalization, weights: dict[str, Array], shape: Shape
) -> dict[str, Array]:
    found = weights or dict(layer.learned or {})
    return {k: np.broadcast_to(np.asarray(v).reshape(-1), shape[-1:]) for k, v in found.items()}
