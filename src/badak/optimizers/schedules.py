r"""Learning rate schedules: the learning rate of each iteration, :math:`\eta(i)`.

An iteration is one update of the weights, counted from 0 as in Keras. Every value is worked out in
float64. Pass a schedule wherever an optimizer takes a learning rate:
``SGD(learning_rate=CosineDecay(0.1, decay_steps=1000))``.
"""

import bisect
import itertools
import math
import numbers
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from badak._common.hyperparameters import check_fields, hyperparameter, within
from badak._common.language import Phrase, marked, message
from badak._common.registry import Registry, configuration
from badak._common.validation import (
    NOT_NEGATIVE,
    NOT_NEGATIVE_OR_NONE,
    POSITIVE,
    SHARE,
    Flag,
    Interval,
)
from badak.errors import InputError
from badak.typing import Config


class Schedule:
    """The learning rate of each iteration: the base class of schedules.

    One of your own is a frozen dataclass with a ``__call__``.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Halving(Schedule):
    ...     initial_learning_rate: float
    ...     def __call__(self, iteration):
    ...         return self.initial_learning_rate * 0.5**iteration
    >>> Halving(0.8)(2)
    0.2
    """

    def __call__(self, iteration: int) -> float:
        """Return the learning rate of an iteration.

        Parameters
        ----------
        iteration : int
            The number of the update, from 0.

        Returns
        -------
        float
            The learning rate, from 0.
        """
        raise NotImplementedError(
            message("{kind} does not say its learning rate", kind=type(self).__name__)
        )

    def __post_init__(self) -> None:
        check_fields(self)

    def get_config(self) -> Config:
        """Return the configuration from which :func:`get` rebuilds this schedule."""
        return configuration(self)


LearningRateSchedule = Schedule  # Keras's name

SCHEDULES: Registry[type[Schedule]] = Registry(marked("schedule"))

FROM_ONE = Interval(1.0)


@SCHEDULES.enter(name="Constant")
@dataclass(frozen=True)
class Constant(Schedule):
    """The same learning rate in all iterations.

    Parameters
    ----------
    learning_rate : float
        That rate, from 0.

    Raises
    ------
    InputError
        A setting outside its range.

    Examples
    --------
    >>> Constant(0.1)(1000)
    0.1
    """

    learning_rate: float = field(metadata=within(NOT_NEGATIVE))

    def __call__(self, iteration: int) -> float:
        """Return that learning rate."""
        return float(self.learning_rate)


@SCHEDULES.enter(name="PiecewiseConstantDecay")
@dataclass(frozen=True)
class PiecewiseConstantDecay(Schedule):
    """The step schedule: ``values[k]`` up to and including iteration ``boundaries[k]``.

    Parameters
    ----------
    boundaries : sequence of float
        The last iterations of all values but the last, in rising order.
    values : sequence of float
        Learning rates, one more than there are boundaries; the last one holds from then on.

    Raises
    ------
    InputError
        Boundaries that do not rise, or not one value more than boundaries.

    Examples
    --------
    >>> schedule = PiecewiseConstantDecay(boundaries=[10, 20], values=[0.1, 0.01, 0.001])
    >>> schedule(10), schedule(11), schedule(21)
    (0.1, 0.01, 0.001)
    """

    boundaries: Sequence[float]
    values: Sequence[float]

    def __call__(self, iteration: int) -> float:
        """Return the value of the interval that `iteration` lies in."""
        return float(self.values[bisect.bisect_left(self.boundaries, iteration)])

    def __post_init__(self) -> None:
        for name in ("boundaries", "values"):
            object.__setattr__(
                self, name, _numbers(getattr(self, name), f"PiecewiseConstantDecay's {name}")
            )
        if len(self.values) != len(self.boundaries) + 1:
            raise InputError(
                message(
                    "PiecewiseConstantDecay takes one value more than boundaries, not {count} "
                    "values with {count_2} boundaries",
                    count=len(self.values),
                    count_2=len(self.boundaries),
                )
            )
        if any(later <= earlier for earlier, later in itertools.pairwise(self.boundaries)):
            raise InputError(
                message(
                    "PiecewiseConstantDecay's boundaries must rise, not {boundaries}",
                    boundaries=list(self.boundaries),
                )
            )


def _numbers(given: Any, what: str | Phrase) -> tuple[float, ...]:
    if not isinstance(given, (list, tuple, np.ndarray)):
        raise InputError(
            message("{what} must be a list of numbers, not {given!r}", what=what, given=given)
        )
    return tuple(NOT_NEGATIVE.check(each, Phrase("each of {what}", what=what)) for each in given)


@SCHEDULES.enter(name="ExponentialDecay")
@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    r"""The initial rate times `decay_rate` once every `decay_steps`: :math:`\eta_0 r^{i/s}`.

    Parameters
    ----------
    initial_learning_rate : float
        The learning rate :math:`\eta_0` of iteration 0.
    decay_steps : float
        The number s of iterations in which the rate is multiplied once, above 0.
    decay_rate : float
        The factor r, above 0.
    staircase : bool, default False
        Whether i/s is rounded down, so that the rate falls in steps.

    Raises
    ------
    InputError
        A setting outside its range.

    Examples
    --------
    >>> schedule = ExponentialDecay(0.8, decay_steps=100, decay_rate=0.5)
    >>> schedule(0), schedule(100), schedule(200)
    (0.8, 0.4, 0.2)
    """

    initial_learning_rate: float = field(metadata=within(NOT_NEGATIVE))
    decay_steps: float = field(metadata=within(POSITIVE))
    decay_rate: float = field(metadata=within(POSITIVE))
    staircase: bool = hyperparameter(False, Flag())

    def __call__(self, iteration: int) -> float:
        """Return the decayed learning rate."""
        return self.initial_learning_rate * self.decay_rate ** _decays(iteration, self)


@SCHEDULES.enter(name="InverseTimeDecay")
@dataclass(frozen=True)
class InverseTimeDecay(Schedule):
    r"""The initial rate over a sum that grows evenly: :math:`\eta_0 / (1 + r i/s)`.

    Parameters
    ----------
    initial_learning_rate : float
        The learning rate :math:`\eta_0` of iteration 0.
    decay_steps : float
        The number s of iterations in which the sum grows by r, above 0.
    decay_rate : float
        The growth r, above 0.
    staircase : bool, default False
        Whether i/s is rounded down, so that the rate falls in steps.

    Raises
    ------
    InputError
        A setting outside its range.

    Examples
    --------
    >>> schedule = InverseTimeDecay(0.1, decay_steps=100, decay_rate=1.0)
    >>> schedule(0), schedule(100), schedule(300)
    (0.1, 0.05, 0.025)
    """

    initial_learning_rate: float = field(metadata=within(NOT_NEGATIVE))
    decay_steps: float = field(metadata=within(POSITIVE))
    decay_rate: float = field(metadata=within(POSITIVE))
    staircase: bool = hyperparameter(False, Flag())

    def __call__(self, iteration: int) -> float:
        """Return the decayed learning rate."""
        return self.initial_learning_rate / (1.0 + self.decay_rate * _decays(iteration, self))


def _decays(iteration: int, schedule: ExponentialDecay | InverseTimeDecay) -> float:
    """Return how often the rate has decayed by now."""
    passed = iteration / schedule.decay_steps
    return float(math.floor(passed)) if schedule.staircase else passed


@SCHEDULES.enter(name="PolynomialDecay")
@dataclass(frozen=True)
class PolynomialDecay(Schedule):
    r"""From the initial to the end rate: :math:`(\eta_0 - \eta_e)(1 - i/s)^p + \eta_e`.

    Parameters
    ----------
    initial_learning_rate : float
        The learning rate :math:`\eta_0` of iteration 0.
    decay_steps : float
        The iteration s at which the end rate is reached, to hold from there on; above 0.
    end_learning_rate : float, default 0.0001
        The rate :math:`\eta_e`.
    power : float, default 1
        The exponent p, above 0; 1 is a straight line.
    cycle : bool, default False
        Whether s is instead the smallest multiple of `decay_steps` that is not below i: the rate
        jumps up after each end, less high each time.

    Raises
    ------
    InputError
        A setting outside its range.

    Examples
    --------
    >>> schedule = PolynomialDecay(1.0, decay_steps=100, end_learning_rate=0.5)
    >>> schedule(0), schedule(50), schedule(200)
    (1.0, 0.75, 0.5)
    """

    initial_learning_rate: float = field(metadata=within(NOT_NEGATIVE))
    decay_steps: float = field(metadata=within(POSITIVE))
    end_learning_rate: float = hyperparameter(0.0001, NOT_NEGATIVE)
    power: float = hyperparameter(1.0, POSITIVE)
    cycle: bool = hyperparameter(False, Flag())

    def __call__(self, iteration: int) -> float:
        """Return the decayed learning rate."""
        fall = self.initial_learning_rate - self.end_learning_rate
        return fall * (1.0 - self._progress(iteration)) ** self.power + self.end_learning_rate

    def _progress(self, iteration: int) -> float:
        if not self.cycle:
            return min(iteration / self.decay_steps, 1.0)
        cycles = max(math.ceil(iteration / self.decay_steps), 1)
        return min(iteration / (self.decay_steps * cycles), 1.0)


@SCHEDULES.enter(name="CosineDecay")
@dataclass(frozen=True)
class CosineDecay(Schedule):
    r"""Half a wave of the cosine: :math:`\eta_0 ((1 - \alpha)(1 + \cos(\pi i/s))/2 + \alpha)`.

    Parameters
    ----------
    initial_learning_rate : float
        The learning rate :math:`\eta_0` from which it decays, or from which the warm-up climbs.
    decay_steps : float
        The number s of iterations of the decay, above 0; its end rate holds from there on.
    alpha : float, default 0
        The end rate as a fraction of the highest, in [0, 1].
    warmup_target : float, optional
        The rate to which a warm-up climbs in a straight line, and from which it then decays.
    warmup_steps : float, default 0
        The number of iterations of the warm-up, before those of the decay.

    Raises
    ------
    InputError
        A setting outside its range, or `warmup_steps` without a `warmup_target`.

    References
    ----------
    Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2017; the warm-up:
    Goyal et al., Accurate, Large Minibatch SGD, 2017.

    Examples
    --------
    >>> schedule = CosineDecay(0.0, 100, warmup_target=0.2, warmup_steps=10)
    >>> schedule(5), schedule(10), schedule(60), schedule(200)
    (0.1, 0.2, 0.1, 0.0)
    """

    initial_learning_rate: float = field(metadata=within(NOT_NEGATIVE))
    decay_steps: float = field(metadata=within(POSITIVE))
    alpha: float = hyperparameter(0.0, SHARE)
    warmup_target: float | None = hyperparameter(None, NOT_NEGATIVE_OR_NONE)
    warmup_steps: float = hyperparameter(0, NOT_NEGATIVE)

    def __call__(self, iteration: int) -> float:
        """Return the learning rate, of the warm-up or decayed."""
        if self.warmup_target is None:
            return self._decayed(self.initial_learning_rate, iteration)
        if iteration < self.warmup_steps:
            climb = self.warmup_target - self.initial_learning_rate
            return self.initial_learning_rate + climb * (iteration / self.warmup_steps)
        return self._decayed(self.warmup_target, iteration - self.warmup_steps)

    def _decayed(self, highest: float, iteration: float) -> float:
        wave = 0.5 * (1.0 + math.cos(math.pi * min(iteration / self.decay_steps, 1.0)))
        return highest * ((1.0 - self.alpha) * wave + self.alpha)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.warmup_steps and self.warmup_target is None:
            raise InputError(
                message(
                    "CosineDecay's warmup_steps={warmup_steps} need a warmup_target, the learning "
                    "rate that they climb to",
                    warmup_steps=self.warmup_steps,
                )
            )


@SCHEDULES.enter(name="CosineDecayRestarts")
@dataclass(frozen=True)
class CosineDecayRestarts(Schedule):
    r"""Half waves of the cosine, one after another, each beginning high again (warm restarts).

    In period k, which is :math:`s t^k` iterations long and of which the share p has passed, it is
    :math:`\eta_0 ((1 - \alpha) m^k (1 + \cos(\pi p))/2 + \alpha)`.

    Parameters
    ----------
    initial_learning_rate : float
        The learning rate :math:`\eta_0` of iteration 0.
    first_decay_steps : float
        The number s of iterations of the first period, above 0.
    t_mul : float, default 2
        The factor t from one period's length to the next one's, from 1.
    m_mul : float, default 1
        The factor m from one period's wave to the next one's, from 0.
    alpha : float, default 0
        The end rate as a fraction of the initial one, in [0, 1].

    Raises
    ------
    InputError
        A setting outside its range.

    References
    ----------
    Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, 2017.

    Examples
    --------
    >>> schedule = CosineDecayRestarts(0.2, 10, m_mul=0.5)
    >>> [round(schedule(i), 3) for i in (0, 5, 10, 20, 30)]
    [0.2, 0.1, 0.1, 0.05, 0.05]
    """

    initial_learning_rate: float = field(metadata=within(NOT_NEGATIVE))
    first_decay_steps: float = field(metadata=within(POSITIVE))
    t_mul: float = hyperparameter(2.0, FROM_ONE)
    m_mul: float = hyperparameter(1.0, NOT_NEGATIVE)
    alpha: float = hyperparameter(0.0, SHARE)

    def __call__(self, iteration: int) -> float:
        """Return the learning rate of the period that `iteration` lies in."""
        period, passed = self._period(iteration / self.first_decay_steps)
        wave = 0.5 * self.m_mul**period * (1.0 + math.cos(math.pi * passed))
        return self.initial_learning_rate * ((1.0 - self.alpha) * wave + self.alpha)

    def _period(self, passed: float) -> tuple[float, float]:
        """Return the period's number and how much of it has passed.

        `passed` is counted in first periods; period k begins at 1 + t + ... + t^(k-1).
        """
        t = self.t_mul
        if t == 1.0:
            return float(math.floor(passed)), passed - math.floor(passed)
        period = math.floor(math.log(1.0 - passed * (1.0 - t)) / math.log(t))
        begin = (1.0 - t**period) / (1.0 - t)
        return float(period), (passed - begin) / t**period


def get(spec: Any) -> Schedule:
    """Return the schedule that a user's `spec` means.

    Parameters
    ----------
    spec : dict, Schedule or float
        A configuration ``{"name": ..., argument: ...}``; a schedule, which is returned as it is; or
        a number, for a constant rate.

    Returns
    -------
    Schedule
        The schedule.

    Raises
    ------
    UnknownNameError
        No schedule has that name; the message suggests the nearest one.
    InputError
        `spec` is none of these, or the schedule does not take its arguments.

    Examples
    --------
    >>> get({"name": "InverseTimeDecay", "initial_learning_rate": 0.1, "decay_steps": 10,
    ...      "decay_rate": 1.0})(10)
    0.05
    >>> get(0.01)
    Constant(learning_rate=0.01)
    """
    made = SCHEDULES.make(spec)
    if isinstance(made, Schedule):
        return made
    if isinstance(made, numbers.Real):
        return Constant(made)  # type: ignore[arg-type]  # a real number, checked there
    raise InputError(
        message(
            "{made!r} is not a schedule; give a number, or an object such as "
            "ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.9)",
            made=made,
        )
    )
