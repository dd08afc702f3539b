import json

import numpy as np
import pytest

from badak import optimizers
from badak.errors import InputError, UnknownNameError
from badak.optimizers import (
    OPTIMIZERS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    GradientDescent,
    Lion,
    Momentum,
    Nadam,
    Nesterov,
    RMSprop,
)
from badak.schedules import CosineDecay, PiecewiseConstantDecay

CHANGED = [
    GradientDescent(0.2, weight_decay=0.1),
    SGD(0.2, 0.5, True, clipnorm=3.0),
    Momentum(0.2, 0.5, global_clipnorm=0.5),
    Nesterov(CosineDecay(0.2, 8, 0.1, warmup_target=0.3, warmup_steps=2)),
    Adagrad(0.2, 0.0, 1e-3, clipvalue=0.5),
    RMSprop(0.2, 0.5, 0.3, 1e-3, True),
    Adadelta(1.0, 0.5, 1e-3),
    Adam(PiecewiseConstantDecay([2, 4], [0.3, 0.2, 0.1]), 0.5, 0.6, 1e-3, True),
    AdamW(0.2, 0.3, 0.5, 0.6, 1e-3, True),
    Adamax(0.2, 0.5, 0.6, 1e-3),
    Nadam(0.2, 0.5, 0.6, 1e-3),
    Lion(0.2, 0.5, 0.6),
]


def walk(optimizer):
    w = np.linspace(-1, 1, 5)
    slots = optimizer.make_slots(w)
    for step in range(1, 8):
        optimizer.apply(w, w**3 - 0.2, slots, step, [slice(0, 2), slice(2, 5)])
    return w


@pytest.mark.parametrize("optimizer", CHANGED, ids=repr)
def test_an_optimizer_is_rebuilt_from_its_configuration_in_a_file(optimizer):
    config = optimizer.get_config()
    again = optimizers.get(json.loads(json.dumps(config)))
    assert type(again) is type(optimizer)
    assert again == optimizer
    assert again != type(optimizer)()
    np.testing.assert_array_equal(walk(again), walk(optimizer))


def test_every_class_is_rebuilt_somewhere_above():
    assert {type(o) for o in CHANGED} == {OPTIMIZERS[name] for name in OPTIMIZERS}


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_a_name_gives_the_class_with_its_defaults(name):
    kind = OPTIMIZERS[name]
    for spelled in (name, kind.__name__, name.upper()):
        assert optimizers.get(spelled) == optimizers.get(kind) == kind()


def test_an_object_is_handed_back():
    optimizer = Adam(0.5)
    assert optimizers.get(optimizer) is optimizer


def test_the_conveniences_are_their_general_forms():
    rules = {Momentum().rule: SGD(momentum=0.9), Nesterov().rule: SGD(momentum=0.9, nesterov=True)}
    for rule, general in rules.items():
        assert general.rule is rule
    np.testing.assert_array_equal(walk(Momentum()), walk(SGD(momentum=0.9)))
    np.testing.assert_array_equal(walk(Nesterov()), walk(SGD(momentum=0.9, nesterov=True)))
    np.testing.assert_array_equal(walk(AdamW()), walk(Adam(weight_decay=0.004)))
    np.testing.assert_array_equal(walk(GradientDescent()), walk(SGD()))


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'adam'"):
        optimizers.get("adamm")


def test_a_wrong_argument_is_named():
    with pytest.raises(InputError, match="beta_3"):
        optimizers.get({"name": "adam", "beta_3": 0.9})


@pytest.mark.parametrize("spec", [None, 0.1, len, {"learning_rate": 0.1}, CosineDecay(0.1, 10)])
def test_what_is_no_optimizer_is_refused(spec):
    with pytest.raises(InputError):
        optimizers.get(spec)
