"""Splits: at random by class, group by group, or in the order of time."""

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal

from badak.errors import InputError
from badak.preprocessing import split_stratified
from badak.tables.splits import ALWAYS, codes_of, folds, hold_out

SEEDS = range(5)


def groups_of_any_size(seed, rows=2000, groups=60):
    shares = np.random.default_rng(seed).dirichlet(np.full(groups, 0.7))
    return np.random.default_rng(seed).choice(groups, rows, p=shares)


def test_without_groups_or_times_rows_are_held_out_as_ever():
    labels = np.arange(100) % 3
    for given in (labels, None):
        expected = split_stratified(np.zeros(100) if given is None else given, 0.2, 7)
        for found, part in zip(hold_out(100, 0.2, 7, labels=given), expected, strict=True):
            assert_array_equal(found, part)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_group_is_on_both_sides_and_the_share_is_near(seed):
    groups = groups_of_any_size(seed)
    rest, held = hold_out(len(groups), 0.2, seed, groups=groups)
    assert not set(groups[rest]) & set(groups[held])
    assert_array_equal(np.sort(np.concatenate([rest, held])), np.arange(len(groups)))
    assert len(held) / len(groups) == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_classes_keep_their_shares_nearly_where_groups_are_whole(seed):
    groups = groups_of_any_size(seed, groups=200)
    labels = (np.random.default_rng(seed).random(len(groups)) < 0.1 + 0.5 * (groups % 5 == 0)) * 1
    _, held = hold_out(len(groups), 0.25, seed, labels=labels, groups=groups)
    assert labels[held].mean() == pytest.approx(labels.mean(), abs=0.01)
    found = folds(len(groups), 5, seed, labels=labels, groups=groups)
    for fold in range(5):
        assert labels[found == fold].mean() == pytest.approx(labels.mean(), abs=0.03)
        assert (found == fold).mean() == pytest.approx(0.2, abs=0.02)


def test_a_group_is_in_one_fold():
    groups = groups_of_any_size(1)
    found = folds(len(groups), 4, groups=groups)
    assert all(len(set(found[groups == group])) == 1 for group in set(groups))
    assert set(found) == {0, 1, 2, 3}


def test_a_hundred_thousand_groups_are_spread_evenly():
    groups = np.random.default_rng(0).permutation(np.arange(300_000) // 3)
    labels = (groups % 10 == 0) * 1
    _, held = hold_out(len(groups), 0.2, labels=labels, groups=groups)
    assert len(held) / len(groups) == pytest.approx(0.2, abs=1e-3)
    assert labels[held].mean() == pytest.approx(0.1, abs=1e-3)


def test_the_split_depends_on_which_rows_are_together_not_on_their_names():
    groups = groups_of_any_size(3)
    names = np.array([f"patient {9999 - group * 7}" for group in range(60)])[groups]
    for split in (lambda g: folds(len(g), 3, groups=g), lambda g: hold_out(len(g), 0.3, groups=g)):
        for one, other in zip(split(groups), split(names), strict=True):
            assert_array_equal(one, other)


def test_another_seed_holds_out_other_groups():
    groups = np.arange(1000) // 10
    assert {*hold_out(1000, 0.2, 0, groups=groups)[1]} != {
        *hold_out(1000, 0.2, 1, groups=groups)[1]
    }


def test_two_groups_make_two_parts_however_uneven_they_are():
    for sizes in ([500, 500], [999, 1], [1, 999]):
        rest, held = hold_out(1000, 0.2, groups=np.repeat(["a", "b"], sizes))
        assert len(rest)
        assert len(held)


def test_a_group_that_holds_all_of_a_class_is_trained_on():
    groups = np.arange(100) // 10
    labels = np.where(groups == 7, 2, np.arange(100) % 2)
    for seed in SEEDS:
        _, held = hold_out(100, 0.3, seed, labels=labels, groups=groups)
        assert 7 not in groups[held]
        assert_array_equal(folds(100, 3, seed, labels=labels, groups=groups)[groups == 7], ALWAYS)


def test_groups_of_a_class_each_cannot_be_split():
    groups = np.arange(90) // 30
    with pytest.raises(InputError, match="0 groups of 3 may be left out of training"):
        hold_out(90, 0.2, labels=groups, groups=groups)


def test_the_last_rows_are_held_out_by_time():
    times = np.random.default_rng(0).permutation(100)
    rest, held = hold_out(100, 0.2, 5, times=times)
    assert_array_equal(np.sort(times[held]), np.arange(80, 100))
    assert_array_equal(np.sort(times[rest]), np.arange(80))


def test_rows_of_one_time_stay_together_at_the_nearest_cut():
    years = np.repeat([2019, 2020, 2021], [50, 35, 15])
    rest, held = hold_out(100, 0.2, times=years)
    assert set(years[held]) == {2021}
    assert set(years[rest]) == {2019, 2020}
    _, most = hold_out(100, 0.02, times=np.repeat([1, 2], [10, 90]))
    assert len(most) == 90  # there is no other cut


def test_times_may_be_dates():
    days = np.datetime64("2024-01-01") + np.arange(10)
    assert_array_equal(hold_out(10, 0.3, times=days)[1], [7, 8, 9])
    assert_array_equal(hold_out(10, 0.3, times=pl.Series(days))[1], [7, 8, 9])


def test_folds_by_time_follow_one_another():
    times = np.random.default_rng(0).integers(0, 40, 1000)
    found = folds(1000, 5, times=times)
    for fold in range(4):
        assert times[found == fold].max() < times[found == fold + 1].min()
    assert np.bincount(found).min() > 150


def test_folds_by_time_are_all_there_where_times_are_few():
    times = np.repeat([1, 2, 3, 4], [97, 1, 1, 1])
    assert_array_equal(folds(100, 4, times=times)[[0, 97, 98, 99]], [0, 1, 2, 3])


@pytest.mark.parametrize("k", [2, 3, 7])
def test_folds_spread_each_class_evenly(k):
    labels = np.random.default_rng(0).choice(4, 501, p=[0.6, 0.3, 0.07, 0.03])
    found = folds(501, k, 3, labels=labels)
    counts = np.array([np.bincount(found[labels == label], minlength=k) for label in range(4)])
    assert (counts.max(axis=1) - counts.min(axis=1) <= 1).all()
    assert np.ptp(counts.sum(axis=0)) <= 1


def test_the_only_row_of_a_class_is_always_trained_on():
    found = folds(11, 5, labels=[*[0, 1] * 5, 2])
    assert found[-1] == ALWAYS
    assert_array_equal(np.bincount(found[:-1]), 2)


def test_codes_follow_the_first_appearance():
    assert_array_equal(codes_of(np.array(["b", "a", "c", "a"], object), 4, "groups"), [0, 1, 2, 1])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"groups": ["a"] * 9, "times": range(9)}, "groups and times are two ways to split"),
        ({"groups": ["a"] * 9}, "groups has one value only, 'a'"),
        ({"groups": [0.0, np.nan, *range(7)]}, r"groups\[1\]"),
        ({"groups": np.array([*"abcdefgh", None], object)}, r"groups\[8\]"),
        ({"groups": [1, 2]}, r"shape \(9,\), but theirs is \(2,\)"),
        ({"times": [3] * 9}, "times hold 1 different value"),
        ({"times": [np.nan, *range(8)]}, r"times\[0\]"),
        ({"times": [np.datetime64("NaT"), *np.arange(8).astype("M8[D]")]}, r"times\[0\]"),
    ],
)
def test_what_cannot_be_split_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        hold_out(9, 0.3, **given)
    with pytest.raises(InputError, match=said):
        folds(9, 3, **given)


@pytest.mark.parametrize("k", [0, 1, 10])
def test_folds_are_two_or_more_and_no_more_than_rows(k):
    with pytest.raises(InputError, match=f"9 rows make 2 to 9 folds, not {k}"):
        folds(9, k)


def test_more_folds_than_groups_are_refused():
    with pytest.raises(InputError, match="3 groups of 3 may be left out"):
        folds(9, 4, groups=np.arange(9) // 3)
