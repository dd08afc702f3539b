"""The checkpoint of a run of `badak train`: where it lies, how far it is, what is said of it."""

import os
from pathlib import Path

from badak.errors import InputError


def checkpoint_of(target: Path) -> Path:
    """Return the name of a model's checkpoint: that of "m.safetensors" lies beside it."""
    return target.with_suffix(f".checkpoint{target.suffix}")


def epochs_done(keep: Path, target: Path, resume: bool) -> int:
    """Return how far the checkpoint is, 0 where there is none; or say what stands against it."""
    from badak.training import checkpoint

    if os.path.realpath(keep) == os.path.realpath(target):
        raise InputError(f"{keep} is both --checkpoint and --out: give one of them another name")
    checkpoint.check_place(keep)
    if not keep.exists():
        return 0
    done = checkpoint.read(keep).next_epoch
    if not resume:
        raise InputError(
            f"{keep} is there from a run that stopped after epoch {done}: add --resume to go on "
            "with it, or remove the file to begin anew"
        )
    return done


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
