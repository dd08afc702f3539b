"""From probabilities to a class: the likeliest, or the second of two from a threshold on."""

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.tables.target import Target
from badak.typing import Array

BEST = "best"
"""The threshold with the best metric on rows that were not trained on."""


def decide(answers: Array, threshold: float | None = None) -> Array:
    """Return the class of each row, (rows,), from probabilities (rows, classes).

    It is the likeliest; with a threshold, the second of two where its probability reaches it.

    >>> decide(np.array([[0.6, 0.4], [0.8, 0.2]]), threshold=0.3).tolist()
    [1, 0]
    """
    if threshold is None:
        return answers.argmax(axis=1)
    return (answers[:, 1] >= threshold).astype(np.int64)


def check_balanced(target: Target) -> None:
    """Raise InputError for a target without classes to weigh."""
    if not target.classes:
        raise InputError(
            message(
                "classes are balanced, but {target!r} is numbers: leave --balanced out",
                target=target.name,
            )
        )
