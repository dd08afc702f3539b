"""Gradient-boosted trees on the same rows, scikit-learn's with its defaults, to compare with."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.extras import MissingLibraryError, need
from badak._common.language import message
from badak.tables.defaults import REGRESSION
from badak.tables.loading import TableData
from badak.tables.plain import plain_columns
from badak.tables.preparation import TablePreparation
from badak.typing import Array

CELLS = 4_000_000
"""Rows times features times classes that trees learn from at most; more would take longer than a
few seconds, so that some rows are drawn."""
LEAST_ROWS = 1000  # never fewer for that
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
    """Return what trees answer to the held-out rows that learnt from all other rows."""
    train = sum(data.counts[:2])
    return answers_of_trees(data.preparation, data.x[:train], data.y[:train], data.test[0], seed)


def answers_of_trees(
    prepare: TablePreparation, x: Array, y: Array, test: Array, seed: int = 0
) -> Trees:
    """Return what trees answer to rows `test` that learnt from rows x with targets y.

    Columns are given to them as they are: numbers with their gaps, categories as such. Numbers are
    standardised, which is the same to trees.
    """
    try:
        need("sklearn", "badak[sklearn]", message("the comparison with trees"))
    except MissingLibraryError as error:
        return Trees(None, message("Not compared with trees: {reason}", reason=error))
    target, train = prepare.target, len(x)
    width = len(prepare.columns) * max(1, len(target.classes) - (len(target.classes) == 2))
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
    learnt, categories = plain_columns(prepare, x[rows])
    model = _fitted(target.task == REGRESSION, categories, seed, learnt, y[rows])
    asked, _ = plain_columns(prepare, test)
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
