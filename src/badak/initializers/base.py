"""The base class of initializers: a call with a shape and a generator, and checked arguments."""

import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from badak._common.hyperparameters import check_fields
from badak._common.language import message
from badak._common.registry import configuration
from badak._common.validation import Choice
from badak.errors import InputError
from badak.typing import Array, Config, Shape

Mode = Literal["fan_in", "fan_out", "fan_avg"]
Distribution = Literal["truncated_normal", "untruncated_normal", "uniform"]
MODE = Choice(*get_args(Mode))
DISTRIBUTION = Choice(*get_args(Distribution), aliases={"normal": "truncated_normal"})  # Keras's


class Initializer:
    """Initial weights from a shape and a generator: the base class of initializers.

    One of your own is a frozen dataclass with a ``draw``.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Alternating(Initializer):
    ...     def draw(self, shape, rng):
    ...         return rng.choice([-1.0, 1.0], shape)
    >>> Alternating()((2, 3)).shape
    (2, 3)
    """

    seed: int | None = None

    def __call__(self, shape: int | Shape, rng: np.random.Generator | None = None) -> Array:
        """Return initial weights.

        Parameters
        ----------
        shape : int or tuple of int
            The shape of the weights, such as (inputs, units).
        rng : numpy.random.Generator, optional
            The source of random numbers, unless the initializer has a seed of its own; without
            either the seed is 0, so that the same call returns the same bits.

        Returns
        -------
        array of float64
            Of that shape.

        Raises
        ------
        InputError
            `shape` is no shape, or what was drawn is not made of finite numbers of that shape.
        """
        if self.seed is not None or rng is None:
            rng = np.random.default_rng(self.seed or 0)
        checked = _check_shape(shape)
        return self._check_weights(np.asarray(self.draw(checked, rng)), checked)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        """Return an array of a shape, with all that is random in it taken from a generator.

        Parameters
        ----------
        shape : tuple of int
            The shape of the weights.
        rng : numpy.random.Generator
            The source of random numbers.

        Returns
        -------
        array of float
            Of that shape.
        """
        raise NotImplementedError(
            message("{kind} does not say its weights", kind=type(self).__name__)
        )

    def __post_init__(self) -> None:
        check_fields(self)

    def get_config(self) -> Config:
        """Return the configuration from which :func:`get` rebuilds this initializer."""
        return configuration(self)

    def _check_weights(self, weights: Array, shape: Shape) -> Array:
        called = self.get_config()["name"]
        if weights.dtype.kind not in "fiub" or weights.shape != shape:
            raise InputError(
                message(
                    "the initializer {called!r} must give numbers of shape {shape}, not {dtype} "
                    "of shape {shape_2}",
                    called=called,
                    shape=shape,
                    dtype=weights.dtype,
                    shape_2=weights.shape,
                )
            )
        if not np.isfinite(weights).all():
            raise InputError(
                message("the initializer {called!r} gave NaN or infinity", called=called)
            )
        return weights.astype(np.float64, copy=False)


@dataclass(frozen=True)
class OwnInitializer(Initializer):
    """A function of your own as an initializer.

    Parameters
    ----------
    function : function
        From a shape to an array of that shape.

    Examples
    --------
    >>> OwnInitializer(lambda shape: np.full(shape, 0.5))((2,))
    array([0.5, 0.5])
    """

    function: Callable[[Shape], Any]

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return np.asarray(self.function(shape))

    def get_config(self) -> Config:
        """Return the name alone: a function cannot be written to a file."""
        return {"name": getattr(self.function, "__name__", repr(self.function))}


def _check_shape(shape: Any) -> Shape:
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if all(_is_whole(size) and size > 0 for size in sizes):
        return tuple(int(size) for size in sizes)
    raise InputError(
        message("weights have a shape of positive whole numbers, not {shape!r}", shape=shape)
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)
