"""Whether probabilities come true."""

import numpy as np
import pytest

from badak.diagnostics.calibration import calibration, wilson

RNG = np.random.default_rng(0)


def test_bins_and_error_are_those_of_arithmetic():
    said = np.array([0.1, 0.15, 0.95, 1.0, 1.0])
    came = np.array([False, True, True, True, False])
    found = calibration(said, came)
    assert found.counts.tolist() == [0, 2, 0, 0, 0, 0, 0, 0, 0, 3]
    assert found.said[[1, 9]] == pytest.approx([0.125, 2.95 / 3])
    assert found.happened[[1, 9]] == pytest.approx([0.5, 2 / 3])
    assert found.error == pytest.approx((2 * 0.375 + 3 * (2.95 / 3 - 2 / 3)) / 5)
    assert found.bias == pytest.approx(said.mean() - came.mean())


def test_it_is_scikit_learns_curve():
    calibration_curve = pytest.importorskip("sklearn.calibration").calibration_curve
    p = RNG.uniform(size=500)
    came = RNG.uniform(size=500) < p**2
    share, said = calibration_curve(came, p, n_bins=10)
    found = calibration(p, came)
    assert found.happened == pytest.approx(share)
    assert found.said == pytest.approx(said)


def test_probabilities_that_come_true_are_off_no_more_than_chance_and_others_are():
    p = RNG.uniform(size=3000)
    assert not calibration(p, RNG.uniform(size=3000) < p).sure
    assert calibration(p, RNG.uniform(size=3000) < 0.5 + 0.5 * (p - 0.5)).sure


def test_the_interval_of_a_share_is_scipys():
    binomtest = pytest.importorskip("scipy.stats").binomtest
    for hits, rows in ((0, 7), (3, 9), (36, 36)):
        told = binomtest(hits, rows).proportion_ci(method="wilson")
        found = wilson(np.array(hits / rows), np.array(rows))
        assert found == pytest.approx((told.low, told.high), abs=1e-6)


def test_an_empty_bin_says_nothing():
    found = calibration(np.array([0.5]), np.array([True]))
    assert np.isnan(found.happened).sum() == 9
    assert found.to_dict()["happened"].count(None) == 9
