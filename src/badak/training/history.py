"""What training went through, epoch by epoch."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class History:
    """The loss and metrics after each epoch: ``history.history["val_loss"][-1]``."""

    params: dict[str, Any] = field(default_factory=dict)
    epoch: list[int] = field(default_factory=list)
    history: dict[str, list[float]] = field(default_factory=dict)
    interrupted: bool = False
    """Whether Ctrl-C ended it."""

    def add(self, epoch: int, logs: dict[str, float]) -> None:
        """Note the values at the end of an epoch."""
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
