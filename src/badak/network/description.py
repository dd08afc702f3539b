"""What a model's file says of the network besides its weights: the one place that validates it.

Writers ask too, so that nothing is saved that would be refused when it is loaded.
"""

import reprlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from badak._common.language import marked, message
from badak._common.schema import (
    NAMED,
    OBJECT,
    SIZE,
    TEXT,
    WHOLE,
    Field,
    check_fields,
    list_of,
)
from badak.errors import FileFormatError
from badak.typing import Shape

MOST_LAYERS = 20_000
"""A packed file of a few kB may name millions, each of which takes time to make."""

LAYERS = Field(
    marked("a list of at most 20,000 objects"),
    lambda value: list_of(OBJECT).fits(value) and len(value) <= MOST_LAYERS,
)

SHAPE = Field(
    marked("positive whole numbers, without the batch axis"),
    lambda v: bool(v) and list_of(SIZE).fits(v),
)

FIELDS: dict[str, Field] = {
    "name": TEXT,
    "seed": WHOLE,
    "input_shape": SHAPE,
    "layers": LAYERS,
    "class_names": list_of(TEXT).or_none(),
    "preparation": OBJECT,
    "training": OBJECT,
}
"""The description's fields; a version and a checksum are checked before."""

LAYER = {"class": TEXT, "name": TEXT}
"""What every layer has; its arguments are checked by its class."""

TRAINING = {"optimizer": NAMED, "loss": NAMED.or_none(), "metrics": list_of(NAMED).or_none()}


def check_description(told: Mapping[str, Any], fields: tuple[str, ...] = tuple(FIELDS)) -> None:
    """Raise FileFormatError where these fields of a description are not what they must be."""
    where = ""
    try:
        check_fields(told, {name: FIELDS[name] for name in fields})
        for number, layer in enumerate(told["layers"]):
            where = message("of layer {number}, ", number=number)
            check_fields(layer, LAYER)
        where = message("of the layers within layers, ")
        for number, layer in enumerate(_inner(told["layers"])):
            check_fields(layer, LAYER)
            if number >= MOST_LAYERS:
                check_fields({"layers": None}, {"layers": LAYERS})
        if "training" in fields:
            where = message("of the training, ")
            check_fields(told["training"], TRAINING)
    except FileFormatError as error:
        raise FileFormatError(
            message(
                "the description of the network is broken: {where}{error}", where=where, error=error
            )
        ) from None


def _inner(layers: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the configurations of layers within layers, as deep as they go."""
    left = list(layers)
    while left:
        told = left.pop()
        members = told.get("members")
        for member in [*(members if isinstance(members, list) else ()), told.get("layers")]:
            for each in member if isinstance(member, list) else ():
                if isinstance(each, dict) and "class" in each:
                    yield each
                    left.append(each)


def check_class_names(names: Any, output_shape: Shape) -> None:
    """Raise FileFormatError unless there is a name for each class that the network tells.

    One unit tells one class from another, so it may have one name or two.
    """
    if names is None:
        return
    check_fields({"class_names": names}, {"class_names": FIELDS["class_names"]})
    units = output_shape[-1]
    if len(names) != units and (units, len(names)) != (1, 2):
        raise FileFormatError(
            message(
                "it names {count} classes, {names}, but its output is of shape {output_shape}",
                count=len(names),
                names=reprlib.repr(names),
                output_shape=output_shape,
            )
        )
