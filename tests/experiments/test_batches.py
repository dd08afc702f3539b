import numpy as np
import pytest

from badak.experiments import Verdict, get
from badak.experiments.batches import DISTURBED, SIZES, WIDTHS, by_numpy, network, speeds_of


@pytest.fixture(scope="module")
def found():
    return get("batches")()


def test_the_statement_holds(found):
    assert found.verdict is Verdict.HOLDS
    for how in ("numpy", "engine"):
        speeds = [found.numbers[f"{how}_{size}"] for size in SIZES]
        assert found.numbers[f"{how}_faster"] == pytest.approx(max(speeds) / speeds[0])
        assert found.numbers[f"{how}_best"] == SIZES[speeds.index(max(speeds))]
        assert found.numbers[f"{how}_faster"] > 2.0


def test_a_matrix_times_a_matrix_is_the_better_work(found):
    assert found.numbers["product_100"] > found.numbers["product_1"]


def test_the_size_of_a_batch_changes_no_answer():
    model = network(WIDTHS, seed=0)
    x = np.random.default_rng(0).random((30, WIDTHS[0]), dtype=np.float32)
    one_by_one = np.concatenate([model.predict(x[i : i + 1]) for i in range(len(x))])
    np.testing.assert_allclose(one_by_one, by_numpy(model)(x), rtol=1e-5)


def test_every_image_is_counted_and_none_twice():
    asked = []
    speeds = speeds_of(lambda batch: asked.append(len(batch)), np.empty((SIZES[-1], 1)))
    assert sorted(speeds) == sorted(SIZES)
    assert set(asked) == set(SIZES)
    assert asked.count(1) == 30 * asked.count(100)  # as many images as are answered in a round
    assert asked.count(10) == 3 * asked.count(100)


def test_a_disturbed_measurement_says_so(found):
    text = DISTURBED.filled({**found.numbers, "product_100": 0.25})
    assert "0.2 against" in text.en
    assert "0.2×10⁹" in text.ko
