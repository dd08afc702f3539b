"""Mean, variance and covariance of data that comes in pieces, and the whitening that follows."""

import numpy as np

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
            raise InputError("the data hold NaN or infinity; remove or fill such values first")
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
            raise InputError("covariances were not gathered: Moments(width, covariances=True)")
        return self._deviations / self.count


def whitening_matrix(covariance: Array, method: str = "pca", epsilon: float = 1e-5) -> Array:
    """Return the matrix that takes centred data to covariance 1: (x - mean) @ matrix.

    "pca" turns the features onto the principal axes, the one of largest variance first; "zca" turns
    them back, so that the result is as near to the data as it can be. A variance that is 0 to
    rounding stays 0. Each axis is turned so that its largest part is positive, so that the signs
    are the same on every machine.

    >>> whitening_matrix(np.diag([4.0, 1.0]), epsilon=0.0)
    array([[0.5, 0. ],
           [0. , 1. ]])
    """
    check_whitening_method(method)
    variances, axes = np.linalg.eigh(covariance)
    variances, axes = np.maximum(variances[::-1], 0.0), axes[:, ::-1]
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.sign(axes[largest, np.arange(len(axes))])
    rounding = variances[0] * len(variances) * np.finfo(np.float64).eps
    seen = variances > rounding
    scale = np.where(seen, 1.0 / np.sqrt(np.where(seen, variances, 1.0) + epsilon), 0.0)
    matrix = axes * scale
    return matrix if method == "pca" else matrix @ axes.T


def check_whitening_method(method: str) -> str:
    """Return `method`, or raise InputError where it is not one."""
    if method not in WHITENING_METHODS:
        raise InputError(f"whitening is by 'pca' or 'zca', not {method!r}")
    return method
