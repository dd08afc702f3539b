"""Initializers that do not depend on the layer's size: constants and plain distributions."""

from dataclasses import dataclass

import numpy as np

from badak._common.hyperparameters import hyperparameter
from badak._common.language import message
from badak._common.validation import FINITE, NOT_NEGATIVE, SEED
from badak.errors import InputError
from badak.initializers.base import Initializer
from badak.initializers.registry import INITIALIZERS
from badak.typing import Array, Shape


@INITIALIZERS.enter("zero", name="zeros")
@dataclass(frozen=True)
class Zeros(Initializer):
    """All weights 0: right for a bias, wrong for a kernel, whose units would all stay the same.

    Examples
    --------
    >>> Zeros()((2,))
    array([0., 0.])
    """

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return np.zeros(shape)


@INITIALIZERS.enter("one", name="ones")
@dataclass(frozen=True)
class Ones(Initializer):
    """All weights 1.

    Examples
    --------
    >>> Ones()((2,))
    array([1., 1.])
    """

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return np.ones(shape)


@INITIALIZERS.enter(name="constant")
@dataclass(frozen=True)
class Constant(Initializer):
    """All weights the same number.

    Parameters
    ----------
    value : float, default 0
        That number.

    Raises
    ------
    InputError
        `value` is not a finite number.

    Examples
    --------
    >>> Constant(0.1)((2,))
    array([0.1, 0.1])
    """

    value: float = hyperparameter(0.0, FINITE)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return np.full(shape, self.value, dtype=np.float64)


@INITIALIZERS.enter("uniform", name="random_uniform")
@dataclass(frozen=True)
class RandomUniform(Initializer):
    """Weights of the uniform distribution over [minval, maxval).

    Parameters
    ----------
    minval, maxval : float, default -0.05 and 0.05
        The bounds.
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    Raises
    ------
    InputError
        A bound is not a finite number, or `minval` is above `maxval`.

    Examples
    --------
    >>> w = RandomUniform(-1.0, 1.0)((50, 50))
    >>> bool((w >= -1.0).all() and (w < 1.0).all())
    True
    """

    minval: float = hyperparameter(-0.05, FINITE)
    maxval: float = hyperparameter(0.05, FINITE)
    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return rng.uniform(self.minval, self.maxval, shape)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.minval > self.maxval:
            raise InputError(
                message(
                    "RandomUniform's minval must not be above its maxval, but {minval} is above "
                    "{maxval}; exchange them",
                    minval=self.minval,
                    maxval=self.maxval,
                )
            )


@INITIALIZERS.enter("normal", name="random_normal")
@dataclass(frozen=True)
class RandomNormal(Initializer):
    """Weights of the normal distribution: the book begins with it, with `stddev` 0.01.

    Parameters
    ----------
    mean : float, default 0
        The mean.
    stddev : float, default 0.05
        The standard deviation, from 0.
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    Raises
    ------
    InputError
        An argument outside its range.

    Examples
    --------
    >>> RandomNormal(stddev=0.01)((784, 50)).shape
    (784, 50)
    """

    mean: float = hyperparameter(0.0, FINITE)
    stddev: float = hyperparameter(0.05, NOT_NEGATIVE)
    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return self.mean + self.stddev * rng.standard_normal(shape)


@INITIALIZERS.enter(name="truncated_normal")
@dataclass(frozen=True)
class TruncatedNormal(Initializer):
    """Weights of the normal distribution, those beyond two `stddev` from the mean drawn again.

    The result has 0.8796 times that standard deviation.

    Parameters
    ----------
    mean : float, default 0
        The mean.
    stddev : float, default 0.05
        The standard deviation before the truncation, from 0.
    seed : int, optional
        The seed of its own; without it the generator of the call is used, or 0.

    Raises
    ------
    InputError
        An argument outside its range.

    Examples
    --------
    >>> w = TruncatedNormal(stddev=1.0)((50, 50))
    >>> bool((np.abs(w) <= 2.0).all())
    True
    """

    mean: float = hyperparameter(0.0, FINITE)
    stddev: float = hyperparameter(0.05, NOT_NEGATIVE)
    seed: int | None = hyperparameter(None, SEED)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return self.mean + self.stddev * standard_truncated_normal(shape, rng)


def standard_truncated_normal(shape: Shape, rng: np.random.Generator) -> Array:
    """Return standard normal numbers, each that lies beyond 2 drawn again until it does not."""
    z = np.asarray(rng.standard_normal(shape))
    while (outside := np.abs(z) > 2.0).any():
        z[outside] = rng.standard_normal(np.count_nonzero(outside))
    return z
