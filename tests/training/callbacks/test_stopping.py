import itertools

import numpy as np
import pytest

from badak import Input, Sequential
from badak.callbacks import Callback, EarlyStopping, LambdaCallback, ReduceLROnPlateau
from badak.errors import DivergedError, InputError
from badak.layers import Dense
from badak.training.callbacks.stopping import Monitor


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
def test_early_stopping_waits_for_its_patience(model, values, patience, epochs, run):
    history = run(model, values, EarlyStopping(patience=patience))
    assert len(history.epoch) == epochs


def test_early_stopping_puts_the_best_weights_back(model, scripted, samples):
    seen = []
    keep = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()[0]))
    stopping = EarlyStopping(patience=2, restore_best_weights=True)
    values = [3.0, 1.0, 2.0, 2.0, 2.0]
    model.fit(*samples, epochs=5, callbacks=[scripted(values), keep, stopping], verbose=0)
    assert len(seen) == 4
    assert (model.get_weights()[0] == seen[1]).all()
    assert stopping.best_epoch == 1


def test_min_delta_baseline_and_start(model, run):
    assert (
        len(run(model, [3.0, 2.9, 2.8, 0.0], EarlyStopping(min_delta=0.5, patience=1)).epoch) == 2
    )
    values = [3.0, 2.0, 2.5, 1.0]
    assert len(run(model, values, EarlyStopping(baseline=0.5, patience=2)).epoch) == 3
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
def test_the_metric_tells_whether_more_is_better(model, monitor, rises, samples):
    model.compile("sgd", "mse", [name for name in [monitor] if name != "val_loss"])
    stopping = EarlyStopping(monitor)
    model.fit(*samples, callbacks=stopping, validation_data=samples, verbose=0)
    assert stopping.rises is rises


def test_of_a_metric_of_ones_own_the_direction_is_asked(model, samples):
    def closeness(t, y):
        return -abs(t - y).mean()

    model.compile("sgd", "mse", [closeness])
    with pytest.raises(InputError, match="give it mode='max' or mode='min'"):
        model.fit(*samples, callbacks=EarlyStopping("closeness"), verbose=0)
    stopping = EarlyStopping("closeness", mode="max")
    model.fit(*samples, callbacks=stopping, verbose=0)
    assert stopping.rises


def test_a_direction_that_is_none_is_refused():
    with pytest.raises(InputError, match="'auto', 'min' or 'max'"):
        Monitor("loss", "down")
    assert Monitor("val_loss", "max").rises


def test_watching_what_is_not_reported_names_what_is(model, samples):
    with pytest.raises(InputError, match=r"reports loss.*validation data"):
        model.fit(*samples, callbacks=EarlyStopping(), verbose=0)


class Told:
    """What Keras's callbacks ask of a model, told the same values as badak's."""

    def __init__(self):
        self.stop_training = False
        self.weights = None

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


def by_keras(keras, values, **settings):
    """Return the epochs that Keras's EarlyStopping lets pass, and the epoch of its best weights."""
    model = Told()
    stopping = keras.callbacks.EarlyStopping(mode="min", **settings)
    stopping.set_model(model)
    stopping.on_train_begin()
    for epoch, value in enumerate(values):
        model.weights = epoch
        stopping.on_epoch_end(epoch, {"val_loss": value})
        if model.stop_training:
            break
    return epoch + 1, stopping.stopped_epoch, stopping.best_epoch


@pytest.mark.parametrize("restore", [False, True])
@pytest.mark.parametrize("baseline", [None, 0.5, 2.2, 9.0])
@pytest.mark.parametrize("patience", [0, 1, 2])
@pytest.mark.parametrize("start", [0, 2])
def test_training_ends_where_keras_ends_it(model, run, keras, baseline, patience, start, restore):
    settings = {"baseline": baseline, "patience": patience, "start_from_epoch": start}
    settings["restore_best_weights"] = restore
    for values in itertools.islice(itertools.permutations([3.0, 2.0, 2.4, 1.0, 0.4]), 0, 120, 7):
        stopping = EarlyStopping(**settings)
        epochs = len(run(model, list(values), stopping).epoch)
        ours = epochs, stopping.stopped_epoch, stopping.best_epoch
        assert ours == by_keras(keras, values, **settings), values


@pytest.mark.parametrize("watch", [EarlyStopping(patience=1), ReduceLROnPlateau(patience=1)])
def test_epochs_without_validation_are_passed_over(model, samples, watch):
    x, y = samples
    history = model.fit(
        x, y, epochs=7, validation_data=(x, -y), validation_freq=3, callbacks=[watch], verbose=0
    )
    assert len(history.history["val_loss"]) == 2
    assert history.epoch[-1] in (5, 6)  # the second value, of epoch 5, is the worse one


class Steps(Callback):
    """Counts steps."""

    taken = 0

    def on_train_batch_end(self, batch, logs):
        self.taken += 1


@pytest.mark.parametrize(
    ("watch", "said"),
    [
        (lambda: EarlyStopping("val_los"), "did you mean 'val_loss'"),
        (lambda: ReduceLROnPlateau("acuracy"), "watches 'acuracy'"),
    ],
)
def test_a_misspelt_name_is_refused_before_the_first_step(model, samples, watch, said):
    steps = Steps()
    with pytest.raises(InputError, match=said):
        model.fit(*samples, validation_split=0.5, callbacks=[watch(), steps], verbose=0)
    assert steps.taken == 0
    assert model.step == 0


def test_what_a_callback_of_ones_own_reports_may_be_watched(model, samples):
    class Report(Callback):
        def on_epoch_end(self, epoch, logs):
            logs["mine"] = 1.0

    stopping = EarlyStopping("mine", patience=2)
    history = model.fit(*samples, epochs=9, callbacks=[Report(), stopping], verbose=0)
    assert len(history.epoch) == 3


def test_the_learning_rate_that_a_callback_reports_may_be_watched(model, samples):
    watch = [ReduceLROnPlateau("loss"), EarlyStopping("learning_rate", patience=2)]
    assert len(model.fit(*samples, epochs=9, callbacks=watch, verbose=0).epoch) == 3


@pytest.mark.parametrize(
    ("kind", "setting", "value"),
    [
        (EarlyStopping, "patience", -1),
        (EarlyStopping, "patience", "3"),
        (EarlyStopping, "min_delta", "little"),
        (EarlyStopping, "min_delta", float("nan")),
        (EarlyStopping, "baseline", "none"),
        (EarlyStopping, "start_from_epoch", 1.5),
        (EarlyStopping, "restore_best_weights", "yes"),
        (EarlyStopping, "monitor", None),
        (ReduceLROnPlateau, "patience", 2.5),
        (ReduceLROnPlateau, "cooldown", -1),
        (ReduceLROnPlateau, "min_lr", -0.1),
        (ReduceLROnPlateau, "factor", 1.0),
        (ReduceLROnPlateau, "min_delta", 10**400),
    ],
)
def test_settings_are_checked_when_they_are_given(kind, setting, value):
    with pytest.raises(InputError, match=setting):
        kind(**{setting: value})


def test_settings_may_be_numpys_scalars(model, run):
    stopping = EarlyStopping(patience=np.int64(1), min_delta=np.float32(0.5))
    assert len(run(model, [3.0, 2.9, 2.8], stopping).epoch) == 2


def test_after_divergence_the_best_weights_are_those_of_the_best_epoch():
    x = np.linspace(-1.0, 1.0, 32).reshape(-1, 1)
    model = Sequential([Input((1,)), Dense(1)])
    model.compile("sgd", "mse", [])
    kept = []

    def at_end(epoch, logs):
        kept.append(model.parameters.vector.copy())
        if epoch == 3:
            model.optimizer.learning_rate = 1e30

    watch = LambdaCallback(on_epoch_end=at_end)
    stopping = EarlyStopping("loss", patience=50, restore_best_weights=True)
    with pytest.raises(DivergedError) as caught:
        model.fit(x, 3.0 * x, batch_size=4, epochs=9, callbacks=[watch, stopping], verbose=0)
    assert stopping.best_epoch == 3
    np.testing.assert_array_equal(model.parameters.vector, kept[3])
    assert any("best weights, of epoch 4" in note for note in caught.value.__notes__)
