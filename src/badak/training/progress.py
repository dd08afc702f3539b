"""Training before one's eyes: a bar that moves on a terminal or in a notebook, lines elsewhere."""

import importlib.util
import time
from typing import Any

from badak.errors import InputError
from badak.training.callbacks import Callback, Logs

BAR_INTERVAL = 0.05  # seconds between two movements of the bar; more often, nobody sees


def progress_for(verbose: int | str) -> list[Callback]:
    """Return what shows the progress: nothing (0), a bar (1), a line an epoch (2), or "auto"."""
    if verbose not in ("auto", 0, 1, 2):
        raise InputError(f"verbose is 'auto', 0, 1 or 2, not {verbose!r}")
    if verbose in (0, False):
        return []
    from rich.console import Console

    console = Console()
    if verbose == "auto":
        if not (console.is_terminal or console.is_jupyter):
            return []
        verbose = 1
    moves = console.is_terminal or (
        console.is_jupyter and importlib.util.find_spec("ipywidgets") is not None
    )
    return [Bar(console)] if verbose == 1 and moves else [Lines(console)]


class Lines(Callback):
    """One line an epoch, with its values and the seconds it took."""

    def __init__(self, console: Any) -> None:
        self.console = console

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Start the clock."""
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Print the line."""
        width = len(str(self.params["epochs"]))
        values = "  ".join(f"[dim]{name}[/] {value:.4f}" for name, value in logs.items())
        seconds = time.perf_counter() - self.started
        self.console.print(
            f"[bold]epoch {epoch + 1:>{width}}/{self.params['epochs']}[/]  {values}"
            f"  [dim]{seconds:.1f} s[/]",
            highlight=False,
            soft_wrap=True,
        )


class Bar(Lines):
    """A bar that moves through each epoch, above it a line for each that is done."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Show the bar."""
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
            TextColumn("loss {task.fields[loss]:.4f}"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
        )
        self.task = self.bar.add_task("", total=self.params["steps"], loss=float("nan"))
        self.bar.start()
        self.moved = 0.0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Begin at the left."""
        super().on_epoch_begin(epoch, logs)
        self.bar.reset(self.task, description=f"epoch {epoch + 1}/{self.params['epochs']}")

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Move on."""
        now = time.perf_counter()
        if now - self.moved > BAR_INTERVAL:
            self.bar.update(self.task, completed=batch + 1, loss=logs["loss"])
            self.moved = now

    def close(self) -> None:
        """Take the bar away."""
        if hasattr(self, "bar"):
            self.bar.stop()
