"""Scores of several models on the same rows, as a table."""

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


def print_scores(console: "Console", scored: "dict[str, Scores]") -> None:
    """Print a row for each model by its name."""
    from badak._common.display import table
    from badak.tables.scores import in_units, shown

    measures = list(next(iter(scored.values())).values)
    rows = [
        [
            translated(name),
            *(shown(scores.values[measure], in_units(measure)) for measure in measures),
        ]
        for name, scores in scored.items()
    ]
    console.print(table(["", *map(translated, measures)], rows, right=range(1, len(measures) + 1)))
