"""The base class of optimizers: a rule with its slots, a learning rate, clipping and decay."""

import copy
import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from badak._common.hyperparameters import checked, hyperparameter
from badak._common.language import Phrase, message
from badak._common.memory import aligned_zeros
from badak._common.validation import NOT_NEGATIVE, NOT_NEGATIVE_OR_NONE, Interval
from badak.errors import InputError
from badak.optimizers import schedules
from badak.optimizers.clipping import clip_by_global_norm, clip_by_norm, clip_by_value
from badak.optimizers.rules import decay_weights
from badak.optimizers.schedules import Schedule
from badak.typing import Array, Config

Rate = float | Schedule
Rule = Callable[..., Any]

CLIP = Interval(0.0, low_is_in=False, optional=True)
CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")


@dataclass(frozen=True)
class Scaled(Schedule):
    """A schedule times a number."""

    schedule: Schedule
    multiplier: float

    def __call__(self, iteration: int) -> float:
        return self.multiplier * self.schedule(iteration)


@dataclass(repr=False)
class Optimizer:
    """A rule and its hyperparameters; the caller owns the weights and slots that it updates.

    A custom optimizer is a dataclass with `learning_rate`, `slots`, `rule` and `scalars`; it has
    the settings below in addition to its own.

    Parameters
    ----------
    learning_rate : float or Schedule, default 0.01
        The size of a step, from 0.
    weight_decay : float, optional
        The fraction of the weights that is subtracted before each step, times the learning rate.
    clipnorm : float, optional
        The largest length of each variable's gradient, above 0.
    clipvalue : float, optional
        The largest absolute value of each number of the gradient, above 0.
    global_clipnorm : float, optional
        The largest length of the whole gradient, above 0.
    name : str, optional
        By default the class's name in small letters.

    Raises
    ------
    InputError
        A setting outside its range, or two ways of clipping at once; at construction and whenever
        it is set.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class SignDescent(Optimizer):
    ...     learning_rate: Rate = 0.25
    ...     slots = ()
    ...     rule = staticmethod(lambda w, g, learning_rate: w - learning_rate * np.sign(g))
    ...     def scalars(self, step):
    ...         return {"learning_rate": self.rate(step)}
    >>> w = np.array([1.0, 2.0])
    >>> SignDescent().apply(w, np.array([9.0, -9.0]), slots={}, step=1)
    >>> w
    array([0.75, 2.25])
    """

    learning_rate: Rate = 0.01
    _: KW_ONLY
    weight_decay: float | None = hyperparameter(None, NOT_NEGATIVE_OR_NONE)
    clipnorm: float | None = hyperparameter(None, CLIP)
    clipvalue: float | None = hyperparameter(None, CLIP)
    global_clipnorm: float | None = hyperparameter(None, CLIP)
    name: str | None = field(default=None, compare=False)

    full_batch: ClassVar[bool] = False
    """Every step is taken on the whole training set."""

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the rule's state arrays, in the order in which it takes them."""
        raise NotImplementedError(
            message("{kind} does not name its slots", kind=type(self).__name__)
        )

    @property
    def initial_slot_value(self) -> float:
        """The value of every number of every slot before the first step."""
        return 0.0

    @property
    def rule(self) -> Rule:
        """The plain function ``rule(w, g, *slots, **scalars)`` of :mod:`badak.optimizers.rules`."""
        raise NotImplementedError(
            message("{kind} does not give its rule", kind=type(self).__name__)
        )

    def scalars(self, step: int) -> dict[str, float]:
        """Return the rule's arguments that are the same for all weights.

        Parameters
        ----------
        step : int
            The number of the step, from 1. Where the method also works for an array of steps,
            training many steps at once is quicker.

        Returns
        -------
        dict of str to float
            The arguments by name.
        """
        raise NotImplementedError(
            message("{kind} does not give its scalars", kind=type(self).__name__)
        )

    def rate(self, step: Any) -> Any:
        """Return the learning rate of a step.

        Parameters
        ----------
        step : int or array of int
            The number of the step, from 1; a schedule calls it iteration 0, 1, ...

        Returns
        -------
        float or array of float
            Of an array of steps, the rate of each.

        Raises
        ------
        InputError
            There is no such step, or the schedule's rate is not a finite number of 0 or more.
        """
        if isinstance(step, np.ndarray):
            rates = [self.rate(int(each)) for each in step] if self.scheduled else [self.rate(1)]
            return np.broadcast_to(np.array(rates), step.shape)
        if step < 1:
            raise InputError(message("steps count from 1, so there is no step {step}", step=step))
        if self.scheduled:
            what = Phrase(
                "{kind}'s learning rate in step {step}",
                kind=type(self.learning_rate).__name__,
                step=step,
            )
            rate = self.learning_rate(step - 1)  # type: ignore[operator]
            return float(NOT_NEGATIVE.check(rate, what))
        return self.learning_rate

    @property
    def scheduled(self) -> bool:
        """Whether the learning rate follows a schedule."""
        return isinstance(self.learning_rate, Schedule)

    def make_slots(self, w: Array) -> dict[str, Array]:
        """Return the slots as they are before the first step.

        Parameters
        ----------
        w : array of float
            The flat weights, (size,).

        Returns
        -------
        dict of str to array
            An array of the shape and type of `w` for each name in :attr:`slots`.
        """
        slots = {name: aligned_zeros(w.size, w.dtype) for name in self.slots}
        if self.initial_slot_value:
            for slot in slots.values():
                slot.fill(self.initial_slot_value)
        return slots

    def apply(
        self,
        w: Array,
        g: Array,
        slots: dict[str, Array],
        step: int,
        segments: Iterable[slice] | None = None,
        multipliers: Sequence[float] | None = None,
    ) -> None:
        """Take one step of the weights, in place.

        Parameters
        ----------
        w : array of float
            The flat weights, (size,); they change in place.
        g : array of float
            The gradient of the loss in them, (size,); it does not change.
        slots : dict of str to array
            What :meth:`make_slots` returned; they change in place.
        step : int
            The number of the step, from 1.
        segments : iterable of slice, optional
            The variables' parts of `w`; only `clipnorm` and `multipliers` need them.
        multipliers : sequence of float, optional
            For each segment what its learning rate is multiplied by; see :meth:`scaled`. By default
            nothing is.

        Raises
        ------
        InputError
            `g` is of another shape than `w`, or `segments` are missing.
        """
        if g.shape != w.shape:
            raise InputError(
                message(
                    "the gradient's shape {shape} is not the weights' {shape_2}",
                    shape=g.shape,
                    shape_2=w.shape,
                )
            )
        variables = None if segments is None else list(segments)
        g = self.clip(g, variables)
        for part, multiplier in self._parts(variables, multipliers):
            own = self.scaled(multiplier)
            kept = [slots[name][part] for name in self.slots]
            new = own.moved(w[part], g[part], kept, own.rate(step), own.scalars(step))
            for old, value in zip((w[part], *kept), new, strict=True):
                old[...] = value

    @staticmethod
    def _parts(
        segments: list[slice] | None, multipliers: Sequence[float] | None
    ) -> Iterable[tuple[slice, float]]:
        if multipliers is None:
            return [(slice(None), 1.0)]
        if segments is None:
            raise InputError(message("multipliers are those of segments, which are not given"))
        return zip(segments, multipliers, strict=True)

    def scaled(self, multiplier: float) -> Self:
        """Return the same optimizer with a learning rate that is multiplied.

        Parameters
        ----------
        multiplier : float
            0 or more; with 0 no weight moves.

        Returns
        -------
        Optimizer
            Itself for 1, else a copy with the learning rate, or the schedule, times `multiplier`.

        Examples
        --------
        >>> from badak.optimizers import SGD
        >>> SGD(0.5).scaled(0.25).rate(step=1)
        0.125
        """
        if multiplier == 1.0:
            return self
        made, rate = copy.copy(self), self.learning_rate
        scaled = Scaled(rate, multiplier) if isinstance(rate, Schedule) else multiplier * rate
        object.__setattr__(made, "learning_rate", scaled)
        return made

    def moved(
        self, w: Array, g: Array, kept: list[Array], rate: float, scalars: dict[str, Any]
    ) -> tuple[Array, ...]:
        """Return the new weights and the new slots.

        Parameters
        ----------
        w : array of float
            The flat weights, (size,).
        g : array of float
            The clipped gradient, (size,).
        kept : list of array
            The slots, in the order of :attr:`slots`.
        rate : float
            The learning rate of this step.
        scalars : dict
            What :meth:`scalars` returned for this step.

        Returns
        -------
        tuple of array
            The new weights, followed by the new slots.
        """
        if self.weight_decay is not None:
            w = decay_weights(w, rate, self.weight_decay)
        new = self.rule(w, g, *kept, **scalars)
        return new if kept else (new,)

    def clip(self, g: Array, segments: Iterable[slice] | None = None) -> Array:
        """Return the gradient clipped as `clipvalue`, `clipnorm` or `global_clipnorm` says.

        Parameters
        ----------
        g : array of float
            The gradient, (size,).
        segments : iterable of slice, optional
            The variables' parts of `g`; only `clipnorm` needs them.

        Returns
        -------
        array of float
            `g` itself where nothing clips.

        Raises
        ------
        InputError
            `clipnorm` is set and `segments` are not given.
        """
        if self.clipvalue is not None:
            return clip_by_value(g, self.clipvalue)
        if self.global_clipnorm is not None:
            return clip_by_global_norm(g, self.global_clipnorm)
        if self.clipnorm is None:
            return g
        if segments is None:
            raise InputError(
                message(
                    "clipnorm={clipnorm} clips each variable by itself and needs the segments, "
                    "the variables' parts of the flat vector; global_clipnorm does without",
                    clipnorm=self.clipnorm,
                )
            )
        return clip_by_norm(g, self.clipnorm, segments)

    def get_config(self) -> Config:
        """Return what :func:`badak.optimizers.get` rebuilds this optimizer from."""
        config = {"name": type(self).__name__, **self._settings()}
        if isinstance(self.learning_rate, Schedule):
            config["learning_rate"] = self.learning_rate.get_config()
        return config

    def __post_init__(self) -> None:
        if self.name is None:
            self.name = type(self).__name__.lower()

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "learning_rate":
            value = self._new_learning_rate(value)
        elif name in (fields := type(self).__dataclass_fields__):
            value = self._checked(value, fields[name])
        if name in CLIPS and value is not None:
            self._refuse_second_clip(name, value)
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self._settings().items())
        return f"{type(self).__name__}({settings})"

    def _settings(self) -> dict[str, Any]:
        """Return all settings but the name, in the order of the constructor."""
        in_order = sorted(dataclasses.fields(self), key=lambda each: bool(each.kw_only))
        return {each.name: getattr(self, each.name) for each in in_order if each.name != "name"}

    def _new_learning_rate(self, value: Any) -> Rate:
        if isinstance(value, dict):
            value = schedules.get(value)
        if isinstance(value, Schedule):
            return value
        old = vars(self).get("learning_rate")
        if isinstance(old, Schedule):
            raise InputError(
                message(
                    "the learning rate follows {old} and cannot be set to {value!r}; set another "
                    "schedule, or make the optimizer as {kind}(learning_rate={value!r})",
                    old=old,
                    value=value,
                    kind=type(self).__name__,
                )
            )
        what = Phrase("{kind}'s learning_rate, unless it is a schedule,", kind=type(self).__name__)
        return float(NOT_NEGATIVE.check(value, what))

    def _checked(self, value: Any, declared: dataclasses.Field[Any]) -> Any:
        """Return the value if the field allows it, whole numbers as the floats that rules take."""
        if "allowed" not in declared.metadata:
            return value
        value = checked(value, declared, type(self).__name__)
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def _refuse_second_clip(self, name: str, value: float) -> None:
        for other in CLIPS:
            if other != name and getattr(self, other) is not None:
                raise InputError(
                    message(
                        "{kind} clips in one way only: give {name}={value!r} or "
                        "{other}={value_2!r}, not both",
                        kind=type(self).__name__,
                        name=name,
                        value=value,
                        other=other,
                        value_2=getattr(self, other),
                    )
                )
