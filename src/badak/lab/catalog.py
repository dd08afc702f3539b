"""What a page can choose from, with what each setting may be: read from badak's registries."""

import dataclasses
import inspect
from typing import Any

from badak._common.language import marked, spoken, translated
from badak._common.validation import Choice, Flag, Interval, Whole
from badak.activations import ACTIVATIONS
from badak.initializers import INITIALIZERS
from badak.lab import data
from badak.lab.recipe import DEFAULT, GIVEN, KINDS, LAYER
from badak.layers.registry import LAYERS
from badak.losses import LOSSES
from badak.optimizers import OPTIMIZERS
from badak.optimizers.schedules import SCHEDULES

LAYER_TITLES = {
    "dense": marked("Dense"),
    "activation": marked("Activation"),
    "dropout": marked("Dropout"),
    "gaussian_noise": marked("Gaussian noise"),
    "batch_normalization": marked("Batch normalisation"),
    "layer_normalization": marked("Layer normalisation"),
    "p_re_lu": marked("PReLU"),
}
BOUNDS = {"units": (1, 256), "rate": (0.0, 0.9), "stddev": (0.0, 1.0)}
"""What sliders of layers go from and to."""

Field = dict[str, Any]


def catalog(language: str | None) -> dict[str, Any]:
    """Return it in a language, as data that JSON can hold."""
    with spoken(language):
        return {
            "activations": _activations(),
            "initializers": [_of_class(name, INITIALIZERS[name]) for name in INITIALIZERS],
            "optimizers": [_of_class(name, OPTIMIZERS[name]) for name in OPTIMIZERS],
            "schedules": [_of_class(name, SCHEDULES[name]) for name in SCHEDULES],
            "losses": [_of_class(name, LOSSES[name]) for name in LOSSES],
            "layers": [_of_layer(kind) for kind in KINDS if kind != GIVEN],
            "data": data.catalogue(),
            "default": DEFAULT,
        }


def _activations() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": name,
            "formula": h.latex,
            "slope_formula": h.slope_latex,
            "rowwise": h.rowwise,
            "range": [_bound(h.range[0]), _bound(h.range[1])],
            "fields": [_field(name, value, None) for name, value in h.parameters.items()],
        }
        for name in ACTIVATIONS
        if (h := ACTIVATIONS[name])
    ]


def _of_class(name: str, kind: Any) -> dict[str, Any]:
    return {"name": name, "title": kind.__name__, "fields": _fields(kind)}


def _of_layer(kind: str) -> dict[str, Any]:
    fields = []
    for name, value in LAYER[kind].items():
        field = _field(name, value, None)
        if name in BOUNDS:
            field["low"], field["high"] = BOUNDS[name]
        fields.append(field)
    return {
        "kind": kind,
        "title": translated(LAYER_TITLES[kind]),
        "class": LAYERS[kind].__name__,
        "fields": fields,
    }


def _fields(kind: Any) -> list[Field]:
    """Return the settings of a class that the page can set: numbers, flags and choices."""
    allowed = {}
    if dataclasses.is_dataclass(kind):
        allowed = {f.name: f.metadata.get("allowed") for f in dataclasses.fields(kind)}
    found = []
    for name, parameter in inspect.signature(kind).parameters.items():
        if name in ("name", "seed", "reduction") or parameter.kind is parameter.VAR_KEYWORD:
            continue
        default = None if parameter.default is parameter.empty else parameter.default
        if isinstance(default, bool | int | float | str) or default is None:
            field = _field(name, default, allowed.get(name))
            found.append({**field, "required": parameter.default is parameter.empty})
    return found


def _field(name: str, default: Any, allowed: Any) -> Field:
    """Return a setting: its kind, its default, and what it may be."""
    kind = "number"
    if isinstance(allowed, Flag) or isinstance(default, bool):
        kind = "flag"
    elif isinstance(allowed, Whole) or (isinstance(default, int) and allowed is None):
        kind = "whole"
    elif isinstance(allowed, Choice):
        kind = "choice"
    elif isinstance(default, str):
        kind = "text"
    if name in ("activation", "initializer"):
        kind = name
    if name in ("values", "boundaries"):
        kind = "numbers"
    low, high = None, None
    if isinstance(allowed, Interval):
        low, high = _bound(allowed.low), _bound(allowed.high)
    elif isinstance(allowed, Whole):
        low = allowed.least
    return {
        "name": name,
        "kind": kind,
        "default": default,
        "low": low,
        "high": high,
        "choices": list(allowed.names) if isinstance(allowed, Choice) else [],
        "optional": default is None,
    }


def _bound(value: float) -> float | None:
    return float(value) if abs(value) < float("inf") else None
