"""What every loss has: a formula with its slope, a kind of targets, a mean over the batch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from badak._common.registry import configuration
from badak._common.samples import check_weights
from badak.errors import InputError
from badak.losses.targets import TargetKind, check_targets
from badak.typing import Array, ArrayLike, Config

Reduction = Literal["mean", "sum", "row"]


@dataclass(frozen=True)
class Formula:
    """The loss of prediction ``y`` for target ``t``, and its slope in ``y``.

    Both are plain functions of arrays (batch, units). ``over_units`` tells how the units of one
    sample become its one number: their "mean", their "sum", or "row" where the formula itself is
    one of whole rows and gives (batch,).
    """

    value: Callable[..., Array]
    slope: Callable[..., Array]
    over_units: Reduction = "mean"
    latex: str = ""
    slope_latex: str = ""
    source: str = ""

    def rows(self, y: Array, t: Array, **parameters: float) -> Array:
        """Return the loss of each sample, (batch,)."""
        value = self.value(y, t, **parameters)
        if self.over_units == "row":
            return value
        return value.mean(axis=-1) if self.over_units == "mean" else value.sum(axis=-1)

    def gradient(self, y: Array, t: Array, **parameters: float) -> Array:
        """Return each sample's gradient in y, (batch, units)."""
        slope = self.slope(y, t, **parameters)
        return slope / y.shape[-1] if self.over_units == "mean" else slope


class Loss:
    """How far predictions are from their targets: one number to make small.

    Called as in Keras, ``loss(y_true, y_pred)``, it gives the mean over the batch, each sample
    times its weight where weights are given.
    """

    name: str
    formula: Formula
    targets: TargetKind = "values"
    needs_probabilities: ClassVar[bool] = False
    """It takes logarithms of predictions, so that they have to lie between 0 and 1."""

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the mean loss of predictions (batch, units).

        Predictions of shape (n,) are n samples of one unit, or one sample where the loss is one of
        whole rows.
        """
        y, t = _check_predictions(y_pred), np.asarray(y_true)
        if y.ndim == 1:
            one_sample = self.formula.over_units != "mean"
            y, t = (y[np.newaxis], t[np.newaxis]) if one_sample else (y[:, np.newaxis], t)
        t = check_targets(t, self.targets, y.shape[-1], self.name)
        if len(t) != len(y):
            raise InputError(f"y_true holds {len(t)} samples, but y_pred holds {len(y)}")
        weight: Array | float = 1.0
        if sample_weight is not None:
            check_weights(sample_weight, y)
            weight = np.asarray(sample_weight, dtype=y.dtype).reshape(-1)
        return float((self.rows(y, t) * weight).mean())

    def rows(self, y: Array, t: Array) -> Array:
        """Return the loss of each sample, (batch,); `t` as :func:`check_targets` leaves it."""
        return self.formula.rows(y, self.prepare(t, y), **self.parameters)

    def gradient(self, y: Array, t: Array) -> Array:
        """Return each sample's own gradient in y, (batch, units), not yet divided by the batch."""
        return self.formula.gradient(y, self.prepare(t, y), **self.parameters)

    def prepare(self, t: Array, y: Array) -> Array:
        """Return the targets as the formula takes them: y's shape and type."""
        return t.astype(y.dtype, copy=False)

    @property
    def parameters(self) -> Mapping[str, float]:
        """The formula's own parameters."""
        return {}

    def on_logits(self, activation: str) -> "Loss | None":
        """Return this loss joined with the output activation before it, or None.

        Softmax with cross-entropy, and sigmoid with binary cross-entropy, have together a simpler
        and stable gradient, y - t.
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
            raise InputError(f"over_units is 'mean', 'sum' or 'row', not {over_units!r}")
        self.name = name
        self.formula = Formula(value, slope, over_units)

    def get_config(self) -> Config:
        """Return the name alone: a function cannot be written to a file."""
        return {"name": self.name}


def _check_predictions(y_pred: ArrayLike) -> Array:
    y = np.asarray(y_pred)
    if y.dtype.kind not in "fiub":
        raise InputError(f"y_pred must be numbers, not {y.dtype}")
    if y.ndim not in (1, 2) or y.size == 0:
        raise InputError(
            f"y_pred must be of shape (batch, units), with at least one sample, not {y.shape}"
        )
    return y if y.dtype.kind == "f" else y.astype(np.float64)
