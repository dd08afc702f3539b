"""What a run remembers is exact, and bounded."""

import numpy as np
import pytest

from badak import Input, Sequential, layers
from badak.lab.history import Curves, State, States, finite


def model():
    return Sequential([Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])


def state(size=10):
    return State(np.zeros(size, np.float32), {}, 0, 0)


def test_curves_keep_exact_rows_in_bounded_memory():
    curves = Curves(("step", "loss"), most=100)
    for step in range(12_345):
        curves.add(step=step, loss=1.0 / (step + 1))
    steps, losses = curves.column("step"), curves.column("loss")
    assert 100 <= len(curves) <= 201
    assert np.array_equal(losses, 1.0 / (steps + 1.0))
    assert (np.diff(steps) > 0).all()
    assert (steps[0], steps[-1]) == (0, 12_344)
    assert curves._rows.shape == (201, 2)


def test_what_is_not_known_is_nan():
    curves = Curves(("step", "loss"))
    curves.add(step=1)
    assert np.isnan(curves.last()["loss"])


def test_a_row_of_the_same_step_is_filled_in():
    curves = Curves(("step", "loss", "test"))
    curves.put(step=1, loss=0.5)
    curves.put(step=1, test=0.7)
    assert curves.last() == {"step": 1.0, "loss": 0.5, "test": 0.7}
    assert len(curves) == 1


def test_cut_and_at_find_the_last_row_up_to_a_value():
    curves = Curves(("step", "epoch"))
    for step, epoch in ((0, 0), (5, 1), (10, 2), (15, 3)):
        curves.add(step=step, epoch=epoch)
    assert curves.at("epoch", 2.5) == {"step": 10.0, "epoch": 2.0}
    assert curves.at("epoch", -1) == {}
    other = curves.copy()
    curves.cut("epoch", 1)
    assert curves.column("step").tolist() == [0.0, 5.0]
    assert len(other) == 4
    assert Curves(("step",)).last() == {}


def test_a_state_goes_back_to_the_bit():
    x = np.random.default_rng(0).normal(size=(40, 2))
    one, other = model(), model()
    for each in (one, other):
        each.compile("adam")
    one.fit(x, x[:, :1], epochs=3, verbose=0)
    kept = State.of(one)
    one.fit(x, x[:, :1], epochs=2, verbose=0)
    kept.restore(other)
    other.fit(x, x[:, :1], epochs=2, verbose=0)
    assert np.array_equal(one.parameters.vector, other.parameters.vector)
    assert kept.bytes > kept.vector.nbytes * 3


@pytest.mark.parametrize(("most_bytes", "most"), [(50_000, 400), (10**9, 16)])
def test_states_are_bounded_and_stay_spread_over_the_epochs(most_bytes, most):
    states = States(most_bytes, most)
    for epoch in range(5_000):
        if states.wants(epoch):
            states.keep(epoch, state(), pinned=epoch == 0)
        assert states.bytes <= most_bytes
        assert states.bytes == sum(each.bytes for each in states._states.values())
        assert len(states.epochs) <= most
    kept = states.epochs
    assert kept[0] == 0
    assert max(np.diff(kept)) <= 2 * min(np.diff(kept)[:-1])
    assert states.nearest(4_999) == kept[-1]
    assert states.nearest(kept[2] + 1) == kept[2]


def test_where_all_are_pinned_the_earliest_goes():
    states = States(10**9, 3)
    for epoch in range(6):
        states.keep(epoch, state(), pinned=True)
    assert states.epochs == [3, 4, 5]
    assert states.nearest(2) is None


def test_one_state_is_kept_however_large():
    states = States(10, 400)
    states.keep(0, state(1000), pinned=True)
    assert states.epochs == [0]
    states.keep(7, state(1000))
    assert states.epochs == [7]


def test_cut_forgets_later_epochs_and_copies_are_apart():
    states = States()
    for epoch in range(5):
        states.keep(epoch, state())
    other = states.copy()
    states.cut(2)
    assert states.epochs == [0, 1, 2]
    assert other.epochs == [0, 1, 2, 3, 4]


def test_numbers_as_json_holds_them():
    assert [finite(v) for v in (1, np.float32(0.5), np.nan, np.inf)] == [1.0, 0.5, None, None]
