"""Layers that disturb a network while it learns and do nothing when it answers."""

from typing import Any

from badak._common.seeds import check_seed
from badak._common.validation import BELOW_ONE, NOT_NEGATIVE
from badak.layers.base import Layer


class Dropout(Layer):
    """Silence each input with probability `rate`; scale the rest by 1 / (1 - rate).

    Srivastava et al., Dropout, 2014.
    """

    arguments = ("rate", "seed")

    def __init__(self, rate: float, seed: int | None = None, **common: Any) -> None:
        super().__init__(**common)
        self.rate = float(BELOW_ONE.check(rate, "Dropout's rate"))
        self.seed = None if seed is None else check_seed(seed)


class GaussianNoise(Layer):
    """Add normal noise of mean 0 and the given standard deviation."""

    arguments = ("stddev", "seed")

    def __init__(self, stddev: float, seed: int | None = None, **common: Any) -> None:
        super().__init__(**common)
        self.stddev = float(NOT_NEGATIVE.check(stddev, "GaussianNoise's stddev"))
        self.seed = None if seed is None else check_seed(seed)
