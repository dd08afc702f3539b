"""`badak info` for a model of tables: its columns, and what each becomes."""

from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.language import message, translated
from badak.cli.models import described
from badak.cli.terminal import make_console, print_facts, printable
from badak.tables.ways import GROUP

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def print_table_model(network: "Sequential", path: Path) -> None:
    """Print layers, columns and how it was trained."""
    from badak._common.display import table
    from badak.network.summary import print_summary
    from badak.tables import TablePreparation

    prepare = TablePreparation.of(network, path)
    rows = [
        [printable(column.name), printable(str(column)), message("yes") if column.missing else "",
         str(len(column.features))]
        for column in prepare.columns
    ]  # fmt: skip
    rows += [[printable(column.name), message("not used: {reason}", reason=column.told), "", ""]
             for column in prepare.dropped]  # fmt: skip
    console = make_console()
    print_summary(network, console)
    console.print()
    console.print(
        table(
            [message("column"), message("taken as"), message("gaps"), message("features")],
            rows,
            right=[3],
        )
    )
    console.print()
    target, source = prepare.target, prepare.source
    facts = {"target": f"{target.name}: {translated(target.task)}"}
    if target.classes:
        facts["classes"] = ", ".join(target.classes)
    if prepare.decision:
        facts["answered"] = prepare.decision
    if source is not None:
        facts["data"] = message(
            "{name}, {rows:,} rows, {share:.0%} held out",
            name=source.name,
            rows=source.rows,
            share=source.held_out,
        )
        if source.split is not None:
            facts["split"] = (
                message("by the groups of {name}", name=source.split.name)
                if source.split.way == GROUP
                else message("by the time {name}: the last rows", name=source.split.name)
            )
    facts["training"] = message(
        "{optimizer}, seed {seed}", optimizer=described(network.optimizer), seed=network.seed
    )
    facts["loss"] = network.loss.name if network.loss else message("follows from the output layer")
    facts["file"] = message("{file}, {size:,} bytes", file=path, size=path.stat().st_size)
    print_facts(console, facts)
