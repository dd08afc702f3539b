"""The picture of importances."""

import numpy as np
import pytest

from badak._common.language import set_language
from badak.diagnostics.permutation import Importance
from badak.errors import InputError
from badak.pictures import importance
from tests.pictures import explained


def bars(figure):
    return [each.patches[0] for each in figure.axes[0].containers]


def test_a_bar_is_the_mean_and_its_dots_are_the_shuffles():
    told = explained.table()
    figure = importance(told)
    assert [bar.get_width() for bar in bars(figure)] == [each.mean for each in told.importances]
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    for line, each in zip(dots, told.importances, strict=True):
        np.testing.assert_array_equal(line.get_xdata(), each.losses)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["면적", "city", "sold"]


def test_what_may_be_chance_is_paler():
    told = explained.table(
        importances=(explained.importance_of("a"), explained.importance_of("b", error=0.5))
    )
    sure, chance = bars(importance(told, theme="light"))
    assert sum(chance.get_facecolor()[:3]) > sum(sure.get_facecolor()[:3])


def test_columns_that_tell_the_same_are_drawn_together_with_the_first_of_them():
    names = ("면적", "city", "sold", "one")
    losses = np.array([1.0, 2.0])
    together = (Importance(names, losses, losses, 0.1), Importance(("x", "y"), losses, losses, 0.1))
    figure = importance(explained.table(together=together))
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels[3:] == ["면적 + city + 2"]  # none of the others' columns is drawn
    assert bars(figure)[3].get_hatch()


def test_of_many_columns_the_most_important_are_drawn_and_their_number_is_told(check_legible):
    many = tuple(explained.importance_of(f"column {k}", 1.0 / (k + 1.0)) for k in range(300))
    figure = importance(explained.table(importances=many, shown=12))
    check_legible(figure)
    assert len(bars(figure)) == 12
    assert figure.axes[0].get_title() == "Which columns matter for 가격: the 12 first of 300"


def test_the_pictures_language_is_not_that_of_the_session():
    set_language("ko")
    try:
        told = explained.table()
        assert "held-out" not in importance(told, language="ko").axes[0].get_xlabel()
        assert "shuffled" in importance(told, language="en").axes[0].get_xlabel()
    finally:
        set_language(None)


def test_rows_without_a_target_have_no_importances_to_draw():
    told = explained.table(importances=())
    told = type(told)(**{**vars(told), "importances": ()})
    with pytest.raises(InputError, match=r"without their target '가격'.*pictures\.dependence"):
        importance(told)
