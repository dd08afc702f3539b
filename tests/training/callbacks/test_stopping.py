import pytest

from badak.callbacks import EarlyStopping, LambdaCallback
from badak.errors import InputError
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
