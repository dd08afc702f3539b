"""SmoothClip: numbers centred and scaled robustly, and drawn in smoothly where they are extreme."""

from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.samples import as_array
from badak._common.validation import POSITIVE
from badak.errors import InputError
from badak.layers.base import Layer, one_axis
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, ArrayLike, Shape

REACH = 1e10
"""Times the limit: what lies farther out is the limit in float32, and its square stays finite, and
so does the cube in the slope."""


@register
class SmoothClip(Layer):
    r"""Centre and scale each feature, and draw what lies far out smoothly towards a limit.

    With :math:`u = (x - c) / s` the output is :math:`u / \sqrt{1 + (u / l)^2}`: nearly u in the
    middle, and never beyond :math:`\pm l`, so that a value far out cannot rule a network.

    Parameters
    ----------
    centre, spread : array_like (features,)
        For each feature its c and s; :meth:`robust` finds them in data. A spread of 0 says that the
        feature is passed on as it is.
    limit : float, default 3.0
        The bound l of what is put out.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        Other than one finite number a feature, a spread below 0, a limit that is not above 0;
        later, samples of another number of features.

    References
    ----------
    Holzmüller, Grinsztajn & Steinwart, "Better by Default: Strong Pre-Tuned MLPs and Boosted Trees
    on Tabular Data", 2024, section 3 ("robust scale and smooth clip").

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> layer = SmoothClip(centre=[1.0, 0.0], spread=[2.0, 0.0], limit=3.0)
    >>> Sequential([Input((2,)), layer]).predict([[9.0, 100.0]]).round(4)
    array([[  2.4, 100. ]], dtype=float32)
    """

    prepares_input = True
    elementwise = True
    arguments = ("centre", "spread", "limit")
    example_input = (3,)

    def __init__(
        self, centre: ArrayLike, spread: ArrayLike, limit: float = 3.0, **common: Any
    ) -> None:
        super().__init__(**common)
        self.centre = _numbers(centre, "centre")
        self.spread = _numbers(spread, "spread")
        self.limit = float(POSITIVE.check(limit, "limit"))
        wide = np.array([each for each in self.spread if each], np.float32)
        with np.errstate(over="ignore", divide="ignore"):
            known = np.isfinite(np.float32(1.0) / wide).all()
        if len(self.centre) != len(self.spread) or min(self.spread) < 0.0 or not known:
            raise InputError(
                message(
                    "SmoothClip takes a centre and a spread, 0 or one of which float32 has the "
                    "inverse, for each feature, not {centre} and {spread}",
                    centre=list(self.centre),
                    spread=list(self.spread),
                )
            )

    @staticmethod
    def robust(x: ArrayLike) -> tuple[list[float], list[float]]:
        """Return the median of each feature, and the distance between its quartiles.

        Parameters
        ----------
        x : array_like (samples, features)
            Finite numbers.

        Returns
        -------
        centre, spread : list of float
            What the layer takes. Where the quartiles are one value the spread is half the range.
            A feature with at most two values is passed on as it is: 0 and 0.

        Examples
        --------
        >>> SmoothClip.robust([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [4.0, 0.0], [9.0, 0.0]])
        ([2.0, 0.0], [3.0, 0.0])
        """
        values = as_array(x, "x").astype(np.float32)
        least, low, middle, high, most = np.quantile(values, [0.0, 0.25, 0.5, 0.75, 1.0], axis=0)
        spread = np.where(high > low, high - low, (most - least) / 2.0)
        few = np.array([len(np.unique(column)) <= 2 for column in values.T])
        return np.where(few, 0.0, middle).tolist(), np.where(few, 0.0, spread).tolist()

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape, which is (features,)."""
        features = one_axis(input_shape, "SmoothClip")
        if features != len(self.centre):
            raise InputError(
                message(
                    "SmoothClip knows {known} features, but the samples have {features}",
                    known=len(self.centre),
                    features=features,
                )
            )
        return input_shape

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return each feature's centre, factor, bend and reach; all are fixed."""
        spread = np.array(self.spread)
        passed = spread == 0.0
        fixed = {
            "centre": np.where(passed, 0.0, self.centre),
            "factor": 1.0 / np.where(passed, 1.0, spread),
            "bend": np.where(passed, 0.0, 1.0 / self.limit),
            "reach": np.where(passed, np.finfo(np.float32).max, REACH * self.limit),
        }
        return [
            ParameterSpec(name, values.shape, _always(values), trainable=False)
            for name, values in fixed.items()
        ]

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return the numbers, drawn in."""
        u = (x - w["centre"]) * w["factor"]
        u = np.minimum(np.maximum(u, -w["reach"]), w["reach"])
        bent = u * w["bend"]
        return u / np.sqrt(1.0 + bent * bent), None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradient at x: the slope in u is (1 + (u / l)²) to the power of -3/2."""
        u = (p.x - w["centre"]) * w["factor"]
        within = (u >= -w["reach"]) & (u <= w["reach"])
        bent = np.where(within, u * w["bend"], 0.0)
        root = np.sqrt(1.0 + bent * bent)
        return np.where(within, gradient * w["factor"] / (root * root * root), 0.0), {}

    @classmethod
    def example(cls) -> "SmoothClip":
        """Return a small layer for tests."""
        return cls([0.2, 0.0, -0.5], [0.7, 0.0, 1.5], 2.0)


def _numbers(values: ArrayLike, name: str) -> tuple[float, ...]:
    array = as_array(values, name)
    if array.ndim != 1 or not array.size or array.dtype.kind not in "fiu":
        raise InputError(
            message(
                "SmoothClip's {name} is a number for each feature, not {values!r}",
                name=name,
                values=values,
            )
        )
    single = array.astype(np.float32)
    if not np.isfinite(single).all():
        raise InputError(
            message("SmoothClip's {name} holds a number that is not finite in float32", name=name)
        )
    return tuple(single.tolist())


def _always(values: Array) -> Any:
    return lambda shape, rng: values.astype(np.float32)
