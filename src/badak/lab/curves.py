"""Graphs of functions: of an activation with its slope, and of a formula that is typed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from badak._common.json_data import json_data
from badak._common.language import message
from badak._common.validation import shown
from badak.lab.errors import RecipeError
from badak.lab.network import make_activation
from badak.typing import Array

POINTS = 201
ENDS = 6.0
"""Graphs of activations go from minus this to this."""
PLANE_ENDS = 1.0
"""Those of functions that are learnt."""
ROW = (0.0, 1.0)
"""The numbers after x in the row that a rowwise activation is given."""


def curve_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the graph of what a page asks for, as data that JSON can hold.

    "kind" is "activation", of a "text", or of an "activation" as recipes have it; or "function", of
    a "text" in x, or in x1 and x2.

    Raises
    ------
    RecipeError
        It cannot be read.
    """
    kind = given.get("kind")
    if kind == "activation":
        spec = given.get("activation", {"formula": given.get("text")})
        return _of_activation(spec)
    if kind == "function":
        return _of_function(given.get("text"))
    raise RecipeError(
        message("kind is 'activation' or 'function', not {kind}", kind=shown(kind)), "kind"
    )


def _of_activation(spec: Any) -> dict[str, Any]:
    x = np.linspace(-ENDS, ENDS, POINTS)
    h = make_activation(spec, "text")
    with np.errstate(all="ignore"):
        if h.rowwise:
            rows = np.stack([x, *(np.full(POINTS, each) for each in ROW)], axis=1)
            y = h(rows)
            at_y = np.zeros_like(y)
            at_y[:, 0] = 1.0
            slope, y = h.backward(rows, y, at_y)[:, 0], y[:, 0]
        else:
            y = h(x)
            slope = h.derivative(x, y)
    told = _told(x, y, slope)
    return {**told, "formula": h.latex, "slope_formula": h.slope_latex}


def _of_function(text: Any) -> dict[str, Any]:
    from badak.lab.formula import parse

    x = np.linspace(-PLANE_ENDS, PLANE_ENDS, POINTS)
    found = parse(text, ("x", "x1", "x2"), "text")
    if found.used <= {"x"}:
        found = parse(text, ("x",), "text")
        derived = found.derivative("x")
        with np.errstate(all="ignore"):
            told = _told(x, found(x), derived(x))
        return {**told, "slope_formula": derived.text, "variables": ["x"]}
    return {"x": [], "y": [], "slope": [], "slope_formula": "", "variables": ["x1", "x2"]}


def _told(x: Array, y: Array, slope: Array) -> dict[str, Any]:
    flat = [np.broadcast_to(each, x.shape) for each in (x, y, slope)]
    return json_data(dict(zip(("x", "y", "slope"), flat, strict=True)))
