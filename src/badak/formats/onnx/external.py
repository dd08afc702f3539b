"""Weights in files next to an ONNX file: read only from its own folder, and only so much."""

from pathlib import Path
from typing import Any

from badak._common.language import message
from badak.errors import FileFormatError


def load_external(onnx: Any, proto: Any, folder: Path) -> None:
    """Take the weights into the model; FileFormatError where their file is missing."""
    for tensor in _tensors(proto):
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        told = {entry.key: entry.value for entry in tensor.external_data}
        tensor.raw_data = _part(folder, tensor.name, told)
        tensor.data_location = onnx.TensorProto.DEFAULT
        del tensor.external_data[:]


def _tensors(proto: Any) -> Any:
    yield from proto.graph.initializer
    for nodes in (proto.graph.node, *(function.node for function in proto.functions)):
        for node in nodes:
            for attribute in node.attribute:
                if attribute.HasField("t"):
                    yield attribute.t
                yield from attribute.tensors


def _part(folder: Path, name: str, told: dict[str, str]) -> bytes:
    location = told.get("location", "")
    try:
        place = (folder / location).resolve()
        inside = place.parent == folder.resolve() and not Path(location).is_absolute()
        is_there = place.is_file()
    except (ValueError, OSError, RuntimeError) as error:  # NUL, too long, links in a circle
        raise FileFormatError(
            message("the weights {name!r} lie at no place: {error}", name=name, error=error)
        ) from None
    if not location or not inside:
        raise FileFormatError(
            message(
                "the weights {name!r} lie in {location!r}, outside of the model's own folder",
                name=name,
                location=location,
            )
        )
    if not is_there:
        raise FileFormatError(
            message(
                "the weights {name!r} lie in {location!r}, which is not there",
                name=name,
                location=location,
            )
        )
    try:
        offset = int(told.get("offset", "0"))
        length = int(told["length"]) if "length" in told else place.stat().st_size - offset
    except ValueError:
        raise FileFormatError(
            message(
                "the weights {name!r} lie at no place in {location!r}", name=name, location=location
            )
        ) from None
    if offset < 0 or length < 0 or offset + length > place.stat().st_size:
        raise FileFormatError(
            message(
                "the weights {name!r} reach beyond the end of {location!r}",
                name=name,
                location=location,
            )
        )
    with place.open("rb") as file:
        file.seek(offset)
        return file.read(length)
