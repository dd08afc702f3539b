"""Piecewise-linear encoding: how far a number has come through each of its feature's intervals."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from badak._common.language import message
from badak._common.samples import as_array
from badak._common.validation import Flag
from badak.errors import InputError
from badak.layers.feature_encoding import FeatureEncoding
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, ArrayLike, Shape

UNBOUNDED = float(np.finfo(np.float32).max)


@register
class PiecewiseLinearEncoding(FeatureEncoding):
    r"""Say of each feature how far it has come through each interval between its edges.

    A feature with the edges :math:`b_0 < b_1 < \dots < b_n` becomes n numbers: 0 below an interval,
    1 above it, and :math:`(x - b_{i-1})/(b_i - b_{i-1})` within. The first goes on below
    :math:`b_0` and the last above :math:`b_n`, so that nothing is cut off. A Dense layer on top
    can give the feature another slope in each interval, which a plain network learns slowly.

    Parameters
    ----------
    edges : sequence of sequences of float
        For each feature its edges, rising, at least two; or none, and the feature is passed on as
        it is. :meth:`quantile_edges` finds them in data.
    keep_feature : bool, default False
        Whether an encoded feature stands itself before its intervals. It says how far it lies
        beyond the edges, so that the first and the last interval end there at 0 and 1.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        Edges that are not finite in float32, do not rise, or are one alone; later, samples of
        another number of features.

    References
    ----------
    Gorishniy, Rubachev & Babenko, "On Embeddings for Numerical Features in Tabular Deep
    Learning", 2022, section 3.2.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> layer = PiecewiseLinearEncoding([[0.0, 1.0, 3.0], []])
    >>> Sequential([Input((2,)), layer]).predict([[2.0, 7.0], [-1.0, 8.0]])
    array([[ 1. ,  0.5,  7. ],
           [-1. ,  0. ,  8. ]], dtype=float32)
    """

    prepares_input = True
    arguments = ("edges", "keep_feature")
    example_input = (3,)

    def __init__(
        self, edges: Sequence[ArrayLike], keep_feature: bool = False, **common: Any
    ) -> None:
        super().__init__(**common)
        self.keep_feature = Flag().check(keep_feature, "keep_feature")
        self.edges = tuple(_checked(each, feature) for feature, each in enumerate(edges))
        """For each feature its edges, as float32 has them."""

    @staticmethod
    def quantile_edges(x: ArrayLike, intervals: int = 16) -> list[list[float]]:
        """Return edges with as many samples between any two of them as ties allow.

        Parameters
        ----------
        x : array_like (samples, features)
            Finite numbers.
        intervals : int, default 16
            How many there are of a feature at most; ties make them fewer.

        Returns
        -------
        list of list of float
            What the layer takes; none for a feature with at most two values.

        Examples
        --------
        >>> x = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [4.0, 0.0], [9.0, 0.0]]
        >>> PiecewiseLinearEncoding.quantile_edges(x, intervals=2)
        [[0.0, 2.0, 9.0], []]
        """
        values = as_array(x, "x").astype(np.float32)
        cuts = np.linspace(0.0, 1.0, intervals + 1)
        found = (np.unique(np.quantile(column, cuts).astype(np.float32)) for column in values.T)
        return [
            edges.tolist() if len(np.unique(column)) > 2 else []
            for edges, column in zip(found, values.T, strict=True)
        ]

    def copies(self, features: int) -> tuple[int, ...]:
        """Return how many numbers each feature becomes, 1 where it is passed on."""
        if features != len(self.edges):
            raise InputError(
                message(
                    "PiecewiseLinearEncoding has edges for {known} features, but the samples have "
                    "{features}",
                    known=len(self.edges),
                    features=features,
                )
            )
        more = 1 if self.keep_feature else 0
        return tuple(len(edges) - 1 + more if edges else 1 for edges in self.edges)

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return each interval's begin, its scale and the bounds of its number; all are fixed."""
        return [
            ParameterSpec(name, values.shape, _fixed(values), trainable=False)
            for name, values in self._intervals().items()
        ]

    def encode(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return the distance from the interval's begin, over its length, within the bounds."""
        z = (x - w["begin"]) * w["scale"]
        return np.minimum(np.maximum(z, w["least"]), w["most"]), None

    def encode_backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradient times the scale, 0 beyond the bounds."""
        z = (p.x - w["begin"]) * w["scale"]
        within = (z >= w["least"]) & (z <= w["most"])
        return np.where(within, gradient * w["scale"], 0.0), {}

    def _intervals(self) -> dict[str, Array]:
        rows: list[tuple[float, float, float, float]] = []
        for edges in self.edges:
            last = len(edges) - 2
            if not edges or self.keep_feature:
                rows.append((0.0, 1.0, -UNBOUNDED, UNBOUNDED))
            for place, (begin, end) in enumerate(pairwise(edges)):
                least = -UNBOUNDED if place == 0 and not self.keep_feature else 0.0
                most = UNBOUNDED if place == last and not self.keep_feature else 1.0
                rows.append((begin, 1.0 / (end - begin), least, most))
        columns = np.array(rows, np.float32).T
        return dict(zip(("begin", "scale", "least", "most"), columns, strict=True))

    @classmethod
    def example(cls) -> "PiecewiseLinearEncoding":
        """Return a small layer for tests."""
        return cls([[-0.5, 0.0, 0.8], [], [-0.2, 0.3]], keep_feature=True)


def _checked(edges: ArrayLike, feature: int) -> tuple[float, ...]:
    given = as_array(edges, "edges")
    with np.errstate(over="ignore"):
        known = given.astype(np.float32) if given.dtype.kind in "fiu" else given
    if known.size == 0:
        return ()
    with np.errstate(over="ignore", divide="ignore"):
        rising = (
            known.dtype == np.float32
            and known.ndim == 1
            and len(known) > 1
            and bool(np.isfinite(known).all())
            and bool((np.diff(known) > 0.0).all())
            and bool(np.isfinite(1.0 / np.diff(known)).all())
        )
    if not rising:
        raise InputError(
            message(
                "the edges of feature {feature} must be two or more finite numbers that rise in "
                "float32, or none, not {edges!r}",
                feature=feature,
                edges=edges,
            )
        )
    return tuple(known.tolist())


def _fixed(values: Array) -> Any:
    return lambda shape, rng: values
