"""Save while training: the model after an epoch, the history as CSV."""

import csv
import importlib
import os
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from badak._common.display import printable
from badak._common.files import check_place
from badak._common.language import message
from badak._common.registry import nearest
from badak._common.validation import Flag, setting_of
from badak.errors import InputError
from badak.layers.model import Model
from badak.training.callbacks.base import Callback, Logs
from badak.training.callbacks.stopping import OPTIONAL, Monitor


class ModelCheckpoint(Monitor):
    """Save the model after each epoch, or after each that is the best so far.

    Parameters
    ----------
    filepath : path
        The file; it may hold fields such as ``{epoch:02d}``, the first being 1, and
        ``{val_loss:.3f}``. Its ending says the format: `.safetensors` as
        :meth:`badak.Sequential.save` writes, or `.keras`, `.weights.h5`, `.onnx` and the others of
        :func:`badak.formats.export`. Folders whose names hold fields are made.
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
        A setting is none of these, the run reports no such value, or there is no such format.
    OSError
        The file cannot be written. All this is found out before the first step.

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
        self.save_best_only = Flag().check(save_best_only, self._own("save_best_only"))
        threshold = OPTIONAL.check(initial_value_threshold, self._own("initial_value_threshold"))
        if threshold is not None:
            self.best = threshold

    @property
    def watches(self) -> bool:
        """Whether the value decides which epochs are saved."""
        return self.save_best_only

    def set_params(self, params: dict[str, Any]) -> None:
        """Refuse a file that could not be written, before the first step."""
        super().set_params(params)
        self._named = {field for _, field, _, _ in self._fields() if field}
        values = params.get("values", ())
        if params.get("more") and not self._named <= {"epoch", *values}:
            return  # a callback may report what is named, and then tells its kind
        path = self._path(0, dict.fromkeys(values, 0.5)) if "values" in params else self.filepath
        _writer(path)
        if not self._makes_folders:
            check_place(Path(path), message("model"))

    @property
    def _makes_folders(self) -> bool:
        return "{" in os.fspath(Path(self.filepath).parent)

    def _fields(self) -> list[tuple[str, str | None, str | None, str | None]]:
        try:
            return list(string.Formatter().parse(self.filepath))
        except ValueError as error:
            raise self._no_pattern(error) from None

    def _no_pattern(self, error: Exception) -> InputError:
        return InputError(
            message(
                "filepath {filepath!r} is no pattern: {error}", filepath=self.filepath, error=error
            )
        )

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Save, if the epoch is to be saved and reports what the file's name needs."""
        if self.save_best_only:
            value = self.value(logs)
            if value is None or not self.better(value, self.best):
                return
            self.best = value
        if (self._named - {"epoch"} - set(logs)) & set(self.params.get("values", ())):
            return
        path = self._path(epoch, logs)
        if self._makes_folders:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        _writer(path)(self.model, path)
        if self.verbose:
            print(message("saved {path}", path=printable(str(path))))

    def _path(self, epoch: int, logs: Logs) -> str:
        try:
            return self.filepath.format(epoch=epoch + 1, **logs)
        except KeyError as error:
            name = str(error.args[0])
            raise InputError(
                message(
                    "filepath {filepath!r} names {name!r}, but an epoch reports {names}{nearest}",
                    filepath=self.filepath,
                    name=name,
                    names=", ".join(["epoch", *logs]),
                    nearest=nearest(name, ["epoch", *logs]),
                )
            ) from None
        except (ValueError, IndexError, AttributeError, TypeError) as error:
            raise self._no_pattern(error) from None


def _writer(path: str) -> Callable[[Model, str], None]:
    """Return what writes a model to a file of this ending, or raise InputError."""
    if path.endswith(".safetensors"):
        return lambda model, place: model.save(place)
    # Formats stand above training: they are loaded only where a file asks for one.
    formats: Any = importlib.import_module("badak.formats.registry")
    formats.exporter_for(Path(path), None)
    export: Callable[[Model, str], None] = formats.export
    return export


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
        if not isinstance(separator, str) or len(separator) != 1 or separator in '\r\n"':
            raise InputError(
                message(
                    "CSVLogger's separator must be one character, not {separator!r}",
                    separator=separator,
                )
            )
        self.separator = separator
        self.append = Flag().check(append, setting_of("CSVLogger", "append"))
        self._file: TextIO | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file: a folder that is not there is an error before any work."""
        check_place(self.path, message("table"))
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
        if self.names is None:  # validation may be rare: its columns are there from the first row
            values = self.params.get("values", ())
            first = [name for name in values if name in logs or name.startswith("val_")]
            self.names = list(dict.fromkeys([*first, *logs]))
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
