"""How a step's time grows when width, depth, batch or the number of rows doubles.

``python -m benchmarks.scaling --plot FILE.svg``: badak alone. The time should grow no faster than
the work; a small network may grow more slowly, for it has a step's fixed cost to bear.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import peers
from benchmarks.processes import Processes
from benchmarks.report import Report, options, ratio_text, time_text
from benchmarks.works import Work

SPEND = 2e10  # multiplications and additions of a repetition, so that each takes about as long


def sweeps(quick: bool) -> dict[str, list[Work]]:
    """Return for each thing that doubles the works, growing."""
    widths = doublings(32, 256 if quick else 2048)
    depths = doublings(1, 8 if quick else 16)
    batches = doublings(16, 128 if quick else 1024)
    steps = doublings(10, 80 if quick else 640)
    return {
        "width": [sized((784, width, width, 10), 128) for width in widths],
        "depth": [sized((784, *[256] * depth, 10), 128) for depth in depths],
        "batch": [sized((784, 256, 256, 10), batch) for batch in batches],
        "rows": [Work((784, 256, 256, 10), 100, count) for count in steps],
    }


def doublings(first: int, last: int) -> Iterator[int]:
    """Yield first, twice that, ... up to last."""
    while first <= last:
        yield first
        first *= 2


def sized(widths: tuple[int, ...], batch: int) -> Work:
    """Return a work of as many steps as make up SPEND, within what there is of MNIST."""
    steps = round(SPEND / Work(widths, batch, 1).flops)
    return Work(widths, batch, min(max(steps, 4), 60_000 // batch))


def amount(sweep: str, work: Work) -> int:
    """Return what doubles."""
    return {
        "width": work.widths[1],
        "depth": len(work.widths) - 2,
        "batch": work.batch,
        "rows": work.samples,
    }[sweep]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw it, as SVG or PNG")
    arguments = parser.parse_args()
    repetitions = 3 if arguments.quick else 7
    report = Report("doubling width, depth, batch and rows", arguments.threads)
    with Processes([peers.BADAK], arguments.threads) as processes:
        for sweep, works in sweeps(arguments.quick).items():
            report.rows += measure(processes, sweep, works, repetitions)
    show(report)
    report.write(arguments.json)
    if arguments.plot:
        plot(report, arguments.plot)


def measure(
    processes: Processes, sweep: str, works: list[Work], repetitions: int
) -> list[dict[str, Any]]:
    """Return a row for each work; rows count a whole epoch, the others one step."""
    rows = []
    for work in works:
        processes.start(work)
        processes.all[0].ask("fit", epochs=1)  # warms up
        answers = processes.in_turn(repetitions, lambda process: process.ask("fit", epochs=1))
        steps = 1 if sweep == "rows" else work.steps
        seconds = median(answer["seconds"] for answer in answers[peers.BADAK.label]) / steps
        flops = work.flops * (work.steps if sweep == "rows" else 1)
        rows.append(
            {"sweep": sweep, "amount": amount(sweep, work), "network": work.network,
             "batch": work.batch, "seconds": seconds, "flops": flops}
        )  # fmt: skip
    return rows


def show(report: Report) -> None:
    """Print a line for each work, with how its time and its work grew since the one before."""
    table = report.table(
        "doubled", "network", "batch", "amount", "time", "GFLOP/s", "time grew", "work grew", left=2
    )
    before = None
    for row in report.rows:
        grown = ["", ""]
        if before is not None and before["sweep"] == row["sweep"]:
            grown = [ratio_text(row[what] / before[what]) for what in ("seconds", "flops")]
        elif before is not None:
            table.add_section()
        speed = f"{row['flops'] / row['seconds'] / 1e9:.0f}"
        time = time_text(row["seconds"])
        amounts = [str(row["batch"]), f"{row['amount']:,}", time, speed]
        table.add_row(row["sweep"], row["network"], *amounts, *grown)
        before = row
    report.show(table, "time: of a step, and of an epoch where rows double; float32, Adam; medians")


def plot(report: Report, path: Path) -> None:
    """Draw a panel for each sweep: the time, and the time that grows as the work does."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 2.9), layout="constrained")
    names = list(dict.fromkeys(row["sweep"] for row in report.rows))
    for axes, name in zip(figure.subplots(1, len(names)), names, strict=True):
        rows = [row for row in report.rows if row["sweep"] == name]
        amounts = [row["amount"] for row in rows]
        last = rows[-1]
        as_work = [last["seconds"] * row["flops"] / last["flops"] * 1e3 for row in rows]
        axes.loglog(amounts, as_work, "--", color="0.6", base=2, label="as the work grows")
        axes.loglog(amounts, [row["seconds"] * 1e3 for row in rows], "o-", base=2, label="measured")
        axes.set_xticks(amounts, [f"{amount:,}" for amount in amounts], rotation=60, fontsize=7)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_title(name, fontsize=10)
        axes.set_ylabel("ms an epoch" if name == "rows" else "ms a step", fontsize=8)
        axes.tick_params(labelsize=7)
    figure.axes[0].legend(fontsize=7)
    figure.suptitle(str(report.machine["processor"]), fontsize=8, color="0.4")
    figure.savefig(path)


if __name__ == "__main__":
    main()
