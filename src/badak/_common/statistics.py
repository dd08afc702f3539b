"""Running mean, variance and covariance of data that comes in pieces, and whitening."""

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.typing import Array

WHITENING_METHODS = ("pca", "zca")


class Moments:
    """Mean and variance (or covariances) of rows of `width` features, gathered piece by piece.

    Worked out in float64 by merging each piece's mean and squared deviations (Chan, Golub &
    LeVeque, 1979), which loses no digits however far the mean lies from zero.

    >>> moments = Moments(width=1)
    >>> moments.add(np.array([[1.0], [3.0]]))
    >>> moments.mean, moments.variance
    (array([2.]), array([1.]))
    """

    def __init__(self, width: int, covariances: bool = False) -> None:
        self.count = 0
        self.covariances = covariances
        self.mean = np.zeros(width)
        self._deviations = np.zeros((width, width) if covariances else width)

    def add(self, x: Array) -> None:
        """Take in more data, of shape (..., width)."""
        rows = np.asarray(x, dtype=np.float64).reshape(-1, len(self.mean))
        if not np.isfinite(rows).all():
            raise InputError(
                message("the data hold NaN or infinity; remove or fill such values first")
            )
        mean = rows.mean(axis=0)
        shift = mean - self.mean
        total = self.count + len(rows)
        between = self.count * len(rows) / total
        centred = rows - mean
        if self.covariances:
            self._deviations += centred.T @ centred + between * np.outer(shift, shift)
        else:
            self._deviations += (centred * centred).sum(axis=0) + between * shift * shift
        self.mean = self.mean + shift * (len(rows) / total)
        self.count = total

    @property
    def variance(self) -> Array:
        """The mean squared deviation of each feature, (width,)."""
        spread = np.diagonal(self._deviations) if self.covariances else self._deviations
        return spread / self.count

    @property
    def covariance(self) -> Array:
        """The covariances of the features, (width, width)."""
        if not self.covariances:
            raise InputError(
                message("covariances were not gathered: Moments(width, covariances=True)")
            )
        return self._deviations / self.count


def whitening_of(covariance: Array, method: str = "pca", epsilon: float = 1e-5) -> Array:
    """Return the matrix that takes centred data to covariance 1: (x - mean) @ matrix.

    With eigenvectors U and eigenvalues v of the covariance it is ``U / sqrt(v + epsilon)`` for
    "pca": the new features are the principal components, the largest variance first. For "zca" it
    is ``U / sqrt(v + epsilon) @ U.T``: turned back, so that each stays as near as it can be to the
    old feature, and a whitened image still looks like one. A variance of 0, to rounding, stays 0.

    Sources: A. Kessy, A. Lewin, K. Strimmer, Optimal whitening and decorrelation, The American
    Statistician 72 (2018); A. Krizhevsky, Learning multiple layers of features from tiny images
    (2009), appendix A, for ZCA on images.

    >>> whitening_of(np.diag([4.0, 1.0]), epsilon=0.0)
    array([[0.5, 0. ],
           [0. , 1. ]])
    """
    check_whitening_method(method)
    if not 0.0 <= epsilon < np.inf:
        raise InputError(
            message("epsilon is {epsilon}, but it must be 0 or more; try 1e-5", epsilon=epsilon)
        )
    values, vectors = np.linalg.eigh(covariance)  # ascending
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    # An eigenvector is known up to its sign; its largest entry is made positive.
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[np.newaxis], axis=0)
    vectors = vectors * np.where(largest < 0.0, -1.0, 1.0)
    seen = values > values[0] * len(values) * np.finfo(np.float64).eps
    scale = np.where(seen, 1.0 / np.sqrt(np.where(seen, values, 1.0) + epsilon), 0.0)
    matrix = vectors * scale
    return matrix @ vectors.T if method == "zca" else matrix


def check_whitening_method(method: str) -> str:
    """Return `method`, or raise InputError where it is not one."""
    if method not in WHITENING_METHODS:
        raise InputError(message("whitening is by 'pca' or 'zca', not {method!r}", method=method))
    return method
