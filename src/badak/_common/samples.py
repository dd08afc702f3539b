"""Validate samples before any work: an array of finite numbers of the right shape."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from badak._common.arrays import array_of, why_no_numbers
from badak._common.language import Phrase, counted, message
from badak.errors import InputError
from badak.typing import Array, Shape

FLOAT32_MAX = float(np.finfo(np.float32).max)

Given = TypeVar("Given")

Each = Callable[[Callable[[int], Any], Sequence[int]], Iterable[Any]]
"""Calls a function with each of some numbers, as map does."""


def as_array(values: Any, name: str | Phrase) -> Array:
    """Return values as an array of numbers, or of text, uncopied where they are one; or InputError.

    They may be anything that :mod:`badak._common.arrays` knows; none of them may be masked.

    >>> as_array(np.ma.array([1.0, 2.0], mask=[False, False]), "x")
    array([1., 2.])
    """
    if type(values) is np.ndarray and values.dtype.kind in "fiub":
        return values
    return array_of(unmasked(values, name), name)


def unmasked(values: Given, name: str | Phrase) -> Given:
    """Return the values as they are; InputError where any is masked.

    NumPy drops the mask of a masked array, so that what it hides would be taken for a number.
    """
    parts = values if isinstance(values, (list, tuple)) else (values,)
    masked = sum(int(np.sum(each.mask)) for each in parts if isinstance(each, np.ma.MaskedArray))
    if masked:
        raise InputError(
            counted(
                "there is {count:,} masked value in {name}: fill them (x.filled(0.0)), or leave "
                "out the samples that hold them",
                "there are {count:,} masked values in {name}: fill them (x.filled(0.0)), or leave "
                "out the samples that hold them",
                masked,
                name=name,
            )
        )
    return values


def check_samples(x: Any, input_shape: Shape | None = None, each: Each = map) -> Array:
    """Return x as an array (samples, *input_shape), uncopied where it is one; or InputError.

    Of a network of one feature x may have one axis, as in Keras.
    """
    samples = as_array(x, "x")
    if samples.dtype.kind not in "fiub":
        raise InputError(message("x must be numbers, not {kind}", kind=why_no_numbers(samples)))
    if input_shape == (1,) and samples.ndim == 1:
        samples = samples[:, np.newaxis]
    if samples.ndim == 0 or samples.size == 0:
        raise InputError(message("x holds no samples: its shape is {shape}", shape=samples.shape))
    if input_shape is not None and samples.shape[1:] != input_shape:
        raise InputError(_wrong_shape(samples.shape, input_shape))
    if samples.ndim < 2:
        raise InputError(
            message(
                "x must be (samples, features), not {shape}; x.reshape(-1, 1)?", shape=samples.shape
            )
        )
    check_finite(samples, "x", each)
    return samples


def _wrong_shape(given: Shape, expected: Shape) -> str:
    sizes = _sizes(expected)
    if given == expected:
        return message(
            "x is of shape {given}, but the network takes (samples, {sizes}): for one sample give "
            "x[np.newaxis]",
            given=given,
            sizes=sizes,
        )
    if int(np.prod(given[1:])) == int(np.prod(expected)) and len(given) > 1:
        return message(
            "x is of shape {given}, but the network takes (samples, {sizes}): x.reshape(-1, "
            "{sizes}) makes it so",
            given=given,
            sizes=sizes,
        )
    return message(
        "x is of shape {given}, but the network takes (samples, {sizes})", given=given, sizes=sizes
    )


def _sizes(shape: Shape) -> str:
    return ", ".join(map(str, shape))


def check_finite(x: Array, name: str, each: Each = map) -> None:
    """Raise InputError where x holds NaN or what float32 cannot, saying where the first one is.

    `each` goes through x piece by piece; one that uses several threads is quicker.
    """
    if x.dtype.kind != "f":
        return
    pieces = range(0, len(x), PIECE)
    for where in each(lambda start: _first_flaw(x[start : start + PIECE], start), pieces):
        if where is not None:
            raise InputError(
                message(
                    "{name}[{where}] is {value}: remove or fill such values before they reach the "
                    "network",
                    name=name,
                    where=", ".join(map(str, where)),
                    value=x[where],
                )
            )


PIECE = 4096  # samples that are looked at in one go: no second array as large as x


def _first_flaw(part: Array, start: int) -> tuple[int, ...] | None:
    """Return where in x, of which this part begins at `start`, the first flawed number is."""
    with np.errstate(all="ignore"):
        if part.itemsize == 4 and np.isfinite(part.sum()):
            return None  # only finite numbers have a finite sum, and to add is quicker
    finite = np.abs(part) <= FLOAT32_MAX if part.itemsize > 4 else np.isfinite(part)
    if finite.all():
        return None
    first = np.argwhere(~finite)[0]
    return (int(first[0]) + start, *map(int, first[1:]))


def check_pairs(x: Array, other: Any, name: str | Phrase) -> None:
    """Raise InputError unless `other` has one entry for each sample of x."""
    shape = getattr(other, "shape", None)
    count = shape[0] if shape else len(other) if hasattr(other, "__len__") else 0
    if count != len(x):
        raise InputError(
            message(
                "x has {count} samples, but {name} has {count_2}; they must agree",
                count=len(x),
                name=name,
                count_2=count,
            )
        )


def check_weights(weights: Any, x: Array) -> Array:
    """Return one finite weight of 0 or more for each sample; or InputError."""
    array = as_array(weights, "sample_weight")
    if array.dtype.kind not in "fiub":
        raise InputError(
            message("sample_weight must be numbers, not {kind}", kind=why_no_numbers(array))
        )
    array = array.astype(np.float32)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.shape != (len(x),):
        raise InputError(
            message(
                "sample_weight must be of shape ({count},), not {shape}",
                count=len(x),
                shape=array.shape,
            )
        )
    if not (np.isfinite(array) & (array >= 0.0)).all():
        raise InputError(message("sample_weight must be finite numbers of 0 or more"))
    return array
