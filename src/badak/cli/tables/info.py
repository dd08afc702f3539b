"""`badak info` for a model of tables: its columns, and what each becomes."""

from pathlib import Path
from typing import TYPE_CHECKING

from badak.cli.models import described
from badak.cli.terminal import make_console, print_facts, printable

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def print_table_model(network: "Sequential", path: Path) -> None:
    """Print layers, columns and how it was trained."""
    from badak._common.display import table
    from badak.network.summary import print_summary
    from badak.tables import TablePreparation

    prepare = TablePreparation.of(network, path)
    rows = [
        [printable(column.name), printable(str(column)), "yes" if column.missing else "",
         str(len(column.features))]
        for column in prepare.columns
    ]  # fmt: skip
    rows += [[printable(column.name), f"not used: {column.reason}", "", ""]
             for column in prepare.dropped]  # fmt: skip
    console = make_console()
    print_summary(network, console)
    console.print()
    console.print(table(["column", "taken as", "gaps", "features"], rows, right=[3]))
    console.print()
    target, source = prepare.target, prepare.source
    facts = {"target": f"{target.name}: {target.task}"}
    if target.classes:
        facts["classes"] = ", ".join(target.classes)
    if source is not None:
        facts["data"] = f"{source.name}, {source.rows:,} rows, {source.held_out:.0%} held out"
    facts["training"] = f"{described(network.optimizer)}, seed {network.seed}"
    facts["loss"] = network.loss.name if network.loss else "follows from the output layer"
    facts["file"] = f"{path}, {path.stat().st_size:,} bytes"
    print_facts(console, facts)
