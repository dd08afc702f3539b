"""Every loss's gradient beside differences in float64, and joined with the activation before it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from badak.activations import SIGMOID, SOFTMAX
from badak.losses import LOSSES, Huber
from badak.losses import BinaryCrossentropy as Binary
from badak.losses import BinaryFocalCrossentropy as BinaryFocal
from badak.losses import CategoricalCrossentropy as Categorical
from badak.losses import CategoricalFocalCrossentropy as Focal
from badak.losses import SparseCategoricalCrossentropy as Sparse

BATCH, UNITS = 30, 4
FOCUS = [{"gamma": gamma} for gamma in (0.0, 0.5, 1.0, 2.0)]
BALANCE = [{"apply_class_balancing": True, "alpha": alpha, **FOCUS[1]} for alpha in (0.1, 0.5)]
SMOOTH = [{"label_smoothing": 0.2}, {"label_smoothing": 1.0}]
JOINABLE = [
    *(Binary(**arguments) for arguments in [{}, *SMOOTH]),
    *(Categorical(**arguments) for arguments in [{}, *SMOOTH]),
    *(BinaryFocal(**arguments) for arguments in [*FOCUS, *BALANCE, *SMOOTH]),
    *(Focal(**arguments) for arguments in [*FOCUS, {"alpha": 0.7}, *SMOOTH]),
    *(Sparse(**arguments) for arguments in [{}, *SMOOTH]),
]
OF_LOGITS = [loss.on_logits("softmax") or loss.on_logits("sigmoid") for loss in JOINABLE]
OTHERS = [LOSSES[n]() for n in LOSSES if not LOSSES[n].needs_probabilities]
LOSS = [*OTHERS, Huber(0.3), LOSSES["kl_divergence"](), *JOINABLE, *OF_LOGITS]


def targets(kind, rng):
    labels = rng.integers(UNITS, size=BATCH)
    soft = rng.dirichlet(np.ones(UNITS), size=BATCH)
    half = np.arange(BATCH)[:, np.newaxis] % 2 == 0
    return {
        "values": rng.normal(size=(BATCH, UNITS)),
        "not_negative": rng.uniform(0.5, 3.0, size=(BATCH, UNITS)),
        "shares": np.where(half, rng.integers(2, size=(BATCH, UNITS)), soft),
        "signs": rng.choice([-1.0, 1.0], size=(BATCH, UNITS)),
        "distribution": np.where(half, np.eye(UNITS)[labels], soft),
        "labels": labels,
    }[kind]


def predictions(loss, rng):
    x = rng.normal(0, 2, size=(BATCH, UNITS))
    if loss.needs_probabilities and not getattr(loss, "from_logits", False):
        return rng.uniform(0.02, 0.98, size=x.shape)
    return np.abs(x) + 0.1 if loss.targets == "not_negative" else x


def differences(loss, y, t, h=1e-4):
    """Five points in each unit, all rows at once, as no row depends on another."""
    gradient = np.empty_like(y)
    for unit in range(y.shape[1]):
        step = h * (np.arange(y.shape[1]) == unit)
        near = loss.rows(y + step, t) - loss.rows(y - step, t)
        far = loss.rows(y + 2 * step, t) - loss.rows(y - 2 * step, t)
        gradient[:, unit] = (8 * near - far) / (12 * h)
    return gradient


@pytest.mark.parametrize("loss", LOSS, ids=repr)
def test_the_gradient_is_the_differences_of_the_value(loss):
    rng = np.random.default_rng(4)
    y, t = predictions(loss, rng), targets(loss.targets, rng)
    np.testing.assert_allclose(loss.gradient(y, t), differences(loss, y, t), rtol=1e-6, atol=1e-10)


KEPT_INSIDE = [s for s in LOSS if s.needs_probabilities and not getattr(s, "from_logits", False)]


@pytest.mark.parametrize("loss", KEPT_INSIDE, ids=repr)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_where_a_probability_is_kept_inside_the_slope_is_none(loss, dtype):
    """Its value is that of the nearest probability inside, so that it does not change."""
    t = targets(loss.targets, np.random.default_rng(4))
    if loss.formula.over_units == "row":
        y = np.tile(np.array([1, 0, 0, 0], dtype), (BATCH, 1))
    else:
        outside = [-2.0, 0.0, 1.005, 3.0] + [1.0] * (loss.name != "kl_divergence")
        y = np.resize(np.array(outside, dtype), (BATCH, UNITS))
    np.testing.assert_array_equal(loss.gradient(y, t), 0.0)


@pytest.mark.parametrize("loss", JOINABLE, ids=repr)
def test_joined_with_its_activation_it_follows_the_chain_rule(loss):
    h = SIGMOID if loss.on_logits("sigmoid") else SOFTMAX
    joined = loss.on_logits(h.name)
    rng = np.random.default_rng(5)
    x, t = rng.normal(0, 2, size=(BATCH, UNITS)), targets(loss.targets, rng)
    y = h(x)
    np.testing.assert_allclose(joined.rows(x, t), loss.rows(y, t), rtol=1e-9)
    chained = h.backward(x, y, loss.gradient(y, t))
    np.testing.assert_allclose(joined.gradient(x, t), chained, rtol=1e-9, atol=1e-13)


def test_losses_join_with_their_own_activation_only():
    for name in LOSSES:
        loss = LOSSES[name]()
        joins = [h for h in ("softmax", "sigmoid", "identity", "tanh") if loss.on_logits(h)]
        expected = {"shares": ["sigmoid"], "distribution": ["softmax"], "labels": ["softmax"]}
        cross_entropy = name.endswith("crossentropy")
        assert joins == (expected[loss.targets] if cross_entropy else [])


@pytest.mark.parametrize("loss", [Binary(), Categorical()], ids=repr)
def test_joined_cross_entropy_has_the_gradient_y_less_t(loss):
    h = SIGMOID if loss.on_logits("sigmoid") else SOFTMAX
    rng = np.random.default_rng(6)
    x, t = rng.normal(0, 2, size=(BATCH, UNITS)), targets(loss.targets, rng)
    units = UNITS if h is SIGMOID else 1
    expected = (h(x) - t) / units
    np.testing.assert_allclose(loss.on_logits(h.name).gradient(x, t), expected, atol=1e-14)


@pytest.mark.parametrize("loss", OF_LOGITS, ids=repr)
def test_logits_of_a_thousand_are_no_danger(loss):
    x = np.array([[1000, -1000, 0], [-1000, 1000, 1000], [1000, 1000, 1000]], np.float32)
    t = [1, 0, 2] if loss.targets == "labels" else np.eye(3, dtype=np.float32)[[1, 0, 2]]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        rows, gradient = loss.rows(x, np.asarray(t)), loss.gradient(x, np.asarray(t))
    assert rows.dtype == gradient.dtype == np.float32
    assert np.isfinite(rows).all()
    assert np.isfinite(gradient).all()
    if isinstance(loss, Sparse) and not loss.label_smoothing:
        np.testing.assert_allclose(rows, [2000, 2000 + np.log(2), np.log(3)], rtol=1e-6)
        np.testing.assert_allclose(gradient[0], [1, -1, 0])


FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)
SHARE = st.floats(0, 1, width=32)
# Where a formula itself leaves float32 for large predictions: the largest that it takes.
LARGEST = {
    "mean_squared_error": 1e18,
    "scaled_squared_error": 1e18,
    "squared_hinge": 1e18,
    "cosine_similarity": 1e18,
    "mean_absolute_percentage_error": 1e28,
    "categorical_hinge": 1e38,
}


@pytest.mark.parametrize("loss", LOSS, ids=repr)
@given(data=st.data())
def test_losses_stay_finite(loss, data):
    """For any float32, any probability, or up to what the formula's own squares allow."""
    of_probabilities = loss.needs_probabilities and not getattr(loss, "from_logits", False)
    limit = LARGEST.get(loss.name)
    bounded = st.floats(-limit, limit) if limit else FINITE
    # one unit: the mean of several of the largest numbers would leave float32
    units = 1 if loss.formula.over_units == "mean" else UNITS
    element = SHARE if of_probabilities else bounded
    y = data.draw(hnp.arrays(np.float32, (3, units), elements=element))
    t = targets(loss.targets, np.random.default_rng(7))[:3]
    t = t if loss.targets == "labels" else t[:, :units].astype(np.float32)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        rows, gradient = loss.rows(y, t), loss.gradient(y, t)
    assert rows.dtype == gradient.dtype == np.float32
    assert gradient.shape == y.shape
    assert np.isfinite(rows).all()
    assert np.isfinite(gradient).all()
