"""Gradient descent, plain and with momentum."""

from dataclasses import dataclass
from typing import ClassVar

from badak._common.hyperparameters import hyperparameter
from badak._common.validation import SHARE, Flag
from badak.optimizers import rules
from badak.optimizers.base import Optimizer, Rate, Rule
from badak.optimizers.registry import OPTIMIZERS


@OPTIMIZERS.enter(name="gradient_descent")
@dataclass(repr=False)
class GradientDescent(Optimizer):
    r"""Gradient descent on the whole training set: :math:`w - \eta g`.

    The rule is that of :class:`SGD`; an epoch is one step, because the batch is the whole set.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.01
        The size of a step, from 0.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    References
    ----------
    Cauchy, 1847.

    Examples
    --------
    >>> GradientDescent().full_batch, SGD().full_batch
    (True, False)
    """

    learning_rate: Rate = 0.01

    full_batch: ClassVar[bool] = True
    slots: ClassVar[tuple[str, ...]] = ()

    @property
    def rule(self) -> Rule:
        """:func:`badak.optimizers.rules.sgd`."""
        return rules.sgd

    def scalars(self, step: int) -> dict[str, float]:
        """Return the learning rate of this step."""
        return {"learning_rate": self.rate(step)}


@OPTIMIZERS.enter(name="sgd")
@dataclass(repr=False)
class SGD(Optimizer):
    r"""Stochastic gradient descent: :math:`w - \eta g`, g being the gradient of one batch.

    With a `momentum` other than 0 it is :class:`Momentum`, with `nesterov` too :class:`Nesterov`.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.01
        The size of a step, from 0.
    momentum : float, default 0
        How much of the last step is kept, in [0, 1].
    nesterov : bool, default False
        Whether momentum looks ahead.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    References
    ----------
    Robbins & Monro, A Stochastic Approximation Method, 1951.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.array([1.0, 2.0])
    >>> SGD(0.5).apply(w, np.array([1.0, -1.0]), {}, step=1)
    >>> w
    array([0.5, 2.5])
    """

    learning_rate: Rate = 0.01
    momentum: float = hyperparameter(0.0, SHARE)
    nesterov: bool = hyperparameter(False, Flag())

    @property
    def slots(self) -> tuple[str, ...]:
        """The velocity v, if there is momentum."""
        return ("v",) if self.momentum else ()

    @property
    def rule(self) -> Rule:
        """:func:`~badak.optimizers.rules.sgd`, ``momentum`` or ``nesterov``."""
        if not self.momentum:
            return rules.sgd
        return rules.nesterov if self.nesterov else rules.momentum

    def scalars(self, step: int) -> dict[str, float]:
        """Return the learning rate of this step, and the momentum if there is any."""
        momentum = {"momentum": self.momentum} if self.momentum else {}
        return {"learning_rate": self.rate(step), **momentum}


@OPTIMIZERS.enter(name="momentum")
@dataclass(repr=False)
class Momentum(Optimizer):
    r"""Gradient descent with momentum: :math:`v \gets \mu v - \eta g`, then :math:`w + v`.

    The velocity v grows where gradients agree, as of a ball that rolls downhill. The same as
    ``SGD(momentum=0.9)``.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.01
        The size of a step, from 0.
    momentum : float, default 0.9
        How much of the last step is kept, in [0, 1].
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    References
    ----------
    Polyak, Some Methods of Speeding up the Convergence of Iteration Methods, 1964.

    Examples
    --------
    >>> Momentum().slots
    ('v',)
    """

    learning_rate: Rate = 0.01
    momentum: float = hyperparameter(0.9, SHARE)

    slots: ClassVar[tuple[str, ...]] = ("v",)

    @property
    def rule(self) -> Rule:
        """:func:`badak.optimizers.rules.momentum`."""
        return rules.momentum

    def scalars(self, step: int) -> dict[str, float]:
        """Return the learning rate of this step and the momentum."""
        return {"learning_rate": self.rate(step), "momentum": self.momentum}


@OPTIMIZERS.enter(name="nesterov")
@dataclass(repr=False)
class Nesterov(Optimizer):
    r"""Momentum that looks ahead: :math:`v \gets \mu v - \eta g`, then :math:`w + \mu v - \eta g`.

    The same as ``SGD(momentum=0.9, nesterov=True)``.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.01
        The size of a step, from 0.
    momentum : float, default 0.9
        How much of the last step is kept, in [0, 1].
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    References
    ----------
    Nesterov, A Method for Solving the Convex Programming Problem with Convergence Rate O(1/k²),
    1983; in the form of Bengio, Boulanger-Lewandowski & Pascanu, Advances in Optimizing Recurrent
    Networks, 2013, as in Keras.

    Examples
    --------
    >>> Nesterov().slots
    ('v',)
    """

    learning_rate: Rate = 0.01
    momentum: float = hyperparameter(0.9, SHARE)

    slots: ClassVar[tuple[str, ...]] = ("v",)

    @property
    def rule(self) -> Rule:
        """:func:`badak.optimizers.rules.nesterov`."""
        return rules.nesterov

    def scalars(self, step: int) -> dict[str, float]:
        """Return the learning rate of this step and the momentum."""
        return {"learning_rate": self.rate(step), "momentum": self.momentum}
