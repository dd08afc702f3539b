"""To badak's model and scikit-learn's estimator and back: the same answers."""

import numpy as np
import pytest
from sklearn import linear_model, neural_network
from sklearn.datasets import load_diabetes, load_digits
from sklearn.exceptions import NotFittedError

import badak
from badak.activations import Activation
from badak.errors import InputError
from badak.estimators import MLPClassifier, MLPRegressor, from_sklearn

X, Y = load_digits(return_X_y=True)
X, Y = X[:300] / 16, Y[:300]
TABLE, NUMBERS = load_diabetes(return_X_y=True)
TABLE, NUMBERS = TABLE * 20, (NUMBERS - 150) / 80

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

CASES = {
    "classes": ("MLPClassifier", X, Y, {}),
    "two classes": ("MLPClassifier", X, Y > 4, {"activation": "logistic"}),
    "several labels": ("MLPClassifier", X, np.eye(10, dtype=int)[Y], {"activation": "tanh"}),
    "no layer": ("MLPClassifier", X, Y, {"hidden_layer_sizes": ()}),
    "numbers": ("MLPRegressor", TABLE, np.column_stack([NUMBERS, -NUMBERS]), {"solver": "sgd"}),
    "counts": ("MLPRegressor", TABLE, np.abs(NUMBERS), {"loss": "poisson"}),
    "lbfgs": ("MLPRegressor", TABLE, NUMBERS, {"solver": "lbfgs", "activation": "identity"}),
}
every_case = pytest.mark.parametrize(("name", "x", "y", "settings"), CASES.values(), ids=CASES)


def ask(estimator, x):
    return getattr(estimator, "predict_proba", estimator.predict)(x)


@every_case
def test_from_scikit_learn_and_back_to_a_millionth(name, x, y, settings):
    theirs = getattr(neural_network, name)(max_iter=5, random_state=1, **settings).fit(x, y)
    mine = from_sklearn(theirs)
    assert mine.get_params().items() >= theirs.get_params().items()
    np.testing.assert_allclose(ask(mine, x), ask(theirs, x), rtol=1e-5, atol=1e-6)
    assert getattr(mine, "loss_curve_", None) == getattr(theirs, "loss_curve_", None)
    again = mine.to_sklearn()
    assert type(again) is type(theirs)
    assert again.get_params() == theirs.get_params()
    np.testing.assert_allclose(ask(again, x), ask(theirs, x), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(again.predict(x[:5]), theirs.predict(x[:5])) if (
        name == "MLPClassifier"
    ) else None


@every_case
def test_training_goes_on_either_way(name, x, y, settings):
    theirs = getattr(neural_network, name)(
        max_iter=5, random_state=1, warm_start=True, **settings
    ).fit(x, y)
    mine = from_sklearn(theirs)
    back = mine.to_sklearn()
    before = theirs.loss_
    for estimator in (theirs, mine, back):
        estimator.fit(x, y)
        assert estimator.loss_ < before
        assert estimator.loss_ == pytest.approx(theirs.loss_, rel=1e-3)


@every_case
def test_to_badak_and_a_file_the_same_bits(name, x, y, settings, tmp_path):
    mine = getattr(badak.estimators, name)(max_iter=5, random_state=1, **settings).fit(x, y)
    model = mine.to_badak()
    answers = model.predict(x.astype(np.float32))
    np.testing.assert_array_equal(answers, mine._outputs(x))
    model.save(tmp_path / "model.safetensors")
    loaded = badak.load_model(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(loaded.predict(x.astype(np.float32)), answers)
    model.layers[0].weights["kernel"][...] = 0.0  # a copy: the estimator keeps its own
    np.testing.assert_array_equal(mine._outputs(x), answers)


def test_to_badak_knows_loss_metric_and_classes():
    model = MLPClassifier((20,), max_iter=5, random_state=1, dropout=0.1, batch_norm=True).fit(X, Y)
    network = model.to_badak()
    scores = network.evaluate(X, Y, return_dict=True)
    assert scores["accuracy"] == pytest.approx(model.score(X, Y), abs=1e-6)
    p = model.predict_proba(X).astype(float)[np.arange(300), Y]
    assert scores["loss"] == pytest.approx(-np.log(p).mean(), rel=1e-4)  # without the penalty
    assert network.class_names == [str(digit) for digit in range(10)]
    losses = network.fit(X, Y, epochs=3, verbose=0).history["loss"]
    assert losses[2] < losses[0]


def test_a_checkpoint_of_a_callback_is_such_a_model_too(tmp_path):
    path = tmp_path / "best.safetensors"
    saving = badak.callbacks.ModelCheckpoint(path, monitor="loss", save_best_only=True)
    model = MLPClassifier((20,), max_iter=5, alpha=10.0, random_state=1, callbacks=[saving])
    model.fit(X, Y)
    loaded = badak.load_model(path)
    np.testing.assert_array_equal(loaded.predict(X.astype(np.float32)), model.predict_proba(X))
    p = model.predict_proba(X).astype(float)[np.arange(300), Y]
    assert loaded.evaluate(X, Y) == pytest.approx(-np.log(p).mean(), rel=1e-4)


def test_what_scikit_learn_has_not_is_refused():
    settings = {"max_iter": 2, "random_state": 1}
    for more, message in (
        ({"batch_norm": True}, "has no batch normalisation"),
        ({"activation": "swish"}, "has no activation 'swish', only identity, logistic, tanh, relu"),
        (
            {"hidden_layer_sizes": (3, 3), "activation": ["relu", "tanh"]},
            "one activation for all hidden layers, but these have relu, tanh",
        ),
    ):
        with pytest.raises(InputError, match=message):
            MLPClassifier(**settings, **more).fit(X, Y).to_sklearn()
    lenient = MLPRegressor("absolute_error", solver="rmsprop", dropout=0.1, **settings)
    lenient.fit(TABLE, NUMBERS)
    np.testing.assert_allclose(
        lenient.to_sklearn().predict(TABLE), lenient.predict(TABLE), rtol=1e-4
    )


def test_only_fitted_perceptrons_are_taken():
    with pytest.raises(InputError, match="takes a fitted MLPClassifier or MLPRegressor"):
        from_sklearn(linear_model.LogisticRegression())
    with pytest.raises(NotFittedError):
        from_sklearn(neural_network.MLPClassifier())
    for method in ("to_badak", "to_sklearn"):
        with pytest.raises(NotFittedError):
            getattr(MLPClassifier(), method)()


def test_an_own_activation_that_is_called_relu_is_not_taken_for_scikit_learns():
    own = Activation("relu", lambda x: 3.0 * x, lambda x: 3.0 + 0.0 * x)
    fitted = MLPClassifier((3,), activation=own, max_iter=2, random_state=1).fit(X, Y)
    with pytest.raises(InputError, match="has no activation 'relu'"):
        fitted.to_sklearn()
