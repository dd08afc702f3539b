import sys

import numpy as np
import pytest

from badak import Sequential, callbacks
from badak.errors import InputError
from badak.layers import Dense, Input

pytest.importorskip("tensorboardX", reason="needs the extra 'tensorboard'")

X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
T = X @ np.array([[1.0], [2.0], [-1.0]], np.float32)


@pytest.fixture
def model():
    made = Sequential([Input((3,)), Dense(4, "tanh"), Dense(1)])
    made.compile("sgd", "mse", ["mae"])
    return made


@pytest.fixture
def read():
    """What TensorBoard itself reads of a run's folder."""
    pytest.importorskip("tensorboard", reason="needs TensorBoard to read the files")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def run(folder):
        events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "histograms": 0})
        events.Reload()
        return events

    return run


@pytest.mark.peers
def test_tensorboard_reads_the_history(model, read, tmp_path):
    board = callbacks.TensorBoard(tmp_path / "logs", histogram_freq=2)
    history = model.fit(X, T, epochs=4, callbacks=board, validation_data=(X, T), verbose=0).history
    for run, prefix in (("train", ""), ("validation", "val_")):
        events = read(tmp_path / "logs" / run)
        for name in ("loss", "mae"):
            scalars = events.Scalars(f"epoch_{name}")
            assert [s.step for s in scalars] == [0, 1, 2, 3]
            assert [s.value for s in scalars] == pytest.approx(history[prefix + name], rel=1e-6)
    weights = read(tmp_path / "logs/train").Histograms("dense/kernel")
    assert [h.step for h in weights] == [1, 3]
    kernel = model.layers[0].weights["kernel"]
    last = weights[-1].histogram_value
    assert last.num == kernel.size
    assert last.sum == pytest.approx(kernel.sum(), rel=1e-5)


@pytest.mark.peers
def test_batches_are_written_as_often_as_asked(model, read, tmp_path):
    board = callbacks.TensorBoard(tmp_path, update_freq=2)
    model.fit(X, T, batch_size=8, epochs=2, callbacks=board, verbose=0)
    steps = [s.step for s in read(tmp_path / "train").Scalars("batch_loss")]
    assert steps == [2, 4, 6, 8, 10]


def test_the_weights_are_those_of_a_run_that_is_not_watched(model, tmp_path):
    start = model.get_weights()
    model.fit(X, T, epochs=2, verbose=0)
    alone = model.get_weights()
    again = Sequential([Input((3,)), Dense(4, "tanh"), Dense(1)])
    again.compile("sgd", "mse", ["mae"])
    again.set_weights(start)
    again.fit(X, T, epochs=2, verbose=0, callbacks=callbacks.TensorBoard(tmp_path, 1, "batch"))
    assert all((a == b).all() for a, b in zip(alone, again.get_weights(), strict=True))


@pytest.mark.parametrize("wrong", ["step", 0, -1, 1.5])
def test_an_unknown_frequency_is_refused(wrong, tmp_path):
    with pytest.raises(InputError, match="update_freq"):
        callbacks.TensorBoard(tmp_path, update_freq=wrong)


def test_without_tensorboardx_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r"pip install 'badak\[tensorboard\]'"):
        callbacks.TensorBoard()
