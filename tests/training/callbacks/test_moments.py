"""Every moment that Keras calls a callback at is called, in its order, or refused by name."""

import numpy as np
import pytest

from badak import Input, Sequential
from badak.callbacks import Callback, LambdaCallback
from badak.errors import InputError
from badak.layers import Dense
from badak.training.callbacks.base import MOMENTS

X = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
Y = X[:, :1]
OF_KERAS = [name for name in MOMENTS if name != "on_diverged"]


def recording(base, told):
    """Return a callback that writes down each moment, as Keras's and as badak's."""

    def moment(name):
        def called(self, *arguments, **named):
            told.append((name, *(a for a in arguments if isinstance(a, int))))

        return called

    return type("Recording", (base,), {name: moment(name) for name in OF_KERAS})()


def network():
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("sgd", "mse", [])
    return model


@pytest.fixture(scope="module")
def peer(keras):
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return keras, model


def test_fit_calls_what_keras_calls(peer):
    keras, model = peer
    settings = {"batch_size": 4, "epochs": 2, "validation_data": (X, Y), "verbose": 0}
    settings["validation_batch_size"] = 4
    ours, theirs = [], []
    network().fit(X, Y, callbacks=[recording(Callback, ours)], **settings)
    model.fit(X, Y, callbacks=[recording(keras.callbacks.Callback, theirs)], **settings)
    assert ours == theirs


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of PyTorch
def test_evaluate_and_predict_call_what_keras_calls(peer):
    keras, model = peer
    ours, theirs = [], []
    for each, base, told in (
        (network(), Callback, ours),
        (model, keras.callbacks.Callback, theirs),
    ):
        callbacks = [recording(base, told)]
        each.evaluate(X, Y, batch_size=3, verbose=0, callbacks=callbacks)
        each.predict(X, batch_size=3, verbose=0, callbacks=callbacks)
    assert ours == theirs


def test_predict_with_callbacks_answers_the_same_and_shows_each_batch():
    model, seen = network(), []
    watch = LambdaCallback(on_predict_batch_end=lambda batch, logs: seen.append(logs["outputs"]))
    answers = model.predict(X, batch_size=3, callbacks=[watch])
    np.testing.assert_array_equal(answers, model.predict(X))
    np.testing.assert_array_equal(np.concatenate(seen), answers)
    assert [len(part) for part in seen] == [3, 3, 2]


def test_scores_of_the_validation_data_are_what_the_end_of_the_test_is_given():
    scores = []
    watch = LambdaCallback(on_test_end=scores.append)
    history = network().fit(X, Y, validation_data=(X, Y), callbacks=[watch], verbose=0)
    assert scores == [{"loss": history.history["val_loss"][0]}]


@pytest.mark.parametrize("newer", [False, True])
def test_the_older_names_of_batches_are_called_unless_the_newer_is_there(newer):
    told = []

    class Old(Callback):
        def on_batch_begin(self, batch, logs=None):
            told.append(("begin", batch))

        def on_batch_end(self, batch, logs):
            told.append(("end", batch, sorted(logs)))

    class Both(Old):
        def on_train_batch_begin(self, batch, logs=None):
            told.append("newer")

    network().fit(X, Y, batch_size=4, callbacks=[Both() if newer else Old()], verbose=0)
    begin = ["newer"] * 2 if newer else [("begin", 0), ("begin", 1)]
    assert told == [begin[0], ("end", 0, ["loss"]), begin[1], ("end", 1, ["loss"])]


def test_a_function_that_is_put_on_an_object_is_called():
    callback, told = Callback(), []
    callback.on_train_batch_end = lambda batch, logs: told.append(batch)
    network().fit(X, Y, batch_size=4, callbacks=[callback], verbose=0)
    assert told == [0, 1]


def test_a_method_that_would_never_be_called_is_refused_by_name():
    class Misspelt(Callback):
        def on_epochs_end(self, epoch, logs):
            raise AssertionError

    model = network()
    with pytest.raises(InputError, match=r"on_epochs_end would never be called.*'on_epoch_end'"):
        model.fit(X, Y, callbacks=[Misspelt()], verbose=0)
    assert model.step == 0


@pytest.mark.parametrize(
    "wrong", [{"on_epoch": print}, {"on_epoch_end": "print"}, {"on_test_end": 3}]
)
def test_a_lambda_callback_takes_functions_of_moments(wrong):
    with pytest.raises(InputError, match="LambdaCallback"):
        LambdaCallback(**wrong)
