import copy
import dataclasses
import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from badak.errors import InputError
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
    Optimizer,
    RMSprop,
)
from badak.schedules import (
    Constant,
    ExponentialDecay,
    PiecewiseConstantDecay,
    Schedule,
)

VARIANTS = [
    GradientDescent(),
    SGD(),
    SGD(momentum=0.9),
    SGD(momentum=0.9, nesterov=True),
    Momentum(),
    Nesterov(),
    Adagrad(),
    RMSprop(),
    RMSprop(momentum=0.9),
    RMSprop(centered=True),
    RMSprop(momentum=0.9, centered=True),
    Adadelta(),
    Adam(),
    Adam(amsgrad=True),
    AdamW(),
    Adamax(),
    Nadam(),
    Lion(),
]
each_variant = pytest.mark.parametrize("optimizer", VARIANTS, ids=repr)
each_class = pytest.mark.parametrize("kind", [OPTIMIZERS[name] for name in OPTIMIZERS])


@each_variant
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_slots_are_shaped_as_the_weights_and_start_at_one_value(optimizer, dtype):
    w = np.arange(5, dtype=dtype)
    slots = optimizer.make_slots(w)
    assert tuple(slots) == optimizer.slots
    for slot in slots.values():
        assert slot.dtype == dtype
        np.testing.assert_array_equal(slot, np.full(5, optimizer.initial_slot_value, dtype))


def test_only_adagrads_slot_does_not_start_at_zero():
    starts = {type(o).__name__: o.initial_slot_value for o in VARIANTS}
    assert {name: start for name, start in starts.items() if start} == {"Adagrad": 0.1}
    assert Adagrad(initial_accumulator_value=0.5).initial_slot_value == 0.5


def test_slots_follow_the_constructors_choice_of_rule():
    assert SGD().slots == SGD(nesterov=True).slots == ()
    assert SGD(momentum=0.5).slots == ("v",)
    assert RMSprop(momentum=0.5, centered=True).slots == ("v", "mean", "m")
    assert Adam(amsgrad=True).slots == ("m", "v", "v_max")


@each_variant
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("step", [1, np.int64(7)])
def test_a_step_works_in_place_and_keeps_types_and_the_gradient(optimizer, dtype, step):
    optimizer = copy.copy(optimizer)
    optimizer.weight_decay, optimizer.clipvalue = 0.1, 0.5
    w, g = np.ones(5, dtype), np.linspace(-1, 1, 5, dtype=dtype)
    slots = optimizer.make_slots(w)
    held, before = [w, *slots.values()], [w.copy(), g.copy()]
    optimizer.apply(w, g, slots, step)
    assert all(now is then for now, then in zip([w, *slots.values()], held, strict=True))
    np.testing.assert_array_equal(g, before[1])
    assert (w != before[0]).all()
    new = np.atleast_2d(optimizer.rule(w, g, *slots.values(), **optimizer.scalars(step)))
    assert new.dtype == dtype


@each_variant
def test_scalars_are_plain_floats_for_any_step_number(optimizer):
    for step in (1, 2, 10**7, np.int64(3)):
        scalars = optimizer.scalars(step)
        assert all(type(value) is float for value in scalars.values())
        assert all(math.isfinite(value) for value in scalars.values())


@each_variant
def test_scalars_depend_on_the_step_and_nothing_before_it(optimizer):
    forward = [optimizer.scalars(step) for step in range(1, 50)]
    backward = [optimizer.scalars(step) for step in reversed(range(1, 50))]
    assert forward == backward[::-1]


def test_only_gradient_descent_wants_the_whole_set_at_once():
    assert [name for name in OPTIMIZERS if OPTIMIZERS[name].full_batch] == ["gradient_descent"]


@given(st.floats(1e-3, 1.0), st.floats(1e-3, 1.0))
def test_a_learning_rate_set_midway_holds_from_the_next_step(first, second):
    optimizer, w = SGD(first), np.zeros(1)
    optimizer.apply(w, np.ones(1), {}, 1)
    optimizer.learning_rate = second
    optimizer.apply(w, np.ones(1), {}, 2)
    assert w[0] == pytest.approx(-first - second)


def test_a_schedule_gives_step_n_its_rate_of_iteration_n_less_1():
    optimizer, w = SGD(PiecewiseConstantDecay([0, 2], [1.0, 10.0, 100.0])), np.zeros(1)
    path = []
    for step in range(1, 6):
        optimizer.apply(w, -np.ones(1), {}, step)
        path.append(float(w[0]))
    assert path == [1.0, 11.0, 21.0, 121.0, 221.0]


def test_a_schedule_reaches_corrected_rates_and_weight_decay_too():
    schedule = ExponentialDecay(0.5, 1, 0.5)
    for step in (1, 2, 3):
        rate = 0.5**step
        scheduled, plain = AdamW(schedule), AdamW(rate)
        assert scheduled.scalars(step) == plain.scalars(step)
        ends = []
        for optimizer in (scheduled, plain):
            w = np.array([3.0])
            optimizer.apply(w, np.zeros(1), optimizer.make_slots(w), step)
            ends.append(w[0])
        assert ends[0] == ends[1] == pytest.approx(3.0 * (1 - rate * 0.004))


def test_a_number_cannot_take_the_place_of_a_schedule():
    optimizer = Adam(ExponentialDecay(0.1, 10, 0.9))
    with pytest.raises(InputError, match=r"Adam\(learning_rate=0.01\)"):
        optimizer.learning_rate = 0.01
    assert optimizer.rate(1) == 0.1


def test_another_schedule_can_take_its_place():
    optimizer = Adam(ExponentialDecay(0.1, 10, 0.9))
    optimizer.learning_rate = Constant(0.3)
    assert optimizer.rate(1) == 0.3


def test_a_schedule_can_take_the_place_of_a_number():
    optimizer = Adam(0.1)
    optimizer.learning_rate = Constant(0.3)
    assert optimizer.rate(1) == 0.3


@pytest.mark.parametrize("bad", [math.nan, math.inf, -0.1])
def test_a_schedule_that_gives_no_rate_is_found_out(bad):
    class Broken(Schedule):
        def __call__(self, iteration):
            return bad

    with pytest.raises(InputError, match=r"Broken.*step 4"):
        SGD(Broken()).rate(4)


@pytest.mark.parametrize("step", [0, -1])
def test_there_is_no_step_before_the_first(step):
    with pytest.raises(InputError, match="count from 1"):
        Adam().scalars(step)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(InputError, match="shape"):
        SGD().apply(np.zeros(3), np.zeros(1), {}, 1)


NOT_A_RATE = [-0.1, math.nan, math.inf, "0.1", None, True, [0.1], 1j]


@each_class
@pytest.mark.parametrize("value", NOT_A_RATE, ids=repr)
def test_no_optimizer_takes_a_learning_rate_that_is_none(kind, value):
    with pytest.raises(InputError, match=f"{kind.__name__}'s learning_rate.*schedule"):
        kind(learning_rate=value)
    optimizer = kind()
    with pytest.raises(InputError, match="learning_rate"):
        optimizer.learning_rate = value
    assert optimizer.learning_rate == kind().learning_rate


BAD: dict[str, list[Any]] = {
    "momentum": [-0.1, 1.1, math.nan, "0.9", None],
    "rho": [-0.1, 1.0, math.nan],
    "beta_1": [-0.1, 1.0, math.nan],
    "beta_2": [-0.1, 1.0, math.nan],
    "epsilon": [0.0, -1e-7, 1e-50, math.inf, math.nan],
    "initial_accumulator_value": [-0.1, math.inf, None],
    "nesterov": [1, "no", None],
    "centered": [0, "no", None],
    "amsgrad": [0.0, "no", None],
    "weight_decay": [-0.1, math.inf, math.nan, False],
    "clipnorm": [0.0, -1.0, math.inf, math.nan, True],
    "clipvalue": [0.0, -1.0, math.inf, math.nan, "1"],
    "global_clipnorm": [0.0, -1.0, math.inf, math.nan],
}


@each_class
def test_every_hyperparameter_out_of_its_range_is_refused_by_name(kind):
    fields = {field.name for field in dataclasses.fields(kind)} - {"learning_rate", "name"}
    assert fields <= set(BAD)
    for name in fields:
        for value in BAD[name]:
            with pytest.raises(InputError, match=f"{kind.__name__}'s {name} must be"):
                kind(**{name: value})


def test_a_refusal_says_what_was_given_and_what_is_allowed():
    with pytest.raises(InputError) as refusal:
        Adam(beta_1=1.0)
    assert str(refusal.value) == "Adam's beta_1 must be a number in [0, 1), not 1.0"
    with pytest.raises(InputError) as refusal:
        Adam(clipnorm=0)
    assert str(refusal.value) == "Adam's clipnorm must be None or a number in (0, inf), not 0"


def test_adamw_without_weight_decay_is_refused():
    with pytest.raises(InputError, match="Adam does without"):
        AdamW(weight_decay=None)


def test_whole_and_numpy_numbers_become_floats():
    optimizer = SGD(1, momentum=np.float32(0.5), nesterov=np.bool_(True), clipnorm=np.int64(2))
    assert repr(optimizer) == repr(SGD(1.0, 0.5, True, clipnorm=2.0))


@each_variant
def test_a_copy_and_a_pickle_are_equal(optimizer):
    assert copy.deepcopy(optimizer) == pickle.loads(pickle.dumps(optimizer)) == optimizer


def test_an_optimizer_is_named_after_its_class_unless_told_otherwise():
    assert Adam().name == "adam"
    assert Adam(name="mine").name == "mine"
    assert Adam(name="mine") == Adam()


def test_an_optimizer_of_ones_own_must_give_its_rule():
    for ask in (lambda o: o.rule, lambda o: o.slots, lambda o: o.scalars(1)):
        with pytest.raises(NotImplementedError, match="Optimizer"):
            ask(Optimizer())
