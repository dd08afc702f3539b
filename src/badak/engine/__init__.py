"""The engine: a network becomes a small program, and compiled code runs it on all cores.

Read in this order: :mod:`badak.engine.program.builder`, how a network becomes a program;
:mod:`badak.engine.program.interpreter`, how the program runs; :mod:`badak.engine.matmul.products`,
how matrices are multiplied; :mod:`badak.tracing.tracer` and :mod:`badak.engine.compiler.lowering`,
how formulas are compiled. Nothing heavy loads before a network runs.
"""

import os
import warnings
from typing import Any

from badak._common.lazy import lazy
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


__getattr__, __dir__ = lazy(
    __name__,
    {
        "InferenceProgram": "badak.engine.program.inference",
        "CANNOT": "badak.engine.program.program",
        "TrainingProgram": "badak.engine.program.training",
    },
)
