"""The default seed of models, and the check of every seed."""

import numpy as np

from badak.errors import InputError

_seed = 0


def set_random_seed(seed: int) -> None:
    """Set the seed of models that are given none of their own; it is 0 to begin with."""
    global _seed
    _seed = check_seed(seed)


def default_seed() -> int:
    """Return the seed of models that are given none of their own."""
    return _seed


def check_seed(seed: int) -> int:
    """Return `seed`, or raise InputError where it is no whole number of 0 or more."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError(f"a seed is a whole number of 0 or more, not {seed!r}")
    return int(seed)
