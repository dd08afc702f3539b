import warnings

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from badak import formats
from badak.errors import InputError

X = np.random.default_rng(0).normal(3.0, 5.0, (80, 4))


def fitted(network, t, *scalers):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return make_pipeline(*scalers, network.set_params(max_iter=15, random_state=0)).fit(X, t)


SCALERS = [
    StandardScaler(),
    StandardScaler(with_mean=False),
    StandardScaler(with_std=False),
    MinMaxScaler((-1.0, 1.0)),
    MinMaxScaler((1.0, 0.5 + 0.6)),
    MaxAbsScaler(),
    RobustScaler(),
    "passthrough",
]


@pytest.mark.parametrize("scaler", SCALERS, ids=str)
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_regressors_answer_alike(scaler, activation):
    network = fitted(
        MLPRegressor(hidden_layer_sizes=(6, 5), activation=activation), X[:, :2], scaler
    )
    model = formats.import_model(network)
    np.testing.assert_allclose(model.predict(X), network.predict(X), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("classes", [2, 3])
def test_classifiers_give_the_same_probabilities_and_classes(classes):
    t = np.array(["하나", "two", "three"])[np.arange(80) % classes]
    network = fitted(MLPClassifier(hidden_layer_sizes=(6,)), t, StandardScaler())
    model = formats.import_model(network)
    np.testing.assert_allclose(model.predict(X), network.predict_proba(X), atol=1e-5)
    assert [model.class_names[i] for i in model.classify(X)] == network.predict(X).tolist()


def test_several_labels_a_sample_have_a_sigmoid_each():
    t = np.stack([X[:, 0] > 3, X[:, 1] > 3, X[:, 2] > 3], axis=1).astype(int)
    network = fitted(MLPClassifier(hidden_layer_sizes=(6,)), t)
    model = formats.import_model(network)
    np.testing.assert_allclose(model.predict(X), network.predict_proba(X), atol=1e-5)
    assert model.class_names is None


def test_a_network_without_a_pipeline():
    network = fitted(MLPRegressor(hidden_layer_sizes=()), X[:, 0])[-1]
    model = formats.import_model(network)
    np.testing.assert_allclose(model.predict(X)[:, 0], network.predict(X), rtol=1e-5, atol=1e-5)


def test_other_steps_and_estimators_are_refused_by_name():
    with pytest.raises(InputError, match="step PCA"):
        formats.import_model(fitted(MLPRegressor(), X[:, 0], PCA()))
    with pytest.raises(InputError, match="MinMaxScaler clips"):
        formats.import_model(fitted(MLPRegressor(), X[:, 0], MinMaxScaler(clip=True)))
    with pytest.raises(InputError, match="PCA is no MLPClassifier"):
        formats.import_model(PCA())
    with pytest.raises(InputError, match="MLPRegressor is not fitted"):
        formats.import_model(MLPRegressor())
    with pytest.raises(InputError, match="dict is no MLPClassifier"):
        formats.import_model({"W1": X})
