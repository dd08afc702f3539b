"""Prepare data for a network: scaling, whitening, one-hot labels, splits and batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from badak._common.arrays import why_no_numbers
from badak._common.language import message
from badak._common.samples import as_array
from badak._common.statistics import Moments, whitening_of
from badak.errors import InputError
from badak.typing import Array, ArrayLike


def normalize(x: ArrayLike, maximum: float = 255.0) -> Array:
    """Return pixels from 0 to `maximum` as float32 from 0 to 1.

    Parameters
    ----------
    x : array_like
        Pixels, of any shape.
    maximum : float, default 255
        The largest pixel value, above 0.

    Returns
    -------
    array of float32
        Of the shape of `x`.

    Raises
    ------
    InputError
        `x` is not made of numbers, or `maximum` is not above 0.

    Examples
    --------
    >>> normalize([0, 51, 255])
    array([0. , 0.2, 1. ], dtype=float32)
    """
    if not maximum > 0.0:
        raise InputError(
            message(
                "maximum is {maximum}, but the largest pixel value must be above 0", maximum=maximum
            )
        )
    return _numbers(x).astype(np.float32) / np.float32(maximum)


def standardize(
    x: ArrayLike, mean: ArrayLike | None = None, std: ArrayLike | None = None, axis: int = 0
) -> Array:
    """Return numbers of mean 0 and standard deviation 1 along `axis`.

    Parameters
    ----------
    x : array_like
        By default (samples, features): each feature is standardised over the samples.
    mean, std : array_like, optional
        What to subtract and to divide by, such as the training set's; else those of `x`. Where std
        is 0 nothing is divided, so that a constant feature becomes 0 and not NaN.
    axis : int, default 0
        The axis over which mean and standard deviation are taken.

    Returns
    -------
    array of float
        Of the shape of `x`; float32 stays float32, and small integers become float32.

    Raises
    ------
    InputError
        `x` is empty, or holds NaN or infinity.

    Examples
    --------
    >>> standardize([[1.0, 7.0], [3.0, 7.0]])
    array([[-1.,  0.],
           [ 1.,  0.]])
    """
    x = _floating(x)
    if not x.size or not np.isfinite(x).all():
        raise InputError(
            message(
                "standardising takes finite numbers, at least one, but x, of shape {shape}, has "
                "none or holds NaN or infinity; remove or fill such values first",
                shape=x.shape,
            )
        )
    if std is None:
        # The deviation of equal numbers can come out as a rounding error instead of 0.
        constant = x.max(axis, keepdims=True) == x.min(axis, keepdims=True)
        std = np.where(constant, 1.0, x.std(axis, keepdims=True, dtype=np.float64))
    if mean is None:
        mean = x.mean(axis, keepdims=True, dtype=np.float64)
    std = np.asarray(std)
    return ((x - mean) / np.where(std == 0.0, 1.0, std)).astype(x.dtype)


def whiten(x: ArrayLike, method: str = "pca", epsilon: float = 1e-5) -> Array:
    """Return samples whose features are uncorrelated and of variance 1.

    Parameters
    ----------
    x : array_like
        Samples, (n, features), at least two.
    method : {"pca", "zca"}
        As for :func:`whitening_matrix`, which also serves to whiten other samples by the statistics
        of the training set.
    epsilon : float, default 1e-5
        Added to the variances, in their unit.

    Returns
    -------
    array of float
        Of the shape of `x`.

    Raises
    ------
    InputError
        `x` is not of shape (n, features) with two samples or more.

    Examples
    --------
    >>> x = whiten([[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0], [0.0, -2.0]], "zca", epsilon=1e-12)
    >>> np.cov(x.T, bias=True).round(6)
    array([[1., 0.],
           [0., 1.]])
    """
    x = _floating(x)
    mean, matrix = whitening_matrix(x, method, epsilon)
    return ((x - mean) @ matrix).astype(x.dtype)


def whitening_matrix(
    x: ArrayLike, method: str = "pca", epsilon: float = 1e-5
) -> tuple[Array, Array]:
    """Return the mean and the matrix that whiten `x`.

    White samples are ``(x - mean) @ matrix``.

    Parameters
    ----------
    x : array_like
        Samples, (n, features), at least two.
    method : {"pca", "zca"}
        Whether the white features are the principal components, or are turned back to the axes of
        the old ones, which they then resemble.
    epsilon : float, default 1e-5
        Added to the variances, in their unit, so that noise in the smallest is not amplified.

    Returns
    -------
    mean : array of float64
        (features,).
    matrix : array of float64
        (features, features).

    Raises
    ------
    InputError
        `x` is not of shape (n, features) with two samples or more, or `method` is unknown.

    See Also
    --------
    badak._common.statistics.whitening_of : The formula.

    Examples
    --------
    >>> mean, matrix = whitening_matrix([[1.0, 0.0], [3.0, 1.0], [5.0, 0.0]])
    >>> mean.round(3), matrix.shape
    (array([3.   , 0.333]), (2, 2))
    """
    x = _numbers(x).astype(np.float64, copy=False)
    if x.ndim != 2 or len(x) < 2:
        raise InputError(
            message(
                "whitening takes samples (n, features), n >= 2, not shape {shape}", shape=x.shape
            )
        )
    moments = Moments(x.shape[1], covariances=True)
    moments.add(x)
    return moments.mean, whitening_of(moments.covariance, method, epsilon)


def one_hot(labels: ArrayLike, num_classes: int | None = None) -> Array:
    """Return integer labels as rows with a single one.

    Parameters
    ----------
    labels : array_like
        Whole numbers from 0, of any shape.
    num_classes : int, optional
        The length of a row; by default the largest label plus one.

    Returns
    -------
    array of float32
        Of the shape of `labels`, with `num_classes` added at its end.

    Raises
    ------
    InputError
        A label is not a whole number, or is outside 0 to num_classes - 1.

    Examples
    --------
    >>> one_hot([2, 0])
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    labels = as_array(labels, "labels")
    whole = _whole(labels)
    if num_classes is None:
        if not whole.size:
            raise InputError(
                message("there are no labels to tell the number of classes; give num_classes")
            )
        num_classes = max(int(whole.max()), 0) + 1
    if num_classes < 1:
        raise InputError(
            message(
                "num_classes is {num_classes}, but there must be at least 1",
                num_classes=num_classes,
            )
        )
    outside = (whole < 0) | (whole >= num_classes)
    _refuse(labels, outside, message("outside 0 to {last}", last=num_classes - 1))
    rows = np.zeros((whole.size, num_classes), np.float32)
    rows[np.arange(whole.size), whole.ravel()] = 1.0
    return rows.reshape(*labels.shape, num_classes)


def to_categorical(x: ArrayLike, num_classes: int | None = None) -> Array:
    """Return :func:`one_hot` rows as Keras does: a column of labels (n, 1) counts as (n,).

    Parameters
    ----------
    x : array_like
        Whole numbers from 0, of any shape.
    num_classes : int, optional
        The length of a row; by default the largest label plus one.

    Returns
    -------
    array of float32
        Of the shape of `x`, with `num_classes` added at its end.

    Examples
    --------
    >>> to_categorical([[1], [0]])
    array([[0., 1.],
           [1., 0.]], dtype=float32)
    """
    x = as_array(x, "x")
    return one_hot(x[..., 0] if x.ndim > 1 and x.shape[-1] == 1 else x, num_classes)


def split_stratified(
    labels: ArrayLike, fraction: float, seed: int | np.random.Generator = 0
) -> tuple[Array, Array]:
    """Return the indices of a random split in which each class keeps its proportion.

    Parameters
    ----------
    labels : array_like
        One label a sample, of any type, (n,).
    fraction : float
        The part of each class that goes to the test set, between 0 and 1, rounded; a class of two
        or more samples has at least one on either side, a class of one is for training.
    seed : int or numpy.random.Generator, default 0
        The same seed gives the same split.

    Returns
    -------
    train, test : arrays of int
        Both in random order; together they hold each index once.

    Raises
    ------
    InputError
        `labels` are none or not of shape (n,), or `fraction` is not between 0 and 1.

    Examples
    --------
    >>> train, test = split_stratified(["a", "b", "a", "b", "a", "b"], 1 / 3)
    >>> len(train), len(test)
    (4, 2)
    """
    labels = as_array(labels, "labels")
    if labels.ndim != 1 or not labels.size:
        raise InputError(
            message(
                "labels are one a sample, shape (n,), but theirs is {shape}", shape=labels.shape
            )
        )
    if not 0.0 < fraction < 1.0:
        raise InputError(
            message(
                "the test fraction is {fraction}, but it must lie between 0 and 1",
                fraction=fraction,
            )
        )
    rng = np.random.default_rng(seed)
    train, test = [], []
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        rounded = int(len(members) * fraction + 0.5)
        held = min(max(rounded, 1), len(members) - 1)
        test.append(members[:held])
        train.append(members[held:])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))


def batches(
    data: int | Array | tuple[Array, ...],
    batch_size: int,
    seed: int | np.random.Generator | None = None,
    drop_last: bool = False,
) -> Iterator[Any]:
    """Return an iterator over the samples, `batch_size` at a time.

    Parameters
    ----------
    data : int, array or tuple of arrays
        A number of samples, for which arrays of indices are given; or an array, for which its parts
        are; or a tuple of arrays of one length, for which tuples of their parts are.
    batch_size : int
        Samples a batch; the last batch holds what is left.
    seed : int or numpy.random.Generator, optional
        Shuffles the samples; without it they keep their order.
    drop_last : bool, default False
        Whether to leave out a last batch that is not full.

    Returns
    -------
    iterator
        One pass over the samples.

    Raises
    ------
    InputError
        `batch_size` is below 1, or the arrays are not of one length.

    Examples
    --------
    >>> [indices.tolist() for indices in batches(5, 2)]
    [[0, 1], [2, 3], [4]]
    """
    if batch_size < 1:
        raise InputError(
            message(
                "batch_size is {batch_size}, but a batch holds at least 1 sample",
                batch_size=batch_size,
            )
        )
    count = _count(data)
    stop = count - count % batch_size if drop_last else count
    # Slices in order, so that the parts are views; places where the order is random.
    order = None if seed is None else np.random.default_rng(seed).permutation(count)
    return (
        _part(data, start, min(start + batch_size, count), order)
        for start in range(0, stop, batch_size)
    )


def _part(data: Any, start: int, stop: int, order: Array | None) -> Any:
    places: Any = slice(start, stop) if order is None else order[start:stop]
    if isinstance(data, tuple):
        return tuple(array[places] for array in data)
    if isinstance(data, np.ndarray):
        return data[places]
    return np.arange(start, stop) if order is None else places


def _count(data: int | Array | tuple[Array, ...]) -> int:
    if isinstance(data, tuple):
        counts = [len(array) for array in data]
        if len(set(counts)) != 1:
            raise InputError(
                message(
                    "batches are taken from arrays of one length, not of {counts}", counts=counts
                )
            )
        return counts[0]
    count = len(data) if isinstance(data, np.ndarray) else int(data)
    if count < 0:
        raise InputError(message("there cannot be {count} samples", count=count))
    return count


def _floating(x: ArrayLike) -> Array:
    """As floating numbers: at least float32, float64 where the type needs it."""
    x = _numbers(x)
    return x.astype(np.result_type(x.dtype, np.float32), copy=False)


def _numbers(x: ArrayLike) -> Array:
    x = as_array(x, "x")
    if x.dtype.kind not in "fiub":
        raise InputError(message("x must be numbers, not {given}", given=why_no_numbers(x)))
    return x


def _whole(labels: Array) -> Array:
    """Labels as int64; the first that is no whole number is named."""
    if labels.dtype.kind in "bui" or not labels.size:
        return labels.astype(np.int64)
    if labels.dtype.kind != "f":
        raise InputError(
            message(
                "labels must be whole numbers from 0, but these are {dtype}", dtype=labels.dtype
            )
        )
    _refuse(labels, ~np.isfinite(labels) | (labels != np.floor(labels)), message("no whole number"))
    return labels.astype(np.int64)


def _refuse(labels: Array, wrong: Array, why: str) -> None:
    if wrong.any():
        index = tuple(int(i) for i in np.unravel_index(wrong.argmax(), wrong.shape))
        place = index[0] if len(index) == 1 else index
        raise InputError(
            message(
                "the label at index {place} is {labels}, {why}",
                place=place,
                labels=labels[index],
                why=why,
            )
        )
