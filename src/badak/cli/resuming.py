"""Messages of `badak train` about its checkpoint: after Ctrl-C, and after a loss diverged."""

from pathlib import Path

from badak._common.language import message


def how_to_go_on(keep: Path | None, resume: bool) -> str:
    """Return how a run that was stopped can go on, or nothing if it cannot."""
    if keep is None or not keep.exists():
        return ""
    if resume:
        return message("; go on with the same command")
    return message("; go on with the same command and --resume")


def left_behind(keep: Path | None) -> str:
    """Return what a run that diverged has left on disk."""
    if keep is None or not keep.exists():
        return message("Nothing is saved.")
    return message("The model is not saved; remove {keep} to begin anew.", keep=keep)
