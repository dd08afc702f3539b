"""Options of the commands that explain a table, and the calls that take them."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from badak._common.language import message
from badak._common.looks import SHOWN
from badak.cli.models import load
from badak.cli.tables.options import PANEL, Encoding
from badak.tables.defaults import BASELINES, REPEATS

if TYPE_CHECKING:
    from badak.diagnostics.row_explanation import RowExplanation
    from badak.diagnostics.table_explanation import TableExplanation
    from badak.network.sequential import Sequential
    from badak.tables.columns import Findings


def _check_baseline(given: str) -> str:
    if given in BASELINES or (given.isascii() and given.isdigit() and int(given)):
        return given
    raise typer.BadParameter(
        message("{given!r} is no baseline: give mean, median or a row's number", given=given)
    )


TableArgument = Annotated[
    Path,
    typer.Argument(
        metavar="TABLE",
        help="Rows of a table: .csv, .tsv, .parquet, .arrow or .feather.",
        show_default=False,
    ),
]
Class = Annotated[
    str | None,
    typer.Option(
        "--class",
        metavar="NAME",
        help="The class whose probability is explained.",
        show_default="the answer",
    ),
]
Repeats = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        help="How many times a column is shuffled to tell how much it matters.",
        rich_help_panel=PANEL,
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=0,
        help="Settles how rows are shuffled, and which are drawn where there are many.",
        rich_help_panel=PANEL,
    ),
]
Columns = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        help="How many columns are shown at most: those that matter most.",
        rich_help_panel=PANEL,
    ),
]
BaselineOption = Annotated[
    str,
    typer.Option(
        metavar="mean|median|N",
        callback=_check_baseline,
        help="What a row is compared with: the mean or the median of the training rows, or the row "
        "of this number.",
        rich_help_panel=PANEL,
    ),
]


@dataclass(frozen=True)
class Explaining:
    """How a table is explained."""

    target: Class = None
    repeats: Repeats = REPEATS
    baseline: BaselineOption = BASELINES[0]
    columns: Columns = SHOWN
    seed: Seed = 0
    encoding: Encoding = None

    @property
    def given(self) -> list[str]:
        """The options for tables alone that are not as they are by default."""
        return [
            f"--{each.name}"
            for each in fields(self)
            if each.name != "target" and getattr(self, each.name) != each.default
        ]

    def table(self, network: "Sequential", table: Path, findings: "Findings") -> "TableExplanation":
        """Return what the columns do."""
        from badak.tables import explain

        return explain(
            network,
            table,
            target=self.target,
            repeats=self.repeats,
            columns=self.columns,
            seed=self.seed,
            encoding=self.encoding,
            findings=findings,
        )

    def rows(
        self, network: "Sequential", table: Path, rows: list[int], findings: "Findings"
    ) -> "list[RowExplanation]":
        """Return how the answers to these rows come about."""
        from badak.tables import explain_rows

        baseline = self.baseline
        return explain_rows(
            network,
            table,
            rows,
            target=self.target,
            baseline=baseline if baseline in BASELINES else int(baseline),
            columns=self.columns,
            seed=self.seed,
            encoding=self.encoding,
            findings=findings,
        )


def load_for_tables(model: Path) -> "Sequential":
    """Return a network that takes tables, or raise InputError."""
    network, _ = load(model)
    from badak.tables import TablePreparation

    TablePreparation.of(network, model)
    return network
