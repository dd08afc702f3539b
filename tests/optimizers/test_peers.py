"""Every optimizer beside Keras 3 and PyTorch, ten steps on two variables in float64."""

import inspect
import os

import numpy as np
import pytest

from badak.optimizers import OPTIMIZERS, get
from badak.schedules import CosineDecay

# Keras 3's own reading of a PyTorch tensor, under NumPy 2
KERAS_WARNING = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings(KERAS_WARNING)]

STEPS = 10
SHAPES = [(2, 3), (3,)]
SEGMENTS = [slice(0, 6), slice(6, 9)]
RNG = np.random.default_rng(0)
START = RNG.normal(size=9)
GRADIENTS = RNG.normal(size=(STEPS, 9)) * RNG.choice([0.1, 1.0, 10.0], size=(STEPS, 1))

# What Keras has and badak has not.
LEFT_OUT = {
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
    "kwargs",
}
KERAS_NAMES = ["SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "Adamax", "Nadam", "Lion"]


def walk(optimizer):
    w = START.copy()
    slots = optimizer.make_slots(w)
    path = []
    for step, g in enumerate(GRADIENTS, start=1):
        optimizer.apply(w, g, slots, step, SEGMENTS)
        path.append(w.copy())
    return np.array(path)


def assert_same_moves(path, peers_path, rtol):
    """Compare how far the weights have moved, which is a small part of what they are."""
    moves = np.subtract(peers_path, START)
    np.testing.assert_allclose(path - START, moves, rtol=rtol, atol=rtol * np.abs(moves).max())


def parts(vector):
    return [vector[s].reshape(shape) for s, shape in zip(SEGMENTS, SHAPES, strict=True)]


@pytest.fixture
def keras(monkeypatch):
    monkeypatch.setitem(os.environ, "KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield keras
    keras.config.set_floatx(before)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def keras_walk(keras, peer):
    variables = [keras.Variable(part) for part in parts(START)]
    path = []
    for g in GRADIENTS:
        gradients = [keras.ops.convert_to_tensor(part) for part in parts(g)]
        peer.apply(gradients, variables)
        path.append(np.concatenate([v.numpy().ravel() for v in variables]))
    return np.array(path)


VARIANTS = [
    *((name, {}) for name in KERAS_NAMES),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("SGD", {"nesterov": True}),
    ("Adagrad", {"initial_accumulator_value": 0.0, "epsilon": 1e-2}),
    ("RMSprop", {"momentum": 0.7, "epsilon": 1e-2}),
    ("RMSprop", {"centered": True, "rho": 0.5}),
    ("RMSprop", {"centered": True, "momentum": 0.7}),
    ("Adadelta", {"learning_rate": 1.0, "rho": 0.5, "epsilon": 1e-2}),
    ("Adam", {"amsgrad": True}),
    ("Adam", {"beta_1": 0.5, "beta_2": 0.6, "epsilon": 1e-2}),
    ("AdamW", {"amsgrad": True, "weight_decay": 0.3}),
    ("Adamax", {"beta_1": 0.5, "beta_2": 0.6, "epsilon": 1e-2}),
    ("Nadam", {"beta_1": 0.5, "beta_2": 0.6, "epsilon": 1e-2}),
    ("Lion", {"beta_1": 0.5, "beta_2": 0.6}),
]
STEPS_OF_THEIR_OWN = [
    {"weight_decay": 0.3},
    {"clipnorm": 0.5},
    {"clipvalue": 0.5},
    {"global_clipnorm": 0.5},
    {"clipnorm": 0.5, "weight_decay": 0.3},
]


@pytest.mark.parametrize(("name", "arguments"), VARIANTS, ids=str)
def test_every_optimizer_walks_as_that_of_keras(name, arguments, keras):
    peer = getattr(keras.optimizers, name)(**arguments)
    mine = get({"name": name, **arguments})
    assert_same_moves(walk(mine), keras_walk(keras, peer), rtol=1e-9)


@pytest.mark.parametrize("arguments", STEPS_OF_THEIR_OWN, ids=str)
@pytest.mark.parametrize("name", KERAS_NAMES)
def test_clipping_and_decay_are_those_of_keras(name, arguments, keras):
    peer = getattr(keras.optimizers, name)(**arguments)
    mine = get({"name": name, **arguments})
    in_float32 = {"clipnorm", "global_clipnorm"} & set(arguments)  # Keras compares norms in it
    rtol = 1e-6 if in_float32 else 1e-9
    assert_same_moves(walk(mine), keras_walk(keras, peer), rtol)


@pytest.mark.parametrize("name", KERAS_NAMES)
def test_a_schedule_moves_every_optimizer_as_in_keras(name, keras):
    schedule = CosineDecay(0.1, 6, 0.1, warmup_target=0.5, warmup_steps=3)
    config = dict(schedule.get_config())
    peer_schedule = getattr(keras.optimizers.schedules, config.pop("name"))(**config)
    peer = getattr(keras.optimizers, name)(learning_rate=peer_schedule, weight_decay=0.01)
    mine = get({"name": name, "learning_rate": schedule, "weight_decay": 0.01})
    assert_same_moves(walk(mine), keras_walk(keras, peer), rtol=1e-9)


@pytest.mark.parametrize("name", KERAS_NAMES)
def test_arguments_have_keras_order_and_defaults(name, keras):
    def arguments(kind):
        parameters = inspect.signature(kind).parameters.items()
        return [(key, p.default) for key, p in parameters if key not in LEFT_OUT]

    assert arguments(OPTIMIZERS[name]) == arguments(getattr(keras.optimizers, name))


TINY = 1e-30  # PyTorch adds epsilon in other places: where it vanishes the formulas are one

TORCH = [
    ("SGD", {}, {}),
    ("SGD", {"momentum": 0.9}, {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}, {"momentum": 0.9, "nesterov": True}),
    (
        "Adagrad",
        {"initial_accumulator_value": 0.1, "epsilon": TINY},
        {"initial_accumulator_value": 0.1, "eps": TINY},
    ),
    ("Adadelta", {"rho": 0.9, "epsilon": 1e-6}, {"rho": 0.9, "eps": 1e-6}),
    ("RMSprop", {"epsilon": TINY}, {"alpha": 0.9, "eps": TINY}),
    (
        "RMSprop",
        {"momentum": 0.7, "centered": True, "epsilon": TINY},
        {"momentum": 0.7, "centered": True, "alpha": 0.9, "eps": TINY},
    ),
    ("Adam", {"epsilon": TINY}, {"eps": TINY}),
    ("Adam", {"amsgrad": True, "epsilon": TINY}, {"amsgrad": True, "eps": TINY}),
    ("AdamW", {"weight_decay": 0.3, "epsilon": TINY}, {"weight_decay": 0.3, "eps": TINY}),
    ("Adamax", {"epsilon": TINY}, {"eps": TINY}),
    ("Nadam", {"epsilon": 1e-7}, {"momentum_decay": 1.0, "eps": 1e-7}),
]
TORCH_NAMES = {"Nadam": "NAdam"}
TORCH_ROUNDING = {"Nadam": 1e-6}  # it keeps the product of momenta in float32


@pytest.mark.parametrize(("name", "arguments", "torch_arguments"), TORCH, ids=str)
def test_optimizers_walk_as_those_of_pytorch_where_the_formulas_are_one(
    name, arguments, torch_arguments, torch
):
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    peer = getattr(torch.optim, TORCH_NAMES.get(name, name))([w], lr=0.01, **torch_arguments)
    path = []
    for g in GRADIENTS:
        w.grad = torch.tensor(g)
        peer.step()
        path.append(w.detach().numpy().copy())
    mine = get({"name": name, "learning_rate": 0.01, **arguments})
    assert_same_moves(walk(mine), path, rtol=TORCH_ROUNDING.get(name, 1e-9))
