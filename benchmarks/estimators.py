"""scikit-learn's MLPClassifier and badak's, which takes its place, on the same data.

``python -m benchmarks.estimators``: seconds of fit with the default parameters but for the layers
and the number of epochs, and the accuracy on samples that were held out. Both start from the same
random state, so that they take the same steps; data are float64, as scikit-learn's users have them.
"""

import argparse
import importlib
import json
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from benchmarks.machine import keep_to, thread_environment
from benchmarks.processes import PAUSE, ROOT
from benchmarks.report import Report, compared, options, ratio_text, time_text

BADAK, SCIKIT_LEARN = "badak", "scikit-learn"
MODULES = {BADAK: "badak.estimators", SCIKIT_LEARN: "sklearn.neural_network"}


@dataclass(frozen=True)
class Task:
    """What is fitted: data by name, hidden layers, epochs."""

    name: str
    hidden: tuple[int, ...]
    epochs: int

    def data(self) -> list[np.ndarray]:
        """Return x and labels to learn from, and x and labels to test with; in turn."""
        from sklearn.datasets import load_digits, make_classification
        from sklearn.model_selection import train_test_split

        if self.name == "digits":
            x, y = load_digits(return_X_y=True)
            x /= 16.0
        else:
            x, y = make_classification(20_000, 20, n_informative=10, random_state=0)
        x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=0)
        return [x_train, y_train, x_test, y_test]


TASKS = (
    Task("digits", (100,), epochs=100),
    Task("table of 20 features", (100,), epochs=20),
    Task("table of 20 features", (64, 64), epochs=20),
)


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--repetitions", type=int, metavar="N")
    parser.add_argument("--child", choices=MODULES.values(), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        keep_to(arguments.threads)
        print(json.dumps([fitted(arguments.child, task) for task in TASKS]))
        return
    repetitions = arguments.repetitions or (1 if arguments.quick else 7)
    report = Report("a fit by default", arguments.threads, ["scikit-learn", "scipy"])
    answers: dict[str, list[Any]] = {label: [] for label in MODULES}
    for repetition in range(repetitions):
        for label in sorted(MODULES, reverse=repetition % 2 == 1):  # each is first in turn
            time.sleep(PAUSE)
            answers[label].append(ask(MODULES[label], arguments.threads))
    for number, task in enumerate(TASKS):
        report.rows.append(row(task, {k: [run[number] for run in v] for k, v in answers.items()}))
    show(report)
    report.write(arguments.json)


def ask(module: str, threads: int) -> Any:
    """Return what a process of its own measured with the classifier of this module."""
    result = subprocess.run(
        [sys.executable, "-m", __spec__.name, "--child", module, "--threads", str(threads)],
        env=thread_environment(threads), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(result.stdout.splitlines()[-1])


def fitted(module: str, task: Task) -> dict[str, float]:
    """Return the seconds of a fit in this process, the last loss, and the accuracy."""
    kind = importlib.import_module(module).MLPClassifier
    x, y, x_test, y_test = task.data()
    settings = {"hidden_layer_sizes": task.hidden, "random_state": 0, "tol": 0.0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged, which is not asked here
        kind(max_iter=1, **settings).fit(x, y)  # warms up
        started = time.perf_counter()
        model = kind(max_iter=task.epochs, n_iter_no_change=task.epochs, **settings).fit(x, y)
        seconds = time.perf_counter() - started
    return {"seconds": seconds, "loss": model.loss_, "accuracy": model.score(x_test, y_test)}


def row(task: Task, answers: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    """Return both estimators' times, ratio, losses and accuracies on a task."""
    seconds = {label: [run["seconds"] for run in runs] for label, runs in answers.items()}
    peers = compared(seconds, to=BADAK)
    for label, runs in answers.items():
        for what in ("loss", "accuracy"):
            peers[label][what] = median(run[what] for run in runs)
    return {"task": task.name, "hidden": task.hidden, "epochs": task.epochs, "peers": peers}


def show(report: Report) -> None:
    """Print a line for each task."""
    table = report.table("", "epochs", *MODULES, "ratio", "losses", "accuracies")
    for line in report.rows:
        peers = [line["peers"][label] for label in MODULES]
        hidden = "-".join(map(str, line["hidden"]))
        table.add_row(
            f"{line['task']}, {hidden}",
            str(line["epochs"]),
            *(time_text(peer["seconds"]) for peer in peers),
            ratio_text(peers[1]["ratio"]),
            " ".join(f"{peer['loss']:.4f}" for peer in peers),
            " ".join(f"{peer['accuracy']:.4f}" for peer in peers),
        )
    report.show(table, "medians; 2x: takes twice as long as badak; float64 data, batches of 200")


if __name__ == "__main__":
    main()
