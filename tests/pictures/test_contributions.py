"""The picture of a row's answer in parts."""

import numpy as np
import pytest

from badak.diagnostics.row_explanation import Baseline
from badak.pictures import contributions
from tests.pictures import explained


def bars(figure):
    return [each.patches[0] for each in figure.axes[0].containers]


def labels(figure):
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_each_bar_begins_where_the_one_above_ends_and_the_last_ends_at_the_answer():
    told = explained.row([40.0, -5.0, 12.0], rest=0.5)
    drawn = bars(contributions(told))
    begins = [bar.get_x() for bar in drawn]
    ends = [bar.get_x() + bar.get_width() for bar in drawn]
    np.testing.assert_allclose(begins, [told.parts.baseline, *ends[:-1]])
    np.testing.assert_allclose([bar.get_width() for bar in drawn], [40.0, 12.0, -5.0, 0.5])
    assert ends[-1] == pytest.approx(told.answer)


def test_what_takes_away_is_hatched_and_of_another_colour():
    up, down = bars(contributions(explained.row([5.0, -4.0])))
    assert up.get_facecolor() != down.get_facecolor()
    assert (up.get_hatch(), down.get_hatch()) == (None, "///")


def test_it_names_the_baseline_the_values_and_what_is_missing():
    told = explained.row([1.0, 2.0], beyond=("", "> 2.5"))
    assert labels(contributions(told)) == [
        "mean of 800 training rows",
        "열 1 = 3.141593 (> 2.5)",
        "열 0 = missing",
        "sum: the answer",
    ]
    other = explained.row([1.0], start=Baseline("row", 9))
    assert labels(contributions(other, language="ko"))[0] == "9행"


def test_of_many_columns_the_others_are_one_bar(check_legible):
    told = explained.row(list(np.linspace(1.0, -1.0, 300)), shown=10)
    figure = contributions(told)
    check_legible(figure)
    drawn = bars(figure)
    assert len(drawn) == 11
    assert labels(figure)[11] == "290 other columns"
    total = sum(bar.get_width() for bar in drawn)
    assert told.parts.baseline + total == pytest.approx(told.answer)


@pytest.mark.parametrize("scale", [1e-9, 1e9, 0.0])
def test_numbers_of_any_size_are_legible(check_legible, scale):
    check_legible(contributions(explained.row([scale, -scale / 3.0], baseline=scale)))


def test_a_probability_is_named_with_its_class():
    told = explained.row([0.2, 0.1], baseline=0.5, output="배")
    assert contributions(told).axes[0].get_title() == "Row 3: probability of 가격 = 배: 0.8000"
    ko = contributions(told, language="ko").axes[0].get_title()
    assert ko == "3행: 가격 = 배의 확률: 0.8000"
