"""The order of arrays that only their names tell apart: numbers decide, however a file sorts them.

A file that was written from sorted names has "fc10" before "fc2", and "bias" before "weight".
"""

import re
from collections.abc import Iterable

Key = list[tuple[int, int, str]]

RANKS = {
    **dict.fromkeys(("weight", "kernel", "gamma", "mean"), 0),
    **dict.fromkeys(("bias", "beta", "variance", "matrix"), 1),
    **dict.fromkeys(("running_mean", "moving_mean"), 2),
    **dict.fromkeys(("running_var", "moving_variance"), 3),
}
"""The order of one layer's arrays in badak, Keras and PyTorch."""


def natural(name: str) -> Key:
    """Return a key by which "fc10" comes after "fc2".

    >>> sorted(["fc1", "fc10", "fc2"], key=natural)
    ['fc1', 'fc2', 'fc10']
    """
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [_number(part) if "0" <= part[0] <= "9" else (1, 0, part) for part in parts]


def _number(digits: str) -> tuple[int, int, str]:
    """Return a key for digits of any length; Python makes no number of more than 4,300."""
    significant = digits.lstrip("0")
    return 0, len(significant), significant


def pattern(name: str) -> str:
    """Return a name without its numbers: "fc#" of "fc10"."""
    return re.sub(r"[0-9]+", "#", name)


def as_made(names: Iterable[str]) -> bool:
    """Return whether names may stand in the order in which a network's arrays were made.

    False where numbers fall, or an array of a layer stands before one that is made first.

    >>> as_made(["fc1.weight", "fc2.weight", "out.weight"])
    True
    >>> as_made(["fc1.weight", "fc10.weight", "fc2.weight"]), as_made(["out.bias", "out.weight"])
    (False, False)
    """
    latest: dict[str, Key] = {}
    ranks: dict[str, int] = {}
    for name in names:
        layer, _, part = name.rpartition(".")
        key, kind = natural(name), pattern(name)
        rank = RANKS.get(part, -1)
        if latest.get(kind, key) > key or ranks.get(layer, rank) > rank >= 0:
            return False
        latest[kind], ranks[layer] = key, rank
    return True
