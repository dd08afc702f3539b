"""What trees are given of a table."""

import numpy as np
import polars as pl

from badak.tables.columns import Category, Date, Number
from badak.tables.preparation import TablePreparation
from badak.tables.reporting.rivals import for_trees
from badak.tables.target import Target


def test_trees_get_gaps_as_nan_and_a_category_as_one_feature():
    columns = (
        Number("n", 10.0, 2.0, missing=True),
        Number("m", 0.0, 1.0),
        Category("c", ("a", "b"), other=True, missing=True),
        Category("k", ("x", "y")),
        Date("d", 2020.0, 1.0, missing=True, parts=("month",)),
    )
    prepare = TablePreparation(Target("y", "regression"), columns)
    frame = pl.DataFrame(
        {
            "n": [12.0, None],
            "m": [1.5, None],
            "c": ["b", None],
            "k": ["y", "new"],
            "d": ["2020-01-01", None],
        }
    )
    x, categories = for_trees(prepare, prepare.transform(frame))
    assert categories.tolist() == [False, False, True, True, False, False, False]
    assert x[0, :5].tolist() == [1.0, 1.5, 1.0, 1.0, 0.0]
    assert np.isnan(x[1]).tolist() == [True, False, True, True, True, True, True]
    assert x[1, 1] == 0.0  # training had no gap there: the mean, as for the network
