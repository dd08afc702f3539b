"""The classifier: scikit-learn's MLPClassifier, trained by badak."""

from typing import Any, ClassVar

import numpy as np
from sklearn import neural_network
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import (
    _check_partial_fit_first_call,
    type_of_target,
    unique_labels,
)

from badak._common.interruption import Interruption
from badak._common.language import message
from badak._common.samples import as_array
from badak.activations import sigmoid
from badak.estimators.base import MultilayerPerceptron, is_stochastic, taken
from badak.estimators.documentation import shared
from badak.estimators.objectives import Goal, goal_of_classification
from badak.estimators.stochastic import HeldOut
from badak.typing import Array


@shared
class MLPClassifier(ClassifierMixin, MultilayerPerceptron):  # type: ignore[misc]  # untyped
    """A multilayer perceptron for classes, with scikit-learn's parameters, and some more.

    The parameters of :class:`sklearn.neural_network.MLPClassifier` have their meaning and defaults
    there. badak adds `dropout`, `batch_norm`, `class_weight` and `callbacks`, and more
    activations, solvers and losses.

    Parameters
    ----------
    loss : str or Loss, default "log_loss"
        "log_loss", or one of :mod:`badak.losses` by name or as an object.
    class_weight : dict, "balanced" or None, default None
        Weights of the classes, by class; "balanced": all classes weigh the same.
    {parameters}

    Attributes
    ----------
    {attributes}

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
    ) -> "MLPClassifier":
        """Train on samples and their labels.

        Parameters
        ----------
        X : array or sparse matrix, (samples, features)
            The samples.
        y : array, (samples,) or (samples, labels)
            A class for each sample, or 0 and 1 where a sample may have several labels.
        sample_weight : array (samples,), optional
            What each sample's loss is multiplied by, from 0.
        X_val, y_val, sample_weight_val : arrays, optional
            The validation set, in the form of X, y and sample_weight. With one, early stopping
            takes none of X.

        Returns
        -------
        MLPClassifier
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
        classes: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> "MLPClassifier":
        """Train one epoch on these samples; the first call names all classes.

        Early stopping needs the validation set `X_val` and `y_val`: each call adds a score, and
        when it has not got better for too long the best weights come back, `early_stopped_` is
        True, and later calls change nothing.

        Parameters
        ----------
        X : array or sparse matrix, (samples, features)
            The samples.
        y : array, (samples,) or (samples, labels)
            A class for each sample, or 0 and 1 where a sample may have several labels.
        classes : array, (classes,), optional
            All classes, in the first call. Left out where a sample may have several labels.
        sample_weight : array (samples,), optional
            What each sample's loss is multiplied by, from 0.
        X_val, y_val, sample_weight_val : arrays, optional
            The validation set, in the form of X, y and sample_weight. With one, early stopping
            takes none of X.

        Returns
        -------
        MLPClassifier
            The estimator itself. After Ctrl-C it keeps what it has learned until then, and warns; a
            second Ctrl-C raises KeyboardInterrupt.
        """
        if self.class_weight == "balanced":
            raise ValueError(
                message(
                    "class_weight='balanced' is not for partial_fit, which sees only a part of the "
                    "classes at a time: give the weights of sklearn.utils.compute_class_weight"
                )
            )
        with Interruption():  # already here: many labels take a while
            y = as_array(y, "y")
            classes = None if classes is None else as_array(classes, "classes")
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
        """Return the class of each sample.

        Parameters
        ----------
        X : array or sparse matrix, (samples, features)
            The samples.

        Returns
        -------
        array, (samples,) or (samples, labels)
            Classes, or 0 and 1 for each of several labels.
        """
        return self._decide(self._outputs(X))

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class.

        None is 0: what is too small for float32 is its least normal number, 1e-38.

        Parameters
        ----------
        X : array or sparse matrix, (samples, features)
            The samples.

        Returns
        -------
        array of float32, (samples, classes)
            The probabilities, in the order of `classes_`.
        """
        self._see_that_it_is_fitted()
        if self.n_outputs_ == 1 and self._label_binarizer.y_type_ == "binary":
            x = self._outputs(X, last_activation=False)
            p = np.hstack([sigmoid(-x), sigmoid(x)])  # not 1 - p, which rounds small ones to 0
        else:
            p = self._outputs(X)
        return np.maximum(p, np.finfo(np.float32).tiny)

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithms of :meth:`predict_proba`, which are finite.

        Parameters
        ----------
        X : array or sparse matrix, (samples, features)
            The samples.

        Returns
        -------
        array of float32, (samples, classes)
            The logarithms, in the order of `classes_`.
        """
        return np.log(self.predict_proba(X))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy.

        Parameters
        ----------
        X : array or sparse matrix, (samples, features)
            The samples.
        y : array, (samples,) or (samples, labels)
            Their classes.
        sample_weight : array (samples,), optional
            What each sample counts for.

        Returns
        -------
        float
            The share of samples that are answered rightly, in all their labels.
        """
        return float(super().score(X, taken(y, "y"), sample_weight))

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
    def _goal(self) -> Goal:
        several = self._label_binarizer.y_type_ == "multiclass"
        return goal_of_classification(self.loss, "softmax" if several else "logistic")

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
                    message(
                        "warm_start can only be used where `y` has the same classes as in the "
                        "previous call to fit. Previously got {classes}, `y` has {labels}",
                        classes=self.classes_,
                        labels=labels,
                    )
                )
        elif len(np.setdiff1d(labels, self.classes_, assume_unique=True)):
            raise ValueError(
                message(
                    "`y` has classes not in `self.classes_`. `self.classes_` has {classes}. 'y' "
                    "has {labels}.",
                    classes=self.classes_,
                    labels=labels,
                )
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
