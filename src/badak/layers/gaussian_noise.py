"""GaussianNoise: add normal noise while training."""

from typing import Any

from badak._common import prng
from badak._common.seeds import check_seed
from badak._common.validation import NOT_NEGATIVE, setting_of
from badak.layers.base import Layer
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array


@register
class GaussianNoise(Layer):
    """Add normal noise of mean 0 while training; at inference the input passes as it is.

    Parameters
    ----------
    stddev : float
        The noise's standard deviation, 0 or more.
    seed : int or None
        A seed of this layer's own; None takes the network's.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        `stddev` or `seed` is out of range.

    Examples
    --------
    >>> GaussianNoise(0.1).output_shape((3,))
    (3,)
    """

    training_only = True
    elementwise = True
    arguments = ("stddev", "seed")

    def __init__(self, stddev: float, seed: int | None = None, **common: Any) -> None:
        super().__init__(**common)
        self.stddev = float(NOT_NEGATIVE.check(stddev, setting_of("GaussianNoise", "stddev")))
        self.seed = None if seed is None else check_seed(seed)

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return x plus this step's noise; x itself at inference."""
        if not mode.training:
            return x, None
        return x + self.stddev * mode.noise(prng.normal, x.shape, self.seed), None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradient as it is: the noise does not depend on x."""
        return gradient, {}

    @classmethod
    def example(cls) -> "GaussianNoise":
        """Return a small layer for tests."""
        return cls(0.3)
