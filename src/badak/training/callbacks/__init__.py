"""Callbacks: what watches training and steers it."""

from badak._common.lazy import lazy

__getattr__, __dir__ = lazy(
    __name__,
    {
        "CSVLogger": "badak.training.callbacks.saving",
        "Callback": "badak.training.callbacks.base",
        "CallbackList": "badak.training.callbacks.base",
        "EarlyStopping": "badak.training.callbacks.stopping",
        "LambdaCallback": "badak.training.callbacks.base",
        "LearningRateScheduler": "badak.training.callbacks.learning_rate",
        "ModelCheckpoint": "badak.training.callbacks.saving",
        "ReduceLROnPlateau": "badak.training.callbacks.learning_rate",
        "TerminateOnNaN": "badak.training.callbacks.stopping",
    },
)
