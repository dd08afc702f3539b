"""Columns of a table read back from the features that a network takes."""

import numpy as np

from badak.tables.columns import Category
from badak.tables.preparation import TablePreparation
from badak.typing import Array


def plain_columns(prepare: TablePreparation, x: Array) -> tuple[Array, list[bool]]:
    """Return what columns hold, read back from features, and which are categories.

    (rows, columns), of a date a column for each of its parts. A category is a number for each
    level, NaN where it is none; a missing value is NaN. Numbers stay standardised.

    >>> from badak.tables.columns import Number
    >>> from badak.tables.target import Target
    >>> columns = Number("age", 40.0, 10.0, missing=True), Category("sex", ("f", "m"))
    >>> prepare = TablePreparation(Target("income", "regression"), columns)
    >>> plain_columns(prepare, np.array([[0.5, 0, 0, 1], [0.0, 1, 1, 0]], np.float32))
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
        if isinstance(column, Category):
            none = ~(own > 0.0).any(axis=1)
            codes = own.argmax(axis=1) if own.shape[1] else np.zeros(len(own))
            own = np.where(none, np.nan, codes)[:, np.newaxis].astype(np.float32)
        parts.append(own)
        categories += [isinstance(column, Category)] * own.shape[1]
    return np.column_stack(parts), categories
