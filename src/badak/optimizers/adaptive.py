"""Adagrad, RMSprop, Adadelta: a step size for each weight, from its squared gradients."""

from dataclasses import dataclass
from typing import ClassVar

from badak._common.hyperparameters import hyperparameter
from badak._common.validation import BELOW_ONE, EPSILON, NOT_NEGATIVE, SHARE, Flag
from badak.optimizers import rules
from badak.optimizers.base import Optimizer, Rate, Rule
from badak.optimizers.registry import OPTIMIZERS


@OPTIMIZERS.enter(name="adagrad")
@dataclass(repr=False)
class Adagrad(Optimizer):
    r"""Shorter steps after large gradients: :math:`h \gets h + g^2`, :math:`w - \eta g/\sqrt{h}`.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        The size of a step, from 0.
    initial_accumulator_value : float, default 0.1
        What h is before the first step, from 0.
    epsilon : float, default 1e-7
        Added to h inside the root; at least 1.2e-38.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    Notes
    -----
    As in Keras. The paper starts h at 0 and adds epsilon to the root.

    References
    ----------
    Duchi, Hazan & Singer, Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization, 2011.

    Examples
    --------
    >>> Adagrad().slots, Adagrad().initial_slot_value
    (('h',), 0.1)
    """

    learning_rate: Rate = 0.001
    initial_accumulator_value: float = hyperparameter(0.1, NOT_NEGATIVE)
    epsilon: float = hyperparameter(1e-7, EPSILON)

    slots: ClassVar[tuple[str, ...]] = ("h",)

    @property
    def initial_slot_value(self) -> float:
        """What h is before the first step."""
        return self.initial_accumulator_value

    @property
    def rule(self) -> Rule:
        """:func:`badak.optimizers.rules.adagrad`."""
        return rules.adagrad

    def scalars(self, step: int) -> dict[str, float]:
        """Return the learning rate of this step and epsilon."""
        return {"learning_rate": self.rate(step), "epsilon": self.epsilon}


@OPTIMIZERS.enter(name="rmsprop")
@dataclass(repr=False)
class RMSprop(Optimizer):
    r"""Steps divided by the root of the recent mean square: :math:`w - \eta g/\sqrt{v}`.

    Adagrad with a mean in place of the sum, :math:`v \gets \rho v + (1-\rho) g^2`.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        The size of a step, from 0.
    rho : float, default 0.9
        How much of the mean square v is kept in each step, in [0, 1).
    momentum : float, default 0
        How much of the last step is kept, in [0, 1].
    epsilon : float, default 1e-7
        Added to v inside the root, as in Keras; at least 1.2e-38.
    centered : bool, default False
        Whether to divide by the root of the variance in place of the mean square.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    References
    ----------
    Tieleman & Hinton, Neural Networks for Machine Learning, lecture 6.5, 2012; `centered`: Graves,
    Generating Sequences with Recurrent Neural Networks, 2013.

    Examples
    --------
    >>> RMSprop().slots, RMSprop(momentum=0.9, centered=True).slots
    (('v',), ('v', 'mean', 'm'))
    """

    learning_rate: Rate = 0.001
    rho: float = hyperparameter(0.9, BELOW_ONE)
    momentum: float = hyperparameter(0.0, SHARE)
    epsilon: float = hyperparameter(1e-7, EPSILON)
    centered: bool = hyperparameter(False, Flag())

    @property
    def slots(self) -> tuple[str, ...]:
        """The mean square v, the mean if `centered`, and the sum of steps m with `momentum`."""
        return ("v", *("mean",) * self.centered, *("m",) * bool(self.momentum))

    @property
    def rule(self) -> Rule:
        """:func:`~badak.optimizers.rules.rmsprop` or its variant with momentum, centred or both."""
        if self.centered:
            return rules.rmsprop_centered_momentum if self.momentum else rules.rmsprop_centered
        return rules.rmsprop_momentum if self.momentum else rules.rmsprop

    def scalars(self, step: int) -> dict[str, float]:
        """Return the learning rate of this step, rho, epsilon, and the momentum if there is any."""
        momentum = {"momentum": self.momentum} if self.momentum else {}
        kept = {"rho": self.rho, "epsilon": self.epsilon}
        return {"learning_rate": self.rate(step), **kept, **momentum}


@OPTIMIZERS.enter(name="adadelta")
@dataclass(repr=False)
class Adadelta(Optimizer):
    r"""Steps as long as the recent steps were: :math:`\Delta = g \sqrt{u}/\sqrt{v}`.

    v is the recent mean square of g and u that of :math:`\Delta`; the new weight is
    :math:`w - \eta \Delta`.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        The size of a step, from 0.
    rho : float, default 0.95
        How much of the two mean squares is kept in each step, in [0, 1).
    epsilon : float, default 1e-7
        Added to u and v inside the roots; at least 1.2e-38.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    Notes
    -----
    The defaults are Keras's; the paper's rule is ``Adadelta(learning_rate=1.0, epsilon=1e-6)``.

    References
    ----------
    Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012.

    Examples
    --------
    >>> Adadelta().slots
    ('v', 'u')
    """

    learning_rate: Rate = 0.001
    rho: float = hyperparameter(0.95, BELOW_ONE)
    epsilon: float = hyperparameter(1e-7, EPSILON)

    slots: ClassVar[tuple[str, ...]] = ("v", "u")

    @property
    def rule(self) -> Rule:
        """:func:`badak.optimizers.rules.adadelta`."""
        return rules.adadelta

    def scalars(self, step: int) -> dict[str, float]:
        """Return the learning rate of this step, rho and epsilon."""
        return {"learning_rate": self.rate(step), "rho": self.rho, "epsilon": self.epsilon}
