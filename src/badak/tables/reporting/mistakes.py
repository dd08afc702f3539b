"""The rows that a network gets most wrong, with their places in the file and their parts."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.json_data import json_data
from badak._common.language import message
from badak.diagnostics.row_explanation import RowExplanation
from badak.diagnostics.texts import number
from badak.tables.chunks import Chunk
from badak.tables.target import Target
from badak.typing import Array


@dataclass(frozen=True)
class Mistake:
    """One row that was answered badly."""

    place: str
    """Where it stands: "line 17"."""
    truth: str
    answer: str
    loss: float
    """Its squared error, or its cross-entropy."""
    error: float
    """Answer less truth of a number; else the probability that the true class was given."""
    sure: float
    """The probability of the class that was answered; NaN for a number."""
    parts: RowExplanation
    """The answer taken apart; of classes, the probability of the one that was answered."""

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold."""
        return {
            "place": self.place,
            "truth": self.truth,
            "answer": self.answer,
            "loss": json_data(self.loss),
            "error": json_data(self.error),
            "sure": json_data(self.sure),
            "parts": self.parts.to_dict(),
        }


def mistake(
    target: Target,
    place: str,
    y: float,
    answers: Array,
    decided: int,
    loss: float,
    parts: RowExplanation,
) -> Mistake:
    """Return one mistake; `answers` are its row's outputs (outputs,), `decided` is its class."""
    if target.classes:
        truth, said = target.classes[int(y)], target.classes[decided]
        probability = float(answers[int(y)])
        return Mistake(place, truth, said, loss, probability, float(answers[decided]), parts)
    error = float(answers[0]) - float(y)
    truth, said = number(float(y)), number(float(answers[0]))
    return Mistake(place, truth, said, loss, error, math.nan, parts)


def places_of(chunks: Iterable[Chunk], rows: Array) -> list[str]:
    """Return where these rows, counted from 0, stand in their file: "line 17"."""
    found = {}
    start = 0
    for chunk in chunks:
        for row in rows[(rows >= start) & (rows < start + len(chunk))].tolist():
            place = int(chunk.places[row - start])
            found[row] = (
                message("line {place:,}", place=place)
                if chunk.unit == "line"
                else message("row {place:,}", place=place)
            )
        start += len(chunk)
    return [found[row] for row in rows.tolist()]


def worst(losses: Array, most: int) -> Array:
    """Return the rows of the largest losses, the largest first; none of those without a loss.

    >>> worst(np.array([0.0, 3.0, 1.0]), 5)
    array([1, 2])
    """
    order = np.argsort(-losses, kind="stable")[:most]
    return order[losses[order] > 0.0]
