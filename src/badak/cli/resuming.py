"""What `badak train` says of a checkpoint: after Ctrl-C, and where the loss diverged."""

from pathlib import Path


def how_to_go_on(keep: Path | None, resume: bool) -> str:
    """Return what a run that was stopped tells of going on, if it can."""
    if keep is None or not keep.exists():
        return ""
    return "; go on with the same command" + ("" if resume else " and --resume")


def left_behind(keep: Path | None) -> str:
    """Return what a run that diverged has left."""
    if keep is None or not keep.exists():
        return "Nothing is saved."
    return f"The model is not saved; remove {keep} to begin anew."
