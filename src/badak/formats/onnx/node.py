"""A node of a graph, and what its readers ask of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.formats.onnx.values import Chain
from badak.typing import Array, Shape


@dataclass(frozen=True)
class Node:
    """A node of the graph with what its inputs are."""

    proto: Any
    inputs: list[Any]
    attributes: dict[str, Any]
    opset: int
    own: dict[str, Any]
    """The user's own activations by name."""

    @property
    def operator(self) -> str:
        """What it does, as ONNX calls it."""
        return str(self.proto.op_type)

    @property
    def domain(self) -> str:
        """Whose operator it is; "" is ONNX's own."""
        return "" if self.proto.domain == "ai.onnx" else str(self.proto.domain)

    @property
    def has_graphs(self) -> bool:
        """Whether it is a loop or a branch."""
        return any(a.HasField("g") or len(a.graphs) for a in self.proto.attribute)

    @property
    def layer_name(self) -> str | None:
        """Its name, if it can be a layer's."""
        name = str(self.proto.name)
        return name if name.isidentifier() else None

    def get(self, name: str, default: Any) -> Any:
        """Return an attribute."""
        return self.attributes.get(name, default)

    def constant(self, index: int) -> Array | None:
        """Return an input that must be constant, None where it is left out."""
        value = self.inputs[index] if index < len(self.inputs) else None
        if value is not None and not isinstance(value, np.ndarray):
            raise InputError(message("its input {index} depends on the data", index=index + 1))
        return value

    def needed(self, index: int) -> Array:
        """Return an input that must be constant and there."""
        value = self.constant(index)
        if value is None:
            raise InputError(message("it lacks its input {index}", index=index + 1))
        return value

    def number(self, index: int) -> float | None:
        """Return an input that must be one constant number."""
        value = self.constant(index)
        return None if value is None else float(value.reshape(()))

    def chain(self, index: int = 0) -> Chain:
        """Return the input that must be data."""
        value = self.inputs[index]
        if not isinstance(value, Chain):
            raise InputError(message("it works on what badak gives no layer for"))
        return value


def check_last(axis: int, shape: Shape) -> None:
    """Raise InputError unless an axis is the last one."""
    if axis not in (-1, len(shape)):
        raise InputError(message("it works along axis {axis}, badak's along the last", axis=axis))
