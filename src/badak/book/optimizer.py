"""``common.optimizer`` of the book: rules that update a dictionary of weights.

``update(params, grads)`` takes the weights and their gradients by name. Arrays change in place, so
that the layers that hold them see it; plain numbers are replaced in the dictionary. The rules are
those of :mod:`badak.optimizers.rules`; two of the book's are not among these and stand here.
"""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, ClassVar

import numpy as np

from badak import optimizers
from badak._common.language import message
from badak._common.validation import BELOW_ONE, NOT_NEGATIVE, SHARE, setting_of
from badak.errors import InputError
from badak.optimizers import rules
from badak.typing import Array

EPSILON = 1e-7


class _Optimizer:
    """A rule, its settings, and what it remembers of each weight."""

    slots: ClassVar[tuple[str, ...]] = ()
    """The names of the attributes in which the rule remembers, each a dictionary by weight."""
    rule: ClassVar[Callable[..., Any]]

    def __init__(self, lr: float) -> None:
        self.lr = NOT_NEGATIVE.check(lr, setting_of(type(self).__name__, "lr"))
        self.iter = 0
        for name in self.slots:
            setattr(self, name, {})

    def scalars(self) -> dict[str, float]:
        """Return the rule's numbers for this step."""
        raise NotImplementedError

    def update(self, params: MutableMapping[str, Any], grads: Mapping[str, Any]) -> None:
        """Take one step.

        Parameters
        ----------
        params : dict of str to array or float
            The weights by name. Arrays change in place.
        grads : dict of str to array or float
            The gradient of the loss in each.

        Raises
        ------
        InputError
            A gradient is missing, or a weight is an array of whole numbers.
        """
        for name, w in params.items():
            self._check(name, w, grads)
        self.iter += 1
        scalars = self.scalars()
        remembered = [getattr(self, slot) for slot in self.slots]
        for name, w in params.items():
            kept = [each.setdefault(name, np.zeros_like(w)) for each in remembered]
            new = type(self).rule(w, grads[name], *kept, **scalars)
            moved, *now = new if kept else (new,)
            for each, value in zip(remembered, now, strict=True):
                each[name] = value
            if isinstance(w, np.ndarray):
                w[...] = moved
            else:
                params[name] = moved

    def _check(self, name: str, w: Any, grads: Mapping[str, Any]) -> None:
        if name not in grads:
            raise InputError(message("grads has no gradient of params[{name!r}]", name=name))
        if isinstance(w, np.ndarray) and w.dtype.kind != "f":
            raise InputError(
                message(
                    "params[{name!r}] is an array of {dtype}, which holds no small steps; make it "
                    "one of floats with .astype(float)",
                    name=name,
                    dtype=w.dtype,
                )
            )


class SGD(_Optimizer):
    """Stochastic gradient descent: :func:`badak.optimizers.rules.sgd`.

    Parameters
    ----------
    lr : float, default 0.01
        The learning rate, from 0.

    Raises
    ------
    InputError
        `lr` is negative.

    Examples
    --------
    >>> params = {"W": np.array([1.0])}
    >>> SGD(lr=0.5).update(params, {"W": np.array([1.0])})
    >>> params
    {'W': array([0.5])}
    """

    rule = staticmethod(rules.sgd)

    def __init__(self, lr: float = 0.01) -> None:
        super().__init__(lr)

    def scalars(self) -> dict[str, float]:
        """Return the learning rate."""
        return {"learning_rate": self.lr}


class Momentum(_Optimizer):
    """Gradient descent with a velocity `v`: :func:`badak.optimizers.rules.momentum`.

    Parameters
    ----------
    lr : float, default 0.01
        The learning rate, from 0.
    momentum : float, default 0.9
        How much of the velocity is kept, from 0 to 1.

    Raises
    ------
    InputError
        A setting is out of its range.

    Examples
    --------
    >>> params, optimizer = {"W": np.array([1.0])}, Momentum(lr=0.5, momentum=0.5)
    >>> for _ in range(2):
    ...     optimizer.update(params, {"W": np.array([1.0])})
    >>> params
    {'W': array([-0.25])}
    """

    slots = ("v",)
    rule = staticmethod(rules.momentum)
    v: dict[str, Array]

    def __init__(self, lr: float = 0.01, momentum: float = 0.9) -> None:
        super().__init__(lr)
        self.momentum = SHARE.check(momentum, setting_of(type(self).__name__, "momentum"))

    def scalars(self) -> dict[str, float]:
        """Return the learning rate and the momentum."""
        return {"learning_rate": self.lr, "momentum": self.momentum}


class Nesterov(Momentum):
    r"""Momentum that looks ahead: :func:`badak.optimizers.rules.nesterov`.

    Parameters
    ----------
    lr : float, default 0.01
        The learning rate, from 0.
    momentum : float, default 0.9
        How much of the velocity is kept, from 0 to 1.

    Raises
    ------
    InputError
        A setting is out of its range.

    Notes
    -----
    The paper that the book names takes the velocity of the step before in its last line,
    :math:`w + \mu^2 v - (1 + \mu) \eta g`. The book's code takes the new one there, and its
    steps differ from these.

    References
    ----------
    Bengio, Boulanger-Lewandowski & Pascanu, Advances in Optimizing Recurrent Networks, 2013.

    Examples
    --------
    >>> params = {"W": np.array([1.0])}
    >>> Nesterov(lr=0.5, momentum=0.5).update(params, {"W": np.array([1.0])})
    >>> params
    {'W': array([0.25])}
    """

    rule = staticmethod(rules.nesterov)


def adagrad(
    w: Array, g: Array, h: Array, learning_rate: float, epsilon: float
) -> tuple[Array, Array]:
    """Return :func:`badak.optimizers.rules.adagrad`'s step with epsilon beside the root."""
    h = h + g * g
    return w - learning_rate * g / (np.sqrt(h) + epsilon), h


class AdaGrad(_Optimizer):
    """Shorter steps after large gradients; `h` is the sum of their squares.

    Parameters
    ----------
    lr : float, default 0.01
        The learning rate, from 0.

    Raises
    ------
    InputError
        `lr` is negative.

    Notes
    -----
    1e-7 is added to the root of h, as in the paper and in the book;
    :class:`badak.optimizers.Adagrad` adds it to h, as Keras does, and starts h at 0.1. Where
    gradients are far larger than 1e-7 the first makes no difference, the second does.

    References
    ----------
    Duchi, Hazan & Singer, Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization, 2011.

    Examples
    --------
    >>> params = {"W": np.array([1.0])}
    >>> AdaGrad(lr=0.5).update(params, {"W": np.array([4.0])})
    >>> params["W"].round(6)
    array([0.5])
    """

    slots = ("h",)
    rule = staticmethod(adagrad)
    h: dict[str, Array]

    def __init__(self, lr: float = 0.01) -> None:
        super().__init__(lr)

    def scalars(self) -> dict[str, float]:
        """Return the learning rate and epsilon."""
        return {"learning_rate": self.lr, "epsilon": EPSILON}


def rmsprop(
    w: Array, g: Array, h: Array, learning_rate: float, rho: float, epsilon: float
) -> tuple[Array, Array]:
    """Return :func:`badak.optimizers.rules.rmsprop`'s step with epsilon beside the root."""
    h = rho * h + (1.0 - rho) * g * g
    return w - learning_rate * g / (np.sqrt(h) + epsilon), h


class RMSprop(_Optimizer):
    """Divide by the root of `h`, the recent mean square of the gradient.

    Parameters
    ----------
    lr : float, default 0.01
        The learning rate, from 0.
    decay_rate : float, default 0.99
        How much of `h` is kept in each step, from 0 up to but not including 1.

    Raises
    ------
    InputError
        A setting is out of its range.

    Notes
    -----
    The defaults and the place of epsilon, which is added to the root, are the book's.
    :class:`badak.optimizers.RMSprop` has Keras's: a learning rate of 0.001, 0.9 of h kept, and
    epsilon under the root.

    References
    ----------
    Tieleman & Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012.

    Examples
    --------
    >>> params = {"W": np.array([1.0])}
    >>> RMSprop(lr=0.5, decay_rate=0.75).update(params, {"W": np.array([4.0])})
    >>> params["W"].round(6)
    array([0.])
    """

    slots = ("h",)
    rule = staticmethod(rmsprop)
    h: dict[str, Array]

    def __init__(self, lr: float = 0.01, decay_rate: float = 0.99) -> None:
        super().__init__(lr)
        self.decay_rate = BELOW_ONE.check(decay_rate, setting_of("RMSprop", "decay_rate"))

    def scalars(self) -> dict[str, float]:
        """Return the learning rate, the share of h that is kept, and epsilon."""
        return {"learning_rate": self.lr, "rho": self.decay_rate, "epsilon": EPSILON}


class Adam(_Optimizer):
    """Momentum over RMSprop: :class:`badak.optimizers.Adam`.

    Parameters
    ----------
    lr : float, default 0.001
        The learning rate, from 0.
    beta1 : float, default 0.9
        How much of `m`, the mean of the gradient, is kept in each step.
    beta2 : float, default 0.999
        How much of `v`, the mean of its square, is kept in each step.

    Raises
    ------
    InputError
        A setting is out of its range.

    Examples
    --------
    >>> params = {"W": np.array([1.0])}
    >>> Adam(lr=0.5).update(params, {"W": np.array([4.0])})
    >>> params["W"].round(6)
    array([0.5])
    """

    slots = ("m", "v")
    rule = staticmethod(rules.adam)
    m: dict[str, Array]
    v: dict[str, Array]

    def __init__(self, lr: float = 0.001, beta1: float = 0.9, beta2: float = 0.999) -> None:
        super().__init__(lr)
        self.beta1 = BELOW_ONE.check(beta1, setting_of("Adam", "beta1"))
        self.beta2 = BELOW_ONE.check(beta2, setting_of("Adam", "beta2"))

    def scalars(self) -> dict[str, float]:
        """Return the corrected learning rate of this step, the betas and epsilon."""
        return optimizers.Adam(self.lr, self.beta1, self.beta2, EPSILON).scalars(self.iter)


__all__ = ["SGD", "AdaGrad", "Adam", "Momentum", "Nesterov", "RMSprop", "np"]
