import json
import os
import random
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from badak import Input, Sequential, load_model
from badak._common.files import write_whole
from badak.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from badak.errors import DivergedError, FileFormatError, InputError
from badak.layers import BatchNormalization, Dense, Dropout, Normalization
from badak.optimizers import SGD, Adam
from badak.schedules import CosineDecay
from badak.training import checkpoint

RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 6)).astype(np.float32)
LABELS = RNG.integers(0, 3, 90)  # there is nothing to learn, so that validation gets worse soon
EPOCHS = 12


@pytest.fixture(autouse=True)
def _every_epoch_is_kept(monkeypatch):
    monkeypatch.setattr(checkpoint, "INTERVAL", 0.0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.safetensors"


def network(optimizer="adam", *, seed=7, units=16, **settings):
    model = Sequential(
        [
            Input((6,)),
            Normalization(),
            Dense(units, "relu"),
            BatchNormalization(),
            Dropout(0.3),
            Dense(3, "softmax"),
        ],
        seed=seed,
        **settings,
    )
    model.compile(optimizer, metrics=["accuracy"])
    return model


def train(model, path=None, *, epochs=EPOCHS, x=X, y=LABELS, batch_size=8, **settings):
    return model.fit(
        x,
        y,
        batch_size=batch_size,
        epochs=epochs,
        validation_split=0.2,
        verbose=0,
        checkpoint=path,
        **settings,
    )


class Stop(Callback):
    """Ends the process' part of a run as nothing else can: by an error in a batch."""

    def __init__(self, epoch, batch=3):
        self.at = epoch, batch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs):
        if (self.epoch, batch) == self.at:
            raise ZeroDivisionError


def stopped(model, path, epoch, callbacks=(), **settings):
    with pytest.raises(ZeroDivisionError):
        train(model, path, callbacks=[*callbacks, Stop(epoch)], **settings)


def bits(model):
    slots = [slot.tobytes() for slot in model.slots().values()]
    return [model.parameters.vector.tobytes(), *slots, model.step, model.epoch]


# -- killed, as no program can prepare for

SCRIPT = """
import hashlib, json, os, signal, sys
sys.path.insert(0, {folder!r})
import test_checkpoint as t
from badak.training import checkpoint
checkpoint.INTERVAL = 0.0
path, kind, epoch, batch = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

class Kill(t.Stop):
    every_batch = batch < 10_000
    def on_train_batch_end(self, batch, logs):
        if (self.epoch, batch) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

optimizer, callbacks = t.settings(kind)
model = t.network(optimizer)
history = t.train(model, path or None, callbacks=[*callbacks, Kill(epoch, batch)],
                  epochs=t.EPOCHS if batch < 10_000 else 150)
state = [part.hex() if isinstance(part, bytes) else part for part in t.bits(model)]
print(json.dumps([state, history.epoch, history.history]))
"""


def settings(kind):
    if kind == "cosine":
        stopping = EarlyStopping(patience=7, restore_best_weights=True)
        return Adam(CosineDecay(0.03, decay_steps=110)), [stopping]
    plateau = ReduceLROnPlateau(patience=2, factor=0.5)
    return SGD(0.1, momentum=0.9, nesterov=True), [plateau, EarlyStopping(patience=6)]


def start(path="", kind="cosine", epoch=-1, batch=0, engine="compiled"):
    code = SCRIPT.format(folder=os.fspath(Path(__file__).parent))
    return subprocess.Popen(
        [sys.executable, "-c", code, os.fspath(path), kind, str(epoch), str(batch)],
        stdout=subprocess.PIPE,
        env={**os.environ, "BADAK_ENGINE": engine},
    )


def outcome(process):
    out = process.communicate(timeout=120)[0]
    assert process.returncode == 0
    return json.loads(out)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("kind", ["cosine", "plateau"])
def test_a_run_killed_several_times_ends_with_the_bits_of_one_that_was_not(path, kind, engine):
    expected = outcome(start(kind=kind, engine=engine))
    for epoch, batch in ((2, 5), (3, 0), (5, 8)):
        process = start(path, kind, epoch, batch, engine)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
        assert checkpoint.read(path).next_epoch == epoch
    assert outcome(start(path, kind, engine=engine)) == expected


@pytest.mark.slow
def test_a_run_killed_at_any_moment_ends_with_the_bits_of_one_that_was_not(path):
    """Also while the file is written, which with these small networks is most of the time."""
    rest = 10_000  # not told of batches: as many steps at once as the engine will
    expected = outcome(start(kind="plateau", batch=rest))
    moments = random.Random(1)
    for _ in range(6):
        before = path.stat().st_mtime_ns if path.exists() else 0
        process = start(path, "plateau", batch=rest)
        deadline = time.monotonic() + 60.0
        while process.poll() is None and time.monotonic() < deadline:
            if path.exists() and path.stat().st_mtime_ns != before:
                break
        time.sleep(moments.uniform(0.0, 0.02))
        process.kill()
        process.communicate()
        checkpoint.read(path)
    assert outcome(start(path, "plateau", batch=rest)) == expected


# -- stopped and gone on with


@pytest.mark.parametrize("epoch", [1, 5, 11])
def test_a_run_that_was_stopped_goes_on_to_the_same_bits(path, epoch):
    whole = network()
    expected = train(whole)
    stopped(network(), path, epoch)
    model = network()
    history = train(model, path)
    assert bits(model) == bits(whole)
    assert (history.epoch, history.history) == (expected.epoch, expected.history)
    assert model.history is history


def test_epochs_that_are_done_are_not_trained_again(path):
    stopped(network(), path, 4)
    trained = []
    train(
        network(), path, callbacks=LambdaCallback(on_epoch_begin=lambda e, logs: trained.append(e))
    )
    assert trained == list(range(4, EPOCHS))


def test_an_error_in_the_same_process_is_gone_on_from_too(path):
    """As in a notebook, where the cell is run again and the model is not new."""
    whole, model = network(SGD(0.1)), network(SGD(0.1))

    def halving():
        return LearningRateScheduler(lambda epoch, rate: rate * 0.5)

    train(whole, callbacks=[halving()])
    stopped(model, path, 4, [halving()])
    train(model, path, callbacks=[halving()])
    assert bits(model) == bits(whole)
    assert model.optimizer.learning_rate == whole.optimizer.learning_rate


def test_a_run_that_is_done_returns_at_once_with_its_history(path):
    first, second = network(), network()
    expected = train(first, path)
    written = path.read_bytes()

    def fail(*arguments):
        raise AssertionError

    history = train(second, path, callbacks=LambdaCallback(on_epoch_begin=fail))
    assert (history.epoch, history.history) == (expected.epoch, expected.history)
    assert bits(second) == bits(first)
    assert path.read_bytes() == written


def test_more_epochs_go_on_from_the_last(path):
    whole, model = network(), network()
    train(whole)
    train(network(), path, epochs=5)
    assert train(model, path).epoch == list(range(EPOCHS))
    assert bits(model) == bits(whole)


def test_early_stopping_keeps_its_best_weights_and_stays_stopped(path):
    def stopping():
        return EarlyStopping(patience=4, restore_best_weights=True)

    whole, model, again = (network(Adam(0.03)) for _ in range(3))
    expected = train(whole, epochs=50, callbacks=stopping())
    assert 6 < len(expected.epoch) < 50
    stopped(network(Adam(0.03)), path, len(expected.epoch) - 2, [stopping()], epochs=50)
    assert train(model, path, epochs=50, callbacks=stopping()).history == expected.history
    assert train(again, path, epochs=50, callbacks=stopping()).history == expected.history
    assert bits(model) == bits(again) == bits(whole)


def test_the_best_model_so_far_is_not_replaced_by_a_worse_one(path, tmp_path):
    def keeping(name):
        return ModelCheckpoint(tmp_path / name, save_best_only=True)

    train(network(Adam(0.03)), callbacks=keeping("whole.safetensors"))
    for epoch in (2, 6, 10):
        stopped(network(Adam(0.03)), path, epoch, [keeping("parts.safetensors")])
    train(network(Adam(0.03)), path, callbacks=keeping("parts.safetensors"))
    whole, parts = (tmp_path / f"{name}.safetensors" for name in ("whole", "parts"))
    assert parts.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("append", [False, True])
def test_a_table_of_values_has_every_epoch_once(path, tmp_path, append):
    def run(name, *epochs):
        table = tmp_path / name
        if append:
            table.write_text("of before\n")
        for epoch in epochs:
            stopped(network(), path, epoch, [CSVLogger(table, append=append)])
            with table.open("a") as file:
                file.write("an epoch that is not in the checkpoint\n")
        train(network(), path, callbacks=CSVLogger(table, append=append))
        return table.read_text()

    parts = run("parts.csv", 3, 4, 9)
    path.unlink()
    assert parts == run("whole.csv")


def test_attributes_that_a_callback_remembers_come_back(path):
    class Counting(Callback):
        remembers = ("epochs", "sums")

        def on_train_begin(self, logs=None):
            self.epochs = 0
            self.sums = np.zeros(2)

        def on_epoch_end(self, epoch, logs):
            self.epochs += 1
            self.sums += [logs["loss"], 1.0]

    whole, part = Counting(), Counting()
    train(network(), callbacks=whole)
    stopped(network(), path, 5, [Counting()])
    train(network(), path, callbacks=part)
    assert part.epochs == EPOCHS
    assert (part.sums == whole.sums).all()


def test_what_no_file_can_hold_is_refused(path):
    class Odd(Callback):
        remembers = ("odd",)
        odd = object()

    with pytest.raises(InputError, match="the run holds something that no file can"):
        train(network(), path, callbacks=Odd())
    assert not path.exists()


@pytest.mark.parametrize("interval", [0.0, 1e9])
def test_ctrl_c_leaves_the_file_as_of_the_last_whole_epoch(path, monkeypatch, interval):
    monkeypatch.setattr(checkpoint, "INTERVAL", interval)

    def press_ctrl_c(batch, logs):
        if model.epoch == 5 and batch == 3:
            os.kill(os.getpid(), signal.SIGINT)

    whole, model = network(), network()
    expected = train(whole)
    history = train(model, path, callbacks=LambdaCallback(on_train_batch_end=press_ctrl_c))
    assert history.interrupted
    assert checkpoint.read(path).next_epoch == 5
    assert train(model, path).history == expected.history
    assert bits(model) == bits(whole)


@pytest.mark.parametrize("interval", [0.0, 1e9])
def test_an_epoch_that_a_callback_cut_short_is_not_kept(path, monkeypatch, interval):
    monkeypatch.setattr(checkpoint, "INTERVAL", interval)

    def cut(batch, logs):
        model.stop_training = model.epoch == 5 and batch == 3

    model = network()
    train(model, path, callbacks=LambdaCallback(on_train_batch_end=cut))
    found = checkpoint.read(path)
    assert (found.next_epoch, found.epochs) == (5, list(range(5)))
    assert len(found.history["loss"]) == 5
    train(model, path)
    whole = network()
    train(whole)
    assert bits(model) == bits(whole)


def test_what_diverges_leaves_the_last_good_epoch(path):
    model = network(SGD(0.1), units=4)
    blow_up = LearningRateScheduler(lambda epoch, rate: 1e30 if epoch == 3 else 0.1)
    with pytest.raises(DivergedError):
        train(model, path, callbacks=blow_up)
    assert checkpoint.read(path).next_epoch == 3
    train(network(SGD(0.1), units=4), path, callbacks=[blow_up, TerminateOnNaN()])
    assert checkpoint.read(path).next_epoch == 3


def test_epochs_of_an_instant_are_kept_once_a_second_and_at_the_end(path, monkeypatch):
    now, kept, model = [0.0], [], network()
    monkeypatch.setattr(checkpoint, "INTERVAL", 1.0)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def write(*arguments):
        kept.append(model.epoch)
        write_whole(*arguments)

    def pass_time(epoch, logs):
        now[0] += 0.4

    monkeypatch.setattr(checkpoint, "write_whole", write)
    train(model, path, epochs=10, callbacks=LambdaCallback(on_epoch_end=pass_time))
    assert kept == [3, 6, 9, 10]


# -- files that do not fit


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"units": 17}, r"network, dense, units was 16, but now is 17"),
        ({"seed": 8}, r"seed was 7, but now is 8"),
        ({"optimizer": Adam(0.002)}, r"optimizer, learning_rate was 0.001, but now is 0.002"),
        ({"optimizer": "sgd"}, r"optimizer was .*'beta_1'.* but now is .*'momentum'"),
        ({"batch_size": 9}, r"batch size was 8, but now is 9"),
        ({"x": X[:80], "y": LABELS[:80]}, r"data, shape was \[72, 6\], but now is \[64, 6\]"),
        ({"x": X + 1.0}, r"data, hash was"),
        ({"y": (LABELS + 1) % 3}, r"data, hash was"),
        ({"x": X.astype(np.float64)}, r"data, type was 'float32', but now is 'float64'"),
        ({"sample_weight": np.full(90, 0.5)}, r"data, hash was"),
        ({"shuffle": False}, r"shuffle was True, but now is False"),
        ({"callbacks": EarlyStopping()}, r"callbacks was \[\], but now is \['EarlyStopping of val"),
        ({"epochs": 3}, r"5 epochs on, more than epochs=3: ask for as many"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_and_left_as_it_is(path, change, complaint):
    train(network(), path, epochs=5)
    written = path.read_bytes()
    of_model = {key: change.pop(key) for key in ("units", "seed", "optimizer") if key in change}
    model = network(**of_model)
    with pytest.raises(InputError, match=complaint) as caught:
        train(model, path, **change)
    assert "remove the file to begin anew" in str(caught.value)
    assert path.read_bytes() == written
    assert (model.step, model.history) == (0, None)


def test_a_file_that_is_no_checkpoint_is_refused_and_left_as_it_is(path):
    model = network()
    train(model)
    model.save(path)
    for content in (path.read_bytes(), b"", b"a text of some length, to be read as no header"):
        path.write_bytes(content)
        with pytest.raises(FileFormatError, match=r"no checkpoint|not a whole safetensors file"):
            train(network(), path)
        assert path.read_bytes() == content


def test_a_checkpoint_is_no_model(path):
    train(network(), path, epochs=1)
    with pytest.raises(FileFormatError, match="not a model"):
        load_model(path)


def test_any_byte_that_is_damaged_is_noticed(path):
    train(network(), path, epochs=2, callbacks=EarlyStopping(restore_best_weights=True))
    whole = path.read_bytes()
    places = random.Random(0).sample(range(len(whole)), 300)
    for place in [*range(40), *places]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(FileFormatError, match=r"run\.safetensors"):
            checkpoint.read(path)


def test_a_file_that_is_cut_short_is_noticed(path):
    train(network(), path, epochs=1)
    whole = path.read_bytes()
    for size in (0, 7, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(FileFormatError, match="not a whole safetensors file"):
            train(network(), path)


def test_a_checkpoint_of_a_later_version_says_so(path, monkeypatch):
    monkeypatch.setattr(checkpoint, "VERSION", 2)
    train(network(), path, epochs=1)
    monkeypatch.setattr(checkpoint, "VERSION", 1)
    with pytest.raises(FileFormatError, match="version 2, but this badak reads version 1"):
        train(network(), path)


def test_a_place_that_cannot_be_written_to_is_refused_before_training(tmp_path):
    (tmp_path / "file").touch()
    for name, error, complaint in (
        ("missing/run.safetensors", FileNotFoundError, "make it first"),
        ("file/run.safetensors", FileNotFoundError, "make it first"),
        ("", IsADirectoryError, "give a file's name"),
    ):
        model = network()
        with pytest.raises(error, match=complaint):
            train(model, tmp_path / name)
        assert model.step == 0


def test_it_is_one_safetensors_file_with_one_entry_of_json(path):
    """So that its bytes do not differ from run to run, and nothing in it can be run."""
    train(network(), path, epochs=2)
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    (entry,) = header.pop("__metadata__").values()
    assert json.loads(entry)["history"]["loss"]
    assert sorted(header) == ["slots.m", "slots.v", "weights"]
    other = path.with_name("other.safetensors")
    train(network(), other, epochs=2)
    assert other.read_bytes() == data
    assert sorted(p.name for p in path.parent.iterdir()) == ["other.safetensors", path.name]
