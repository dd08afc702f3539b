"""What watches training, by the names that Keras gives it."""

from badak.training.callbacks.base import Callback, LambdaCallback
from badak.training.callbacks.history import History
from badak.training.callbacks.inspect import Inspect
from badak.training.callbacks.learning_rate import LearningRateScheduler, ReduceLROnPlateau
from badak.training.callbacks.saving import CSVLogger, ModelCheckpoint
from badak.training.callbacks.stopping import EarlyStopping, TerminateOnNaN
from badak.training.callbacks.tensorboard import TensorBoard

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
