"""What `badak train` leaves beside a model: the history of the run, and pictures of it."""

import csv
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.files import write_whole

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.training import History
    from badak.typing import Array

HISTORY = ".history.csv"
CURVES, CONFUSION, MISCLASSIFIED = ".curves.png", ".confusion.png", ".misclassified.png"


def check_beside(model: Path, *, pictures: bool) -> None:
    """Raise OSError where a file beside the model could not be written, before any work."""
    for ending in (HISTORY, *((CURVES, CONFUSION, MISCLASSIFIED) if pictures else ())):
        path = model.with_suffix(ending)
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder, where `badak train` would write a file")
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(f"{path} is write-protected: give --out another name")


def write_history(model: Path, history: "History") -> Path:
    """Write the run's values as CSVLogger does, a row an epoch; return the file."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(["epoch", *history.history])
    writer.writerows(zip(history.epoch, *history.history.values(), strict=True))
    path = model.with_suffix(HISTORY)
    write_whole(path, table.getvalue().encode())
    return path


def draw(
    model: Path, network: "Sequential", history: "History", x: "Array", y: "Array"
) -> list[Path]:
    """Draw the run and the answers to held-out images; return the files.

    A run that was stopped in its first epoch has no curves.
    """
    from badak import pictures

    written = []
    if history.epoch:
        written.append(model.with_suffix(CURVES))
        pictures.history(history, save=written[-1])
    names = network.class_names
    written += [model.with_suffix(CONFUSION), model.with_suffix(MISCLASSIFIED)]
    pictures.confusion(y, network.classify(x), names, save=written[-2])
    pictures.misclassified(network, x, y, save=written[-1])
    return written
