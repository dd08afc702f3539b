"""Partial dependence: a model's mean answer as one column takes each of its values, row by row.

Source: J. Friedman, Greedy function approximation, Annals of Statistics 29 (2001); A. Goldstein
et al., Peeking Inside the Black Box, JCGS 24 (2015), for the lines of single rows (ICE).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.json_data import json_data
from badak._common.language import message
from badak.typing import Array

ROWS_ASKED = 65_536  # at once


@dataclass(frozen=True)
class Dependence:
    """A model's answers as one column takes each of its values and all else stays as it is.

    Parameters
    ----------
    column : str
        The column.
    kind : {"number", "category", "date"}
        What it holds.
    at : ndarray, shape (points,)
        Its values: numbers in the column's unit, categories as texts, or datetime64.
    mean : ndarray, shape (points, outputs)
        The mean answer of all rows: partial dependence.
    lines : ndarray, shape (rows, points, outputs)
        The answers of some single rows: individual conditional expectation (ICE).
    marks : ndarray, shape (marks,)
        Of numbers and dates, where a tenth, two tenths, ... of the values lie below.
    missing : ndarray, shape (outputs,), optional
        The mean answer where the column is missing; None where training had no missing value.
    outside : int, default 0
        How many of the rows hold a value outside of `at`: beyond the training rows' range, or a
        category that training had not.

    Examples
    --------
    >>> at, mean = np.array([0.0, 1.0]), np.array([[2.0], [5.0]])
    >>> Dependence("size", "number", at, mean, mean[np.newaxis], at).reach
    array([3.])
    """

    column: str
    kind: str
    at: Array
    mean: Array
    lines: Array
    marks: Array
    missing: Array | None = None
    outside: int = 0

    @property
    def reach(self) -> Array:
        """By how much the mean answer changes over the values, (outputs,)."""
        return self.mean.max(axis=0) - self.mean.min(axis=0)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold.

        Returns
        -------
        dict
            "column", "kind", "at", "mean", "lines", "marks", "missing" and "outside"; dates in
            ISO 8601.
        """
        return {
            "column": self.column,
            "kind": self.kind,
            "at": json_data(_plain(self.at)),
            "mean": json_data(self.mean),
            "lines": json_data(self.lines),
            "marks": json_data(_plain(self.marks)),
            "missing": json_data(self.missing),
            "outside": self.outside,
        }


def partial_dependence(
    answer: Callable[[Array], Array],
    x: Array,
    features: slice,
    values: Array,
    single: int = 0,
) -> tuple[Array, Array]:
    """Return the mean answer as these features take each of these values, and single rows' lines.

    Parameters
    ----------
    answer : callable
        A model's answers to rows, (rows, features) to (rows, outputs).
    x : ndarray, shape (rows, features)
        The rows.
    features : slice
        The features of the column.
    values : ndarray, shape (points, width) or (points, ways, width)
        What these features are at each point; of several ways the answers' mean is taken, as for
        the days of a week.
    single : int, default 0
        How many of the rows, the first, are kept line by line.

    Returns
    -------
    mean : ndarray, shape (points, outputs)
        The mean over all rows.
    lines : ndarray, shape (single, points, outputs)
        The answers of the first rows.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0], [3.0, 1.0]])
    >>> values = np.array([[0.0], [10.0]])
    >>> mean, lines = partial_dependence(lambda x: x[:, :1] * x[:, 1:], x, slice(1, 2), values, 1)
    >>> mean.ravel(), lines[0].ravel()
    (array([ 0., 20.]), array([ 0., 10.]))
    """
    if values.ndim == 2:
        values = values[:, np.newaxis]
    points, ways = values.shape[:2]
    total: Array | None = None
    kept = []
    at_once = max(ROWS_ASKED // (points * ways), 1)
    for start in range(0, len(x), at_once):
        rows = x[start : start + at_once]
        asked = np.repeat(rows, points * ways, axis=0).reshape(len(rows), points, ways, -1)
        asked[..., features] = values
        found = answer(asked.reshape(-1, x.shape[1])).astype(np.float64)
        found = found.reshape(len(rows), points, ways, -1).mean(axis=2)  # (rows, points, outputs)
        total = found.sum(axis=0) if total is None else total + found.sum(axis=0)
        if start < single:
            kept.append(found[: single - start])
    if total is None:
        raise ValueError(message("there is no row"))
    lines = np.concatenate(kept) if kept else np.empty((0, *total.shape))
    return total / len(x), lines


def _plain(values: Array) -> Any:
    return values.tolist() if values.dtype.kind in "UO" else _of_dates(values)


def _of_dates(values: Array) -> Any:
    return np.datetime_as_string(values, "s").tolist() if values.dtype.kind == "M" else values
