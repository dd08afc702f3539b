"""`badak evaluate model.safetensors data.csv`: score a network on a table's rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from badak.cli.confusion import print_confusion
from badak.cli.tables import rows
from badak.cli.tables.predict import print_findings
from badak.cli.tables.scores import print_scores
from badak.cli.terminal import make_console, print_facts

if TYPE_CHECKING:
    from badak.network.sequential import Sequential


def evaluate_table(
    network: "Sequential",
    model: Path,
    path: Path,
    encoding: str | None = None,
    metrics: Sequence[str] = (),
) -> None:
    """Print the scores on all rows that have a target; of the file trained on, those held out."""
    from badak.metrics import confusion_matrix

    prepare, table = rows.opened(network, model, path, encoding)
    from badak.tables.measures import check_metric, measure_of

    for metric in metrics:
        measure_of(metric, prepare.target)
    targets, outputs, findings = rows.answered(network, prepare, table)
    chosen, described = rows.held_out(prepare, table, targets)
    targets, outputs = targets[chosen], outputs[chosen]
    for metric in metrics:
        check_metric(metric, prepare.target, targets)
    from badak.tables.scores import score

    console = make_console()
    facts = {"data": f"{path}: {described}", "target": prepare.target.name}
    if prepare.decision:
        facts["answered"] = prepare.decision
    print_facts(console, facts)
    console.print()
    scored = score(prepare.target, targets, outputs, metrics=metrics, threshold=prepare.threshold)
    print_scores(console, {"network": scored})
    console.print()
    if classes := prepare.target.classes:
        counts = confusion_matrix(targets, prepare.decide(outputs), len(classes))
        print_confusion(console, counts, list(classes))
    print_findings(findings)
