import numpy as np
import pytest

from badak import Input, Sequential, callbacks, fit_many, layers, optimizers
from badak.errors import DivergedError, InputError

RNG = np.random.default_rng(3)
X = RNG.normal(size=(120, 6)).astype(np.float32)
Y = RNG.integers(0, 3, 120)


def networks(count=5):
    stacks = ([Input((6,)), layers.Dense(8 + i, "relu"), layers.Dropout(0.1),
               layers.Dense(3, "softmax")] for i in range(count))  # fmt: skip
    return [Sequential(stack, seed=seed) for seed, stack in enumerate(stacks)]


def test_side_by_side_gives_the_bits_of_one_at_a_time():
    together, alone = networks(), networks()
    histories = fit_many(together, X, Y, epochs=4, validation_split=0.25)
    for model, other, history in zip(together, alone, histories, strict=True):
        expected = other.fit(X, Y, epochs=4, validation_split=0.25, verbose=0)
        assert model.parameters.vector.tobytes() == other.parameters.vector.tobytes()
        assert history.history == expected.history


def test_each_may_have_data_and_settings_of_its_own():
    folds = [np.arange(120) % 3 != fold for fold in range(3)]
    runs = [
        {"model": model, "x": X[fold], "y": Y[fold], "epochs": 1 + number}
        for number, (model, fold) in enumerate(zip(networks(3), folds, strict=True))
    ]
    histories = fit_many(runs, batch_size=10)
    assert [len(history.epoch) for history in histories] == [1, 2, 3]
    assert all(history.params["samples"] == 80 for history in histories)


def test_callbacks_are_made_for_each():
    def stoppers():
        return [callbacks.EarlyStopping("loss", min_delta=1e9)]

    histories = fit_many(networks(), X, Y, epochs=50, callbacks=stoppers)
    assert all(len(history.epoch) < 50 for history in histories)
    with pytest.raises(InputError, match="made for each"):
        fit_many(networks(), X, Y, callbacks=[callbacks.EarlyStopping("loss")])


def test_a_checkpoint_is_one_model_s(tmp_path):
    with pytest.raises(InputError, match="share a checkpoint"):
        fit_many(networks(), X, Y, checkpoint=tmp_path / "c.safetensors")
    runs = [
        {"model": model, "checkpoint": tmp_path / f"{number}.safetensors"}
        for number, model in enumerate(networks(2))
    ]
    fit_many(runs, X, Y, epochs=2)
    assert len(list(tmp_path.iterdir())) == 2


def test_one_that_fails_does_not_stop_the_others():
    models = networks(3)
    models[1].compile(optimizers.SGD(1e30))
    with pytest.raises(ExceptionGroup, match="1 of 3 networks") as caught:
        fit_many(models, X, Y, epochs=2)
    assert caught.group_contains(DivergedError)
    assert caught.value.exceptions[0].__notes__ == ["network 1 of 3, counted from 0"]
    assert [len(models[i].history.epoch) for i in (0, 2)] == [2, 2]


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (lambda: networks(1) * 2, "stands twice"),
        (lambda: ["model"], "dictionaries with a 'model'"),
        (lambda: [{"epochs": 3}], "dictionaries with a 'model'"),
        (lambda: [{"model": networks(1)[0], "y": None}], "x and y are needed"),
    ],
)
def test_what_cannot_be_trained_is_refused(models, said):
    with pytest.raises(InputError, match=said):
        fit_many(models(), X, Y)
