import numpy as np
import pytest

from badak.experiments import Setting, Verdict, get, optimizers
from badak.experiments.optimizers import KINDS, STEPS, of_path, path


@pytest.fixture(scope="module")
def found():
    return get("optimizers")()


def test_the_statement_holds(found):
    assert found.verdict is Verdict.HOLDS


def test_sgd_walks_as_on_paper():
    # A step takes x to (1 - 0.95 / 10) x and y to (1 - 2 * 0.95) y.
    steps = np.arange(STEPS + 1)
    expected = np.stack([-7.0 * 0.905**steps, 2.0 * (-0.9) ** steps], axis=1)
    np.testing.assert_allclose(path("SGD"), expected, rtol=1e-12)
    assert of_path(path("SGD"))["crossings"] == STEPS


def test_adagrad_and_adam_take_first_steps_as_long_as_their_rates():
    # g / sqrt(g²) is 1 in size whatever the slope; so is Adam's corrected quotient.
    for kind, rate in (("Adagrad", 1.5), ("Adam", 0.3)):
        assert path(kind)[1] == pytest.approx([-7.0 + rate, 2.0 - rate], abs=1e-4)


def test_momentum_walks_as_the_book_writes_it():
    # Section 6.1.4: v = 0.9 v - rate * slope, then the place + v.
    place, velocity = np.array([-7.0, 2.0]), np.zeros(2)
    for _ in range(STEPS):
        velocity = 0.9 * velocity - 0.1 * place * [0.1, 2.0]
        place = place + velocity
    np.testing.assert_allclose(path("Momentum")[-1], place, rtol=1e-9)


def test_no_way_is_shorter_than_the_straight_one(found):
    for kind in KINDS:
        end = path(kind)[-1]
        straight = np.hypot(*(end - [-7.0, 2.0]))
        assert found.numbers[f"{kind}_length"] >= straight


def test_sgd_learns_most_slowly_though_at_its_best(found):
    losses = {kind: found.numbers[f"{kind}_loss"] for kind in KINDS}
    assert max(losses, key=losses.get) == "SGD"


def test_a_network_that_diverges_counts_as_infinitely_bad(monkeypatch):
    monkeypatch.setattr(optimizers, "RATES", (0.1, 1e30))
    losses, right = optimizers.trained("SGD", Setting())
    assert np.isfinite(losses[0]).all()
    assert np.isinf(losses[1, :, -1]).all()
    assert right.shape == (2, optimizers.SEEDS)
