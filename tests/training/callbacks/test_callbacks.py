import csv

import numpy as np
import pytest

from badak import Input, Sequential, load_model
from badak.callbacks import (
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from badak.errors import InputError
from badak.layers import Dense
from badak.optimizers import SGD
from badak.schedules import CosineDecay
from badak.training.callbacks.stopping import Monitor

X = np.random.default_rng(0).normal(size=(20, 2))
T = X[:, :1]


@pytest.fixture
def model():
    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    return model


def scripted(values, name="val_loss"):
    """A callback that reports the values given, epoch by epoch."""
    return LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update({name: values[epoch]}))


def run(model, values, callback, name="val_loss", **settings):
    return model.fit(
        X,
        T,
        epochs=len(values),
        callbacks=[scripted(values, name), callback],
        verbose=0,
        **settings,
    )


@pytest.mark.parametrize(
    ("values", "patience", "epochs"),
    [
        ([3.0, 2.0, 1.0], 1, 3),
        ([3.0, 2.0, 2.5, 1.0], 1, 3),
        ([3.0, 2.0, 2.5, 2.6, 2.7, 0.0], 3, 5),
        ([3.0, 2.0, 2.5, 1.0, 1.5, 1.6], 2, 6),
        ([1.0, 1.0, 1.0], 0, 2),
    ],
)
def test_early_stopping_waits_for_its_patience(model, values, patience, epochs):
    history = run(model, values, EarlyStopping(patience=patience))
    assert len(history.epoch) == epochs


def test_early_stopping_puts_the_best_weights_back(model):
    seen = []
    keep = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()[0]))
    stopping = EarlyStopping(patience=2, restore_best_weights=True)
    values = [3.0, 1.0, 2.0, 2.0, 2.0]
    model.fit(X, T, epochs=5, callbacks=[scripted(values), keep, stopping], verbose=0)
    assert len(seen) == 4
    assert (model.get_weights()[0] == seen[1]).all()
    assert stopping.best_epoch == 1


def test_min_delta_baseline_and_start(model):
    assert (
        len(run(model, [3.0, 2.9, 2.8, 0.0], EarlyStopping(min_delta=0.5, patience=1)).epoch) == 2
    )
    assert len(run(model, [3.0, 2.0, 1.5, 1.0], EarlyStopping(baseline=0.5, patience=2)).epoch) == 2
    late = EarlyStopping(start_from_epoch=3, patience=1)
    assert len(run(model, [1.0, 2.0, 3.0, 4.0, 5.0, 0.0], late).epoch) == 5


@pytest.mark.parametrize(
    ("monitor", "rises"),
    [
        ("val_loss", False),
        ("r2_score", True),
        ("cosine_similarity", True),
        ("log_cosh", False),
        ("mean_absolute_error", False),
    ],
)
def test_the_metric_tells_whether_more_is_better(model, monitor, rises):
    model.compile("sgd", "mse", [name for name in [monitor] if name != "val_loss"])
    stopping = EarlyStopping(monitor)
    model.fit(X, T, callbacks=stopping, validation_data=(X, T), verbose=0)
    assert stopping.rises is rises


def test_of_a_metric_of_ones_own_the_direction_is_asked(model):
    def closeness(t, y):
        return -abs(t - y).mean()

    model.compile("sgd", "mse", [closeness])
    with pytest.raises(InputError, match="give it mode='max' or mode='min'"):
        model.fit(X, T, callbacks=EarlyStopping("closeness"), verbose=0)
    stopping = EarlyStopping("closeness", mode="max")
    model.fit(X, T, callbacks=stopping, verbose=0)
    assert stopping.rises


def test_a_direction_that_is_none_is_refused():
    with pytest.raises(InputError, match="'auto', 'min' or 'max'"):
        Monitor("loss", "down")
    assert Monitor("val_loss", "max").rises


def test_watching_what_is_not_reported_names_what_is(model):
    with pytest.raises(InputError, match=r"reports loss.*validation data"):
        model.fit(X, T, callbacks=EarlyStopping(), verbose=0)


def test_the_learning_rate_falls_on_a_plateau(model):
    values = [3.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    history = run(model, values, ReduceLROnPlateau(factor=0.5, patience=2))
    rates = [0.01, 0.01, 0.01, 0.01, 0.005, 0.005]
    assert history.history["learning_rate"] == pytest.approx(rates)
    assert model.optimizer.learning_rate == pytest.approx(0.0025)


def test_the_learning_rate_does_not_fall_under_its_least(model):
    run(model, [1.0] * 9, ReduceLROnPlateau(factor=0.1, patience=1, min_lr=0.004))
    assert model.optimizer.learning_rate == 0.004


def test_cooldown_holds_the_rate(model):
    run(model, [1.0] * 5, ReduceLROnPlateau(factor=0.5, patience=1, cooldown=2))
    assert model.optimizer.learning_rate == pytest.approx(0.01 * 0.5**2)


def test_a_schedule_by_epochs(model):
    scheduler = LearningRateScheduler(lambda epoch, rate: rate * 0.5 if epoch else 0.1)
    history = model.fit(X, T, epochs=3, callbacks=scheduler, verbose=0)
    assert history.history["learning_rate"] == pytest.approx([0.1, 0.05, 0.025])
    by_epoch = LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch))
    history = model.fit(X, T, epochs=2, callbacks=by_epoch, verbose=0)
    assert history.history["learning_rate"] == pytest.approx([0.1, 0.05])
    with pytest.raises(InputError, match="not a number"):
        model.fit(X, T, callbacks=LearningRateScheduler(lambda *_: "low"), verbose=0)


def test_two_masters_of_the_learning_rate_are_refused(model):
    model.compile(SGD(CosineDecay(0.1, 10)), "mse")
    for callback in (ReduceLROnPlateau("loss"), LearningRateScheduler(lambda e, r: r)):
        with pytest.raises(InputError, match="the optimizer follows CosineDecay"):
            model.fit(X, T, callbacks=callback, verbose=0)


def test_checkpoints_are_models(model, tmp_path):
    path = str(tmp_path / "at-{epoch:02d}-{val_loss:.1f}.safetensors")
    run(model, [3.0, 1.0, 2.0], ModelCheckpoint(path, save_best_only=True))
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "at-01-3.0.safetensors",
        "at-02-1.0.safetensors",
    ]
    run(model, [3.0], ModelCheckpoint(tmp_path / "last.safetensors"))
    last = load_model(tmp_path / "last.safetensors")
    assert (last.predict(X) == model.predict(X)).all()
    with pytest.raises(InputError, match="names 'accuracy'"):
        run(model, [3.0], ModelCheckpoint(tmp_path / "{accuracy}.safetensors"))


def test_a_csv_row_for_each_epoch(model, tmp_path):
    path = tmp_path / "log.csv"
    history = model.fit(X, T, epochs=3, callbacks=CSVLogger(path), verbose=0)
    model.fit(X, T, epochs=1, callbacks=CSVLogger(path, append=True), verbose=0)
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows[0] == ["epoch", "loss"]
    assert [row[0] for row in rows[1:]] == ["0", "1", "2", "0"]
    assert [float(row[1]) for row in rows[1:4]] == history.history["loss"]
