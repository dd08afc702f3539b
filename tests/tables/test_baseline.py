import numpy as np
import pytest
from sklearn import datasets as real
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler

from badak.tables.baseline import linear_model, naive_answers
from badak.tables.target import Target


def standardised(name):
    loaded = getattr(real, f"load_{name}")()
    return StandardScaler().fit_transform(loaded.data).astype(np.float32), loaded.target


def classes(y):
    return Target("y", "classification", tuple(map(str, np.unique(y))))


def test_linear_regression_is_that_of_scikit_learn():
    x, y = standardised("diabetes")
    model = linear_model(Target("y", "regression"), x, y)
    expected = LinearRegression().fit(x.astype(np.float64), y).predict(x)
    np.testing.assert_allclose(model.predict(x)[:, 0], expected, atol=1e-3)


def test_features_that_say_the_same_twice_do_no_harm():
    x, y = standardised("diabetes")
    doubled = np.column_stack([x, x[:, 0], np.ones(len(x)), np.ones(len(x)) - (x[:, 1] > 0)])
    model = linear_model(Target("y", "regression"), doubled.astype(np.float32), y)
    expected = LinearRegression().fit(doubled.astype(np.float64), y).predict(doubled)
    np.testing.assert_allclose(model.predict(doubled)[:, 0], expected, atol=0.05)
    assert np.abs(model.get_weights()[0]).max() < 1e4


@pytest.mark.parametrize("name", ["breast_cancer", "wine", "iris"])
def test_logistic_regression_is_that_of_scikit_learn(name):
    x, y = standardised(name)
    model = linear_model(classes(y), x, y)
    expected = LogisticRegression(max_iter=10_000).fit(x, y).predict_proba(x)
    np.testing.assert_allclose(model.predict(x), expected, atol=0.03)


def test_the_naive_guess_is_the_mean_or_the_shares_of_classes():
    assert naive_answers(Target("y", "regression"), np.array([1.0, 2.0, 6.0]), 2).tolist() == [
        [3.0],
        [3.0],
    ]
    y = np.array([0, 0, 1, 0])
    assert naive_answers(classes(y), y, 1).tolist() == [[0.75, 0.25]]


def test_of_fewer_rows_than_features_it_is_the_solution_of_least_norm():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 50)).astype(np.float32)
    x[:, 7] = 3.0  # a constant
    y = rng.normal(size=30) + 100.0
    model = linear_model(Target("y", "regression"), x, y)
    wide = x.astype(np.float64)
    expected = np.linalg.pinv(wide - wide.mean(axis=0)) @ (y - y.mean())
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(kernel[:, 0], expected, atol=1e-5)
    np.testing.assert_allclose(model.predict(x)[:, 0], y, rtol=1e-4)
    assert bias[0] == pytest.approx(y.mean() - wide.mean(axis=0) @ expected, abs=1e-3)
