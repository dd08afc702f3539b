import pytest

from badak.callbacks import LearningRateScheduler, ReduceLROnPlateau
from badak.errors import InputError
from badak.optimizers import SGD
from badak.schedules import CosineDecay


def test_the_learning_rate_falls_on_a_plateau(model, run):
    values = [3.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    history = run(model, values, ReduceLROnPlateau(factor=0.5, patience=2))
    rates = [0.01, 0.01, 0.01, 0.01, 0.005, 0.005]
    assert history.history["learning_rate"] == pytest.approx(rates)
    assert model.optimizer.learning_rate == pytest.approx(0.0025)


def test_the_learning_rate_does_not_fall_under_its_least(model, run):
    run(model, [1.0] * 9, ReduceLROnPlateau(factor=0.1, patience=1, min_lr=0.004))
    assert model.optimizer.learning_rate == 0.004


def test_cooldown_holds_the_rate(model, run):
    run(model, [1.0] * 5, ReduceLROnPlateau(factor=0.5, patience=1, cooldown=2))
    assert model.optimizer.learning_rate == pytest.approx(0.01 * 0.5**2)


def test_a_schedule_by_epochs(model, samples):
    scheduler = LearningRateScheduler(lambda epoch, rate: rate * 0.5 if epoch else 0.1)
    history = model.fit(*samples, epochs=3, callbacks=scheduler, verbose=0)
    assert history.history["learning_rate"] == pytest.approx([0.1, 0.05, 0.025])
    by_epoch = LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch))
    history = model.fit(*samples, epochs=2, callbacks=by_epoch, verbose=0)
    assert history.history["learning_rate"] == pytest.approx([0.1, 0.05])
    with pytest.raises(InputError, match="not a number"):
        model.fit(*samples, callbacks=LearningRateScheduler(lambda *_: "low"), verbose=0)


def test_two_masters_of_the_learning_rate_are_refused(model, samples):
    model.compile(SGD(CosineDecay(0.1, 10)), "mse")
    for callback in (ReduceLROnPlateau("loss"), LearningRateScheduler(lambda e, r: r)):
        with pytest.raises(InputError, match="the optimizer follows CosineDecay"):
            model.fit(*samples, callbacks=callback, verbose=0)
