r"""Regularizers: a penalty on large weights, added to the loss.

The penalty of one weight and its derivative are plain elementwise functions; a regularizer sums
the penalty over an array of weights of any shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.floats import floating, formula
from badak._common.hyperparameters import check_fields, hyperparameter
from badak._common.language import marked, message
from badak._common.registry import Registry, configuration
from badak._common.validation import NOT_NEGATIVE
from badak.errors import InputError
from badak.typing import Array, ArrayLike, Config


@formula
def absolute(w: Array, l1: float) -> Array:
    """Return l1 times each absolute weight.

    Parameters
    ----------
    w : array of float
        Weights, of any shape.
    l1 : float
        The factor.

    Returns
    -------
    array of float
        The penalty of each weight, of the shape of `w`.

    Examples
    --------
    >>> absolute(np.array([-3.0, 2.0]), 0.5)
    array([1.5, 1. ])
    """
    return l1 * np.abs(w)


@formula
def absolute_slope(w: Array, l1: float) -> Array:
    """Return the derivative of :func:`absolute`; at 0 it is 0.

    Parameters
    ----------
    w : array of float
        Weights, of any shape.
    l1 : float
        The factor.

    Returns
    -------
    array of float
        The derivative in each weight, of the shape of `w`.

    Examples
    --------
    >>> absolute_slope(np.array([-3.0, 0.0, 2.0]), 0.5)
    array([-0.5,  0. ,  0.5])
    """
    return l1 * np.sign(w)


@formula
def square(w: Array, l2: float) -> Array:
    """Return l2 times each squared weight.

    Parameters
    ----------
    w : array of float
        Weights, of any shape.
    l2 : float
        The factor.

    Returns
    -------
    array of float
        The penalty of each weight, of the shape of `w`.

    Examples
    --------
    >>> square(np.array([-3.0, 2.0]), 0.5)
    array([4.5, 2. ])
    """
    return l2 * w * w


@formula
def square_slope(w: Array, l2: float) -> Array:
    """Return the derivative of :func:`square`.

    Parameters
    ----------
    w : array of float
        Weights, of any shape.
    l2 : float
        The factor.

    Returns
    -------
    array of float
        The derivative in each weight, of the shape of `w`.

    Examples
    --------
    >>> square_slope(np.array([-3.0, 2.0]), 0.5)
    array([-3.,  2.])
    """
    return 2.0 * l2 * w


class Regularizer:
    """A penalty on large weights, added to the loss: the base class of regularizers.

    One of your own is a frozen dataclass with ``price`` and ``gradient``.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Quartic(Regularizer):
    ...     def price(self, w):
    ...         return w**4.0
    ...     def gradient(self, w):
    ...         return 4.0 * w**3.0
    >>> Quartic()([1.0, 2.0])
    17.0
    """

    def __call__(self, w: ArrayLike) -> float:
        """Return the penalty, as in Keras.

        Parameters
        ----------
        w : array_like
            Weights, of any shape.

        Returns
        -------
        float
            What is added to the loss.
        """
        return self.penalty(np.asarray(w))

    def penalty(self, w: Array) -> float:
        """Return what is added to the loss.

        Parameters
        ----------
        w : array of float
            Weights, of any shape.

        Returns
        -------
        float
            The sum of the elementwise penalties, in float64.
        """
        return float(np.sum(self.price(floating(w)), dtype=np.float64))

    def price(self, w: Array) -> Array:
        """Return the elementwise penalty.

        Parameters
        ----------
        w : array of float
            Weights, of any shape.

        Returns
        -------
        array of float
            The penalty of each weight, of the shape of `w`.
        """
        raise NotImplementedError(
            message("{kind} does not say its price", kind=type(self).__name__)
        )

    def gradient(self, w: Array) -> Array:
        """Return the derivative of the penalty.

        Parameters
        ----------
        w : array of float
            Weights, of any shape.

        Returns
        -------
        array of float
            The derivative in each weight, of the shape of `w`.
        """
        raise NotImplementedError(
            message("{kind} does not say its gradient", kind=type(self).__name__)
        )

    def __post_init__(self) -> None:
        check_fields(self)

    def get_config(self) -> Config:
        """Return the configuration from which :func:`get` rebuilds this regularizer."""
        return configuration(self)


REGULARIZERS: Registry[Callable[..., Regularizer]] = Registry(marked("regularizer"))


@REGULARIZERS.enter(name="l1")
@dataclass(frozen=True)
class L1(Regularizer):
    r"""The sum of absolute weights, :math:`\lambda \sum |w|`, which drives many of them to 0.

    Parameters
    ----------
    l1 : float, default 0.01
        The factor :math:`\lambda`, from 0.

    Raises
    ------
    InputError
        `l1` is not a finite number of 0 or more.

    References
    ----------
    Tibshirani, Regression Shrinkage and Selection via the Lasso, 1996.

    Examples
    --------
    >>> L1(0.1).gradient(np.array([-3.0, 0.0, 2.0]))
    array([-0.1,  0. ,  0.1])
    """

    l1: float = hyperparameter(0.01, NOT_NEGATIVE)

    def price(self, w: Array) -> Array:
        """Return l1 times each absolute weight."""
        return absolute(w, self.l1)

    def gradient(self, w: Array) -> Array:
        """Return the slope, of the shape of `w`."""
        return absolute_slope(w, self.l1)


@REGULARIZERS.enter(name="l2")
@dataclass(frozen=True)
class L2(Regularizer):
    r"""The sum of squared weights, :math:`\lambda \sum w^2`, which keeps all of them small.

    Parameters
    ----------
    l2 : float, default 0.01
        The factor :math:`\lambda`, from 0.

    Raises
    ------
    InputError
        `l2` is not a finite number of 0 or more.

    Notes
    -----
    Some books have a factor 1/2; the `weight_decay` of *Deep Learning from Scratch* is 2 l2.

    References
    ----------
    Hoerl & Kennard, Ridge Regression, 1970; Krogh & Hertz, A Simple Weight Decay Can Improve
    Generalization, 1991.

    Examples
    --------
    >>> L2(0.5).penalty(np.array([-3.0, 1.0])), L2(0.5).gradient(np.array([-3.0, 1.0]))
    (5.0, array([-3.,  1.]))
    """

    l2: float = hyperparameter(0.01, NOT_NEGATIVE)

    def price(self, w: Array) -> Array:
        """Return l2 times each squared weight."""
        return square(w, self.l2)

    def gradient(self, w: Array) -> Array:
        """Return the slope, of the shape of `w`."""
        return square_slope(w, self.l2)


@REGULARIZERS.enter(name="l1_l2")
@dataclass(frozen=True)
class L1L2(Regularizer):
    r"""Both penalties, :math:`\lambda_1 \sum |w| + \lambda_2 \sum w^2`, called the elastic net.

    Parameters
    ----------
    l1, l2 : float, default 0
        The factors, from 0. By its name alone, ``"l1_l2"``, both are 0.01, as in Keras's manual.

    Raises
    ------
    InputError
        A factor is not a finite number of 0 or more.

    References
    ----------
    Zou & Hastie, Regularization and Variable Selection via the Elastic Net, 2005.

    Examples
    --------
    >>> L1L2(l1=1.0, l2=0.5).penalty(np.array([-2.0, 1.0]))
    5.5
    """

    l1: float = hyperparameter(0.0, NOT_NEGATIVE)
    l2: float = hyperparameter(0.0, NOT_NEGATIVE)

    def price(self, w: Array) -> Array:
        """Return the two prices of each weight together."""
        return absolute(w, self.l1) + square(w, self.l2)

    def gradient(self, w: Array) -> Array:
        """Return the slope, of the shape of `w`."""
        return absolute_slope(w, self.l1) + square_slope(w, self.l2)


def get(spec: Any) -> Regularizer | None:
    """Return the regularizer that a user's `spec` means.

    Parameters
    ----------
    spec : str, dict, class, Regularizer or None
        A name in any spelling, such as "l2"; a configuration ``{"name": ..., argument: ...}``; a
        class; a regularizer, which is returned as it is; or None.

    Returns
    -------
    Regularizer or None
        None where `spec` is None.

    Raises
    ------
    UnknownNameError
        No regularizer has that name; the message suggests the nearest one.
    InputError
        `spec` is none of these, or the regularizer does not take its arguments.

    Examples
    --------
    >>> get("l2"), get({"name": "L1", "l1": 0.1})
    (L2(l2=0.01), L1(l1=0.1))
    """
    if isinstance(spec, str) and REGULARIZERS[spec] is L1L2:
        return L1L2(l1=0.01, l2=0.01)  # with its own defaults it would do nothing
    made = REGULARIZERS.make(spec)
    if isinstance(made, type) and issubclass(made, Regularizer):
        made = made()
    if made is None or isinstance(made, Regularizer):
        return made
    raise InputError(
        message(
            "{made!r} is not a regularizer; give None, a name such as 'l2', or an object such as "
            "L2(0.001); one of your own derives from Regularizer, with a penalty and a gradient",
            made=made,
        )
    )


# Keras's names for the classes where they are called as functions.
l1 = L1
l2 = L2
l1_l2 = L1L2
