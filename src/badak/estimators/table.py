"""Estimators for tables as they are: frames with numbers, categories, dates and missing values."""

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_array, check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    check_consistent_length,
    check_is_fitted,
)

from badak._common.extras import need
from badak._common.frames import is_frame
from badak._common.language import Phrase, message
from badak._common.samples import as_array
from badak._common.validation import BELOW_ONE, NOT_NEGATIVE
from badak.errors import InputError
from badak.estimators.constructor import KeepsArguments
from badak.network.sequential import Sequential
from badak.training import History
from badak.typing import Array

need("polars", "badak[tables]", "badak.estimators.TableClassifier")

from badak.tables import network  # noqa: E402
from badak.tables.bag import rows_left_out, train_bag  # noqa: E402
from badak.tables.deciding import BEST  # noqa: E402
from badak.tables.defaults import CLASSIFICATION, REGRESSION, UNITS  # noqa: E402
from badak.tables.efforts import EFFORTS, check_effort  # noqa: E402
from badak.tables.frames import FrameTable  # noqa: E402
from badak.tables.loading import TableData, Wishes, load_rows  # noqa: E402
from badak.tables.measures import check_metric  # noqa: E402
from badak.tables.preparation import TablePreparation  # noqa: E402
from badak.tables.target import Target  # noqa: E402
from badak.tables.thresholds import check_threshold, with_threshold  # noqa: E402
from badak.tables.values import MISSING, texts_for_missing  # noqa: E402

NAME = "X"
LARGEST_SEED = 2**31 - 1
OF_ONE_NETWORK = (
    "hidden_layer_sizes",
    "activation",
    "dropout",
    "optimizer",
    "batch_size",
    "max_epochs",
    "validation_fraction",
)
"""Parameters that describe one network and its training, in place of an effort."""


class TableEstimator(KeepsArguments, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """What the classifier and the regressor have in common; see :class:`TableClassifier`."""

    model_: Sequential
    history_: History
    preparation_: TablePreparation
    n_iter_: int

    def __init__(
        self,
        effort: str | None = None,
        *,
        time_limit: float | None = None,
        hidden_layer_sizes: Any = None,
        activation: Any = "relu",
        dropout: float = 0.0,
        optimizer: Any = "adam",
        batch_size: int | None = None,
        max_epochs: int | None = None,
        validation_fraction: float = 0.1,
        columns: dict[str, str] | None = None,
        ignore: Any = (),
        missing: Any = None,
        dates: dict[str, str] | None = None,
        metric: str | None = None,
        random_state: Any = None,
        verbose: Any = 0,
    ) -> None:
        self._keep(locals())

    def _fit(
        self,
        table: FrameTable,
        target: Target,
        y: Array,
        groups: Any,
        class_weight: Any = None,
        threshold: Any = None,
    ) -> None:
        if len(table) < 2:
            raise InputError(message("X has 1 sample, but learning takes 2 or more"))
        share = float(BELOW_ONE.check(self.validation_fraction, "validation_fraction"))
        seed = int(check_random_state(self.random_state).randint(LARGEST_SEED))
        effort = self._chosen_effort()
        data = load_rows(
            table,
            target,
            y,
            Wishes(self.columns or {}, tuple(self.ignore), self.dates or {}),
            missing=self._missing,
            validation=share if effort is None else None,
            seed=seed,
            groups=groups,
        )
        if self.metric is not None:
            check_metric(self.metric, target, data.y)
        watched = data.validation[1]
        if effort is not None and threshold == BEST:
            watched = data.y[rows_left_out(data, EFFORTS[effort], seed)]
        check_threshold(threshold, self.metric, target, watched)
        if effort is None:
            self.model_, self.history_ = self._train_one(data, seed, class_weight, threshold)
            x, asked = data.validation
            answers = self.model_.predict(x) if len(x) and threshold == BEST else x
        else:
            bag = train_bag(
                data,
                EFFORTS[effort],
                seed=seed,
                time_limit=self.time_limit,
                class_weight=class_weight,
                metric=self.metric,
                threshold=threshold,
            )
            self.model_, self.history_ = bag.model, bag.history
            asked, answers = data.y[bag.left_out], bag.answers
        with_threshold(self.model_, data, threshold, self.metric, (asked, answers))
        self.preparation_ = TablePreparation.of(self.model_)
        self.n_iter_ = len(self.history_.epoch)

    def _train_one(
        self, data: TableData, seed: int, class_weight: Any, threshold: Any
    ) -> tuple[Sequential, History]:
        units = UNITS if self.hidden_layer_sizes is None else self.hidden_layer_sizes
        sizes = (units,) if isinstance(units, (int, np.integer)) else tuple(units)
        model = network.make_network(data, sizes, self.activation, self.dropout, seed)
        history = network.train(
            model,
            data,
            optimizer=self.optimizer,
            batch_size=self.batch_size,
            epochs=self.max_epochs,
            verbose=self.verbose,
            class_weight=class_weight,
            metric=self.metric,
            threshold=threshold,
        )
        return model, history

    def _chosen_effort(self) -> str | None:
        """Return the effort; None where one network is described instead."""
        parameters = inspect.signature(TableEstimator).parameters
        own = [
            name
            for name in OF_ONE_NETWORK
            if not np.array_equal(getattr(self, name), parameters[name].default)
        ]
        return check_effort(self.effort, self.time_limit, own)

    def _table(self, X: Any, *, reset: bool) -> FrameTable:
        """Return the rows; the number of columns and their names are learnt, or compared."""
        if not is_frame(X):
            X = _as_rows(X, self)
        _check_feature_names(self, X, reset=reset)
        _check_n_features(self, X, reset=reset)
        return FrameTable(X, NAME, self._missing)

    @property
    def _missing(self) -> tuple[str, ...]:
        return MISSING if self.missing is None else texts_for_missing(self.missing)

    def _outputs(self, X: Any) -> Array:
        """Return what the network answers, (rows, units)."""
        check_is_fitted(self, "model_")
        chunks = self._table(X, reset=False).chunks()
        parts = [self.model_.predict(self.preparation_.transform(chunk)) for chunk in chunks]
        return np.concatenate(parts)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.non_deterministic = False
        return tags


class TableClassifier(ClassifierMixin, TableEstimator):  # type: ignore[misc]  # untyped
    """A network for the classes of a table's rows, which takes the table as it is.

    Numbers, categories, dates and missing values are prepared as by ``badak train``: what the
    columns hold is learnt from the rows given to `fit`. Several networks are trained, each on
    other folds of the rows, and made into one; or one alone, where its parameters are given.

    Parameters
    ----------
    effort : {"quick", "standard", "best"} or None, default None
        How many networks of which kinds are trained. None: "standard", or, where any parameter from
        `hidden_layer_sizes` to `validation_fraction` is not at its default, that one network.
    time_limit : float or None, default None
        Seconds that the training of an effort's networks takes at most.
    hidden_layer_sizes : int or sequence of int or None, default None
        Units of each hidden layer; empty: none. None, for one network: 128 and 64.
    activation : str, default "relu"
        What hidden units apply, by its name.
    dropout : float, default 0.0
        The share of each hidden layer's outputs that a step leaves out, in [0, 1).
    optimizer : str or Optimizer, default "adam"
        What moves the weights: a name or an object of :mod:`badak.optimizers`.
    batch_size : int or None, default None
        Rows of a step; None: 32 to 256, the more rows the more.
    max_epochs : int or None, default None
        Passes over the rows at most; None: 200, or 30 above 100,000 rows.
    validation_fraction : float, default 0.1
        The share of the rows that one network's training is watched with, in [0, 1); of fewer than
        50 rows none.
    columns : dict of str to str or None, default None
        Kinds of columns that are not to be told by what they hold: "number", "category", "date" or
        "ignore", by the column's name.
    ignore : sequence of str, default ()
        Columns that are not to be used.
    missing : sequence of str or None, default None
        Texts that say that there is no value; None: NA, N/A, NaN, null, ? and their like.
    dates : dict of str to str or None, default None
        In which order dates are written, "ymd", "dmy" or "mdy", by the column's name.
    metric : str or None, default None
        What tells the best epochs, and how much each kind of networks counts, on rows that they
        are not trained on: accuracy, balanced_accuracy, f1 (of the second of two classes),
        macro_f1, roc_auc, average_precision, log_loss or brier. None: the loss.
    threshold : float, "best" or None, default None
        Of two classes, the probability from which on `predict` answers the second of `classes_`;
        "best": that with the best `metric` on rows that networks were not trained on. None: the
        likelier class. `predict_proba` stays the network's.
    class_weight : dict, "balanced" or None, default None
        Weights of classes in the loss, by class; those that are not named weigh 1. "balanced":
        inverse to how many rows each has, so that they weigh alike. It moves the probabilities.
    random_state : int, RandomState or None, default None
        The seed of the weights, the order of the rows and the validation part.
    verbose : int, default 0
        As in :meth:`badak.Sequential.fit`, for one network.

    Attributes
    ----------
    classes_ : ndarray
        The classes, sorted.
    model_ : Sequential
        The network; its file is one that ``badak predict`` takes.
    preparation_ : TablePreparation
        How rows become the network's input.
    history_ : History
        The losses of the epochs; of several networks their means.
    n_iter_ : int
        How many epochs there were.
    n_features_in_, feature_names_in_
        The number of columns, and their names where they have some.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"size": rng.normal(size=300), "colour": rng.choice(["red", "blue"], 300)})
    >>> y = np.where((X["size"] > 0) == (X["colour"] == "red"), "yes", "no")
    >>> model = TableClassifier(random_state=0).fit(X, y)
    >>> model.classes_.tolist(), bool(model.score(X, y) > 0.9)
    (['no', 'yes'], True)
    """

    def __init__(
        self,
        effort: str | None = None,
        *,
        time_limit: float | None = None,
        hidden_layer_sizes: Any = None,
        activation: Any = "relu",
        dropout: float = 0.0,
        optimizer: Any = "adam",
        batch_size: int | None = None,
        max_epochs: int | None = None,
        validation_fraction: float = 0.1,
        columns: dict[str, str] | None = None,
        ignore: Any = (),
        missing: Any = None,
        dates: dict[str, str] | None = None,
        metric: str | None = None,
        threshold: Any = None,
        class_weight: Any = None,
        random_state: Any = None,
        verbose: Any = 0,
    ) -> None:
        self._keep(locals())

    def _weights(self) -> Any:
        """Return the weights of the classes by their numbers, or "balanced", or None."""
        given = self.class_weight
        if given is None or (isinstance(given, str) and given == "balanced"):
            return given
        if not isinstance(given, Mapping):
            raise InputError(
                message("class_weight is a dict, 'balanced' or None, not {given!r}", given=given)
            )
        classes = self.classes_.tolist()
        if unknown := [each for each in given if each not in classes]:
            raise InputError(
                message(
                    "class_weight names {name!r}, which is no class of y: {classes}",
                    name=unknown[0],
                    classes=", ".join(map(str, classes)),
                )
            )
        weights = {
            classes.index(each): float(
                NOT_NEGATIVE.check(weight, Phrase("the weight of class {label}", label=each))
            )
            for each, weight in given.items()
        }
        if len(weights) == len(classes) and not any(weights.values()):
            raise InputError(
                message(
                    "class_weight is {given!r}, so that no row counts: give a class a weight "
                    "above 0",
                    given=given,
                )
            )
        return weights

    def fit(self, X: Any, y: Any, groups: Any = None) -> "TableClassifier":
        """Learn from rows of a table.

        Parameters
        ----------
        X : frame or array_like (rows, columns)
            The rows.
        y : array_like (rows,)
            The class of each.
        groups : array_like (rows,), optional
            Rows of one value are all learnt from, or all among those that training is watched
            with. They are no features.

        Returns
        -------
        TableClassifier
            The estimator itself.

        Raises
        ------
        ValueError
            The rows or classes cannot be learnt from; the message names the column and the row.
        """
        table = self._table(X, reset=True)
        labels = _targets(y, self, len(table))
        check_classification_targets(labels)
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise InputError(
                message(
                    "y holds one class only, {name!r}: a classifier needs two or more",
                    name=self.classes_[0],
                )
            )
        names = tuple(map(str, self.classes_))
        target = Target("y", CLASSIFICATION, names, numeric=False)
        self._fit(table, target, numbers, groups, self._weights(), self.threshold)
        return self

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class.

        Parameters
        ----------
        X : frame or array_like (rows, columns)
            Rows with the columns of `fit`.

        Returns
        -------
        ndarray (rows, classes)
            float32, in the order of `classes_`.
        """
        return self._outputs(X)

    def predict(self, X: Any) -> Array:
        """Return the class of each row: the likeliest, or that which the threshold decides for.

        Parameters
        ----------
        X : frame or array_like (rows, columns)
            Rows with the columns of `fit`.

        Returns
        -------
        ndarray (rows,)
            Of `classes_`.
        """
        outputs = self._outputs(X)
        chosen: Array = self.classes_[self.preparation_.decide(outputs)]
        return chosen


class TableRegressor(RegressorMixin, TableEstimator):  # type: ignore[misc]  # untyped
    """A network for a number of each of a table's rows, which takes the table as it is.

    Parameters, attributes and the preparation are those of :class:`TableClassifier`, but for
    `classes_`.

    Parameters
    ----------
    effort, time_limit
        How many networks are trained and made into one, and how long that may take.
    hidden_layer_sizes, activation, dropout, optimizer, batch_size, max_epochs, validation_fraction
        One network instead, and how it is trained.
    random_state, verbose
        The seed, and what the training of one network prints.
    metric
        What tells the best epochs: rmse, mae, r2, mape or median_absolute_error; None: the loss.
    columns, ignore, missing, dates
        What is not to be told by the columns' values.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"size": rng.normal(size=300), "colour": rng.choice(["red", "blue"], 300)})
    >>> y = X["size"] * np.where(X["colour"] == "red", 2.0, -1.0)
    >>> bool(TableRegressor(random_state=0).fit(X, y).score(X, y) > 0.9)
    True
    """

    def fit(self, X: Any, y: Any, groups: Any = None) -> "TableRegressor":
        """Learn from rows of a table.

        Parameters
        ----------
        X : frame or array_like (rows, columns)
            The rows.
        y : array_like (rows,)
            A finite number for each.
        groups : array_like (rows,), optional
            Rows of one value are all learnt from, or all among those that training is watched
            with. They are no features.

        Returns
        -------
        TableRegressor
            The estimator itself.

        Raises
        ------
        ValueError
            The rows or numbers cannot be learnt from; the message names the column and the row.
        """
        table = self._table(X, reset=True)
        numbers = check_array(
            _targets(y, self, len(table)), dtype=np.float64, ensure_2d=False, input_name="y"
        )
        self._fit(table, Target("y", REGRESSION), numbers, groups)
        return self

    def predict(self, X: Any) -> Array:
        """Return the number that is expected for each row.

        Parameters
        ----------
        X : frame or array_like (rows, columns)
            Rows with the columns of `fit`.

        Returns
        -------
        ndarray (rows,)
            float32.
        """
        return self._outputs(X)[:, 0]

    def predict_interval(self, X: Any, coverage: float = 0.9) -> tuple[Array, Array]:
        """Return numbers between which the truth lies in a stated share of the rows.

        Parameters
        ----------
        X : frame or array_like (rows, columns)
            Rows with the columns of `fit`.
        coverage : float, default 0.9
            That share: 0.5, 0.8, 0.9, 0.95 or 0.99, as far as the rows of `fit` were enough for it.

        Returns
        -------
        low, high : ndarrays (rows,)
            float64. They come of rows that the networks left out, by split conformal prediction.

        Raises
        ------
        ValueError
            Another share, or one network alone was trained, which left no rows out.
        """
        answers = self.predict(X)
        known = self.preparation_.intervals
        if known is None:
            raise InputError(
                message(
                    "intervals come of rows that networks left out: train with an effort, and on "
                    "10 rows or more"
                )
            )
        return known.about(answers, coverage)


def _as_rows(X: Any, estimator: Any) -> Array:
    """Return what is no frame as an array of numbers or objects, (rows, columns)."""
    checked: Array = check_array(
        X, dtype=None, ensure_all_finite="allow-nan", estimator=estimator, input_name=NAME
    )
    return checked


def _targets(y: Any, estimator: Any, rows: int) -> Array:
    if y is None:
        raise ValueError(
            message(
                "This {kind} estimator requires y to be passed, but the target y is None.",
                kind=type(estimator).__name__,
            )
        )
    column: Array = column_or_1d(as_array(y, "y") if is_frame(y) else y, warn=True)
    check_consistent_length(range(rows), column)
    return column
