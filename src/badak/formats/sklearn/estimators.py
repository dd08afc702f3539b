"""scikit-learn's fitted networks, taken from the objects: their own files can run code."""

import sys
from typing import Any

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.formats.assembly import WeightedLayer, as_two_classes, assemble
from badak.layers import BatchNormalization, Dense, Normalization
from badak.network.sequential import Sequential
from badak.typing import Array

ACTIVATIONS = {
    "identity": "identity",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "softmax": "softmax",
}
"""badak's names for scikit-learn's activations."""


def from_estimator(estimator: Any) -> Sequential:
    """Return a fitted MLPClassifier or MLPRegressor, or a pipeline that ends in one, as a model.

    The scalers before it (StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler) become its
    first layers, so that it takes the data as the pipeline does. ``predict`` gives what
    ``predict_proba`` of a classifier gives: one of two classes becomes two units of softmax.

    Raises InputError for what is not fitted, and for any other step, by its name.

    >>> import warnings
    >>> from sklearn.neural_network import MLPRegressor
    >>> x = np.linspace(0.0, 1.0, 20).reshape(-1, 1)
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     network = MLPRegressor(hidden_layer_sizes=(3,), max_iter=5)
    ...     fitted = network.fit(x, 2.0 * x[:, 0])
    >>> model = from_estimator(fitted)
    >>> bool(np.allclose(model.predict(x)[:, 0], fitted.predict(x), atol=1e-6))
    True
    """
    *scalers, network = _steps(estimator)
    kind = type(network).__name__
    if not _is_theirs(network, "neural_network", "MLPClassifier", "MLPRegressor"):
        raise InputError(
            message(
                "{kind} is no MLPClassifier or MLPRegressor, which badak can take over", kind=kind
            )
        )
    if not hasattr(network, "coefs_"):
        raise InputError(message("this {kind} is not fitted yet: call fit(x, y) first", kind=kind))
    weighted = [item for scaler in scalers for item in _scaling(scaler)]
    weighted += _layers(network)
    classes = _classes(network)
    if classes is not None and len(classes) == 2 and network.n_outputs_ == 1:
        weighted[-1] = _two(weighted[-1])
    return assemble(weighted, (int(network.n_features_in_),), kind.lower(), classes)


def _is_theirs(thing: Any, module: str, *names: str) -> bool:
    """Whether an object is of one of these classes of scikit-learn, and not only called so."""
    home = sys.modules.get(f"sklearn.{module}")
    return type(thing) in [getattr(home, name, None) for name in names]


def _steps(estimator: Any) -> list[Any]:
    if not _is_theirs(estimator, "pipeline", "Pipeline"):
        return [estimator]
    steps = [step for _, step in estimator.steps]
    return [step for step in steps if step is not None and step != "passthrough"]


def _layers(network: Any) -> list[WeightedLayer]:
    hidden = ACTIVATIONS[network.activation]
    output = ACTIVATIONS[network.out_activation_]
    pairs = list(zip(network.coefs_, network.intercepts_, strict=True))
    applied = [hidden] * (len(pairs) - 1) + [output]
    return [
        WeightedLayer(Dense(kernel.shape[1], h), {"kernel": kernel, "bias": bias})
        for (kernel, bias), h in zip(pairs, applied, strict=True)
    ]


def _two(item: WeightedLayer) -> WeightedLayer:
    layer = item.layer
    assert isinstance(layer, Dense)
    return as_two_classes(WeightedLayer(Dense(layer.units), item.weights))


def _classes(network: Any) -> list[str] | None:
    """Return the names of the classes, None where a sample has none or several."""
    classes = getattr(network, "classes_", None)
    if classes is None or network._label_binarizer.y_type_.startswith("multilabel"):
        return None
    return [str(name) for name in classes]


def _scaling(scaler: Any) -> list[WeightedLayer]:
    """Return what a fitted scaler does, x * scale + shift, as a layer."""
    kind = type(scaler).__name__
    if not _is_theirs(scaler, "preprocessing", *_SCALERS):
        raise InputError(
            message(
                "the pipeline has the step {kind}, which badak has no layer for; known are "
                "{scalers}",
                kind=kind,
                scalers=", ".join(_SCALERS),
            )
        )
    if not hasattr(scaler, "n_features_in_"):
        raise InputError(
            message("this {kind} is not fitted yet: call fit(x) of the pipeline first", kind=kind)
        )
    if getattr(scaler, "clip", False):
        raise InputError(
            message("this {kind} clips its data, which badak has no layer for", kind=kind)
        )
    centre, spread = _SCALERS[kind](scaler)
    count = scaler.n_features_in_
    centre = np.broadcast_to(np.asarray(centre, np.float64), (count,))
    spread = np.broadcast_to(np.asarray(spread, np.float64), (count,))
    if (np.abs(spread) < 1e-7).any() or not np.isfinite(spread).all():
        raise InputError(
            message(
                "this {kind} divides by {spread:g}, which is too near to 0",
                kind=kind,
                spread=spread.min(),
            )
        )
    if (spread > 0.0).all():
        return [WeightedLayer(Normalization(), {"mean": centre, "variance": spread**2.0})]
    layer = BatchNormalization()
    weights = {
        "gamma": 1.0 / spread,
        "beta": -centre / spread,
        "moving_mean": np.zeros(count),
        "moving_variance": np.full(count, 1.0 - layer.epsilon),
    }
    return [WeightedLayer(layer, weights)]


def _standard(scaler: Any) -> tuple[Any, Any]:
    centre = scaler.mean_ if scaler.with_mean else 0.0
    return centre, scaler.scale_ if scaler.with_std else 1.0


def _min_max(scaler: Any) -> tuple[Array, Array]:
    return -scaler.min_ / scaler.scale_, 1.0 / scaler.scale_


def _max_abs(scaler: Any) -> tuple[Any, Any]:
    return 0.0, scaler.scale_


def _robust(scaler: Any) -> tuple[Any, Any]:
    centre = scaler.center_ if scaler.with_centering else 0.0
    return centre, scaler.scale_ if scaler.with_scaling else 1.0


_SCALERS = {
    "StandardScaler": _standard,
    "MinMaxScaler": _min_max,
    "MaxAbsScaler": _max_abs,
    "RobustScaler": _robust,
}
