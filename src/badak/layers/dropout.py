"""Dropout: silence inputs at random while training."""

from typing import Any

from badak._common import prng
from badak._common.seeds import check_seed
from badak._common.validation import BELOW_ONE, setting_of
from badak.layers.base import Layer
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array


@register
class Dropout(Layer):
    """Set each input to 0 with probability `rate` while training; scale the rest by 1 / (1 - rate).

    At inference the input passes as it is.

    Parameters
    ----------
    rate : float
        The probability, from 0 up to but not including 1.
    seed : int or None
        A seed of this layer's own; None takes the network's.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        `rate` or `seed` is out of range.

    References
    ----------
    Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> Sequential([Input((3,)), Dropout(0.5)]).predict([[1.0, 2.0, 3.0]])
    array([[1., 2., 3.]], dtype=float32)
    """

    training_only = True
    elementwise = True
    arguments = ("rate", "seed")

    def __init__(self, rate: float, seed: int | None = None, **common: Any) -> None:
        super().__init__(**common)
        self.rate = float(BELOW_ONE.check(rate, setting_of("Dropout", "rate")))
        self.seed = None if seed is None else check_seed(seed)

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, Array | None]:
        """Return x times the mask of this step; x itself at inference."""
        if not mode.training or self.rate == 0.0:
            return x, None
        kept = mode.noise(prng.uniform, x.shape, self.seed) >= self.rate
        mask = kept.astype(x.dtype) / (1.0 - self.rate)  # (batch, ...)
        return x * mask, mask

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradient times the same mask."""
        return (gradient if p.memo is None else gradient * p.memo), {}

    @classmethod
    def example(cls) -> "Dropout":
        """Return a small layer for tests."""
        return cls(0.4)
