"""The parts of a table's rows: to train on, to validate with, and held out to the end."""

from collections.abc import Iterable, Sequence

import numpy as np

from badak._common.language import counted, message
from badak.errors import InputError
from badak.tables.defaults import CLASSIFICATION
from badak.tables.remarks import Remark
from badak.tables.split_column import SplitColumn
from badak.tables.splits import folds, hold_out
from badak.tables.target import Target
from badak.tables.ways import GROUP
from badak.typing import Array

TRAIN, VALIDATE, TEST, LEFT_OUT = range(4)

LEAST_ROWS = 10


def known_rows(target: Target, y: Array) -> Array:
    """Return which rows have a target, booleans (rows,)."""
    return y >= 0 if target.task == CLASSIFICATION else ~np.isnan(y)


def split(
    target: Target,
    y: Array,
    held_out: float,
    validation: float,
    seed: int,
    by: SplitColumn | None = None,
    keys: Array | None = None,
) -> Array:
    """Return each row's part, (rows,): TRAIN, VALIDATE, TEST, or LEFT_OUT without a target.

    `keys` are what `by` reads of the rows that have a target.
    """
    known = np.flatnonzero(known_rows(target, y))
    check_rows(target.name, len(known))
    if by is not None and keys is not None:
        _check_keys(by, keys, 3 if validation > 0.0 else 2)
    rest, test = _held_out(target, y[known], held_out, seed, by, keys)
    roles = np.full(len(y), LEFT_OUT, np.uint8)
    roles[known[rest]], roles[known[test]] = TRAIN, TEST
    if validation > 0.0:
        left = None if keys is None else keys[rest]
        _, watched = _held_out(target, y[known[rest]], validation, seed, by, left)
        roles[known[rest[watched]]] = VALIDATE
    learnt = y[roles == TRAIN]
    if by is not None and (learnt == learnt[0]).all():
        raise InputError(
            message(
                "split by {by!r}, all {count:,} rows to train on have the same target {target!r}: "
                "hold out fewer rows (--held-out), or split them another way",
                by=by.name,
                count=len(learnt),
                target=target.name,
            )
        )
    return roles


def _held_out(
    target: Target, y: Array, share: float, seed: int, by: SplitColumn | None, keys: Array | None
) -> tuple[Array, Array]:
    labels = y if target.task == CLASSIFICATION else None
    ways = {} if by is None or keys is None else {by.argument: keys}
    try:
        return hold_out(len(y), share, seed, labels=labels, **ways)
    except InputError as error:
        raise error if by is None else InputError(f"{by.name}: {error}") from None


def _check_keys(by: SplitColumn, keys: Array, parts: int) -> None:
    count = len(np.unique(keys))
    if count < parts:
        raise InputError(
            counted(
                "the column {name!r}, which rows are split by, has {count} value only: {parts} "
                "are needed, so that some rows can be held out and some validate (2 with "
                "--validation 0)",
                "the column {name!r}, which rows are split by, has {count} values only: {parts} "
                "are needed, so that some rows can be held out and some validate (2 with "
                "--validation 0)",
                count,
                name=by.name,
                parts=parts,
            )
        )


def check_rows(target: str, known: int) -> None:
    """Raise InputError where too few rows have a target."""
    if known < LEAST_ROWS:
        raise InputError(
            message(
                "only {known} rows have a target {target!r}: at least {least_rows} are needed, so "
                "that some can be held out",
                known=known,
                target=target,
                least_rows=LEAST_ROWS,
            )
        )


def folds_by(
    by: SplitColumn, keys: dict[str, Array], k: int, seed: int, labels: Array | None, rows: int
) -> Array:
    """Return the folds of the training rows by a column, k or as many as its values allow."""
    for possible in range(k, 1, -1):
        try:
            return folds(rows, possible, seed, labels=labels, **keys)
        except InputError:
            continue
    raise InputError(
        message(
            "the rows to train on cannot be split by {name!r} once more, so that each network "
            "leaves some out: describe one network, such as with --layers, and give "
            "--validation 0, or hold out fewer rows (--held-out)",
            name=by.name,
        )
    )


def of_split(by: SplitColumn, target: Target, y: Array, roles: Array) -> Iterable[Remark]:
    """Return what the network cannot learn because of how the rows were split."""
    if not target.classes:
        return
    learnt = np.bincount(y[roles == TRAIN], minlength=len(target.classes))
    others = np.bincount(y[(roles == VALIDATE) | (roles == TEST)], minlength=len(target.classes))
    for name, here, there in zip(target.classes, learnt, others, strict=True):
        if not here:
            yield Remark(
                target.name,
                counted(
                    "no row to train on is {name!r}, but {count} to validate with or held out: "
                    "split by {by}, the network cannot learn it",
                    "no row to train on is {name!r}, but {count:,} to validate with or held out: "
                    "split by {by}, the network cannot learn it",
                    int(there),
                    name=name,
                    by=by.name,
                ),
            )


def in_words(by: SplitColumn, keys: Sequence[Array]) -> str:
    """Return how rows were split, from what `by` reads of each of the three parts."""
    if by.way == GROUP:
        counts = [len(np.unique(part)) for part in keys]
        return message(
            "by {name}: {train:,} of its values to train on, {watch:,} to validate, {test:,} held "
            "out, none on two sides",
            name=by.name,
            train=counts[TRAIN],
            watch=counts[VALIDATE],
            test=counts[TEST],
        )
    train, watch, test = keys
    return message(
        "by time, {name}: trained on up to {trained}, validated up to {watched}, held out from "
        "{first} to {last}",
        name=by.name,
        trained=by.written(train.max()),
        watched=by.written((watch if len(watch) else train).max()),
        first=by.written(test.min()),
        last=by.written(test.max()),
    )
