"""`badak evaluate model.safetensors data.csv`: score a network on a table's rows."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from badak.cli.confusion import print_confusion
from badak.cli.tables.predict import print_findings
from badak.cli.tables.scores import print_scores
from badak.cli.terminal import make_console, print_facts
from badak.errors import InputError

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.tables import TablePreparation
    from badak.tables.chunks import TableFile
    from badak.typing import Array


def evaluate_table(network: "Sequential", model: Path, path: Path) -> None:
    """Print the scores on all rows that have a target; of the file trained on, those held out."""
    from badak.metrics import confusion_matrix
    from badak.tables import TablePreparation, open_table
    from badak.tables.columns import Findings
    from badak.tables.scores import score

    prepare = TablePreparation.of(network, model)
    table = open_table(path, prepare.missing)
    _check(prepare, table)
    findings = Findings()
    y, answers = [], []
    for chunk in table.chunks():
        targets, known = prepare.target.read(chunk)
        y.append(targets)
        asked = np.zeros((len(chunk), *network.output_shape), np.float32)
        if known.any():
            asked[known] = network.predict(prepare.transform(chunk.take(known), findings))
        answers.append(asked)
    targets, outputs = np.concatenate(y), np.concatenate(answers)
    chosen, described = _chosen(prepare, path, targets)
    if not chosen.any():
        raise InputError(f"no row of {path} has a target {prepare.target.name!r}")
    targets, outputs = targets[chosen], outputs[chosen]
    console = make_console()
    print_facts(console, {"data": f"{path}: {described}", "target": prepare.target.name})
    console.print()
    print_scores(console, {"network": score(prepare.target, targets, outputs)})
    console.print()
    if classes := prepare.target.classes:
        counts = confusion_matrix(targets, outputs.argmax(axis=1), len(classes))
        print_confusion(console, counts, list(classes))
    print_findings(findings)


def _check(prepare: "TablePreparation", table: "TableFile") -> None:
    from badak.tables.chunks import check_column

    prepare.check_columns(table.columns, os.fspath(table.path))
    check_column(prepare.target.name, table.columns, os.fspath(table.path), "the target")


def _chosen(prepare: "TablePreparation", path: Path, y: "Array") -> "tuple[Array, str]":
    """Return which rows are scored, and which these are in words."""
    from badak.tables.loading import TEST, split

    known = y >= 0 if prepare.target.classes else ~np.isnan(y)
    source = prepare.source
    if source is not None and (source.size, source.rows) == (path.stat().st_size, len(y)):
        roles = split(prepare.target, y, source.held_out, 0.0, source.seed)
        chosen = roles == TEST
        return chosen, f"the {int(chosen.sum()):,} rows that were held out from training"
    left = len(y) - int(known.sum())
    without = f", {left:,} without a target left out" if left else ""
    return known, f"{int(known.sum()):,} rows{without}"
