"""What the classifier and the regressor have in common: parameters, fit, and weights as arrays."""

import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, is_classifier
from sklearn.model_selection import train_test_split
from sklearn.utils import check_array, check_random_state, check_X_y, column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from badak import activations
from badak._common.frames import is_frame
from badak._common.interruption import Interruption
from badak._common.language import message
from badak._common.samples import as_array
from badak.engine.machine import threads
from badak.errors import InputError
from badak.estimators.constraints import CONSTRAINTS
from badak.estimators.constructor import KeepsArguments
from badak.estimators.conversion import to_badak, to_sklearn
from badak.estimators.data import (
    ShuffledRun,
    SparseSamples,
    outputs_of,
    samples_of,
)
from badak.estimators.double import are_few
from badak.estimators.network import (
    activation_of,
    coefficients,
    copy_weights,
    draw_weights,
    hidden_layers,
    intercepts,
    make_network,
)
from badak.estimators.objectives import Goal
from badak.estimators.solver_lbfgs import fit_lbfgs
from badak.estimators.stochastic import Epochs, HeldOut, optimizer_of
from badak.estimators.warn import warn
from badak.network.sequential import Sequential
from badak.network.stacks import Hidden
from badak.training.data import Samples
from badak.typing import Array

RUNS_KEPT = 4
"""How many sizes of data partial_fit is ready for at once."""

Validation = tuple[Any, Any, Any]
"""Samples, targets and weights that are not trained on."""


class MultilayerPerceptron(KeepsArguments, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """A multilayer perceptron with scikit-learn's parameters, attributes and methods."""

    _parameter_constraints: ClassVar[dict[str, Any]] = CONSTRAINTS

    _peer: ClassVar[type]
    """scikit-learn's estimator of the same name."""
    _numeric_targets: ClassVar[bool] = False

    n_outputs_: int
    best_loss_: float | None
    best_validation_score_: float | None

    # -- what a child provides

    @property
    def _goal(self) -> Goal:
        """What is trained for: loss and output activation."""
        raise NotImplementedError

    def _learn_targets(self, y: Array, *, first: bool, incremental: bool) -> None:
        """Set `n_outputs_` and what else y says; or see that y goes with what is known."""
        raise NotImplementedError

    def _targets(self, y: Any) -> Array:
        """Return y as the loss takes it."""
        raise NotImplementedError

    def _score_of(self, outputs: Array, held_out: HeldOut) -> float:
        """Return the score that early stopping goes by, of outputs (samples, units)."""
        raise NotImplementedError

    # -- training

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: Validation,
        *,
        incremental: bool = False,
    ) -> None:
        """Check all and train; Ctrl-C keeps what has been learned, as in scikit-learn."""
        with Interruption() as interruption:
            self._check_and_train(X, y, sample_weight, validation, incremental=incremental)
        if interruption.asked:
            warn(message("Training interrupted by user."))

    def _check_and_train(
        self, X: Any, y: Any, sample_weight: Any, validation: Validation, *, incremental: bool
    ) -> None:
        self._validate_params()
        given = hidden_layers(
            self.hidden_layer_sizes, self.activation, self.dropout, self.batch_norm
        )
        first = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        X, y = self._checked(X, y, reset=first)
        self._learn_targets(y, first=first, incremental=incremental)
        weight = None if sample_weight is None else _checked_weights(sample_weight, X)
        held_out = self._held_out(validation)
        if incremental and self.early_stopping and held_out is None:
            raise ValueError(
                message(
                    "partial_fit does not support early_stopping=True without a validation set of "
                    "its own: give it X_val and y_val"
                )
            )
        self._random_state = check_random_state(self.random_state)
        if first:
            self._begin(X.shape[1], given)
        elif not incremental:
            self._renew(X.shape[1], given)
        else:
            self._take_over_weights()
        with own_cores():
            if self.solver == "lbfgs":
                self._fit_lbfgs(X, y, weight, given)
            elif incremental:
                self._fit_part(X, y, weight, held_out)
            else:
                self._fit_whole(X, y, weight, held_out)
        self._show_weights()

    def _checked(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, Array]:
        """Return samples in float32 and targets as they are, both checked."""
        numeric = self._numeric_targets
        given, X, y = X, taken(X, "X"), None if y is None else taken(y, "y")
        if is_frame(given):
            self._learn_columns(given, reset=reset)
        with np.errstate(over="ignore"):  # the check reports what is too large
            if is_frame(given):
                X, y = check_X_y(X, y, multi_output=True, y_numeric=numeric, estimator=self, **FORM)
            else:
                X, y = validate_data(
                    self, X, y, multi_output=True, y_numeric=numeric, reset=reset, **FORM
                )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return X, y

    def _with_class_weights(self, y: Array, weight: Array | None) -> Array | None:
        """Return each sample's weight times that of its class."""
        class_weight = getattr(self, "class_weight", None)
        if class_weight is not None:
            try:
                of_classes = compute_sample_weight(class_weight, y)
            except OverflowError:
                of_classes = np.array([np.inf])
            if not np.isfinite(of_classes).all():
                raise InputError(
                    message(
                        "class_weight is {class_weight!r}, but each weight must be a finite number",
                        class_weight=class_weight,
                    )
                )
            weight = of_classes if weight is None else weight * of_classes
        if weight is not None and not weight.any():
            raise InputError(message("all samples weigh 0: there is nothing to learn from"))
        return weight

    def _held_out(self, validation: Validation) -> HeldOut | None:
        X, y, weight = validation
        if X is None and y is None:
            return None
        if X is None or y is None:
            raise InputError(message("a validation set is X_val and y_val: give both, or neither"))
        X, y = self._checked(X, y, reset=False)
        self._learn_targets(y, first=False, incremental=True)
        if weight is not None:
            weight = _checked_weights(weight, X)
        return HeldOut(X, self._targets(y), weight)

    def _begin(self, features: int, hidden: list[Hidden]) -> None:
        """Make a network with new weights, and forget what was learned before."""
        self._network = self._make(features, hidden)
        followed = [layer.activation for layer in hidden]
        several = isinstance(self.activation, (list, tuple))
        last = activations.RELU if several else activation_of(self.activation)
        followed.append(followed[-1] if followed else last)
        draw_weights(self._network, followed, self._random_state)
        if any(layer.dropout for layer in hidden):
            self._network.seed = int(self._random_state.randint(2**31 - 1))
        self.n_iter_ = 0
        self.t_ = 0
        self.early_stopped_ = False
        if self.solver != "lbfgs":
            self._begin_curves()
            self._prepare_for_steps()

    def _prepare_for_steps(self) -> None:
        """See to it that there are an optimizer and curves, also behind lbfgs, which has none."""
        if self._network.loss is None:
            self._network.compile(optimizer_of(self), self._goal.public, [])
        if not hasattr(self, "loss_curve_"):
            self._begin_curves()
        if self.early_stopping and self.best_validation_score_ is None:
            self.best_validation_score_ = -np.inf
        if not self.early_stopping and self.best_loss_ is None:
            self.best_loss_ = np.inf

    def _begin_curves(self) -> None:
        self.loss_curve_: list[float] = []
        self.validation_scores_: list[float] | None = None
        self.validation_loss_curve_: list[float] | None = None
        self._no_improvement_count = 0
        self._best_weights = self._network.parameters.vector.copy()
        self.best_loss_ = None if self.early_stopping else np.inf
        self.best_validation_score_ = -np.inf if self.early_stopping else None

    def _renew(self, features: int, hidden: list[Hidden]) -> None:
        """Make the network anew for parameters that may have changed, and keep its weights."""
        self._take_over_weights()
        network = self._make(features, hidden)
        copy_weights(self._network, network)
        network.seed = self._network.seed
        self._network = network
        self.early_stopped_ = False
        if self.solver != "lbfgs":
            self._prepare_for_steps()
            if len(self._best_weights) != len(network.parameters.vector):
                self._best_weights = network.parameters.vector.copy()

    def _make(self, features: int, hidden: list[Hidden]) -> Sequential:
        self._runs: dict[Any, ShuffledRun] = {}
        self.out_activation_ = self._goal.out_activation
        network = make_network(features, hidden, self.n_outputs_, self._goal.output)
        self._hidden = hidden
        self.n_layers_ = len(hidden) + 2
        return network

    def _fit_lbfgs(self, X: Any, y: Array, weight: Array | None, hidden: list[Hidden]) -> None:
        if any(layer.dropout or layer.batch_momentum is not None for layer in hidden):
            raise InputError(
                message(
                    "solver='lbfgs' needs a loss that is the same each time it is asked, so "
                    "neither dropout nor batch_norm: leave them out, or use solver='adam'"
                )
            )
        samples = samples_of(X, self._targets(y), self._with_class_weights(y, weight))
        fit_lbfgs(self, self._network, self._goal.objective, samples)

    def _fit_whole(self, X: Any, y: Array, weight: Array | None, held_out: HeldOut | None) -> None:
        t, total = self._targets(y), self._with_class_weights(y, weight)
        if self.early_stopping and held_out is None:
            kept, taken = self._split(y)
            held_out = HeldOut(X[taken], t[taken], None if weight is None else weight[taken])
            X, t, total = X[kept], t[kept], None if total is None else total[kept]
        samples = samples_of(X, t, total)
        size = self._batch_size(len(samples))
        run = self._run(samples, size, exact=are_few(samples, size))
        self._train(run, held_out, self.max_iter)

    def _split(self, y: Array) -> list[Array]:
        """Return the places of the samples to train on, and of `validation_fraction` of them."""
        stratify = y if is_classifier(self) and self.n_outputs_ == 1 else None
        parts: list[Array] = train_test_split(
            np.arange(len(y)),
            random_state=self._random_state,
            test_size=self.validation_fraction,
            stratify=stratify,
        )
        if len(parts[1]) < 2:
            raise ValueError(
                message(
                    "The validation set is too small. Increase 'validation_fraction' or the size "
                    "of your dataset."
                )
            )
        return parts

    def _fit_part(self, X: Any, y: Array, weight: Array | None, held_out: HeldOut | None) -> None:
        """Train one epoch on these samples; what was compiled for as many is used again."""
        if self.early_stopped_:
            return
        self._prepare_for_steps()
        samples = samples_of(X, self._targets(y), self._with_class_weights(y, weight))
        size = self._batch_size(len(samples))
        key = (len(samples), samples.weight is None, size)
        run = self._runs.get(key)
        if run is None:
            run = self._run(_copied(samples), size)
            if not isinstance(samples, SparseSamples):
                if len(self._runs) == RUNS_KEPT:
                    self._runs.pop(next(iter(self._runs)))
                self._runs[key] = run
        else:
            run.begin(self.alpha, self._order())
            run.refill(samples)
        try:
            self._train(run, held_out, 1, incremental=True)
        except BaseException:
            self._runs = {}
            raise

    def _run(self, samples: Samples, size: int, *, exact: bool = False) -> ShuffledRun:
        order, objective = self._order(), self._goal.objective
        return ShuffledRun(self._network, samples, objective, size, self.alpha, order, exact=exact)

    def _order(self) -> np.random.RandomState | None:
        return self._random_state if self.shuffle else None

    def _batch_size(self, count: int) -> int:
        if self._network.optimizer.full_batch:
            return count
        if self.batch_size == "auto":
            return min(200, count)
        if self.batch_size > count:
            warn(
                message(
                    "Got `batch_size` less than 1 or larger than sample size. It is going to be "
                    "clipped"
                )
            )
        return int(min(self.batch_size, count))

    def _train(
        self, run: ShuffledRun, held_out: HeldOut | None, most: int, *, incremental: bool = False
    ) -> None:
        if held_out is not None and self.validation_scores_ is None:
            self.validation_scores_, self.validation_loss_curve_ = [], []
        Epochs(self, run, held_out).train(most, incremental=incremental)

    # -- the weights, as scikit-learn's users see them

    def _show_weights(self) -> None:
        """Let `coefs_` and `intercepts_` be the network's own memory."""
        self.coefs_ = coefficients(self._network)
        self.intercepts_ = intercepts(self._network)

    def _take_over_weights(self) -> None:
        """Copy arrays that the user has put into `coefs_` or `intercepts_` to the network."""
        for name, views, given in (
            ("coefs_", coefficients(self._network), self.coefs_),
            ("intercepts_", intercepts(self._network), self.intercepts_),
        ):
            if len(given) != len(views):
                raise InputError(
                    message(
                        "{name} holds {count} arrays, but it must hold {count_2}",
                        name=name,
                        count=len(given),
                        count_2=len(views),
                    )
                )
            for place, (view, array) in enumerate(zip(views, given, strict=True)):
                if view is array:
                    continue
                if np.shape(array) != view.shape:
                    raise InputError(
                        message(
                            "{name}[{place}] is of shape {shape}, but it must be of shape "
                            "{shape_2}",
                            name=name,
                            place=place,
                            shape=np.shape(array),
                            shape_2=view.shape,
                        )
                    )
                view[...] = array

    def _adopt(self, coefs: Any, intercepts: Any, hidden: list[Hidden]) -> None:
        """Take over the weights of an estimator whose other attributes are here already."""
        self._network = self._make(self.n_features_in_, hidden)
        self.coefs_, self.intercepts_ = list(coefs), list(intercepts)
        self._take_over_weights()
        self._show_weights()
        self._best_weights = self._network.parameters.vector.copy()
        self.early_stopped_ = False
        scores = getattr(self, "validation_scores_", None)
        self.validation_loss_curve_ = None if scores is None else []

    def _see_that_it_is_fitted(self) -> None:
        check_is_fitted(self, ("_network", "coefs_"))
        self._take_over_weights()

    def _outputs(self, X: Any, *, last_activation: bool = True) -> Array:
        """Return the outputs (samples, units), or the last layer's sums, for the user's samples."""
        self._see_that_it_is_fitted()
        X = self._samples(X)
        with own_cores():
            return outputs_of(self._network, X, last_activation=last_activation)

    def _samples(self, X: Any) -> Any:
        """Return X checked, in float32."""
        given, X = X, taken(X, "X")
        with np.errstate(over="ignore"):  # what is too large is told by the check
            if is_frame(given):
                self._learn_columns(given, reset=False)
                return check_array(X, estimator=self, **FORM)
            return validate_data(self, X, reset=False, **FORM)

    def _learn_columns(self, frame: Any, *, reset: bool) -> None:
        """Learn a frame's number of columns and their names, or see that they are as before."""
        validate_data(self, frame, reset=reset, skip_check_array=True)

    def to_badak(self) -> Sequential:
        """Return the fitted network as a :class:`badak.Sequential`, a copy that is the caller's.

        It answers with the same bits; a classifier's has the classes as `class_names`. It can be
        inspected, traced, trained on, saved and exported. The penalty `alpha` is left out, since
        badak's regularizers do not go by the batch's size.
        """
        self._see_that_it_is_fitted()
        return to_badak(self)

    def to_sklearn(self) -> Any:
        """Return the fitted estimator as scikit-learn's own; InputError where that has no such."""
        self._see_that_it_is_fitted()
        return to_sklearn(self)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a pickle or a copy keeps: all but what was compiled, the weights once."""
        left_out = ["_runs", "coefs_", "intercepts_"]
        if hasattr(self, "coefs_"):
            self._take_over_weights()
        else:
            left_out.append("_network")
        state = super().__getstate__()
        return {name: state[name] for name in state if name not in left_out}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if hasattr(self, "_network"):
            self._runs = {}
            self._show_weights()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def own_cores() -> AbstractContextManager[None]:
    """Keep to one core in a worker of joblib that has been given no more.

    joblib tells its workers by this variable. Two that each used all cores would wait for one
    another; what BADAK_NUM_THREADS says goes before.
    """
    given = os.environ.get("OMP_NUM_THREADS") == "1" and threads.VARIABLE not in os.environ
    return threads.alone() if given else nullcontext()


def taken(X: Any, name: str) -> Any:
    """Return X as an array, or sparse as it is."""
    return X if hasattr(X, "tocsr") else as_array(X, name)


def _checked_weights(weights: Any, X: Any) -> Array:
    checked: Array = _check_sample_weight(as_array(weights, "sample_weight"), X)
    if (checked < 0.0).any():
        raise ValueError(message("Negative values in data passed to `sample_weight`"))
    return checked


def _copied(samples: Samples) -> Samples:
    """Return samples whose memory may be written anew."""
    if isinstance(samples, SparseSamples):
        return samples
    weight = None if samples.weight is None else samples.weight.copy()
    return Samples(samples.x.copy(), samples.t.copy(), weight)


def is_stochastic(estimator: Any) -> bool:
    """Return True, or raise AttributeError where partial_fit is not for the solver."""
    if estimator.solver == "lbfgs":
        raise AttributeError(
            message(
                "partial_fit is only available for stochastic optimizers. lbfgs is not stochastic."
            )
        )
    return True


FORM: dict[str, Any] = {"accept_sparse": "csr", "dtype": np.float32, "order": "C"}
"""How samples are taken."""
