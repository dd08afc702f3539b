import os
import signal
import threading

import numpy as np
import pytest

from badak import Input, Sequential
from badak.callbacks import Callback, LambdaCallback, TerminateOnNaN
from badak.errors import InputError
from badak.layers import Dense

X = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
T = X @ [[1.0], [-2.0], [0.5]] + 0.3
LABELS = (X[:, 0] > 0).astype(int)


def regression(optimizer="sgd", **settings):
    model = Sequential([Input((3,)), Dense(1)], **settings)
    model.compile(optimizer, "mse")
    return model


class Watch(Callback):
    def __init__(self):
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("begin")

    def on_train_batch_end(self, batch, logs):
        self.calls.append(("batch", batch))

    def on_epoch_end(self, epoch, logs):
        self.calls.append(("epoch", epoch, sorted(logs)))

    def on_train_end(self, logs=None):
        self.calls.append("end")


def test_least_squares_is_found():
    model = regression("adam")
    model.optimizer.learning_rate = 0.05
    model.fit(X, T, epochs=300, verbose=0)
    w, b = model.get_weights()
    np.testing.assert_allclose(w[:, 0], [1.0, -2.0, 0.5], atol=1e-3)
    np.testing.assert_allclose(b, [0.3], atol=1e-3)


def test_every_sample_is_seen_once_an_epoch_in_an_order_of_its_own():
    """Sample i moves the i-th weight alone, so that the weights tell which samples were taken."""
    taken = []

    class Spy(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            taken.append([])

        def on_train_batch_begin(self, batch, logs=None):
            self.before = self.model.get_weights()[0]

        def on_train_batch_end(self, batch, logs=None):
            taken[-1].append(np.flatnonzero(self.model.get_weights()[0] != self.before))

    model = Sequential([Input((50,)), Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    targets = np.full((50, 1), 9.0)
    history = model.fit(np.eye(50), targets, 8, epochs=3, callbacks=[Spy()], verbose=0)
    assert history.params == {"epochs": 3, "steps": 7, "samples": 50}
    assert model.step == 21
    for batches in taken:
        assert [len(batch) for batch in batches] == [8, 8, 8, 8, 8, 8, 2]
        assert sorted(np.concatenate(batches)) == list(range(50))
    first_batches = {tuple(batches[0]) for batches in taken}
    assert len(first_batches) == 3


def test_an_epoch_is_the_textbooks_loop():
    model = regression()
    w, b = (array.astype(np.float64) for array in model.get_weights())
    model.fit(X, T, batch_size=8, epochs=2, verbose=0)
    for epoch in range(2):
        order = np.random.default_rng([0, epoch]).permutation(50)
        for start in range(0, 50, 8):
            chosen = order[start : start + 8]
            error = X[chosen] @ w + b - T[chosen]
            w = w - 0.01 * 2.0 * X[chosen].T @ error / len(chosen)
            b = b - 0.01 * 2.0 * error.mean(axis=0)
    np.testing.assert_allclose(model.get_weights()[0], w, rtol=1e-4)
    np.testing.assert_allclose(model.get_weights()[1], b, rtol=1e-4)


def test_gradient_descent_takes_the_whole_set_as_one_batch():
    model = regression("gradient_descent")
    model.fit(X, T, epochs=3, verbose=0)
    assert model.step == 3
    with pytest.raises(InputError, match="whole set"):
        model.fit(X, T, batch_size=10, verbose=0)


def test_two_short_runs_are_one_long_run():
    long, short = regression("adam"), regression("adam")
    long.fit(X, T, epochs=4, verbose=0)
    short.fit(X, T, epochs=2, verbose=0)
    short.fit(X, T, epochs=4, initial_epoch=2, verbose=0)
    assert (long.get_weights()[0] == short.get_weights()[0]).all()


def test_without_shuffling_batches_come_in_order():
    seen, again = regression(), regression(seed=5)
    again.set_weights(seen.get_weights())
    for model in (seen, again):
        model.fit(X, T, epochs=2, shuffle=False, verbose=0)
    assert (seen.get_weights()[0] == again.get_weights()[0]).all()


def test_validation_split_takes_the_last_part():
    split, given = regression(), regression()
    first = split.fit(X, T, validation_split=0.2, epochs=2, verbose=0)
    second = given.fit(X[:40], T[:40], validation_data=(X[40:], T[40:]), epochs=2, verbose=0)
    assert first.history == second.history
    assert set(first.history) == {"loss", "val_loss"}


def test_validation_may_be_rare():
    history = regression().fit(X, T, validation_data=(X, T), epochs=5, validation_freq=2, verbose=0)
    assert len(history.history["loss"]) == 5
    assert len(history.history["val_loss"]) == 2


def test_zero_weights_leave_samples_out():
    held, cut = regression(), regression()
    weight = np.r_[np.full(25, 2.0), np.zeros(25)]
    held.fit(X, T, sample_weight=weight, batch_size=50, shuffle=False, epochs=3, verbose=0)
    cut.fit(X[:25], T[:25], batch_size=25, shuffle=False, epochs=3, verbose=0)
    np.testing.assert_allclose(held.get_weights()[0], cut.get_weights()[0], rtol=1e-5)


def test_class_weights_are_sample_weights_by_class():
    networks = []
    for settings in (
        {"class_weight": {1: 3.0}},
        {"sample_weight": np.where(LABELS == 1, 3.0, 1.0)},
    ):
        model = Sequential([Input((3,)), Dense(2, "softmax")])
        model.fit(X, LABELS, epochs=3, verbose=0, **settings)
        networks.append(model.get_weights()[0])
    assert (networks[0] == networks[1]).all()


def test_metrics_of_an_epoch_are_those_of_its_outputs():
    model = Sequential([Input((3,)), Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy", "mae", "auc"])
    model.optimizer.learning_rate = 0.0
    history = model.fit(X, LABELS, epochs=1, verbose=0).history
    y = model.predict(X)[:, 0]
    assert history["accuracy"][0] == pytest.approx(((y > 0.5) == LABELS).mean())
    assert history["mae"][0] == pytest.approx(np.abs(y - LABELS).mean(), rel=1e-5)
    scores = model.evaluate(X, LABELS, return_dict=True)
    assert history["auc"][0] == pytest.approx(scores["auc"])


def test_own_metrics_are_functions_of_targets_and_outputs():
    def largest(y_true, y_pred):
        return np.max(y_pred)

    model = regression()
    model.compile("sgd", "mse", metrics=[largest])
    assert model.evaluate(X, T)[1] == pytest.approx(model.predict(X).max())


def test_unknown_metrics_are_met_before_training():
    model = regression()
    model.compile("sgd", "mse", metrics=["acuracy"])
    with pytest.raises(InputError, match="did you mean 'accuracy'"):
        model.fit(X, T, verbose=0)


def test_callbacks_are_told_of_every_moment():
    watch = Watch()
    regression().fit(X, T, batch_size=25, epochs=2, callbacks=watch, verbose=0)
    batches = [("batch", 0), ("batch", 1)]
    assert watch.calls == [
        "begin",
        *batches,
        ("epoch", 0, ["loss"]),
        *batches,
        ("epoch", 1, ["loss"]),
        "end",
    ]


def test_a_callback_may_stop_training_between_batches():
    model = regression()

    def stop(batch, logs):
        model.stop_training = batch == 2

    history = model.fit(
        X, T, batch_size=5, epochs=9, callbacks=[LambdaCallback(on_train_batch_end=stop)], verbose=0
    )
    assert model.step == 3
    assert history.epoch == [0]


def test_terminate_on_nan_ends_in_silence():
    model = regression()
    model.optimizer.learning_rate = 1e30
    model.fit(X, T, epochs=5, callbacks=[TerminateOnNaN()], verbose=0)
    assert np.isfinite(model.parameters.vector).all()


def test_ctrl_c_ends_after_the_batch_with_the_model_usable():
    model = regression()

    def press(batch, logs):
        if batch == 1:
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    history = model.fit(
        X,
        T,
        batch_size=5,
        epochs=9,
        callbacks=[LambdaCallback(on_train_batch_end=press)],
        verbose=0,
    )
    assert history.interrupted
    assert model.step in (2, 3)
    assert np.isfinite(model.evaluate(X, T))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_interrupts_at_once():
    def press(batch, logs):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):  # the interpreter hands signals over between two steps
            pass

    with pytest.raises(KeyboardInterrupt):
        regression().fit(X, T, callbacks=[LambdaCallback(on_train_batch_end=press)], verbose=0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_training_works_outside_the_main_thread():
    model, twin = regression(), regression()
    thread = threading.Thread(target=lambda: model.fit(X, T, epochs=2, verbose=0))
    thread.start()
    thread.join()
    twin.fit(X, T, epochs=2, verbose=0)
    assert (model.get_weights()[0] == twin.get_weights()[0]).all()


def test_the_data_are_left_as_they_were():
    x, t = X.copy(), T.copy()
    x.flags.writeable = t.flags.writeable = False
    regression().fit(x, t, epochs=2, verbose=0)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"epochs": 0}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"validation_split": 1.5}, "validation_split"),
        ({"validation_split": 0.99}, "leaves one part empty"),
        ({"validation_data": X}, r"\(x, y\)"),
        ({"validation_data": (X[:, :2], T)}, "validation_data: x is of shape"),
        ({"class_weight": {9: 1.0}}, "class 9"),
        ({"class_weight": {0: -1.0}}, "weight of class 0"),
        ({"sample_weight": [1.0]}, "sample_weight"),
        ({"callbacks": [print]}, "callbacks are objects"),
        ({"verbose": 7}, "verbose"),
    ],
)
def test_wrong_settings_are_met_before_any_work(settings, said):
    model = regression()
    before = model.get_weights()[0]
    with pytest.raises(InputError, match=said):
        model.fit(X, T, **{"verbose": 0, **settings})
    assert (model.get_weights()[0] == before).all()
