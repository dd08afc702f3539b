"""Take one answer apart: what each column adds to it, from the answer to a baseline on.

Three ways, and which one was taken is told:

- Where the network adds up its columns (no hidden layer, in no network of several), a column adds
  exactly what it changes alone. A linear network has w (x - baseline) of each feature.
- Else integrated gradients: the slope of the answer along the straight line from the baseline to
  the row, times the way. The contributions sum to the difference of the answers as the steps become
  small, and steps are doubled until they do.
- Where the slope does not tell (an activation like step is flat everywhere, an encoding may jump),
  Shapley values: the mean of what a column adds when columns take the row's values one after
  another, over all orders, or over random ones. They sum exactly.

Sources: M. Sundararajan, A. Taly & Q. Yan, Axiomatic Attribution for Deep Networks, ICML 2017; E.
Štrumbelj & I. Kononenko, Explaining prediction models and individual predictions with feature
contributions, KAIS 41 (2014).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from badak import layers, reference
from badak._common.json_data import json_data
from badak._common.language import message
from badak._common.seeds import check_seed
from badak._common.validation import POSITIVE
from badak.activations import is_builtin
from badak.diagnostics.input_gradient import input_gradient
from badak.diagnostics.permutation import Columns
from badak.errors import InputError
from badak.layers.base import Layer, is_just
from badak.layers.model import Model
from badak.layers.passes import Weights
from badak.typing import Array

METHODS = ("auto", "exact", "gradients", "shapley")
EXACT, GRADIENTS, SHAPLEY = METHODS[1:]
TOLERANCE = 1e-3
FIRST_STEPS, MOST_STEPS = 64, 8192
ROWS_ASKED = 1024  # at once, in float64 with all that the way back needs
MOST_ENUMERATED = 10  # columns of which all sets are asked, 2**10
ORDERS = 200

OF_EACH_FEATURE = (
    *(layers.Rescaling, layers.Normalization, layers.FeatureScale, layers.PiecewiseLinearEncoding),
    *(layers.PeriodicEmbedding, layers.CategoryEmbedding),
    *(layers.SmoothClip, layers.PReLU, layers.Flatten, layers.Dropout, layers.GaussianNoise),
)
"""Layers that work on each feature by itself at inference."""
LINEAR = (
    *(layers.Dense, layers.Rescaling, layers.Normalization, layers.FeatureScale, layers.Whitening),
    *(layers.BatchNormalization, layers.Flatten, layers.Dropout, layers.GaussianNoise),
    layers.FeatureDense,
)
"""Layers that are linear at inference, but for fixed numbers and an activation."""


@dataclass(frozen=True)
class Decomposition:
    """What each column adds to one answer; ``answer == baseline + added.sum() + rest``.

    Parameters
    ----------
    columns : tuple of str
        The columns.
    added : ndarray, shape (columns,)
        What each adds, in the answer's unit.
    baseline : float
        The answer to the baseline.
    answer : float
        The answer to the row, in float64.
    method : {"exact", "gradients", "shapley"}
        How it was worked out.
    steps : int
        Steps of the integral, or how many orders or sets of columns were asked; 1 if exact.
    errors : ndarray, shape (columns,), optional
        Standard errors of Shapley values over random orders; None where there are none.

    Examples
    --------
    >>> found = Decomposition(("a", "b"), np.array([1.0, -0.5]), 2.0, 2.5, "exact", 1)
    >>> found.rest
    0.0
    """

    columns: tuple[str, ...]
    added: Array
    baseline: float
    answer: float
    method: str
    steps: int
    errors: Array | None = None

    @property
    def rest(self) -> float:
        """What the columns leave of the answer: 0 but for the integral's steps and rounding."""
        return self.answer - self.baseline - float(self.added.sum())

    @property
    def order(self) -> list[int]:
        """The columns by the size of what they add, the largest first."""
        return [int(place) for place in (-np.abs(self.added)).argsort(kind="stable")]

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold.

        Returns
        -------
        dict
            "baseline", "answer", "added" by the columns' names, "rest", "method", "steps", and
            "errors" by the columns' names or None.
        """
        return {
            "baseline": json_data(self.baseline),
            "answer": json_data(self.answer),
            "added": dict(zip(self.columns, self.added.tolist(), strict=True)),
            "rest": json_data(self.rest),
            "method": self.method,
            "steps": self.steps,
            "errors": None
            if self.errors is None
            else dict(zip(self.columns, self.errors.tolist(), strict=True)),
        }


def decompose(
    model: Model,
    x: Array,
    baseline: Array,
    columns: Columns,
    output: int = 0,
    *,
    logit: bool = False,
    method: str = "auto",
    tolerance: float = TOLERANCE,
    seed: int = 0,
) -> Decomposition:
    """Take the answer to one row apart, column by column, in float64.

    Parameters
    ----------
    model : Sequential
        A network of (features,).
    x : ndarray, shape (features,)
        The row.
    baseline : ndarray, shape (features,)
        What it is compared with, such as the mean row.
    columns : mapping of str to slice
        The features of each column.
    output : int, default 0
        Which of the outputs.
    logit : bool, default False
        Whether the answer is the output's sum before the last activation: before softmax.
    method : {"auto", "exact", "gradients", "shapley"}, default "auto"
        "auto": exact where the network adds up its columns, else integrated gradients, and Shapley
        values where these do not come near enough.
    tolerance : float, default 1e-3
        How far the sum of integrated gradients, and each of them from one number of steps to
        twice as many, may be off: a share of the sum of their sizes.
    seed : int, default 0
        Settles the orders of Shapley values.

    Returns
    -------
    Decomposition
        What each column adds.

    Raises
    ------
    InputError
        An unknown method or output, a network that is not of the form that "exact" needs, an
        integral that does not come near enough by "gradients", or answers that are not finite.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(1)])
    >>> model.set_weights([[[3.0], [-2.0]], [1.0]])
    >>> columns = {"a": slice(0, 1), "b": slice(1, 2)}
    >>> found = decompose(model, np.array([1.0, 2.0]), np.array([0.0, 0.5]), columns)
    >>> found.baseline, found.added, found.answer, found.method
    (0.0, array([ 3., -3.]), 0.0, 'exact')
    """
    POSITIVE.check(tolerance, "tolerance")
    check_seed(seed)
    if method not in METHODS:
        raise InputError(
            message("method is one of {known}, not {method!r}", known=METHODS, method=method)
        )
    if not 0 <= output < model.output_shape[0]:
        raise InputError(
            message(
                "the network has outputs 0 to {last}: there is no {output}",
                last=model.output_shape[0] - 1,
                output=output,
            )
        )
    asked = _Asked(model, x, baseline, columns, output, logit)
    if method == EXACT and not asked.adds_up:
        raise InputError(
            message(
                "the network does not add up its columns, so that what each adds is not exact: "
                "leave method to 'auto'"
            )
        )
    if method == EXACT or (method == "auto" and asked.adds_up):
        return asked.exactly()
    if method != SHAPLEY:
        found = asked.by_gradients(tolerance)
        if found is not None:
            return found
        if method == GRADIENTS:
            raise InputError(
                message(
                    "integrated gradients do not come within {tolerance:g} of the answer in "
                    "{steps:,} steps: leave method to 'auto', which takes Shapley values then",
                    tolerance=tolerance,
                    steps=MOST_STEPS,
                )
            )
    return asked.by_orders(seed)


def _adds_up(stack: Sequence[Layer], *, logit: bool = False) -> bool:
    """Whether each output is a sum of functions of one feature each.

    With `logit` it is asked of the sums before the last layer's activation.
    """
    mixed = False
    for layer in stack:
        h = layer.activation
        straight = h is None or is_builtin(h, "identity") or (logit and layer is stack[-1])
        if not mixed and straight and any(is_just(layer, kind) for kind in OF_EACH_FEATURE):
            continue
        if is_just(layer, layers.Ensemble):
            adds = not mixed and all(map(_adds_up, layer.members))
        elif is_just(layer, layers.SharedEnsemble):  # scales are of one feature each
            adds = not mixed and _adds_up(layer.layers)
        else:
            adds = straight and any(is_just(layer, kind) for kind in LINEAR)
        if not adds:
            return False
        mixed = True
    return True


class _Asked:
    """One answer, as a function of its row."""

    def __init__(
        self, model: Model, x: Array, baseline: Array, columns: Columns, output: int, logit: bool
    ) -> None:
        self.layers: list[Layer] = list(model.layers)
        self.weights: list[Weights] = list(model.parameters.copy(np.float64).layers)
        self.columns, self.output, self.logit = columns, output, logit
        self.x, self.start = x.astype(np.float64), baseline.astype(np.float64)
        self.from_, self.to = self.answers(np.stack([self.start, self.x]))

    @property
    def adds_up(self) -> bool:
        """Whether the answer is a sum of functions of one column each."""
        return _adds_up(self.layers, logit=self.logit)

    def answers(self, rows: Array) -> Array:
        """Return float64 answers (rows,) to rows (rows, features)."""
        found = np.empty(len(rows))
        for start in range(0, len(rows), ROWS_ASKED):
            some = slice(start, start + ROWS_ASKED)
            y = reference.output(
                self.layers, self.weights, rows[some], last_activation=not self.logit
            )
            found[some] = y[:, self.output]
        if not np.isfinite(found).all():
            raise InputError(
                message("an answer is NaN or infinite: the row or the weights are broken")
            )
        return found

    def exactly(self) -> Decomposition:
        """Return what each column changes alone."""
        rows = np.tile(self.start, (len(self.columns), 1))
        for row, features in zip(rows, self.columns.values(), strict=True):
            row[features] = self.x[features]
        return self._found(self.answers(rows) - self.from_, EXACT, 1)

    def by_gradients(self, tolerance: float) -> Decomposition | None:
        """Return the integral of the slope, None where no number of steps comes near enough.

        Where four times as many steps leave nearly as much, what is left is no matter of steps: the
        answer jumps on the way, as at an interval of hardly any length of an encoding.
        """
        steps = FIRST_STEPS
        before = self._integrated(steps // 2)
        left = list[float]()
        while steps <= MOST_STEPS:
            now = self._integrated(steps)
            found = self._found(now, GRADIENTS, steps)
            allowed = tolerance * max(float(np.abs(now).sum()), abs(self.to - self.from_))
            if max(abs(found.rest), float(np.abs(now - before).max())) <= allowed:
                return found
            left.append(abs(found.rest))
            if len(left) > 2 and left[-1] > max(allowed, left[-3] / 2.0):
                return None
            before, steps = now, 2 * steps
        return None

    def _integrated(self, steps: int) -> Array:
        """Return (columns,) by the rule of midpoints."""
        total = np.zeros(len(self.x))
        shares = (np.arange(steps) + 0.5) / steps
        for start in range(0, steps, ROWS_ASKED):
            along = shares[start : start + ROWS_ASKED, np.newaxis]
            rows = self.start + along * (self.x - self.start)
            passes = reference.forward(self.layers, self.weights, rows)
            at = np.zeros_like(passes[-1].z)
            at[:, self.output] = 1.0
            total += input_gradient(passes, self.weights, at, at_sum=self.logit).sum(axis=0)
        return self._by_column(total / steps * (self.x - self.start))

    def _by_column(self, features: Array) -> Array:
        return np.array([features[each].sum() for each in self.columns.values()])

    def by_orders(self, seed: int) -> Decomposition:
        """Return Shapley values: of all sets of few columns, of random orders of many."""
        count = len(self.columns)
        if count <= MOST_ENUMERATED:
            sets = (np.arange(2**count)[:, np.newaxis] >> np.arange(count)) & 1
            return self._found(self._of_all_sets(sets.astype(bool)), SHAPLEY, len(sets))
        random = np.random.default_rng(seed)
        gains = np.empty((ORDERS, count))
        for place in range(0, ORDERS, 2):  # an order and its reverse: their errors cancel
            order = random.permutation(count)
            gains[place], gains[place + 1] = self._gains(order), self._gains(order[::-1])
        pairs = gains.reshape(ORDERS // 2, 2, count).mean(axis=1)
        errors = pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
        return replace(self._found(gains.mean(axis=0), SHAPLEY, ORDERS), errors=errors)

    def _of_all_sets(self, sets: Array) -> Array:
        """Return Shapley values from the answers to all sets, (sets, columns) of booleans."""
        count = sets.shape[1]
        answers, sizes = self._of_sets(sets), sets.sum(axis=1)
        added = np.zeros(count)
        for column in range(count):
            without = np.flatnonzero(~sets[:, column])
            weights = [1.0 / (count * math.comb(count - 1, size)) for size in sizes[without]]
            added[column] = weights @ (answers[without | (1 << column)] - answers[without])
        return added

    def _gains(self, order: Array) -> Array:
        """Return what each column adds (columns,) as they take the row's values in this order."""
        sets = np.zeros((len(order) + 1, len(order)), bool)
        for step, column in enumerate(order, 1):
            sets[step:, column] = True
        gains = np.empty(len(order))
        gains[order] = np.diff(self._of_sets(sets))
        return gains

    def _of_sets(self, sets: Array) -> Array:
        """Return the answers where the columns of each set are the row's, the others the start's.

        The rows are made as they are asked, for there may be many features.
        """
        own = np.zeros((len(self.columns), len(self.x)))
        for row, features in zip(own, self.columns.values(), strict=True):
            row[features] = 1.0
        found = np.empty(len(sets))
        for start in range(0, len(sets), ROWS_ASKED):
            taken = sets[start : start + ROWS_ASKED].astype(np.float64) @ own > 0.0
            found[start : start + ROWS_ASKED] = self.answers(np.where(taken, self.x, self.start))
        return found

    def _found(self, added: Array, method: str, steps: int) -> Decomposition:
        return Decomposition(
            tuple(self.columns), added, float(self.from_), float(self.to), method, steps
        )
