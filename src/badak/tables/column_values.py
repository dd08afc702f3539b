"""The values that a column takes one after another, and what a model answers to them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from badak._common.language import message
from badak.diagnostics.dependence import Dependence, partial_dependence
from badak.diagnostics.texts import written
from badak.network.sequential import Sequential
from badak.tables.chunks import Chunk
from badak.tables.columns import Category, Column, Date, Findings, Number
from badak.typing import Array

LINES = 50  # single rows whose answers are kept
POINTS = 21  # evenly spaced, and as many quantiles
WEEK = 7  # days over which an answer along time is the mean, where weekdays count
LONG = 60  # days from which on it is
HOURS = (0, 6, 12, 18)
NEW = "\0new"  # a category that no table holds


def dependence_of(
    model: Sequential,
    x: Array,
    column: Column,
    features: slice,
    values: Array,
    asked: Array,
    outputs: list[int],
) -> Dependence:
    """Return what the column does to the mean answer over the training rows' range of it.

    `values` are the column's in rows that show how they are spread, and `asked` in those that are
    explained; `x` are some of the latter, of which the answers' mean is taken.
    """

    def answer(rows: Array) -> Array:
        return model.predict(rows)[:, outputs]

    points = _points(column, values)
    mean, lines = partial_dependence(answer, x, features, points.features, LINES)
    missing = None
    if column.missing:
        gap = features_at(column, pl.Series([None], dtype=pl.String))
        missing = partial_dependence(answer, x, features, gap)[0][0]
    outside = int((beyond(column, asked) != "").sum())
    return Dependence(
        column.name, column.kind, points.at, mean, lines, points.marks, missing, outside
    )


def beyond(column: Column, values: Array) -> Array:
    """Return for each value the end of the training rows' range that it lies beyond, else "".

    Of categories only those that the network takes for none are told, by "≠". Of models whose file
    keeps no range nothing is.

    >>> beyond(Number("size", 0.0, 1.0, least=20.0, most=227.2), np.array([10.0, 30.0, 310.0]))
    array(['< 20', '', '> 227.2'], dtype=object)
    """
    found = np.full(len(values), "", dtype=object)
    if isinstance(column, Category):
        if not column.other:
            found[~np.isin(values, [*column.levels, ""])] = "≠"
        return found
    ends = range_of(column)
    if ends is not None:
        with np.errstate(invalid="ignore"):
            found[values < ends[0]] = f"< {written(ends[0])}"
            found[values > ends[1]] = f"> {written(ends[1])}"
    return found


def range_of(column: Number | Date) -> Array | None:
    """Return the least and the most of the training rows; None where the file does not keep it."""
    if column.least is None or column.most is None:
        return None
    ends = [column.least, column.most]
    return np.array(ends, np.float64 if isinstance(column, Number) else "M8[us]")


def typical(column: Column, values: Array) -> pl.Series:
    """Return the median of numbers or dates, or the most frequent category; null of none.

    >>> typical(Category("city", ("Busan", "Seoul")), np.array(["Seoul", "Busan", "Seoul"])).item()
    'Seoul'
    """
    if isinstance(column, Category):
        texts, counts = np.unique(values.astype(str), return_counts=True)
        return pl.Series([str(texts[counts.argmax()]) or None], dtype=pl.String)
    known = np.sort(values[values == values])
    if not len(known):
        return pl.Series([None], dtype=pl.String)
    if isinstance(column, Number):
        return pl.Series([float(np.median(known))])
    return pl.Series(known[[(len(known) - 1) // 2]])  # one of them, whole days staying whole


def features_at(column: Column, cells: pl.Series) -> Array:
    """Return the features of these cells of the column, (cells, width)."""
    frame = cells.alias(column.name).to_frame()
    chunk = Chunk(frame, message("the values of the column"), "row", np.arange(1, len(frame) + 1))
    return column.transform(chunk, Findings())


@dataclass(frozen=True)
class Points:
    """The values that a column takes, and what they are as features."""

    at: Array
    features: Array
    """(points, ways, width)."""
    marks: Array


def _points(column: Column, values: Array) -> Points:
    match column:
        case Number():
            return _of_numbers(column, values)
        case Category():
            return _of_categories(column)
        case Date():
            return _of_dates(column, values)


def _of_numbers(column: Number, values: Array) -> Points:
    known = values[~np.isnan(values)]
    ends = range_of(column)
    if ends is None:
        ends = np.array([known.min(), known.max()] if len(known) else [column.mean] * 2)
    known = known[(known >= ends[0]) & (known <= ends[1])]
    at = np.unique(np.concatenate([known, ends]))
    covered = len(known) > 0 and (known.min(), known.max()) == tuple(ends)
    if len(at) > 2 * POINTS or not covered:
        even = np.linspace(ends[0], ends[1], POINTS)
        quantiles = np.quantile(known, np.linspace(0.0, 1.0, POINTS)) if len(known) else ends
        at = np.unique(np.concatenate([even, quantiles]))
    features = features_at(column, pl.Series(at))
    return Points(at, features[:, np.newaxis], _tenths(known))


def _of_categories(column: Category) -> Points:
    names = [*column.levels, *([NEW] if column.other else [])]
    if not names:  # all values were missing in training
        return Points(
            np.array([""]),
            features_at(column, pl.Series([None], dtype=pl.String))[:, np.newaxis],
            np.empty(0),
        )
    at = np.array([*column.levels, *([message("(other)")] if column.other else [])], dtype=object)
    return Points(at, features_at(column, pl.Series(names))[:, np.newaxis], np.empty(0))


def _of_dates(column: Date, values: Array) -> Points:
    known = np.sort(values[~np.isnat(values)])
    ends = range_of(column)
    if ends is None and len(known):
        ends = known[[0, -1]]
    elif ends is None:
        ends = np.full(2, np.datetime64(f"{int(column.mean):04d}-07-01", "us"))
    low, high = ends
    known = known[(known >= low) & (known <= high)]
    days = int((high - low) / np.timedelta64(1, "D"))
    at = np.unique(low + (high - low) * np.linspace(0.0, 1.0, 2 * POINTS))
    long = days >= LONG
    if long or "hour" not in column.parts:
        at = np.unique(at.astype("M8[D]").astype("M8[us]"))
    near = np.zeros(1, "m8[us]")
    if long and "weekday" in column.parts:
        near = np.arange(WEEK).astype("m8[D]").astype("m8[us]") - np.timedelta64(WEEK // 2, "D")
    if long and "hour" in column.parts:
        hours = np.array(HOURS).astype("m8[h]").astype("m8[us]")
        near = (near[:, np.newaxis] + hours).ravel()
    moments = np.clip(at[:, np.newaxis] + near, low, high).ravel()
    features = features_at(column, pl.Series(moments))
    return Points(at, features.reshape(len(at), len(near), -1), _tenths(known))


def _tenths(known: Array) -> Array:
    if not len(known):
        return known
    places = np.rint(np.arange(1, 10) / 10.0 * (len(known) - 1)).astype(int)
    return np.sort(known)[places]
