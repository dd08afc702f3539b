"""The engine: a network becomes a small program, and compiled code runs it on all cores.

Read in this order: :mod:`badak.engine.network`, how a network becomes a program;
:mod:`badak.engine.interpreter`, how the program runs; :mod:`badak.engine.products`, how matrices
are multiplied; :mod:`badak.engine.expressions` and :mod:`badak.engine.lowering`, how formulas are
compiled. Nothing heavy loads before a network runs.
"""

import importlib
import os
import warnings
from typing import Any

from badak.errors import InputError

VARIABLE = "BADAK_ENGINE"
"""The environment variable that chooses the engine where a model does not."""

ENGINES = ("compiled", "reference")


def check_engine(name: str | None) -> str | None:
    """Return the name of an engine or None, or raise InputError."""
    if name is not None and name not in ENGINES:
        raise InputError(f"engine is {name!r}, but it must be 'compiled' or 'reference'")
    return name


def is_chosen(name: str | None) -> bool:
    """Return whether the compiled engine is to run a model whose own choice is `name`."""
    if name is None:
        name = os.environ.get(VARIABLE) or "compiled"
        if name not in ENGINES:
            raise InputError(f"{VARIABLE} is {name!r}, but it must be 'compiled' or 'reference'")
    return name == "compiled"


def warn_once(model: Any, error: Exception) -> None:
    """Say, once a model, that NumPy takes over and why."""
    if not getattr(model, "engine_warned", False):
        model.engine_warned = True
        warnings.warn(
            f"the compiled engine cannot run this network: {error}. "
            f"NumPy does, with the same results but slower",
            RuntimeWarning,
            stacklevel=2,
        )


_HOMES = {
    "Answering": "badak.engine.answering",
    "CANNOT": "badak.engine.program",
    "Training": "badak.engine.learning",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'badak.engine' has no attribute {name!r}")
