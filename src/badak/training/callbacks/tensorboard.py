"""Training's values and weights as TensorBoard shows them, written by tensorboardX."""

import os
from pathlib import Path
from typing import Any

from badak._common.extras import need
from badak._common.language import message
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.training.callbacks.base import Callback, Logs

TRAINING, VALIDATION = "train", "validation"  # Keras's names of the two runs of a folder


class TensorBoard(Callback):
    """Write what training reports for TensorBoard: ``tensorboard --logdir logs`` shows it.

    As Keras does: the values of training and validation are two runs, `train` and `validation`, in
    the folder, so that they share a graph for each value, ``epoch_loss`` and so on.

    Parameters
    ----------
    log_dir
        The folder of the run; give each run its own to compare them.
    histogram_freq
        After how many epochs the weights of each layer are written as histograms; 0 for never.
    update_freq
        "epoch"; or "batch" or a number of batches for the mean loss so far within an epoch, as
        ``batch_loss``. Asking for batches makes training stop after each of them.

    Raises
    ------
    ImportError
        tensorboardX is not installed.

    Examples
    --------
    >>> board = TensorBoard(getfixture("tmp_path") / "logs", histogram_freq=1)
    """

    remembers = ("step",)

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        update_freq: str | int = "epoch",
    ) -> None:
        _writer_class()
        self.log_dir = Path(log_dir)
        self.histogram_freq = check_whole(histogram_freq, "histogram_freq", least=0)
        self.batches = _batches(update_freq)
        self.every_batch = bool(self.batches)
        self.step = 0
        self._writers: dict[str, Any] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin to count batches."""
        self.step = 0

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Write the loss, if this batch is one of those to be written."""
        self.step += 1
        if self.batches and self.step % self.batches == 0:
            self._writer(TRAINING).add_scalar("batch_loss", logs["loss"], self.step)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Write the epoch's values, and the weights where it is their turn."""
        for name, value in logs.items():
            of_validation = name.startswith("val_")
            run = VALIDATION if of_validation else TRAINING
            self._writer(run).add_scalar(f"epoch_{name.removeprefix('val_')}", value, epoch)
        if self.histogram_freq and (epoch + 1) % self.histogram_freq == 0:
            for layer in self.model.layers:
                for name, weights in layer.weights.items():
                    tag = f"{layer.name}/{name}"
                    self._writer(TRAINING).add_histogram(tag, weights, epoch)
        for writer in self._writers.values():
            writer.flush()

    def close(self) -> None:
        """Close the files."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def _writer(self, run: str) -> Any:
        if run not in self._writers:
            self._writers[run] = _writer_class()(os.fspath(self.log_dir / run))
        return self._writers[run]


def _writer_class() -> Any:
    tensorboard_x = need("tensorboardX", "badak[tensorboard]", "callbacks.TensorBoard")
    return tensorboard_x.SummaryWriter


def _batches(update_freq: str | int) -> int:
    """Return after how many batches a value is written, 0 for none."""
    if isinstance(update_freq, str):
        known = {"epoch": 0, "batch": 1}
        if update_freq not in known:
            raise InputError(
                message(
                    "update_freq is 'epoch', 'batch' or a number of batches, not {update_freq!r}",
                    update_freq=update_freq,
                )
            )
        return known[update_freq]
    return check_whole(update_freq, "update_freq")
