import numpy as np
import pytest

from badak.experiments import Setting, Verdict, get
from badak.experiments.gradient_descent import MORE_RATES, RATES, STEPS, both_gradients, descent


@pytest.fixture(scope="module")
def found():
    return get("gradient-descent")()


def test_the_statement_holds(found):
    assert found.verdict is Verdict.HOLDS


def test_the_book_prints_the_same_numbers(found):
    # Section 4.4.1, for learning rates of 0.1, 10 and 1e-10.
    printed = {
        "right": (-6.11110793e-10, 8.14814391e-10),
        "large": (-2.58983747e13, -1.29524862e12),
        "small": (-2.99999994, 3.99999992),
    }
    for name, place in printed.items():
        reached = found.numbers[f"{name}_x0"], found.numbers[f"{name}_x1"]
        assert reached == pytest.approx(place, rel=1e-8)


@pytest.mark.parametrize("rate", [*MORE_RATES, RATES["right"]])
def test_each_step_shortens_the_way_as_on_paper(rate):
    path = descent(rate)
    factor = 1.0 - 2.0 * rate
    steps = np.arange(STEPS + 1)[:, np.newaxis]
    np.testing.assert_allclose(path, factor**steps * path[0], rtol=1e-8, atol=1e-9)


def test_both_gradients_are_the_same_and_one_is_far_dearer(found):
    assert 0.0 < found.numbers["deviation"] < 1e-7
    assert found.numbers["largest_slower"] > 10.0
    assert found.numbers["largest_weights"] == 16 * 64 + 64 + 64 * 10 + 10


def test_the_same_seed_gives_the_same_gradients():
    first, again, other = (both_gradients(Setting(seed=seed), 1) for seed in (0, 0, 1))
    assert first["deviation"] == again["deviation"] != other["deviation"]
