"""A masked value is no number: wherever data are given, it is refused, and how many there are."""

from collections.abc import Callable

import numpy as np
import pytest

from badak import Input, Sequential, losses, metrics, preprocessing
from badak.datasets import write_idx
from badak.errors import InputError
from badak.estimators import MLPClassifier, MLPRegressor
from badak.images import as_digit, resize
from badak.layers import Dense, Normalization
from badak.perceptron import Perceptron

X = np.arange(12.0).reshape(6, 2)
Y = np.arange(6) % 2


def model() -> Sequential:
    made = Sequential([Input((2,)), Dense(2, "softmax")], engine="reference")
    made.compile("sgd", "sparse_categorical_crossentropy")
    return made


def fitted() -> MLPClassifier:
    return MLPClassifier((4,), solver="lbfgs", random_state=1, alpha=1.0).fit(X, Y)


def masked(values: np.ndarray, count: int = 2) -> np.ma.MaskedArray:
    array = np.ma.array(values, mask=np.zeros(values.shape, bool))
    array.reshape(-1)[:count] = np.ma.masked
    assert np.ma.count_masked(array) == count
    return array


TAKERS: dict[str, Callable[[], object]] = {
    "fit, x": lambda: model().fit(masked(X), Y, verbose=0),
    "fit, y": lambda: model().fit(X, masked(Y), verbose=0),
    "fit, weights": lambda: model().fit(X, Y, sample_weight=masked(np.ones(6)), verbose=0),
    "fit, held out": lambda: model().fit(X, Y, validation_data=(masked(X), Y), verbose=0),
    "rows in a list": lambda: model().predict([masked(X[0]), X[1]]),
    "predict": lambda: model().predict(masked(X)),
    "classify": lambda: model().classify(masked(X)),
    "evaluate": lambda: model().evaluate(X, masked(Y), verbose=0),
    "trace": lambda: model().trace(masked(X)),
    "adapt": lambda: Normalization().adapt(masked(X)),
    "classifier, X": lambda: MLPClassifier().fit(masked(X), Y),
    "classifier, y": lambda: MLPClassifier().fit(X, masked(Y)),
    "classifier, weights": lambda: MLPClassifier().fit(X, Y, masked(np.ones(6))),
    "regressor": lambda: MLPRegressor().fit(X, masked(X[:, 0])),
    "regressor, held out": lambda: MLPRegressor().fit(X, Y, X_val=masked(X), y_val=Y),
    "predict_proba": lambda: fitted().predict_proba(masked(X)),
    "a loss": lambda: losses.MeanSquaredError()(masked(X), X),
    "a metric": lambda: metrics.Accuracy()(masked(Y), Y),
    "standardize": lambda: preprocessing.standardize(masked(X)),
    "one_hot": lambda: preprocessing.one_hot(masked(Y)),
    "split_stratified": lambda: preprocessing.split_stratified(masked(Y), 0.5),
    "a perceptron": lambda: Perceptron([0.0, 0.0], 0.0)(masked(X)),
    "write_idx": lambda: write_idx("labels", masked(Y.astype(np.uint8))),
    "as_digit": lambda: as_digit(masked(np.zeros((9, 9), np.uint8))),
    "resize": lambda: resize(masked(np.zeros((9, 9), np.uint8)), (3, 3)),
}


@pytest.mark.parametrize("name", TAKERS)
def test_masked_values_are_refused_with_their_number(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="2 masked values"):
        TAKERS[name]()


def test_a_masked_array_that_masks_nothing_is_an_array():
    whole = np.ma.array(X)
    assert np.array_equal(model().predict(whole), model().predict(X))
    assert fitted().predict(whole).tolist() == fitted().predict(X).tolist()
