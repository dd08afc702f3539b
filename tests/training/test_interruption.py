"""Ctrl-C, wherever a call of fit has got to."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from badak import Sequential
from badak.callbacks import Callback
from badak.engine.compiler.kernels import KernelTable
from badak.layers import Dense

X = np.linspace(-1.0, 1.0, 24, dtype=np.float32).reshape(-1, 2)
T = X.sum(axis=1)
EPOCHS = 4


def network():
    model = Sequential([Dense(1)], seed=1)
    model.compile("sgd", loss="mean_squared_error")
    return model


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


class PressIn(Callback):
    """Presses Ctrl-C in one method, in one epoch where it is an epoch's method."""

    def __init__(self, method, epoch=0):
        def press(*arguments):
            if not arguments or arguments[0] == epoch:
                press_ctrl_c()

        setattr(self, method, press)


@pytest.mark.parametrize(
    ("method", "epoch", "done"),
    [
        ("on_train_begin", 0, 0),
        ("on_epoch_begin", 2, 2),
        ("on_epoch_end", 0, 1),
        ("on_epoch_end", 2, 3),
        ("on_epoch_end", EPOCHS - 1, EPOCHS),
        ("on_train_end", 0, EPOCHS),
    ],
)
def test_ctrl_c_in_any_callback_ends_the_run_and_the_history_says_so(method, epoch, done):
    model = network()
    before = signal.getsignal(signal.SIGINT)
    callback = PressIn(method, epoch)
    history = model.fit(X, T, epochs=EPOCHS, callbacks=[callback], verbose=0)
    assert history.interrupted
    assert history is model.history
    assert len(history.epoch) == done
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_that_nobody_broke_off_says_so():
    assert not network().fit(X, T, epochs=2, verbose=0).interrupted


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_ctrl_c_while_samples_are_prepared_ends_the_run_before_its_first_step(engine):
    class Samples:
        def __array__(self, dtype=None, copy=None):
            press_ctrl_c()
            return X

    model = network()
    model.engine = engine
    history = model.fit(Samples(), T, epochs=EPOCHS, verbose=0)
    assert history.interrupted
    assert history.epoch == []
    assert model.step == 0
    assert not model.fit(X, T, epochs=EPOCHS, verbose=0).interrupted
    assert model.step == EPOCHS


def test_ctrl_c_while_formulas_are_compiled_ends_the_run_before_its_first_step(monkeypatch):
    compile_formulas = KernelTable.compile

    def compile_and_press(self, kernels):
        press_ctrl_c()
        monkeypatch.undo()
        return compile_formulas(self, kernels)

    monkeypatch.setattr(KernelTable, "compile", compile_and_press)
    model = network()
    history = model.fit(X, T, epochs=EPOCHS, verbose=0)
    assert history.interrupted
    assert history.epoch == []
    assert model.step == 0


FIRST_FIT = """
import os, signal, sys, threading
import numpy as np
import badak
model = badak.Sequential([badak.layers.Dense(1)])
x = np.ones((24, 2), np.float32)

class Samples:
    def __array__(self, dtype=None, copy=None):  # fit has begun: from now on, any moment
        threading.Timer(float(sys.argv[1]), os.kill, (os.getpid(), signal.SIGINT)).start()
        return x

history = model.fit(Samples(), np.ones(24), epochs=10**9, verbose=0)
print(history.interrupted, model.epoch - len(history.epoch) in (0, 1))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are Unix's")
@pytest.mark.parametrize("delay", ["0.0", "0.03", "0.1", "0.3"])
def test_ctrl_c_at_any_moment_of_a_process_first_fit_leaves_a_history(delay):
    command = [sys.executable, "-c", FIRST_FIT, delay]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stdout == "True True\n", ended.stderr


IGNORING = """
import signal, sys
import numpy as np
import badak

class Press(badak.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        signal.raise_signal(signal.SIGINT)

model = badak.Sequential([badak.layers.Dense(1)])
history = model.fit(np.ones((8, 2)), np.ones(8), epochs=3, callbacks=[Press()], verbose=0)
print(history.interrupted, history.epoch, signal.getsignal(signal.SIGINT) is signal.SIG_IGN)
"""


@pytest.mark.skipif(os.name != "posix", reason="a shell's background commands are Unix's")
def test_a_run_whose_process_ignores_ctrl_c_goes_on_to_its_end():
    def in_the_background():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    ended = subprocess.run(
        [sys.executable, "-c", IGNORING],
        preexec_fn=in_the_background,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout == "False [0, 1, 2] True\n", ended.stderr
