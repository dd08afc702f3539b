"""Attribute one answer to the pixels of its sample, and show what each layer computed.

A pixel's contribution to a class is the gradient of the class's logit in it, times its value:
gradient times input (Shrikumar et al., Not Just a Black Box, 2016).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from badak import layers
from badak._common import display
from badak._common.display import View
from badak._common.json_data import json_data
from badak._common.language import message
from badak.activations import is_builtin
from badak.diagnostics.activity import ActiveUnit, LayerActivity, activity_row
from badak.diagnostics.classes import (
    check_explainable,
    class_index,
    class_names_of,
    one_sample,
    other_class,
)
from badak.diagnostics.input_gradient import input_gradient
from badak.diagnostics.layer_trace import LayerTrace
from badak.diagnostics.trace import Trace
from badak.errors import InputError
from badak.layers.base import is_just
from badak.layers.passes import LayerPass
from badak.typing import Array, ArrayLike

MOST_ACTIVE = 3
"""Units of a hidden layer that are named."""
PIECEWISE_LINEAR = (
    *(layers.Dense, layers.Flatten, layers.Rescaling, layers.Normalization, layers.Whitening),
    *(layers.Dropout, layers.GaussianNoise, layers.BatchNormalization, layers.PReLU),
    layers.Activation,
)
"""Layers that are linear at inference but for fixed numbers and an activation, which is judged by
its slope. A layer of the user's own is not known to be."""
ROUNDING = 1e-9
"""Relative and absolute tolerance within which float64 numbers count as equal."""

NUMBERS = (1, 2, 3, 4, 5)
"""The columns of numbers."""


@dataclass(frozen=True)
class Contributions:
    """What each pixel adds to a class's logit, or to its lead over another class's logit.

    Made by :meth:`Explanation.contributions`; ``sum == total + rest``.

    Attributes
    ----------
    target : int
        The class.
    against : int or None
        The class that it is compared with; None if it is not compared.
    sum : float
        The target's logit (its sum before softmax), less that of `against`.
    pixels : ndarray, float64, of the image's shape
        Gradient times input of each pixel.
    """

    target: int
    against: int | None
    sum: float
    pixels: Array

    @property
    def total(self) -> float:
        """What all pixels add together."""
        return float(self.pixels.sum())

    @property
    def rest(self) -> float:
        """What the pixels leave of the sum.

        In a piecewise linear network through the origin (ReLU) it is what biases and other fixed
        numbers add; where activations are curved, or do not pass through the origin, it is what
        that adds, too.
        """
        return self.sum - self.total

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold.

        Returns
        -------
        dict
            "target", "against", "sum", "total", "rest", and "pixels" as nested lists.
        """
        names = ("target", "against", "sum", "total", "rest", "pixels")
        return {name: json_data(getattr(self, name)) for name in names}


@dataclass(frozen=True, repr=False)
class Explanation:
    """The attribution of one answer; made by :meth:`badak.Sequential.explain`.

    Printed, and in a notebook, it is a table with a row for each layer.
    :func:`badak.pictures.explanation` draws it. A network of one sigmoid has two classes, "no" and
    "yes", whose logits are the unit's pre-activation with the sign changed, and as it is.

    Attributes
    ----------
    image : ndarray, float64
        The sample as it was given, without a batch axis.
    trace : Trace
        Every number of the forward pass, in float64.
    class_names : list of str
        One name for each class.
    probabilities : ndarray, shape (classes,)
        The network's output.
    sums : ndarray, shape (classes,)
        The logits: the sums before softmax.
    target : int
        The class that is explained: the most probable, if none was asked for.
    against : int or None
        The class that it is compared with: the most probable other one, if none was asked for;
        None in a network of one class.

    Examples
    --------
    >>> import numpy as np
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(2, "softmax", use_bias=False)])
    >>> model.set_weights([[[3.0, 1.0], [-1.0, 2.0]]])
    >>> explained = model.explain([1.0, 0.5])
    >>> explained.answer, explained.contributions().pixels
    (0, array([ 3. , -0.5]))
    """

    image: Array
    trace: Trace
    class_names: list[str]
    probabilities: Array
    sums: Array
    target: int
    against: int | None

    @property
    def answer(self) -> int:
        """The most probable class."""
        return int(self.probabilities.argmax())

    @property
    def order(self) -> list[int]:
        """The classes, the most probable first."""
        return [int(place) for place in (-self.probabilities).argsort(kind="stable")]

    @property
    def yes_or_no(self) -> bool:
        """Whether the output is one sigmoid: two classes with one logit."""
        return self.trace.y.shape[1] == 1 and len(self.sums) == 2

    @cached_property
    def straight(self) -> bool:
        """Whether every activation is linear through the origin at this sample, as ReLU is.

        Then what contributions leave of a logit is what biases and other fixed numbers add.
        """
        return all(_is_straight(entry) for entry in self.trace.layers[:-1])

    @cached_property
    def layers(self) -> list[LayerActivity]:
        """What each layer computed, the first layer first; what units add is for `target`."""
        return [self._activity(entry) for entry in self.trace]

    def contributions(
        self, target: int | str | None = None, against: int | str | None = None
    ) -> Contributions:
        """Return what the pixels add to the logit of a class, less that to the logit of another.

        Parameters
        ----------
        target : int, str or None
            The class, by number or name; None is the one that is explained.
        against : int, str or None
            The class that it is compared with; None compares with none.

        Returns
        -------
        Contributions
            With one number for each pixel, in float64.

        Raises
        ------
        InputError
            If there is no such class, both are the same, or the gradient is not finite.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(2, "softmax", use_bias=False)])
        >>> model.set_weights([[[3.0, 1.0], [-1.0, 2.0]]])
        >>> model.explain([1.0, 0.5]).contributions(0, against=1).pixels  # (3 - 1) 1, (-1 - 2) 0.5
        array([ 2. , -1.5])
        """
        chosen = self.target if target is None else class_index(target, self.class_names)
        other = None if against is None else class_index(against, self.class_names)
        if chosen == other:
            raise InputError(
                message(
                    "class {class_names!r} is held against itself",
                    class_names=self.class_names[chosen],
                )
            )
        gradient = self._gradient(0, chosen, other).reshape(self.image.shape)
        sum_ = float(self.sums[chosen])
        if other is not None and not self.yes_or_no:
            sum_ -= float(self.sums[other])
        return Contributions(chosen, other, sum_, gradient * self.image)

    def to_dict(self) -> dict[str, Any]:
        """Return the attribution as data that JSON can hold.

        Returns
        -------
        dict
            "image", "class_names", "probabilities", "sums", "answer", "target", "against",
            "straight", "layers" (what :meth:`LayerActivity.to_dict` returns of each), and
            "contributions" and "rather" (what :meth:`Contributions.to_dict` returns): those to
            `target`, and those to `target` less those to `against`, None without one. Arrays are
            nested lists. The trace is left out; :meth:`Trace.to_dict` has it.
        """
        names = ("image", "class_names", "probabilities", "sums", "answer", "target", "against")
        rather = None if self.against is None else self.contributions(against=self.against)
        return {
            **{name: json_data(getattr(self, name)) for name in (*names, "straight")},
            "layers": [layer.to_dict() for layer in self.layers],
            "contributions": self.contributions().to_dict(),
            "rather": None if rather is None else rather.to_dict(),
        }

    def view(self) -> View:
        """Return what is shown: the most probable classes, a row for each layer, the logits."""
        headings = (
            message("layer"),
            message("shape"),
            message("fire"),
            message("least"),
            message("mean"),
            message("most"),
            message("unit  gives    adds"),
        )
        return View(
            headings,
            tuple(map(activity_row, self.layers)),
            headlines=(self._headline(),),
            notes=tuple(self._sum_lines()),
            right=NUMBERS,
            whole=(*NUMBERS, 6),
        )

    def _headline(self) -> str:
        return ", ".join(
            f"{self.class_names[place]} {self.probabilities[place]:.2%}" for place in self.order[:3]
        )

    def _sum_lines(self) -> Iterator[str]:
        """Yield the parts of the target's logit, and of its lead over the other class's."""
        name = self.class_names[self.target]
        if any(layer.most_active for layer in self.layers):
            yield message("adds: what the unit adds to the sum of {name}", name=name)
        yield message("sum of {name}: {parts}", name=name, parts=self._parts(self.contributions()))
        if self.against is not None and not self.yes_or_no:
            yield message(
                "sum of {name} less that of {other}: {parts}",
                name=name,
                other=self.class_names[self.against],
                parts=self._parts(self.contributions(against=self.against)),
            )

    def _parts(self, found: Contributions) -> str:
        rest = (
            message("biases") if self.straight else message("biases and the bends of activations")
        )
        return message(
            "{sum:.3f} = pixels {pixels:+.3f}, {rest} {others:+.3f}",
            sum=found.sum,
            pixels=found.total,
            rest=rest,
            others=found.rest,
        )

    def _gradient(self, index: int, target: int, against: int | None = None) -> Array:
        """Return the gradient of a class's logit at the input of the layer of this number."""
        at_sum = np.zeros_like(self.trace.y)  # (1, units)
        if self.yes_or_no:
            at_sum[0, 0] = 1.0 if target == 1 else -1.0
        else:
            at_sum[0, target] = 1.0
            if against is not None:
                at_sum[0, against] = -1.0
        rest = self.trace.layers[index:]
        passes = [LayerPass(e.layer, e.x, e.a, e.z, e.memo) for e in rest]
        return input_gradient(passes, [e.weights for e in rest], at_sum, at_sum=True)

    def _activity(self, entry: LayerTrace) -> LayerActivity:
        h, z = entry.activation, entry.z[0]
        fire, linear = None, is_builtin(h, "identity")
        if h is not None and entry.a is not None and not h.rowwise and not linear:
            fire = float(np.mean((entry.a > 0.0) & (entry.z > 0.0)))
        hidden = isinstance(entry.layer, layers.Dense) and entry.index + 1 < len(self.trace)
        return LayerActivity(
            entry.name,
            type(entry.layer).__name__,
            "" if h is None else h.name,
            z.shape,
            z,
            fire,
            self._most_active(entry.index, z) if hidden else (),
            linear,
        )

    def _most_active(self, index: int, z: Array) -> tuple[ActiveUnit, ...]:
        adds = self._gradient(index + 1, self.target)[0] * z  # (units,)
        units = np.argsort(-np.abs(z), kind="stable")[:MOST_ACTIVE]
        return tuple(ActiveUnit(int(k), float(z[k]), float(adds[k])) for k in units if z[k] != 0.0)

    def __repr__(self) -> str:
        name, share = self.class_names[self.answer], float(self.probabilities.max())
        return message(
            "<Explanation of image {shape}: {name!r}, {share:.2%}>",
            shape=self.image.shape,
            name=name,
            share=share,
        )

    __rich__ = display.as_rich
    __str__ = display.as_text
    _repr_html_ = display.as_html


def explain_model(
    model: Any,
    x: ArrayLike,
    target: int | str | None = None,
    against: int | str | None = None,
) -> Explanation:
    """Explain one sample; the arguments are those of :meth:`badak.Sequential.explain`."""
    image, sample = one_sample(model, x)
    yes_or_no = check_explainable(model)
    trace = model.trace(sample, dtype="float64")
    for entry in trace:
        if not np.isfinite(entry.z).all():
            raise InputError(
                message(
                    "layer {name!r} gives NaN or infinity: its weights are broken", name=entry.name
                )
            )
    last = trace.layers[-1]
    a, y = (last.z if last.a is None else last.a)[0], last.z[0]  # (units,)
    sums = np.array([-a[0], a[0]]) if yes_or_no else a.copy()
    probabilities = np.array([1.0 - y[0], y[0]]) if yes_or_no else y.copy()
    names = class_names_of(model)
    chosen = int(probabilities.argmax()) if target is None else class_index(target, names)
    other = other_class(probabilities, names, chosen, against)
    return Explanation(image, trace, names, probabilities, sums, chosen, other)


def _is_straight(entry: LayerTrace) -> bool:
    if entry.by_row or not any(is_just(entry.layer, kind) for kind in PIECEWISE_LINEAR):
        return False
    if entry.activation is None or entry.a is None or entry.slope is None:
        return True
    return bool(np.allclose(entry.slope * entry.a, entry.z, rtol=ROUNDING, atol=ROUNDING))
