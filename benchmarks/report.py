"""How measurements are asked for, printed and kept."""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import machine

BUSY = 0.05  # share of the cores that others use: from here on they are in the way


def options(description: str | None) -> argparse.ArgumentParser:
    """Return the options that all benchmarks have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions and steps")
    parser.add_argument("--threads", type=int, default=min(2, len(machine.cores())), metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers here")
    return parser


class Report:
    """A table that is printed, and rows that are written as JSON, under one description."""

    def __init__(self, title: str, threads: int, distributions: Sequence[str] = ("badak",)) -> None:
        self.title = title
        self.console = Console(width=None if Console().is_terminal else 120)
        self.machine = machine.describe(threads, list(distributions))
        self.rows: list[dict[str, Any]] = []
        self._others = machine.Others()

    def table(self, *columns: str, left: int = 1) -> Table:
        """Return an empty table, its first `left` columns aligned to the left."""
        table = Table(title=self.title, title_justify="left", title_style="bold")
        for index, column in enumerate(columns):
            table.add_column(column, justify="left" if index < left else "right", no_wrap=True)
        return table

    def show(self, table: Table, *notes: str) -> None:
        """Print the table, what it was measured on, and what there is to know."""
        self.console.print(table)
        self.machine["others"] = others = self._others.share()
        if others is not None and others > BUSY:
            self.console.print(
                f"[yellow]other programs used {others:.0%} of the cores meanwhile: "
                "the times are too long, and the ratios are not to be quoted[/]"
            )
        versions = self.machine["versions"]
        assert isinstance(versions, dict)
        facts = [
            f"{self.machine['processor']}; {self.machine['threads']} of "
            f"{self.machine['cores']} cores; badak's engine: {self.machine['engine']}",
            ", ".join(f"{name} {number}" for name, number in versions.items()),
            *notes,
        ]
        self.console.print("\n".join(facts), style="dim", highlight=False)

    def write(self, path: Path | None) -> None:
        """Write machine and rows as JSON, if a path is given."""
        if path is not None:
            kept = {
                "benchmark": self.title,
                "date": date.today().isoformat(),
                "machine": self.machine,
                "rows": self.rows,
            }
            path.write_text(json.dumps(kept, indent=1) + "\n")


def time_text(seconds: float) -> str:
    """Return a time with three figures that count, in the fitting unit.

    >>> time_text(0.0000784), time_text(0.0295)
    ('78.4 us', '29.5 ms')
    """
    for unit, size in (("us", 1e-6), ("ms", 1e-3), ("s", 1.0)):
        if seconds < 999.5 * size or unit == "s":
            value = seconds / size
            return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {unit}"
    raise AssertionError


def ratio_text(ratio: float) -> str:
    """Return how many times as long it took.

    >>> ratio_text(3.14159)
    '3.1x'
    """
    return f"{ratio:.{2 if ratio < 3 else 1 if ratio < 30 else 0}f}x"


def comparison_text(peer: dict[str, Any]) -> str:
    """Return a time, and below it how many times badak's it is, of what `compared` gives."""
    return f"{time_text(peer['seconds'])}\n{ratio_text(peer['ratio'])}"


def compared(seconds: dict[str, list[float]], to: str) -> dict[str, dict[str, Any]]:
    """Return each peer's median time and the median of its ratios to `to`, round by round."""
    return {
        label: {
            "seconds": median(times),
            "ratio": median(t / b for t, b in zip(times, seconds[to], strict=True)),
            "all_seconds": times,
        }
        for label, times in seconds.items()
    }
