"""Rescaling: a fixed scale and offset."""

from typing import Any

from badak._common.validation import FINITE, setting_of
from badak.layers.base import Layer
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array


@register
class Rescaling(Layer):
    """Return x * scale + offset.

    Parameters
    ----------
    scale, offset : float
        Finite numbers; ``Rescaling(1 / 255)`` takes pixels to 0..1.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        `scale` or `offset` is not finite.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> Sequential([Input((2,)), Rescaling(0.5, 1.0)]).predict([[2.0, 4.0]])
    array([[2., 3.]], dtype=float32)
    """

    prepares_input = True
    elementwise = True
    arguments = ("scale", "offset")

    def __init__(self, scale: float, offset: float = 0.0, **common: Any) -> None:
        super().__init__(**common)
        self.scale = float(FINITE.check(scale, setting_of("Rescaling", "scale")))
        self.offset = float(FINITE.check(offset, setting_of("Rescaling", "offset")))

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return x * scale + offset."""
        return x * self.scale + self.offset, None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradient times the scale."""
        return gradient * self.scale, {}

    @classmethod
    def example(cls) -> "Rescaling":
        """Return a small layer for tests."""
        return cls(0.7, -0.2)
