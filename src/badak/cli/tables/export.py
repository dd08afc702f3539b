"""What an exported file of a table's network takes: features, each with how it is calculated."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.language import marked, message, translated
from badak.cli.terminal import make_console, printable

if TYPE_CHECKING:
    from badak.network.sequential import Sequential

TAKES = marked("The file takes these features in their order, as float32, not the table's columns:")
UNKNOWN = marked(
    "the file takes the features that badak makes of the table's columns, not the columns: `badak "
    "export` lists them where Polars is installed (pip install 'badak[tables]')"
)


def print_features(network: "Sequential", model: Path) -> str:
    """Print each feature and how it is calculated; return what is left to be noted, or ""."""
    if importlib.util.find_spec("polars") is None:
        return translated(UNKNOWN)
    from badak._common.display import table
    from badak.tables import TablePreparation

    prepare = TablePreparation.of(network, model)
    formulas = [formula for column in prepare.columns for formula in column.formulas]
    rows = [
        [str(place), printable(feature), printable(formula)]
        for place, (feature, formula) in enumerate(zip(prepare.features, formulas, strict=True))
    ]
    console = make_console()
    console.print(translated(TAKES), soft_wrap=True)
    console.print()
    console.print(table(["", message("feature"), message("is")], rows, right=[0]))
    target = prepare.target
    answers = (
        message("the probabilities of {classes}", classes=", ".join(target.classes))
        if target.classes
        else target.name
    )
    unit = message(", in {unit}", unit=target.unit) if target.unit else ""
    console.print(
        message("\nIt answers {answers}{unit}.\n", answers=printable(answers), unit=unit),
        soft_wrap=True,
    )
    return ""
