"""How many steps the engine takes at once depends on the clock; what it reports does not."""

import random
import threading
import types

import numpy as np
import pytest

from badak import Input, Sequential
from badak.callbacks import Callback, EarlyStopping, LambdaCallback, ReduceLROnPlateau
from badak.engine.program import training
from badak.layers import Dense
from badak.training.run import Run

RNG = np.random.default_rng(3)
X = RNG.normal(size=(3001, 4)).astype(np.float32)
T = (X[:, :1] * X[:, 1:2] + RNG.normal(size=(3001, 1))).astype(np.float32)
EPOCHS = 6


def train(callbacks=(), engine=None):
    model = Sequential([Input((4,)), Dense(8, "tanh"), Dense(1)], seed=1, engine=engine)
    model.compile("adam", "mse", [])
    history = model.fit(
        X,
        T,
        batch_size=2,
        epochs=EPOCHS,
        callbacks=list(callbacks),
        validation_split=0.1,
        verbose=0,
    )
    return history.history, model.parameters.vector.tobytes()


def by_any_clock(monkeypatch, seed):
    """Let each look at the clock find that between a microsecond and a second has passed."""
    moments = random.Random(seed)
    now = [0.0]

    def perf_counter():
        now[0] += 10.0 ** moments.uniform(-6.0, 0.0)
        return now[0]

    monkeypatch.setattr(training, "time", types.SimpleNamespace(perf_counter=perf_counter))


@pytest.mark.parametrize("seed", range(5))
def test_the_history_has_the_same_bits_by_any_clock(monkeypatch, seed):
    usual = train()
    by_any_clock(monkeypatch, seed)
    assert train() == usual


def test_stopping_at_each_batch_reports_the_same_bits():
    told = []
    watch = LambdaCallback(on_train_batch_end=lambda batch, logs: told.append(logs["loss"]))
    values, weights = train([watch])
    assert (values, weights) == train()
    steps = len(told) // EPOCHS
    assert told[steps - 1 :: steps] == values["loss"]


def test_an_epochs_loss_is_the_mean_of_its_steps_each_by_its_samples(monkeypatch):
    taken = []
    epoch = Run.epoch

    def watched(self, *arguments):
        take = self.steps.take

        def kept(*first, **one):
            found = take(*first, **one)
            taken.extend(zip(found.losses, found.sizes, strict=True))
            return found

        monkeypatch.setattr(self.steps, "take", kept)
        try:
            return epoch(self, *arguments)
        finally:
            monkeypatch.setattr(self.steps, "take", take)

    monkeypatch.setattr(Run, "epoch", watched)
    values, _ = train()
    steps = len(taken) // EPOCHS
    for number, loss in enumerate(values["loss"]):
        part = taken[number * steps : (number + 1) * steps]
        total = 0.0
        for each, size in part:
            total += float(each) * int(size)
        assert loss == total / sum(int(size) for _, size in part)


class OnTheEdge(Callback):
    """Halves the learning rate unless the loss is lower than a number, by however little."""

    every_batch = False

    def __init__(self, edges):
        self.edges = edges

    def on_epoch_end(self, epoch, logs):
        if not logs["loss"] < self.edges[epoch]:
            self.model.optimizer.learning_rate *= 0.5


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("side", [0.0, np.inf], ids=["at the loss", "just above it"])
def test_callbacks_that_look_at_the_last_bit_decide_alike(monkeypatch, seed, side):
    losses = train()[0]["loss"]
    edges = [float(np.nextafter(loss, loss if side == 0.0 else side)) for loss in losses]

    def callbacks():
        return [
            OnTheEdge(edges),
            EarlyStopping("loss", baseline=edges[2], patience=3),
            ReduceLROnPlateau("loss", min_delta=losses[0] - losses[1], patience=1),
        ]

    usual = train(callbacks())
    by_any_clock(monkeypatch, seed)
    assert train(callbacks()) == usual


def test_under_load_too():
    usual = train()
    busy = True

    def work():
        while busy:
            np.linalg.norm(np.ones((200, 200)) @ np.ones((200, 200)))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    try:
        assert [train() for _ in range(4)] == [usual] * 4
    finally:
        busy = False
        for worker in workers:
            worker.join()
