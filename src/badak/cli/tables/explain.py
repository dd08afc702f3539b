"""`badak explain model.safetensors data.csv`: which columns matter, and what each does."""

from pathlib import Path
from typing import TYPE_CHECKING

from badak._common import display
from badak._common.language import message
from badak.cli.errors import UsageError
from badak.cli.models import load
from badak.cli.tables.predict import print_findings
from badak.cli.terminal import make_console, print_json

if TYPE_CHECKING:
    from badak.diagnostics.table_explanation import RowExplanation, TableExplanation


def explain_table(
    model: Path | None,
    tables: list[Path],
    rows: list[int],
    target: str | None,
    encoding: str | None,
    *,
    as_json: bool,
) -> None:
    """Print what a model sees in a table, or, of some rows, how each answer comes about."""
    if model is None or len(tables) > 1:
        raise UsageError(message("A table is explained with its model: give MODEL and one table."))
    network, _ = load(model)
    from badak.tables import TablePreparation, explain, explain_rows

    TablePreparation.of(network, model)
    from badak.tables.columns import Findings

    findings, table = Findings(), tables[0].expanduser()
    told: list[TableExplanation | RowExplanation] = []
    if rows:
        told += explain_rows(
            network, table, rows, target=target, encoding=encoding, findings=findings
        )
    else:
        told.append(explain(network, table, target=target, encoding=encoding, findings=findings))
    if as_json:
        print_json([each.to_dict() for each in told])
    else:
        console = make_console()
        for place, each in enumerate(told):
            if place:
                console.print()
            for index, view in enumerate(each.views):
                if index:
                    console.print()
                console.print(display.as_rich(view))
    print_findings(findings)
