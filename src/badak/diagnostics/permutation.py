"""Permutation importance: how much worse a model answers once a column is shuffled.

Source: L. Breiman, Random Forests, Machine Learning 45 (2001), for the idea; A. Fisher, C. Rudin &
F. Dominici, All Models are Wrong, but Many are Useful, JMLR 20 (2019).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.json_data import json_data
from badak._common.language import message
from badak._common.seeds import check_seed
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.typing import Array

SURE = 2.0
"""An increase of fewer standard errors may be chance."""
TOGETHER = 0.8
"""From this association on two columns are told to share their importance."""
SAME = 1e-10
"""Share of the largest variance below which an axis of a column's features is rounding alone."""
MOST_NUMBERS = 20_000_000
"""Rows times features, up to which associations are of all rows; of more, of every second, ..."""

Columns = Mapping[str, slice]
"""The features of each column: they are shuffled together."""


@dataclass(frozen=True)
class Judged:
    """How good answers are: the loss of each row, (rows,), and one measure of all rows."""

    losses: Array
    measure: float


@dataclass(frozen=True)
class Importance:
    """What shuffling one column, or several together, does to a model's answers.

    Parameters
    ----------
    columns : tuple of str
        The columns.
    losses : ndarray, shape (repeats,)
        By how much the mean loss rises, each time that the rows are shuffled.
    measures : ndarray, shape (repeats,)
        By how much the measure (accuracy, R²) falls.
    error : float
        The standard error of the mean rise, from the differences between rows; NaN for one row.

    Examples
    --------
    >>> size = Importance(("size",), np.array([0.5, 0.7]), np.array([0.2, 0.3]), error=0.1)
    >>> size.mean, size.sure
    (0.6, True)
    """

    columns: tuple[str, ...]
    losses: Array
    measures: Array
    error: float

    @property
    def mean(self) -> float:
        """The mean rise of the loss."""
        return float(self.losses.mean())

    @property
    def spread(self) -> float:
        """The standard deviation of the rise over the repeats."""
        return float(self.losses.std())

    @property
    def measure(self) -> float:
        """The mean fall of the measure."""
        return float(self.measures.mean())

    @property
    def sure(self) -> bool:
        """Whether the loss rises by more than two standard errors: else it may be chance."""
        return self.mean > SURE * self.error  # False for NaN

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold.

        Returns
        -------
        dict
            "columns", "loss", "spread", "error", "measure", "sure", and "losses" and "measures" of
            each repeat.
        """
        return {
            "columns": list(self.columns),
            "loss": json_data(self.mean),
            "spread": json_data(self.spread),
            "error": json_data(self.error),
            "measure": json_data(self.measure),
            "sure": self.sure,
            "losses": json_data(self.losses),
            "measures": json_data(self.measures),
        }


def permutation_importance(
    answer: Callable[[Array], Array],
    judge: Callable[[Array], Judged],
    x: Array,
    columns: Columns,
    together: Sequence[Sequence[str]] = (),
    *,
    repeats: int = 10,
    seed: int = 0,
) -> list[Importance]:
    """Shuffle each column among the rows, and tell how much worse the answers are.

    Parameters
    ----------
    answer : callable
        A model's answers to rows, (rows, features) to (rows, outputs).
    judge : callable
        How good these answers are.
    x : ndarray, shape (rows, features)
        Rows that the model was not trained on.
    columns : mapping of str to slice
        The features of each column.
    together : sequence of sequence of str, optional
        Columns that are shuffled by one order as well, after those that are shuffled alone.
    repeats : int, default 10
        How many times the rows are shuffled.
    seed : int, default 0
        Settles the orders. They are the same for all columns, so that a column's importance does
        not depend on which others are asked about.

    Returns
    -------
    list of Importance
        In the order of `columns`, then of `together`.

    Raises
    ------
    InputError
        No rows, or a count or seed that is none.

    Examples
    --------
    >>> x = np.array([[1.0, 5.0], [2.0, 3.0], [3.0, 4.0], [4.0, 6.0]])
    >>> def judge(y):
    ...     losses = (y[:, 0] - x[:, 0]) ** 2
    ...     return Judged(losses, -losses.mean())
    >>> columns = {"first": slice(0, 1), "second": slice(1, 2)}
    >>> first, second = permutation_importance(lambda rows: rows[:, :1], judge, x, columns)
    >>> first.mean > 1.0, second.mean
    (True, 0.0)
    """
    check_whole(repeats, "repeats")
    check_seed(seed)
    if not len(x):
        raise InputError(message("there is no row to shuffle"))
    groups = [(name,) for name in columns] + [tuple(names) for names in together]
    before = judge(answer(x))
    random = np.random.default_rng(seed)
    orders = [random.permutation(len(x)) for _ in range(repeats)]
    found, shuffled = [], x.copy()
    for names in groups:
        after = []
        for order in orders:
            for name in names:
                shuffled[:, columns[name]] = x[order, columns[name]]
            after.append(judge(answer(shuffled)))
        for name in names:
            shuffled[:, columns[name]] = x[:, columns[name]]
        rises = np.array([each.losses - before.losses for each in after])  # (repeats, rows)
        falls = np.array([before.measure - each.measure for each in after])
        found.append(Importance(names, rises.mean(axis=1), falls, _standard_error(rises)))
    return found


def _standard_error(rises: Array) -> float:
    rows = rises.mean(axis=0)
    return float(rows.std(ddof=1)) / math.sqrt(len(rows)) if len(rows) > 1 else math.nan


@dataclass(frozen=True)
class Shared:
    """Columns that tell the same: what one of them is worth alone, the others make up for."""

    columns: tuple[str, ...]
    association: float
    """Of the two of them that go together most, from 0 to 1."""


def shared_columns(x: Array, columns: Columns, least: float = TOGETHER) -> list[Shared]:
    """Return the groups of columns that go together, directly or by way of others.

    Parameters
    ----------
    x : ndarray, shape (rows, features)
        The rows.
    columns : mapping of str to slice
        The features of each column.
    least : float, default 0.8
        The association from which on two columns go together.

    Returns
    -------
    list of Shared
        In the order of `columns`.

    Examples
    --------
    >>> a = np.arange(8.0)
    >>> x = np.stack([a, a % 2, 3.0 - a], axis=1)
    >>> shared_columns(x, {"a": slice(0, 1), "odd": slice(1, 2), "down": slice(2, 3)})
    [Shared(columns=('a', 'down'), association=1.0)]
    """
    names, strength = list(columns), associations(x, columns)
    near = strength >= least  # False for NaN
    left, found = list(range(len(names))), []
    while left:
        group, reached = [], [left[0]]
        while reached:
            place = reached.pop()
            if place in left:
                left.remove(place)
                group.append(place)
                reached += np.flatnonzero(near[place]).tolist()
        if len(group) > 1:
            group.sort()
            most = float(np.nanmax(strength[np.ix_(group, group)]))
            found.append(Shared(tuple(names[place] for place in group), round(most, 12)))
    return found


def associations(x: Array, columns: Columns) -> Array:
    """Return how far each two columns tell each other, (columns, columns), NaN on the diagonal.

    Of two numbers it is the size of their correlation. Of columns of several features it is the
    root of the share of one column's variance that a linear model of the other explains, in the
    better direction, less what chance would explain (adjusted R²); 0 where rows are too few.

    Source: D. Stewart & W. Love, A general canonical correlation index, Psychological Bulletin 70
    (1968): the redundancy index.

    >>> x = np.array([[0.0, 0.0], [1.0, 3.0], [2.0, 0.0], [3.0, 3.0]])
    >>> associations(x, {"a": slice(0, 1), "b": slice(1, 2)}).round(3)[0]
    array([  nan, 0.447])
    """
    step = math.ceil(len(x) * x.shape[1] / MOST_NUMBERS)
    parts = [x[::step, each].astype(np.float64) for each in columns.values()]
    parts = [part - part.mean(axis=0) for part in parts]
    rows, widths = len(parts[0]), np.array([part.shape[1] for part in parts])
    whole, starts = np.concatenate(parts, axis=1), np.cumsum([0, *widths[:-1]])
    own = np.array([float((part**2).sum()) / rows for part in parts])
    varies = own > 0.0
    told = np.zeros((len(parts), len(parts)))  # of the column along the second axis by the first
    for row, part in zip(told, parts, strict=True):
        white = _whitened(part)
        features, free = white.shape[1], rows - white.shape[1] - 1
        among = white.T @ whole / rows  # (features, all features): covariances
        explained = np.add.reduceat((among**2).sum(axis=0), starts)
        share = np.minimum(explained[varies] / own[varies], 1.0)
        adjusted = 1.0 - (1.0 - share) * (rows - 1) / free if free > 0 else np.zeros(len(share))
        alone = (widths[varies] == 1) & (features == 1)
        row[varies] = np.where(alone, share, np.maximum(adjusted, 0.0))
    found: Array = np.sqrt(np.maximum(told, told.T))
    np.fill_diagonal(found, np.nan)
    return found


def _whitened(x: Array) -> Array:
    """Return the features turned so that their covariance is 1, (rows, rank)."""
    sizes, axes = np.linalg.eigh(x.T @ x / len(x))
    kept = sizes > SAME * max(float(sizes[-1]), 0.0)
    turned: Array = x @ (axes[:, kept] / np.sqrt(sizes[kept]))
    return turned
