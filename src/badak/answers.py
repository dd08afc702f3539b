"""A model's answers by the engine: programs kept for the kinds of samples that were asked."""

from typing import Any

import numpy as np

from badak import engine
from badak.typing import Array, ArrayLike


class Answers:
    """The programs of one model, one for each type of samples; made anew when a layer changes."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.forget()

    def forget(self) -> None:
        """Drop all programs: the weights have moved elsewhere."""
        self._programs: dict[tuple[np.dtype[Any], bool], Any] = {}
        self._changes = -1

    def quick(self, x: ArrayLike, last_activation: bool) -> Array | None:
        """Return the answers if they are a matter of microseconds; None leaves it to the long way.

        That is for an array of flat samples of the right shape whose program is at hand. NaN and
        infinity among them are met by the program, and then by the long way's error.
        """
        if type(x) is not np.ndarray or not x.flags.c_contiguous:
            return None
        program = self._programs.get((x.dtype, last_activation))
        if program is None or x.shape[1:] != program.sample_shape or not len(x):
            return None
        if x.dtype != program.element:
            return None
        if self._counted() != self._changes or not engine.is_chosen(self.model.engine):
            return None
        outputs: Array | None = program.sound(x)
        return outputs

    def engine(self, dtype: np.dtype[Any], last_activation: bool) -> Any:
        """Return the program for samples of this type, or None where the reference is to answer."""
        model = self.model
        if not engine.is_chosen(model.engine):
            return None
        if self._counted() != self._changes:
            self.forget()
            self._changes = self._counted()
        key = (dtype, last_activation)
        if key not in self._programs:
            try:
                self._programs[key] = engine.Answering(model, dtype, last_activation)
            except engine.CANNOT as error:
                engine.warn_once(model, error)
                self._programs[key] = None
        return self._programs[key]

    def _counted(self) -> int:
        return sum([layer.changes for layer in self.model.layers])
