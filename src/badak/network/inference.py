"""A model's answers by the engine: programs kept for the kinds of samples that were asked."""

from typing import Any

import numpy as np

from badak import engine
from badak.layers.model import Model
from badak.typing import Array, ArrayLike


class Answers:
    """The programs of one model, one for each type of samples and with or without the last step."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.forget()

    def forget(self) -> None:
        """Drop all programs: a layer has changed, or the weights have moved elsewhere."""
        self._programs: dict[tuple[np.dtype[Any], bool], Any] = {}
        self._last: Any = None

    def quick(self, x: ArrayLike, last_activation: bool) -> Array | None:
        """Return the answers if they are a matter of microseconds; None leaves it to the long way.

        That is for an array of the type and shape that was last asked for. NaN and infinity among
        the samples are met by the program, and then by the long way's error.
        """
        last = self._last
        if last is None or type(x) is not np.ndarray or x.dtype is not last.element:
            return None
        if last.last_activation is not last_activation or self.model.engine == "reference":
            return None
        outputs: Array | None = last.sound(x)
        return outputs

    def program(self, dtype: np.dtype[Any], last_activation: bool) -> Any:
        """Return the program for samples of this type, or None where the reference is to answer."""
        if not engine.is_chosen(self.model.engine):
            return None
        key, programs = (dtype, last_activation), self._programs
        if key not in programs:
            try:
                programs[key] = engine.InferenceProgram(self.model, dtype, last_activation)
            except engine.CANNOT as error:
                engine.warn_once(self.model, error)
                programs[key] = None
        program = self._last = programs[key]  # another thread may set the last one meanwhile
        return program
