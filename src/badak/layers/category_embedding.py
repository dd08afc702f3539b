"""CategoryEmbedding: a learned vector for each category of each column."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from badak import initializers, regularizers
from badak._common.language import message
from badak.errors import InputError
from badak.layers.base import Layer, one_axis
from badak.layers.feature_dense import Block, checked_sizes
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Shape

MOST = 1 << 24
"""Whole numbers from here on are not all float32's."""


@register
class CategoryEmbedding(Layer):
    r"""Look up a learned vector for the category of each column, and lay the vectors side by side.

    A sample is a whole number for each column, 0 to ``sizes[column] - 1``. Any other number,
    such as -1 for a category that was never seen, takes the table's last row, which all of them
    share; it begins at 0, so that an unknown category adds nothing until training has met some.

    Parameters
    ----------
    sizes : sequence of int
        How many categories each column has, 1 or more.
    units : int or sequence of int
        How many numbers a category becomes, 1 or more, or how many of each column.
    embeddings_initializer
        Initial values of each table but its last row, (categories, units).
    embeddings_regularizer
        A penalty on the tables; None is no penalty.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        Sizes or units that are not whole numbers of 1 or more or not as many as each other, more
        than 16,777,215 categories, which float32 does not count; later, samples of another number
        of columns.

    Notes
    -----
    It equals the one-hot form of each column times its table, and is compiled as that: the time of
    a step grows with the number of categories, and hundreds of a column are cheap. There is no
    gradient at the input. Columns that are one-hot already are embedded by
    ``FeatureDense(units, sizes, use_bias=False)``.

    References
    ----------
    Guo & Berkhahn, "Entity Embeddings of Categorical Variables", 2016.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> model = Sequential([Input((2,)), CategoryEmbedding(sizes=[2, 1], units=[2, 1])])
    >>> model.set_weights([[[1.0, 2.0], [3.0, 4.0], [0.0, 0.0]], [[5.0], [9.0]]])
    >>> model.predict([[1.0, 0.0], [-1.0, 7.0]])
    array([[3., 4., 5.],
           [0., 0., 9.]], dtype=float32)
    """

    arguments = ("sizes", "units", "embeddings_initializer", "embeddings_regularizer")
    example_input = (3,)

    def __init__(
        self,
        sizes: Sequence[int],
        units: int | Sequence[int],
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.sizes = _listed(checked_sizes(sizes, "sizes"))
        self.units = checked_sizes(units, "units")
        if len(self.each_unit()) != len(self.sizes) or max(self.sizes) >= MOST:
            raise InputError(
                message(
                    "CategoryEmbedding takes for each column its number of categories, below "
                    "{most:,}, and one number of units or one for each, not {sizes!r} and "
                    "{units!r}",
                    most=MOST,
                    sizes=sizes,
                    units=units,
                )
            )
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)

    def each_unit(self) -> tuple[int, ...]:
        """Return how many numbers a category of each column becomes."""
        return (self.units,) * len(self.sizes) if isinstance(self.units, int) else self.units

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (sum of units,)."""
        columns = one_axis(input_shape, "CategoryEmbedding")
        if columns != len(self.sizes):
            raise InputError(
                message(
                    "CategoryEmbedding knows {known} columns, but the samples have {columns}",
                    known=len(self.sizes),
                    columns=columns,
                )
            )
        return (sum(self.each_unit()),)

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return each column's table (categories + 1, units), whose last row is of all others."""
        self.output_shape(input_shape)
        return [
            ParameterSpec(
                block.weights,
                (rows, units),
                _with_row_of_zeros(self.embeddings_initializer),
                self.embeddings_regularizer,
            )
            for block, rows, units in zip(self.blocks(), self.rows(), self.each_unit(), strict=True)
        ]

    def blocks(self) -> list[Block]:
        """Return each column's table, as what the one-hot form of all columns is multiplied by."""
        made: list[Block] = []
        first = start = 0
        for column, (rows, units) in enumerate(zip(self.rows(), self.each_unit(), strict=True)):
            inputs, outputs = slice(first, first + rows), slice(start, start + units)
            made.append(Block(inputs, outputs, f"table_{column}", slice(0, rows)))
            first, start = inputs.stop, outputs.stop
        return made

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, Array]:
        """Return the rows of the tables, (batch, sum of units), and their numbers."""
        sizes = np.array(self.sizes)
        places = row_of(x, sizes.astype(x.dtype)).astype(np.int64)  # (batch, columns)
        looked_up = zip(self.blocks(), places.T, strict=True)
        made = [w[block.weights][place] for block, place in looked_up]
        return np.concatenate(made, axis=1), places

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return no gradient at x, and those of the rows that were looked up."""
        of_weights: Weights = {}
        for block, place in zip(self.blocks(), p.memo.T, strict=True):
            of_weights[block.weights] = np.zeros_like(w[block.weights])
            np.add.at(of_weights[block.weights], place, gradient[:, block.outputs])
        return np.zeros_like(p.x), of_weights

    def rows(self) -> tuple[int, ...]:
        """Return how many rows each column's table has."""
        return tuple(size + 1 for size in self.sizes)

    def row_numbers(self) -> Weights:
        """Return for each row of all tables its number in its table, and that of the last."""
        size = np.repeat(np.array(self.sizes, np.float32), self.rows())
        number = np.concatenate([np.arange(rows, dtype=np.float32) for rows in self.rows()])
        return {"size": size, "number": number}

    @staticmethod
    def one_hot(w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return the one-hot form of columns that are repeated as often as they have rows."""
        return one_hot(x, w["size"], w["number"]), None

    @classmethod
    def example(cls) -> "CategoryEmbedding":
        """Return a small layer for tests."""
        return cls([3, 1, 2], [2, 1, 3])


def row_of(x: Array, size: Any) -> Array:
    """Return the row of a table of `size` categories that a number stands for."""
    known = (x >= 0.0) & (x < size) & (np.floor(x) == x)
    return np.where(known, x, size)


def one_hot(x: Array, size: Any, number: Any) -> Array:
    """Return 1 where the row of a column's number is `number`, 0 elsewhere."""
    return np.where(row_of(x, size) == number, 1.0, 0.0)


def _with_row_of_zeros(initializer: Any) -> Any:
    """Return an initializer of a table whose last row is 0."""

    def made(shape: Shape, rng: np.random.Generator) -> Array:
        known = initializer((shape[0] - 1, shape[1]), rng)
        return np.concatenate([known, np.zeros((1, shape[1]))])

    return made


def _listed(sizes: int | tuple[int, ...]) -> tuple[int, ...]:
    return (sizes,) if isinstance(sizes, int) else sizes
