"""badak's objects as the Python that makes them: calls with the arguments that differ."""

import inspect
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from badak import activations
from badak._common.language import message
from badak.activations import Activation
from badak.activations.registry import is_builtin
from badak.errors import InputError
from badak.lab.formula import FormulaError, activation
from badak.layers import Layer
from badak.layers.base import is_just
from badak.layers.registry import LAYERS

LONGEST = 96


class Source:
    """Writes objects as calls, and remembers what the calls need to be imported."""

    def __init__(self) -> None:
        self.imported: dict[str, set[str]] = {}

    def use(self, module: str, name: str) -> str:
        """Return a name, and remember where it is imported from."""
        self.imported.setdefault(module, set()).add(name)
        return name

    def imports(self) -> list[str]:
        """Return the lines that import all that was used."""
        return [
            f"from {module} import {', '.join(sorted(names))}"
            for module, names in sorted(self.imported.items())
        ]

    def of(self, value: Any) -> str:
        """Return an expression that makes a value."""
        if isinstance(value, Activation):
            return self._activation(value)
        if isinstance(value, Layer):
            return self._layer(value)
        if isinstance(value, np.generic):
            return repr(value.item())
        if isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)
        if value is None or isinstance(value, bool | int | float):
            return repr(value)
        if isinstance(value, list | tuple):
            inside = ", ".join(self.of(each) for each in value)
            ends = "[]" if isinstance(value, list) else ("(", ",)" if len(value) == 1 else ")")
            return f"{ends[0]}{inside}{ends[1]}"
        if isinstance(value, Mapping):
            inside = ", ".join(f"{self.of(k)}: {self.of(v)}" for k, v in value.items())
            return f"{{{inside}}}"
        if hasattr(value, "get_config"):
            given = {k: getattr(value, k) for k in value.get_config() if k != "name"}
            return self._call(type(value), given)
        raise InputError(message("a script cannot make {value!r}", value=value))

    def _call(self, kind: type, given: Mapping[str, Any]) -> str:
        """Return a call with what differs from the defaults."""
        parameters = inspect.signature(kind).parameters
        parts: list[str] = []
        in_order = True
        for name, value in given.items():
            known = parameters.get(name)
            default = inspect.Parameter.empty if known is None else known.default
            if default is not inspect.Parameter.empty and _same(default, value):
                in_order = False
                continue
            parts.append(self.of(value) if in_order and not parts else f"{name}={self.of(value)}")
            in_order = in_order and len(parts) == 0
        return f"{self.use(_home(kind), kind.__name__)}({', '.join(parts)})"

    def _layer(self, layer: Layer) -> str:
        kind = type(layer)
        if kind.__name__ not in LAYERS or not is_just(layer, LAYERS[kind.__name__]):
            raise InputError(
                message(
                    "a script cannot make the layer {name!r}, which is your own: {kind}",
                    name=layer.name,
                    kind=kind.__name__,
                )
            )
        return self._call(kind, {name: getattr(layer, name) for name in layer.arguments})

    def _activation(self, record: Activation) -> str:
        if is_builtin(record):
            if record.parameters == activations.get(record.name).parameters:
                return self.of(record.name)
            return self.of(dict(record.get_config()))
        try:
            typed = activation(record.name) is record
        except FormulaError:
            typed = False
        if not typed:
            raise InputError(
                message("a script cannot make the activation {name!r}", name=record.name)
            )
        return f"{self.use('badak.lab.formula', 'activation')}({self.of(record.name)})"


def _home(kind: type) -> str:
    """Return the package from which a class is imported: the first that has it."""
    parts = kind.__module__.split(".")
    for end in range(2, len(parts) + 1):
        module = ".".join(parts[:end])
        imported = __import__(module, fromlist=[kind.__name__])
        if getattr(imported, kind.__name__, None) is kind:
            return module
    return kind.__module__


def _same(default: Any, value: Any) -> bool:
    """Whether a default makes this value; one by name makes what the registries say."""
    if isinstance(value, Activation):
        return bool(activations.get(default) == value)
    if isinstance(default, str) and hasattr(value, "get_config"):
        from badak import initializers

        return default in initializers.INITIALIZERS and initializers.get(default) == value
    if isinstance(default, bool) or isinstance(value, bool) or default is None or value is None:
        return default is value
    return bool(default == value)


def wrapped(opening: str, parts: list[str], closing: str, indent: int = 0) -> list[str]:
    """Return a call's lines: one, or one for each part where one would be too long."""
    space = " " * indent
    line = f"{space}{opening}{', '.join(parts)}{closing}"
    if len(line) <= LONGEST:
        return [line]
    return [f"{space}{opening}", *(f"{space}    {part}," for part in parts), f"{space}{closing}"]
