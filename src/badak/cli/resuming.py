"""Messages of `badak train` about its checkpoint: after Ctrl-C, and after a loss diverged."""

from pathlib import Path

from badak._common.language import message
from badak.tables.states import all_states, states_there


def how_to_go_on(keep: Path | None, resume: bool) -> str:
    """Return how a run that was stopped can go on, or nothing if it cannot."""
    if _kept(keep) is None:
        return ""
    if resume:
        return message("; go on with the same command")
    return message("; go on with the same command and --resume")


def left_behind(keep: Path | None) -> str:
    """Return what a run that diverged has left on disk."""
    kept = _kept(keep)
    if kept is None:
        return message("Nothing is saved.")
    return message("The model is not saved; remove {keep} to begin anew.", keep=kept)


def _kept(keep: Path | None) -> Path | None:
    """Return what there is of a checkpoint: its file, or the pattern of several networks' files."""
    if keep is not None and keep.exists():
        return keep
    return None if keep is None or not states_there(keep) else all_states(keep)
