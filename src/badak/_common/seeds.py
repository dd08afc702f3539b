"""The default seed of models, and the check of every seed."""

import numpy as np

from badak._common.language import message
from badak.errors import InputError

_seed = 0


def set_random_seed(seed: int) -> None:
    """Set the seed of models that are given none of their own; it is 0 to begin with.

    Parameters
    ----------
    seed : int
        A whole number of 0 or more.

    Raises
    ------
    InputError
        `seed` is not one.

    Examples
    --------
    >>> before = default_seed()
    >>> set_random_seed(7)
    >>> default_seed()
    7
    >>> set_random_seed(before)
    """
    global _seed
    _seed = check_seed(seed)


def default_seed() -> int:
    """Return the seed of models that are given none of their own.

    Returns
    -------
    int
        What :func:`set_random_seed` was last given, or 0.

    Examples
    --------
    >>> before = default_seed()
    >>> set_random_seed(3)
    >>> default_seed()
    3
    >>> set_random_seed(before)
    """
    return _seed


def check_seed(seed: int) -> int:
    """Return a seed, or raise InputError if it is not one.

    Parameters
    ----------
    seed : int
        A whole number of 0 or more.

    Returns
    -------
    int
        The seed as a Python number.

    Raises
    ------
    InputError
        `seed` is not such a number.

    Examples
    --------
    >>> check_seed(7)
    7
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError(message("a seed is a whole number of 0 or more, not {seed!r}", seed=seed))
    return int(seed)
