"""What makes a score too good to be true: columns that give the target away, rows that repeat."""

from collections.abc import Collection, Iterable
from shlex import quote

import numpy as np

from badak._common.language import counted, message
from badak.tables.columns import Category, Date
from badak.tables.plain import plain_columns
from badak.tables.preparation import TablePreparation
from badak.tables.remarks import Remark
from badak.typing import Array

ROWS = 20_000
"""Training rows that columns are judged by; of more, so many drawn at random."""
LEAST_ROWS = 30  # fewer show nothing of a column
TOLD = 0.99
"""A column that alone tells so large a share of the target is told of."""
ORDERED = 0.5
"""The same for keys and dates, which are to tell little."""
REPEATED = 0.01
"""The share of rows held out, repeating training rows, from which on it is told."""
AT_ONCE = 65536  # rows that are hashed at once


def find_leaks(
    prepare: TablePreparation,
    x: Array,
    y: Array,
    counts: tuple[int, int, int],
    keys: Collection[str] = (),
    seed: int = 0,
) -> Iterable[Remark]:
    """Return what gives the target away.

    `x`, `y` and `counts` are those of :class:`badak.tables.TableData`; `keys` are the columns of
    whole numbers that are all different.
    """
    train = counts[0]
    yield from _columns(prepare, x[:train], y[:train], keys, seed)
    yield from _repeated(x, y, counts)


def _columns(
    prepare: TablePreparation, x: Array, y: Array, keys: Collection[str], seed: int
) -> Iterable[Remark]:
    if len(x) < LEAST_ROWS:
        return
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(x))[:ROWS]  # equal values come in no order
    plain, _ = plain_columns(prepare, x[np.sort(rows)])
    shuffled = np.argsort(np.argsort(rows))
    plain, labels, place = plain[shuffled], y[rows], 0
    classes = len(prepare.target.classes)
    goal = labels if classes else _ranks(labels)
    for column in prepare.columns:
        told = told_alone(plain[:, place], goal, classes, exact=isinstance(column, Category))
        place += len(column.features) - column.missing if isinstance(column, Date) else 1
        shown = f"{int(told * 1000) / 1000:.1%}"  # never more than it is
        if told >= TOLD:
            yield Remark(
                column.name,
                message(
                    "tells {told} of the target alone (from {least:.0%} on it is told): a copy of "
                    "it, or known only after it? --ignore {name} leaves it out",
                    told=shown,
                    least=TOLD,
                    name=quote(column.name),
                ),
                leak=True,
            )
        elif told >= ORDERED and (column.name in keys or isinstance(column, Date)):
            yield Remark(
                column.name,
                message(
                    "tells {told} of the target alone (of keys and dates it is told from "
                    "{least:.0%} on): drawn at random, rows held out lie between rows to train "
                    "on; if new rows come later, --time {name} holds out the last",
                    told=shown,
                    least=ORDERED,
                    name=quote(column.name),
                ),
                leak=True,
            )


def told_alone(column: Array, goal: Array, classes: int, *, exact: bool) -> float:
    """Return the share of the target that a column tells: 0 what chance does, 1 all.

    Rows that are neighbours in the column are compared, (of categories, with `exact`, rows of one),
    with any two rows: by the square of the difference of their targets, or by how often their
    classes differ. Equal values of the column are to be in no order.

    >>> x = np.random.default_rng(0).random(1000)
    >>> round(told_alone(x, (x - 0.5) ** 2, 0, exact=False), 3)
    1.0
    >>> round(told_alone(np.floor(2.0 * x), x, 0, exact=True), 1)  # halves of a range: 3/4
    0.8
    """
    order = np.argsort(column, kind="stable")
    goal, column = goal[order], column[order]
    one, other = goal[:-1], goal[1:]
    if exact:
        same = (column[:-1] == column[1:]) | (np.isnan(column[:-1]) & np.isnan(column[1:]))
        if 2 * same.sum() < len(goal):
            return 0.0  # most are alone: nothing shows
        one, other = one[same], other[same]
    if classes:
        shares = np.bincount(goal, minlength=classes) / len(goal)
        most = 0 if exact else len(shares[shares > 0.0]) - 1  # where one class ends
        apart = max(int((one != other).sum()) - most, 0) / len(one)
        by_chance = 1.0 - float((shares**2).sum())
    else:
        apart, by_chance = float(((one - other) ** 2).mean()) / 2.0, float(goal.var())
    return max(0.0, 1.0 - apart / by_chance) if by_chance > 0.0 else 0.0


def _ranks(y: Array) -> Array:
    """Return the rank of each number, equal ones sharing theirs: outliers count no more."""
    _, places, counts = np.unique(y, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2.0)[places]


def _repeated(x: Array, y: Array, counts: tuple[int, int, int]) -> Iterable[Remark]:
    """Yield how many of the rows held out have the features of a row to train on."""
    train, test = counts[0], slice(sum(counts[:2]), sum(counts))
    if not counts[2]:
        return
    known, asked = _hashes(x[:train]), _hashes(x[test])
    repeated = np.isin(asked, known)
    count = int(repeated.sum())
    if count < REPEATED * counts[2] or not count:
        return
    targets = _mixed(y.astype(np.float64).view(np.uint64))
    alike = np.isin(asked ^ targets[test], known ^ targets[:train])
    yield Remark(
        "",
        counted(
            "{count} of {all} rows held out ({share:.1%}; told from {least:.0%} on) repeats a row "
            "to train on in all columns, {same} of them with the same target: if it is a copy, the "
            "scores are too good for new rows",
            "{count:,} of {all:,} rows held out ({share:.1%}; told from {least:.0%} on) repeat "
            "rows to train on in all columns, {same:,} of them with the same target: if they are "
            "copies, the scores are too good for new rows",
            count,
            all=counts[2],
            share=count / counts[2],
            least=REPEATED,
            same=int(alike.sum()),
        ),
        leak=True,
    )


def _hashes(x: Array) -> Array:
    """Return a number for each row (rows,), equal for equal rows."""
    weights = np.random.default_rng(0).integers(1, 2**63, x.shape[1], np.uint64) | np.uint64(1)
    found = [np.zeros(0, np.uint64)]
    for start in range(0, len(x), AT_ONCE):
        part = np.ascontiguousarray(x[start : start + AT_ONCE]) + np.float32(0.0)  # no -0
        total = np.zeros(len(part), np.uint64)
        for bits, weight in zip(part.view(np.uint32).T, weights, strict=True):
            total += _mixed(bits.astype(np.uint64)) * weight
        found.append(total)
    return np.concatenate(found)


def _mixed(bits: Array) -> Array:
    """Return uint64 numbers with every bit spread (SplitMix64)."""
    z = bits + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
