import numpy as np
import pytest

from badak.experiments import Setting, Verdict, get
from badak.experiments.dying_relu import LAST, NAMES, UNITS, dead_units, network_for


@pytest.fixture(scope="module")
def found():
    return get("dying-relu")()


def test_the_statement_holds_in_part(found):
    assert found.verdict is Verdict.IN_PART


def test_units_are_dead_that_no_image_makes_fire():
    setting = Setting()
    model = network_for(setting, "relu", 0)
    first = model.layers[2]
    kernel, bias = first.get_weights()
    bias[:7] = -1000.0  # more than any image can bring
    first.set_weights([kernel, bias])
    dead = dead_units(model, setting)
    assert dead[:7].all()
    x = setting.images.x_train.reshape(-1, 64) / 16.0
    np.testing.assert_array_equal(dead[:UNITS], ~(x @ kernel + bias > 0.0).any(axis=0))


def test_relus_die_of_large_rates_for_good(found):
    assert found.numbers["relu_dead_0"] < 0.15
    assert found.numbers[f"relu_dead_{LAST}"] > 0.4
    assert found.numbers["revived"] < 0.2


def test_leaky_units_do_not_die_but_do_not_learn_at_such_rates_either(found):
    for name in ("leaky_relu", "prelu"):
        assert all(found.numbers[f"{name}_dead_{place}"] == 0.0 for place in range(LAST + 1))
        assert found.numbers[f"{name}_right_{LAST}"] < 0.5


def test_at_a_rate_that_suits_all_learn_alike(found):
    right = [found.numbers[f"{name}_right_0"] for name in NAMES]
    assert min(right) > 0.9
    assert max(right) - min(right) < 0.05
