"""Messages of `badak train` about its checkpoint: after Ctrl-C, and after a loss diverged."""

from pathlib import Path


def how_to_go_on(keep: Path | None, resume: bool) -> str:
    """Return how a run that was stopped can go on, or nothing if it cannot."""
    if keep is None or not keep.exists():
        return ""
    return "; go on with the same command" + ("" if resume else " and --resume")


def left_behind(keep: Path | None) -> str:
    """Return what a run that diverged has left on disk."""
    if keep is None or not keep.exists():
        return "Nothing is saved."
    return f"The model is not saved; remove {keep} to begin anew."
