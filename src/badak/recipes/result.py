"""`Trained`: what every training job returns."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from badak.network.sequential import Sequential
    from badak.training import History


@dataclass(frozen=True)
class Trained:
    """A trained network, its history, and what was chosen for its training."""

    model: "Sequential"
    history: "History"
    batch_size: int | None
    """None: all samples at once."""
    epochs: int
    """How many there could be; `history.epoch` lists those that there were."""

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the training."""
        return self.history.interrupted
