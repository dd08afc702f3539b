"""`badak train data.csv --target price`: train a network on a table, and compare it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from badak._common.language import counted, message, translated
from badak.cli import artifacts
from badak.cli.confusion import print_confusion
from badak.cli.errors import UsageError
from badak.cli.progress import Progress
from badak.cli.tables.options import TableOptions, pairs_of
from badak.cli.tables.scores import print_scores
from badak.cli.terminal import Facts
from badak.cli.training import Job, facts_of_training
from badak.recipes import tables
from badak.recipes.events import BagStarted
from badak.recipes.options import TableTraining, Training
from badak.recipes.tables import TableResult
from badak.tables import TableData
from badak.tables.bag import Bag
from badak.tables.efforts import folds_for
from badak.tables.judging import deciding_measure
from badak.tables.scores import shown

if TYPE_CHECKING:
    from rich.console import Console

    from badak.recipes.events import OnEvent, Started
    from badak.tables import TablePreparation
    from badak.tables.remarks import Remark

MOST_CLASSES_SHOWN = 6
MOST_REMARKS = 20
COVERAGE = 0.9
UNEVEN = 0.1  # a class is called uneven if it has a smaller share of the rows


@dataclass(frozen=True)
class TableJob(Job[TableResult]):
    """A run on a table."""

    options: TableTraining
    asked_for: ClassVar[str] = "new.csv --out predictions.csv"

    def train(self, on_event: "OnEvent | None", *, quiet: bool) -> TableResult:
        """Run the recipe."""
        one = self.options.chosen_effort is None
        callbacks = [Progress(self.options.metric)] if one and not quiet else []
        return tables.train(self.options, on_event=on_event, callbacks=callbacks)

    def facts(self, started: "Started | BagStarted") -> Facts:
        """Return data, target, columns, network and training."""
        assert isinstance(started.data, TableData)
        if isinstance(started, BagStarted):
            return {**_facts_of(started.data), **_facts_of_bag(started, self.options)}
        of_training = facts_of_training(
            started,
            message("at most {count} epochs", count=started.epochs),
            message("all rows at once"),
        )
        weights = message("classes weigh alike in the loss, which moves the probabilities")
        balanced = {"weights": weights} if self.options.balanced else {}
        return {**_facts_of(started.data), **of_training, **balanced}

    def epochs_done(self, result: TableResult) -> str:
        """Return how many, of a number that is only the most that there may be."""
        if result.bag is not None:
            return counted("{count} network", "{count} networks", result.bag.networks)
        return message("{count} epochs", count=len(result.history.epoch))

    def print_scores(self, console: "Console", result: TableResult) -> None:
        """Print the comparison with simple models, and the confusion of classes."""
        console.print(
            message("\non {counts:,} rows that were held out\n", counts=result.data.counts[2])
        )
        print_scores(console, result.scores)
        if result.bag is not None:
            console.print(_bag_in_words(result.bag))
        if (covered := result.covered(COVERAGE)) is not None:
            share, width = covered
            console.print(
                message(
                    "of {coverage:.0%} intervals (badak predict --interval {coverage}) {share:.0%} "
                    "hold the truth; they are {width} wide on average",
                    coverage=COVERAGE,
                    share=share,
                    width=shown(width, any_size=True),
                )
            )
        if decision := result.preparation.decision:
            console.print(message("\nanswered: {decision}", decision=decision))
        console.print(f"\n{result.verdict}\n")
        counts = result.confusion
        if counts is not None:
            print_confusion(console, counts, list(result.preparation.target.classes))

    def draw(self, model: Path, result: TableResult) -> list[Path]:
        """Draw the curves, and the confusion of classes."""
        drawn = artifacts.draw_curves(model, result.history)
        if names := result.preparation.target.classes:
            answered = result.preparation.decide(result.answers)
            drawn += artifacts.draw_confusion(model, result.data.test[1], answered, names)
        return drawn


def job_of(data: Path, common: Training, given: TableOptions) -> TableJob:
    """Return the run that the options ask for."""
    options = TableTraining(
        data,
        _target_of(data, given),
        task=given.task,
        columns=pairs_of(given.columns, "--column", "NAME=KIND", "zip=category"),
        ignore=given.ignore or [],
        missing=given.missing,
        dates=pairs_of(given.dates, "--dates", "NAME=ORDER", "sold=dmy"),
        encoding=given.encoding,
        held_out=given.held_out,
        group=given.group,
        time=given.time,
        effort=given.effort,
        time_limit=given.time_limit,
        trees=given.trees,
        metric=given.metric,
        balanced=given.balanced,
        threshold=given.threshold if given.threshold in (None, "best") else float(given.threshold),
        **{**vars(common), "out": common.out_path or Path(f"{tables.stem(data)}.safetensors")},
    )
    return TableJob(options)


def _target_of(data: Path, given: TableOptions) -> str:
    """Return the column to predict, or UsageError with the names that there are."""
    from badak.tables import open_table

    if given.target is not None:
        return given.target
    names = ", ".join(open_table(data, encoding=given.encoding).columns)
    raise UsageError(
        message(
            "A table needs --target, the column to predict: {data} has the columns {names}.",
            data=data,
            names=names,
        )
    )


def _facts_of(data: TableData) -> Facts:
    prepare, (learn, watch, test) = data.preparation, data.counts
    counts = (
        message(
            "{learn:,} rows to train on, {watch:,} to validate, {test:,} held out",
            learn=learn,
            watch=watch,
            test=test,
        )
        if watch
        else message("{learn:,} rows to train on, {test:,} held out", learn=learn, test=test)
    )
    source = "" if prepare.source is None else f"{prepare.source.name}: "
    if data.left_out:
        counts += message("; {count:,} without a target left out", count=data.left_out)
    taken = [remark for remark in data.remarks if not remark.leak]
    of_file = ", ".join(remark.text for remark in taken if not remark.column)
    facts: dict[str, str | list[str]] = {
        "data": source + counts,
        **({"split": data.split_in_words} if data.split_by else {}),
        **({"file": of_file} if of_file else {}),
        "target": f"{prepare.target.name}: {translated(prepare.target.task)} ({data.reason})",
        "columns": columns_in_words(prepare),
    }
    if prepare.target.classes:
        facts["classes"] = _classes_in_words(data)
    if missing := [column.name for column in prepare.columns if column.missing]:
        facts["missing"] = message(
            "in {columns}: a feature of each says so", columns=", ".join(missing)
        )
    if prepare.dropped:
        facts["not used"] = "; ".join(f"{c.name} ({c.told})" for c in prepare.dropped)
    if remarks := [remark for remark in taken if remark.column]:
        facts["taken"] = _first(remarks)
    if leaks := [remark for remark in data.remarks if remark.leak]:
        facts["leaks"] = _first(leaks)
    return facts


def _facts_of_bag(started: BagStarted, options: TableTraining) -> Facts:
    networks = ", ".join(
        message("{count} {kind}", count=count, kind=translated(kind))
        for kind, count in started.networks.items()
    )
    learn, watch, _ = started.data.counts
    folds = 0 if watch else folds_for(learn)
    by = message("loss")
    target = started.data.preparation.target
    if measure := deciding_measure(options.metric, target, options.threshold):
        by = translated(measure.shown)
    watched = (
        message(
            "watched with the rows to validate, by the {by}, seed {seed}", by=by, seed=options.seed
        )
        if watch
        else message(
            "each learns from earlier rows only and ends by its {by} on later ones, then learns "
            "as long from all, seed {seed}",
            by=by,
            seed=options.seed,
        )
        if folds and options.time is not None
        else message(
            "each leaves one of {folds} folds out and ends by its {by}, seed {seed}",
            folds=folds,
            by=by,
            seed=options.seed,
        )
        if folds
        else message("on all rows, seed {seed}", seed=options.seed)
    )
    facts = {
        "effort": message(
            "{effort}: {networks} made into one", effort=started.effort, networks=networks
        ),
        "training": watched,
    }
    if options.time_limit is not None:
        facts["at most"] = message("{seconds:g} seconds", seconds=options.time_limit)
    return facts


def _bag_in_words(bag: Bag) -> str:
    """Return how much each kind of network counts."""
    if len(bag.weights) == 1:
        said = message("{networks} networks made into one", networks=bag.networks)
    else:
        shares = ", ".join(f"{translated(kind)} {share:.0%}" for kind, share in bag.weights.items())
        said = message(
            "{networks} networks made into one, of which count: {shares}",
            networks=bag.networks,
            shares=shares,
        )
    if bag.by_loss:
        said += message(
            "; {count} ended by the loss, since the rows that they left out lack what the metric "
            "needs",
            count=bag.by_loss,
        )
    if bag.diverged:
        said += message("; {count} whose loss became infinite are left out", count=bag.diverged)
    if bag.passed_over:
        said += message(
            "; {count} of a kind that left out none of the others' rows, by which it could be "
            "weighed, are left out",
            count=bag.passed_over,
        )
    return f"\n{said}"


def _first(remarks: "list[Remark]") -> list[str]:
    """Return the first of the remarks in words, and how many more there are."""
    said, more = [*map(str, remarks[:MOST_REMARKS])], len(remarks) - MOST_REMARKS
    if more > 0:
        said.append(message("and {count:,} more, in the remarks of badak.tables.load", count=more))
    return said


def columns_in_words(prepare: "TablePreparation") -> str:
    """Return how many columns of each kind there are, and how many features they make."""
    kinds = [column.kind for column in prepare.columns]
    numbers, categories, dates = map(kinds.count, ("number", "category", "date"))
    counts = []
    if numbers:
        counts.append(counted("{count} number", "{count} numbers", numbers))
    if categories:
        counts.append(counted("{count} category", "{count} categories", categories))
    if dates:
        counts.append(counted("{count} date", "{count} dates", dates))
    return message(
        "{columns} → {count:,} features", columns=", ".join(counts), count=len(prepare.features)
    )


def _classes_in_words(data: TableData) -> str:
    classes = data.preparation.target.classes
    counts = np.bincount(data.y, minlength=len(classes))
    listed = [f"{name} {count:,}" for name, count in zip(classes, counts, strict=True)]
    words = ", ".join(listed[:MOST_CLASSES_SHOWN])
    if len(listed) > MOST_CLASSES_SHOWN:
        words = f"{len(listed)}: {words}, ..."
    rarest = counts.min() / len(data.y)
    if rarest < UNEVEN * 2.0 / len(classes):
        words += message(
            "; uneven (the rarest has {rarest:.2%}), so that accuracy alone says little",
            rarest=rarest,
        )
    return words
