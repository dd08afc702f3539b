"""Cross-entropies and their kin, beside SciPy, from probabilities and from logits."""

import numpy as np
import pytest
from scipy import special

from badak.errors import InputError
from badak.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
)

RNG = np.random.default_rng(2)
X = RNG.normal(0, 3, size=(60, 4))
LABELS = RNG.integers(4, size=60)
ONE_HOT = np.eye(4)[LABELS]
SPREAD = RNG.dirichlet(np.ones(4), size=60)
YES = RNG.integers(2, size=(60, 4)).astype(float)
SHARES = RNG.uniform(size=(60, 4))

SIGMOID = special.expit(X)
SOFTMAX = special.softmax(X, axis=1)

GAMMAS = pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
SMOOTHING = pytest.mark.parametrize("share", [0.0, 0.1, 1.0])
FORM = pytest.mark.parametrize("from_logits", [False, True], ids=["probabilities", "logits"])


def entropy_of_two(p, t):
    return -(special.xlogy(t, p) + special.xlog1py(1 - t, -p))


def entropy_of_many(p, t):
    return -special.xlogy(t, p).sum(axis=1)


@FORM
@SMOOTHING
@pytest.mark.parametrize("t", [YES, SHARES], ids=["0 or 1", "shares"])
def test_binary_cross_entropy(t, share, from_logits):
    loss = BinaryCrossentropy(from_logits, share)
    smooth = t * (1 - share) + share / 2
    expected = entropy_of_two(SIGMOID, smooth).mean(axis=1)
    np.testing.assert_allclose(loss.rows(X if from_logits else SIGMOID, t), expected, rtol=1e-12)
    assert loss(t, X if from_logits else SIGMOID) == pytest.approx(expected.mean(), rel=1e-12)


@FORM
@SMOOTHING
@pytest.mark.parametrize("t", [ONE_HOT, SPREAD], ids=["one-hot", "shares"])
def test_categorical_cross_entropy(t, share, from_logits):
    loss = CategoricalCrossentropy(from_logits, share)
    expected = entropy_of_many(SOFTMAX, t * (1 - share) + share / 4)
    np.testing.assert_allclose(loss.rows(X if from_logits else SOFTMAX, t), expected, rtol=1e-12)
    assert loss(t, X if from_logits else SOFTMAX) == pytest.approx(expected.mean(), rel=1e-12)


@FORM
@SMOOTHING
def test_labels_are_one_hot_targets_written_shorter(share, from_logits):
    y = X if from_logits else SOFTMAX
    sparse, one_hot = (
        SparseCategoricalCrossentropy(from_logits, share),
        CategoricalCrossentropy(from_logits, share),
    )
    assert sparse(LABELS, y) == one_hot(ONE_HOT, y)
    np.testing.assert_array_equal(sparse.gradient(y, LABELS), one_hot.gradient(y, ONE_HOT))
    assert sparse(LABELS[:, np.newaxis].astype(float), y) == sparse(LABELS, y)


@FORM
@GAMMAS
@pytest.mark.parametrize("alpha", [None, 0.25, 0.9])
def test_binary_focal_loss(gamma, alpha, from_logits):
    """Lin et al., 2017: -alpha_t (1 - p_t)^gamma log p_t, p_t that of the right answer."""
    loss = BinaryFocalCrossentropy(
        apply_class_balancing=alpha is not None,
        alpha=alpha or 0.25,
        gamma=gamma,
        from_logits=from_logits,
    )
    right = np.where(YES == 1, SIGMOID, special.expit(-X))
    balance = 1.0 if alpha is None else np.where(YES == 1, alpha, 1 - alpha)
    expected = (balance * -((1 - right) ** gamma) * np.log(right)).mean(axis=1)
    np.testing.assert_allclose(loss.rows(X if from_logits else SIGMOID, YES), expected, rtol=1e-9)


@FORM
@GAMMAS
@pytest.mark.parametrize("alpha", [0.25, 1.0])
def test_categorical_focal_loss(gamma, alpha, from_logits):
    loss = CategoricalFocalCrossentropy(alpha=alpha, gamma=gamma, from_logits=from_logits)
    right = SOFTMAX[np.arange(60), LABELS]
    expected = -alpha * (1 - right) ** gamma * np.log(right)
    np.testing.assert_allclose(
        loss.rows(X if from_logits else SOFTMAX, ONE_HOT), expected, rtol=1e-9
    )


@FORM
@SMOOTHING
def test_a_focal_loss_without_focus_is_the_cross_entropy(share, from_logits):
    arguments = {"from_logits": from_logits, "label_smoothing": share}
    two, many = (X, X) if from_logits else (SIGMOID, SOFTMAX)
    focal = BinaryFocalCrossentropy(gamma=0.0, **arguments)
    np.testing.assert_allclose(focal.rows(two, YES), BinaryCrossentropy(**arguments).rows(two, YES))
    categorical = CategoricalFocalCrossentropy(alpha=1.0, gamma=0.0, **arguments)
    plain = CategoricalCrossentropy(**arguments)
    np.testing.assert_allclose(categorical.rows(many, ONE_HOT), plain.rows(many, ONE_HOT))


def test_kl_divergence():
    expected = special.rel_entr(SPREAD, SOFTMAX).sum(axis=1)
    np.testing.assert_allclose(KLDivergence().rows(SOFTMAX, SPREAD), expected, rtol=1e-12)
    of_one_hot = special.rel_entr(ONE_HOT, SOFTMAX).sum(axis=1)
    np.testing.assert_allclose(KLDivergence().rows(SOFTMAX, ONE_HOT), of_one_hot, atol=1e-5)
    np.testing.assert_array_equal(KLDivergence().rows(SPREAD, SPREAD), 0.0)


def test_rows_that_do_not_sum_to_one_are_made_to():
    plain = CategoricalCrossentropy()
    np.testing.assert_allclose(plain.rows(7 * SOFTMAX, SPREAD), plain.rows(SOFTMAX, SPREAD))
    np.testing.assert_allclose(plain.gradient(SOFTMAX, SPREAD).sum(axis=1) * 0, 0)
    across = (plain.gradient(SOFTMAX, SPREAD) * SOFTMAX).sum(axis=1)
    np.testing.assert_allclose(across, 0.0, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_no_probability_counts_as_less_than_a_ten_millionth(dtype):
    zero, one = np.zeros((1, 1), dtype), np.ones((1, 1), dtype)
    most = pytest.approx(-np.log(1e-7), rel=0.02)
    assert BinaryCrossentropy()(one, zero) == most
    assert BinaryCrossentropy()(zero, one) == most
    assert BinaryCrossentropy()(one, one) == pytest.approx(0.0, abs=2e-7)
    wrong = np.array([[1.0, 0.0]], dtype)
    assert CategoricalCrossentropy()(wrong[:, ::-1], wrong) == most
    assert SparseCategoricalCrossentropy()([1], wrong) == most
    assert KLDivergence()(wrong[:, ::-1], wrong) == most


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_confident_right_answer_keeps_its_small_loss(dtype):
    """From logits log(1 + e^-x) is right to the last digits, not a difference of large numbers."""
    x = np.linspace(5, 60, 12, dtype=dtype)[:, np.newaxis]
    expected = np.exp(-np.logaddexp(0, x[:, 0].astype(float)))  # e^-x / (1 + e^-x) ...
    expected = -np.log1p(-expected)  # ... whose complement is the probability
    rows = BinaryCrossentropy(from_logits=True).rows(x, np.ones_like(x))
    np.testing.assert_allclose(rows, expected, rtol=1e-5)
    rows = BinaryCrossentropy(from_logits=True).rows(-x, np.zeros_like(x))
    np.testing.assert_allclose(rows, expected, rtol=1e-5)


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan, "0.1", None])
@pytest.mark.parametrize(
    "loss", [BinaryCrossentropy, CategoricalFocalCrossentropy, SparseCategoricalCrossentropy]
)
def test_smoothing_is_a_share(loss, share):
    with pytest.raises(InputError, match=r"label_smoothing must be a number in \[0, 1\], not"):
        loss(label_smoothing=share)


@pytest.mark.parametrize("number", [-1.0, np.inf, np.nan, "2"])
@pytest.mark.parametrize("argument", ["alpha", "gamma"])
@pytest.mark.parametrize("loss", [BinaryFocalCrossentropy, CategoricalFocalCrossentropy])
def test_weight_and_focus_are_not_negative(loss, argument, number):
    with pytest.raises(InputError, match=f"{argument} must be"):
        loss(**{argument: number})
