"""Training before one's eyes: a bar that moves on a terminal or in a notebook, lines elsewhere."""

import importlib.util
import time
from typing import Any

from badak._common.language import message
from badak.errors import InputError
from badak.training.callbacks.base import Callback, Logs
from badak.training.callbacks.history import cell

COLUMN = 8  # characters of a value
BAR_INTERVAL = 0.05  # seconds between two movements of the bar; more often, nobody sees


def progress_for(verbose: int | str) -> list[Callback]:
    """Return what shows the progress: nothing (0), a bar (1), a line an epoch (2), or "auto".

    "auto" is a bar on a terminal or in a notebook, and lines elsewhere: into a pipe or a file, and
    in the window where an editor runs a program.
    """
    if verbose not in ("auto", 0, 1, 2):
        raise InputError(message("verbose is 'auto', 0, 1 or 2, not {verbose!r}", verbose=verbose))
    if verbose in (0, False):
        return []
    from badak._common.console import CleanConsole

    console = CleanConsole()
    if verbose == "auto":
        verbose = 1 if console.is_terminal or console.is_jupyter else 2
    moves = console.is_terminal or (
        console.is_jupyter and importlib.util.find_spec("ipywidgets") is not None
    )
    return [Bar(console)] if verbose == 1 and moves else [Lines(console)]


class Lines(Callback):
    """A row an epoch, with its values under their names and the time it took."""

    def __init__(self, console: Any) -> None:
        self.console = console

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin a new table."""
        self.names: list[str] = []
        if self.console.is_jupyter:
            self.model.history.printed_in = cell()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Start the clock."""
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Print the row, and the names above it where they are new."""
        from rich.cells import cell_len, set_cell_size

        seconds = time.perf_counter() - self.started
        epochs = self.params["epochs"]
        heading = message("epoch")
        first = max(cell_len(heading), 2 * len(str(epochs)) + 1)
        if list(logs) != self.names:
            self.names = list(logs)
            names = "  ".join(f"{name:>{COLUMN}}" for name in self.names)
            self._print(f"[dim]{set_cell_size(heading, first)}  {names}[/]")
        values = "  ".join(
            f"{_shown(value):>{max(COLUMN, len(name))}}" for name, value in logs.items()
        )
        self._print(f"{f'{epoch + 1}/{epochs}':<{first}}  {values}  [dim]{_duration(seconds)}[/]")

    def _print(self, line: str) -> None:
        self.console.print(line, highlight=False, soft_wrap=True)


def _shown(value: float) -> str:
    return f"{value:.4f}" if value == 0.0 or 1e-3 <= abs(value) < 1e4 else f"{value:.2e}"


def _duration(seconds: float) -> str:
    return f"{seconds * 1000.0:.0f} ms" if seconds < 1.0 else f"{seconds:.1f} s"


class Bar(Lines):
    """A bar that moves through each epoch, above it a line for each that is done."""

    every_batch = False

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Show the bar."""
        super().on_train_begin(logs)
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[loss]}"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
        )
        self.task = self.bar.add_task("", total=self.params["steps"], loss="")
        self.bar.start()
        self.moved = 0.0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Begin at the left."""
        super().on_epoch_begin(epoch, logs)
        self.bar.reset(
            self.task,
            description=message(
                "epoch {epoch}/{epochs}", epoch=epoch + 1, epochs=self.params["epochs"]
            ),
        )

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Move on."""
        now = time.perf_counter()
        if now - self.moved > BAR_INTERVAL:
            self.bar.update(self.task, completed=batch + 1, loss=f"loss {logs['loss']:.4f}")
            self.moved = now

    def close(self) -> None:
        """Take the bar away."""
        if hasattr(self, "bar"):
            self.bar.stop()
