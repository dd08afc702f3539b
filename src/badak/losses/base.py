"""The base class of losses: a formula with its slope, a kind of targets, a mean over the batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from badak._common.arrays import why_no_numbers
from badak._common.floats import floating, widened
from badak._common.hyperparameters import check_fields
from badak._common.language import message
from badak._common.registry import configuration
from badak._common.samples import as_array, check_weights
from badak.errors import InputError
from badak.losses.targets import TargetKind, check_targets
from badak.typing import Array, ArrayLike, Config

Reduction = Literal["mean", "sum", "row"]


@dataclass(frozen=True)
class Formula:
    """A loss of the prediction ``y`` for the target ``t``, and its slope in ``y``.

    Parameters
    ----------
    value : function
        A plain function of ``y`` and ``t``, both (batch, units), and of the loss's parameters by
        name; it returns (batch, units), or (batch,) where `over_units` is "row".
    slope : function
        Its derivative in ``y``, of the same arguments: (batch, units).
    over_units : {"mean", "sum", "row"}
        How the units of one sample become one number; "row" where `value` itself does that.
    latex, slope_latex : str
        The two formulas for pictures and pages.
    source : str
        The paper.

    Examples
    --------
    >>> squared = Formula(lambda y, t: (y - t) ** 2.0, lambda y, t: 2.0 * (y - t))
    >>> squared.rows(np.array([[1.0, 3.0]]), np.array([[0.0, 0.0]]))
    array([5.])
    """

    value: Callable[..., Array]
    slope: Callable[..., Array]
    over_units: Reduction = "mean"
    latex: str = ""
    slope_latex: str = ""
    source: str = ""

    def rows(self, y: Array, t: Array, **parameters: float) -> Array:
        """Return the loss of each sample.

        Parameters
        ----------
        y : array of float
            Predictions, (batch, units).
        t : array of float
            Targets, (batch, units).
        **parameters : float
            The formula's own parameters.

        Returns
        -------
        array of float
            (batch,).
        """
        value = self.value(y, t, **parameters)
        if self.over_units == "row":
            return value
        return value.mean(axis=-1) if self.over_units == "mean" else value.sum(axis=-1)

    def gradient(self, y: Array, t: Array, **parameters: float) -> Array:
        """Return each sample's gradient in its prediction.

        Parameters
        ----------
        y : array of float
            Predictions, (batch, units).
        t : array of float
            Targets, (batch, units).
        **parameters : float
            The formula's own parameters.

        Returns
        -------
        array of float
            (batch, units); not yet divided by the batch.
        """
        slope = self.slope(y, t, **parameters)
        return slope / y.shape[-1] if self.over_units == "mean" else slope


class Loss:
    """How far predictions are from their targets: one number to minimise.

    The base class of all losses. Called as in Keras, ``loss(y_true, y_pred, sample_weight)``, a
    loss returns its mean over the batch, each sample times its weight where weights are given. A
    loss of your own is an :class:`OwnLoss`, or a frozen dataclass with `name`, `formula` and, where
    they are not any numbers, `targets`.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, repr=False)
    ... class Cubic(Loss):
    ...     name = "cubic"
    ...     formula = Formula(lambda y, t: np.abs(y - t) ** 3.0,
    ...                       lambda y, t: 3.0 * (y - t) * np.abs(y - t))
    >>> Cubic()([0.0, 0.0], [1.0, 2.0])
    4.5
    """

    name: str
    formula: Formula
    targets: TargetKind = "values"
    needs_probabilities: ClassVar[bool] = False
    """Whether predictions must lie between 0 and 1, because their logarithm is taken."""

    def __post_init__(self) -> None:
        check_fields(self)

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the mean loss of predictions.

        Parameters
        ----------
        y_true : array_like
            Targets, (batch, units), or labels (batch,) where the loss takes labels.
        y_pred : array_like
            Predictions, (batch, units). Of shape (n,), they are n samples of one unit, or one
            sample where the loss is one of whole rows.
        sample_weight : array_like, optional
            One weight a sample, (batch,).

        Returns
        -------
        float
            The mean over the batch, computed in the type of the predictions, float16 as float32.

        Raises
        ------
        InputError
            Targets, predictions or weights that do not fit each other or the loss.
        """
        y, t = _check_predictions(y_pred), as_array(y_true, "y_true")
        if y.ndim == 1:
            one_sample = self.formula.over_units != "mean"
            y, t = (y[np.newaxis], t[np.newaxis]) if one_sample else (y[:, np.newaxis], t)
        t = check_targets(t, self.targets, y.shape[-1], self.name)
        if len(t) != len(y):
            raise InputError(
                message(
                    "y_true holds {count} samples, but y_pred holds {count_2}",
                    count=len(t),
                    count_2=len(y),
                )
            )
        weight: Array | float = 1.0
        if sample_weight is not None:
            check_weights(sample_weight, y)
            weight = np.asarray(sample_weight, dtype=y.dtype).reshape(-1)
        return float((self.rows(y, t) * weight).mean())

    def rows(self, y: Array, t: Array) -> Array:
        """Return the loss of each sample.

        Parameters
        ----------
        y : array of float
            Predictions, (batch, units).
        t : array
            Targets as :func:`check_targets` returns them.

        Returns
        -------
        array of float
            (batch,).
        """
        y = widened(y)
        return self.formula.rows(y, self.prepare(t, y), **self.parameters)

    def gradient(self, y: Array, t: Array) -> Array:
        """Return each sample's own gradient in its prediction.

        Parameters
        ----------
        y : array of float
            Predictions, (batch, units).
        t : array
            Targets as :func:`check_targets` returns them.

        Returns
        -------
        array of float
            (batch, units); not yet divided by the batch.
        """
        y = widened(y)
        return self.formula.gradient(y, self.prepare(t, y), **self.parameters)

    def prepare(self, t: Array, y: Array) -> Array:
        """Return the targets as the formula takes them.

        Parameters
        ----------
        t : array
            Targets as :func:`check_targets` returns them.
        y : array of float
            Predictions, (batch, units).

        Returns
        -------
        array of float
            Of the shape and type of `y`.
        """
        return t.astype(y.dtype, copy=False)

    @property
    def parameters(self) -> Mapping[str, float]:
        """The formula's own parameters."""
        return {}

    def on_logits(self, activation: str) -> Loss | None:
        """Return this loss fused with the output activation before it, or None.

        Softmax with cross-entropy, and sigmoid with binary cross-entropy, have together a simpler
        and stable gradient, y - t.

        Parameters
        ----------
        activation : str
            The name of the output activation.

        Returns
        -------
        Loss or None
            The loss as computed from logits; None where the two cannot be fused.
        """
        return None

    def get_config(self) -> Config:
        """Return what :func:`badak.losses.get` rebuilds this loss from."""
        return configuration(self)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items() if k != "name")
        return f"{type(self).__name__}({arguments})"


class OwnLoss(Loss):
    """A loss of your own, from its formula and its slope in y.

    Parameters
    ----------
    name : str
        What it is called in errors and the History.
    value : function
        The loss from ``y`` and ``t``, both (batch, units).
    slope : function
        Its derivative in ``y``, (batch, units).
    over_units : {"mean", "sum", "row"}
        How the units of one sample become one number; "row" where `value` itself returns (batch,).

    Raises
    ------
    InputError
        `over_units` is none of the three.

    Examples
    --------
    >>> cubic = OwnLoss("cubic", lambda y, t: np.abs(y - t) ** 3.0,
    ...                 lambda y, t: 3.0 * (y - t) * np.abs(y - t))
    >>> cubic([0.0, 0.0], [1.0, 2.0])
    4.5
    """

    def __init__(
        self,
        name: str,
        value: Callable[..., Array],
        slope: Callable[..., Array],
        over_units: Reduction = "mean",
    ) -> None:
        if over_units not in ("mean", "sum", "row"):
            raise InputError(
                message(
                    "over_units is 'mean', 'sum' or 'row', not {over_units!r}",
                    over_units=over_units,
                )
            )
        self.name = name
        self.formula = Formula(value, slope, over_units)

    def get_config(self) -> Config:
        """Return the name alone: a function cannot be written to a file."""
        return {"name": self.name}


def _check_predictions(y_pred: ArrayLike) -> Array:
    y = as_array(y_pred, "y_pred")
    if y.dtype.kind not in "fiub":
        raise InputError(message("y_pred must be numbers, not {given}", given=why_no_numbers(y)))
    if y.ndim not in (1, 2) or y.size == 0:
        raise InputError(
            message(
                "y_pred must be of shape (batch, units), with at least one sample, not {shape}",
                shape=y.shape,
            )
        )
    return floating(y)
