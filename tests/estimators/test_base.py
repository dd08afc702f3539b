"""An estimator as scikit-learn's users handle it: weights, copies, tables, pipelines, searches."""

import copy
import io
import pickle
import warnings

import joblib
import numpy as np
import pytest
import sklearn
from sklearn import neural_network
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from badak import callbacks
from badak.engine.machine import threads
from badak.engine.program import training
from badak.errors import InputError
from badak.estimators import MLPClassifier, MLPRegressor

X, Y = load_digits(return_X_y=True)
X, Y = X[:300] / 16, Y[:300]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def model():
    return MLPClassifier((20,), max_iter=10, random_state=1).fit(X, Y)


def test_weights_are_plain_arrays_that_predictions_follow(model):
    before = model.predict_proba(X)
    by_hand = np.maximum(X @ model.coefs_[0] + model.intercepts_[0], 0) @ model.coefs_[1]
    sums = by_hand + model.intercepts_[1]
    e = np.exp(sums - sums.max(axis=1, keepdims=True))
    np.testing.assert_allclose(before, e / e.sum(axis=1, keepdims=True), atol=1e-5)
    kept = [w.copy() for w in model.coefs_]

    model.coefs_[1] = np.zeros((20, 10))  # another array
    model.intercepts_[1][...] = 0.0  # the same one, written over
    np.testing.assert_allclose(model.predict_proba(X), 0.1, atol=1e-6)
    model.coefs_[1][0, 3] = 100.0  # the other one, written over
    assert set(model.predict(X)) <= {0, 3}
    model.coefs_ = kept
    assert np.ptp(model.predict_proba(X)) > 0.1

    model.coefs_ = [kept[0][:5], kept[1]]
    with pytest.raises(InputError, match=r"coefs_\[0\] is of shape \(5, 20\), but it must be of"):
        model.predict(X)
    model.coefs_ = kept[:1]
    with pytest.raises(InputError, match="coefs_ holds 1 arrays, but it must hold 2"):
        model.predict(X)


def test_answers_are_float32_and_their_logarithms_finite(model):
    assert model.predict_proba(X).dtype == np.float32
    logarithms = model.predict_log_proba(X)
    np.testing.assert_allclose(logarithms, np.log(model.predict_proba(X)), atol=1e-4)
    model.coefs_[1] = 1e6 * model.coefs_[1]
    assert 0.0 < model.predict_proba(X).min() < 1e-37
    assert np.isfinite(model.predict_log_proba(X)).all()
    for y in (Y > 4, np.eye(10, dtype=int)[Y]):
        other = MLPClassifier((20,), max_iter=10, random_state=1).fit(X, y)
        expected = np.log(other.predict_proba(X))
        np.testing.assert_allclose(other.predict_log_proba(X), expected, atol=1e-4)
    sure = MLPClassifier((), solver="lbfgs", alpha=0.0, tol=1e-9).fit(X[Y < 2], Y[Y < 2])
    p = sure.predict_proba(X[Y < 2])
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-6)
    assert 0.0 < p.min() < 1e-8  # 1 - p of the other class would be 0


COPIES = {
    "pickle": lambda e: pickle.loads(pickle.dumps(e)),
    "joblib": lambda e: joblib_round(e),
    "deepcopy": copy.deepcopy,
}


def joblib_round(estimator):
    memory = io.BytesIO()
    joblib.dump(estimator, memory)
    memory.seek(0)
    return joblib.load(memory)


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("settings", [{}, {"batch_norm": True, "dropout": 0.2}], ids=str)
def test_a_copy_answers_and_goes_on_training_with_the_same_bits(copied, settings):
    first = MLPClassifier((20,), random_state=1, early_stopping=False, **settings)
    for _ in range(3):
        first.partial_fit(X, Y, classes=range(10))
    first.intercepts_[0] = first.intercepts_[0] + 0.5
    second = copied(first)
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert second.coefs_[0].shape == (64, 20)
    for model in (first, second):
        model.partial_fit(X, Y)
    np.testing.assert_array_equal(first.coefs_[0], second.coefs_[0])
    assert first.loss_curve_ == second.loss_curve_


def test_a_pickle_holds_the_weights_once():
    model = MLPClassifier((500,), max_iter=1).fit(X, Y)
    weights = sum(w.nbytes for w in model.coefs_ + model.intercepts_)
    fresh = MLPClassifier((500,), max_iter=1, solver="lbfgs").fit(X, Y)
    assert len(pickle.dumps(fresh)) < 1.5 * weights
    assert len(pickle.dumps(model)) < 5 * weights  # and Adam's two means and the best weights


def test_a_fit_that_failed_leaves_what_was_there():
    model = MLPRegressor(solver="sgd", learning_rate_init=1e9, random_state=1)
    with pytest.raises(ValueError, match="non-finite"):
        model.fit(X, Y)
    for each in (model, pickle.loads(pickle.dumps(model))):
        with pytest.raises(NotFittedError):
            each.predict(X)
    model.set_params(learning_rate_init=0.001, max_iter=3).fit(X, Y)
    before = model.predict(X)
    with pytest.raises(ValueError, match="non-finite"):
        model.set_params(learning_rate_init=1e9).fit(X, Y)
    np.testing.assert_array_equal(model.predict(X), before)


def test_a_clone_has_the_parameters_alone(model):
    twin = clone(model.set_params(activation=["swish"], dropout=0.3, class_weight="balanced"))
    assert twin.get_params() == model.get_params()
    with pytest.raises(NotFittedError):
        twin.predict(X)


def test_a_notebook_shows_it(model):
    assert "MLPClassifier" in model._repr_html_()
    assert repr(model) == "MLPClassifier(hidden_layer_sizes=(20,), max_iter=10, random_state=1)"


@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_tables_have_feature_names(library):
    frames = pytest.importorskip(library)
    names = [f"pixel {i}" for i in range(64)]
    table = (
        frames.DataFrame(X, columns=names)
        if library == "pandas"
        else frames.DataFrame(X, schema=names)
    )
    model = MLPClassifier((20,), max_iter=10, random_state=1).fit(table, Y)
    assert list(model.feature_names_in_) == names
    plain = MLPClassifier((20,), max_iter=10, random_state=1).fit(X, Y)
    np.testing.assert_array_equal(model.predict_proba(table), plain.predict_proba(X))
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(table[names[::-1]])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.predict(X)
    assert any("does not have valid feature names" in str(w.message) for w in caught)


def test_names_as_labels():
    names = np.array(["zero", "one", "two"])[Y % 3]
    model = MLPClassifier((20,), max_iter=40, random_state=1, learning_rate_init=0.01)
    model.fit(X, names)
    assert list(model.classes_) == ["one", "two", "zero"]
    assert (model.predict(X) == names).mean() > 0.9
    two = MLPClassifier((), max_iter=5).fit(X, names == "one")
    assert set(two.predict(X)) <= {True, False}


def test_samples_too_large_for_float32_are_refused():
    with pytest.raises(ValueError, match="value too large for dtype"):
        MLPRegressor().fit([[1e300], [1.0]], [0.0, 1.0])


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_any_number_of_threads_gives_the_same_bits(kind, monkeypatch):
    monkeypatch.setattr(training, "SMALL", 0)  # threads for small networks too
    fitted = []
    for count in (1, 2, 3):
        monkeypatch.setenv(threads.VARIABLE, str(count))
        model = kind(hidden_layer_sizes=(30, 20), max_iter=4, random_state=1, dropout=0.1)
        fitted.append(model.fit(X, Y).predict(X))
        fitted.append(np.concatenate([w.ravel() for w in model.coefs_]))
    for answers, weights in zip(fitted[2::2], fitted[3::2], strict=True):
        np.testing.assert_array_equal(answers, fitted[0])
        np.testing.assert_array_equal(weights, fitted[1])


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"OMP_NUM_THREADS": "1"}, 1),  # as joblib tells it to its workers
        ({"OMP_NUM_THREADS": "1", threads.VARIABLE: "3"}, 3),
        ({"OMP_NUM_THREADS": "2"}, threads.cores()),
        ({}, threads.cores()),
    ],
    ids=str,
)
def test_a_worker_of_joblib_keeps_to_its_core(environment, expected, monkeypatch):
    for name in ("OMP_NUM_THREADS", threads.VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    seen = []
    watching = callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append(threads.thread_count())
    )
    MLPClassifier((5,), max_iter=2, callbacks=watching).fit(X, Y)
    assert seen == [expected] * 2


def test_sample_weights_are_routed():
    with sklearn.config_context(enable_metadata_routing=True):
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        weights = (Y == 3).astype(float) + 0.01
        last = MLPClassifier((20,), max_iter=10, random_state=1).set_fit_request(sample_weight=True)
        pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), last)
        routed = pipeline.fit(X, Y, sample_weight=weights)
    alone = MLPClassifier((20,), max_iter=10, random_state=1)
    alone.fit(StandardScaler().fit_transform(X), Y, sample_weight=weights)
    np.testing.assert_allclose(
        routed.predict_proba(X), alone.predict_proba(StandardScaler().fit_transform(X)), atol=1e-5
    )


SCRIPT = """
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from {module} import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X[:600], y[:600], random_state=0)
pipeline = make_pipeline(StandardScaler(), MLPClassifier((30,), max_iter=30, random_state=0))
scores = cross_val_score(pipeline, X_train, y_train, cv=3, n_jobs=2)
search = GridSearchCV(
    pipeline,
    {{"mlpclassifier__alpha": [1e-4, 1.0], "mlpclassifier__solver": ["adam", "sgd"]}},
    cv=2,
    n_jobs=2,
)
search.fit(X_train, y_train)
best, test = search.best_params_, search.score(X_test, y_test)
"""


@pytest.mark.slow
def test_a_script_for_scikit_learn_runs_with_its_import_changed(monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")  # of the workers, which do not converge either
    found = []
    for module in ("badak.estimators", neural_network.__name__):
        names = {}
        exec(SCRIPT.format(module=module), names)
        found.append(names)
    mine, theirs = found
    np.testing.assert_allclose(mine["scores"], theirs["scores"], atol=0.01)
    assert mine["best"] == theirs["best"]
    assert mine["test"] == pytest.approx(theirs["test"], abs=0.02)
