"""Training by L-BFGS, beside scikit-learn's in float64."""

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning

from badak.errors import InputError
from badak.estimators import MLPClassifier, MLPRegressor
from badak.estimators.solver_lbfgs import Slope, consistent
from badak.training.data import Samples

X, Y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
TABLE, NUMBERS = load_diabetes(return_X_y=True)
TABLE, NUMBERS = TABLE * 20, (NUMBERS - 150) / 80
WEIGHTS = np.random.default_rng(3).random(len(TABLE))


@pytest.mark.parametrize("weights", [None, WEIGHTS[: len(X)]], ids=["alike", "weighted"])
@pytest.mark.parametrize("y", [Y, Y == 1, np.eye(3, dtype=int)[Y]], ids=["three", "two", "several"])
def test_without_hidden_layers_it_comes_to_scikit_learns_optimum(y, weights):
    """There is but one optimum then."""
    settings = {"solver": "lbfgs", "hidden_layer_sizes": (), "alpha": 1.0, "random_state": 1}
    mine, theirs = (
        kind(tol=1e-5, **settings).fit(X, y, sample_weight=weights)
        for kind in (MLPClassifier, neural_network.MLPClassifier)
    )
    assert mine.loss_ == pytest.approx(theirs.loss_, rel=1e-5)
    np.testing.assert_allclose(mine.predict_proba(X), theirs.predict_proba(X), atol=1e-3)
    np.testing.assert_array_equal(mine.predict(X), theirs.predict(X))
    assert not hasattr(mine, "loss_curve_")


@pytest.mark.parametrize("y", [NUMBERS, np.column_stack([NUMBERS, NUMBERS**2])], ids=["one", "two"])
def test_a_line_is_the_same_line(y):
    settings = {"solver": "lbfgs", "hidden_layer_sizes": (), "alpha": 5.0, "random_state": 1}
    mine, theirs = (
        kind(max_iter=1000, **settings).fit(TABLE, y)
        for kind in (MLPRegressor, neural_network.MLPRegressor)
    )
    assert mine.loss_ == pytest.approx(theirs.loss_, rel=1e-5)
    np.testing.assert_allclose(mine.predict(TABLE), theirs.predict(TABLE), atol=5e-3)


@pytest.mark.parametrize("activation", ["tanh", "relu", "logistic"])
def test_with_hidden_layers_it_gets_as_low_as_scikit_learn(activation):
    settings = {"solver": "lbfgs", "activation": activation, "alpha": 1.0, "max_iter": 500}
    ends = [
        [kind((8,), random_state=seed, **settings).fit(X, Y).loss_ for seed in range(2)]
        for kind in (MLPClassifier, neural_network.MLPClassifier)
    ]
    assert min(ends[0]) < 1.02 * min(ends[1])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_loss_and_slope_agree_with_differences_over_several_parts_of_the_data():
    """More samples than are taken at a time, and weights, so that parts have to add up."""
    rng = np.random.default_rng(5)
    x, w = rng.normal(size=(2500, 3)).astype(np.float32), rng.random(2500)
    y = np.column_stack([x[:, 0] * x[:, 1], x[:, 2]])
    model = MLPRegressor(hidden_layer_sizes=(5,), activation="tanh", solver="lbfgs", max_iter=1)
    model.fit(x, y, sample_weight=w)
    theirs = neural_network.MLPRegressor(
        hidden_layer_sizes=(5,), activation="tanh", solver="lbfgs", max_iter=1, random_state=1
    ).fit(x.astype(float), y)
    samples = Samples(x, y.astype(np.float32), w)
    slope = Slope(model._network, consistent(model._goal.objective), samples, 3.0)
    at = np.concatenate([a.ravel() for a in (*theirs.coefs_, *theirs.intercepts_)])
    value, gradient = slope(at)
    predicted = theirs.predict(x.astype(float))
    squares = sum((c**2).sum() for c in theirs.coefs_)
    expected = 0.5 * (np.average(((predicted - y) ** 2).sum(axis=1), weights=w))
    assert value == pytest.approx(expected + 0.5 * 3.0 * squares / w.sum(), rel=1e-5)
    for place in (0, 7, 20, len(at) - 1):
        step = 1e-2 * (np.arange(len(at)) == place)
        difference = (slope(at + step)[0] - slope(at - step)[0]) / 2e-2
        assert gradient[place] == pytest.approx(difference, rel=1e-2, abs=1e-4)


@pytest.mark.parametrize("settings", [{"max_iter": 2}, {"max_fun": 3}], ids=str)
def test_the_warning_is_scikit_learns(settings):
    said = []
    for kind in (MLPClassifier, neural_network.MLPClassifier):
        with pytest.warns(ConvergenceWarning, match="lbfgs failed to converge after") as caught:
            kind(solver="lbfgs", random_state=1, **settings).fit(X, Y)
        said.append(str(caught[0].message))
    assert said[0] == said[1]


def test_what_is_not_the_same_each_time_is_refused():
    for settings in ({"dropout": 0.1}, {"batch_norm": True}):
        with pytest.raises(InputError, match="neither dropout nor batch_norm"):
            MLPClassifier(solver="lbfgs", **settings).fit(X, Y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_warm_start_goes_on():
    model = MLPClassifier(solver="lbfgs", max_iter=5, warm_start=True, random_state=1).fit(X, Y)
    first = model.loss_
    assert model.fit(X, Y).loss_ < first
    after = model.loss_
    model.set_params(solver="adam").partial_fit(X, Y)  # and goes on by batches
    assert model.loss_curve_ == [pytest.approx(after, rel=0.2)]
    again = MLPClassifier(solver="lbfgs", max_iter=5, random_state=1).fit(X, Y)
    assert again.fit(X, Y).loss_ == first
