"""Ctrl-C, wherever a call of fit or partial_fit has got to: a fitted estimator, and a word."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from badak.callbacks import LambdaCallback
from badak.estimators import MLPClassifier, MLPRegressor

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0.0).astype(int)
SOLVERS = ["adam", "sgd", "lbfgs", "rmsprop"]

interrupted = pytest.warns(UserWarning, match="Training interrupted by user")


def press_ctrl_c(*_):
    signal.raise_signal(signal.SIGINT)


class Pressing:
    """Samples during whose checks Ctrl-C is pressed."""

    def __array__(self, dtype=None, copy=None):
        press_ctrl_c()
        return X.astype(dtype or X.dtype)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("solver", SOLVERS)
def test_ctrl_c_before_the_first_step_leaves_the_first_weights(kind, solver):
    before = signal.getsignal(signal.SIGINT)
    with interrupted:
        model = kind(solver=solver, random_state=0).fit(Pressing(), Y)
    assert model.n_iter_ == 0
    assert model.predict(X).shape == (60,)
    assert signal.getsignal(signal.SIGINT) is before
    assert kind(solver=solver, random_state=0, max_iter=3).fit(X, Y).n_iter_ == 3


@pytest.mark.parametrize("moment", ["on_train_begin", "on_train_end"])
def test_ctrl_c_between_the_epochs_and_the_rest_of_fit_is_no_error(moment):
    watching = LambdaCallback(**{moment: press_ctrl_c})
    with interrupted:
        model = MLPClassifier(callbacks=watching, tol=1e3, n_iter_no_change=2).fit(X, Y)
    assert model.n_iter_ == (0 if moment == "on_train_begin" else 4)
    assert model.predict_proba(X).shape == (60, 2)


def test_ctrl_c_during_lbfgs_ends_it_after_the_iteration(monkeypatch):
    from badak.estimators.solver_lbfgs import Slope

    evaluate, asked = Slope.__call__, []

    def evaluate_and_press(self, weights):
        asked.append(weights)
        if len(asked) == 5:
            press_ctrl_c()
        return evaluate(self, weights)

    monkeypatch.setattr(Slope, "__call__", evaluate_and_press)
    with interrupted:
        model = MLPRegressor(solver="lbfgs", tol=1e-12, random_state=0).fit(X, X[:, 0] ** 2)
    assert 1 <= model.n_iter_ <= 5
    assert len(asked) < 30
    assert np.isfinite(model.loss_)
    assert np.isfinite(model.predict(X)).all()


def test_ctrl_c_in_partial_fit_is_told_and_the_next_call_goes_on():
    model = MLPClassifier(random_state=0)
    with interrupted:
        model.partial_fit(Pressing(), Y, classes=[0, 1])
    assert model.partial_fit(X, Y).n_iter_ == 1
    assert model.predict(X).shape == (60,)


def test_a_second_ctrl_c_interrupts_at_once():
    def twice(*_):
        press_ctrl_c()
        press_ctrl_c()

    with pytest.raises(KeyboardInterrupt):
        MLPClassifier(callbacks=LambdaCallback(on_epoch_begin=twice)).fit(X, Y)


FIRST_FIT = """
import os, signal, sys, threading, warnings
import numpy as np
from badak.estimators import MLPClassifier

rng = np.random.default_rng(0)
x, noise = rng.normal(size=(20_000, 20)), rng.integers(0, 2, 20_000)  # which takes long to learn

class Samples:
    def __array__(self, dtype=None, copy=None):  # fit has begun: from now on, any moment
        threading.Timer(float(sys.argv[2]), os.kill, (os.getpid(), signal.SIGINT)).start()
        return x.astype(dtype or x.dtype)

with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    model = MLPClassifier(
        solver=sys.argv[1], max_iter=10**9, max_fun=10**9, tol=0.0, n_iter_no_change=np.inf
    ).fit(Samples(), noise)
print(["interrupted" in str(each.message) for each in told], model.predict(x).shape)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are Unix's")
@pytest.mark.parametrize("delay", ["0.0", "0.05", "0.4", "2.0"])
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_ctrl_c_at_any_moment_of_a_process_first_fit_leaves_a_fitted_estimator(solver, delay):
    command = [sys.executable, "-c", FIRST_FIT, solver, delay]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stdout == "[True] (20000,)\n", ended.stderr
