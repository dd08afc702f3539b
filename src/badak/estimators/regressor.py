"""The regressor: scikit-learn's MLPRegressor, trained by badak."""

from typing import Any, ClassVar

import numpy as np
from sklearn import neural_network
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import validate_data

from badak.estimators.base import FORM, MultilayerPerceptron, is_stochastic
from badak.estimators.objectives import Goal, goal_of_regression
from badak.estimators.stochastic import HeldOut
from badak.losses import check_targets
from badak.typing import Array


class MLPRegressor(RegressorMixin, MultilayerPerceptron):  # type: ignore[misc]  # untyped
    """A multilayer perceptron for numbers, with scikit-learn's parameters, and some more.

    The parameters of :class:`sklearn.neural_network.MLPRegressor` have their meaning and defaults
    there. What is more:

    Parameters
    ----------
    loss
        "squared_error", "poisson", "absolute_error", "quantile" (the median; another one is
        ``losses.Pinball(0.9)``), or any of :mod:`badak.losses` by name or as an object, one of your
        own included.
    activation
        "identity", "logistic", "tanh", "relu", any of :mod:`badak.activations` by name or as a
        record, or a list with one for each hidden layer.
    solver
        "adam", "sgd", "lbfgs", any of :mod:`badak.optimizers` by name, which then learns at
        `learning_rate_init`, or as an object.
    dropout
        The share of each hidden layer's units that a step leaves out; or a list of shares.
    batch_norm
        Whether each hidden layer's sums are normalised over the batch.
    callbacks
        Objects of :mod:`badak.callbacks`; an epoch reports "loss" and, with a validation set,
        "val_loss" and "val_score".

    Attributes
    ----------
    validation_loss_curve_ : list of float or None
        The loss on the validation set after each epoch, without the penalty.
    early_stopped_ : bool
        Whether the validation score ended training; partial_fit then trains no more.

    All other attributes are scikit-learn's. Weights and predictions are float32.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> X, y = make_regression(n_samples=200, n_features=5, random_state=1)
    >>> model = MLPRegressor(solver="lbfgs", random_state=1, max_iter=2000, tol=0.1).fit(X, y)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    _peer: ClassVar[type] = neural_network.MLPRegressor

    def __init__(
        self,
        loss: Any = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: Any = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: Any = 10,
        max_fun: int = 15000,
        dropout: Any = 0.0,
        batch_norm: bool = False,
        callbacks: Any = None,
    ) -> None:
        self.loss = loss
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.dropout = dropout
        self.batch_norm = batch_norm
        self.callbacks = callbacks

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> "MLPRegressor":
        """Train on samples X (samples, features) and numbers y; return the estimator.

        y is (samples,) or (samples, outputs). With `X_val` and `y_val` these are the validation
        set, and early stopping takes none of X.
        """
        self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))
        return self

    @available_if(is_stochastic)  # type: ignore[untyped-decorator]
    def partial_fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> "MLPRegressor":
        """Train one epoch on these samples.

        Early stopping needs the validation set `X_val` and `y_val`: each call adds a score, and
        when it has not got better for too long the best weights come back, `early_stopped_` is
        True, and later calls change nothing.
        """
        validation = (X_val, y_val, sample_weight_val)
        self._fit(X, y, sample_weight, validation, incremental=True)
        return self

    def predict(self, X: Any) -> Array:
        """Return what is predicted for each sample, (samples,) or (samples, outputs)."""
        y = self._outputs(X)
        return y[:, 0] if y.shape[1] == 1 else y

    def _score_of(self, outputs: Array, held_out: HeldOut) -> float:
        return float(r2_score(held_out.t, outputs, sample_weight=held_out.weight))

    # -- targets

    @property
    def _goal(self) -> Goal:  # type: ignore[override]
        return goal_of_regression(self.loss)

    def _checked(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, Array]:
        with np.errstate(over="ignore"):  # what is too large is told by the check
            X, y = validate_data(self, X, y, multi_output=True, y_numeric=True, reset=reset, **FORM)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return X, y

    def _learn_targets(self, y: Array, *, first: bool, incremental: bool) -> None:
        outputs = 1 if y.ndim == 1 else y.shape[1]
        if not first and outputs != self.n_outputs_:
            raise ValueError(
                f"y has {outputs} outputs, but the estimator was fitted on {self.n_outputs_}"
            )
        self.n_outputs_ = outputs

    def _targets(self, y: Array) -> Array:
        loss = self._goal.objective.loss
        t = check_targets(y, loss.targets, self.n_outputs_, str(self._goal.public.name))
        return np.ascontiguousarray(t, np.float32)
