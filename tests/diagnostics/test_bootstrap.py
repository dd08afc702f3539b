"""Intervals of scores by drawing rows again."""

import numpy as np
import pytest

from badak.diagnostics.bootstrap import Interval, bootstrap
from badak.errors import InputError

RNG = np.random.default_rng(0)


def mean_of(x):
    return lambda counts: {"mean": counts @ x / len(x)}


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    x = RNG.normal(5.0, 2.0, 400)
    [found] = bootstrap([mean_of(x)], len(x), draws=4000)
    error = x.std() / np.sqrt(len(x))
    interval = found.interval("mean")
    assert interval.value == pytest.approx(x.mean())
    assert interval.low == pytest.approx(x.mean() - 1.96 * error, abs=0.15 * error)
    assert interval.high == pytest.approx(x.mean() + 1.96 * error, abs=0.15 * error)


def test_it_is_scipys_where_the_rows_are_few():
    stats = pytest.importorskip("scipy.stats")
    x = RNG.exponential(size=30)
    told = stats.bootstrap(
        (x,),
        np.mean,
        n_resamples=20_000,
        method="percentile",
        random_state=np.random.default_rng(1),
    ).confidence_interval
    [found] = bootstrap([mean_of(x)], len(x), draws=20_000)
    assert found.interval("mean").low == pytest.approx(told.low, abs=0.02)
    assert found.interval("mean").high == pytest.approx(told.high, abs=0.02)


def test_models_are_scored_on_the_same_draws_so_that_a_constant_difference_has_no_spread():
    x = RNG.normal(size=50)
    one, other = bootstrap([mean_of(x), mean_of(x - 0.25)], len(x))
    difference = one.less(other, "mean")
    assert (difference.low, difference.high) == pytest.approx((0.25, 0.25))
    assert difference.sure
    assert one.interval("mean").high - one.interval("mean").low > 0.3


def test_equal_models_differ_by_chance_only():
    x = RNG.normal(size=50)
    one, other = bootstrap([mean_of(x), mean_of(x)], len(x))
    assert not one.less(other, "mean").sure


def test_the_seed_settles_the_draws_however_they_are_cut(monkeypatch):
    x = RNG.normal(size=40)
    [one] = bootstrap([mean_of(x)], len(x), seed=3)
    monkeypatch.setattr("badak.diagnostics.bootstrap.CELLS_AT_ONCE", 100)
    [other] = bootstrap([mean_of(x)], len(x), seed=3)
    assert one.draws["mean"] == pytest.approx(other.draws["mean"], abs=1e-12)
    [third] = bootstrap([mean_of(x)], len(x), seed=4)
    assert one.draws["mean"] != pytest.approx(third.draws["mean"])


def test_whole_groups_are_drawn_so_that_copies_of_rows_tell_nothing_new():
    x = RNG.normal(size=60)
    [alone] = bootstrap([weighted(x)], 60, seed=1)
    [copied] = bootstrap(
        [weighted(np.repeat(x, 5))], 300, groups=np.repeat(np.arange(60), 5), seed=1
    )
    assert copied.draws["mean"] == pytest.approx(alone.draws["mean"])


def weighted(x):
    return lambda counts: {"mean": counts @ x / counts.sum(axis=1)}


def test_draws_without_a_score_are_left_out_and_none_at_all_gives_nan():
    assert Interval.of(1.0, np.array([np.nan, 1.0, 1.0])).low == 1.0
    none = Interval.of(1.0, np.array([np.nan]))
    assert np.isnan([none.low, none.high]).all()
    assert not none.sure
    assert none.to_dict() == {"value": 1.0, "low": None, "high": None}


@pytest.mark.parametrize(("rows", "draws"), [(0, 10), (5, 0)])
def test_no_rows_or_draws_are_refused(rows, draws):
    with pytest.raises(InputError):
        bootstrap([mean_of(np.zeros(rows))], rows, draws=draws)
