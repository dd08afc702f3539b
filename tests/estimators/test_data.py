"""Sparse samples beside the same ones dense, whole and part by part."""

import tracemalloc

import numpy as np
import pytest
from scipy import sparse

from badak.estimators import MLPClassifier, MLPRegressor, data

RNG = np.random.default_rng(6)
X = np.where(RNG.random((130, 40)) < 0.1, RNG.normal(size=(130, 40)), 0.0)
Y = (X.sum(axis=1) > 0).astype(int) + (X[:, 0] > 0)
WEIGHTS = RNG.integers(0, 3, 130)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(params=["whole", "part by part", "a batch a part"])
def memory(request, monkeypatch):
    """How much is made dense at a time: all, 3 batches of 16 samples, 1 batch."""
    if request.param != "whole":
        batches = 3 if request.param == "part by part" else 1
        monkeypatch.setattr(data, "DENSE_NUMBERS", batches * 16 * 40)
    return request.param


@pytest.mark.parametrize("form", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_sparse_samples_give_the_bits_of_dense_ones(form, weights, early_stopping, memory):
    fitted = [
        MLPClassifier(
            (20,), batch_size=16, max_iter=8, random_state=1, early_stopping=early_stopping
        ).fit(x, Y, sample_weight=weights)
        for x in (X, form(X))
    ]
    dense, other = fitted
    assert other.loss_curve_ == dense.loss_curve_
    assert other.validation_scores_ == dense.validation_scores_
    for one, two in zip(dense.coefs_, other.coefs_, strict=True):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_allclose(dense.predict_proba(X), other.predict_proba(form(X)), rtol=1e-6)


def test_sparse_samples_may_come_in_parts_and_by_lbfgs(memory):
    parts = [MLPClassifier((20,), batch_size=16, random_state=1) for _ in range(2)]
    for _ in range(3):
        for model, x in zip(parts, (X, sparse.csr_array(X)), strict=True):
            model.partial_fit(x, Y, classes=range(3))
    np.testing.assert_array_equal(parts[0].coefs_[0], parts[1].coefs_[0])
    settings = {"solver": "lbfgs", "max_iter": 5, "random_state": 1}
    whole = [MLPClassifier((20,), **settings).fit(x, Y) for x in (X, sparse.csr_array(X))]
    np.testing.assert_allclose(whole[0].predict_proba(X), whole[1].predict_proba(X), atol=1e-3)


def test_a_part_that_diverges_leaves_good_weights(monkeypatch):
    monkeypatch.setattr(data, "DENSE_NUMBERS", 16 * 40)
    model = MLPRegressor(
        solver="sgd", learning_rate_init=1e9, batch_size=16, activation="identity", random_state=1
    )
    with pytest.raises(ValueError, match="Solver produced non-finite"):
        model.fit(sparse.csr_array(X), Y)
    assert np.isfinite(model._network.parameters.vector).all()


def test_memory_stays_bounded():
    """A table that would take 800 MB if it were dense, and 64 MiB at a time."""
    rows, columns = 2000, 100_000
    places = RNG.integers(0, columns, (rows, 3))
    x = sparse.csr_array(
        (np.ones(rows * 3), places.ravel(), np.arange(0, 3 * rows + 1, 3)), shape=(rows, columns)
    )
    y = (places.min(axis=1) < columns // 5).astype(int)
    tracemalloc.start()
    model = MLPClassifier((2,), max_iter=1, batch_size=100, random_state=1).fit(x, y)
    assert model.predict(x).shape == (rows,)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 4 * data.DENSE_NUMBERS


def test_batches_that_weigh_nothing_change_nothing():
    """scikit-learn divides by their weight."""
    weights = np.zeros(130)
    weights[:40] = 1.0
    settings = {"batch_size": 10, "shuffle": False, "solver": "sgd", "momentum": 0.0}
    few, all_ = (MLPClassifier(max_iter=1, random_state=1, **settings) for _ in range(2))
    few.fit(X[:40], Y[:40] > 0)
    all_.fit(X, Y > 0, sample_weight=weights)
    np.testing.assert_array_equal(few.coefs_[0], all_.coefs_[0])
    with pytest.raises(ValueError, match=r"non-zero|all samples weigh 0"):
        all_.fit(X, Y, sample_weight=np.zeros(130))
    with pytest.raises(ValueError, match="all samples weigh 0"):
        all_.set_params(class_weight={0: 0, 1: 0, 2: 0}).fit(X, Y)
    with pytest.raises(ValueError, match="Negative values"):
        all_.fit(X, Y, sample_weight=-weights)
