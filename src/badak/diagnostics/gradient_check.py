"""Check gradients: backpropagation against central differences."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import reference
from badak._common import display
from badak._common.display import View
from badak._common.json_data import json_data
from badak._common.language import message
from badak.layers.model import Model
from badak.layers.parameters import Parameters, Segment
from badak.layers.passes import Mode
from badak.losses.objective import Objective
from badak.typing import Array

STEP = 1e-5
"""How far a weight is moved either way: near the cube root of float64's resolution, where rounding
and curvature together err least."""


@dataclass(frozen=True)
class GradientCheck:
    """Errors of backpropagation; made by :meth:`badak.Sequential.check_gradients`.

    Printed, it is a line for each array.

    Attributes
    ----------
    errors : dict of str to float
        By "layer.array", such as "dense.kernel": the largest difference between backpropagation
        and central differences, relative to the largest number of the array's gradient. An array
        whose gradient is zero (a bias before a batch normalisation, say) is measured against a
        thousandth of the largest gradient of all.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
    >>> check = model.check_gradients([[1.0, 0.5]], [[1.0]])
    >>> check.passed(), list(check.errors)
    (True, ['dense.kernel', 'dense.bias', 'dense_1.kernel', 'dense_1.bias'])
    """

    errors: dict[str, float]

    @property
    def largest(self) -> float:
        """The largest of the errors; 0 for a network without weights."""
        return max(self.errors.values(), default=0.0)

    def passed(self, tolerance: float = 1e-6) -> bool:
        """Return whether no error exceeds `tolerance`.

        Parameters
        ----------
        tolerance : float, default 1e-6
            Relative, without unit. Correct gradients of smooth networks err by 1e-7 and less.

        Returns
        -------
        bool
            False, too, if an error is NaN.
        """
        return all(error <= tolerance for error in self.errors.values())

    def to_dict(self) -> dict[str, Any]:
        """Return the errors as data that JSON can hold.

        Returns
        -------
        dict
            "errors" by array, and "largest"; NaN and infinity are None.
        """
        return {"errors": json_data(self.errors), "largest": json_data(self.largest)}

    def view(self) -> View:
        """Return what is shown in a notebook: a row for each array."""
        rows = tuple((name, f"{error:.1e}") for name, error in self.errors.items())
        return View((message("array"), message("error")), rows, right=(1,))

    def __str__(self) -> str:
        width = max(map(len, self.errors), default=0)
        return "\n".join(f"{name:<{width}}  {error:.1e}" for name, error in self.errors.items())

    __rich__ = display.as_rich
    _repr_html_ = display.as_html


def check_gradients(
    model: Model, objective: Objective, x: Array, t: Array, samples_per_array: int
) -> GradientCheck:
    """Compare the two at up to `samples_per_array` numbers, drawn by seed, of every array."""
    parameters = model.parameters.copy(np.float64)
    mode = Mode(True, model.seed, model.step)
    batch = x.astype(np.float64)
    targets = t if t.dtype.kind == "i" else t.astype(np.float64)

    def loss() -> tuple[float, Array]:
        value, gradient, *_ = reference.loss_and_gradients(
            model.layers, parameters, objective, batch, targets, mode=mode
        )
        return value, gradient

    _, exact = loss()
    scale = 1e-3 * float(np.abs(exact).max(initial=0.0)) or 1.0
    rng = np.random.default_rng(model.seed)
    errors = {}
    for segment in parameters.trainable_segments:
        places = _places(segment, samples_per_array, rng)
        numeric = np.array([_slope(parameters, segment, place, loss) for place in places])
        backpropagated = np.array([segment.view(exact)[place] for place in places])
        largest = max(np.abs(numeric).max(), np.abs(backpropagated).max(), scale)
        name = f"{model.layers[segment.layer].name}.{segment.spec.name}"
        errors[name] = float(np.abs(numeric - backpropagated).max() / largest)
    return GradientCheck(errors)


def _places(segment: Segment, most: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    shape = segment.spec.shape
    size = int(np.prod(shape))
    flat = rng.choice(size, size=min(most, size), replace=False)
    return [tuple(map(int, np.unravel_index(i, shape))) for i in flat]


def _slope(parameters: Parameters, segment: Segment, place: tuple[int, ...], loss: Any) -> float:
    weights = segment.view(parameters.vector)[place[:-1]]
    one = weights[place[-1] : place[-1] + 1]
    return float(reference.numerical_gradient(lambda: loss()[0], one, STEP)[0])
