"""Where the states of a bag's networks are kept, from which a run goes on."""

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
    name = re.compile(re.escape(path.stem) + r"\.[0-9]+" + re.escape(path.suffix))
    folder = path.parent
    if not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if name.fullmatch(each.name))
