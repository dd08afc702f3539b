"""`badak info` for a model of tables: its columns, and what each becomes."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from badak import activations
from badak._common.language import message, translated
from badak.cli.models import described
from badak.cli.terminal import make_console, print_facts, printable
from badak.layers import Dense, Dropout, Ensemble, PiecewiseLinearEncoding, SmoothClip
from badak.tables.ways import GROUP

if TYPE_CHECKING:
    from badak.layers import Layer
    from badak.network.sequential import Sequential


def _networks(ensemble: "Ensemble") -> list[str]:
    """Return a line for each kind of networks: how many, what they are, how much they count."""
    counts, shares = Counter[str](), dict[str, float]()
    for member, weight in zip(ensemble.members, ensemble.member_weights, strict=True):
        kind = " → ".join(map(_in_words, member))
        counts[kind] += 1
        shares[kind] = shares.get(kind, 0.0) + weight
    return [
        message("{count} × {kind}: {share:.0%}", count=count, kind=kind, share=shares[kind])
        for kind, count in counts.items()
    ]


def _in_words(layer: "Layer") -> str:
    if isinstance(layer, Dropout):
        return message("dropout {rate:g}", rate=layer.rate)
    if isinstance(layer, SmoothClip):
        return message("clipped")
    if isinstance(layer, PiecewiseLinearEncoding):
        return message("encoded")
    if not isinstance(layer, Dense):
        return type(layer).__name__
    name = activations.get(layer.activation).name
    return f"{layer.units} {name}" if name != "identity" else str(layer.units)


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
    facts: dict[str, str | list[str]] = {"target": f"{target.name}: {translated(target.task)}"}
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
    if prepare.intervals is not None:
        known = ", ".join(f"{each:g}" for each in prepare.intervals.widths)
        facts["intervals"] = message(
            "that hold {known} of the rows", known=known or message("none")
        )
    first = network.layers[0]
    if isinstance(first, Ensemble):
        facts["networks"] = _networks(first)
    facts["training"] = message(
        "{optimizer}, seed {seed}", optimizer=described(network.optimizer), seed=network.seed
    )
    facts["loss"] = network.loss.name if network.loss else message("follows from the output layer")
    facts["file"] = message("{file}, {size:,} bytes", file=path, size=path.stat().st_size)
    print_facts(console, facts)
