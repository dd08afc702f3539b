"""Write out the arithmetic of one unit: ``0.1*1.0 + 0.2*0.5 + 0.1 = 0.3 -> sigmoid -> 0.5744``.

Numbers are rounded by :mod:`badak.diagnostics.rounding`, so that each line is true as it stands.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np

from badak import layers
from badak._common import display
from badak._common.display import View
from badak._common.json_data import json_data
from badak._common.language import counted, message
from badak._common.validation import check_whole
from badak.activations import Activation, is_builtin, leaky_relu, log_softmax, softmax
from badak.diagnostics.layer_trace import LayerTrace
from badak.diagnostics.rounding import Written, balanced, equation, figure, largest_size, number
from badak.errors import InputError
from badak.layers.base import is_just
from badak.typing import Array, Shape

LARGEST_EXPONENT = 700.0  # whose exp float64 holds
FEW_INPUTS = 6
"""So many inputs make a line that can be read; more make a table."""

Place = tuple[int, ...]
"""Where a number stands: the sample, and its place within it."""


@dataclass(frozen=True, repr=False)
class UnitTrace:
    """What one unit computed for one sample; printed, it is a line of numbers.

    Of more than 6 inputs it is a table: a row for each, the largest product first, and one for
    those that are not shown.

    Made by :meth:`badak.diagnostics.trace.Trace.unit`.

    Attributes
    ----------
    layer : str
        The layer's name.
    unit : tuple of int
        The unit's place among the layer's outputs.
    sample : int
        The sample's place in the batch.
    line : str
        The arithmetic in one line.
    z : float
        The unit's output; of a linear layer that an activation layer follows, that layer's output.
    a : float or None
        Its pre-activation; None in layers without one.
    x : ndarray or None, shape (inputs,)
        All its inputs; None in layers without weighted sums.
    weights : ndarray or None, shape (inputs,)
        Its weight for each input.
    bias : float
        Its bias; 0 without one.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(1, "sigmoid")])
    >>> model.set_weights([[[0.1], [0.2]], [0.1]])
    >>> unit = model.trace([[1.0, 0.5]]).unit("dense", 0)
    >>> print(unit)
    0.1*1.0 + 0.2*0.5 + 0.1 = 0.3 -> sigmoid -> 0.5744
    >>> unit.products.round(3)
    array([0.1, 0.1], dtype=float32)
    """

    layer: str
    unit: Place
    sample: int
    line: str
    z: float
    a: float | None = None
    x: Array | None = None
    weights: Array | None = None
    bias: float = 0.0
    table: View | None = None
    """What is printed in the line's place where there are many inputs."""

    @property
    def products(self) -> Array:
        """Each input times its weight, (inputs,).

        Raises
        ------
        InputError
            If the layer has no weighted sums.
        """
        if self.x is None or self.weights is None:
            raise InputError(
                message("the units of layer {layer!r} weigh no inputs", layer=self.layer)
            )
        return self.x * self.weights

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes by their names, as data that JSON can hold.

        Returns
        -------
        dict
            Arrays are lists; NaN, infinity and what the layer does not have are None.
        """
        return {
            name: json_data(getattr(self, name))
            for name in ("layer", "unit", "sample", "line", "z", "a", "x", "weights", "bias")
        }

    def view(self) -> View:
        """Return what is shown: the line, or the table where it would be long."""
        return View(headlines=(self.line,)) if self.table is None else self.table

    def __str__(self) -> str:
        return self.line if self.table is None else display.as_text(self)

    __repr__ = __str__

    __rich__ = display.as_rich
    _repr_html_ = display.as_html


def unit_of(
    entries: Sequence[LayerTrace], unit: int | Place, sample: int, terms: int | None
) -> UnitTrace:
    """Return the arithmetic of a unit of the first of `entries`, the layers from it to the last.

    An activation layer that follows a linear layer is part of its line.
    """
    entry = entries[0]
    place = place_of(entry, unit, sample)
    z = float(entry.z[place])
    facts: dict[str, Any] = {"layer": entry.name, "unit": place[1:], "sample": place[0], "z": z}
    if is_just(entry.layer, layers.Dense) or is_just(entry.layer, layers.Whitening):
        return _weighing(entries, place, terms, facts)
    if entry.activation is not None and entry.a is not None:
        a = float(entry.a[place])
        return UnitTrace(line=_activated(number(a), entry, place, terms), a=a, **facts)
    known = any(is_just(entry.layer, kind) for kind in _line_of.registry if kind is not object)
    write = _line_of if known else _unknown
    return UnitTrace(line=write(entry.layer, entry, place), **facts)


def place_of(entry: LayerTrace, unit: int | Place, sample: int) -> Place:
    samples, shape = len(entry.z), entry.z.shape[1:]
    if check_whole(sample, "sample", least=0) >= samples:
        raise InputError(
            message(
                "sample {sample} is not among the {samples} traced, counted from 0",
                sample=sample,
                samples=samples,
            )
        )
    if isinstance(unit, (int, np.integer)) and not isinstance(unit, bool):
        count = math.prod(shape)
        if not 0 <= unit < count:
            raise InputError(
                message(
                    "layer {name!r} has {count} units, counted from 0, no {unit}",
                    name=entry.name,
                    count=count,
                    unit=unit,
                )
            )
        return sample, *map(int, np.unravel_index(unit, shape))
    if not isinstance(unit, tuple) or not _inside(unit, shape):
        raise InputError(
            message(
                "a unit of layer {name!r} is a place in {shape}, not {unit!r}",
                name=entry.name,
                shape=shape,
                unit=unit,
            )
        )
    return sample, *map(int, unit)


def _inside(unit: Place, shape: Shape) -> bool:
    return len(unit) == len(shape) and all(0 <= i < n for i, n in zip(unit, shape, strict=True))


def _weighing(
    entries: Sequence[LayerTrace], place: Place, terms: int | None, facts: dict[str, Any]
) -> UnitTrace:
    entry = entries[0]
    sample, unit = place
    if isinstance(entry.layer, layers.Dense):
        assert entry.a is not None
        x, w, a = entry.x[sample], entry.kernel[:, unit], float(entry.a[place])
        bias = float(entry.bias[unit]) if "bias" in entry.weights else None
    else:
        x, w, bias = entry.x[sample] - entry.mean, entry.matrix[:, unit], None
        a = float(entry.z[place])
    last = _activation_after(entries)
    weigh = Weighing(x, w, bias, terms)
    after = None
    if last is not None and not last.by_row and last.activation is not None:
        after = last.activation
    sides = balanced(weigh, a, weigh.scale, after)
    result = sides.removeprefix(weigh.text).strip()  # "= 0.3"
    if last is not None:
        sides, result = (_activated(line, last, place, terms) for line in (sides, result))
    facts["z"] = float((last or entry).z[place])
    if len(x) > FEW_INPUTS or len(weigh.others):
        centred = not isinstance(entry.layer, layers.Dense)
        facts["table"] = weigh.table(message("x - mean") if centred else "x", result)
    return UnitTrace(line=sides, a=a, x=x, weights=w, bias=bias or 0.0, **facts)


def _activation_after(entries: Sequence[LayerTrace]) -> LayerTrace | None:
    """Return the layer whose activation the sum goes through, if it is one that changes it."""
    for entry in entries[:2]:
        follows = entry is entries[0] or is_just(entry.layer, layers.Activation)
        if (
            follows
            and entry.activation is not None
            and not is_builtin(entry.activation, "identity")
        ):
            return entry
        if not follows or entry.activation is None:
            return None
    return None


class Weighing:
    """A weighted sum as it is shown: each weight times its input, the bias last."""

    def __init__(self, x: Array, w: Array, bias: float | None, terms: int | None) -> None:
        self.x, self.w, self.bias = x.astype(np.float64), w.astype(np.float64), bias
        self.products = self.x * self.w
        self.shown, self.others = _largest(self.products, terms)
        self.scale = largest_size([*self.products[self.shown], bias or 0.0])
        self.text, self.digits = "", 0
        """What was written last, and with how many digits."""

    def __call__(self, digits: int) -> Written:
        written = [self._term(int(i), digits) for i in self.shown]
        if len(self.others):
            half = (len(written) + 1) // 2
            written.insert(half, _others(len(self.others), self.products[self.others], digits))
        if self.bias is not None:
            written.append((figure(self.bias, digits), float(figure(self.bias, digits))))
        self.text, self.digits = _sum_of([text for text, _ in written]), digits
        return self.text, math.fsum(value for _, value in written)

    def table(self, x: str, result: str) -> View:
        """Return what was written last as a table, the largest product first."""
        rows = []
        for i in self.shown[np.argsort(-np.abs(self.products[self.shown]), kind="stable")]:
            w_, x_ = figure(self.w[i], self.digits), figure(self.x[i], self.digits)
            # Twice the digits: the products as shown add up to the sum as shown.
            rows.append((str(i), w_, x_, figure(float(w_) * float(x_), 2 * self.digits)))
        if count := len(self.others):
            together = figure(math.fsum(self.products[self.others]), self.digits)
            rows.append((message("{count:,} more", count=count), "", "", together))
        if self.bias is not None:
            rows.append((message("bias"), "", "", figure(self.bias, self.digits)))
        product = message("weight * {x}", x=f"({x})" if " " in x else x)
        headings = (message("input"), message("weight"), x, product)
        return View(
            headings,
            rows,
            notes=(message("sum {result}", result=result),),
            right=range(4),
            whole=range(4),
        )

    def _term(self, i: int, digits: int) -> Written:
        w, x = figure(self.w[i], digits), figure(self.x[i], digits)
        value = float(w) * float(x)
        return w + "*" + (f"({x})" if x.startswith("-") else x) + self._which(i), value

    def _which(self, i: int) -> str:
        """Where not all inputs are shown, which one this is."""
        return f" [{i}]" if len(self.others) else ""


def _largest(products: Array, terms: int | None) -> tuple[Array, Array]:
    """Return which terms are shown, in their order, and which are not."""
    everything = np.arange(len(products))
    if terms is None or len(products) <= terms:
        return everything, everything[:0]
    shown = np.sort(np.argsort(-np.abs(products), kind="stable")[:terms])
    return shown, np.setdiff1d(everything, shown)


def _others(count: int, values: Array, digits: int) -> Written:
    together = figure(math.fsum(values), digits)
    line = counted(
        "... {count:,} more term, together {together} ...",
        "... {count:,} more terms, together {together} ...",
        count,
        together=together,
    )
    return line, float(together)


def _sum_of(terms: list[str]) -> str:
    """Join terms by + and -."""
    line = terms[0]
    for term in terms[1:]:
        line += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return line


def _activated(line: str, entry: LayerTrace, place: Place, terms: int | None) -> str:
    """Return the line going on through the activation of `entry`."""
    h = entry.activation
    assert h is not None
    assert entry.a is not None
    settings = ", ".join(number(value) for value in h.parameters.values())
    line = f"{line} -> {h.name}{f'({settings})' if settings else ''} -> "
    z = float(entry.z[place])
    if h.value in (softmax, log_softmax):
        row, k = entry.a[place[:-1]].astype(np.float64), place[-1]
        return line + equation(lambda digits: _softmax(row, k, h, terms, digits), z)
    return line + number(z) + (message(" (of the whole row)") if h.rowwise else "")


def _softmax(row: Array, k: int, h: Activation, terms: int | None, digits: int) -> Written:
    """Write softmax, or its logarithm, of place k of a row."""
    figures = [figure(a, digits) for a in row]
    largest = max(map(float, figures))
    shares = np.exp(np.array([float(a) for a in figures]) - largest)
    with np.errstate(over="ignore"):
        total = np.exp(row)
    # Of sums so far from 0 that exp of them cannot be added up, all are shown.
    adds_up = np.isfinite(total).all() and largest > -LARGEST_EXPONENT
    shown, others = _largest(total, terms if adds_up else None)
    written = [f"exp({figures[i]})" for i in shown]
    if len(others):
        rest = _others(len(others), total[others], digits)
        written.insert((len(written) + 1) // 2, rest[0])
        shares = np.append(shares[shown], rest[1] * np.exp(-largest))
    under, a = " + ".join(written), float(figures[k])
    if h.value is softmax:
        share = math.exp(a - largest) / math.fsum(shares)
        return f"exp({figures[k]}) / ({under})", share
    return f"{figures[k]} - log({under})", a - largest - math.log(math.fsum(shares))


@singledispatch
def _line_of(layer: layers.Layer, entry: LayerTrace, place: Place) -> str:
    """Return the line of one number of a layer that neither weighs nor activates."""
    return _unknown(layer, entry, place)


def _unknown(layer: layers.Layer, entry: LayerTrace, place: Place) -> str:
    """Return the line of a layer whose arithmetic is not known, such as one of the user's own."""
    x = entry.x
    alike = x.shape == entry.z.shape
    inputs = number(float(x[place])) if alike else message("{count:,} inputs", count=x[0].size)
    return f"{inputs} -> {type(layer).__name__} -> {number(float(entry.z[place]))}"


@_line_of.register(layers.Flatten)
def _flatten(layer: layers.Flatten, entry: LayerTrace, place: Place) -> str:
    from_place = np.unravel_index(place[1], entry.x.shape[1:])
    where = ", ".join(str(int(i)) for i in from_place)
    return f"x[{where}] = {number(float(entry.z[place]))}"


@_line_of.register(layers.Rescaling)
def _rescaling(layer: layers.Rescaling, entry: LayerTrace, place: Place) -> str:
    x = float(entry.x[place])
    write = Weighing(np.array([layer.scale]), np.array([x]), layer.offset or None, None)
    return equation(write, float(entry.z[place]))


@_line_of.register(layers.Ensemble)
def _ensemble(layer: layers.Ensemble, entry: LayerTrace, place: Place) -> str:
    answers = np.array([passes[-1].z[place] for passes in entry.memo])
    write = Weighing(answers, np.array(layer.member_weights), None, None)
    return equation(write, float(entry.z[place]))


@_line_of.register(layers.SharedEnsemble)
def _shared_ensemble(layer: layers.SharedEnsemble, entry: LayerTrace, place: Place) -> str:
    row, unit = place
    if entry.memo.training:  # the row is that of one member: the arithmetic of its last layer
        member = row % layer.members
        kernel = entry.weights[f"head.{member}.kernel"][:, unit]
        bias = entry.weights[f"head.{member}.bias"][unit] if layer.head.use_bias else None
        write = Weighing(entry.memo.z[row], kernel, bias, None)
    else:
        first = row * layer.members
        answers = entry.memo.y[first : first + layer.members, unit]
        write = Weighing(answers, np.full(layer.members, 1.0 / layer.members), None, None)
    return equation(write, float(entry.z[place]))


@_line_of.register(layers.PReLU)
def _prelu(layer: layers.PReLU, entry: LayerTrace, place: Place) -> str:
    alpha = float(entry.alpha[place[1:]])
    name = leaky_relu.__name__
    x, z = float(entry.x[place]), float(entry.z[place])
    return f"{number(x)} -> {name}({number(alpha)}) -> {number(z)}"


@_line_of.register(layers.Dropout)
def _dropout(layer: layers.Dropout, entry: LayerTrace, place: Place) -> str:
    x, z = float(entry.x[place]), float(entry.z[place])
    if entry.memo is None:
        return f"{number(x)} = {number(z)} " + message("(dropout works only in training)")
    if entry.memo[place] == 0.0:
        return f"{number(x)}*0.0 = 0.0 " + message("(dropped)")

    def write(digits: int) -> Written:
        x_ = figure(x, digits)
        return f"{x_} / (1.0 - {layer.rate!r})", float(x_) / (1.0 - layer.rate)

    return equation(write, z)


@_line_of.register(layers.GaussianNoise)
def _gaussian_noise(layer: layers.GaussianNoise, entry: LayerTrace, place: Place) -> str:
    x, z = float(entry.x[place]), float(entry.z[place])

    def write(digits: int) -> Written:
        terms = [figure(x, digits), figure(z - x, digits)]
        return _sum_of(terms), sum(map(float, terms))

    return equation(write, z)


@_line_of.register(layers.Normalization)
@_line_of.register(layers.BatchNormalization)
@_line_of.register(layers.LayerNormalization)
def _normalised(layer: layers.Layer, entry: LayerTrace, place: Place) -> str:
    mean, deviation = _mean_and_deviation(layer, entry, place)
    feature = place[-1]
    gamma = float(entry.gamma[feature]) if "gamma" in entry.weights else None
    beta = float(entry.beta[feature]) if "beta" in entry.weights else None
    x = float(entry.x[place])

    def write(digits: int) -> Written:
        x_, mean_, deviation_ = (figure(value, digits) for value in (x, mean, deviation))
        text = f"({_sum_of([x_, _negative(mean_)])}) / {deviation_}"
        value = (float(x_) - float(mean_)) / float(deviation_)
        if gamma is not None:
            text, value = f"{figure(gamma, digits)}*{text}", float(figure(gamma, digits)) * value
        if beta is not None:
            text = _sum_of([text, figure(beta, digits)])
            value += float(figure(beta, digits))
        return text, value

    return equation(write, float(entry.z[place]))


def _negative(written: str) -> str:
    return written[1:] if written.startswith("-") else f"-{written}"


def _mean_and_deviation(
    layer: layers.Layer, entry: LayerTrace, place: Place
) -> tuple[float, float]:
    """Return what the layer subtracted from the number, and what it divided by."""
    feature = place[-1]
    if isinstance(layer, layers.BatchNormalization) and entry.memo is None:
        deviation = math.sqrt(float(entry.moving_variance[feature]) + layer.epsilon)
        return float(entry.moving_mean[feature]), deviation
    if isinstance(layer, layers.BatchNormalization):
        return float(entry.memo.mean[feature]), float(entry.memo.deviation[feature])
    if isinstance(layer, layers.LayerNormalization):
        row = (*place[:-1], 0)
        return float(entry.memo.mean[row]), float(entry.memo.deviation[row])
    features = np.broadcast_to(entry.mean, entry.x.shape[-1:])
    deviations = np.broadcast_to(entry.memo, entry.x.shape[-1:])
    return float(features[feature]), float(deviations[feature])
