"""`badak train data.csv --target price`: a network for a table, and whether it earned its keep."""

import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import typer

from badak.callbacks import Callback
from badak.cli import artifacts
from badak.cli.confusion import print_confusion
from badak.cli.errors import UsageError
from badak.cli.models import described
from badak.cli.output import check_output
from badak.cli.resuming import checkpoint_of, epochs_done, how_to_go_on, left_behind
from badak.cli.table_scores import print_scores
from badak.cli.terminal import make_console, print_facts
from badak.errors import DivergedError

if TYPE_CHECKING:
    from rich.console import Console

    from badak.network.sequential import Sequential
    from badak.optimizers.base import Optimizer
    from badak.tables import TableData, TablePreparation
    from badak.training import History

LARGE = 100 * 2**20  # bytes of a file that takes a while to read
MOST_SHOWN = 30  # epochs that get a line each
LINES = 20  # printed of the epochs where there are many

MOST_CLASSES_SHOWN = 6
UNEVEN = 0.1  # a class that has a smaller share of the rows is told

INTERRUPTED = 130  # the exit code that shells give to Ctrl-C


@dataclass(frozen=True)
class TableRun:
    """What the command line asks for."""

    data: Path
    target: str | None
    task: str
    columns: Sequence[str]
    """Kinds of columns as they are given, "NAME=KIND"."""
    ignore: Sequence[str]
    missing: Sequence[str]
    held_out: float
    units: Sequence[int] | None
    activation: str
    dropout: float
    optimizer: "Optimizer"
    batch_size: int | None
    epochs: int | None
    validation: float
    seed: int
    out: Path | None
    checkpoint: Path | None
    resume: bool
    pictures: bool
    quiet: bool


def train_table(run: TableRun) -> None:
    """Train, compare and save, printing what there is to know."""
    name = _target_of(run)
    target = run.out or Path(_stem(run.data) + ".safetensors")
    check_output(target)
    artifacts.check_beside(target, pictures=run.pictures)
    keep = run.checkpoint or (checkpoint_of(target) if run.resume else None)
    done = 0 if keep is None else epochs_done(keep, target, run.resume)
    console = make_console()
    data = _load(run, name, console)
    model = _make_network(run, data)
    try:
        history = _train(run, model, data, keep, done, console)
    except DivergedError as error:
        raise DivergedError(f"{error} {left_behind(keep)}") from None
    model.save(target)
    table = artifacts.write_history(target, history)
    if history.interrupted:
        console.print(
            f"\nstopped by Ctrl-C after {len(history.epoch)} epochs"
            + how_to_go_on(keep, run.resume),
            soft_wrap=True,
        )
    elif keep is not None:
        keep.unlink(missing_ok=True)
    _print_comparison(console, model, data)
    path = os.fspath(target)
    facts = {"saved": f"{path}, and its history in {os.fspath(table)}"}
    try:
        if run.pictures and (drawn := _draw(target, model, history, data)):
            facts["drawn"] = ", ".join(map(os.fspath, drawn))
    finally:
        facts["next"] = f"badak predict {shlex.quote(path)} new.csv --out predictions.csv"
        print_facts(console, facts)
    if history.interrupted:
        raise typer.Exit(INTERRUPTED)


def _load(run: TableRun, target: str, console: "Console") -> "TableData":
    from badak.tables import load

    size = run.data.stat().st_size if run.data.is_file() else 0
    if size > LARGE and not run.quiet:
        console.print(f"reading {size / 2**20:,.0f} MB three times", style="dim")
    return load(
        run.data,
        target,
        task=run.task,
        columns=_kinds(run.columns),
        ignore=run.ignore,
        missing=run.missing,
        held_out=run.held_out,
        validation=run.validation,
        seed=run.seed,
    )


def _make_network(run: TableRun, data: "TableData") -> "Sequential":
    from badak.tables.network import UNITS, make_network

    units = UNITS if run.units is None else run.units
    model = make_network(data, units, run.activation, run.dropout, run.seed, name=_stem(run.data))
    model.compile(run.optimizer)
    return model


def _train(
    run: TableRun,
    model: "Sequential",
    data: "TableData",
    keep: Path | None,
    done: int,
    console: "Console",
) -> "History":
    """Tell what is about to be done, and do it."""
    from badak.tables.network import schedule_for, train

    schedule = schedule_for(model, data, run.batch_size, run.epochs)
    batch_size, epochs = schedule.batch_size, schedule.epochs
    in_lines = epochs > MOST_SHOWN and not run.quiet
    if not run.quiet:
        facts = {**_facts_of(data), **_facts_of_training(model, batch_size, epochs)}
        if keep is not None:
            beginning = f"going on after epoch {done}" if done else "from the first epoch"
            facts["checkpoint"] = f"{os.fspath(keep)}, {beginning}"
        print_facts(console, facts)
        console.print()
    return train(
        model,
        data,
        optimizer=run.optimizer,
        batch_size=batch_size,
        epochs=epochs,
        callbacks=[FewLines()] if in_lines else [],
        verbose=0 if run.quiet or in_lines else 1,
        checkpoint=keep,
    )


class FewLines(Callback):
    """Prints a line for some of the epochs, and which one was the best."""

    every_batch = False

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Print a line, if it is its turn."""
        epochs = self.params["epochs"]
        if epoch == 0 or (epoch + 1) % max(1, epochs // LINES) == 0:
            told = "  ".join(f"{name} {value:<8.4g}" for name, value in logs.items())
            print(f"{epoch + 1:>{len(str(epochs))}}/{epochs}  {told}".rstrip())

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Tell where training was stopped, and from which epoch the weights are."""
        history = self.model.history
        losses = history.history.get("val_loss")
        if losses:
            best = int(np.argmin(losses))
            print(
                f"after {len(losses)} epochs the weights are those of epoch "
                f"{history.epoch[best] + 1}, val_loss {losses[best]:.4g}"
            )


def _print_comparison(console: "Console", model: "Sequential", data: "TableData") -> None:
    from badak.metrics import confusion_matrix
    from badak.tables.baseline import compare_with_baselines
    from badak.tables.scores import verdict

    target, (x, y) = data.preparation.target, data.test
    scored = compare_with_baselines(model, data)
    console.print(f"\non {len(y):,} rows that were held out\n")
    print_scores(console, scored)
    console.print(f"\n{verdict(target, *scored.values())}\n")
    if target.classes:
        counts = confusion_matrix(y, model.classify(x), len(target.classes))
        print_confusion(console, counts, list(target.classes))


def _draw(path: Path, model: "Sequential", history: "History", data: "TableData") -> Iterable[Path]:
    from badak import pictures

    written = []
    if history.epoch:
        written.append(path.with_suffix(artifacts.CURVES))
        pictures.history(history, save=written[-1])
    if names := data.preparation.target.classes:
        x, y = data.test
        written.append(path.with_suffix(artifacts.CONFUSION))
        pictures.confusion(y, model.classify(x), names, save=written[-1])
    return written


def _target_of(run: TableRun) -> str:
    from badak.tables import open_table

    if run.target is not None:
        return run.target
    names = ", ".join(open_table(run.data).columns)
    raise UsageError(
        f"A table needs --target, the column to predict: {run.data} has the columns {names}."
    )


def _kinds(given: Sequence[str]) -> dict[str, str]:
    """Return kinds by columns, from "NAME=KIND"; a name may hold "=" itself."""
    kinds = {}
    for each in given:
        name, equals, kind = each.rpartition("=")
        if not equals:
            raise UsageError(f"--column {each} lacks a kind: give NAME=KIND, such as zip=category.")
        kinds[name] = kind
    return kinds


def _stem(path: Path) -> str:
    return path.name.split(".")[0] or "table"


# -- what is told before training


def _facts_of(data: "TableData") -> dict[str, str]:
    prepare, (learn, watch, test) = data.preparation, data.counts
    told = f"{learn:,} rows to train on, {watch:,} to validate, {test:,} held out"
    source = "" if prepare.source is None else f"{prepare.source.name}: "
    if data.left_out:
        told += f"; {data.left_out:,} without a target left out"
    facts = {
        "data": source + told,
        "target": f"{prepare.target.name}: {prepare.target.task} ({data.reason})",
        "columns": columns_told(prepare),
    }
    if prepare.target.classes:
        facts["classes"] = _classes_told(data)
    if missing := [column.name for column in prepare.columns if column.missing]:
        facts["missing"] = f"in {', '.join(missing)}: a feature of each says so"
    if prepare.dropped:
        facts["not used"] = "; ".join(f"{c.name} ({c.reason})" for c in prepare.dropped)
    return facts


def columns_told(prepare: "TablePreparation") -> str:
    """Return how many columns of each kind there are, and how many features they make."""
    kinds = [column.kind for column in prepare.columns]
    plurals = {"number": "numbers", "category": "categories", "date": "dates"}
    counts = [
        f"{kinds.count(kind)} {kind if kinds.count(kind) == 1 else plural}"
        for kind, plural in plurals.items()
        if kind in kinds
    ]
    return f"{', '.join(counts)} → {len(prepare.features):,} features"


def _classes_told(data: "TableData") -> str:
    classes = data.preparation.target.classes
    counts = np.bincount(data.y, minlength=len(classes))
    listed = [f"{name} {count:,}" for name, count in zip(classes, counts, strict=True)]
    told = ", ".join(listed[:MOST_CLASSES_SHOWN])
    if len(listed) > MOST_CLASSES_SHOWN:
        told = f"{len(listed)}: {told}, ..."
    rarest = counts.min() / len(data.y)
    if rarest < UNEVEN * 2.0 / len(classes):
        told += f"; uneven (the rarest has {rarest:.2%}), so that accuracy alone says little"
    return told


def _facts_of_training(model: "Sequential", batch_size: int | None, epochs: int) -> dict[str, str]:
    from badak import activations
    from badak.layers import Dense

    dense = [layer for layer in model.layers if isinstance(layer, Dense)]
    steps = [f"{layer.units} {activations.get(layer.activation).name}" for layer in dense]
    drawn = " → ".join([str((model.input_shape or (0,))[0]), *steps])
    batches = "all rows at once" if batch_size is None else f"batches of {batch_size}"
    return {
        "network": f"{drawn}, {model.count_params():,} weights",
        "training": f"{described(model.optimizer)}, at most {epochs} epochs, {batches}, "
        f"seed {model.seed}",
    }
