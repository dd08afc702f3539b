"""What is printed of a table's columns: all of few, the most important of many."""

import numpy as np

from badak.diagnostics.permutation import Importance
from tests.pictures import explained

LOSSES = np.array([1.0, 2.0])


def many(count, shown=20, together=()):
    importances = tuple(explained.importance_of(f"c{k}", 1.0 / (k + 1.0)) for k in range(count))
    columns = [explained.number(f"c{k}") for k in range(min(count, shown))]
    return explained.table(*columns, importances=importances, shown=shown, together=together)


def group(*names):
    return Importance(names, LOSSES, LOSSES, 0.1)


def test_of_many_columns_the_most_important_are_shown_and_what_the_others_reach_is_told():
    told = many(300)
    rows = told.importance_view().rows
    assert [row[0] for row in rows] == [*(f"c{k}" for k in range(20)), "280 other columns"]
    assert rows[-1][1] == f"≤ {1.0 / 21.0:.4f}"
    assert "280 other columns are not shown" in told.dependence_view().notes
    assert len(told.dependence_view().rows) == 20
    assert len(told.to_dict()["importances"]) == 300


def test_of_few_columns_none_is_left_out():
    told = many(3)
    assert [row[0] for row in told.importance_view().rows] == ["c0", "c1", "c2"]
    assert not any("not shown" in note for note in told.dependence_view().notes)


def test_one_column_more_is_told_of_in_the_singular():
    assert many(21).importance_view().rows[-1][0] == "1 other column"


def test_large_groups_are_named_by_their_first_columns_and_those_of_no_shown_column_are_counted():
    large = group(*(f"c{k}" for k in range(40)))
    unseen = [group(f"c{k}", f"c{k + 1}") for k in (30, 50, 70)]
    told = many(100, shown=5, together=(large, *unseen))
    view = told.importance_view()
    assert [row[0] for row in view.rows][-2:] == ["95 other columns", "c0 + c1 + 38 more"]
    assert any(note.startswith("c0, c1, c2, c3, c4, c5, 34 more tell much") for note in view.notes)
    assert "3 other groups of columns tell much the same, too." in view.notes
    lines = str(told).splitlines()
    assert max(map(len, lines)) <= 100
