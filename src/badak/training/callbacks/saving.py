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

    Parameters
    ----------
    filepath : path
        The file; it may hold fields such as ``{epoch:02d}``, the first being 1, and
        ``{val_loss:.3f}``.
    monitor : str
        The value that is watched, such as "val_loss" or "accuracy".
    verbose : int
        1 prints each file that is saved, 0 does not.
    save_best_only : bool
        Whether an epoch is saved only if its value is the best so far.
    mode : {"auto", "min", "max"}
        Whether the value is better when it falls or rises; "auto" asks the loss or metric.
    initial_value_threshold : float, optional
        What the first value must better to be saved.

    Raises
    ------
    InputError
        A setting is none of these, or the run reports no such value.

    Examples
    --------
    >>> import numpy as np, badak
    >>> model = badak.Sequential([badak.layers.Dense(1)])
    >>> x = np.linspace(-1.0, 1.0, 20).reshape(-1, 1)
    >>> folder = getfixture("tmp_path")
    >>> keep = ModelCheckpoint(folder / "best.safetensors", "loss", save_best_only=True)
    >>> history = model.fit(x, 2.0 * x, epochs=3, callbacks=[keep], verbose=0)
    >>> badak.load_model(folder / "best.safetensors").count_params()
    2
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

    A run that resumes from a checkpoint continues the file from the row of that epoch.

    Parameters
    ----------
    filename : path
        The file; its folder must be there.
    separator : str
        What stands between two values.
    append : bool
        Whether rows are added to what the file holds, or replace it.

    Raises
    ------
    OSError
        The file cannot be written, before the first epoch.

    Examples
    --------
    >>> import numpy as np, badak
    >>> model = badak.Sequential([badak.layers.Dense(1)])
    >>> x = np.linspace(-1.0, 1.0, 20).reshape(-1, 1)
    >>> path = getfixture("tmp_path") / "log.csv"
    >>> history = model.fit(x, 2.0 * x, epochs=2, callbacks=[CSVLogger(path)], verbose=0)
    >>> path.read_text().splitlines()[0]
    'epoch,loss,mean_absolute_error'
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
        """Open the file: a folder that is not there is an error before any work."""
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
