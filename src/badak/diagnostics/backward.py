"""Write out the backward arithmetic of one unit: how the loss's gradient comes to its weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import layers
from badak._common.json_data import json_data
from badak._common.language import message
from badak.diagnostics.arithmetic import Place, Weighing, place_of
from badak.diagnostics.layer_trace import LayerTrace
from badak.diagnostics.rounding import Written, equation, figure, number
from badak.errors import InputError
from badak.layers.base import is_just
from badak.losses.objective import Objective
from badak.typing import Array


@dataclass(frozen=True, repr=False)
class UnitGradient:
    """How the gradient of the loss comes to one unit, for one sample; printed, a line a step.

    Made by :meth:`badak.diagnostics.trace.Trace.unit_gradient`. In a batch of several samples the
    gradients are this sample's part of those of the mean loss.

    Attributes
    ----------
    layer : str
        The layer's name.
    unit : tuple of int
        The unit's place among the layer's outputs.
    sample : int
        The sample's place in the batch.
    lines : tuple of str
        The steps: the gradient at the output, at the pre-activation, at each weight, at the bias.
    at_z : float or None
        dL/dz; None where the loss is computed from the pre-activation.
    slope : float or None
        dz/da; None without an activation, and where that works by row.
    at_a : float or None
        dL/da, the textbook's delta; None in layers without a pre-activation.
    x : ndarray or None, shape (inputs,)
        The unit's inputs; None in layers without weighted sums.
    at_weights : ndarray or None, shape (inputs,)
        dL/dw of each, x times delta; penalties are left out.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> model = Sequential([Input((2,)), layers.Dense(1, "sigmoid"), layers.Dense(1)])
    >>> model.set_weights([[[0.1], [0.2]], [0.1], [[2.0]], [0.0]])
    >>> print(model.trace([[1.0, 0.5]], [[1.0]]).unit_gradient("dense", 0))
    dL/dz = 2.0*0.29777 = 0.5955
    dL/da = 0.5955*0.2445 = 0.1456
    dL/dw = 1.0*0.1456 = 0.1456
    dL/dw = 0.5*0.14558 = 0.07279
    dL/dbias = 0.1456
    """

    layer: str
    unit: Place
    sample: int
    lines: tuple[str, ...]
    at_z: float | None = None
    slope: float | None = None
    at_a: float | None = None
    x: Array | None = None
    at_weights: Array | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes by their names, as data that JSON can hold.

        Returns
        -------
        dict
            Arrays are lists; NaN, infinity and what the layer does not have are None.
        """
        names = ("layer", "unit", "sample", "lines", "at_z", "slope", "at_a", "x", "at_weights")
        return {name: json_data(getattr(self, name)) for name in names}

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__


def gradient_of_unit(
    entries: Sequence[LayerTrace],
    objective: Objective | None,
    t: Array | None,
    unit: int | Place,
    sample: int,
    terms: int | None,
) -> UnitGradient:
    """Return that of a unit of the first of `entries`, the layers from it to the last."""
    entry = entries[0]
    if objective is None or t is None:
        raise InputError(message("there are no gradients without targets: trace(x, t) has them"))
    place = place_of(entry, unit, sample)
    lines: list[str] = []
    found: dict[str, Any] = {"layer": entry.name, "unit": place[1:], "sample": place[0]}
    if entry.gradient_at_z is not None:
        found["at_z"] = float(entry.gradient_at_z[place])
        lines.append(f"dL/dz = {_of_output(entries, place, terms)}")
    if entry.gradient_at_a is not None:
        delta = found["at_a"] = float(entry.gradient_at_a[place])
        found["slope"] = None if entry.slope is None else float(entry.slope[place])
        lines.append(f"dL/da = {_of_sum(entry, objective, t, place, found)}")
        if is_just(entry.layer, layers.Dense):
            found["x"] = entry.x[place[0]]
            found["at_weights"] = entry.x[place[0]] * entry.gradient_at_a[place]
            lines += _of_weights(found["x"], delta, terms)
            if "bias" in entry.weights:
                lines.append(f"dL/dbias = {number(delta)}")
    return UnitGradient(lines=tuple(lines), **found)


def _of_output(entries: Sequence[LayerTrace], place: Place, terms: int | None) -> str:
    """Return dL/dz: what each unit of a Dense layer behind it hands back, or the number alone."""
    entry = entries[0]
    assert entry.gradient_at_z is not None
    value = float(entry.gradient_at_z[place])
    after = entries[1] if len(entries) > 1 else None
    if after is None or not is_just(after.layer, layers.Dense) or after.gradient_at_a is None:
        return number(value)
    weighing = Weighing(after.gradient_at_a[place[0]], after.kernel[place[-1]], None, terms)
    return equation(weighing, value)


def _of_sum(
    entry: LayerTrace, objective: Objective, t: Array, place: Place, found: dict[str, Any]
) -> str:
    value = found["at_a"]
    if entry.gradient_at_z is None:
        return _joined(entry, t, place, value)
    slope = found["slope"]
    if slope is None or not np.isfinite(slope):
        return number(value) + (message(" (of the whole row)") if entry.by_row else "")

    def write(digits: int) -> Written:
        z, s = figure(found["at_z"], digits), figure(slope, digits)
        return f"{z}*{_in_brackets(s)}", float(z) * float(s)

    return equation(write, value)


def _joined(entry: LayerTrace, t: Array, place: Place, value: float) -> str:
    """Return y - t, where that is what the loss and the output activation together come to."""
    sample, unit = place[0], place[-1]
    target = float(t[sample] == unit) if t.ndim == 1 else float(t[sample, unit])
    y = float(entry.z[place])
    if len(entry.z) > 1 or not np.isclose(y - target, value, rtol=1e-4, atol=1e-6):
        return number(value)

    def write(digits: int) -> Written:
        return f"{figure(y, digits)} - {figure(target, digits)}", float(figure(y, digits)) - float(
            figure(target, digits)
        )

    return equation(write, value)


def _of_weights(x: Array, delta: float, terms: int | None) -> list[str]:
    """Return a line for each weight's gradient, of many inputs the largest."""
    order = np.argsort(-np.abs(x), kind="stable")
    shown = np.arange(len(x)) if terms is None or len(x) <= terms else np.sort(order[:terms])
    lines = []
    for i in shown:

        def write(digits: int, value: float = float(x[i])) -> Written:
            x_, delta_ = figure(value, digits), figure(delta, digits)
            return f"{x_}*{_in_brackets(delta_)}", float(x_) * float(delta_)

        which = f" [{i}]" if len(shown) < len(x) else ""
        lines.append(f"dL/dw{which} = {equation(write, float(x[i]) * delta)}")
    if len(shown) < len(x):
        lines.append(message("{count:,} more", count=len(x) - len(shown)))
    return lines


def _in_brackets(written: str) -> str:
    return f"({written})" if written.startswith("-") else written
