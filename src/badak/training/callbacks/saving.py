"""Save while training: the model after an epoch, the history as CSV."""

import csv
import os
from pathlib import Path
from typing import TextIO

from badak.errors import InputError
from badak.training.callbacks.base import Callback, Logs
from badak.training.callbacks.stopping import Monitor


class ModelCheckpoint(Monitor):
    """Save the model after each epoch, or after each that is the best so far.

    `filepath` may hold fields such as ``{epoch:02d}`` and ``{val_loss:.3f}``.
    """

    remembers = ("best",)

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: str = "auto",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode)
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        if initial_value_threshold is not None:
            self.best = initial_value_threshold

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Save, if it is to be."""
        if self.save_best_only:
            value = self.value(logs)
            if not self.better(value, self.best):
                return
            self.best = value
        try:
            path = self.filepath.format(epoch=epoch + 1, **logs)
        except KeyError as error:
            raise InputError(
                f"filepath {self.filepath!r} names {error}, but an epoch reports: "
                f"epoch, {', '.join(logs)}"
            ) from None
        self.model.save(path)
        if self.verbose:
            print(f"saved {path}")


class CSVLogger(Callback):
    """Write a row of values for each epoch to a CSV file.

    A run that goes on from a checkpoint goes on with its file, from the row of that epoch.
    """

    remembers = ("names", "size")

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        self.path = Path(filename)
        self.separator = separator
        self.append = append
        self._file: TextIO | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file; a wrong folder is met here, before any work."""
        self._file = self.path.open("a", newline="", encoding="utf-8")
        self.names: list[str] | None = None
        self.size = self._bytes() if self.append else 0
        """Bytes of the file that are to stay."""
        self._with_header: bool | None = None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before the first one, take off what does not belong to this run."""
        if self._with_header is None:
            assert self._file is not None
            if self._bytes() > self.size:
                self._file.truncate(self.size)
            self._with_header = self._bytes() == 0

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Write the row, and see that it is on disk should the next epoch fail."""
        assert self._file is not None
        writer = csv.writer(self._file, delimiter=self.separator)
        self.names = self.names or list(logs)
        if self._with_header:
            writer.writerow(["epoch", *self.names])
            self._with_header = False
        writer.writerow([epoch, *(logs.get(name, "") for name in self.names)])
        self._file.flush()
        self.size = self._bytes()

    def _bytes(self) -> int:
        assert self._file is not None
        return os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
