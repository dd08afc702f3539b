"""Libraries that only some formats need, and what to install where one is missing."""

import importlib
from typing import Any

from badak._common.language import message
from badak.errors import BadakError


class MissingLibraryError(BadakError, ImportError):
    """A library that a format needs is not installed."""


def need(module: str, package: str, what: str) -> Any:
    """Return the module, or say what needs it and which package brings it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        command = f"pip install '{package}'"
        if package.startswith("badak["):
            command = message(
                "{command} (in a clone: {clone})",
                command=command,
                clone=f"pip install '{package.replace('badak', '.')}'",
            )
        raise MissingLibraryError(
            message(
                "{what} needs {name}, which is not installed: {command}",
                what=what,
                name=error.name,
                command=command,
            )
        ) from None
