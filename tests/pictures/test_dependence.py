"""The picture of what each column does."""

import numpy as np
import pytest

from badak.pictures import dependence
from tests.pictures import explained


def panels(figure):
    return figure.axes[0].child_axes


def test_a_curve_is_the_mean_over_the_training_range_with_single_rows_and_tenths():
    size = explained.number()
    [panel] = panels(dependence(explained.table(size)))
    curve = max(panel.lines, key=lambda line: line.get_linewidth())
    np.testing.assert_array_equal(curve.get_xdata(), size.at)
    np.testing.assert_array_equal(curve.get_ydata(), size.mean[:, 0])
    single = [line for line in panel.lines if line.get_linewidth() < 0.75]
    np.testing.assert_array_equal([line.get_ydata() for line in single], size.lines[:, :, 0])
    ticks = [line.get_xdata()[0] for line in panel.lines if line.get_linewidth() == 1.2]
    np.testing.assert_array_equal(ticks, size.marks)


def test_bars_of_categories_reach_from_the_mean_answer_to_theirs():
    city = explained.categories()
    told = explained.table(city)
    [panel] = panels(dependence(told))
    [bars] = panel.containers
    ends = sorted(bar.get_y() + bar.get_height() for bar in bars)
    np.testing.assert_allclose(ends, city.mean[:, 0])
    assert {bar.get_y() for bar in bars} == {told.answers[0]}


def test_of_many_categories_the_lowest_and_the_highest_are_drawn(check_legible):
    city = explained.categories(tuple(f"a rather long city {k}" for k in range(50)))
    figure = dependence(explained.table(explained.number(), city))
    check_legible(figure)
    _, panel = panels(figure)
    assert len(panel.containers[0]) == 8
    assert [text.get_text() for text in panel.texts] == ["42 more"]


def test_all_panels_have_one_scale_of_answers():
    figure = dependence(explained.table(explained.number(scale=5.0), explained.categories()))
    first, second = panels(figure)
    assert first.get_ylim() == second.get_ylim()
    assert first.get_ylim()[0] < -2.5 < 7.5 < first.get_ylim()[1]


@pytest.mark.parametrize("outputs", [3, 7])
def test_several_classes_have_curves_and_a_legend(check_legible, outputs):
    names = tuple(f"종류 {k}" for k in range(outputs))
    parts = [explained.number(outputs=outputs), explained.categories(outputs=outputs)]
    figure = dependence(explained.table(*parts, outputs=names))
    check_legible(figure)
    legend = figure.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == list(names)


@pytest.mark.parametrize("days", [0.02, 0.5, 1.2, 2.0, 2.9, 3.5, 20, 400, 5000])
def test_dates_of_any_span_are_legible(check_legible, days):
    check_legible(dependence(explained.table(explained.number(), explained.date(days))))


@pytest.mark.parametrize(
    ("low", "high", "scale"),
    [(0.0, 3e8, 3e9), (1e6, 4.4e9, 1.0), (1e-7, 3e-7, 1e-6), (5.0, 5.0, 0.0), (-4e15, 4e15, 7e15)],
)
def test_numbers_of_any_size_are_legible(check_legible, low, high, scale):
    given = [explained.number("x" * 50, 1, low, high + (low == high), scale) for _ in range(5)]
    check_legible(dependence(explained.table(*given, explained.categories(scale=scale))))


def test_rows_outside_of_the_training_range_are_told(check_legible):
    figure = dependence(explained.table(explained.number(outside=7), explained.categories()))
    check_legible(figure)
    assert panels(figure)[0].get_title() == "면적\n7 of 60 rows lie outside"


def test_of_many_columns_twelve_are_drawn_and_their_number_is_told(check_legible):
    many = [explained.number(f"column {k}") for k in range(40)]
    figure = dependence(explained.table(*many, shown=40))
    check_legible(figure)
    assert len(panels(figure)) == 12
    assert figure.axes[0].get_title().endswith(": 12 of 40 columns")
    assert len(panels(dependence(explained.table(*many, shown=5)))) == 5
