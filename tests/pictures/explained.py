"""Explanations of tables whose numbers are made up, for the pictures of them."""

import numpy as np

from badak.diagnostics.decomposition import Decomposition
from badak.diagnostics.dependence import Dependence
from badak.diagnostics.permutation import Importance, Shared
from badak.diagnostics.row_explanation import Baseline, RowExplanation
from badak.diagnostics.table_explanation import TableExplanation

CITIES = ("서울특별시", "Busan", "Daegu $ and more", "광주")


def number(name="면적", outputs=1, low=20.0, high=200.0, scale=1.0, outside=0) -> Dependence:
    at = np.linspace(low, high, 9)
    mean = scale * (at - low)[:, np.newaxis] / (high - low) * np.arange(1.0, outputs + 1.0)
    lines = mean + scale * np.linspace(-0.5, 0.5, 12)[:, np.newaxis, np.newaxis]
    marks = low + (high - low) * np.arange(1, 10) / 10.0
    return Dependence(name, "number", at, mean, lines, marks, mean[3], outside)


def categories(names=CITIES, outputs=1, scale=1.0) -> Dependence:
    at = np.array(names, dtype=object)
    mean = scale * np.linspace(0.2, 0.9, len(at))[:, np.newaxis] * np.arange(1.0, outputs + 1.0)
    lines = np.repeat(mean[np.newaxis], 12, axis=0)
    return Dependence("city", "category", at, mean, lines, np.empty(0))


def date(days=900, outputs=1) -> Dependence:
    at = np.datetime64("2021-01-01", "us") + np.linspace(0, days * 86400e6, 9).astype("m8[us]")
    mean = np.linspace(0.1, 0.4, 9)[:, np.newaxis] * np.arange(1.0, outputs + 1.0)
    return Dependence("sold", "date", at, mean, np.repeat(mean[np.newaxis], 5, axis=0), at[1:-1])


def importance_of(name, mean=0.5, error=0.05) -> Importance:
    losses = mean + 0.1 * np.linspace(-1.0, 1.0, 10)
    return Importance((name,), losses, losses / 2.0, error)


def table(*dependences, outputs=(), importances=None, shown=20, together=()) -> TableExplanation:
    given = dependences or (number(), categories(), date())
    found = importances or tuple(
        importance_of(each.column, 1.0 / place) for place, each in enumerate(given, 1)
    )
    groups = tuple(Shared(each.columns, 0.9) for each in together)
    return TableExplanation(
        *("가격", tuple(outputs), "all 60 rows", 60, "mse", "R²", (0.1, 0.9)),
        *(found, groups, tuple(together), tuple(given), True),
        tuple(0.3 for _ in outputs) or (0.3,),
        shown=shown,
    )


def row(added, baseline=100.0, rest=0.0, shown=20, **more) -> RowExplanation:
    names = tuple(f"열 {k}" for k in range(len(added)))
    parts = Decomposition(
        *(names, np.array(added), baseline, baseline + sum(added) + rest, "gradients", 64)
    )
    values = tuple("3.14159265358979" if k % 2 else "" for k in range(len(added)))
    return RowExplanation(
        *(3, "가격", more.pop("output", ""), values, parts),
        more.pop("start", Baseline("mean", 800, trained=True)),
        shown=shown,
        **more,
    )
