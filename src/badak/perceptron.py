"""The perceptron: the unit that every neural network grew from.

A perceptron takes some numbers x and gives a 1 or a 0. It weighs each number by how much it
matters, adds the weighted numbers up, and says 1 if the sum is over a threshold:

    y = 1  if  w1 x1 + w2 x2 > threshold,  else 0

Taken to the other side, the threshold becomes the bias, b = -threshold: how ready the perceptron
is to say 1 by itself.

    y = 1  if  w1 x1 + w2 x2 + b > 0,  else 0

In the plane of x1 and x2 the places where the sum is 0 form a straight line; the perceptron says 1
on one side of it and 0 on the other. So it can be AND, NAND or OR, but not XOR, for no straight
line separates XOR's ones from its zeros. Two layers of perceptrons can: :func:`XOR`. That one step,
from a line to layers, is where deep networks begin.

Rosenblatt, The Perceptron: A Probabilistic Model for Information Storage and Organization in the
Brain, 1958; Minsky & Papert, Perceptrons, 1969.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from badak._common.arrays import why_no_numbers
from badak._common.language import Phrase, message
from badak._common.samples import as_array
from badak._common.validation import POSITIVE, Interval
from badak.activations import step
from badak.errors import InputError, NotSeparableError
from badak.typing import Array, ArrayLike

FINITE = Interval(-np.inf, low_is_in=False)


class Perceptron:
    """One unit with weights and a bias, which answers 1 or 0.

    Parameters
    ----------
    weights : array_like
        One weight for each input, (inputs,).
    bias : float
        Added to the weighted sum; the answer is 1 where the result is above 0.

    Raises
    ------
    InputError
        The weights are not a list of finite numbers, or the bias is not one.

    References
    ----------
    Rosenblatt, The Perceptron: A Probabilistic Model for Information Storage and Organization in
    the Brain, 1958.

    Examples
    --------
    >>> perceptron = Perceptron([0.5, 0.5], bias=-0.7)
    >>> perceptron([1, 1])
    1
    >>> perceptron([[0, 0], [1, 0], [0, 1], [1, 1]])
    array([0, 0, 0, 1])
    """

    def __init__(self, weights: ArrayLike, bias: float) -> None:
        self.weights = _finite(weights, Phrase("the weights"))
        if self.weights.ndim != 1 or self.weights.size == 0:
            raise InputError(
                message(
                    "a perceptron has a list of weights, one for each input, not an array of "
                    "shape {shape}",
                    shape=self.weights.shape,
                )
            )
        self.bias = float(FINITE.check(bias, Phrase("the bias")))

    def __call__(self, x: ArrayLike) -> Any:
        """Return the answer to one sample or to a batch.

        Parameters
        ----------
        x : array_like
            One sample (inputs,), or a batch (batch, inputs).

        Returns
        -------
        int or array of int64
            1 or 0; for a batch (batch,).

        Raises
        ------
        InputError
            The samples do not fit the weights, or are not finite.
        """
        y = step(self._weighted_sum(self._check(x))).astype(np.int64)
        return int(y) if y.ndim == 0 else y

    @classmethod
    def with_threshold(cls, weights: ArrayLike, threshold: float) -> Perceptron:
        """Return the perceptron that says 1 where the weighted sum is over a threshold.

        Parameters
        ----------
        weights : array_like
            One weight for each input, (inputs,).
        threshold : float
            What the weighted sum has to be over; the bias is -threshold.

        Returns
        -------
        Perceptron
            The same unit with a bias.

        Examples
        --------
        >>> Perceptron.with_threshold([0.5, 0.5], threshold=0.7)
        Perceptron(weights=[0.5, 0.5], bias=-0.7)
        """
        return cls(weights, -FINITE.check(threshold, Phrase("the threshold")))

    @property
    def threshold(self) -> float:
        """What the weighted sum has to be over, -bias."""
        return -self.bias

    @classmethod
    def AND(cls) -> Perceptron:  # noqa: N802
        """Return the perceptron that says 1 where both inputs are 1."""
        return cls([0.5, 0.5], -0.7)

    @classmethod
    def NAND(cls) -> Perceptron:  # noqa: N802
        """Return AND with every sign turned: it says 0 where both inputs are 1."""
        return cls([-0.5, -0.5], 0.7)

    @classmethod
    def OR(cls) -> Perceptron:  # noqa: N802
        """Return the perceptron that says 1 where one of the inputs is, or both."""
        return cls([0.5, 0.5], -0.2)

    def fit(
        self, x: ArrayLike, t: ArrayLike, learning_rate: float = 1.0, max_epochs: int = 1000
    ) -> Lesson:
        """Learn from samples by the perceptron's rule, until all of them are right.

        The samples are gone through in order, again and again, starting from the present weights.

        Parameters
        ----------
        x : array_like
            Samples, (batch, inputs).
        t : array_like
            Targets 0 and 1, (batch,).
        learning_rate : float, default 1
            The size of a step, above 0.
        max_epochs : int, default 1000
            After how many epochs to give up.

        Returns
        -------
        Lesson
            Every step, in order.

        Raises
        ------
        NotSeparableError
            No straight line separates the ones from the zeros, which shows when the weights come
            back to earlier ones (Minsky & Papert), or none was found in `max_epochs`. The weights
            stay as they were.
        InputError
            Samples or targets that cannot be learned from, or settings outside their range.

        References
        ----------
        Novikoff, On Convergence Proofs on Perceptrons, 1962: where a line separates the two, the
        rule finds one.

        Examples
        --------
        >>> perceptron = Perceptron([0.0, 0.0], bias=0.0)
        >>> perceptron.fit([[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]).epochs
        6
        >>> perceptron
        Perceptron(weights=[1.0, 2.0], bias=-2.0)
        """
        if not isinstance(max_epochs, int) or isinstance(max_epochs, bool) or max_epochs < 1:
            raise InputError(
                message(
                    "max_epochs must be a whole number of at least 1, not {max_epochs!r}",
                    max_epochs=max_epochs,
                )
            )
        start = (tuple(self.weights.tolist()), self.bias)
        lesson = _learn(self.steps(x, t, learning_rate), start, len(np.asarray(t)), max_epochs)
        self.weights, self.bias = np.array(lesson.steps[-1].weights), lesson.steps[-1].bias
        return lesson

    def steps(self, x: ArrayLike, t: ArrayLike, learning_rate: float = 1.0) -> Iterator[Step]:
        """Return the rule's steps one by one, without end; this perceptron does not change.

        Each wrong answer moves the line towards the sample that it was given for:

            w += learning_rate (t - y) x,    b += learning_rate (t - y)

        Parameters
        ----------
        x : array_like
            Samples, (batch, inputs).
        t : array_like
            Targets 0 and 1, (batch,).
        learning_rate : float, default 1
            The size of a step, above 0.

        Returns
        -------
        iterator of Step
            One step for each sample, epoch after epoch.

        Raises
        ------
        InputError
            Samples or targets that cannot be learned from, or a learning rate that is not above 0.

        Examples
        --------
        >>> xor = Perceptron([0.0, 0.0], 0.0).steps([[0, 0], [1, 0], [0, 1], [1, 1]], [0, 1, 1, 0])
        >>> [next(xor).bias for _ in range(4)]
        [0.0, 1.0, 1.0, 0.0]
        """
        rate = float(POSITIVE.check(learning_rate, "learning_rate"))
        samples = self._check(x)
        learner = Perceptron(self.weights, self.bias)
        return learner._steps(samples, _check_targets(t, samples), rate)

    def _steps(self, samples: Array, targets: list[int], rate: float) -> Iterator[Step]:
        weights = tuple(self.weights.tolist())
        seen = [tuple(x.tolist()) for x in samples]
        for epoch in itertools.count(1):
            for index, (x, t) in enumerate(zip(samples, targets, strict=True)):
                y = self(x)
                if y != t:
                    self.weights = self.weights + rate * (t - y) * x
                    self.bias += rate * (t - y)
                    weights = tuple(self.weights.tolist())
                yield Step(epoch, index, seen[index], y, t, weights, self.bias)

    def _weighted_sum(self, samples: Array) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            total = np.asarray(samples @ self.weights + self.bias)
        if not np.isfinite(total).all():
            raise InputError(
                message("the weighted sum is too large for float64; scale the inputs down")
            )
        return total

    def _check(self, x: ArrayLike) -> Array:
        samples = _finite(x, Phrase("the samples"))
        if samples.ndim not in (1, 2) or samples.shape[-1] != len(self.weights):
            inputs = len(self.weights)
            raise InputError(
                message(
                    "a perceptron with {inputs} weights takes samples of shape ({inputs},) or "
                    "(batch, {inputs}), not {shape}",
                    inputs=inputs,
                    shape=samples.shape,
                )
            )
        return samples

    def __repr__(self) -> str:
        return f"Perceptron(weights={self.weights.tolist()}, bias={self.bias})"


@dataclass(frozen=True, slots=True)
class Step:
    """One sample looked at: what the perceptron said, and its weights and bias from then on."""

    epoch: int
    """How often the samples have been gone through, counted from 1."""
    index: int
    """Which of the samples it was, counted from 0."""
    sample: tuple[float, ...]
    output: int
    target: int
    weights: tuple[float, ...]
    bias: float

    @property
    def error(self) -> int:
        """The target less the output: 0 where it was right, 1 or -1 where the weights moved."""
        return self.target - self.output


@dataclass(frozen=True)
class Lesson:
    """Every step of learning, in order."""

    steps: tuple[Step, ...]

    @property
    def epochs(self) -> int:
        """How often the samples were gone through; the last time without a mistake."""
        return self.steps[-1].epoch

    @property
    def mistakes(self) -> int:
        """How often the weights moved."""
        return sum(step.error != 0 for step in self.steps)


def AND(x1: ArrayLike, x2: ArrayLike) -> Any:  # noqa: N802
    """Return 1 where both are 1, else 0; for numbers, or arrays of one shape.

    >>> AND(1, 1), AND(1, 0)
    (1, 0)
    """
    return Perceptron.AND()(_side_by_side(x1, x2))


def NAND(x1: ArrayLike, x2: ArrayLike) -> Any:  # noqa: N802
    """Return 0 where both are 1, else 1.

    >>> NAND(1, 1), NAND(1, 0)
    (0, 1)
    """
    return Perceptron.NAND()(_side_by_side(x1, x2))


def OR(x1: ArrayLike, x2: ArrayLike) -> Any:  # noqa: N802
    """Return 1 where one of the two is 1, or both, else 0.

    >>> OR(1, 0), OR(0, 0)
    (1, 0)
    """
    return Perceptron.OR()(_side_by_side(x1, x2))


def XOR(x1: ArrayLike, x2: ArrayLike) -> Any:  # noqa: N802
    """Return 1 where one of the two is 1, but not both: two layers of perceptrons.

    >>> XOR(1, 0), XOR(1, 1)
    (1, 0)
    """
    s1 = NAND(x1, x2)
    s2 = OR(x1, x2)
    return AND(s1, s2)


State = tuple[tuple[float, ...], float]  # weights, bias


def _learn(steps: Iterator[Step], start: State, samples: int, max_epochs: int) -> Lesson:
    """Follow the steps until an epoch without a mistake, or raise NotSeparableError."""
    taken: list[Step] = []
    visited = {start: 0}  # the weights and bias between epochs, and how many steps came before
    for _ in range(max_epochs):
        epoch = list(itertools.islice(steps, samples))
        taken += epoch
        if not any(step.error for step in epoch):
            return Lesson(tuple(taken))
        end = (epoch[-1].weights, epoch[-1].bias)
        if end in visited:
            raise _came_back(taken[visited[end] :])
        visited[end] = len(taken)
    wrong = sum(step.error != 0 for step in epoch)
    raise NotSeparableError(
        message(
            "no line that parts the two classes was found in {max_epochs} epochs ({wrong} of "
            "{samples} samples wrong in the last); give a larger max_epochs, or, if the classes "
            "overlap, use a network with a hidden layer",
            max_epochs=max_epochs,
            wrong=wrong,
            samples=samples,
        )
    )


def _came_back(circle: list[Step]) -> NotSeparableError:
    """Return what to say of steps that end with the weights that they began with.

    Their moves add up to zero. Where they do so exactly, the mistakes on ones and those on zeros
    are equally many and of equal sum: no line can have that sum on both its sides.
    Where they do not, the weights came back by rounding, and nothing is proved.
    """
    moves = Counter((step.sample, step.error) for step in circle if step.error)
    total = [Fraction(0)] * (len(circle[0].weights) + 1)
    for (sample, error), count in moves.items():
        for axis, x in enumerate((*sample, 1.0)):  # the bias is the weight of an input 1
            total[axis] += error * count * Fraction(x)
    first, last = circle[0].epoch - 1, circle[-1].epoch
    if any(total):
        return NotSeparableError(
            message(
                "no line that parts the two classes was found: by rounding, the weights after "
                "epoch {last} are those after epoch {first} again; give a learning_rate nearer to "
                "the size of the weights, or inputs that are whole numbers",
                last=last,
                first=first,
            )
        )
    return NotSeparableError(
        message(
            "no straight line parts the two classes: the weights after epoch {last} are those "
            "after epoch {first} again, and would go round for ever; a network with a hidden "
            "layer can learn such samples",
            last=last,
            first=first,
        )
    )


def _side_by_side(x1: ArrayLike, x2: ArrayLike) -> Array:
    if np.shape(x1) != np.shape(x2):
        raise InputError(
            message(
                "a gate takes two inputs of one shape, not of {shape} and {shape_2}",
                shape=np.shape(x1),
                shape_2=np.shape(x2),
            )
        )
    return np.stack([np.asarray(x1), np.asarray(x2)], axis=-1)


def _check_targets(t: ArrayLike, samples: Array) -> list[int]:
    targets = as_array(t, Phrase("the targets"))
    if samples.ndim != 2 or len(samples) == 0 or targets.shape != samples.shape[:1]:
        raise InputError(
            message(
                "learning takes samples of shape (batch, inputs) and targets of shape (batch,), "
                "not {shape} and {shape_2}",
                shape=samples.shape,
                shape_2=targets.shape,
            )
        )
    if not np.isin(targets, (0, 1)).all():
        raise InputError(
            message(
                "targets are 0 and 1, but there are {unique}; targets -1 and 1 become 0 and 1 by "
                "(t + 1) / 2",
                unique=np.unique(targets).tolist()[:5],
            )
        )
    return [int(each) for each in targets]


def _finite(values: ArrayLike, what: str | Phrase) -> Array:
    array = as_array(values, what)
    if array.dtype.kind not in "fiub":
        raise InputError(
            message("{what} must be numbers, not {given}", what=what, given=why_no_numbers(array))
        )
    if not np.isfinite(array).all():
        raise InputError(message("{what} must be finite, but they hold NaN or infinity", what=what))
    return array.astype(np.float64)
