"""badak's recipe for tables beside boosted trees and other networks, on real tables.

``python -m benchmarks.tables --out runs.jsonl``: each model learns three quarters of each table
with its defaults, in a process of its own, and is asked for the rest. Runs that the file holds
already are not repeated, so that it can be stopped and gone on with, and a new recipe is compared
with peers that ran before. It needs the extra ``bench-tables``; models that are not installed are
left out, with a word.
"""

import argparse
import itertools
import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.machine import keep_to, thread_environment
from benchmarks.processes import ROOT
from benchmarks.report import Report, options, time_text
from benchmarks.tables.models import MODELS, Model
from benchmarks.tables.sets import TABLES, Table, error_of
from benchmarks.tables.summary import Figures, Run, figures_of

QUICK = ("banana", "vehicle", "rain")
LIMIT = 3600  # seconds for one run


def main() -> None:
    arguments = parser().parse_args()
    if arguments.child:
        table, model, seed = arguments.child
        print(json.dumps(asdict(one_run(table, model, int(seed), arguments.threads))))
        return
    asked_for = arguments.tables or (QUICK if arguments.quick else [t.name for t in TABLES])
    tables = [each for each in TABLES if each.name in asked_for]
    absent = sorted({each.package for each in tables if not each.installed})
    tables = [each for each in tables if each.installed]
    named = arguments.models or [model.name for model in MODELS]
    models = [each for each in MODELS if each.name in named]
    left_out = [each.name for each in models if not each.installed]
    models = [each for each in models if each.installed]
    if not tables or not models:
        print("skipped: no table or no model is installed; they are the extra bench-tables")
        return
    seeds = range(1 if arguments.quick else arguments.seeds)
    report = Report(
        "tables", arguments.threads, ["badak", *sorted({m.distribution for m in models})]
    )
    runs = read(arguments.out)
    done = {(run.table, run.seed, run.model) for run in runs}
    for table, seed, model in itertools.product(tables, seeds, models):
        if (table.name, seed, model.name) not in done:
            runs.append(asked(table, model, seed, arguments.threads))
            write(arguments.out, runs[-1])
    chosen = [r for r in runs if r.table in {t.name for t in tables} and r.seed in seeds]
    names = [model.name for model in models]
    figures = figures_of(chosen, names)
    notes = [f"not installed: {', '.join(left_out)}"] if left_out else []
    notes += [f"no package for tables of {', '.join(absent)}"] if absent else []
    show(report, figures, notes)
    report.rows = [asdict(run) for run in chosen]
    report.write(arguments.json)
    if arguments.picture and len(names) > 2:
        from benchmarks.tables.picture import draw

        draw(figures, arguments.picture)


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    made = options(__doc__)
    made.add_argument("--seeds", type=int, default=2, metavar="N", help="splits of each table")
    made.add_argument("--tables", nargs="+", choices=[t.name for t in TABLES], metavar="NAME")
    made.add_argument("--models", nargs="+", choices=[m.name for m in MODELS], metavar="NAME")
    made.add_argument("--out", type=Path, metavar="FILE", help="keep the runs here, a line each")
    made.add_argument("--picture", type=Path, metavar="FILE", help="draw the ranks")
    made.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    return made


def asked(table: Table, model: Model, seed: int, threads: int) -> Run:
    """Return one run, done in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.tables", "--threads", str(threads)]
    done = subprocess.run(
        [*command, "--child", table.name, model.name, str(seed)],
        capture_output=True,
        text=True,
        env=thread_environment(threads),
        cwd=ROOT,
        timeout=LIMIT,
    )
    if done.returncode:
        raise SystemExit(f"{model.name} failed on {table.name}:\n{done.stderr}")
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def one_run(table_name: str, model_name: str, seed: int, threads: int) -> Run:
    """Let a model learn and answer; the seconds are of both, without loading the table."""
    keep_to(threads)
    table = next(each for each in TABLES if each.name == table_name)
    model = next(each for each in MODELS if each.name == model_name)
    train, test = table.split(seed)
    begin = time.perf_counter()
    answers = model.fit(table, train, seed, threads)(test)
    seconds = time.perf_counter() - begin
    truth = test[table.target].to_numpy()
    if table.task == "classification":
        truth = np.searchsorted(np.unique(train[table.target]), truth)
    else:
        truth = truth.astype(float)
    return Run(
        table.name, table.task, seed, model.name, seconds, **error_of(table.task, answers, truth)
    )


def read(path: Path | None) -> list[Run]:
    """Return the runs of a file, none if it is not there."""
    if path is None or not path.exists():
        return []
    return [Run(**json.loads(line)) for line in path.read_text().splitlines()]


def write(path: Path | None, run: Run) -> None:
    """Add a run to the file, and print it."""
    print(f"{run.table} {run.seed} {run.model}: {run.error:.4f} in {time_text(run.seconds)}")
    if path is not None:
        with path.open("a") as file:
            print(json.dumps(asdict(run)), file=file)


def show(report: Report, figures: Figures, notes: list[str]) -> None:
    """Print the means, the ranks and the seconds."""
    table = report.table("", *figures.models)
    count = len(figures.by_table())

    def add(title: str, values: np.ndarray, digits: int = 4) -> None:
        best = values.min()
        shown = (f"{v:.{digits}f}" if v > best else f"[bold]{v:.{digits}f}[/]" for v in values)
        table.add_row(title, *shown)

    add(f"all {count}", figures.mean())
    for task, what in (("regression", "regressions"), ("classification", "log loss")):
        if task in figures.tasks:
            add(what, figures.mean(task))
    if "classification" in figures.tasks:
        add("error rate", figures.mean("classification", wrong=True))
    add("mean rank", figures.ranks(), 2)
    table.add_row("median seconds", *(f"{s:.2f}" for s in figures.median_seconds()))
    report.show(
        table,
        f"{len(figures.splits)} splits; error: RMSE over the deviation, or log loss; "
        "means are geometric, of the error + 0.01",
        *notes,
    )


if __name__ == "__main__":
    main()
