"""Adam and its variants: running means of the gradient and, mostly, of its square."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from badak._common.hyperparameters import hyperparameter
from badak._common.language import message
from badak._common.validation import BELOW_ONE, EPSILON, NOT_NEGATIVE_OR_NONE, Flag
from badak.errors import InputError
from badak.optimizers import rules
from badak.optimizers.base import Optimizer, Rate, Rule
from badak.optimizers.registry import OPTIMIZERS


@OPTIMIZERS.enter(name="adam")
@dataclass(repr=False)
class Adam(Optimizer):
    r"""Adaptive moments: :math:`w - \eta \hat m/\sqrt{\hat v}`.

    m and v are the recent means of the gradient and of its square; the hat stands for their
    correction, :math:`m/(1-\beta_1^t)` and :math:`v/(1-\beta_2^t)`, for they start at 0.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        The size of a step, from 0.
    beta_1 : float, default 0.9
        How much of the mean of the gradient is kept in each step, in [0, 1).
    beta_2 : float, default 0.999
        How much of the mean of its square is kept in each step, in [0, 1).
    epsilon : float, default 1e-7
        Added to the root of v; at least 1.2e-38.
    amsgrad : bool, default False
        Whether to divide by the largest v so far.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    Notes
    -----
    As in Keras, epsilon is added to the root of v before the correction (the paper's section 2),
    and is 1e-7 where the paper has 1e-8. With `amsgrad` the largest v is corrected too, unlike in
    the paper.

    References
    ----------
    Kingma & Ba, Adam: A Method for Stochastic Optimization, 2015; `amsgrad`: Reddi, Kale & Kumar,
    On the Convergence of Adam and Beyond, 2018.

    Examples
    --------
    >>> Adam().slots, Adam(amsgrad=True).slots
    (('m', 'v'), ('m', 'v', 'v_max'))
    """

    learning_rate: Rate = 0.001
    beta_1: float = hyperparameter(0.9, BELOW_ONE)
    beta_2: float = hyperparameter(0.999, BELOW_ONE)
    epsilon: float = hyperparameter(1e-7, EPSILON)
    amsgrad: bool = hyperparameter(False, Flag())

    @property
    def slots(self) -> tuple[str, ...]:
        """The means m and v, and with `amsgrad` the largest v."""
        return ("m", "v", "v_max") if self.amsgrad else ("m", "v")

    @property
    def rule(self) -> Rule:
        """:func:`~badak.optimizers.rules.adam`, or ``adam_amsgrad``."""
        return rules.adam_amsgrad if self.amsgrad else rules.adam

    def scalars(self, step: int) -> dict[str, float]:
        """Return the corrected learning rate of this step, the betas and epsilon."""
        of_m, of_v = _share(self.beta_1, step), _share(self.beta_2, step)
        return {
            "rate": self.rate(step) * of_v**0.5 / of_m,
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }


@OPTIMIZERS.enter(name="adamw")
@dataclass(repr=False)
class AdamW(Adam):
    r"""Adam with decoupled weight decay: :math:`w - \eta \lambda w`, then Adam's rule.

    The same as ``Adam(weight_decay=0.004)``.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        The size of a step, from 0.
    weight_decay : float, default 0.004
        The fraction :math:`\lambda` of the weights that is subtracted, times the learning rate.
    beta_1 : float, default 0.9
        How much of the mean of the gradient is kept in each step, in [0, 1).
    beta_2 : float, default 0.999
        How much of the mean of its square is kept in each step, in [0, 1).
    epsilon : float, default 1e-7
        Added to the root of v; at least 1.2e-38.
    amsgrad : bool, default False
        Whether to divide by the largest v so far.
    clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    References
    ----------
    Loshchilov & Hutter, Decoupled Weight Decay Regularization, 2019.

    Examples
    --------
    >>> AdamW().weight_decay
    0.004
    """

    weight_decay: float | None = hyperparameter(0.004, NOT_NEGATIVE_OR_NONE)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.weight_decay is None:
            raise InputError(
                message("AdamW's weight_decay must be a number, not None; Adam does without")
            )


@OPTIMIZERS.enter(name="adamax")
@dataclass(repr=False)
class Adamax(Optimizer):
    r"""Adam over the largest recent gradient u: :math:`w - \eta \hat m/u`.

    :math:`u \gets \max(\beta_2 u, |g|)`, and :math:`\hat m` is Adam's corrected mean.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        The size of a step, from 0.
    beta_1 : float, default 0.9
        How much of the mean of the gradient is kept in each step, in [0, 1).
    beta_2 : float, default 0.999
        How much of the largest gradient is kept in each step, in [0, 1).
    epsilon : float, default 1e-7
        Added to u, as in Keras (the paper has none); at least 1.2e-38.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    References
    ----------
    Kingma & Ba, Adam: A Method for Stochastic Optimization, 2015, section 7.

    Examples
    --------
    >>> Adamax().slots
    ('m', 'u')
    """

    learning_rate: Rate = 0.001
    beta_1: float = hyperparameter(0.9, BELOW_ONE)
    beta_2: float = hyperparameter(0.999, BELOW_ONE)
    epsilon: float = hyperparameter(1e-7, EPSILON)

    slots: ClassVar[tuple[str, ...]] = ("m", "u")

    @property
    def rule(self) -> Rule:
        """:func:`badak.optimizers.rules.adamax`."""
        return rules.adamax

    def scalars(self, step: int) -> dict[str, float]:
        """Return the corrected learning rate of this step, the betas and epsilon."""
        return {
            "rate": self.rate(step) / _share(self.beta_1, step),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }


@OPTIMIZERS.enter(name="nadam")
@dataclass(repr=False)
class Nadam(Optimizer):
    r"""Adam that looks ahead: the mean m as it will be in the next step, if g stays.

    :math:`w - \eta \bar m/(\sqrt{\hat v} + \epsilon)` with
    :math:`\bar m = \mu_{t+1} m/(1-P_{t+1}) + (1-\mu_t) g/(1-P_t)`,
    :math:`\mu_t = \beta_1 (1 - 0.96^t/2)` and :math:`P_t = \mu_1 \cdots \mu_t`. The mean m itself
    keeps the constant :math:`\beta_1`.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        The size of a step, from 0.
    beta_1 : float, default 0.9
        How much of the mean of the gradient is kept in each step, in [0, 1).
    beta_2 : float, default 0.999
        How much of the mean of its square is kept in each step, in [0, 1).
    epsilon : float, default 1e-7
        Added to the root of v; at least 1.2e-38.
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    Notes
    -----
    As in Keras, 0.96 is to the power t; the paper has t/250.

    References
    ----------
    Dozat, Incorporating Nesterov Momentum into Adam, 2016.

    Examples
    --------
    >>> Nadam().slots
    ('m', 'v')
    """

    learning_rate: Rate = 0.001
    beta_1: float = hyperparameter(0.9, BELOW_ONE)
    beta_2: float = hyperparameter(0.999, BELOW_ONE)
    epsilon: float = hyperparameter(1e-7, EPSILON)

    slots: ClassVar[tuple[str, ...]] = ("m", "v")

    @property
    def rule(self) -> Rule:
        """:func:`badak.optimizers.rules.nadam`."""
        return rules.nadam

    def scalars(self, step: int) -> dict[str, float]:
        """Return this step's rates of m and of g, the correction of v, the betas and epsilon."""
        rate = self.rate(step)
        return {
            "rate_m": rate * self._mu(step + 1) / (1.0 - self._mu_product(step + 1)),
            "rate_g": rate * (1.0 - self._mu(step)) / (1.0 - self._mu_product(step)),
            "correction": _share(self.beta_2, step),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }

    def _mu(self, step: int) -> float:
        return _plain(self.beta_1 * (1.0 - 0.5 * 0.96**step))

    def _mu_product(self, step: int) -> float:
        warm_up = WARM_UP_PRODUCTS[np.minimum(step, len(WARM_UP_PRODUCTS)) - 1]
        return _plain(self.beta_1**step * warm_up)


WARM_UP_PRODUCTS = np.cumprod(1.0 - 0.5 * 0.96 ** np.arange(1.0, 1001.0))
"""Nadam's warm-up 1 - 0.96^t/2, multiplied up to t = 1, 2, ...: from t = 900 it is 1 in float64."""


@OPTIMIZERS.enter(name="lion")
@dataclass(repr=False)
class Lion(Optimizer):
    r"""Evolved sign momentum: :math:`w - \eta \operatorname{sign}(\beta_1 m + (1-\beta_1) g)`.

    The mean is updated after the step, :math:`m \gets \beta_2 m + (1-\beta_2) g`. It needs a
    learning rate 3 to 10 times smaller than Adam's.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.001
        The size of a step, from 0.
    beta_1 : float, default 0.9
        How much the mean weighs in the step, in [0, 1).
    beta_2 : float, default 0.99
        How much of the mean is kept in each step, in [0, 1).
    weight_decay, clipnorm, clipvalue, global_clipnorm, name : optional
        By keyword only, as every :class:`Optimizer` takes them.

    Raises
    ------
    InputError
        A setting outside its range, at construction and whenever it is set.

    References
    ----------
    Chen et al., Symbolic Discovery of Optimization Algorithms, 2023, by a search over programs.

    Examples
    --------
    >>> Lion().beta_2
    0.99
    """

    learning_rate: Rate = 0.001
    beta_1: float = hyperparameter(0.9, BELOW_ONE)
    beta_2: float = hyperparameter(0.99, BELOW_ONE)

    slots: ClassVar[tuple[str, ...]] = ("m",)

    @property
    def rule(self) -> Rule:
        """:func:`badak.optimizers.rules.lion`."""
        return rules.lion

    def scalars(self, step: int) -> dict[str, float]:
        """Return the learning rate of this step and the betas."""
        return {"learning_rate": self.rate(step), "beta_1": self.beta_1, "beta_2": self.beta_2}


def _share(beta: float, step: int) -> float:
    """Return the share of a running mean that steps 1 to `step` make up; the rest is its start."""
    return _plain(1.0 - beta**step)


def _plain(value: Any) -> Any:
    """Return a float of Python, which leaves float32 arrays so; arrays of steps stay arrays."""
    return value if isinstance(value, np.ndarray) else float(value)
