"""MNIST to 97 % of the test images, in seconds of fit, beside the peers.

``python -m benchmarks.accuracy``: every peer trains the same network as many epochs, from several
seeds; a run that ends below 97 % is told.
"""

from dataclasses import replace
from statistics import median
from typing import Any

from benchmarks import peers
from benchmarks.processes import Process, Processes
from benchmarks.report import Report, compared, options, ratio_text, time_text
from benchmarks.works import Work, mnist, mnist_folder

ENOUGH = 0.97
EPOCHS = 3
WORK = Work((784, 50, 100, 10), 100, 600, learning_rate=0.005, decay_steps=600 * EPOCHS)


def main() -> None:
    arguments = options(__doc__).parse_args()
    if mnist_folder() is None:
        print("skipped: MNIST is not on this machine; set BADAK_DATA to a folder with its files")
        return
    seeds = range(2 if arguments.quick else 7)
    all_peers = peers.installed(peers.TRAINING)
    report = Report(
        f"MNIST, {WORK.network}, {EPOCHS} epochs",
        arguments.threads,
        [peer.distribution for peer in all_peers],
    )
    with Processes(all_peers, arguments.threads) as processes:
        test = dict(zip(("x", "y"), processes.write(*mnist()[1]), strict=True))
        processes.start(WORK)
        for process in processes.all:
            process.ask("fit", epochs=1)  # warms up
        runs = [one_run(processes, seed, test) for seed in seeds]
    collect(report, runs)
    show(report)
    report.write(arguments.json)


def one_run(processes: Processes, seed: int, test: dict[str, str]) -> dict[str, dict[str, float]]:
    """Return each peer's seconds of fit and accuracy, all from the same weights."""
    processes.start(replace(WORK, seed=seed))

    def question(process: Process) -> dict[str, float]:
        answer = process.ask("fit", epochs=EPOCHS)
        return {**answer, "accuracy": process.ask("accuracy", **test)}

    return {label: given[0] for label, given in processes.in_turn(1, question).items()}


def collect(report: Report, runs: list[dict[str, dict[str, float]]]) -> None:
    """Put a row for each peer into the report."""
    labels = list(runs[0])
    seconds = {label: [run[label]["seconds"] for run in runs] for label in labels}
    for label, times in compared(seconds, to=peers.BADAK.label).items():
        accuracies = [run[label]["accuracy"] for run in runs]
        report.rows.append({"peer": label, **times, "accuracies": accuracies})


def show(report: Report) -> None:
    """Print a line for each peer."""
    table = report.table("", "fit", "against badak", "accuracy, least", "median", "below 97 %")
    for row in report.rows:
        table.add_row(row["peer"], *cells(row))
    report.show(table, "medians of the seeds; 2x: takes twice as long as badak")


def cells(row: dict[str, Any]) -> list[str]:
    """Return what stands beside a peer's name."""
    accuracies = row["accuracies"]
    below = sum(accuracy < ENOUGH for accuracy in accuracies)
    return [
        time_text(row["seconds"]),
        ratio_text(row["ratio"]),
        f"{min(accuracies):.4f}",
        f"{median(accuracies):.4f}",
        f"{below} of {len(accuracies)}",
    ]


if __name__ == "__main__":
    main()
