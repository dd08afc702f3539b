"""Training by batches, epoch after epoch, with scikit-learn's rules for going on and stopping."""

import copy
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from badak import optimizers
from badak._common.interruption import Interruption
from badak._common.language import Phrase, message, translated
from badak.errors import DivergedError, InputError
from badak.estimators.data import ShuffledRun, outputs_of
from badak.estimators.warn import NOT_FINITE, warn
from badak.losses.objective import Objective
from badak.optimizers import Optimizer
from badak.optimizers.schedules import Schedule
from badak.training.callbacks.base import CallbackList
from badak.typing import Array

LEAST_RATE = 1e-6  # from where on the learning rate "adaptive" ends training


@dataclass(frozen=True)
class HeldOut:
    """What is not trained on, to see how well the network does on what it has not seen."""

    x: Any
    """Dense or sparse, (samples, features)."""
    t: Array
    """The targets as the loss takes them."""
    weight: Array | None = None

    def loss(self, objective: Objective, compared: Array) -> float:
        """Return the mean loss, without the penalty, of outputs (or sums where they are joined)."""
        rows = objective.loss.rows(compared, self.t)
        return float(np.average(rows, weights=self.weight))


def optimizer_of(estimator: Any) -> Optimizer:
    """Return a new optimizer for the parameter `solver`: scikit-learn's, or one of badak's."""
    e, solver = estimator, estimator.solver
    if solver == "sgd":
        return optimizers.SGD(e.learning_rate_init, e.momentum, e.nesterovs_momentum)
    if solver == "adam":
        return optimizers.Adam(e.learning_rate_init, e.beta_1, e.beta_2, e.epsilon)
    if isinstance(solver, str):
        return optimizers.get({"name": solver, "learning_rate": e.learning_rate_init})
    return optimizers.get(copy.deepcopy(solver))


class Epochs:
    """The epochs of one call of fit or partial_fit."""

    def __init__(self, estimator: Any, run: ShuffledRun, held_out: HeldOut | None) -> None:
        self.estimator = estimator
        self.run = run
        self.held_out = held_out
        self.output = estimator._goal.output
        self.stopping = estimator.early_stopping

    def train(self, most: int, *, incremental: bool = False) -> None:
        """Train for at most `most` epochs, fewer where nothing gets better."""
        e, model = self.estimator, self.run.model
        params = {"epochs": most, "steps": self.run.steps.count, "samples": len(self.run.samples)}
        modes = {"loss": "min", "score": "max"}
        watchers = CallbackList(listed(e.callbacks), model, {**params, "modes": modes})
        watchers.set_run(self.run)
        model.stop_training = False
        first = model.epoch if incremental else 0
        e.n_iter_ = 0
        going = True
        with Interruption() as interruption, watchers:
            watchers.on_train_begin()
            for epoch in range(first, first + most):
                if interruption.asked:  # before the first step, or in a callback
                    break
                watchers.on_epoch_begin(epoch)
                going = self._epoch(epoch, watchers, interruption)
                if not going or model.stop_training or interruption.asked or incremental:
                    break
                if e.n_iter_ == most:
                    self._warn(most)
            if self.stopping and not (incremental and going):
                model.parameters.vector[...] = e._best_weights
                e.early_stopped_ = not going
            watchers.on_train_end()

    def _epoch(self, epoch: int, watchers: CallbackList, interruption: Interruption) -> bool:
        """Train one epoch and note what came of it; return whether to go on."""
        e = self.estimator
        try:
            logs = self.run.epoch(epoch, watchers, interruption)
        except DivergedError as error:
            if not self.stopping:
                raise InputError(f"{translated(NOT_FINITE)} ({error})") from error
            self._note_divergence()
            return False
        if interruption.asked and not self.run.whole_epoch:
            return False
        e.n_iter_ += 1
        e.loss_ = logs["loss"]
        e.t_ += len(self.run.samples)
        e.loss_curve_.append(e.loss_)
        self._say(Phrase("Iteration {number}, loss = {loss:.8f}", number=e.n_iter_, loss=e.loss_))
        logs |= self._validate()
        watchers.on_epoch_end(epoch, logs)
        self._count_failures()
        self._schedule()
        return not self._has_converged()

    # -- the validation set

    def _validate(self) -> dict[str, float]:
        if self.held_out is None:
            return {}
        e, objective = self.estimator, self.run.objective
        with np.errstate(all="ignore"):  # what overflows ends in a score that is NaN
            compared = outputs_of(
                self.run.model, self.held_out.x, last_activation=not objective.at_sum
            )
            loss = self.held_out.loss(objective, compared)
        y = self.output(compared) if objective.at_sum else compared
        score = e._score_of(y, self.held_out) if np.isfinite(y).all() else math.nan
        e.validation_loss_curve_.append(loss)
        e.validation_scores_.append(score)
        self._say(Phrase("Validation score: {score:f}", score=score))
        return {"val_loss": loss, "val_score": score}

    def _count_failures(self) -> None:
        e = self.estimator
        if not self.stopping:
            better = not e.loss_ > e.best_loss_ - e.tol
            e.best_loss_ = min(e.best_loss_, e.loss_)
        else:
            score = e.validation_scores_[-1]
            better = not score < e.best_validation_score_ + e.tol
            if score > e.best_validation_score_:
                e.best_validation_score_ = score
                e._best_weights = self.run.model.parameters.vector.copy()
        e._no_improvement_count = 0 if better else e._no_improvement_count + 1

    def _note_divergence(self) -> None:
        """Note, where the best weights are kept, that the loss is no longer finite."""
        e = self.estimator
        e.n_iter_ += 1
        e.loss_ = math.nan
        e.loss_curve_.append(e.loss_)
        e.validation_scores_.append(math.nan)
        e.validation_loss_curve_.append(math.nan)

    # -- the learning rate, and the end

    def _schedule(self) -> None:
        e = self.estimator
        if e.solver == "sgd" and e.learning_rate == "invscaling":
            try:
                divisor = (e.t_ + 1) ** float(e.power_t)
            except OverflowError:
                divisor = math.inf
            self.run.model.optimizer.learning_rate = e.learning_rate_init / divisor

    def _has_converged(self) -> bool:
        e = self.estimator
        if not e._no_improvement_count > e.n_iter_no_change:
            return False
        what = message("Validation score") if self.stopping else message("Training loss")
        said = message(
            "{what} did not improve more than tol={tol:f} for {count:d} consecutive epochs.",
            what=what,
            tol=e.tol,
            count=e.n_iter_no_change,
        )
        optimizer = self.run.model.optimizer
        if e.solver != "sgd" or e.learning_rate != "adaptive":
            self._say(said + message(" Stopping."))
            return True
        rate = optimizer.learning_rate
        assert not isinstance(rate, Schedule)  # "adaptive" begins with a number
        if rate <= LEAST_RATE:
            self._say(said + message(" Learning rate too small. Stopping."))
            return True
        optimizer.learning_rate = rate / 5.0
        self._say(said + message(" Setting learning rate to {rate:f}", rate=rate / 5.0))
        e._no_improvement_count = 0
        return False

    def _say(self, text: str | Phrase) -> None:
        if self.estimator.verbose:
            print(text)

    def _warn(self, most: int) -> None:
        warn(
            message(
                "Stochastic Optimizer: Maximum iterations ({most}) reached and the optimization "
                "hasn't converged yet.",
                most=most,
            ),
            ConvergenceWarning,
        )


def listed(callbacks: Any) -> list[Any]:
    """Return the callbacks as a list."""
    if callbacks is None:
        return []
    return list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
