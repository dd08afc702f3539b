"""How long predict takes, by the network's size and the number of samples in a call.

``python -m benchmarks.latency``: badak alone; a Python call, checks included.
"""

from statistics import median

from benchmarks import peers
from benchmarks.processes import Processes
from benchmarks.report import Report, options, time_text
from benchmarks.works import Work

NETWORKS = (
    (4, 16, 3),
    (20, 64, 64, 2),
    (784, 50, 100, 10),
    (784, 512, 256, 10),
    (784, 2048, 2048, 10),
)
SAMPLES = (1, 10, 100, 1000)


def main() -> None:
    arguments = options(__doc__).parse_args()
    repetitions, seconds = (3, 0.02) if arguments.quick else (7, 0.2)
    report = Report("predict, by network and samples in a call", arguments.threads)
    table = report.table("network", *(f"{samples:,}" for samples in SAMPLES))
    with Processes([peers.BADAK], arguments.threads) as processes:
        for widths in NETWORKS:
            work = Work(widths, batch=100, steps=10)
            processes.start(work)
            times = {
                samples: measure(processes, samples, repetitions, seconds) for samples in SAMPLES
            }
            report.rows.append({"network": work.network, "seconds": times})
            table.add_row(work.network, *(time_text(time) for time in times.values()))
    report.show(table, "float32, ReLU and softmax; medians")
    report.write(arguments.json)


def measure(processes: Processes, samples: int, repetitions: int, seconds: float) -> float:
    """Return the seconds of one call."""
    answers = processes.in_turn(
        repetitions, lambda process: process.ask("predict", samples=samples, seconds=seconds)
    )
    return median(answer["seconds"] for answer in answers[peers.BADAK.label])


if __name__ == "__main__":
    main()
