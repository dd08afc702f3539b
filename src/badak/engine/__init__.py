"""Engines run networks; which one does is decided here.

:data:`ENGINES` holds every engine that a user may choose, by ``engine=`` or BADAK_ENGINE; each
satisfies :class:`Engine`. Where the chosen one cannot run a network, the reference does.

To read how the compiled one works, begin with :mod:`badak.engine.program.builder`, how a network
becomes a program; then :mod:`badak.engine.program.interpreter`, how the program runs;
:mod:`badak.engine.matmul.products`, how matrices are multiplied; :mod:`badak.tracing.tracer` and
:mod:`badak.engine.compiler.lowering`, how formulas are compiled.
"""

import os
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from badak._common.language import message
from badak.engine.compiled_engine import CompiledEngine
from badak.engine.machine.flushing import flushed_subnormals
from badak.engine.machine.threads import allowed_threads, alone, each
from badak.engine.protocol import CannotRunError, Engine, Predictor, SampleSet, Steps, Taken
from badak.engine.reference_engine import ReferenceEngine
from badak.errors import InputError
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.typing import Array

__all__ = [
    "DEFAULT",
    "ENGINES",
    "REFERENCE",
    "VARIABLE",
    "CannotRunError",
    "Engine",
    "Predictor",
    "SampleSet",
    "Steps",
    "Taken",
    "allowed_threads",
    "alone",
    "check_engine",
    "chosen",
    "each",
    "flushed_subnormals",
    "predictor",
    "train",
]

VARIABLE = "BADAK_ENGINE"
"""The environment variable that chooses the engine where a model does not."""

DEFAULT: Engine = CompiledEngine()
REFERENCE: Engine = ReferenceEngine()
"""The engine that runs every network, and so those that another one refuses."""

ENGINES: dict[str, Engine] = {engine.name: engine for engine in (DEFAULT, REFERENCE)}

Made = TypeVar("Made")


def check_engine(name: str | None, what: str = "engine") -> str | None:
    """Return the name of an engine or None, or raise InputError; `what` is given that name."""
    if name is not None and name not in ENGINES:
        known = message(" or ").join(map(repr, ENGINES))
        raise InputError(
            message("{what} is {name!r}, but it must be {known}", what=what, name=name, known=known)
        )
    return name


def chosen(name: str | None) -> Engine:
    """Return the engine of a model whose own choice is `name`; None leaves it to BADAK_ENGINE."""
    if name is None:
        name = check_engine(os.environ.get(VARIABLE) or None, VARIABLE)
    return DEFAULT if name is None else ENGINES[name]


def train(
    model: Model,
    objective: Objective,
    samples: SampleSet,
    batch_size: int,
    penalty_shares: Array | None = None,
) -> Steps:
    """Return steps of the model's engine, or of the reference where that cannot run it."""
    arguments = model, objective, samples, batch_size, penalty_shares
    return _by_engine(model, lambda engine: engine.train(*arguments))


def predictor(model: Model, dtype: np.dtype[Any], *, last_activation: bool) -> Predictor:
    """Return a predictor of the model's engine, or of the reference where that cannot run it."""
    return _by_engine(
        model, lambda engine: engine.predictor(model, dtype, last_activation=last_activation)
    )


def _by_engine(model: Model, make: Callable[[Engine], Made]) -> Made:
    try:
        return make(chosen(model.engine))
    except CannotRunError as error:
        _warn_once(model, error)
    return make(REFERENCE)


def _warn_once(model: Any, error: Exception) -> None:
    """Say, once a model, that NumPy takes over and why."""
    if not getattr(model, "engine_warned", False):
        model.engine_warned = True
        warnings.warn(
            message(
                "the compiled engine cannot run this network: {error}. NumPy does, with the same "
                "results but slower",
                error=error,
            ),
            RuntimeWarning,
            stacklevel=2,
        )
