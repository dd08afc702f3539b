"""A training step, beside PyTorch, JAX and scikit-learn.

``python -m benchmarks.training``: microseconds a step, and how many times as long each peer takes.
Every peer starts from the same weights; its loss at the end shows that it learnt as the others.
"""

from dataclasses import replace
from typing import Any

from benchmarks import peers
from benchmarks.processes import Processes
from benchmarks.products import peak_flops
from benchmarks.report import Report, compared, comparison_text, options
from benchmarks.works import Work

WORKS = (
    Work((784, 50, 100, 10), batch=100, steps=300),
    Work((784, 512, 256, 10), batch=128, steps=156),
    Work((20, 64, 64, 2), batch=32, steps=625),
    Work((784, 2048, 2048, 10), batch=256, steps=40),
)
QUICK_STEPS = (50, 16, 200, 2)
EPOCHS = 3  # of a fit that is timed: what it does once, such as checks, counts as it does in use
RATES = {"adam": 0.001, "sgd": 0.01}
LARGE = 1e8  # multiplications and additions of a step from where on it is little else


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--repetitions", type=int, metavar="N")
    parser.add_argument("--optimizer", choices=RATES, help="by default both; adam if --quick")
    arguments = parser.parse_args()
    optimizers = [arguments.optimizer or "adam"] if arguments.quick else list(RATES)
    if arguments.optimizer:
        optimizers = [arguments.optimizer]
    repetitions = arguments.repetitions or (3 if arguments.quick else 9)
    works: tuple[Work, ...] = WORKS
    if arguments.quick:
        works = tuple(
            replace(work, steps=steps) for work, steps in zip(WORKS, QUICK_STEPS, strict=True)
        )

    all_peers = peers.installed(peers.TRAINING)
    report = Report("a training step", arguments.threads, [p.distribution for p in all_peers])
    peaks = [peak_flops(arguments.threads)]
    with Processes(all_peers, arguments.threads) as processes:
        for optimizer in optimizers:
            for work in works:
                work = replace(work, optimizer=optimizer, learning_rate=RATES[optimizer])
                report.console.print(f"{work.network}, {optimizer} ...", style="dim")
                report.rows.append(measure(processes, work, repetitions))
    peaks.append(peak_flops(arguments.threads))
    add_shares(report, max(peaks))  # what others do meanwhile can only make it less
    show(report, [peer.label for peer in all_peers])
    report.write(arguments.json)


def measure(processes: Processes, work: Work, repetitions: int) -> dict[str, Any]:
    """Return one row: every peer's times, ratios and last loss."""
    source = processes.start(work)
    for process in processes.all:
        process.ask("fit", epochs=1)  # warms up: compiles, fills pools and caches
    answers = processes.in_turn(repetitions, lambda process: process.ask("fit", epochs=EPOCHS))
    seconds = {
        label: [answer["seconds"] / (EPOCHS * work.steps) for answer in given]
        for label, given in answers.items()
    }
    row: dict[str, Any] = {
        "network": work.network,
        "batch": work.batch,
        "optimizer": work.optimizer,
        "data": source,
        "steps": EPOCHS * work.steps,
        "flops": work.flops,
        "peers": compared(seconds, to=peers.BADAK.label),
    }
    for label, given in answers.items():
        row["peers"][label]["loss"] = given[-1]["loss"]
    return row


def add_shares(report: Report, peak: float) -> None:
    """Add to the large networks' rows how near badak's steps come to the processor's peak."""
    report.machine["peak_flops"] = peak
    for row in report.rows:
        if row["flops"] > LARGE:
            row["share_of_peak"] = row["flops"] / row["peers"][peers.BADAK.label]["seconds"] / peak


def show(report: Report, labels: list[str]) -> None:
    """Print a line for each network and optimizer, a column for each peer."""
    table = report.table("network, batch, optimizer", *labels, "of peak", "losses")
    for row in report.rows:
        share = f"{row['share_of_peak']:.0%}" if "share_of_peak" in row else ""
        losses = [row["peers"][label]["loss"] for label in labels]
        table.add_row(
            f"{row['network']}, {row['batch']}, {row['optimizer']}",
            *(comparison_text(row["peers"][label]) for label in labels),
            share,
            f"{min(losses):.3f} to {max(losses):.3f}",
        )
    sources = sorted({row["data"] for row in report.rows})
    report.show(
        table,
        f"data: {' and '.join(sources)}; float32; medians; 2x: takes twice as long as badak",
        f"peak: {float(str(report.machine['peak_flops'])) / 1e9:.0f} GFLOP/s",
    )


if __name__ == "__main__":
    main()
