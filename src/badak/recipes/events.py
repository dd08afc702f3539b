"""Events: what a training job reports while it runs, and the callback that reports its epochs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from badak.callbacks import Callback
from badak.tables.efforts import NetworkTrained

if TYPE_CHECKING:
    from badak.datasets import Dataset
    from badak.network.sequential import Sequential
    from badak.tables import TableData


@dataclass(frozen=True)
class Reading:
    """A table's file is about to be read, three times."""

    path: Path
    size: int
    """Bytes; 0 where there is no such file."""


@dataclass(frozen=True)
class Started:
    """All is chosen and the network is compiled; training is about to begin."""

    model: "Sequential"
    data: "Dataset | TableData"
    counts: tuple[int, int, int]
    """Samples to train on, to validate with, and held out."""
    batch_size: int | None
    """None: all samples at once."""
    epochs: int
    """The most there will be."""
    first_epoch: int
    """0, or how many epochs the checkpoint that the run goes on from has done."""


@dataclass(frozen=True)
class BagStarted:
    """All is chosen for networks of several kinds and folds; their training is about to begin."""

    data: "TableData"
    effort: str
    networks: dict[str, int]
    """How many of each kind, by its name."""
    begun: int
    """How many of them have begun in the run that this one goes on from."""


@dataclass(frozen=True)
class EpochEnded:
    """An epoch is done."""

    epoch: int
    """The first is 0."""
    epochs: int
    logs: dict[str, float]
    """Loss and metrics, of the validation samples with "val_" before the name."""


@dataclass(frozen=True)
class Saved:
    """The model is in its file, and its history beside it."""

    model: Path
    history: Path


Event = Reading | Started | BagStarted | EpochEnded | NetworkTrained | Saved
OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Report nothing."""


class Reporter(Callback):
    """Reports each epoch of a run as an event."""

    every_batch = False

    def __init__(self, on_event: OnEvent) -> None:
        self._report = on_event

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Report it."""
        self._report(EpochEnded(epoch, self.params["epochs"], dict(logs)))
