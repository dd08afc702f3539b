"""Validate targets before any work: their shape, kind and range."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from badak._common.arrays import why_no_numbers
from badak._common.language import Phrase, message
from badak._common.samples import as_array
from badak.errors import InputError
from badak.typing import Array, ArrayLike

TargetKind = Literal["values", "not_negative", "shares", "signs", "distribution", "labels"]
"""values: continuous, any numbers; not_negative: counts and the like; shares: binary, each in
[0, 1]; signs: -1 and 1, or 0 and 1; distribution: one-hot, or other rows that sum to 1; labels: one
class number a sample."""


def check_targets(t: ArrayLike, kind: TargetKind, units: int, loss: str) -> Array:
    """Return the targets as losses take them, or raise InputError with what to do.

    Parameters
    ----------
    t : array_like
        Targets of shape (batch, units) or, for one unit and for labels, (batch,).
    kind : {"values", "not_negative", "shares", "signs", "distribution", "labels"}
        Any numbers; numbers from 0; each from 0 to 1; -1 and 1 (0 and 1 are taken for them); rows
        that sum to 1, such as one-hot; one class number a sample.
    units : int
        The number of units of the output.
    loss : str
        The name of the loss or metric, for the message.

    Returns
    -------
    array
        Labels as int64, (batch,); all other kinds as floats, (batch, units).

    Raises
    ------
    InputError
        Targets of another shape, type or range.

    Examples
    --------
    >>> check_targets([0, 1, 1], "signs", 1, "hinge").ravel()
    array([-1.,  1.,  1.])
    """
    given = as_array(t, Phrase("the targets"))
    if given.dtype.kind not in "fiub":
        raise InputError(
            message(
                "targets must be numbers, not {given}; turn names into labels 0, 1, 2, ... first "
                "(np.unique(t, return_inverse=True))",
                given=why_no_numbers(given),
            )
        )
    if given.dtype.kind == "f" and not np.isfinite(given).all():
        where = _first(~np.isfinite(given))
        raise InputError(
            message(
                "the target at {where} is {given}; remove or fill such samples",
                where=where,
                given=given[where],
            )
        )
    if kind == "labels":
        return _labels(given, units, loss)
    if kind == "distribution":
        _refuse_labels(given, units, loss)
    values = _as_rows(given, units)
    return _RANGES[kind](values, loss) if kind in _RANGES else values


def _labels(t: Array, units: int, loss: str) -> Array:
    if t.ndim == 2 and t.shape[1] == 1:
        t = t[:, 0]
    if t.ndim == 2 and t.shape[1] == units:
        raise InputError(
            message(
                "{loss} takes one class number a sample, but the targets are of shape {shape}: "
                "for one-hot targets use 'categorical_crossentropy', or give t.argmax(axis=1)",
                loss=loss,
                shape=t.shape,
            )
        )
    if t.ndim != 1:
        raise InputError(
            message("{loss} takes labels of shape (batch,), not {shape}", loss=loss, shape=t.shape)
        )
    if t.dtype.kind == "f" and (np.floor(t) != t).any():
        where = _first(np.floor(t) != t)
        raise InputError(
            message(
                "{loss} takes whole class numbers, but target {where} is {t}",
                loss=loss,
                where=where[0],
                t=t[where],
            )
        )
    wrong = (t < 0) | (t >= units)
    if wrong.any():
        where = _first(wrong)
        raise InputError(
            message(
                "target {where} is class {t}, but the output layer has {units} units, for the "
                "classes 0 to {last}; number the classes from 0 or give it more units",
                where=where[0],
                t=int(t[where]),
                units=units,
                last=units - 1,
            )
        )
    return t.astype(np.int64)


def _refuse_labels(t: Array, units: int, loss: str) -> None:
    if units > 1 and (t.ndim == 1 or t.shape[1:] == (1,)):
        if loss == "categorical_crossentropy":
            raise InputError(
                message(
                    "{loss} takes one-hot targets of shape (batch, {units}), but they are of shape "
                    "{shape}: use 'sparse_categorical_crossentropy' for labels, or "
                    "badak.utils.to_categorical(t, {units})",
                    loss=loss,
                    units=units,
                    shape=t.shape,
                )
            )
        raise InputError(
            message(
                "{loss} takes one-hot targets of shape (batch, {units}), but they are of shape "
                "{shape}: give it badak.utils.to_categorical(t, {units})",
                loss=loss,
                units=units,
                shape=t.shape,
            )
        )


def _as_rows(t: Array, units: int) -> Array:
    if t.ndim <= 1 and units == 1:
        t = t.reshape(-1, 1)
    if t.ndim != 2 or t.shape[1] != units:
        raise InputError(
            message(
                "the targets are of shape {shape}, but the network's output is of shape (batch, "
                "{units}); the two must agree",
                shape=t.shape,
                units=units,
            )
        )
    return t if t.dtype.kind == "f" else t.astype(np.result_type(t, np.float32))


def _not_negative(t: Array, loss: str) -> Array:
    _refuse(t < 0.0, t, message("{loss} takes targets that are not negative", loss=loss))
    return t


def _shares(t: Array, loss: str) -> Array:
    _refuse((t < 0.0) | (t > 1.0), t, message("{loss} takes targets from 0 to 1", loss=loss))
    return t


def _signs(t: Array, loss: str) -> Array:
    if ((t == 0.0) | (t == 1.0)).all():
        return 2.0 * t - 1.0
    _refuse(
        np.abs(t) != 1.0,
        t,
        message("{loss} takes targets that are -1 and 1, or 0 and 1", loss=loss),
    )
    return t


def _distribution(t: Array, loss: str) -> Array:
    _shares(t, loss)
    wrong = np.abs(t.sum(axis=1) - 1.0) > 1e-3
    if wrong.any():
        row = _first(wrong)[0]
        raise InputError(
            message(
                "{loss} takes targets whose rows sum to 1, such as one-hot, but row {row} sums to "
                "{t:g}; for several labels at once use sigmoid and 'binary_crossentropy'",
                loss=loss,
                row=row,
                t=t[row].sum(),
            )
        )
    return t


_RANGES: dict[str, Callable[[Array, str], Array]] = {
    "not_negative": _not_negative,
    "shares": _shares,
    "signs": _signs,
    "distribution": _distribution,
}


def _refuse(wrong: Array, t: Array, expected: str) -> None:
    if wrong.any():
        where = _first(wrong)
        raise InputError(
            message(
                "{expected}, but the one at {where} is {t:g}",
                expected=expected,
                where=where,
                t=t[where],
            )
        )


def _first(found: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(found)[0]) if found.ndim else ()
