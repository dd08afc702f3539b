"""Gradient-boosted trees on the same rows, scikit-learn's with its defaults, to compare with."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.extras import MissingLibraryError, need
from badak._common.language import message
from badak.tables.columns import Category
from badak.tables.defaults import REGRESSION
from badak.tables.loading import TableData
from badak.tables.preparation import TablePreparation
from badak.typing import Array

CELLS = 4_000_000
"""Rows times features times classes that trees learn from at most; more would take longer than a
few seconds, so that some rows are drawn."""
LEAST_ROWS = 1000  # never fewer for that
MOST_LEVELS = 255  # of a category; numbers stand for more
MOST_FEATURES = 1500
"""Features times classes; of more even few rows take longer."""


@dataclass(frozen=True)
class Trees:
    """What trees answer to the held-out rows, or why there are none."""

    answers: Array | None
    """(rows, outputs) as a network answers them; None where they were not grown."""
    note: str = ""
    """A sentence where they were not grown, or not on all rows."""


def grow_trees(data: TableData, seed: int = 0) -> Trees:
    """Return what trees answer that learnt from the rows to train on and to validate.

    Columns are given to them as they are: numbers with their gaps, categories as such.
    """
    try:
        need("sklearn", "badak[sklearn]", message("the comparison with trees"))
    except MissingLibraryError as error:
        return Trees(None, message("Not compared with trees: {reason}", reason=error))
    target, train, (test, _) = data.preparation.target, sum(data.counts[:2]), data.test
    width = len(data.preparation.columns) * max(1, len(target.classes) - (len(target.classes) == 2))
    if width > MOST_FEATURES:
        return Trees(
            None,
            message(
                "Not compared with trees, which take long for so many columns and classes "
                "({count:,} of both)",
                count=width,
            ),
        )
    rows, note = np.arange(train), ""
    most = max(LEAST_ROWS, CELLS // width)
    if train > most:
        rows = np.sort(np.random.default_rng(seed).choice(train, most, replace=False))
        note = message(
            "The trees learnt from {most:,} of the {train:,} rows, to be quick.",
            most=most,
            train=train,
        )
    x, categories = as_for_trees(data.preparation, data.x[rows])
    model = _fitted(target.task == REGRESSION, categories, seed, x, data.y[rows])
    asked, _ = as_for_trees(data.preparation, test)
    if target.task == REGRESSION:
        return Trees(model.predict(asked)[:, np.newaxis], note)
    answers = np.zeros((len(asked), len(target.classes)))
    answers[:, model.classes_] = model.predict_proba(asked)
    return Trees(answers, note)


def _fitted(regression: bool, categories: list[bool], seed: int, x: Array, y: Array) -> Any:
    """Return the trees; on one core, for threads that wait in turn are slower on a busy machine."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    model = kind(categorical_features=categories, random_state=seed)
    with threadpool_limits(1, user_api="openmp"):
        return model.fit(x, y)


def as_for_trees(prepare: TablePreparation, x: Array) -> tuple[Array, list[bool]]:
    """Return features as trees take them, and which are categories.

    A category is a number for each level, NaN where it is none; a missing value is NaN. Numbers
    stay standardised, which is the same to trees.

    >>> from badak.tables.columns import Number
    >>> from badak.tables.target import Target
    >>> columns = Number("age", 40.0, 10.0, missing=True), Category("sex", ("f", "m"))
    >>> prepare = TablePreparation(Target("income", "regression"), columns)
    >>> as_for_trees(prepare, np.array([[0.5, 0, 0, 1], [0.0, 1, 1, 0]], np.float32))
    (array([[0.5, 1. ],
           [nan, 0. ]], dtype=float32), [False, True])
    """
    parts, categories, start = list[Array](), list[bool](), 0
    for column in prepare.columns:
        width = len(column.features)
        own = x[:, start : start + width].astype(np.float32)
        start += width
        if column.missing:
            own[own[:, -1] > 0.0, :-1] = np.nan
            own = own[:, :-1]
        levels = 0
        if isinstance(column, Category):
            levels, none = own.shape[1], ~(own > 0.0).any(axis=1)
            codes = own.argmax(axis=1) if levels else np.zeros(len(own))
            own = np.where(none, np.nan, codes)[:, np.newaxis].astype(np.float32)
        parts.append(own)
        categories += [0 < levels <= MOST_LEVELS] * own.shape[1]
    return np.column_stack(parts), categories
