"""What watches training, by the names that Keras gives it."""

from badak.training.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from badak.training.history import History
from badak.training.tensorboard import TensorBoard
from badak.training.watching import Inspect

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "History",
    "Inspect",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
]
