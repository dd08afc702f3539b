"""What is known of one activation function: its formula, its slope, and the facts beside them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from badak._common.validation import Interval
from badak.errors import InputError
from badak.typing import Array, Config

INFINITY = math.inf
NUMBER = Interval(-INFINITY, high_is_in=True)

Side = Literal["left", "right"]


@dataclass(frozen=True)
class Activation:
    """A formula, its slope, and what is known of the two.

    One of your own needs a name, a value and a slope; both are plain functions that use ``np.``
    elementwise (``exp``, ``tanh``, ``where``, ``maximum``, ...) and floats (``1.0``, not ``1``).

    >>> square = Activation("square", lambda x: x * x, lambda x: 2.0 * x)
    >>> square(np.array([1.0, 3.0]))
    array([1., 9.])
    """

    name: str
    value: Callable[..., Array]
    slope: Callable[..., Array]
    """Elementwise: the slope, from ``x`` or from ``y`` as its argument is called. Rowwise: the
    gradient at the input, from the output and the gradient there."""
    aliases: tuple[str, ...] = ()
    latex: str = ""
    slope_latex: str = ""
    range: tuple[float, float] = (-INFINITY, INFINITY)
    smooth: bool | None = None
    """The slope has no jump."""
    monotonic: bool | None = None
    """It never falls."""
    zero_centred: bool | None = None
    """It is odd, h(-x) = -h(x): outputs lie evenly on both sides of zero."""
    saturates: tuple[Side, ...] = ()
    """The sides on which the slope goes to zero, so that learning stops there."""
    source: str = ""
    rowwise: bool = False
    """It works on whole rows (softmax), not on one number at a time."""
    parameters: Mapping[str, float] = field(default_factory=dict)
    """By name. Range, smoothness and the other facts above are those for the values here in the
    table, not for values set later."""

    def __post_init__(self) -> None:
        for part in (self.value, self.slope):
            if not hasattr(part, "__code__"):
                raise InputError(
                    f"{self.name}: {part!r} is not a plain function, which can be read and "
                    f"compiled; write one around it, such as lambda x: np.sin(x)"
                )

    def __call__(self, x: Any) -> Array:
        """Evaluate the formula with this record's parameters; whole numbers are taken as float64.

        NumPy alone would work on bytes, such as raw pixels, in float16.
        """
        x = np.asarray(x)
        return self.value(x if x.dtype.kind == "f" else x.astype(np.float64), **self.parameters)

    @property
    def slope_from(self) -> Literal["input", "output"]:
        """What the slope is worked out from, told by its first argument's name."""
        return "output" if self.slope.__code__.co_varnames[0] == "y" else "input"

    def derivative(self, x: Array, y: Array) -> Array:
        """Return dy/dx where the input is `x` and the output `y`, both of any one shape."""
        if self.rowwise:
            raise InputError(f"{self.name} mixes a row's numbers: it has no slope of one number")
        return self.slope(y if self.slope_from == "output" else x, **self.parameters)

    def backward(self, x: Array, y: Array, gradient: Array) -> Array:
        """Return the gradient at the input, given that at the output (chain rule)."""
        if self.rowwise:
            return self.slope(y, gradient)
        return gradient * self.derivative(x, y)

    def with_parameters(self, **parameters: float) -> "Activation":
        """Return the same activation with other values of its parameters."""
        for name, value in parameters.items():
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise InputError(f"{self.name} has no parameter {name!r}; it has: {known}")
            NUMBER.check(value, f"{self.name}'s {name}")
        given = {name: float(value) for name, value in parameters.items()}
        return replace(self, parameters={**self.parameters, **given})

    def get_config(self) -> Config:
        """Return what :func:`get` rebuilds this activation from."""
        return {"name": self.name, **self.parameters}
