import numpy as np
import pytest
from scipy.special import softmax

from badak.experiments import Verdict, get
from badak.experiments.softmax import LARGE


@pytest.fixture(scope="module")
def found():
    return get("softmax")()


def test_the_statement_holds(found):
    assert found.verdict is Verdict.HOLDS


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_the_formula_fails_at_the_logarithm_of_the_largest_number(found, kind):
    assert found.numbers[f"limit_{kind}"] == pytest.approx(np.log(np.finfo(kind).max), abs=2e-3)


def test_the_books_numbers(found):
    stable = [found.numbers[f"stable_{i}"] for i in (1, 2, 3)]
    np.testing.assert_allclose(stable, [9.999546e-01, 4.539787e-05, 2.061060e-09], rtol=1e-6)
    np.testing.assert_allclose(stable, softmax(LARGE), rtol=1e-12)
    assert found.numbers["naive_nan"] == 3.0


def test_the_maximum_changes_nothing_and_order_is_kept(found):
    assert 0.0 < found.numbers["deviation"] < 1e-14
    assert found.numbers["same_largest"] == 1.0
    assert found.numbers["out_of_order"] == 0.0


def test_times_are_taken_of_both_ways(found):
    for way in ("NumPy", "engine"):
        for batch in (1, 1000):
            assert -1.0 < found.numbers[f"saved_{way}_{batch}"] < 1.0
    assert all(row[2].endswith("µs") for row in found.tables[0].rows)
