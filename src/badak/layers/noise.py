"""Layers that disturb a network while it learns and do nothing when it answers."""

from typing import Any

from badak.errors import InputError
from badak.layers.base import Layer


class Dropout(Layer):
    """Silence each input with probability `rate`; scale the rest by 1 / (1 - rate).

    Srivastava et al., Dropout, 2014.
    """

    arguments = ("rate", "seed")

    def __init__(self, rate: float, seed: int | None = None, **common: Any) -> None:
        super().__init__(**common)
        if not 0.0 <= rate < 1.0:
            raise InputError(f"Dropout's rate is a share from 0 to below 1, not {rate!r}")
        self.rate = float(rate)
        self.seed = seed


class GaussianNoise(Layer):
    """Add normal noise of mean 0 and the given standard deviation."""

    arguments = ("stddev", "seed")

    def __init__(self, stddev: float, seed: int | None = None, **common: Any) -> None:
        super().__init__(**common)
        if not 0.0 <= stddev < float("inf"):
            raise InputError(f"GaussianNoise's stddev must be 0 or more, not {stddev!r}")
        self.stddev = float(stddev)
        self.seed = seed
