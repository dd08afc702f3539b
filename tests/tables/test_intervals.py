"""Intervals hold the truth as often as they say, and refuse what they do not know."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from badak.errors import InputError
from badak.tables.intervals import COVERAGES, Intervals, learn


def errors_that_grow(rows, seed):
    """Truths whose distance from the answers grows with the answers."""
    rng = np.random.default_rng(seed)
    answers = rng.uniform(1.0, 10.0, rows)
    return answers, answers + answers * rng.standard_t(4, rows)


@pytest.mark.parametrize("coverage", COVERAGES)
def test_the_truth_of_further_rows_lies_within_as_often_as_is_said(coverage):
    shares = []
    for seed in range(40):
        known = learn(*errors_that_grow(2000, seed))
        answers, y = errors_that_grow(2000, 1000 + seed)
        low, high = known.about(answers, coverage)
        shares.append(np.mean((low <= y) & (y <= high)))
    # The mean share is c to c + 1/(n + 1) of a bin; 40 repetitions tell it to about 0.003.
    assert coverage - 0.006 < np.mean(shares) < coverage + 0.012


def test_where_errors_grow_with_the_answers_so_do_the_intervals():
    known = learn(*errors_that_grow(4000, 0))
    low, high = known.about(np.array([1.5, 9.5]), 0.9)
    assert (high - low)[1] > 3.0 * (high - low)[0]
    answers, y = errors_that_grow(4000, 1)
    low, high = known.about(answers, 0.9)
    for part in (answers < 4.0, answers > 7.0):  # in either part, not only on the whole
        assert np.mean(((low <= y) & (y <= high))[part]) == pytest.approx(0.9, abs=0.03)


@given(st.integers(1, 30))
def test_few_rows_know_only_what_they_can(rows):
    known = learn(np.zeros(rows), np.arange(rows, dtype=float))
    assert set(known.widths) == {c for c in COVERAGES if np.ceil((rows + 1) * c) <= rows}


def test_what_is_kept_reads_back():
    known = learn(*errors_that_grow(900, 0))
    assert Intervals.from_dict(known.as_dict()) == known


@pytest.mark.parametrize(
    "told",
    [
        {"bounds": [2.0, 1.0], "widths": [[0.9, [1.0, 1.0, 1.0]]]},
        {"bounds": [], "widths": [[0.9, [-1.0]]]},
        {"bounds": [], "widths": [[0.9, [1.0, 2.0]]]},
        {"bounds": [], "widths": [[1.5, [1.0]]]},
        {"bounds": [float("nan")], "widths": []},
    ],
)
def test_a_broken_file_is_refused(told):
    with pytest.raises(ValueError, match="intervals"):
        Intervals.from_dict(told)


def test_another_coverage_is_refused_with_those_that_are_known():
    known = learn(np.zeros(30), np.arange(30.0))
    with pytest.raises(InputError, match=r"0\.5, 0\.8, 0\.9, 0\.95 of the rows, not 0\.99"):
        known.about(np.zeros(2), 0.99)
