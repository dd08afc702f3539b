"""A fit on one small batch, beside scikit-learn in float64 and beside the engine."""

import numpy as np
import pytest
from sklearn import neural_network

from badak.estimators import MLPClassifier, MLPRegressor, double

RNG = np.random.default_rng(6)
X = RNG.normal(size=(25, 40))
Y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
WEIGHTS = RNG.integers(0, 3, 25)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_a_small_batch_is_trained_on_in_float64_and_goes_on_in_parts():
    """As near to scikit-learn as the float32 of the weights allows, optimizer's memory included."""
    x, y = X, Y > 0
    fitted = []
    for kind in (MLPClassifier, neural_network.MLPClassifier):
        model = kind((20,), random_state=1, max_iter=200, learning_rate_init=0.01)
        model.fit(x.astype(np.float32).astype(float), y)
        first = [w.copy() for w in model.coefs_]
        fitted.append((model, first, model.partial_fit(x, y).coefs_))
    (mine, first, later), (theirs, their_first, their_later) = fitted
    np.testing.assert_allclose(mine.loss_curve_, theirs.loss_curve_, rtol=1e-6)
    np.testing.assert_allclose(mine.loss_curve_[:-1], theirs.loss_curve_[:-1], rtol=5e-8)
    for own, peer in zip(first + later, their_first + their_later, strict=True):
        np.testing.assert_allclose(own, peer, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    "settings", [{"dropout": 0.2, "batch_norm": True}, {"alpha": 1.0}], ids=str
)
def test_a_small_batch_gives_what_the_engine_would_give(settings, monkeypatch):
    ends = []
    for few in (double.FEW_NUMBERS, 0):
        monkeypatch.setattr(double, "FEW_NUMBERS", few)
        model = MLPClassifier((20,), random_state=1, max_iter=10, **settings)
        ends.append(model.fit(X, Y, sample_weight=WEIGHTS))
    np.testing.assert_allclose(ends[0].loss_curve_, ends[1].loss_curve_, rtol=1e-4)
    np.testing.assert_allclose(ends[0].predict_proba(X), ends[1].predict_proba(X), atol=1e-3)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_small_batch_that_diverges_leaves_good_weights(early_stopping):
    model = MLPRegressor(
        solver="sgd", learning_rate_init=1e20, activation="identity", random_state=1,
        early_stopping=early_stopping,
    )  # fmt: skip
    if early_stopping:
        assert np.isnan(model.fit(X, Y).validation_scores_[-1])
        assert np.isfinite(model.predict(X)).all()
    else:
        with pytest.raises(ValueError, match="Solver produced non-finite"):
            model.fit(X, Y)
    assert np.isfinite(model._network.parameters.vector).all()
