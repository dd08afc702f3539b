"""The classifier: scikit-learn's MLPClassifier, trained by badak."""

from typing import Any, ClassVar

import numpy as np
from sklearn import neural_network
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call,
    type_of_target,
    unique_labels,
)
from sklearn.utils.validation import validate_data

from badak.activations import sigmoid
from badak.estimators.base import FORM, MultilayerPerceptron, is_stochastic
from badak.estimators.objectives import Goal, goal_of_classification
from badak.estimators.stochastic import HeldOut
from badak.typing import Array


class MLPClassifier(ClassifierMixin, MultilayerPerceptron):  # type: ignore[misc]  # untyped
    """A multilayer perceptron for classes, with scikit-learn's parameters, and some more.

    The parameters of :class:`sklearn.neural_network.MLPClassifier` have their meaning and defaults
    there. What is more:

    Parameters
    ----------
    activation
        "identity", "logistic", "tanh", "relu", any of :mod:`badak.activations` by name or as a
        record, or a list with one for each hidden layer.
    solver
        "adam", "sgd", "lbfgs", any of :mod:`badak.optimizers` by name, which then learns at
        `learning_rate_init`, or as an object.
    loss
        "log_loss", or one of :mod:`badak.losses` by name or as an object.
    dropout
        The share of each hidden layer's units that a step leaves out; or a list of shares.
    batch_norm
        Whether each hidden layer's sums are normalised over the batch.
    class_weight
        A dictionary of the classes' weights, "balanced", or None.
    callbacks
        Objects of :mod:`badak.callbacks`; an epoch reports "loss" and, with a validation set,
        "val_loss" and "val_score".

    Attributes
    ----------
    validation_loss_curve_ : list of float or None
        The loss on the validation set after each epoch, without the penalty.
    early_stopped_ : bool
        Whether the validation score ended training; partial_fit then trains no more.

    All other attributes are scikit-learn's. Weights and probabilities are float32.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> X, y = make_classification(n_samples=100, random_state=1)
    >>> model = MLPClassifier((20,), "swish", dropout=0.1, max_iter=300, random_state=1).fit(X, y)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    _peer: ClassVar[type] = neural_network.MLPClassifier

    def __init__(
        self,
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
        loss: Any = "log_loss",
        dropout: Any = 0.0,
        batch_norm: bool = False,
        class_weight: Any = None,
        callbacks: Any = None,
    ) -> None:
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
        self.loss = loss
        self.dropout = dropout
        self.batch_norm = batch_norm
        self.class_weight = class_weight
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
    ) -> "MLPClassifier":
        """Train on samples X (samples, features) and labels y; return the estimator.

        y is (samples,), or (samples, labels) of 0 and 1 where a sample may have several labels.
        With `X_val` and `y_val` these are the validation set, and early stopping takes none of X.
        """
        self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))
        return self

    @available_if(is_stochastic)  # type: ignore[untyped-decorator]
    def partial_fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        classes: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> "MLPClassifier":
        """Train one epoch on these samples; the first call names all classes.

        Where a sample may have several labels, the columns of y name them, and `classes` may be
        left out. Early stopping needs the validation set `X_val` and `y_val`: each call adds a
        score, and when it has not got better for too long the best weights come back,
        `early_stopped_` is True, and later calls change nothing.
        """
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' is not for partial_fit, which sees only a part of the "
                "classes at a time: give the weights of sklearn.utils.compute_class_weight"
            )
        if classes is None and not hasattr(self, "classes_") and np.ndim(y) == 2:
            classes = np.arange(np.shape(y)[1]) if np.shape(y)[1] > 1 else None
        if _check_partial_fit_first_call(self, classes):
            several = type_of_target(y).startswith("multilabel")
            self._label_binarizer = LabelBinarizer().fit(y if several else classes)
        validation = (X_val, y_val, sample_weight_val)
        self._fit(X, y, sample_weight, validation, incremental=True)
        return self

    # -- answers

    def predict(self, X: Any) -> Array:
        """Return the class of each sample, (samples,); or 0 and 1 for each of several labels."""
        return self._decide(self._outputs(X))

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, (samples, classes), in the order of `classes_`.

        None is 0: what is too small for float32 is its least normal number, 1e-38.
        """
        self._see_that_it_is_fitted()
        if self.n_outputs_ == 1 and self._label_binarizer.y_type_ == "binary":
            x = self._outputs(X, last_activation=False)
            p = np.hstack([sigmoid(-x), sigmoid(x)])  # not 1 - p, which rounds small ones to 0
        else:
            p = self._outputs(X)
        return np.maximum(p, np.finfo(np.float32).tiny)

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithms of :meth:`predict_proba`, which are finite."""
        return np.log(self.predict_proba(X))

    def _decide(self, outputs: Array) -> Array:
        kind = self._label_binarizer.y_type_
        if kind == "multiclass":
            return self.classes_[outputs.argmax(axis=1)]
        if kind == "binary":
            last = len(self.classes_) - 1
            return self.classes_[np.minimum(outputs[:, 0] > 0.5, last).astype(int)]
        return self._label_binarizer.inverse_transform(outputs)

    def _score_of(self, outputs: Array, held_out: HeldOut) -> float:
        """Return the accuracy; of several labels, the share of samples with all of them right."""
        if self.out_activation_ == "softmax":
            wanted = held_out.t if held_out.t.ndim == 1 else held_out.t.argmax(axis=1)
            right = outputs.argmax(axis=1) == wanted
        else:
            right = ((outputs > 0.5) == (held_out.t > 0.5)).all(axis=1)
        return float(np.average(right, weights=held_out.weight))

    # -- labels

    @property
    def _goal(self) -> Goal:  # type: ignore[override]
        several = self._label_binarizer.y_type_ == "multiclass"
        return goal_of_classification(self.loss, "softmax" if several else "logistic")

    def _checked(self, X: Any, y: Any, *, reset: bool) -> tuple[Any, Array]:
        with np.errstate(over="ignore"):  # what is too large is told by the check
            X, y = validate_data(self, X, y, multi_output=True, reset=reset, **FORM)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return X, y

    def _learn_targets(self, y: Any, *, first: bool, incremental: bool) -> None:
        """Learn the classes from y, or see that it holds none but those that are known."""
        if not hasattr(self, "classes_") or (first and not incremental):
            self._label_binarizer = LabelBinarizer().fit(y)
            self.classes_ = self._label_binarizer.classes_
        else:
            self._check_labels(unique_labels(y), incremental=incremental)
        several = self._label_binarizer.y_type_ != "binary"
        self.n_outputs_ = len(self.classes_) if several else 1

    def _check_labels(self, labels: Array, *, incremental: bool) -> None:
        if self.warm_start and not incremental:
            if set(labels) != set(self.classes_):
                raise ValueError(
                    "warm_start can only be used where `y` has the same classes as in the previous "
                    f"call to fit. Previously got {self.classes_}, `y` has {labels}"
                )
        elif len(np.setdiff1d(labels, self.classes_, assume_unique=True)):
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. "
                f"'y' has {labels}."
            )

    def _targets(self, y: Any) -> Array:
        """Return labels as the loss takes them: class numbers (samples,), or (samples, units)."""
        if self._label_binarizer.y_type_.startswith("multilabel"):
            return self._label_binarizer.transform(y).astype(np.float32)
        numbers = np.searchsorted(self.classes_, y)
        if self._label_binarizer.y_type_ == "binary":
            return numbers[:, np.newaxis].astype(np.float32)
        if self._goal.objective.loss.targets == "labels":
            return numbers.astype(np.int64)
        return np.eye(self.n_outputs_, dtype=np.float32)[numbers]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
