"""Training on all samples at once by SciPy's L-BFGS-B, with loss and gradient by the engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy import optimize
from sklearn.exceptions import ConvergenceWarning

from badak._common.interruption import Interruption
from badak._common.language import message, translated
from badak.engine import Steps
from badak.errors import InputError
from badak.estimators.data import make_steps
from badak.estimators.double import DoubleSteps, are_few
from badak.estimators.network import coefficients
from badak.estimators.objectives import HalfSquaredError, SummedHalfSquaredError
from badak.estimators.warn import NOT_FINITE, warn
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.optimizers.base import Optimizer, Rate, Rule
from badak.training.data import Samples
from badak.typing import Array

ROWS = 1024  # samples at a time: large enough to be quick, small enough to stay in the cache


def fit_lbfgs(estimator: Any, model: Model, objective: Objective, samples: Samples) -> None:
    """Train until the gradient is small, `max_iter` iterations or `max_fun` evaluations are done.

    Ctrl-C ends it after the iteration. Warns with ConvergenceWarning where SciPy says that it did
    not converge.
    """
    e = estimator
    e.n_iter_ = 0
    with Interruption() as interruption:

        def look(_: Array) -> None:
            if interruption.asked:
                raise StopIteration

        slope = Slope(model, consistent(objective), samples, e.alpha)
        if interruption.asked:
            model.forget_slots()
            return
        result = optimize.minimize(
            slope,
            slope.weights(),
            method="L-BFGS-B",
            jac=True,
            callback=look,
            options={"maxfun": e.max_fun, "maxiter": e.max_iter, "gtol": e.tol},
        )
        slope.set_weights(result.x)
        model.forget_slots()
    e.n_iter_ = min(result.nit, e.max_iter)
    e.loss_ = slope.reported(float(result.fun), objective)
    if e.verbose:
        print(
            message(
                "L-BFGS-B: {count} iterations, loss = {loss:.8f}. {told}",
                count=result.nit,
                loss=e.loss_,
                told=result.message,
            )
        )
    if result.status != 0 and not interruption.asked:
        _warn(e, result)


def consistent(objective: Objective) -> Objective:
    """Return an objective whose value is that of its gradient, as a line search needs."""
    if isinstance(objective.loss, HalfSquaredError):
        return Objective(SummedHalfSquaredError())
    return objective


def _warn(estimator: Any, result: Any) -> None:
    advice = ""
    if estimator.n_iter_ == estimator.max_iter:
        advice = message(
            "\nIncrease the number of iterations to improve the convergence (max_iter={max_iter}).",
            max_iter=estimator.max_iter,
        )
    warn(
        message(
            "lbfgs failed to converge after {count} iteration(s) (status={status}):\n{told}\n"
            "{advice}\nYou might also want to scale the data as shown in:\n"
            "    https://scikit-learn.org/stable/modules/preprocessing.html",
            count=estimator.n_iter_,
            status=result.status,
            told=result.message,
            advice=advice,
        ),
        ConvergenceWarning,
    )


@dataclass
class Gradient(Optimizer):
    """Moves no weight: adds the gradient up in its slot, from where it is read."""

    learning_rate: Rate = 0.0

    slots: ClassVar[tuple[str, ...]] = ("total",)

    @property
    def rule(self) -> Rule:
        """The weight as it is, and the sum of the gradients so far."""
        return lambda w, g, total: (w, total + g)

    def scalars(self, step: int) -> dict[str, float]:
        """Return nothing: there is no step."""
        return {}


class Slope:
    """Loss and gradient of a network on all samples, as a function of its weights in float64."""

    def __init__(self, model: Model, objective: Objective, samples: Samples, alpha: float) -> None:
        self.model = model
        self.alpha = alpha
        model.optimizer = Gradient()
        model.forget_slots()
        count = len(samples)
        given = np.ones(count) if samples.weight is None else samples.weight.astype(np.float64)
        self.total = float(given.sum())
        sizes = np.minimum(ROWS, count - np.arange(count) // ROWS * ROWS)  # of each one's batch
        weights = given * sizes / self.total
        shares = np.zeros(-(-count // ROWS))
        shares[0] = alpha / self.total  # the penalty is paid once
        weighed = type(samples)(samples.x, samples.t, weights)
        self.steps: Steps
        if are_few(samples, ROWS):
            exact = self.steps = DoubleSteps(model, objective, weighed, ROWS, shares)
            self.parameters, self.slots = exact.parameters, exact.slots
        else:
            self.steps = make_steps(model, objective, weighed, ROWS, shares)
            self.parameters, self.slots = model.parameters, model.slots()
        self.order = np.arange(count)
        self.views = list(_kernels_and_biases(self.parameters.layers))

    def __call__(self, weights: Array) -> tuple[float, Array]:
        """Return the loss and its gradient, (weights,)."""
        self.set_weights(weights)
        self.slots["total"][...] = 0.0
        self.steps.begin_epoch(self.order)
        loss, first = 0.0, 0
        while first < self.steps.count:
            taken = self.steps.take(first, one=False)
            if taken.failure is not None:
                raise InputError(
                    translated(NOT_FINITE)
                    + message(" (the loss became {value})", value=taken.failure)
                )
            loss += float(taken.losses.sum())
            first += len(taken.losses)
        total = _kernels_and_biases(self.parameters.views(self.slots["total"]))
        return loss, np.concatenate([part.ravel() for part in total]).astype(np.float64)

    def weights(self) -> Array:
        """Return all weights in float64: coefficients, then intercepts."""
        return np.concatenate([view.ravel() for view in self.views]).astype(np.float64)

    def set_weights(self, weights: Array) -> None:
        """Set all weights."""
        start = 0
        for view in self.views:
            view[...] = weights[start : start + view.size].reshape(view.shape)
            start += view.size
        self.model.parameters.vector[...] = self.parameters.vector

    def reported(self, loss: float, objective: Objective) -> float:
        """Return the loss as scikit-learn reports it, which is a mean over outputs, not a sum."""
        if not isinstance(objective.loss, HalfSquaredError):
            return loss
        squares = sum(float(np.square(w, dtype=np.float64).sum()) for w in coefficients(self.model))
        penalty = 0.5 * self.alpha * squares / self.total
        return (loss - penalty) / self.model.output_shape[0] + penalty


def _kernels_and_biases(layers: list[dict[str, Array]]) -> Iterator[Array]:
    for name in ("kernel", "bias"):
        yield from (layer[name] for layer in layers if name in layer)
