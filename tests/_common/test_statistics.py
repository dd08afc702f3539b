import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from badak._common.statistics import Moments, whitening_of
from badak.errors import InputError


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.floats(-1e6, 1e6))
def test_pieces_give_what_the_whole_gives(sizes, far):
    rng = np.random.default_rng(len(sizes))
    pieces = [rng.normal(far, 2.0, size=(size, 3)) for size in sizes]
    moments = Moments(3, covariances=True)
    for piece in pieces:
        moments.add(piece)
    whole = np.concatenate(pieces)
    np.testing.assert_allclose(moments.mean, whole.mean(axis=0), rtol=1e-12)
    expected = np.cov(whole.T, bias=True) if len(whole) > 1 else np.zeros((3, 3))
    np.testing.assert_allclose(moments.covariance, expected, atol=1e-8)
    np.testing.assert_allclose(moments.variance, np.diagonal(expected), atol=1e-8)


@pytest.mark.parametrize("method", ["pca", "zca"])
def test_whitened_data_are_uncorrelated_with_variance_one(method):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 4)) @ rng.normal(size=(4, 4)) + 3.0
    moments = Moments(4, covariances=True)
    moments.add(x)
    white = (x - moments.mean) @ whitening_of(moments.covariance, method, epsilon=0.0)
    np.testing.assert_allclose(np.cov(white.T, bias=True), np.eye(4), atol=1e-9)


def test_pca_whitening_agrees_with_scikit_learn():
    decomposition = pytest.importorskip("sklearn.decomposition")
    x = np.random.default_rng(1).normal(size=(300, 5)) * [5.0, 4.0, 3.0, 2.0, 1.0]
    theirs = decomposition.PCA(whiten=True).fit(x).transform(x)
    moments = Moments(5, covariances=True)
    moments.add(x)
    mine = (x - moments.mean) @ whitening_of(moments.covariance, epsilon=0.0)
    unbiased = np.sqrt(299 / 300)
    np.testing.assert_allclose(np.abs(mine) * unbiased, np.abs(theirs), rtol=1e-6, atol=1e-9)


def test_zca_stays_as_near_to_the_data_as_it_can():
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    matrix = whitening_of(covariance, "zca", epsilon=0.0)
    np.testing.assert_allclose(matrix, matrix.T)
    np.testing.assert_allclose(matrix @ covariance @ matrix, np.eye(2), atol=1e-12)


def test_a_constant_feature_is_left_at_zero():
    matrix = whitening_of(np.diag([1.0, 0.0]), epsilon=0.0)
    assert np.isfinite(matrix).all()
    assert not matrix[1].any()


def test_what_cannot_be_gathered_is_refused():
    with pytest.raises(InputError, match="NaN"):
        Moments(1).add(np.array([[np.nan]]))
    with pytest.raises(InputError, match="covariances=True"):
        _ = Moments(1).covariance
    with pytest.raises(InputError, match="'pca' or 'zca'"):
        whitening_of(np.eye(2), "lda")
