"""The compiled engine: a network becomes a program, and compiled code runs it on all cores.

Its parts load when the first network runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from badak.engine.protocol import CannotRunError, Predictor, SampleSet, Steps
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.typing import Array


class CompiledEngine:
    """Trains and answers by machine code."""

    name = "compiled"

    def train(
        self,
        model: Model,
        objective: Objective,
        samples: SampleSet,
        batch_size: int,
        penalty_shares: Array | None = None,
    ) -> Steps:
        """Return steps that train the model, or raise CannotRunError."""
        from badak.engine.program.steps import EngineSteps

        with _refusing():
            return EngineSteps(model, objective, samples, batch_size, penalty_shares)

    def predictor(self, model: Model, dtype: np.dtype[Any], *, last_activation: bool) -> Predictor:
        """Return what answers for the model, or raise CannotRunError."""
        from badak.engine.program.inference import InferenceProgram

        with _refusing():
            return InferenceProgram(model, dtype, last_activation)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what says that a network cannot be compiled into CannotRunError."""
    from badak.engine.program.program import UnsupportedError
    from badak.tracing.node import UntraceableError

    try:
        yield
    except (UnsupportedError, UntraceableError, NotImplementedError) as error:
        raise CannotRunError(str(error)) from error
