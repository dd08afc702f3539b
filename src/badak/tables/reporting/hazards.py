"""What would spoil a network's answers in use: a column that fails, drifts, or says something new.

Each important column is changed in all rows at once, and the rows are scored again: all of its
values missing; its numbers higher, or lower, by one deviation of the training rows; a category that
training had not; dates a year later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from badak._common.json_data import json_data
from badak._common.language import marked, translated
from badak.diagnostics.bootstrap import Interval, Measure, bootstrap
from badak.network.sequential import Sequential
from badak.tables.column_values import features_at
from badak.tables.columns import Category, Column, Date, Number
from badak.tables.measures import row_losses
from badak.tables.preparation import TablePreparation
from badak.tables.scores import score
from badak.typing import Array

MISSING = marked("all values missing")
HIGHER, LOWER = marked("higher by a deviation"), marked("lower by a deviation")
LATER = marked("a year later")
NEW = marked("an unknown category")
NO_LEVEL = "\0new"  # a category that no table holds


@dataclass(frozen=True)
class Hazard:
    """How good the answers are once a column is changed in all rows."""

    column: str
    change: str
    rise: Interval
    """Of the root of the mean squared error, or of the log loss."""
    measure: float
    """R², or accuracy, that is left."""

    @property
    def said(self) -> str:
        """What is changed, in words."""
        return translated(self.change)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold."""
        return {
            "column": self.column,
            "change": self.change,
            "rise": self.rise.to_dict(),
            "measure": json_data(self.measure),
        }


def hazards(
    model: Sequential,
    prepare: TablePreparation,
    x: Array,
    y: Array,
    columns: Mapping[str, slice],
    names: Sequence[str],
    dates: Mapping[str, Array],
    *,
    groups: Array | None = None,
    seed: int = 0,
) -> list[Hazard]:
    """Return what each change does to the answers to rows x (rows, features) with targets y.

    `columns` are the features of all columns, `names` those that are changed; `dates` are what the
    rows hold in columns of dates. `groups` are as in :func:`badak.diagnostics.bootstrap.bootstrap`.
    """
    target, found, losses, left = prepare.target, list[tuple[str, str]](), list[Array](), []
    by_name = {column.name: column for column in prepare.columns}
    own = "accuracy" if target.classes else "R²"
    losses.append(row_losses(target, y, model.predict(x)))
    for name in names:
        for change, features in _changes(by_name[name], x[:, columns[name]], dates.get(name)):
            changed = x.copy()
            changed[:, columns[name]] = features
            answers = model.predict(changed)
            found.append((name, change))
            losses.append(row_losses(target, y, answers))
            left.append(score(target, y, answers, threshold=prepare.threshold).values[own])
    before, *after = bootstrap(
        [_mean(each, rooted=not target.classes) for each in losses],
        len(x),
        groups=groups,
        seed=seed,
    )
    return [
        Hazard(name, change, each.less(before, "loss"), measure)
        for (name, change), each, measure in zip(found, after, left, strict=True)
    ]


def _mean(losses: Array, *, rooted: bool) -> Measure:
    def measure(counts: Array) -> dict[str, Array]:
        mean = counts @ losses / counts.sum(axis=1)
        return {"loss": np.sqrt(mean) if rooted else mean}

    return measure


def _changes(column: Column, features: Array, dates: Array | None) -> Iterator[tuple[str, Array]]:
    """Yield changes, each with the features (rows, width) or (1, width) that it makes."""
    yield MISSING, features_at(column, pl.Series([None], dtype=pl.String))
    match column:
        case Number():
            known = features[:, 1] == 0.0 if column.missing else np.ones(len(features), bool)
            for change, by in ((HIGHER, 1.0), (LOWER, -1.0)):
                shifted = features.copy()
                shifted[known, 0] += by
                yield change, shifted
        case Category():
            yield NEW, features_at(column, pl.Series([NO_LEVEL]))
        case Date() if dates is not None:
            yield LATER, features_at(column, pl.Series(dates).dt.offset_by("1y"))
