"""Predicting with the book's network, beside PyTorch, JAX, scikit-learn and ONNX Runtime.

``python -m benchmarks.inference``: the time of a Python call with one image, 100 and 10,000. Each
peer gets its own kind of array and gives its own kind back; all give the same probabilities.
"""

from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.processes import Processes
from benchmarks.report import Report, compared, comparison_text, options
from benchmarks.works import Work

NETWORK = Work((784, 50, 100, 10), batch=100, steps=100, activation="sigmoid")
SAMPLES = (1, 100, 10_000)
TOLERANCE = 1e-5  # of a probability


def main() -> None:
    arguments = options(__doc__).parse_args()
    repetitions, seconds = (3, 0.1) if arguments.quick else (11, 0.3)
    all_peers = peers.installed(peers.INFERENCE)
    report = Report(
        f"predict, {NETWORK.network}, {NETWORK.activation}",
        arguments.threads,
        [peer.distribution for peer in all_peers],
    )
    with Processes(all_peers, arguments.threads) as processes:
        source = processes.start(NETWORK)
        for samples in SAMPLES:
            report.rows.append(measure(processes, samples, repetitions, seconds))
    labels = [peer.label for peer in all_peers]
    table = report.table("samples", *labels)
    for row in report.rows:
        table.add_row(
            f"{row['samples']:,}", *(comparison_text(row["peers"][label]) for label in labels)
        )
    report.show(table, f"data: {source}; float32; medians; 2x: takes twice as long as badak")
    report.write(arguments.json)


def measure(processes: Processes, samples: int, repetitions: int, seconds: float) -> dict[str, Any]:
    """Return one row: every peer's times and ratios for so many samples in a call."""
    answers = processes.in_turn(
        repetitions, lambda process: process.ask("predict", samples=samples, seconds=seconds)
    )
    check_agreement({label: given[-1]["first"] for label, given in answers.items()})
    times = {label: [answer["seconds"] for answer in given] for label, given in answers.items()}
    return {"samples": samples, "peers": compared(times, to=peers.BADAK.label)}


def check_agreement(first: dict[str, list[float]]) -> None:
    """Raise where a peer's probabilities for the first sample are not badak's: no fair race."""
    for label, probabilities in first.items():
        apart = np.abs(np.subtract(probabilities, first[peers.BADAK.label])).max()
        if not apart < TOLERANCE:
            raise RuntimeError(f"{label} predicts something else than badak: {apart} apart")


if __name__ == "__main__":
    main()
