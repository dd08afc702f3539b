import dataclasses
import json
import math
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from badak import optimizers, schedules
from badak.errors import InputError, UnknownNameError
from badak.schedules import (
    Constant,
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
    Schedule,
)

ONE_OF_EACH = [
    Constant(0.3),
    PiecewiseConstantDecay([3, 7], [0.5, 0.2, 0.1]),
    ExponentialDecay(0.5, 5, 0.8),
    ExponentialDecay(0.5, 5, 0.8, staircase=True),
    InverseTimeDecay(0.5, 5, 0.8),
    InverseTimeDecay(0.5, 5, 0.8, staircase=True),
    PolynomialDecay(0.5, 6),
    PolynomialDecay(0.5, 6, end_learning_rate=0.05, power=2.5),
    PolynomialDecay(0.5, 6, end_learning_rate=0.05, power=0.5, cycle=True),
    CosineDecay(0.5, 6),
    CosineDecay(0.5, 6, alpha=0.25),
    CosineDecay(0.1, 6, alpha=0.25, warmup_target=0.5, warmup_steps=4),
    CosineDecayRestarts(0.5, 2),
    CosineDecayRestarts(0.5, 3, t_mul=1.5, m_mul=0.8, alpha=0.25),
    CosineDecayRestarts(0.5, 3, t_mul=3.0),
    CosineDecayRestarts(0.5, 6, t_mul=1.0, m_mul=0.5),
]
ITERATIONS = range(25)

each_schedule = pytest.mark.parametrize("schedule", ONE_OF_EACH, ids=str)
iterations = st.integers(0, 10_000)


def test_a_step_schedule_changes_just_after_its_boundary():
    schedule = PiecewiseConstantDecay(boundaries=[3, 7], values=[0.5, 0.2, 0.1])
    assert [schedule(i) for i in range(10)] == [0.5] * 4 + [0.2] * 4 + [0.1] * 2


def test_without_boundaries_a_step_schedule_is_constant():
    assert PiecewiseConstantDecay([], [0.5])(10**9) == 0.5


@given(iterations)
def test_exponential_decay_is_one_factor_a_step(iteration):
    schedule = ExponentialDecay(0.5, decay_steps=100, decay_rate=0.9)
    factor = math.exp(math.log(0.9) / 100)
    assert schedule(iteration + 1) == pytest.approx(factor * schedule(iteration), rel=1e-12)
    assert schedule(0) == 0.5


@given(iterations)
def test_the_reciprocal_of_inverse_time_decay_grows_evenly(iteration):
    schedule = InverseTimeDecay(0.5, decay_steps=100, decay_rate=3.0)
    growth = 1 / schedule(iteration + 1) - 1 / schedule(iteration)
    assert growth == pytest.approx(3.0 / 100 / 0.5, rel=1e-9)


@pytest.mark.parametrize("kind", [ExponentialDecay, InverseTimeDecay])
@given(iteration=iterations)
def test_a_staircase_keeps_the_value_of_its_last_step(kind, iteration):
    stairs, smooth = kind(0.5, 100, 0.9, staircase=True), kind(0.5, 100, 0.9)
    assert stairs(iteration) == smooth(iteration - iteration % 100)


@given(iterations, st.floats(0.1, 5.0))
def test_polynomial_decay_is_that_power_of_what_is_left(iteration, power):
    schedule = PolynomialDecay(0.5, 1000, end_learning_rate=0.1, power=power)
    left = max(1000 - iteration, 0) / 1000
    assert schedule(iteration) == pytest.approx(0.4 * left**power + 0.1, rel=1e-12)


def test_a_cycling_polynomial_decay_ends_at_every_multiple_and_jumps_up_half_as_high():
    schedule = PolynomialDecay(1.0, 1000, end_learning_rate=0.0, cycle=True)
    assert [schedule(1000 * k) for k in range(4)] == [1.0, 0.0, 0.0, 0.0]
    assert schedule(1001) == pytest.approx(1 / 2, abs=1e-3)
    assert schedule(2001) == pytest.approx(1 / 3, abs=1e-3)


@given(iterations)
def test_cosine_decay_is_a_squared_cosine_of_half_the_angle(iteration):
    schedule = CosineDecay(0.5, 1000, alpha=0.2)
    angle = math.pi / 2 * min(iteration / 1000, 1)
    expected = 0.5 * (math.cos(angle) ** 2 + 0.2 * math.sin(angle) ** 2)
    assert schedule(iteration) == pytest.approx(expected, rel=1e-12)


def test_a_warm_up_climbs_evenly_to_its_target_and_then_decays_from_there():
    schedule = CosineDecay(0.1, 1000, alpha=0.2, warmup_target=0.5, warmup_steps=4)
    assert [schedule(i) for i in range(5)] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    without = CosineDecay(0.5, 1000, alpha=0.2)
    assert [schedule(4 + i) for i in (0, 1, 500, 2000)] == [without(i) for i in (0, 1, 500, 2000)]


def test_a_warm_up_of_no_steps_starts_at_its_target():
    assert CosineDecay(0.1, 1000, warmup_target=0.5)(0) == 0.5


@given(st.integers(0, 999))
def test_a_restarted_cosine_is_in_each_period_a_cosine_decay_of_its_own(iteration):
    schedule = CosineDecayRestarts(0.5, 1000, t_mul=2.0, m_mul=0.5)
    assert schedule(iteration) == pytest.approx(CosineDecay(0.5, 1000)(iteration), rel=1e-9)
    second, third = 1000 + 2 * iteration, 3000 + 4 * iteration
    assert schedule(second) == pytest.approx(CosineDecay(0.25, 2000)(2 * iteration), rel=1e-9)
    assert schedule(third) == pytest.approx(CosineDecay(0.125, 4000)(4 * iteration), rel=1e-9)


def test_restarts_of_equal_length_begin_at_every_multiple():
    schedule = CosineDecayRestarts(0.4, 10, t_mul=1.0, m_mul=0.5)
    assert [schedule(10 * k) for k in range(4)] == [0.4, 0.2, 0.1, 0.05]


@each_schedule
@given(iteration=iterations)
def test_no_schedule_leaves_the_range_of_its_rates(schedule, iteration):
    assert isinstance(schedule(iteration), float)
    assert 0.0 <= schedule(iteration) <= 0.5


@each_schedule
def test_a_schedule_is_rebuilt_from_its_configuration_in_a_file(schedule):
    again = schedules.get(json.loads(json.dumps(schedule.get_config())))
    assert again == schedule
    assert [again(i) for i in ITERATIONS] == [schedule(i) for i in ITERATIONS]


@each_schedule
def test_a_schedule_cannot_be_changed(schedule):
    name = dataclasses.fields(schedule)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(schedule, name, 1.0)


def test_get_knows_objects_numbers_and_configurations():
    schedule = Constant(0.1)
    assert schedules.get(schedule) is schedule
    assert schedules.get(0.1) == schedule
    assert schedules.get({"name": "constant", "learning_rate": 0.1}) == schedule


@pytest.mark.parametrize("spec", [None, [0.1], len, True, math.nan])
def test_get_refuses_what_is_no_schedule(spec):
    with pytest.raises(InputError):
        schedules.get(spec)


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="CosineDecay"):
        schedules.get({"name": "cosine_decoy"})


def test_missing_arguments_are_named():
    with pytest.raises(InputError, match="initial_learning_rate"):
        schedules.get("CosineDecay")


DECAY = {"initial_learning_rate": 0.1, "decay_steps": 10}
RESTARTS = {"initial_learning_rate": 0.1, "first_decay_steps": 10}
RATED = {**DECAY, "decay_rate": 0.5}


@pytest.mark.parametrize(
    ("kind", "arguments", "named"),
    [
        (Constant, {"learning_rate": -0.1}, "learning_rate"),
        (Constant, {"learning_rate": "0.1"}, "learning_rate"),
        (Constant, {"learning_rate": math.inf}, "learning_rate"),
        (ExponentialDecay, {**RATED, "initial_learning_rate": math.nan}, "initial_learning_rate"),
        (ExponentialDecay, {**RATED, "decay_steps": 0}, "decay_steps"),
        (ExponentialDecay, {**RATED, "decay_steps": True}, "decay_steps"),
        (ExponentialDecay, {**RATED, "decay_rate": 0.0}, "decay_rate"),
        (ExponentialDecay, {**RATED, "staircase": 1}, "staircase"),
        (InverseTimeDecay, {**RATED, "decay_rate": -1.0}, "decay_rate"),
        (InverseTimeDecay, {**RATED, "decay_steps": -5}, "decay_steps"),
        (PolynomialDecay, {**DECAY, "end_learning_rate": -0.1}, "end_learning_rate"),
        (PolynomialDecay, {**DECAY, "power": 0.0}, "power"),
        (PolynomialDecay, {**DECAY, "cycle": "no"}, "cycle"),
        (CosineDecay, {**DECAY, "alpha": 1.5}, "alpha"),
        (CosineDecay, {**DECAY, "warmup_target": -1.0}, "warmup_target"),
        (CosineDecay, {**DECAY, "warmup_target": 1.0, "warmup_steps": -1}, "warmup_steps"),
        (CosineDecay, {**DECAY, "warmup_steps": 5}, "warmup_target"),
        (CosineDecayRestarts, {**RESTARTS, "first_decay_steps": 0}, "first_decay_steps"),
        (CosineDecayRestarts, {**RESTARTS, "t_mul": 0.5}, "t_mul"),
        (CosineDecayRestarts, {**RESTARTS, "m_mul": -1.0}, "m_mul"),
        (CosineDecayRestarts, {**RESTARTS, "alpha": 1.5}, "alpha"),
        (PiecewiseConstantDecay, {"boundaries": [3], "values": [0.1]}, "1 values"),
        (PiecewiseConstantDecay, {"boundaries": [3, 3], "values": [0.1] * 3}, "rise"),
        (PiecewiseConstantDecay, {"boundaries": [3, 2], "values": [0.1] * 3}, "rise"),
        (PiecewiseConstantDecay, {"boundaries": 3, "values": [0.1]}, "boundaries"),
        (PiecewiseConstantDecay, {"boundaries": [3], "values": "ab"}, "values"),
        (PiecewiseConstantDecay, {"boundaries": [3], "values": [0.1, -0.1]}, "values"),
        (PiecewiseConstantDecay, {"boundaries": ["3"], "values": [0.1, 0.1]}, "boundaries"),
    ],
)
def test_a_bad_hyperparameter_is_refused_by_name(kind, arguments, named):
    with pytest.raises(InputError, match=named) as refusal:
        kind(**arguments)
    assert kind.__name__ in str(refusal.value)


def test_a_refusal_says_what_was_given_and_what_is_allowed():
    with pytest.raises(InputError) as refusal:
        CosineDecay(0.1, 10, alpha=1.5)
    assert str(refusal.value) == "CosineDecay's alpha must be a number in [0, 1], not 1.5"


def test_numpy_numbers_become_numbers_that_a_file_can_hold():
    schedule = ExponentialDecay(np.float32(0.5), np.int64(5), 0.5, staircase=np.bool_(True))
    assert schedule == ExponentialDecay(0.5, 5, 0.5, staircase=True)
    assert json.loads(json.dumps(schedule.get_config()))["decay_steps"] == 5


def test_a_schedule_must_say_its_rate():
    with pytest.raises(NotImplementedError, match="Schedule"):
        Schedule()(0)


def test_schedules_stand_where_keras_has_them():
    assert optimizers.schedules.CosineDecay is CosineDecay
    assert optimizers.schedules.LearningRateSchedule is Schedule
    for name in schedules.SCHEDULES:
        assert getattr(optimizers.schedules, name) is getattr(schedules, name)


@pytest.fixture
def keras(monkeypatch):
    monkeypatch.setitem(os.environ, "KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield keras
    keras.config.set_floatx(before)


@pytest.mark.peers
@pytest.mark.parametrize("schedule", ONE_OF_EACH[1:], ids=str)
def test_every_schedule_is_that_of_keras(schedule, keras):
    config = dict(schedule.get_config())
    peer = getattr(keras.optimizers.schedules, config.pop("name"))(**config)
    expected = [float(peer(i)) for i in ITERATIONS]
    assert [schedule(i) for i in ITERATIONS] == pytest.approx(expected, rel=1e-12, abs=1e-15)
