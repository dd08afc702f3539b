"""The record of one activation function: formula, slope, range, LaTeX and source."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from badak._common import display
from badak._common.floats import floating
from badak._common.language import message
from badak._common.validation import Interval, setting_of
from badak.activations.card import html_of, view_of
from badak.errors import InputError
from badak.typing import Array, Config

INFINITY = math.inf
NUMBER = Interval(-INFINITY, high_is_in=True)

Side = Literal["left", "right"]


@dataclass(frozen=True, repr=False)
class Activation:
    """A formula, its slope, and what is known of the two.

    One of your own needs a name, a value and a slope; both are plain functions that use ``np.``
    elementwise (``exp``, ``tanh``, ``where``, ``maximum``, ...) and floats (``1.0``, not ``1``).

    Parameters
    ----------
    name : str
        What it is called in files, errors and pictures.
    value : function
        The output from an array of inputs ``x``, and from `parameters` by name.
    slope : function
        Elementwise: the slope, from the input or the output, as the first argument is called ``x``
        or ``y``. Rowwise: the gradient at the input, from the output and the gradient there.
    aliases : tuple of str
        Other names.
    latex, slope_latex : str
        The two formulas for pictures and pages.
    range : tuple of two floats
        The least and the largest output; outputs in [0, 1] count as probabilities.
    smooth : bool or None
        Whether the slope has no jump; None where it is not known.
    monotonic : bool or None
        Whether the output never falls.
    zero_centred : bool or None
        Whether it is odd, h(-x) = -h(x), so that outputs lie evenly on both sides of zero.
    saturates : tuple of "left" and "right"
        The sides on which the slope goes to zero, so that learning stops there.
    source : str
        The paper.
    rowwise : bool
        Whether it works on whole rows (softmax), not on one number at a time.
    parameters : mapping of str to float
        Further arguments of both functions, and their values. Range, smoothness and the other
        facts are those for the values that the record is made with.

    Raises
    ------
    InputError
        `value` or `slope` is not a plain function, whose code can be read and compiled.

    Examples
    --------
    >>> square = Activation("square", lambda x: x * x, lambda x: 2.0 * x)
    >>> square(np.array([1.0, 3.0]))
    array([1., 9.])
    >>> square.derivative(np.array([1.0, 3.0]), square(np.array([1.0, 3.0])))
    array([2., 6.])
    """

    name: str
    value: Callable[..., Array]
    slope: Callable[..., Array]
    aliases: tuple[str, ...] = ()
    latex: str = ""
    slope_latex: str = ""
    range: tuple[float, float] = (-INFINITY, INFINITY)
    smooth: bool | None = None
    monotonic: bool | None = None
    zero_centred: bool | None = None
    saturates: tuple[Side, ...] = ()
    source: str = ""
    rowwise: bool = False
    parameters: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for part in (self.value, self.slope):
            if not hasattr(part, "__code__"):
                raise InputError(
                    message(
                        "{name}: {part!r} is not a plain function, which can be read and "
                        "compiled; write one around it, such as lambda x: np.sin(x)",
                        name=self.name,
                        part=part,
                    )
                )

    def __call__(self, x: Any) -> Array:
        """Evaluate the formula with this record's parameters, in float32 or a wider type.

        Whole numbers are taken as float64 (NumPy alone would work on bytes, such as raw pixels, in
        float16), float16 as float32.
        """
        return self.value(floating(np.asarray(x)), **self.parameters)

    @property
    def slope_from(self) -> Literal["input", "output"]:
        """What the slope is computed from: the name of its first argument says it."""
        first = inspect.unwrap(self.slope).__code__.co_varnames[0]
        return "output" if first == "y" else "input"

    def derivative(self, x: Array, y: Array) -> Array:
        """Return dy/dx, elementwise.

        Parameters
        ----------
        x : array of float
            The inputs, of any shape.
        y : array of float
            The outputs for these inputs.

        Returns
        -------
        array of float
            The slopes, of the shape of `x`.

        Raises
        ------
        InputError
            The activation is rowwise, so that its derivative is a matrix.
        """
        if self.rowwise:
            raise InputError(
                message(
                    "{name} mixes a row's numbers: it has no slope of one number", name=self.name
                )
            )
        given = y if self.slope_from == "output" else x
        return self.slope(floating(given), **self.parameters)

    def backward(self, x: Array, y: Array, gradient: Array) -> Array:
        """Return the gradient at the input (chain rule).

        Parameters
        ----------
        x : array of float
            The inputs, (batch, units).
        y : array of float
            The outputs for these inputs.
        gradient : array of float
            The gradient of the loss at the outputs, of the shape of `y`.

        Returns
        -------
        array of float
            The gradient of the loss at the inputs, of the shape of `x`.
        """
        if self.rowwise:
            return self.slope(floating(y), gradient)
        return gradient * self.derivative(x, y)

    def with_parameters(self, **parameters: float) -> "Activation":
        """Return the same activation with other values of its parameters.

        Parameters
        ----------
        **parameters : float
            New values, by name; the others stay as they are.

        Returns
        -------
        Activation
            A new record; this one does not change.

        Raises
        ------
        InputError
            There is no such parameter, or the value is not a number.
        """
        for name, value in parameters.items():
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise InputError(
                    message(
                        "{name} has no parameter {name_2!r}; it has: {known}",
                        name=self.name,
                        name_2=name,
                        known=known,
                    )
                )
            NUMBER.check(value, setting_of(self.name, name))
        given = {name: float(value) for name, value in parameters.items()}
        return replace(self, parameters={**self.parameters, **given})

    def get_config(self) -> Config:
        """Return what :func:`get` rebuilds this activation from."""
        return {"name": self.name, **self.parameters}

    def __repr__(self) -> str:
        parameters = "".join(f", {name}={value:g}" for name, value in self.parameters.items())
        return f"Activation({self.name!r}{parameters})"

    def view(self) -> display.View:
        """Return the facts as a table: formula, slope, range and what follows from them."""
        return view_of(self)

    __rich__ = display.as_rich
    __str__ = display.as_text

    def _repr_html_(self) -> str:
        return html_of(self)
