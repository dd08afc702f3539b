import collections

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from badak.errors import InputError
from badak.preprocessing import (
    batches,
    normalize,
    one_hot,
    split_stratified,
    standardize,
    to_categorical,
    whiten,
    whitening_matrix,
)

RNG = np.random.default_rng(0)
CORRELATED = RNG.normal(size=(500, 4)) @ RNG.normal(size=(4, 4)) + [1.0, -2.0, 30.0, 0.0]


def test_every_pixel_value_is_divided_by_the_maximum():
    pixels = np.arange(256, dtype=np.uint8)
    expected = (np.arange(256, dtype=np.float64) / 255.0).astype(np.float32)
    np.testing.assert_array_equal(normalize(pixels), expected)
    np.testing.assert_array_equal(normalize([[0, 8, 16]], maximum=16), np.float32([[0, 0.5, 1]]))
    assert normalize(pixels.astype(np.float64)).dtype == np.float32


def test_a_maximum_that_divides_nothing_is_refused():
    for maximum in (0, -1, float("nan")):
        with pytest.raises(InputError, match="must be above 0"):
            normalize([1.0], maximum)


@given(
    arrays(
        np.float64,
        st.tuples(st.integers(2, 20), st.integers(1, 4)),
        elements=st.integers(-1000, 1000).map(float),
    )
)
def test_each_feature_gets_mean_0_and_deviation_1_or_0_where_it_is_constant(x):
    z = standardize(x)
    varies = (x != x[0]).any(axis=0)
    np.testing.assert_allclose(z.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(z.std(axis=0), varies.astype(float), atol=1e-12)


def test_scikit_learn_standardises_the_same():
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    expected = preprocessing.StandardScaler().fit_transform(CORRELATED)
    np.testing.assert_allclose(standardize(CORRELATED), expected, rtol=1e-12, atol=1e-12)


def test_a_constant_whose_mean_is_rounded_is_still_constant():
    x = np.full((60_001, 1), 0.1, np.float32)
    np.testing.assert_allclose(standardize(x), 0.0, atol=1e-6)


def test_other_samples_are_standardised_by_the_training_sets_statistics():
    mean, std = CORRELATED.mean(axis=0), CORRELATED.std(axis=0)
    expected = (CORRELATED[:3] - mean) / std
    np.testing.assert_allclose(standardize(CORRELATED[:3], mean, std), expected)
    np.testing.assert_array_equal(standardize([[1.0, 5.0]], [1.0, 2.0], [0.0, 3.0]), [[0.0, 1.0]])


def test_the_axis_and_the_type_are_kept():
    x = CORRELATED.astype(np.float32)
    np.testing.assert_allclose(standardize(x, axis=1), standardize(x.T).T, rtol=1e-6)
    assert standardize(x).dtype == np.float32
    assert standardize(np.array([[1], [3]], np.uint8)).dtype == np.float32
    assert standardize(np.array([[1.0], [3.0]])).dtype == np.float64


@pytest.mark.parametrize("method", ["pca", "zca"])
def test_white_features_have_the_identity_as_covariance(method):
    white = whiten(CORRELATED, method, epsilon=1e-12)
    np.testing.assert_allclose(np.cov(white.T, bias=True), np.eye(4), atol=1e-8)
    np.testing.assert_allclose(white.mean(axis=0), 0.0, atol=1e-10)


def test_scikit_learns_pca_whitens_the_same_up_to_signs():
    decomposition = pytest.importorskip("sklearn.decomposition")
    n = len(CORRELATED)
    # scikit-learn divides the variance by n - 1, and by n here.
    expected = decomposition.PCA(whiten=True).fit_transform(CORRELATED) * np.sqrt(n / (n - 1))
    white = whiten(CORRELATED, "pca", epsilon=1e-14)
    np.testing.assert_allclose(np.abs(white), np.abs(expected), rtol=1e-6, atol=1e-8)


def test_zca_is_the_inverse_root_of_the_covariance():
    linalg = pytest.importorskip("scipy.linalg")
    covariance = np.cov(CORRELATED.T, bias=True) + 0.1 * np.eye(4)
    _, matrix = whitening_matrix(CORRELATED, "zca", epsilon=0.1)
    np.testing.assert_allclose(matrix, np.linalg.inv(linalg.sqrtm(covariance).real), rtol=1e-8)


def test_zca_stays_nearer_to_the_old_features_than_pca():
    old = standardize(CORRELATED)
    distance = {name: np.square(whiten(old, name) - old).sum() for name in ("pca", "zca")}
    assert distance["zca"] < distance["pca"]


def test_the_statistics_of_one_set_whiten_another():
    mean, matrix = whitening_matrix(CORRELATED, "zca", 1e-5)
    expected = whiten(CORRELATED, "zca", 1e-5)[:7]
    np.testing.assert_allclose((CORRELATED[:7] - mean) @ matrix, expected)


def test_features_that_never_vary_stay_finite():
    x = np.column_stack([CORRELATED, np.full(500, 7.0), CORRELATED[:, 0]]).astype(np.float32)
    for method in ("pca", "zca"):
        white = whiten(x, method)
        assert white.dtype == np.float32
        assert np.isfinite(white).all()


def test_the_signs_of_components_do_not_depend_on_the_linear_algebra():
    _, matrix = whitening_matrix(CORRELATED, "pca")
    _, negated = whitening_matrix(-CORRELATED, "pca")  # the same covariance
    np.testing.assert_allclose(matrix, negated, rtol=1e-9)
    assert (np.take_along_axis(matrix, np.abs(matrix).argmax(axis=0)[None], 0) > 0.0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((CORRELATED, "lda"), "by 'pca' or 'zca', not 'lda'"),
        ((CORRELATED, "pca", -1.0), "epsilon is -1.0"),
        ((CORRELATED[0],), r"not shape \(4,\)"),
        ((CORRELATED[:1],), r"not shape \(1, 4\)"),
    ],
)
def test_what_cannot_be_whitened_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        whiten(*arguments)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=50))
def test_a_one_hot_row_has_its_one_at_the_label(labels):
    rows = one_hot(labels, 21)
    assert rows.dtype == np.float32
    assert rows.shape == (len(labels), 21)
    assert rows.argmax(axis=1).tolist() == labels
    assert (rows.sum(axis=1) == 1.0).all()
    assert ((rows == 0.0) | (rows == 1.0)).all()
    np.testing.assert_array_equal(one_hot(labels), rows[:, : max(labels) + 1])


@pytest.mark.parametrize("labels", [[0, 2, 1], [[0], [3]], [[0, 1], [2, 0]], [1.0, 0.0], [True]])
@pytest.mark.parametrize("num_classes", [None, 5])
def test_to_categorical_is_keras_own(labels, num_classes):
    # Keras: zeros of shape (*labels.shape without a last axis of 1, classes), then ones.
    x = np.array(labels, np.int64)
    x = x[..., 0] if x.ndim > 1 and x.shape[-1] == 1 else x
    expected = np.eye(num_classes or x.max() + 1)[x]
    categorical = to_categorical(labels, num_classes)
    np.testing.assert_array_equal(categorical, expected)
    assert categorical.dtype == np.float32


@pytest.mark.peers
def test_to_categorical_beside_keras(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras_utils = pytest.importorskip("keras.utils")
    for labels in ([0, 2, 1], [[0], [3]], [[0, 1], [2, 0]]):
        np.testing.assert_array_equal(to_categorical(labels), keras_utils.to_categorical(labels))


@pytest.mark.parametrize(
    ("labels", "num_classes", "message"),
    [
        ([0, 1, 3, 5], 3, "at index 2 is 3, outside 0 to 2"),
        ([0, -1], 3, "at index 1 is -1, outside 0 to 2"),
        ([0, -1], None, "at index 1 is -1"),
        ([-1, -2], None, "at index 0 is -1"),
        ([0.0, 0.5], 3, "at index 1 is 0.5, no whole number"),
        ([float("nan")], 3, "at index 0 is nan, no whole number"),
        ([[0, 1], [1, 9]], 3, r"at index \(1, 1\) is 9"),
        (["a"], 3, "must be whole numbers"),
        ([], None, "give num_classes"),
        ([0], 0, "at least 1"),
    ],
)
def test_the_first_bad_label_is_named(labels, num_classes, message):
    with pytest.raises(InputError, match=message):
        one_hot(labels, num_classes)


def test_no_labels_give_no_rows():
    assert one_hot([], 3).shape == (0, 3)


LABELS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=60)


@given(LABELS, st.floats(0.05, 0.95), st.integers(0, 5))
def test_a_stratified_split_holds_each_place_once_and_each_class_in_its_share(
    labels, fraction, seed
):
    train, test = split_stratified(labels, fraction, seed)
    assert sorted([*train, *test]) == list(range(len(labels)))
    in_test = collections.Counter(labels[place] for place in test)
    for label, count in collections.Counter(labels).items():
        if count == 1:
            assert in_test[label] == 0
        else:
            assert 1 <= in_test[label] <= count - 1
            assert abs(in_test[label] - count * fraction) <= 1.0


def test_a_split_is_random_but_the_seed_decides():
    labels = np.repeat([0, 1], 500)
    (train, test), again, other = (split_stratified(labels, 0.2, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(train, again[0])
    np.testing.assert_array_equal(test, again[1])
    assert set(test) != set(other[1])
    assert 0.3 < labels[train[:100]].mean() < 0.7  # not one class after the other


@pytest.mark.parametrize(
    ("labels", "fraction", "message"),
    [
        ([0, 1], 0.0, "between 0 and 1"),
        ([0, 1], 1.0, "between 0 and 1"),
        ([0, 1], float("nan"), "between 0 and 1"),
        ([], 0.5, "one a sample"),
        ([[0, 1]], 0.5, r"\(1, 2\)"),
    ],
)
def test_a_split_that_cannot_be_is_refused(labels, fraction, message):
    with pytest.raises(InputError, match=message):
        split_stratified(labels, fraction)


@given(st.integers(0, 50), st.integers(1, 20), st.sampled_from([None, 0, 7]), st.booleans())
def test_one_pass_sees_every_sample_once(count, batch_size, seed, drop_last):
    parts = list(batches(count, batch_size, seed, drop_last))
    assert all(len(part) == batch_size for part in parts[: len(parts) if drop_last else -1])
    seen = [int(place) for part in parts for place in part]
    left_out = count % batch_size if drop_last else 0
    assert len(seen) == len(set(seen)) == count - left_out
    if seed is None:
        assert seen == list(range(count - left_out))
    assert set(seen) <= set(range(count))


@given(st.integers(1, 40), st.integers(1, 20), st.sampled_from([None, 0, 7]))
def test_arrays_are_cut_at_the_same_places(count, batch_size, seed):
    x, y = np.arange(count * 2).reshape(count, 2), np.arange(count)
    places = list(batches(count, batch_size, seed))
    pairs = list(batches((x, y), batch_size, seed))
    singles = list(batches(y, batch_size, seed))
    assert len(places) == len(pairs) == len(singles)
    for place, (x_part, y_part), single in zip(places, pairs, singles, strict=True):
        np.testing.assert_array_equal(y_part, place)
        np.testing.assert_array_equal(single, place)
        np.testing.assert_array_equal(x_part, x[place])


def test_a_shuffle_is_by_the_seed_and_a_generator_goes_on():
    def order(seed):
        return np.concatenate(list(batches(100, 10, seed))).tolist()

    assert order(3) == order(3) != order(4)
    assert order(3) != list(range(100))
    rng = np.random.default_rng(3)
    first, second = order(rng), order(rng)
    assert first == order(3)
    assert first != second


def test_batches_in_order_are_views():
    x = np.zeros((10, 3))
    for part in batches(x, 4):
        part[:] = 1.0
    assert (x == 1.0).all()


def test_wrong_batches_are_refused_at_once():
    with pytest.raises(InputError, match="batch_size is 0"):
        batches(10, 0)
    with pytest.raises(InputError, match=r"one length, not of \[3, 4\]"):
        batches((np.zeros(3), np.zeros(4)), 2)
    with pytest.raises(InputError, match="cannot be -1"):
        batches(-1, 2)


@pytest.mark.parametrize("prepare", [normalize, standardize, whiten, whitening_matrix])
def test_what_is_no_number_is_refused(prepare):
    with pytest.raises(InputError, match="x must be numbers, not text, such as 'a'"):
        prepare([["a", "b"], ["c", "d"]])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_one_bad_value_does_not_spread_over_its_feature_in_silence(bad):
    x = [[1.0, 2.0], [bad, 3.0], [4.0, 5.0]]
    for prepare in (standardize, whiten):
        with pytest.raises(InputError, match=r"hold.* NaN or infinity"):
            prepare(x)
    with pytest.raises(InputError, match=r"of shape \(0, 2\), has none"):
        standardize(np.zeros((0, 2)))
