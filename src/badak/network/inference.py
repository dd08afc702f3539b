"""The inference cache: a model's predictors, kept for the kinds of samples that were asked."""

from typing import Any

import numpy as np

from badak import engine
from badak._common.language import message
from badak.activations import is_builtin
from badak.engine import Engine, Predictor
from badak.errors import InputError
from badak.layers.model import Model
from badak.typing import Array, ArrayLike


class Answers:
    """The predictors of one model, by its engine, the samples' type and the last activation."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.forget()

    def forget(self) -> None:
        """Drop all predictors: a layer has changed, or the weights have moved elsewhere."""
        self._predictors: dict[tuple[Engine, np.dtype[Any], bool], Predictor] = {}
        self._last: tuple[str | None, Predictor] | None = None
        self._keeps_order: bool | None = None

    @property
    def last_activation_keeps_order(self) -> bool:
        """Whether the largest pre-activation of the last layer is its largest output: softmax."""
        if self._keeps_order is None:
            output = self.model.layers[-1].activation
            self._keeps_order = is_builtin(output, "softmax", "log_softmax")
        return self._keeps_order

    def quick(self, x: ArrayLike, last_activation: bool) -> Array | None:
        """Return the answers if they are a matter of microseconds; None leaves it to the long way.

        That is for an array of the type and shape that was last asked for. The predictor notices
        NaN and infinity among samples and answers, and the long way then raises the error.
        """
        last = self._last
        if last is None or last[0] is not self.model.engine:
            return None
        predictor = last[1]
        if type(x) is not np.ndarray or x.dtype is not predictor.element:
            return None
        if predictor.last_activation is not last_activation:
            return None
        return predictor.predict_if_finite(x)

    def predictor(self, dtype: np.dtype[Any], last_activation: bool) -> Predictor:
        """Return what answers to samples of this type."""
        chosen = self.model.engine
        key = engine.chosen(chosen), dtype, last_activation
        found = self._predictors.get(key)
        if found is None:
            made = engine.predictor(self.model, dtype, last_activation=last_activation)
            found = self._predictors[key] = made
        self._last = chosen, found  # another thread may set the last one meanwhile
        return found


def check_answers(answers: Array) -> None:
    """Raise InputError where a sample is answered by NaN or infinity, and name the first."""
    flat = answers.reshape(len(answers), -1)
    wrong = ~np.isfinite(flat).all(axis=1)
    if wrong.any():
        first = int(wrong.argmax())
        value = flat[first][~np.isfinite(flat[first])][0]
        raise InputError(
            message(
                "the network answers {value} for sample {first} ({wrong} of {count} samples): its "
                "weights or its inputs are too large for float32; model.inspect(x) names the "
                "layer",
                value=value,
                first=first,
                wrong=wrong.sum(),
                count=len(answers),
            )
        )
