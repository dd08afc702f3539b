"""The regressor: scikit-learn's MLPRegressor, trained by badak."""

from typing import Any, ClassVar

import numpy as np
from sklearn import neural_network
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.metaestimators import available_if

from badak._common.language import message
from badak.estimators.base import MultilayerPerceptron, is_stochastic, taken
from badak.estimators.documentation import shared
from badak.estimators.objectives import Goal, goal_of_regression
from badak.estimators.stochastic import HeldOut
from badak.losses import check_targets
from badak.typing import Array


@shared
class MLPRegressor(RegressorMixin, MultilayerPerceptron):  # type: ignore[misc]  # untyped
    """A multilayer perceptron for numbers, with scikit-learn's parameters, and some more.

    The parameters of :class:`sklearn.neural_network.MLPRegressor` have their meaning and defaults
    there. badak adds `dropout`, `batch_norm` and `callbacks`, and more activations,
    solvers and losses.

    Parameters
    ----------
    loss : str or Loss, default "squared_error"
        "squared_error", "poisson", "absolute_error", "quantile" (the median; another one is
        ``losses.Pinball(0.9)``), or any of :mod:`badak.losses` by name or as an object, one of your
        own included.
    {parameters}

    Attributes
    ----------
    {attributes}

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
    _numeric_targets: ClassVar[bool] = True

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
        self._keep(locals())

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
        """Train on samples and their numbers.

        Parameters
        ----------
        X : array or sparse matrix, (samples, features)
            The samples.
        y : array, (samples,) or (samples, outputs)
            What is to be predicted.
        sample_weight : array (samples,), optional
            What each sample's loss is multiplied by, from 0.
        X_val, y_val, sample_weight_val : arrays, optional
            The validation set, in the form of X, y and sample_weight. With one, early stopping
            takes none of X.

        Returns
        -------
        MLPRegressor
            The estimator itself. After Ctrl-C it keeps what it has learned until then, and warns; a
            second Ctrl-C raises KeyboardInterrupt.
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

        Parameters
        ----------
        X : array or sparse matrix, (samples, features)
            The samples.
        y : array, (samples,) or (samples, outputs)
            What is to be predicted.
        sample_weight : array (samples,), optional
            What each sample's loss is multiplied by, from 0.
        X_val, y_val, sample_weight_val : arrays, optional
            The validation set, in the form of X, y and sample_weight. With one, early stopping
            takes none of X.

        Returns
        -------
        MLPRegressor
            The estimator itself. After Ctrl-C it keeps what it has learned until then, and warns; a
            second Ctrl-C raises KeyboardInterrupt.
        """
        validation = (X_val, y_val, sample_weight_val)
        self._fit(X, y, sample_weight, validation, incremental=True)
        return self

    def predict(self, X: Any) -> Array:
        """Return what is predicted for each sample.

        Parameters
        ----------
        X : array or sparse matrix, (samples, features)
            The samples.

        Returns
        -------
        array of float32, (samples,) or (samples, outputs)
            The predictions.
        """
        y = self._outputs(X)
        return y[:, 0] if y.shape[1] == 1 else y

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return R², how much of the targets' variance is predicted.

        Parameters
        ----------
        X : array or sparse matrix, (samples, features)
            The samples.
        y : array, (samples,) or (samples, outputs)
            Their targets.
        sample_weight : array (samples,), optional
            What each sample counts for.

        Returns
        -------
        float
            1 where all is predicted, 0 for what the mean does.
        """
        return float(super().score(X, taken(y, "y"), sample_weight))

    def _score_of(self, outputs: Array, held_out: HeldOut) -> float:
        return float(r2_score(held_out.t, outputs, sample_weight=held_out.weight))

    # -- targets

    @property
    def _goal(self) -> Goal:
        return goal_of_regression(self.loss)

    def _learn_targets(self, y: Array, *, first: bool, incremental: bool) -> None:
        outputs = 1 if y.ndim == 1 else y.shape[1]
        if not first and outputs != self.n_outputs_:
            raise ValueError(
                message(
                    "y has {outputs} outputs, but the estimator was fitted on {fitted}",
                    outputs=outputs,
                    fitted=self.n_outputs_,
                )
            )
        self.n_outputs_ = outputs

    def _targets(self, y: Array) -> Array:
        loss = self._goal.objective.loss
        t = check_targets(y, loss.targets, self.n_outputs_, str(self._goal.public.name))
        return np.ascontiguousarray(t, np.float32)
