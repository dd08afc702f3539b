"""The way of one sample to its answer: what each layer made of it, and which pixels spoke for what.

A pixel's contribution to a class is the slope of the class's sum in it, times its value: gradient
times input (Shrikumar et al., Not Just a Black Box, 2016).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from badak import reference
from badak._common.registry import nearest, snake_case
from badak._common.samples import check_samples
from badak.diagnostics.layer_trace import LayerTrace
from badak.diagnostics.trace import Trace
from badak.errors import InputError
from badak.layers import Dense, LayerNormalization
from badak.layers.passes import LayerPass
from badak.typing import Array, ArrayLike, Shape

MOST_ACTIVE = 3  # units of a layer that are named
ROUNDING = 1e-9  # in float64, of numbers that are equal but for it


@dataclass(frozen=True)
class Contributions:
    """What each pixel adds to a class's sum, or to how far it is above that of another class."""

    target: int
    against: int | None
    sum: float
    """The target's sum before softmax (its logit), less that of `against`."""
    pixels: Array
    """Gradient times input, of the shape of the image."""

    @property
    def total(self) -> float:
        """What all pixels add together."""
        return float(self.pixels.sum())

    @property
    def rest(self) -> float:
        """What they leave of the sum.

        In a network of straight pieces (ReLU) it is what biases and other fixed numbers add; where
        activations are curved, or do not pass through the origin, it is what that adds, too.
        """
        return self.sum - self.total


@dataclass(frozen=True)
class ActiveUnit:
    """A unit, what it gives, and what it adds to the target's sum: its slope in that, times z."""

    unit: int
    z: float
    adds: float


@dataclass(frozen=True)
class LayerActivity:
    """What one layer made of the sample."""

    name: str
    kind: str
    activation: str
    """Empty where there is none."""
    shape: Shape
    z: Array
    """Its output, of this shape."""
    fire: float | None
    """The share of units whose sum and output are above zero; None where no activation decides."""
    most_active: tuple[ActiveUnit, ...]
    """Of a hidden Dense layer, its largest outputs in size first."""

    @property
    def beside_name(self) -> list[str]:
        """What its name does not tell: its kind, and its activation unless that changes nothing."""
        kind = [] if self.name.startswith(snake_case(self.kind)) else [self.kind]
        return kind + ([self.activation] if self.activation not in ("", "identity") else [])


@dataclass(frozen=True, repr=False)
class Explanation:
    """Everything about one answer; made by :meth:`badak.Sequential.explain`, printed as a table.

    Contributions are worked out in float64. A network of one sigmoid has two classes, whose sums
    are the unit's sum and its negative.

    >>> import numpy as np
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(2, "softmax", use_bias=False)])
    >>> model.set_weights([[[3.0, 1.0], [-1.0, 2.0]]])
    >>> explained = model.explain([1.0, 0.5])
    >>> explained.answer, explained.contributions().pixels
    (0, array([ 3. , -0.5]))
    """

    image: Array
    """As it was given, without a batch axis."""
    trace: Trace
    """Every number on its way, in float64."""
    class_names: list[str]
    probabilities: Array
    """(classes,)"""
    sums: Array
    """Those before softmax, (classes,): the logits."""
    target: int
    """The class that is explained: the answer, where none was asked for."""
    against: int | None
    """The class that it is held against: the likeliest other one; None where there is none."""

    @property
    def answer(self) -> int:
        """The likeliest class."""
        return int(self.probabilities.argmax())

    @property
    def order(self) -> list[int]:
        """The classes, the likeliest first."""
        return [int(place) for place in (-self.probabilities).argsort(kind="stable")]

    @property
    def yes_or_no(self) -> bool:
        """Whether the output is one sigmoid, so that one class's sum tells the other's."""
        return self.trace.y.shape[1] == 1 and len(self.sums) == 2

    @cached_property
    def straight(self) -> bool:
        """Whether every unit is on a straight piece through the origin, as those of ReLU are.

        Then what contributions leave of a sum is what biases and other fixed numbers add.
        """
        return all(_is_straight(entry) for entry in self.trace.layers[:-1])

    @cached_property
    def layers(self) -> list[LayerActivity]:
        """What each layer made of it, the first first; what units add is for `target`."""
        return [self._activity(entry) for entry in self.trace]

    def contributions(
        self, target: int | str | None = None, against: int | str | None = None
    ) -> Contributions:
        """Return what the pixels add to the sum of a class, less that to the sum of another.

        Classes are numbers or names; without `target` the one that is explained.
        """
        chosen = self.target if target is None else _class(target, self.class_names)
        other = None if against is None else _class(against, self.class_names)
        if chosen == other:
            raise InputError(f"class {self.class_names[chosen]!r} is held against itself")
        gradient = self._gradient(0, chosen, other).reshape(self.image.shape)
        sum_ = float(self.sums[chosen])
        if other is not None and not self.yes_or_no:
            sum_ -= float(self.sums[other])
        return Contributions(chosen, other, sum_, gradient * self.image)

    def _gradient(self, index: int, target: int, against: int | None = None) -> Array:
        """Return the gradient of a class's sum at the input of the layer of this number."""
        at_sum = np.zeros_like(self.trace.y)  # (1, units)
        if self.yes_or_no:
            at_sum[0, 0] = 1.0 if target == 1 else -1.0
        else:
            at_sum[0, target] = 1.0
            if against is not None:
                at_sum[0, against] = -1.0
        rest = self.trace.layers[index:]
        passes = [LayerPass(e.layer, e.x, e.a, e.z, e.memo) for e in rest]
        with np.errstate(all="ignore"):
            met = reference.backward(passes, [e.weights for e in rest], at_sum, at_sum=True)
        gradient = met[0].at_x
        if not np.isfinite(gradient).all():
            raise InputError(
                f"the gradient at layer {rest[0].name!r} is not finite: the weights are broken"
            )
        return gradient

    def _activity(self, entry: LayerTrace) -> LayerActivity:
        h, z = entry.activation, entry.z[0]
        fire = None
        if h is not None and entry.a is not None and not h.rowwise and h.name != "identity":
            fire = float(np.mean((entry.a > 0.0) & (entry.z > 0.0)))
        hidden = isinstance(entry.layer, Dense) and entry.index + 1 < len(self.trace)
        return LayerActivity(
            entry.name,
            type(entry.layer).__name__,
            "" if h is None else h.name,
            z.shape,
            z,
            fire,
            self._most_active(entry.index, z) if hidden else (),
        )

    def _most_active(self, index: int, z: Array) -> tuple[ActiveUnit, ...]:
        adds = self._gradient(index + 1, self.target)[0] * z  # (units,)
        units = np.argsort(-np.abs(z), kind="stable")[:MOST_ACTIVE]
        return tuple(ActiveUnit(int(k), float(z[k]), float(adds[k])) for k in units if z[k] != 0.0)

    def __rich__(self) -> Any:
        from badak.diagnostics.attribution_view import explanation_table

        return explanation_table(self)

    def __str__(self) -> str:
        from badak._common.display import plain

        return plain(self)

    def __repr__(self) -> str:
        name, share = self.class_names[self.answer], float(self.probabilities.max())
        return f"<Explanation of image {self.image.shape}: {name!r}, {share:.2%}>"

    def _repr_html_(self) -> str:
        from badak.diagnostics.attribution_view import explanation_html

        return explanation_html(self)


def explain_model(
    model: Any,
    x: ArrayLike,
    target: int | str | None = None,
    against: int | str | None = None,
) -> Explanation:
    """Explain one sample; the arguments are those of :meth:`badak.Sequential.explain`."""
    image, sample = _one_sample(model, x)
    yes_or_no = check_explainable(model)
    trace = model.trace(sample, dtype="float64")
    for entry in trace:
        if not np.isfinite(entry.z).all():
            raise InputError(f"layer {entry.name!r} gives NaN or infinity: its weights are broken")
    last = trace.layers[-1]
    a, y = (last.z if last.a is None else last.a)[0], last.z[0]  # (units,)
    sums = np.array([-a[0], a[0]]) if yes_or_no else a.copy()
    probabilities = np.array([1.0 - y[0], y[0]]) if yes_or_no else y.copy()
    names = class_names_of(model)
    chosen = int(probabilities.argmax()) if target is None else _class(target, names)
    other = _other(probabilities, names, chosen, against)
    return Explanation(image, trace, names, probabilities, sums, chosen, other)


def check_explainable(model: Any, called: str = "the network") -> bool:
    """Return whether the output is one sigmoid; InputError unless it is that or softmax."""
    output, shape = model.layers[-1].activation, model.output_shape
    name = "no activation" if output is None else output.name
    if name == "sigmoid" and shape == (1,):
        return True
    if name != "softmax" or len(shape) != 1:
        size = " x ".join(map(str, shape))
        raise InputError(
            f"{called} ends in {name} of {size}, which are no probabilities of classes: what "
            "explains an answer needs softmax, or one sigmoid, at the end; trace(x) shows the "
            "numbers of any network"
        )
    return False


def class_names_of(model: Any) -> list[str]:
    """Return a name for each class: the model's own, or numbers; of one sigmoid, of no and yes."""
    units, named = model.output_shape[0], model.class_names
    if units > 1 or model.layers[-1].activation.name == "softmax":
        return list(named) if named else [str(i) for i in range(units)]
    if named and len(named) == 2:
        return list(named)
    return [f"not {named[0]}", named[0]] if named else ["0", "1"]


def _one_sample(model: Any, x: ArrayLike) -> tuple[Array, Array]:
    """Return the image in float64 as it was given, and (1, *input_shape) of it."""
    given = np.asarray(x)
    shape = model.input_shape
    if shape is None:
        raise InputError("the input's shape is not known yet: fit the network first")
    if given.shape == (1, *shape):
        given = given[0]
    if given.shape != shape and given.size != int(np.prod(shape)):
        raise InputError(
            f"one sample of shape {shape} is explained at a time, but x is of shape {given.shape}"
            + ("; take one, x[0]" if given.shape[1:] == shape else "")
        )
    sample = check_samples(given.reshape(1, *shape), shape)
    return given.astype(np.float64), sample


def _other(
    probabilities: Array, names: Sequence[str], chosen: int, against: int | str | None
) -> int | None:
    """Return the class that the chosen one is held against."""
    if against is not None:
        other = _class(against, names)
        if other == chosen:
            raise InputError(
                f"class {names[chosen]!r} is the one that is explained: hold it against another, "
                "or ask for another class"
            )
        return other
    order = (-probabilities).argsort(kind="stable")
    return next((int(place) for place in order if place != chosen), None)


def _class(given: int | str, names: Sequence[str]) -> int:
    """Return the number of a class told by its number or its name, or raise InputError."""
    if isinstance(given, str):
        if given in names:
            return list(names).index(given)
        raise InputError(
            f"there is no class {given!r}{nearest(given, names)} (there are: {', '.join(names)})"
        )
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)):
        raise InputError(f"a class is told by its number or its name, not {given!r}")
    if not 0 <= given < len(names):
        raise InputError(f"classes are numbered 0 to {len(names) - 1}: there is no {given}")
    return int(given)


def _is_straight(entry: LayerTrace) -> bool:
    if isinstance(entry.layer, LayerNormalization) or entry.by_row:
        return False
    if entry.activation is None or entry.a is None or entry.slope is None:
        return True
    return bool(np.allclose(entry.slope * entry.a, entry.z, rtol=ROUNDING, atol=ROUNDING))
