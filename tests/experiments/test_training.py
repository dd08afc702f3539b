import signal

import numpy as np
import pytest

from badak import Sequential
from badak.callbacks import LambdaCallback
from badak.experiments.training import fit, fit_many
from badak.layers import Dense

X, T = np.ones((8, 2)), np.ones((8, 1))


def test_it_trains_to_the_end():
    assert len(fit(Sequential([Dense(1)]), X, T, epochs=3).history["loss"]) == 3


def test_ctrl_c_ends_the_experiment_and_not_only_this_training():
    ctrl_c = LambdaCallback(on_epoch_end=lambda epoch, logs: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        fit(Sequential([Dense(1)]), X, T, epochs=3, callbacks=ctrl_c)


def test_ctrl_c_ends_the_experiment_and_not_only_these_trainings():
    def networks():
        yield Sequential([Dense(1)])
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        fit_many(networks(), X, T, epochs=1000)
