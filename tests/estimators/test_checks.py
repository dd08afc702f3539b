"""scikit-learn's own checks of estimators, and the parameters beside its estimators'."""

import inspect

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.utils._param_validation import Interval
from sklearn.utils.estimator_checks import parametrize_with_checks

from badak.errors import InputError
from badak.estimators import MLPClassifier, MLPRegressor
from badak.estimators.constraints import CONSTRAINTS

PAIRS = [
    (MLPClassifier, neural_network.MLPClassifier),
    (MLPRegressor, neural_network.MLPRegressor),
]
both = pytest.mark.parametrize(("mine", "theirs"), PAIRS, ids=["classifier", "regressor"])


# As many iterations as scikit-learn's own tests take; the warnings are what some checks provoke.
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([MLPClassifier(max_iter=100), MLPRegressor(max_iter=100)])
def test_what_scikit_learn_asks_of_an_estimator(estimator, check):
    check(estimator)


@both
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore:Got `batch_size`")
@pytest.mark.parametrize(
    ("solver", "samples", "difference"),
    [
        ("adam", 15, 1e-7),
        ("sgd", 15, 1e-7),
        ("lbfgs", 15, 1e-7),
        ("adam", 60, 2e-6),
        ("sgd", 60, 2e-6),
    ],
)
def test_a_weight_counts_as_so_many_samples(mine, theirs, solver, samples, difference):
    """Few samples are trained on in float64; with more the rounding of float32 shows."""
    rng = np.random.default_rng(1)
    X, y, w = rng.random((samples, 30)), rng.integers(0, 3, samples), rng.integers(0, 4, samples)
    settings = {"random_state": 0, "max_iter": 20, "solver": solver, "batch_size": 300}
    weighted = mine(**settings).fit(X, y, sample_weight=w)
    repeated = mine(**settings).fit(X.repeat(w, axis=0), y.repeat(w))
    pair = [getattr(e, "predict_proba", e.predict)(X) for e in (weighted, repeated)]
    np.testing.assert_allclose(*pair, rtol=difference)


@both
def test_all_parameters_of_scikit_learn_are_there_in_order_with_their_defaults(mine, theirs):
    own, peer = (inspect.signature(kind).parameters for kind in (mine, theirs))
    assert list(own)[: len(peer)] == list(peer)
    assert [own[n].default for n in peer] == [p.default for p in peer.values()]
    assert [own[n].kind for n in peer] == [p.kind for p in peer.values()]
    more = [own[n] for n in own if n not in peer]
    assert all(p.kind is p.KEYWORD_ONLY for p in more)


@both
def test_its_tags_are_scikit_learns(mine, theirs):
    assert mine().__sklearn_tags__() == theirs().__sklearn_tags__()


@both
@pytest.mark.parametrize("method", ["fit", "partial_fit", "predict", "score"])
def test_methods_take_what_scikit_learns_take(mine, theirs, method):
    own, peer = (inspect.signature(getattr(kind(), method)).parameters for kind in (mine, theirs))
    assert list(own)[: len(peer)] == list(peer)
    assert [own[n].default for n in peer] == [p.default for p in peer.values()]


@both
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("alpha", -1),
        ("batch_size", 0),
        ("learning_rate", "x"),
        ("learning_rate_init", 0),
        ("max_iter", 0),
        ("momentum", 2),
        ("beta_1", 1.0),
        ("epsilon", -0.5),
        ("tol", "small"),
        ("shuffle", "yes"),
        ("n_iter_no_change", -1),
        ("validation_fraction", 1),
        ("hidden_layer_sizes", -1),
        ("hidden_layer_sizes", (5, 0)),
    ],
)
def test_wrong_parameters_are_refused_in_the_same_words(mine, theirs, name, wrong):
    messages = []
    for kind in (mine, theirs):
        with pytest.raises(ValueError, match="must be") as caught:
            kind(**{name: wrong}).fit([[0.0], [1.0]], [0, 1])
        messages.append(sorted(word.strip("{,}.") for word in str(caught.value).split()))
    assert messages[0] == messages[1]  # the choices come in any order


@both
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_all_attributes_of_scikit_learn_are_there(mine, theirs, solver):
    X, y = np.arange(40.0).reshape(20, 2) / 40, np.arange(20) % 2
    fitted = [
        kind(solver=solver, max_iter=3, random_state=1, early_stopping=early).fit(X, y)
        for kind in (mine, theirs)
        for early in (False, solver != "lbfgs")
    ]
    for own, peer in zip(fitted[:2], fitted[2:], strict=True):
        public = {name for name in vars(peer) if name.endswith("_") and name[0] != "_"}
        assert public <= set(vars(own))
        for name in ("n_iter_", "n_layers_", "n_outputs_", "out_activation_", "t_"):
            assert getattr(own, name) == getattr(peer, name), name
        for name in ("validation_scores_", "best_loss_", "best_validation_score_"):
            given = [getattr(e, name, "none") for e in (own, peer)]
            assert (given[0] is None) == (given[1] is None), name


NUMERIC = sorted(
    name
    for name, limits in CONSTRAINTS.items()
    if any(isinstance(limit, Interval) for limit in limits)
)
EXTREME = [10**400, -(10**400), 2**70, 1e300, np.longdouble("1e4000"), np.nan, np.inf]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("name", [*NUMERIC, "hidden_layer_sizes", "dropout", "random_state"])
def test_a_number_out_of_all_bounds_is_refused_or_taken_but_never_a_foreign_error(
    kind, solver, name
):
    """It takes no time and no memory either."""
    X = np.random.default_rng(0).normal(size=(30, 3))
    for number in EXTREME:
        settings = {"solver": solver, "learning_rate": "invscaling", "max_iter": 2, name: number}
        settings["early_stopping"] = solver != "lbfgs"
        try:
            model = kind(**settings).fit(X, X[:, 0] > 0.0)
        except ValueError:
            continue
        assert np.isfinite(model.predict(X)).all()


@both
@pytest.mark.parametrize("number", [10**400, np.nan, np.inf])
@pytest.mark.parametrize("name", ["alpha", "tol", "learning_rate_init", "power_t", "epsilon"])
def test_a_number_that_float64_does_not_hold_is_refused_in_scikit_learns_words(
    mine, theirs, name, number
):
    with pytest.raises(ValueError, match="must be") as caught:
        mine(**{name: number}).fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(ValueError, match="must be") as peers:
        theirs(**{name: -1.0}).fit([[0.0], [1.0]], [0, 1])
    assert str(caught.value) == str(peers.value).replace("-1.0", repr(number))


@pytest.mark.parametrize("weight", [10**400, np.nan, np.inf])
def test_a_class_weight_that_is_not_finite_is_named(weight):
    with pytest.raises(InputError, match=r"class_weight is .* each weight must be a finite number"):
        MLPClassifier(class_weight={0: weight, 1: 1.0}).fit([[0.0], [1.0]], [0, 1])
