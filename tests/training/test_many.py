import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from badak import Input, Sequential, callbacks, fit_many, layers, optimizers
from badak.errors import DivergedError, InputError

RNG = np.random.default_rng(3)
X = RNG.normal(size=(120, 6)).astype(np.float32)
Y = RNG.integers(0, 3, 120)


def networks(count=5):
    stacks = ([Input((6,)), layers.Dense(8 + i, "relu"), layers.Dropout(0.1),
               layers.Dense(3, "softmax")] for i in range(count))  # fmt: skip
    return [Sequential(stack, seed=seed) for seed, stack in enumerate(stacks)]


def test_side_by_side_gives_the_bits_of_one_at_a_time():
    together, alone = networks(), networks()
    histories = fit_many(together, X, Y, epochs=4, validation_split=0.25)
    for model, other, history in zip(together, alone, histories, strict=True):
        expected = other.fit(X, Y, epochs=4, validation_split=0.25, verbose=0)
        assert model.parameters.vector.tobytes() == other.parameters.vector.tobytes()
        assert history.history == expected.history


def test_each_may_have_data_and_settings_of_its_own():
    folds = [np.arange(120) % 3 != fold for fold in range(3)]
    runs = [
        {"model": model, "x": X[fold], "y": Y[fold], "epochs": 1 + number}
        for number, (model, fold) in enumerate(zip(networks(3), folds, strict=True))
    ]
    histories = fit_many(runs, batch_size=10)
    assert [len(history.epoch) for history in histories] == [1, 2, 3]
    assert all(history.params["samples"] == 80 for history in histories)


def test_callbacks_are_made_for_each():
    def stoppers():
        return [callbacks.EarlyStopping("loss", min_delta=1e9)]

    histories = fit_many(networks(), X, Y, epochs=50, callbacks=stoppers)
    assert all(len(history.epoch) < 50 for history in histories)
    with pytest.raises(InputError, match="made for each"):
        fit_many(networks(), X, Y, callbacks=[callbacks.EarlyStopping("loss")])


def test_a_checkpoint_is_one_model_s(tmp_path):
    with pytest.raises(InputError, match="share a checkpoint"):
        fit_many(networks(), X, Y, checkpoint=tmp_path / "c.safetensors")
    runs = [
        {"model": model, "checkpoint": tmp_path / f"{number}.safetensors"}
        for number, model in enumerate(networks(2))
    ]
    fit_many(runs, X, Y, epochs=2)
    assert len(list(tmp_path.iterdir())) == 2


def test_one_that_fails_does_not_stop_the_others():
    models = networks(3)
    models[1].compile(optimizers.SGD(1e30))
    with pytest.raises(ExceptionGroup, match="1 of 3 networks") as caught:
        fit_many(models, X, Y, epochs=2)
    assert caught.group_contains(DivergedError)
    assert caught.value.exceptions[0].__notes__ == ["network 1 of 3, counted from 0"]
    assert [len(models[i].history.epoch) for i in (0, 2)] == [2, 2]


def test_a_wish_to_exit_ends_all_and_is_raised_as_it_is():
    class Leave(callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            sys.exit(3)

    made = networks(3)
    jobs = [{"model": made[0], "callbacks": [Leave()]}, *made[1:]]
    with pytest.raises(SystemExit, match="3"):
        fit_many(jobs, X, Y, epochs=10**9)


@pytest.mark.parametrize("batch", [0, 3])
def test_ctrl_c_in_any_batch_leaves_checkpoints_that_go_on_to_the_same_bits(tmp_path, batch):
    """In an epoch's last batch too, which a run that a callback has stopped ends with."""

    class Break(callbacks.Callback):
        def on_train_batch_end(self, number, logs):
            if number == batch and len(self.model.history.epoch) == 1:
                signal.raise_signal(signal.SIGINT)
                time.sleep(0.2)  # until the main thread has told the others

    def jobs(*watching):
        return [
            {"model": model, "callbacks": watching[number:], "checkpoint": tmp_path / f"{number}"}
            for number, model in enumerate(made)
        ]

    whole, made = networks(2), networks(2)
    fit_many(whole, X, Y, epochs=4, batch_size=30)
    histories = fit_many(jobs(Break()), X, Y, epochs=4, batch_size=30)
    assert histories[0].interrupted
    assert len(histories[0].epoch) == 1
    made = networks(2)
    histories = fit_many(jobs(), X, Y, epochs=4, batch_size=30)
    assert [len(history.epoch) for history in histories] == [4, 4]
    for first, second in zip(whole, made, strict=True):
        np.testing.assert_array_equal(first.predict(X), second.predict(X))


def test_ctrl_c_is_noted_in_histories_also_where_a_network_fails():
    class Fail(callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            signal.raise_signal(signal.SIGINT)
            raise ValueError

    made = networks(3)
    jobs = [{"model": made[0], "callbacks": [Fail()]}, *made[1:]]
    with pytest.raises(ExceptionGroup):
        fit_many(jobs, X, Y, epochs=10**9)
    assert [model.history.interrupted for model in made] == [True] * 3


def test_ctrl_c_before_the_first_begins_still_leaves_histories():
    made = networks()

    def models():
        signal.raise_signal(signal.SIGINT)
        yield from made

    before = signal.getsignal(signal.SIGINT)
    histories = fit_many(models(), X, Y, epochs=1000)
    assert signal.getsignal(signal.SIGINT) is before
    assert [history.interrupted for history in histories] == [True] * 5
    assert all(len(history.epoch) < 1000 for history in histories)
    assert all(history is model.history for history, model in zip(histories, made, strict=True))


LONG = """
import os, signal, sys, threading
import numpy as np
import badak
from badak import fit_many

models = [badak.Sequential([badak.layers.Dense(1)], seed=seed) for seed in range(5)]
for delay in sys.argv[1:]:
    threading.Timer(float(delay), os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    histories = fit_many(models, np.ones((24, 2)), np.ones(24), epochs=10**9)
except KeyboardInterrupt:
    print("KeyboardInterrupt")
else:
    print([h.interrupted and h is m.history for h, m in zip(histories, models)])
print([bool(np.isfinite(m.predict(np.ones((1, 2)))).all()) for m in models if m.built])
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are Unix's")
@pytest.mark.parametrize("delay", ["0.01", "0.3", "1.5"])
def test_ctrl_c_ends_all_with_their_histories_also_those_that_wait(delay):
    ended = subprocess.run(
        [sys.executable, "-c", LONG, delay], capture_output=True, text=True, check=False
    )
    assert ended.stdout.startswith(f"{[True] * 5}\n[True"), ended.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals are Unix's")
def test_more_of_them_end_the_threads_too():
    """The process would train on without an end."""
    delays = ["1.0", "1.001", "1.01", "1.02", "1.03"]
    ended = subprocess.run(
        [sys.executable, "-c", LONG, *delays],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.stdout.startswith("KeyboardInterrupt") or "KeyboardInterrupt" in ended.stderr


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (lambda: networks(1) * 2, "stands twice"),
        (lambda: ["model"], "dictionaries with a 'model'"),
        (lambda: [{"epochs": 3}], "dictionaries with a 'model'"),
        (lambda: [{"model": networks(1)[0], "y": None}], "x and y are needed"),
    ],
)
def test_what_cannot_be_trained_is_refused(models, said):
    with pytest.raises(InputError, match=said):
        fit_many(models(), X, Y)
