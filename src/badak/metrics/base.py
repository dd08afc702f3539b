"""The base class of metrics, and the validation of their arrays before any work."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np

from badak._common.arrays import why_no_numbers
from badak._common.floats import widened
from badak._common.hyperparameters import check_fields
from badak._common.language import Phrase, message
from badak._common.samples import as_array
from badak.errors import InputError
from badak.losses.targets import check_targets
from badak.typing import Array, ArrayLike, Config


class Metric:
    """A score of predictions, with its arguments and the name that it is reported under.

    Called, ``metric(y_true, y_pred, sample_weight)``, it scores whole arrays and keeps no state.
    Keras's three steps are there too: :meth:`update_state` stores a batch, :meth:`result` scores
    all stored batches as if they were one, so exactly, and :meth:`reset_state` drops them.

    A metric of your own is a frozen dataclass with a ``name`` and a ``__call__``.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True)
    ... class LargestError(Metric):
    ...     name: str = "largest_error"
    ...     def __call__(self, y_true, y_pred, sample_weight=None):
    ...         t, y = same_shape(y_true, y_pred, self.name)
    ...         return float(np.abs(t - y).max())
    >>> LargestError()([1.0, 2.0], [1.5, 0.0])
    2.0
    """

    name: str
    mode: ClassVar[Literal["max", "min"]] = "max"
    """Which scores are better: the larger or the smaller ones."""

    def __post_init__(self) -> None:
        check_fields(self)

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Any:
        """Return the score of predictions.

        Parameters
        ----------
        y_true : array_like
            Targets, batch axis first.
        y_pred : array_like
            Predictions, batch axis first.
        sample_weight : array_like, optional
            One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

        Returns
        -------
        float or array of float
            The score; an array where the metric has one for each unit or threshold.
        """
        raise NotImplementedError(
            message("{kind} does not say its score", kind=type(self).__name__)
        )

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> None:
        """Store a copy of one batch.

        Parameters
        ----------
        y_true : array_like
            Targets, batch axis first.
        y_pred : array_like
            Predictions, batch axis first.
        sample_weight : array_like, optional
            One weight a sample, (batch,), of 0 or more; without them each sample counts the same.

        Raises
        ------
        InputError
            The batch is of another width than those stored, or its arrays do not fit.
        """
        t, y = np.array(y_true), np.array(y_pred)
        check_batch(t, y, self.name)
        w = check_weights(sample_weight, len(t))
        for kept_t, kept_y, _ in self._kept[:1]:
            if kept_t.shape[1:] != t.shape[1:] or kept_y.shape[1:] != y.shape[1:]:
                raise InputError(
                    message(
                        "{name}: batches must be of one width, but after targets and predictions "
                        "of shapes {shape} and {shape_2} come {shape_3} and {shape_4}; call "
                        "reset_state() between sets of data",
                        name=self.name,
                        shape=kept_t.shape,
                        shape_2=kept_y.shape,
                        shape_3=t.shape,
                        shape_4=y.shape,
                    )
                )
        self._kept.append((t, y, w))

    def result(self) -> Any:
        """Return the score of all stored batches, or raise InputError if there are none."""
        if not self._kept:
            raise InputError(
                message(
                    "{name} has been given no batch; call update_state(...) first", name=self.name
                )
            )
        t, y, w = (np.concatenate(parts) for parts in zip(*self._kept, strict=True))
        return self(t, y, w)

    def reset_state(self) -> None:
        """Drop the stored batches."""
        self._kept.clear()

    @cached_property
    def _kept(self) -> list[tuple[Array, Array, Array]]:
        """The batches: targets, predictions, weights."""
        return []

    def get_config(self) -> Config:
        """Return what :func:`badak.metrics.get` rebuilds this metric from."""
        fields = dataclasses.fields(self)  # type: ignore[arg-type]  # its children are dataclasses
        return {"class": type(self).__name__, **{f.name: getattr(self, f.name) for f in fields}}


def same_shape(y_true: ArrayLike, y_pred: ArrayLike, metric: str) -> tuple[Array, Array]:
    """Return targets and predictions as (batch, units) each; (batch,) counts as (batch, 1)."""
    t, y = (
        numbers_in(y_true, Phrase("{metric}: the targets", metric=metric)),
        numbers_in(y_pred, Phrase("{metric}: the scores", metric=metric)),
    )
    check_batch(t, y, metric)
    columns_t, columns_y = _columns(t, metric), _columns(y, metric)
    if columns_t.shape != columns_y.shape:
        raise InputError(
            message(
                "{metric} takes targets and predictions of one shape, not {shape} and "
                "{shape_2}{advice}",
                metric=metric,
                shape=t.shape,
                shape_2=y.shape,
                advice=_advice(columns_t, columns_y),
            )
        )
    return columns_t, columns_y


def labels_and_scores(
    y_true: ArrayLike, y_pred: ArrayLike, metric: str, one_hot_metric: str
) -> tuple[Array, Array]:
    """Return labels (batch,) as int64, and the scores (batch, classes) that they go with."""
    t, y = (
        as_array(y_true, "y_true"),
        numbers_in(y_pred, Phrase("{metric}: the scores", metric=metric)),
    )
    check_batch(t, y, metric)
    several_classes(y, metric)
    if t.shape == y.shape:
        raise InputError(
            message(
                "{metric} takes one class number a sample, but the targets are of shape {shape}; "
                "for one-hot targets use {one_hot_metric!r}",
                metric=metric,
                shape=t.shape,
                one_hot_metric=one_hot_metric,
            )
        )
    return check_targets(t, "labels", y.shape[1], metric), y


def several_classes(y: Array, metric: str) -> None:
    """Refuse scores that are not one for each of two or more classes."""
    if y.ndim != 2 or y.shape[1] < 2:
        raise InputError(
            message(
                "{metric} takes scores of shape (batch, classes) with two classes or more, not "
                "{shape}; for one unit that tells yes from no use 'binary_accuracy'",
                metric=metric,
                shape=y.shape,
            )
        )


def numbers_in(values: ArrayLike, what: str | Phrase) -> Array:
    """Return the values as an array of numbers without NaN, float16 as float32.

    `what` is their name in the error.
    """
    array = as_array(values, what)
    if array.dtype.kind not in "fiub":
        raise InputError(
            message(
                "{what} must be numbers, not {given}; turn names into labels 0, 1, 2, ... first "
                "(np.unique(t, return_inverse=True))",
                what=what,
                given=why_no_numbers(array),
            )
        )
    if array.dtype.kind == "f" and np.isnan(array).any():
        where = tuple(int(i) for i in np.argwhere(np.isnan(array))[0])
        raise InputError(
            message(
                "{what} hold NaN, first at {where}; mend or remove such samples",
                what=what,
                where=where,
            )
        )
    return widened(array)


def check_batch(t: Array, y: Array, metric: str) -> None:
    """Refuse targets and predictions that are none, or not equally many."""
    if t.ndim == 0 or y.ndim == 0 or len(t) == 0 or len(t) != len(y):
        raise InputError(
            message(
                "{metric} takes as many predictions as targets, and at least one, but they are of "
                "shapes {shape} and {shape_2}",
                metric=metric,
                shape=y.shape,
                shape_2=t.shape,
            )
        )


def check_weights(sample_weight: ArrayLike | None, batch: int) -> Array:
    """Return one weight a sample, (batch,) in float64: ones if none are given."""
    if sample_weight is None:
        return np.ones(batch)
    w = numbers_in(sample_weight, Phrase("sample weights")).astype(np.float64)
    if w.shape == (batch, 1):
        w = w[:, 0]
    if w.shape != (batch,):
        raise InputError(
            message(
                "sample weights are one a sample, of shape ({batch},), not {shape}",
                batch=batch,
                shape=w.shape,
            )
        )
    if (w < 0.0).any() or np.isinf(w).any():
        raise InputError(
            message(
                "sample weights are finite and not negative, but they reach from {low:g} to "
                "{high:g}",
                low=w.min(),
                high=w.max(),
            )
        )
    return w


def weighted_mean(rows: Array, sample_weight: ArrayLike | None) -> float:
    """Return the mean of (batch,) or (batch, units), each sample counted with its weight."""
    w = check_weights(sample_weight, len(rows))
    if not w.any():
        raise InputError(
            message("all sample weights are 0, so that there is nothing to take the mean of")
        )
    per_sample = rows.reshape(len(rows), -1).mean(axis=1)
    return float(np.sum(w * per_sample) / np.sum(w))


def _columns(values: Array, metric: str) -> Array:
    if values.ndim > 2:
        raise InputError(
            message(
                "{metric} takes arrays (batch,) or (batch, units), not {shape}",
                metric=metric,
                shape=values.shape,
            )
        )
    return values.reshape(len(values), -1)


def _advice(t: Array, y: Array) -> str:
    if t.shape[1] == 1:
        return message(
            "; for labels use the metric's 'sparse_' form, or badak.utils.to_categorical(t, "
            "{shape})",
            shape=y.shape[1],
        )
    return (
        message("; for one-hot targets the output layer has one unit a class")
        if y.shape[1] == 1
        else ""
    )
