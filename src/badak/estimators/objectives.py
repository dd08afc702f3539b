"""scikit-learn's losses, as it reports them and as it goes down them, and badak's beside them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import activations, losses
from badak._common.language import message
from badak.activations import Activation, exponential
from badak.errors import InputError
from badak.losses import BinaryCrossentropy, Formula, Loss, MeanSquaredError
from badak.losses.objective import Objective, objective_of
from badak.typing import Array

OUTPUTS = {
    "identity": activations.IDENTITY,
    "exp": activations.EXPONENTIAL,
    "logistic": activations.SIGMOID,
    "softmax": activations.SOFTMAX,
}
"""The output activations by scikit-learn's names."""


@dataclass(frozen=True)
class Goal:
    """What an estimator trains for."""

    objective: Objective
    """The loss as it is trained."""
    public: Loss
    """The loss by which the network is known outside."""
    out_activation: str

    @property
    def output(self) -> Activation:
        """The output activation."""
        return OUTPUTS[self.out_activation]


def goal_of_regression(spec: Any) -> Goal:
    """Return what a regressor with the loss `spec` trains for; or InputError."""
    if spec == "squared_error":
        return Goal(Objective(HalfSquaredError()), MeanSquaredError(), "identity")
    if spec == "poisson":
        objective = Objective(HalfPoissonDeviance(), at_sum=True)
        return Goal(objective, losses.Poisson(), "exp")
    if np.ndim(spec) == 1 or isinstance(spec, (int, np.integer)):
        raise InputError(
            message(
                "loss is {spec!r}: the first parameter of a regressor is the loss, as in "
                "scikit-learn since 1.7; sizes are given as hidden_layer_sizes={spec!r}",
                spec=spec,
            )
        )
    loss = losses.get("mean_absolute_error" if spec == "absolute_error" else spec)
    name = "exp" if isinstance(loss, losses.Poisson) else "identity"
    if loss.targets not in ("values", "not_negative"):
        raise InputError(
            message("{name} is a loss of classes: a regressor's compares numbers", name=loss.name)
        )
    return Goal(objective_of(loss, OUTPUTS[name]), loss, name)


def goal_of_classification(spec: Any, out_activation: str) -> Goal:
    """Return what a classifier with the loss `spec` trains for; or InputError."""
    if spec != "log_loss":
        loss = losses.get(spec)
        return Goal(objective_of(loss, OUTPUTS[out_activation]), loss, out_activation)
    if out_activation == "softmax":
        loss = losses.SparseCategoricalCrossentropy()
        return Goal(objective_of(loss, activations.SOFTMAX), loss, out_activation)
    objective = Objective(LogLoss(from_logits=True), at_sum=True)
    return Goal(objective, BinaryCrossentropy(), out_activation)


class HalfSquaredError(MeanSquaredError):
    """Half the squared error: reported as the mean of a sample's outputs, trained as their sum.

    So does scikit-learn; for one output the two are the same.
    """

    def rows(self, y: Array, t: Array) -> Array:
        """Return half the mean of each sample, (batch,)."""
        return 0.5 * super().rows(y, t)

    def gradient(self, y: Array, t: Array) -> Array:
        """Return y - t, (batch, units)."""
        return y - self.prepare(t, y)


class SummedHalfSquaredError(HalfSquaredError):
    """Half the squared error, summed over a sample's outputs: the value of that gradient."""

    def rows(self, y: Array, t: Array) -> Array:
        """Return half the sum of each sample, (batch,)."""
        return float(y.shape[-1]) * super().rows(y, t)


class LogLoss(BinaryCrossentropy):
    """Binary cross-entropy, summed over a sample's labels."""

    def rows(self, y: Array, t: Array) -> Array:
        """Return the sum of each sample, (batch,)."""
        return float(y.shape[-1]) * super().rows(y, t)

    def gradient(self, y: Array, t: Array) -> Array:
        """Return each sample's gradient, (batch, units)."""
        return float(y.shape[-1]) * super().gradient(y, t)


def half_poisson_deviance(x: Array, t: Array) -> Array:
    least = t * np.log(np.where(t > 0.0, t, 1.0)) - t  # what makes it 0 at y = t
    return exponential(x) - t * x + least


def half_poisson_deviance_slope(x: Array, t: Array) -> Array:
    return exponential(x) - t


class HalfPoissonDeviance(Loss):
    """Half the Poisson deviance of y = exp(x), from the sum x, added up over a sample's outputs.

    >>> round(float(HalfPoissonDeviance().rows(np.log([[2.0]]), np.array([[2.0]]))[0]), 6)
    0.0
    """

    name = "half_poisson_deviance"
    targets = "not_negative"
    formula = Formula(
        half_poisson_deviance,
        half_poisson_deviance_slope,
        over_units="sum",
        latex=r"L = \sum_k (e^{x_k} - t_k x_k + t_k \log t_k - t_k)",
        slope_latex=r"e^{x_k} - t_k",
        source="Nelder & Wedderburn, Generalized Linear Models, 1972",
    )
