"""The data of a run: samples and targets, what they are, and how they are shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from badak._common.language import message
from badak._common.validation import FLOAT32_MAX, shown
from badak.lab.errors import RecipeError
from badak.layers import Layer
from badak.typing import Array, Shape

Task = Literal["classes", "number"]
Look = Literal["plane", "image", "table"]


@dataclass(frozen=True)
class Axis:
    """One thing that is known of each sample, which can span the plane or be held at a value."""

    name: str
    low: float = 0.0
    high: float = 1.0
    held: float | str = 0.0
    """What it is held at unless the user slides it: the middle, or the most frequent category."""
    choices: tuple[str, ...] = ()
    """The categories; such a thing cannot span the plane."""


@dataclass(frozen=True, eq=False)
class LabData:
    """The samples of a run.

    Parameters
    ----------
    x_train, t_train, x_test, t_test : array
        Samples (n, *shape), and class numbers (n,) or numbers (n, 1).
    task : {"classes", "number"}
        What is learnt.
    classes : tuple of str
        The names of the classes; of numbers none.
    features : tuple of str
        The names of the network's inputs; of images none.
    shape : tuple of int
        The shape of one sample.
    look : {"plane", "image", "table"}
        How samples are shown: as points in the plane (one or two features), as pictures, or as rows
        of which two things span the plane.
    axes : tuple of Axis
        What can span the plane or be held; of images none.
    maximum : float
        The largest pixel; of others 1.
    remarks : tuple of str
        What is to be said of the data.
    code : str
        Lines of Python that make the four arrays; they begin with their imports.
    make_preparation, make_ending : callable
        Return new layers that stand before and after those that the user chooses.
    model_preparation : dict
        What goes into the model's file, so that ``badak predict`` takes the same data.
    scale : (float, float)
        Mean and standard deviation of the training set's numbers.
    encode : callable, optional
        Turns values of the axes, by name (n,) each, into samples; None: they are the features.
    widths : mapping of str to int
        How many features each axis becomes by `encode`, in the order of the axes.
    values : mapping of str to array, optional
        The axes' values of the training and test samples, one after the other; None: the features.
    """

    x_train: Array
    t_train: Array
    x_test: Array
    t_test: Array
    task: Task
    code: str
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    look: Look = "plane"
    axes: tuple[Axis, ...] = ()
    maximum: float = 1.0
    remarks: tuple[str, ...] = ()
    make_preparation: Callable[[], Sequence[Layer]] = tuple
    make_ending: Callable[[], Sequence[Layer]] = tuple
    model_preparation: Mapping[str, Any] = field(default_factory=dict)
    scale: tuple[float, float] = (0.0, 1.0)
    encode: Callable[[Mapping[str, Array]], Array] | None = None
    widths: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Array] | None = None

    @property
    def shape(self) -> Shape:
        """The shape of one sample."""
        return tuple(self.x_train.shape[1:])

    @property
    def preparation(self) -> list[Layer]:
        """New layers that come before the user's."""
        return list(self.make_preparation())

    @property
    def ending(self) -> list[Layer]:
        """New layers that come after the user's output: numbers in their own unit."""
        return list(self.make_ending())

    @property
    def ranges(self) -> Array:
        """The lowest and highest value that is drawn of each axis, (axes, 2)."""
        return np.array([[axis.low, axis.high] for axis in self.axes]).reshape(-1, 2)

    @property
    def units(self) -> int:
        """How many units the output has: one for each class, or one for each number."""
        return len(self.classes) if self.task == "classes" else int(self.t_train.shape[1])

    @property
    def numbers(self) -> list[int]:
        """Which axes can span the plane."""
        return [place for place, axis in enumerate(self.axes) if not axis.choices]

    def spanning(self, plane: Sequence[int] | None) -> tuple[int, ...]:
        """Return the places of the axes that span the plane, one or two, from the recipe's wish."""
        able = self.numbers
        if plane is None:
            return tuple(able[:2])
        wanted = min(2, len(able))
        listed = isinstance(plane, Sequence) and all(type(place) is int for place in plane)
        chosen = tuple(plane) if listed else ()
        fits = listed and len(chosen) == len(set(chosen)) == wanted
        if not fits or not all(place in able for place in chosen):
            names = ", ".join(f"{place} ({self.axes[place].name})" for place in able)
            raise RecipeError(
                message(
                    "the plane is {plane}, but must be {count} of these: {names}",
                    plane=shown(plane),
                    count=wanted,
                    names=names,
                ),
                "data.plane",
            )
        return chosen

    def grid(
        self,
        size: int,
        plane: Sequence[int] | None = None,
        held: Mapping[str, Any] | None = None,
    ) -> Array:
        """Return samples over the plane, (size * size, features); along a line, (size, features).

        Rows go from the upper edge to the lower, in each from left to right. `held` gives values of
        other axes, by place or name.
        """
        spanned = self.spanning(plane)
        lines = [np.linspace(self.axes[p].low, self.axes[p].high, size) for p in spanned]
        if len(lines) == 1:
            across = [lines[0]]
        elif len(lines) == 2:
            first, second = np.meshgrid(lines[0], lines[1][::-1])
            across = [first.ravel(), second.ravel()]
        else:
            return np.zeros((0, *self.shape), np.float32)
        return self.samples_at(np.stack(across, axis=1), spanned, held)

    def samples_at(
        self,
        points: Array,
        plane: Sequence[int] | None = None,
        held: Mapping[str, Any] | None = None,
    ) -> Array:
        """Return samples (n, features) at points of the plane, (n, 1 or 2)."""
        given = dict(zip(self.spanning(plane), points.T, strict=True))
        columns: dict[str, Array] = {}
        for place, axis in enumerate(self.axes):
            if place in given:
                columns[axis.name] = given[place]
            else:
                columns[axis.name] = np.full(
                    len(points), self._held(place, {} if held is None else held)
                )
        if self.encode is not None:
            return self.encode(columns)
        return np.stack(list(columns.values()), axis=1).astype(np.float32)

    def places(self, plane: Sequence[int] | None = None) -> Array:
        """Return where training and then test samples lie in the plane, (n, 1 or 2) float32."""
        spanned = self.spanning(plane)
        if not spanned:
            return np.zeros((len(self.x_train) + len(self.x_test), 0), np.float32)
        if self.values is not None:
            columns = [self.values[self.axes[place].name] for place in spanned]
            return np.stack(columns, axis=1).astype(np.float32)
        x = np.concatenate([self.x_train, self.x_test])
        return x[:, list(spanned)].astype(np.float32)

    def _held(self, place: int, held: Mapping[str, Any]) -> Any:
        axis = self.axes[place]
        where = f"data.held.{place}"
        if not isinstance(held, Mapping):
            raise RecipeError(
                message(
                    "what is held must be values by place, such as {example}, not {held}",
                    example='{"2": 0.5}',
                    held=shown(held),
                ),
                "data.held",
            )
        value = held.get(str(place), held.get(axis.name, axis.held))
        if axis.choices:
            if value in axis.choices:
                return value
            raise RecipeError(
                message(
                    "{name} is held at {value}, but is one of {choices}",
                    name=axis.name,
                    value=shown(value),
                    choices=", ".join(axis.choices),
                ),
                where,
            )
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not abs(value) < FLOAT32_MAX
        ):
            raise RecipeError(
                message(
                    "{name} is held at {value}, but must be held at a number",
                    name=axis.name,
                    value=shown(value),
                ),
                where,
            )
        return float(value)
