"""Files of a training job: checked before any work, written and cleared away after it."""

import csv
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from badak._common.files import check_place, reason_of, write_whole
from badak._common.language import counted, message
from badak.errors import InputError
from badak.recipes.options import TableTraining, Training
from badak.tables.states import all_states, is_state, states_there

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
    """Return how many epochs, or networks, the checkpoint has; or say what cannot be written.

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
        raise IsADirectoryError(
            message("{path} is a folder: give {out} a file's name", path=path, out=names.out)
        )
    if path.suffix != SUFFIX:
        fitting = path.with_suffix(SUFFIX)
        raise InputError(
            message(
                "a model is saved as a {suffix} file, not as {path}: give {fitting}",
                suffix=SUFFIX,
                path=path,
                fitting=fitting,
            )
        )
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(
            message("{path} is write-protected: give {out} another name", path=path, out=names.out)
        )
    folder = Path(os.path.realpath(path)).parent  # that of the file behind a symbolic link
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            message(
                "there is no folder {parent} to save {name} in: make it first, or give {out} "
                "another",
                parent=path.parent,
                name=path.name,
                out=names.out,
            )
        ) from None
    except OSError as error:
        raise PermissionError(
            message(
                "the folder {folder} cannot be written to ({strerror}): give {out} another",
                folder=folder,
                strerror=reason_of(error),
                out=names.out,
            )
        ) from None


def check_free(path: Path, names: Names = PYTHON) -> None:
    """Raise OSError where a file beside the model could not be written."""
    if path.is_dir():
        raise IsADirectoryError(
            message("{path} is a folder, where `badak train` would write a file", path=path)
        )
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(
            message("{path} is write-protected: give {out} another name", path=path, out=names.out)
        )


def _epochs_done(options: Training, names: Names) -> int:
    from badak.training import checkpoint

    keep, out = options.checkpoint_path, options.out_path
    if keep is None and options.resume:
        raise InputError(
            message(
                "{resume} needs the file to go on from: give {checkpoint} or {out}",
                resume=names.resume,
                checkpoint=names.checkpoint,
                out=names.out,
            )
        )
    if keep is None:
        return 0
    if out is not None and os.path.realpath(keep) == os.path.realpath(out):
        raise InputError(
            message(
                "{keep} is both {checkpoint} and {out}: give one of them another name",
                keep=keep,
                checkpoint=names.checkpoint,
                out=names.out,
            )
        )
    check_place(keep, message("checkpoint"))
    if isinstance(options, TableTraining) and options.chosen_effort is not None:
        return _networks_begun(keep, options, names)
    if states := states_there(keep):
        raise InputError(
            message(
                "{state} is there from a run of several networks, but now one is trained: go on "
                "with the same options, or remove {states} to begin anew",
                state=states[0],
                states=all_states(keep),
            )
        )
    if not keep.exists():
        return 0
    done = checkpoint.read(keep).next_epoch
    if not options.resume:
        raise InputError(
            message(
                "{keep} is there from a run that stopped after epoch {done}: add {resume} to go "
                "on with it, or remove the file to begin anew",
                keep=keep,
                done=done,
                resume=names.resume,
            )
        )
    return done


def _networks_begun(keep: Path, options: TableTraining, names: Names) -> int:
    out, states = options.out_path, states_there(keep)
    if out is not None and is_state(out, keep):
        raise InputError(
            message(
                "{out} is called as the state of a network of {keep} is: give {option} another "
                "name",
                out=out,
                keep=keep,
                option=names.out,
            )
        )
    if keep.exists():
        raise InputError(
            message(
                "{keep} is there, as of one network, but now several are trained, whose states are "
                "kept in {states}: go on with the same options, remove the file, or give {option} "
                "another name",
                keep=keep,
                states=all_states(keep),
                option=names.checkpoint,
            )
        )
    if states and not options.resume:
        raise InputError(
            counted(
                "{state} is there from a run that stopped, with {count} network begun: add "
                "{resume} to go on with it, or remove {states} to begin anew",
                "{state} is there from a run that stopped, with {count} networks begun: add "
                "{resume} to go on with it, or remove {states} to begin anew",
                len(states),
                state=states[0],
                resume=names.resume,
                states=all_states(keep),
            )
        )
    return len(states)


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
        for state in [keep, *states_there(keep)]:
            state.unlink(missing_ok=True)
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
