"""Backpropagation against central differences: the test that a gradient is right."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import reference
from badak.layers.parameters import Parameters, Segment
from badak.layers.passes import Mode
from badak.losses.objective import Objective
from badak.typing import Array

STEP = 1e-5
"""How far a weight is moved either way: where rounding and curvature, in float64, err least."""


@dataclass(frozen=True)
class GradientCheck:
    """The largest error of each array's gradient, relative to the largest number in it.

    An array whose gradient is nought beside the others' (a bias before a batch normalisation, say)
    is measured against a thousandth of the largest gradient of all.
    """

    errors: dict[str, float]

    @property
    def largest(self) -> float:
        """The largest of the errors."""
        return max(self.errors.values(), default=0.0)

    def passed(self, tolerance: float = 1e-6) -> bool:
        """Return whether no error exceeds `tolerance`."""
        return self.largest <= tolerance

    def __str__(self) -> str:
        width = max(map(len, self.errors), default=0)
        return "\n".join(f"{name:<{width}}  {error:.1e}" for name, error in self.errors.items())


def check_gradients(
    model: Any, objective: Objective, x: Array, t: Array, samples_per_array: int
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
