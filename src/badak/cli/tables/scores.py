"""Scores of several models on the same rows, as a table."""

import math
from typing import TYPE_CHECKING

from badak._common.language import marked, translated

if TYPE_CHECKING:
    from rich.console import Console

    from badak.tables.scores import Scores

WORDS = (
    marked("network"),
    marked("linear regression"),
    marked("logistic regression"),
    marked("trees"),
    marked("mean"),
    marked("shares of classes"),
    marked("accuracy"),
    marked("balanced accuracy"),
    marked("log loss"),
    marked("macro F1"),
    marked("average precision"),
    marked("Brier score"),
    marked("median error"),
)
"""Names of models and measures, which are data until they are shown."""

LARGE, LARGEST = 1e3, 1e12  # between them digits after the point say nothing


def print_scores(console: "Console", scored: "dict[str, Scores]") -> None:
    """Print a row for each model by its name."""
    from badak._common.display import table

    measures = list(next(iter(scored.values())).values)
    rows = [
        [
            translated(name),
            *(shown(scores.values[measure], in_units(measure)) for measure in measures),
        ]
        for name, scores in scored.items()
    ]
    console.print(table(["", *map(translated, measures)], rows, right=range(1, len(measures) + 1)))


def in_units(measure: str) -> bool:
    """Whether a measure is in the target's unit, so that it may be of any size."""
    return measure in ("MAE", "RMSE", "median error")


def shown(value: float, any_size: bool = False) -> str:
    """Return a score as short as it can be read.

    >>> shown(48312.6, any_size=True), shown(0.98765), shown(1e-9), shown(float("nan"))
    ('48,313', '0.9877', '0.0000', '-')
    """
    if math.isnan(value):
        return "-"
    if not any_size:
        return f"{value:.4f}".replace("-0.0000", "0.0000")
    return f"{value:,.0f}" if LARGE <= abs(value) < LARGEST else f"{value:.4g}"
