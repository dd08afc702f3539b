"""Training by batches, beside scikit-learn in float64 from the same random state."""

import warnings

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits
from sklearn.exceptions import ConvergenceWarning

from badak import callbacks, losses, optimizers
from badak.errors import InputError
from badak.estimators import MLPClassifier, MLPRegressor

X, Y = load_digits(return_X_y=True)
X = X[:450] / 16
Y = Y[:450]
SEVERAL = np.eye(10, dtype=int)[Y] | np.eye(10, dtype=int)[(Y * 3) % 10]
TABLE, NUMBERS = load_diabetes(return_X_y=True)
TABLE, NUMBERS = TABLE * 20, (NUMBERS - 150) / 80
MANY = np.column_stack([NUMBERS, NUMBERS**2, -NUMBERS])
WEIGHTS = np.random.default_rng(3).random(450)

ignore_the_end = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def fit_both(kind, X, y, sample_weight=None, **settings):
    """Return badak's and scikit-learn's estimator, fitted from one random state."""
    mine = {"c": MLPClassifier, "r": MLPRegressor}[kind]
    theirs = {"c": neural_network.MLPClassifier, "r": neural_network.MLPRegressor}[kind]
    return [
        each(random_state=4, **settings).fit(X, y, sample_weight=sample_weight)
        for each in (mine, theirs)
    ]


def assert_alike(mine, theirs, atol=2e-5, rtol=2e-5):
    assert mine.n_iter_ == theirs.n_iter_
    assert mine.t_ == theirs.t_
    np.testing.assert_allclose(mine.loss_curve_, theirs.loss_curve_, rtol=rtol, atol=1e-7)
    for name in ("coefs_", "intercepts_"):
        for own, peer in zip(getattr(mine, name), getattr(theirs, name), strict=True):
            assert own.dtype == np.float32
            np.testing.assert_allclose(own, peer, rtol=1e-3, atol=atol)


SETTINGS = {
    "adam": {},
    "betas": {"beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-3},
    "plain": {"solver": "sgd", "momentum": 0.0, "learning_rate_init": 0.1},
    "momentum": {"solver": "sgd", "nesterovs_momentum": False, "learning_rate_init": 0.05},
    "nesterov": {"solver": "sgd", "learning_rate_init": 0.05},
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.5},
    "one sample a step": {"solver": "sgd", "batch_size": 1, "max_iter": 1},
    "a short last batch": {"batch_size": 64, "alpha": 10.0},
    "in order": {"shuffle": False, "batch_size": 100},
    "two layers": {"hidden_layer_sizes": (30, 20), "activation": "tanh"},
    "no layer": {"hidden_layer_sizes": ()},
    "sigmoid": {"activation": "logistic"},
    "lines": {"activation": "identity"},
}


@ignore_the_end
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
def test_classes_are_learnt_as_by_scikit_learn(settings, weights):
    given = {"hidden_layer_sizes": (24,), "max_iter": 6, "alpha": 0.1, **settings}
    assert_alike(*fit_both("c", X, Y, weights, **given))


@ignore_the_end
@pytest.mark.parametrize("y", [Y > 4, SEVERAL], ids=["two classes", "several labels"])
def test_other_outputs_are_learnt_as_by_scikit_learn(y):
    mine, theirs = fit_both("c", X, y, max_iter=6, batch_size=70)
    assert_alike(mine, theirs)
    np.testing.assert_allclose(mine.predict_proba(X), theirs.predict_proba(X), atol=2e-5)
    np.testing.assert_array_equal(mine.predict(X), theirs.predict(X))


@ignore_the_end
@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize(
    ("y", "loss"),
    [(NUMBERS, "squared_error"), (MANY, "squared_error"), (np.abs(MANY), "poisson")],
    ids=["one number", "three numbers", "counts"],
)
def test_numbers_are_learnt_as_by_scikit_learn(y, loss, solver):
    mine, theirs = fit_both("r", TABLE, y, max_iter=10, loss=loss, solver=solver, alpha=0.5)
    assert_alike(mine, theirs)
    np.testing.assert_allclose(mine.predict(TABLE), theirs.predict(TABLE), rtol=1e-3, atol=1e-4)


@ignore_the_end
def test_early_stopping_splits_scores_and_stops_as_in_scikit_learn():
    for kind, X_, y in (("c", X, Y), ("c", X, Y > 4), ("r", TABLE, NUMBERS)):
        settings = {"early_stopping": True, "n_iter_no_change": 3, "max_iter": 40, "tol": 1e-3}
        mine, theirs = fit_both(kind, X_, y, learning_rate_init=0.01, **settings)
        assert_alike(mine, theirs, atol=1e-3, rtol=1e-3)
        np.testing.assert_allclose(mine.validation_scores_, theirs.validation_scores_, atol=1e-3)
        assert mine.best_validation_score_ == pytest.approx(theirs.best_validation_score_, abs=1e-3)
        assert mine.best_loss_ is theirs.best_loss_ is None
        assert len(mine.validation_loss_curve_) == mine.n_iter_


def test_a_rate_that_adapts_falls_when_scikit_learns_does(capsys):
    settings = {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.5}
    more = {"tol": 1e-2, "n_iter_no_change": 2, "verbose": True}
    mine, theirs = fit_both("c", X, Y, **settings, **more)
    assert_alike(mine, theirs, atol=1e-3)
    said = capsys.readouterr().out.splitlines()
    assert len(said) % 2 == 0
    own, peer = said[: len(said) // 2], said[len(said) // 2 :]
    assert [line for line in own if "rate" in line] == [line for line in peer if "rate" in line]
    assert "Learning rate too small. Stopping." in own[-1]
    assert own[0][:20] == peer[0][:20]


def messages(kind, *arguments, **settings):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kind(random_state=1, **settings).fit(*arguments)
    return [(w.category, str(w.message)) for w in caught]


@pytest.mark.parametrize(
    "settings", [{"max_iter": 2}, {"batch_size": 999, "max_iter": 200, "tol": 1.0}], ids=str
)
def test_warnings_are_those_of_scikit_learn(settings):
    own = messages(MLPClassifier, X, Y, **settings)
    assert own == messages(neural_network.MLPClassifier, X, Y, **settings)
    assert own


def test_the_warning_points_at_the_line_that_fits():
    with pytest.warns(ConvergenceWarning) as caught:
        MLPClassifier(max_iter=1).fit(X, Y)
    assert caught[0].filename == __file__


@ignore_the_end
def test_a_warm_start_goes_on_as_in_scikit_learn():
    estimators = fit_both("c", X, Y, warm_start=True, max_iter=3)
    for estimator in estimators:
        before = estimator.loss_
        estimator.fit(X, Y)
        assert estimator.loss_ < before
        assert len(estimator.loss_curve_) == 6
        assert estimator.n_iter_ == 3
    assert_alike(*estimators)
    for estimator in estimators:
        with pytest.raises(ValueError, match="warm_start can only be used where `y` has the same"):
            estimator.fit(X, Y % 5)
    with pytest.raises(InputError, match="warm_start goes on with layers"):
        estimators[0].set_params(hidden_layer_sizes=(3,)).fit(X, Y)


@ignore_the_end
def test_without_a_warm_start_it_begins_anew():
    model = MLPClassifier(max_iter=3, random_state=1).fit(X, Y)
    kept = [w.copy() for w in model.coefs_]
    model.fit(X, Y)
    for before, after in zip(kept, model.coefs_, strict=True):
        np.testing.assert_array_equal(before, after)


# -- partial_fit


@pytest.mark.filterwarnings("ignore:Got `batch_size`")
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_parts_are_learnt_as_by_scikit_learn(solver, shuffle):
    settings = {"solver": solver, "shuffle": shuffle, "random_state": 2, "batch_size": 32}
    mine = MLPClassifier(**settings)
    theirs = neural_network.MLPClassifier(**settings)
    for size in (100, 100, 64, 100, 20, 64):  # others in size: others to be ready for
        chosen = np.random.default_rng(size).choice(450, size, replace=False)
        for estimator in (mine, theirs):
            estimator.partial_fit(X[chosen], Y[chosen], WEIGHTS[chosen], classes=range(10))
    assert_alike(mine, theirs)
    numbers = [
        kind(solver=solver, random_state=2).partial_fit(TABLE, MANY).partial_fit(TABLE, -MANY)
        for kind in (MLPRegressor, neural_network.MLPRegressor)
    ]
    assert_alike(*numbers)


def test_the_samples_of_the_user_are_not_written_over():
    given = X[:100].astype(np.float32)
    model = MLPClassifier(random_state=1)
    for first in (0, 100):
        part = X[first : first + 100].astype(np.float32)
        kept = part.copy()
        model.partial_fit(part, Y[first : first + 100], classes=range(10))
        np.testing.assert_array_equal(part, kept)
    np.testing.assert_array_equal(given, X[:100].astype(np.float32))


def test_parts_with_several_labels_need_no_list_of_them():
    model = MLPClassifier(random_state=1, learning_rate_init=0.01)
    for _ in range(40):
        model.partial_fit(X, SEVERAL)
    assert model.predict(X).shape == SEVERAL.shape
    assert model.score(X, SEVERAL) > 0.8
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        MLPClassifier().partial_fit(X, Y)


def test_partial_fit_is_for_solvers_that_take_batches():
    for kind in (MLPClassifier, MLPRegressor):
        assert not hasattr(kind(solver="lbfgs"), "partial_fit")
        assert hasattr(kind(), "partial_fit")


def test_parts_may_stop_early_with_a_validation_set_of_their_own():
    model = MLPClassifier(
        early_stopping=True, n_iter_no_change=3, tol=0.0, random_state=1, learning_rate_init=0.03
    )
    with pytest.raises(ValueError, match="partial_fit does not support early_stopping=True"):
        model.partial_fit(X, Y, classes=range(10))
    for _ in range(200):
        model.partial_fit(X[:300], Y[:300], classes=range(10), X_val=X[300:], y_val=Y[300:])
        if model.early_stopped_:
            break
    calls = len(model.validation_scores_)
    assert 4 < calls < 200
    assert model.score(X[300:], Y[300:]) == pytest.approx(max(model.validation_scores_))
    kept = model.coefs_[0].copy()
    model.partial_fit(X[:300], Y[:300], X_val=X[300:], y_val=Y[300:])
    np.testing.assert_array_equal(model.coefs_[0], kept)
    assert len(model.validation_scores_) == calls


# -- more than scikit-learn has


@ignore_the_end
def test_a_validation_set_of_ones_own_is_scored_and_not_trained_on():
    model = MLPClassifier(max_iter=15, random_state=1)
    alone = MLPClassifier(max_iter=15, random_state=1).fit(X[:300], Y[:300])
    model.fit(X[:300], Y[:300], X_val=X[300:], y_val=Y[300:])
    np.testing.assert_array_equal(model.coefs_[0], alone.coefs_[0])
    assert model.validation_scores_[-1] == pytest.approx(model.score(X[300:], Y[300:]))
    p = model.predict_proba(X[300:]).astype(np.float64)[np.arange(150), Y[300:]]
    assert model.validation_loss_curve_[-1] == pytest.approx(-np.log(p).mean(), rel=1e-5)
    assert alone.validation_loss_curve_ is None
    stopped = MLPClassifier(early_stopping=True, max_iter=200, random_state=1)
    stopped.fit(X[:300], Y[:300], X_val=X[300:], y_val=Y[300:])
    assert stopped.t_ == 300 * stopped.n_iter_
    assert stopped.score(X[300:], Y[300:]) == pytest.approx(max(stopped.validation_scores_))
    with pytest.raises(InputError, match="give both, or neither"):
        model.fit(X, Y, X_val=X)


@ignore_the_end
@pytest.mark.parametrize(
    "solver",
    ["rmsprop", "lion", "adamw", "gradient_descent", optimizers.Adam(0.01, clipnorm=1.0)],
    ids=str,
)
def test_any_optimizer_trains(solver):
    given = repr(solver)
    rate = 0.3 if solver == "gradient_descent" else 0.01
    model = MLPClassifier(solver=solver, learning_rate_init=rate, max_iter=30, random_state=1)
    model.fit(X, Y)
    assert model.loss_ < 0.9 * model.loss_curve_[0]
    assert repr(solver) == given  # the user's own object is left as it was
    with pytest.raises(ValueError, match="unknown optimizer 'admm'; did you mean"):
        MLPClassifier(solver="admm").fit(X, Y)


@ignore_the_end
def test_activations_dropout_and_batch_norm_by_layer():
    model = MLPClassifier(
        (40, 30), ["swish", "gelu"], dropout=[0.2, 0.0], batch_norm=True, max_iter=30,
        random_state=1, learning_rate_init=0.01,
    ).fit(X, Y)  # fmt: skip
    kinds = [type(layer).__name__ for layer in model.to_badak().layers]
    normalised = ["Dense", "BatchNormalization", "Activation"]
    assert kinds == [*normalised, "Dropout", *normalised, "Dense"]
    assert model.score(X, Y) > 0.95
    again = MLPClassifier(**model.get_params()).fit(X, Y)
    np.testing.assert_array_equal(model.predict_proba(X), again.predict_proba(X))
    with pytest.raises(InputError, match="activation lists 1 values for 2 hidden layers"):
        MLPClassifier((4, 4), ["relu"]).fit(X, Y)
    with pytest.raises(InputError, match=r"dropout must be a number in \[0, 1\), not 1"):
        MLPClassifier((4, 4), dropout=1).fit(X, Y)


@ignore_the_end
def test_rare_classes_weigh_more_where_that_is_asked():
    rare = (Y == 3).astype(int)
    plain, balanced = (
        MLPClassifier((), max_iter=30, random_state=1, class_weight=w).fit(X, rare)
        for w in (None, "balanced")
    )
    by_hand = MLPClassifier((), max_iter=30, random_state=1)
    by_hand.fit(
        X, rare, sample_weight=np.where(rare, 450 / rare.sum() / 2, 450 / (1 - rare).sum() / 2)
    )
    assert balanced.predict(X).sum() > plain.predict(X).sum()
    np.testing.assert_allclose(balanced.predict_proba(X), by_hand.predict_proba(X), atol=1e-6)


def test_weights_of_classes_under_partial_fit():
    with pytest.raises(ValueError, match="'balanced' is not for partial_fit"):
        MLPClassifier(class_weight="balanced").partial_fit(X, Y, classes=range(10))
    one, other = MLPClassifier(random_state=1, class_weight={3: 5.0}), MLPClassifier(random_state=1)
    for _ in range(2):
        one.partial_fit(X, Y, classes=range(10))
        other.partial_fit(X, Y, np.where(Y == 3, 5.0, 1.0), classes=range(10))
    np.testing.assert_array_equal(one.coefs_[0], other.coefs_[0])


@ignore_the_end
def test_the_score_of_a_split_is_not_weighted_by_class():
    """All is taken for a 3, which is right where the 3s are what counts."""
    settings = {"solver": "sgd", "learning_rate_init": 0.5, "max_iter": 5, "random_state": 1}
    model = MLPClassifier((), early_stopping=True, **settings)
    weighted = clone(model).fit(X, Y == 3, sample_weight=np.where(Y == 3, 1.0, 0.003))
    model.set_params(class_weight={False: 0.003}).fit(X, Y == 3)
    np.testing.assert_array_equal(model.coefs_[0], weighted.coefs_[0])
    assert model.validation_scores_[0] < 0.5 < weighted.validation_scores_[0]


@ignore_the_end
def test_early_stopping_may_begin_with_a_warm_start():
    model = MLPClassifier(max_iter=3, random_state=1, warm_start=True).fit(X, Y)
    model.set_params(early_stopping=True, batch_norm=True, max_iter=5).fit(X, Y)
    assert model.best_validation_score_ == max(model.validation_scores_)
    model.set_params(early_stopping=False).fit(X, Y)
    assert model.best_loss_ < np.inf


@ignore_the_end
def test_callbacks_are_told_and_may_end_training():
    seen = []
    watching = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append((epoch, logs)))
    patience = callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    model = MLPClassifier(
        callbacks=[watching, patience], max_iter=300, learning_rate_init=0.05, random_state=1
    )
    model.fit(X[:300], Y[:300], X_val=X[300:], y_val=Y[300:])
    assert [epoch for epoch, _ in seen] == list(range(model.n_iter_))
    assert set(seen[0][1]) == {"loss", "val_loss", "val_score"}
    assert model.n_iter_ < 300
    best = int(np.argmin(model.validation_loss_curve_))
    assert model.score(X[300:], Y[300:]) == pytest.approx(model.validation_scores_[best])


@ignore_the_end
def test_other_losses_of_numbers():
    rng = np.random.default_rng(2)
    x = rng.uniform(-1, 1, (600, 1))
    y = x[:, 0] + rng.exponential(0.5, 600)
    settings = {"max_iter": 150, "random_state": 1, "learning_rate_init": 0.01, "tol": 0.0}
    shares = [
        np.mean(y < MLPRegressor(loss, (20,), **settings).fit(x, y).predict(x))
        for loss in (losses.Pinball(0.1), "quantile", "absolute_error", losses.Pinball(0.9))
    ]
    np.testing.assert_allclose(shares, [0.1, 0.5, 0.5, 0.9], atol=0.05)
    own = losses.OwnLoss("quartic", lambda y, t: (y - t) ** 4.0, lambda y, t: 4.0 * (y - t) ** 3.0)
    assert MLPRegressor(own, (20,), **settings).fit(x, y).score(x, y) > 0.2
    with pytest.raises(InputError, match="is a loss of classes"):
        MLPRegressor("binary_crossentropy").fit(x, y)


@ignore_the_end
@pytest.mark.parametrize("loss", ["categorical_focal_crossentropy", "kl_divergence", "mse"])
def test_other_losses_of_classes(loss):
    model = MLPClassifier(loss=loss, max_iter=60, learning_rate_init=0.01, random_state=1)
    assert model.fit(X, Y).score(X, Y) > 0.9


def test_training_that_diverges_is_told_as_in_scikit_learn():
    settings = {"solver": "sgd", "learning_rate_init": 1e6, "activation": "identity"}
    with pytest.raises(ValueError, match="Solver produced non-finite parameter weights"):
        MLPRegressor(**settings).fit(1e3 * TABLE, NUMBERS)
    model = MLPRegressor(early_stopping=True, random_state=1, **settings)
    model.fit(1e3 * TABLE, NUMBERS)
    assert np.isnan(model.validation_scores_[-1])
    assert np.isfinite(model.predict(TABLE)).all()


@ignore_the_end
def test_ctrl_c_ends_training_with_scikit_learns_warning():
    import os
    import signal

    def interrupt(epoch, logs):
        if epoch == 1:
            os.kill(os.getpid(), signal.SIGINT)

    watching = callbacks.LambdaCallback(on_epoch_end=interrupt)
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        model = MLPClassifier(callbacks=watching, max_iter=50).fit(X, Y)
    assert 2 <= model.n_iter_ <= 3
    assert model.predict(X).shape == (450,)
