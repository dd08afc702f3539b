"""Multipliers of the learning rate: what every optimizer does with them, in both engines."""

import numpy as np
import pytest

from badak import Input, Sequential, formats, load_model
from badak.callbacks import LambdaCallback
from badak.errors import InputError
from badak.layers import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Ensemble,
    FeatureScale,
    Layer,
)
from badak.optimizers import OPTIMIZERS, SGD, Adam, AdamW, Optimizer
from badak.schedules import CosineDecay
from badak.training import checkpoint

RNG = np.random.default_rng(0)
X = RNG.normal(size=(48, 3)).astype(np.float32)
T = RNG.normal(size=(48, 2)).astype(np.float32)
SEGMENTS = [slice(0, 3), slice(3, 4), slice(4, 9)]
MULTIPLIERS = [0.5, 0.0, 3.0]
EVERY_OPTIMIZER = pytest.mark.parametrize("name", OPTIMIZERS)


def steps(optimizer, gradients, multipliers=None, segments=SEGMENTS):
    w = np.linspace(-1.0, 2.0, 9)
    slots = optimizer.make_slots(w)
    for step, g in enumerate(gradients, 1):
        given = {} if multipliers is None else {"multipliers": multipliers}
        optimizer.apply(w, g, slots, step, segments, **given)
    return w


@EVERY_OPTIMIZER
@pytest.mark.parametrize("given", [{}, {"weight_decay": 0.1}, {"clipvalue": 0.5}], ids=str)
@pytest.mark.parametrize("rate", [0.05, CosineDecay(0.05, 20)], ids=["fixed", "schedule"])
def test_each_part_moves_as_by_an_optimizer_of_its_own_rate(name, given, rate):
    gradients = RNG.normal(size=(6, 9))
    found = steps(OPTIMIZERS[name](rate, **given), gradients, MULTIPLIERS)
    for part, multiplier in zip(SEGMENTS, MULTIPLIERS, strict=True):
        own = (
            CosineDecay(multiplier * 0.05, 20)
            if isinstance(rate, CosineDecay)
            else multiplier * rate
        )
        alone = steps(OPTIMIZERS[name](own, **given), gradients)
        np.testing.assert_allclose(found[part], alone[part], rtol=1e-14)


@EVERY_OPTIMIZER
def test_steps_are_multiplied_and_so_is_weight_decay(name):
    gradients = RNG.normal(size=(6, 9))
    start = np.linspace(-1.0, 2.0, 9)
    none = {"learning_rate": 0.01, "weight_decay": 0.0}
    one = steps(OPTIMIZERS[name](**none), gradients) - start
    three = steps(OPTIMIZERS[name](**none), gradients, [3.0] * 3) - start
    np.testing.assert_allclose(three, 3.0 * one, rtol=1e-12, atol=1e-14)
    decay = {"learning_rate": 0.01, "weight_decay": 0.2}
    nothing = np.zeros((1, 9))
    shrunk = steps(OPTIMIZERS[name](**decay), nothing, [3.0] * 3)
    np.testing.assert_allclose(shrunk, start * (1.0 - 3.0 * 0.01 * 0.2), rtol=1e-12)


@EVERY_OPTIMIZER
def test_nothing_moves_by_a_multiplier_of_zero_to_the_bit(name):
    optimizer = OPTIMIZERS[name](weight_decay=0.1)
    gradients = RNG.normal(size=(6, 9))
    np.testing.assert_array_equal(steps(optimizer, gradients, [0.0] * 3), np.linspace(-1.0, 2.0, 9))


@pytest.mark.peers
@pytest.mark.parametrize("name", ["SGD", "AdamW"])
def test_they_are_the_rates_of_pytorchs_parameter_groups(name):
    torch = pytest.importorskip("torch", reason="comes with the extra test-peers")
    gradients = RNG.normal(size=(8, 9))
    mine = {
        "SGD": SGD(0.05, momentum=0.9),
        "AdamW": AdamW(0.05, weight_decay=0.1, epsilon=1e-30),
    }[name]
    settings = {"SGD": {"momentum": 0.9}, "AdamW": {"weight_decay": 0.1, "eps": 1e-30}}[name]
    start = np.linspace(-1.0, 2.0, 9)
    parts = [torch.tensor(start[part], requires_grad=True) for part in SEGMENTS]
    groups = [
        {"params": [part], "lr": 0.05 * multiplier}
        for part, multiplier in zip(parts, MULTIPLIERS, strict=True)
    ]
    theirs = getattr(torch.optim, name)(groups, **settings)
    for g in gradients:
        for part, place in zip(parts, SEGMENTS, strict=True):
            part.grad = torch.tensor(g[place])
        theirs.step()
    found = torch.cat(parts).detach().numpy()
    np.testing.assert_allclose(steps(mine, gradients, MULTIPLIERS), found, rtol=1e-10)


def stack(multiplied=True):
    m = 1.0 if multiplied else 0.0
    given = {"learning_rate_multiplier": {"bias": 0.1}} if m else {}
    members = [[Dense(2, **({"learning_rate_multiplier": 3.0} if m else {}))], [Dense(2)]]
    return [
        Input((3,)),
        FeatureScale(**({"learning_rate_multiplier": 6.0} if m else {})),
        Dense(18, "tanh", kernel_regularizer="l2", **given),
        BatchNormalization(),
        Dense(4, "relu", **({"learning_rate_multiplier": 0.0} if m else {})),
        Dropout(0.2),
        Ensemble(members, **({"learning_rate_multiplier": 0.5} if m else {})),
    ]


def trained(engine, optimizer="adam", multiplied=True, **settings):
    model = Sequential(stack(multiplied), seed=1, engine=engine)
    model.compile(optimizer, "mse")
    before = model.get_weights()
    size = len(X) if model.optimizer.full_batch else 7
    model.fit(X, T, epochs=3, batch_size=size, verbose=0, **settings)
    return model, before


@pytest.mark.filterwarnings("error")
@EVERY_OPTIMIZER
@pytest.mark.parametrize("given", [{"weight_decay": 0.05}, {"global_clipnorm": 0.1}], ids=str)
def test_both_engines_move_all_weights_alike_and_leave_frozen_ones(name, given):
    (one, before), (other, _) = (
        trained(engine, OPTIMIZERS[name](**given)) for engine in ("reference", "compiled")
    )
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(b, a, rtol=2e-4, atol=2e-5)
    frozen = other.layers[3].get_weights()
    for now, then in zip(frozen, before[7:9], strict=True):
        np.testing.assert_array_equal(now, then)
    assert not np.array_equal(other.layers[0].scale, before[0])


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_multipliers_of_one_change_no_bit(engine):
    plain, _ = trained(engine, multiplied=False)
    model = Sequential(stack(multiplied=False), seed=1, engine=engine)
    for layer in model.layers:
        layer.learning_rate_multiplier = dict.fromkeys(
            (name for name in layer.weights if "moving" not in name), 1.0
        )
    model.compile("adam", "mse")
    model.fit(X, T, epochs=3, batch_size=7, verbose=0)
    np.testing.assert_array_equal(model.parameters.vector, plain.parameters.vector)


class HaltError(Exception):
    """Ends a run in its middle."""


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_run_that_was_stopped_goes_on_to_the_same_bits(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "INTERVAL", 0.0)
    optimizer = Adam(CosineDecay(0.01, 21))
    whole, _ = trained(engine, optimizer)

    def halt(epoch, logs):
        if epoch == 2:
            raise HaltError

    path = tmp_path / "run.safetensors"
    with pytest.raises(HaltError):
        trained(
            engine,
            optimizer,
            checkpoint=path,
            callbacks=[LambdaCallback(on_epoch_begin=halt)],
        )
    model = Sequential(stack(), seed=1, engine=engine)
    model.compile(optimizer, "mse")
    model.layers[1].learning_rate_multiplier = 2.0
    settings = {"epochs": 3, "batch_size": 7, "verbose": 0, "checkpoint": path}
    with pytest.raises(InputError, match="of another run"):
        model.fit(X, T, **settings, callbacks=[LambdaCallback(on_epoch_begin=halt)])
    model.layers[1].learning_rate_multiplier = {"bias": 0.1}
    model.fit(X, T, **settings, callbacks=[LambdaCallback(on_epoch_begin=lambda epoch, logs: None)])
    np.testing.assert_array_equal(model.parameters.vector, whole.parameters.vector)


def test_a_layer_can_be_frozen_and_thawed_between_two_fits():
    model = Sequential([Input((3,)), Dense(4, "relu"), Dense(2)], seed=0)
    model.compile("sgd", "mse")
    model.layers[0].learning_rate_multiplier = 0.0
    before = model.layers[0].kernel.copy()
    model.fit(X, T, verbose=0)
    np.testing.assert_array_equal(model.layers[0].kernel, before)
    model.layers[0].learning_rate_multiplier = 1.0
    model.fit(X, T, verbose=0)
    assert not np.array_equal(model.layers[0].kernel, before)


def test_an_ensembles_multiplier_multiplies_those_of_its_members():
    ensemble = Sequential(stack()).layers[-1]
    assert ensemble.multiplier_of("0.0.kernel") == 1.5
    assert ensemble.multiplier_of("1.0.bias") == 0.5


@pytest.mark.parametrize("file", ["m.safetensors", "m.npz"])
def test_files_keep_them(file, tmp_path):
    model, _ = trained("compiled")
    formats.export(model, tmp_path / file) if file == "m.npz" else model.save(tmp_path / file)
    back = formats.import_model(tmp_path / file) if file == "m.npz" else load_model(tmp_path / file)
    found = [layer.learning_rate_multiplier for layer in back.layers]
    assert found == [6.0, {"bias": 0.1}, 1.0, 0.0, 1.0, 0.5]
    assert back.layers[-1].members[0][0].learning_rate_multiplier == 3.0
    assert repr(back.layers[3]) == "Dense(4, activation='relu', learning_rate_multiplier=0.0)"


def test_what_has_none_says_nothing_of_it():
    assert "learning_rate_multiplier" not in Dense(3).get_config()
    assert Dense(3).get_config() == Dense(3, learning_rate_multiplier=1.0).get_config()


def test_a_keras_file_leaves_them_out_with_a_warning(tmp_path):
    pytest.importorskip("h5py", reason="comes with the extra keras")
    model = Sequential([Input((3,)), Dense(2, learning_rate_multiplier=0.5)])
    with pytest.warns(UserWarning, match="multiplier of the layer 'dense' is left out"):
        formats.export(model, tmp_path / "m.keras")


@pytest.mark.parametrize("bad", [-1.0, np.inf, np.nan, "2", None, [1.0]])
def test_multipliers_are_numbers_from_zero(bad):
    with pytest.raises(InputError, match="learning_rate_multiplier must be a number"):
        Dense(3, learning_rate_multiplier=bad)
    with pytest.raises(InputError, match="learning_rate_multiplier of 'bias' must be a number"):
        Dense(3, learning_rate_multiplier={"bias": bad})


def test_names_that_are_no_trained_weights_are_refused():
    with pytest.raises(InputError, match=r"names 'kernl', .* trained are 'kernel', 'bias'"):
        Sequential([Input((3,)), Dense(2, learning_rate_multiplier={"kernl": 0.5})])
    with pytest.raises(InputError, match=r"names 'moving_mean', .* trained are 'gamma', 'beta'"):
        Sequential([Input((3,)), BatchNormalization(learning_rate_multiplier={"moving_mean": 0.5})])
    with pytest.raises(InputError, match=r"names 'a', .* trained are none"):
        Sequential([Input((3,)), Activation("relu", learning_rate_multiplier={"a": 0.5})])
    member = [Dense(2, learning_rate_multiplier={"a": 0.5})]
    with pytest.raises(InputError, match="names 'a'"):
        Sequential([Input((3,)), Ensemble([member])])
    model = Sequential([Input((3,)), Dense(2)])
    with pytest.raises(InputError, match="names 'a'"):
        model.layers[0].learning_rate_multiplier = {"a": 0.5}


class Plain(Optimizer):
    """Descent with an ``apply`` of its own."""

    slots = ()

    def apply(self, w, g, slots, step, segments=None):  # type: ignore[override]
        w -= 0.1 * g


@pytest.mark.filterwarnings("ignore:the compiled engine cannot run:RuntimeWarning")
def test_an_optimizer_that_cannot_take_them_is_refused_by_name():
    model = Sequential([Input((3,)), Dense(2, learning_rate_multiplier=0.5)], engine="reference")
    model.compile(Plain(), "mse")
    before = model.get_weights()
    with pytest.raises(InputError, match="Plain has a method 'apply' of its own"):
        model.fit(X, T, verbose=0)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_layer_of_ones_own_takes_one():
    class Shift(Layer):
        def forward(self, w, x, mode):
            return x + 1.0, None

    assert Shift(learning_rate_multiplier=0.5).learning_rate_multiplier == 0.5


def test_many_groups_are_compiled():
    rates = [0.1 * n for n in range(1, 20)]
    layers = [Dense(4, "tanh", learning_rate_multiplier=rate) for rate in rates]
    found = []
    for engine in ("reference", "compiled"):
        model = Sequential([Input((3,)), *map(_again, layers), Dropout(0.1), Dense(2)],
                           seed=0, engine=engine)  # fmt: skip
        model.compile("adam", "mse")
        model.fit(X, T, batch_size=16, verbose=0)
        found.append(model.get_weights())
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(other, one, rtol=2e-4, atol=2e-5)


def _again(layer):
    return Dense(4, "tanh", learning_rate_multiplier=layer.learning_rate_multiplier)
