"""What is brought to the lab from outside: a model with its data, a table, pictures, a file."""

from pathlib import Path
from typing import Any

from badak import Sequential
from badak.lab.session import Session


def session_for(path: Path | None, target: str | None) -> Session:
    """Return the session that a command line asks for."""
    return Session()


def session_of(model: Sequential, data: Any, test: Any) -> Session:
    """Return the session of a model and its data."""
    raise NotImplementedError
