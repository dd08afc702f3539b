"""Training: the loop over epochs and batches, what watches it, and what it leaves behind."""

from badak.training.callbacks.history import History
from badak.training.loop import fit
from badak.training.scores import evaluate

__all__ = ["History", "evaluate", "fit"]
