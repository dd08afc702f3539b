"""Where the states of a bag's networks are kept, from which a run goes on."""

import os
import re
from pathlib import Path


def state_paths(path: Path, count: int) -> list[Path]:
    """Return a file for each network: its number stands before the ending of `path`.

    >>> [each.name for each in state_paths(Path("a.checkpoint.safetensors"), 2)]
    ['a.checkpoint.0.safetensors', 'a.checkpoint.1.safetensors']
    """
    return [path.with_suffix(f".{number}{path.suffix}") for number in range(count)]


def states_there(path: Path) -> list[Path]:
    """Return the files of states that there are."""
    folder = path.parent
    if not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if is_state(each, path))


def is_state(file: Path, path: Path) -> bool:
    """Return whether a file is, by its name, one of those that :func:`state_paths` gives.

    >>> is_state(Path("a.7.safetensors"), Path("./a.safetensors"))
    True
    """
    name = re.escape(path.stem) + r"\.[0-9]+" + re.escape(path.suffix)
    beside = os.path.realpath(file.parent) == os.path.realpath(path.parent)
    return beside and re.fullmatch(name, file.name) is not None


def all_states(path: Path) -> Path:
    """Return the pattern of the files' names, as a shell takes it.

    >>> all_states(Path("a.checkpoint.safetensors")).name
    'a.checkpoint.*.safetensors'
    """
    return path.with_suffix(f".*{path.suffix}")
