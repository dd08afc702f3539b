"""Files of a training job: checked before any work, written and cleared away after it."""

import csv
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.files import check_place, write_whole
from badak.errors import InputError
from badak.recipes.options import Training

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.recipes.events import OnEvent
    from badak.training import History

HISTORY = ".history.csv"


@dataclass(frozen=True)
class Names:
    """What the caller calls the options, for the messages of errors."""

    out: str = "out"
    checkpoint: str = "checkpoint"
    resume: str = "resume=True"


PYTHON = Names()
COMMAND = Names("--out", "--checkpoint", "--resume")


def check_files(options: Training, names: Names = PYTHON) -> int:
    """Return how many epochs the checkpoint has done; or say what cannot be written.

    Raises InputError or OSError before any work: a model or history that cannot be written, or a
    checkpoint that is there although `resume` is not asked for.
    """
    if options.out_path is not None:
        check_output(options.out_path, names)
        check_free(options.out_path.with_suffix(HISTORY), names)
    return _epochs_done(options, names)


def check_output(path: Path, names: Names = PYTHON) -> None:
    """Raise InputError or OSError, saying what to do, where a model could not be saved there."""
    from badak.network.saving import SUFFIX

    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give {names.out} a file's name")
    if path.suffix != SUFFIX:
        fitting = path.with_suffix(SUFFIX)
        raise InputError(f"a model is saved as a {SUFFIX} file, not as {path}: give {fitting}")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f"{path} is write-protected: give {names.out} another name")
    folder = Path(os.path.realpath(path)).parent  # that of the file behind a symbolic link
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            f"there is no folder {path.parent} to save {path.name} in: make it first, or give "
            f"{names.out} another"
        ) from None
    except OSError as error:
        raise PermissionError(
            f"the folder {folder} cannot be written to ({error.strerror}): give {names.out} another"
        ) from None


def check_free(path: Path, names: Names = PYTHON) -> None:
    """Raise OSError where a file beside the model could not be written."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, where `badak train` would write a file")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f"{path} is write-protected: give {names.out} another name")


def _epochs_done(options: Training, names: Names) -> int:
    from badak.training import checkpoint

    keep, out = options.checkpoint_path, options.out_path
    if keep is None and options.resume:
        raise InputError(
            f"{names.resume} needs the file to go on from: give {names.checkpoint} or {names.out}"
        )
    if keep is None:
        return 0
    if out is not None and os.path.realpath(keep) == os.path.realpath(out):
        raise InputError(
            f"{keep} is both {names.checkpoint} and {names.out}: give one of them another name"
        )
    check_place(keep, "checkpoint")
    if not keep.exists():
        return 0
    done = checkpoint.read(keep).next_epoch
    if not options.resume:
        raise InputError(
            f"{keep} is there from a run that stopped after epoch {done}: add {names.resume} to go "
            "on with it, or remove the file to begin anew"
        )
    return done


def save(model: "Sequential", history: "History", options: Training, report: "OnEvent") -> None:
    """Save the model with its history beside it, where the options say, and report it.

    The checkpoint of a run that was not interrupted is removed: its model is safe by then.
    """
    from badak.recipes.events import Saved

    out, keep = options.out_path, options.checkpoint_path
    if out is None:
        return
    model.save(out)
    beside = write_history(out, history)
    if keep is not None and not history.interrupted:
        keep.unlink(missing_ok=True)
    report(Saved(out, beside))


def write_history(model: Path, history: "History") -> Path:
    """Write the run's values as CSVLogger does, a row an epoch; return the file."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(["epoch", *history.history])
    columns = [history.by_epoch(name) for name in history.history]
    writer.writerows(zip(history.epoch, *columns, strict=True))
    path = model.with_suffix(HISTORY)
    write_whole(path, table.getvalue().encode())
    return path
