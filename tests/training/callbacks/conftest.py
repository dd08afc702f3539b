import numpy as np
import pytest

from badak import Input, Sequential
from badak.callbacks import LambdaCallback
from badak.layers import Dense


@pytest.fixture(scope="module")
def keras():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        yield pytest.importorskip("keras")


@pytest.fixture
def samples():
    x = np.random.default_rng(0).normal(size=(20, 2))
    return x, x[:, :1]


@pytest.fixture
def model():
    """A linear model, not trained yet."""
    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    return model


@pytest.fixture
def scripted():
    """A callback that reports the values given, epoch by epoch."""

    def callback(values, name="val_loss"):
        return LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update({name: values[epoch]}))

    return callback


@pytest.fixture
def run(samples, scripted):
    """Train with a callback to which these values are reported."""

    def train(model, values, callback, name="val_loss", **settings):
        watchers = [scripted(values, name), callback]
        return model.fit(*samples, epochs=len(values), callbacks=watchers, verbose=0, **settings)

    return train
