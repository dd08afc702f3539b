"""Progress of a training on a table: a line for each epoch, or for some where there are many."""

from collections.abc import Sequence

import numpy as np

from badak._common.language import message
from badak.callbacks import Callback
from badak.training.callbacks.progress import progress_for

MOST_SHOWN = 30  # epochs that get a line each
LINES = 20  # printed of the epochs where there are many


class FewLines(Callback):
    """Prints a line for some of the epochs, and which one was the best."""

    every_batch = False

    def __init__(self, metric: str | None = None) -> None:
        self._metric = metric

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Print a line, if it is its turn."""
        epochs = self.params["epochs"]
        if epoch == 0 or (epoch + 1) % max(1, epochs // LINES) == 0:
            values = "  ".join(f"{name} {value:<8.4g}" for name, value in logs.items())
            print(f"{epoch + 1:>{len(str(epochs))}}/{epochs}  {values}".rstrip())

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Print where training was stopped, and from which epoch the weights are."""
        history = self.model.history
        watched = "loss"
        if self._metric is not None and f"val_{self._metric}" in history.history:
            watched = self._metric
        if values := history.history.get(f"val_{watched}"):
            rises = self.params["modes"][watched] == "max"
            best = int(np.argmax(values) if rises else np.argmin(values))
            print(
                message(
                    "after {count} epochs the weights are those of epoch {epoch}, {watched} "
                    "{best:.4g}",
                    count=len(values),
                    epoch=history.epoch[best] + 1,
                    watched=f"val_{watched}",
                    best=values[best],
                )
            )


class Progress(Callback):
    """Shows the epochs as the number of them asks for, which is known once training begins.

    `metric` is what tells the best epoch, by its name in the history; None: the loss.
    """

    every_batch = False
    shown: Sequence[Callback] = ()

    def __init__(self, metric: str | None = None) -> None:
        self._metric = metric

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Choose how to show them."""
        many = self.params["epochs"] > MOST_SHOWN
        self.shown = [FewLines(self._metric)] if many else progress_for(1)
        for each in self.shown:
            each.set_model(self.model)
            each.set_params(self.params)
            each.on_train_begin(logs)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Hand it on."""
        for each in self.shown:
            each.on_epoch_begin(epoch, logs)

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        """Hand it on."""
        for each in self.shown:
            each.on_train_batch_end(batch, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Hand it on."""
        for each in self.shown:
            each.on_epoch_end(epoch, logs)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Hand it on."""
        for each in self.shown:
            each.on_train_end(logs)

    def close(self) -> None:
        """Hand it on."""
        for each in self.shown:
            each.close()
