"""The arithmetic of one unit for one sample, forward and back, as a page shows it."""

from typing import Any

import numpy as np

from badak._common.json_data import json_data
from badak._common.language import message
from badak.diagnostics.trace import Trace
from badak.lab.errors import RecipeError
from badak.lab.views import Look
from badak.typing import Array

MOST_TERMS = 200
"""Inputs of a unit that are told one by one; of more the largest products."""


def arithmetic(look: Look, layer: int, unit: int, sample: int) -> dict[str, Any]:
    """Return the arithmetic of a unit as data that JSON can hold.

    Raises
    ------
    InputError
        There is no such layer or unit.
    """
    trace = look.sample(sample)
    _check(trace, layer)
    found = trace.unit(layer, unit)
    entry = trace[layer]
    terms: list[dict[str, Any]] = []
    others = 0
    if found.x is not None and found.weights is not None:
        order = np.argsort(-np.abs(found.products), kind="stable")[:MOST_TERMS]
        others = len(found.x) - len(order)
        terms = [
            {
                "input": int(i),
                "weight": float(found.weights[i]),
                "x": float(found.x[i]),
                "product": float(found.products[i]),
            }
            for i in sorted(order)
        ]
    h = entry.activation
    backward = trace.unit_gradient(layer, unit)
    return json_data(
        {
            "layer": layer,
            "name": entry.name,
            "unit": unit,
            "sample": sample,
            "line": found.line,
            "text": str(found),
            "terms": terms,
            "others": others,
            "bias": found.bias,
            "sum": found.a,
            "activation": None if h is None else h.name,
            "formula": "" if h is None else h.latex,
            "slope_formula": "" if h is None else h.slope_latex,
            "output": found.z,
            "backward": {**backward.to_dict(), "text": str(backward)},
        }
    )


def _check(trace: Trace, layer: int) -> None:
    if not 0 <= layer < len(trace):
        raise RecipeError(
            message("there is no layer {layer}; there are {count}", layer=layer, count=len(trace)),
            "layer",
        )


def as_array(values: Any, where: str, most: int) -> Array:
    """Return numbers that a page has sent, at most so many, or raise RecipeError."""
    flat = isinstance(values, list) and len(values) <= most
    plain = flat and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    array = np.array(values, np.float64) if plain else np.full(1, np.nan)
    if not plain or not np.isfinite(array).all():
        raise RecipeError(
            message("{where} must be a list of at most {most} numbers", where=where, most=most),
            where,
        )
    return array
