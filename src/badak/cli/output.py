"""Whether a model can be written, asked before the work and not after it."""

import os
import tempfile
from pathlib import Path

from badak.errors import InputError


def check_output(path: Path) -> None:
    """Raise InputError or OSError, saying what to do, where `path` could not be saved to."""
    from badak.network.saving import SUFFIX

    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give --out a file's name")
    if path.suffix != SUFFIX:
        fitting = path.with_suffix(SUFFIX)
        raise InputError(f"a model is saved as a {SUFFIX} file, not as {path}: give {fitting}")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f"{path} is write-protected: give --out another name")
    folder = Path(os.path.realpath(path)).parent  # that of the file behind a symbolic link
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(
            f"there is no folder {path.parent} to save {path.name} in: make it first, or give "
            "--out another"
        ) from None
    except OSError as error:
        raise PermissionError(
            f"the folder {folder} cannot be written to ({error.strerror}): give --out another"
        ) from None
