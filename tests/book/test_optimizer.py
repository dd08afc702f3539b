"""What the book's optimizers do to dictionaries of weights, beside badak's own and by hand."""

import numpy as np
import pytest

from badak import optimizers
from badak.book.optimizer import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSprop
from badak.errors import InputError

W = np.array([[1.0, -2.0], [0.5, 3.0]])
PAIRS = {
    "SGD": (SGD(0.1), optimizers.SGD(0.1)),
    "Momentum": (Momentum(0.1), optimizers.Momentum(0.1, 0.9)),
    "Nesterov": (Nesterov(0.1), optimizers.SGD(0.1, momentum=0.9, nesterov=True)),
    "Adam": (Adam(0.1), optimizers.Adam(0.1)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_steps_are_those_of_badaks_optimizer(name):
    of_book, own = PAIRS[name]
    params, w = {"W": W.copy()}, W.ravel().copy()
    slots = own.make_slots(w)
    for step in range(1, 6):
        of_book.update(params, {"W": np.sin(params["W"])})
        own.apply(w, np.sin(w), slots, step)
    np.testing.assert_array_equal(params["W"].ravel(), w)


def test_epsilon_is_added_to_the_root():
    for optimizer, mean in ((AdaGrad(0.5), 1.0), (RMSprop(0.5, 0.75), 0.25)):
        params = {"w": np.array([0.0])}
        optimizer.update(params, {"w": np.array([1e-7])})
        assert params["w"][0] == pytest.approx(-0.5e-7 / (1e-7 * mean**0.5 + 1e-7))


def test_nesterov_takes_the_velocity_of_the_step_before():
    w, v, params, optimizer = 1.0, 0.0, {"w": 1.0}, Nesterov(lr=0.1, momentum=0.9)
    for _ in range(5):
        slope = np.sin(w)
        w, v = w + 0.9**2 * v - 1.9 * 0.1 * slope, 0.9 * v - 0.1 * slope
        optimizer.update(params, {"w": np.sin(params["w"])})
        assert params["w"] == pytest.approx(w)


def test_arrays_change_in_place_and_numbers_in_the_dictionary():
    array = W.copy()
    params = {"array": array, "number": 1.0}
    for optimizer in (SGD(), Momentum(), AdaGrad(), RMSprop(), Adam()):
        before = array.copy(), params["number"]
        optimizer.update(params, {"array": np.ones((2, 2)), "number": 1.0})
        assert params["array"] is array
        assert (array < before[0]).all()
        assert params["number"] < before[1]


def test_float32_weights_stay_float32():
    params = {"w": np.ones(3, np.float32)}
    Adam().update(params, {"w": np.ones(3)})
    assert params["w"].dtype == np.float32


def test_what_a_rule_remembers_can_be_read_by_name():
    optimizer = Momentum(lr=0.5)
    optimizer.update({"W1": np.ones(2)}, {"W1": np.ones(2)})
    np.testing.assert_array_equal(optimizer.v["W1"], [-0.5, -0.5])


def test_a_learning_rate_may_be_changed_on_the_way():
    params, optimizer = {"w": 1.0}, SGD(lr=0.5)
    optimizer.lr = 0.25
    optimizer.update(params, {"w": 1.0})
    assert params["w"] == 0.75


def test_nothing_moves_where_a_gradient_is_missing():
    params = {"W1": np.ones(2), "b1": np.ones(2)}
    with pytest.raises(InputError, match=r"grads has no gradient of params\['b1'\]"):
        SGD().update(params, {"W1": np.ones(2)})
    np.testing.assert_array_equal(params["W1"], np.ones(2))


def test_whole_numbers_are_refused():
    with pytest.raises(InputError, match=r"params\['w'\] is an array of int64"):
        SGD().update({"w": np.array([1, 2])}, {"w": np.ones(2)})


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: SGD(-0.1),
        lambda: Momentum(momentum=1.5),
        lambda: AdaGrad("0.1"),
        lambda: RMSprop(decay_rate=1.0),
        lambda: Adam(beta1=1.0),
        lambda: Adam(beta2=-0.1),
    ],
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="must be a number in"):
        wrong()
