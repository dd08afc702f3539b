"""Changed columns are scored as if the table itself were changed."""

import numpy as np
import polars as pl
import pytest

from badak import tables
from badak.tables.reporting.hazards import HIGHER, LATER, LOWER, MISSING, NEW
from badak.tables.scores import score

NASTY, LONG = "<script>alert('x')</script>", "n" * 200


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("크기", MISSING),
        ("크기", HIGHER),
        ("크기", LOWER),
        (NASTY, MISSING),
        (NASTY, NEW),
        (LONG, LATER),
        (LONG, MISSING),
    ],
)
def test_the_score_is_that_of_the_table_with_changed_cells(numbers, column, change):
    model, path = numbers
    frame = pl.read_csv(path, try_parse_dates=True)
    told = tables.report(model, frame, most=4)
    prepare = tables.TablePreparation.of(model)
    known = {each.name: each for each in prepare.columns}
    changed = {
        MISSING: pl.lit(None).alias(column),
        NEW: pl.lit("no such city").alias(column),
        HIGHER: pl.col(column) + getattr(known[column], "deviation", 0.0)
        if change == HIGHER
        else pl.col(column),
        LOWER: pl.col(column) - getattr(known[column], "deviation", 0.0)
        if change == LOWER
        else pl.col(column),
        LATER: pl.col(column).dt.offset_by("1y") if change == LATER else pl.col(column),
    }[change]
    y = frame["목표"].to_numpy()
    before, after = (
        score(prepare.target, y, model.predict(prepare.transform(each.drop("목표")))).values
        for each in (frame, frame.with_columns(changed))
    )
    [found] = [e for e in told.hazards if (e.column, e.change) == (column, change)]
    assert found.rise.value == pytest.approx(after["RMSE"] - before["RMSE"], rel=1e-3, abs=1e-3)
    assert found.measure == pytest.approx(after["R²"], rel=1e-3)
    assert found.rise.low <= found.rise.value <= found.rise.high


def test_losing_the_column_that_decides_is_the_greatest_risk(numbers):
    model, path = numbers
    told = tables.report(model, path, most=4)
    worst = max(told.hazards, key=lambda each: each.rise.value)
    assert worst.column == "크기"
    assert worst.rise.low > 0.0
    [noise] = [e for e in told.hazards if (e.column, e.change) == ("noise", MISSING)]
    assert abs(noise.rise.value) < 0.2 * worst.rise.value


def test_gaps_stay_gaps_where_numbers_move(numbers):
    from badak.tables.columns import Number
    from badak.tables.reporting.hazards import _changes

    x = np.array([[0.5, 0.0], [0.0, 1.0]], np.float32)
    changes = dict(_changes(Number("n", 0.0, 1.0, missing=True), x, None))
    assert changes[HIGHER].tolist() == [[1.5, 0.0], [0.0, 1.0]]
    assert changes[LOWER].tolist() == [[-0.5, 0.0], [0.0, 1.0]]
