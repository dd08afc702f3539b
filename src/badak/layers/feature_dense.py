"""FeatureDense: a small Dense layer for the numbers of each feature."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import activations, initializers, regularizers
from badak._common.language import Phrase, message
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.layers.base import Layer, one_axis
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Shape


@dataclass(frozen=True)
class Block:
    """A matrix that leads from some columns of the input to some of the output."""

    inputs: slice
    outputs: slice
    weights: str
    """The array of weights that it is in."""
    rows: slice
    """Which rows of that array it is."""

    def of(self, w: Weights) -> Array:
        """Return it, (inputs, outputs)."""
        return w[self.weights][self.rows]


@register
class FeatureDense(Layer):
    r"""A small Dense layer for each feature's own numbers, after a layer that makes several of it.

    Of the input's columns the first ``sizes[0]`` are those of feature 0, the next ``sizes[1]``
    those of feature 1, and so on. Each feature's numbers :math:`x_f` become `units` numbers
    :math:`h(x_f W_f + b_f)`, with weights of its own; features are not mixed.

    Parameters
    ----------
    units : int
        How many numbers each feature becomes, 1 or more.
    sizes : int or sequence of int
        How many of the input's columns belong to each feature: ``copies(features)`` of
        :class:`PiecewiseLinearEncoding` and :class:`PeriodicEmbedding`, or the categories of
        columns that are written one-hot, for which this is an embedding. A whole number is that of
        every feature.
    activation : str, dict, Activation or None
        What is applied to the sums; None is the identity.
    use_bias : bool
        Whether there is a bias b.
    kernel_initializer, bias_initializer
        Initial values of each feature's kernel, (size, units), and of the biases.
    kernel_regularizer, bias_regularizer
        Penalties on them; None is no penalty.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        `units` or a size is no whole number of 1 or more, or a name is not known; later, samples
        whose columns are not as many as the sizes say.

    Notes
    -----
    The kernel of all features is one array, (sum of sizes, units): each feature's stands under that
    of the one before. Files of ONNX, Python, C and JavaScript hold it as one matrix with zeros
    between the features.

    References
    ----------
    Gorishniy, Rubachev & Babenko, "On Embeddings for Numerical Features in Tabular Deep
    Learning", 2022, section 3.4 ("Linear" and "ReLU" in PLR and Q-LR); NLinear of their package
    rtdl_num_embeddings.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> model = Sequential([Input((3,)), FeatureDense(1, sizes=[2, 1])])
    >>> model.set_weights([[[1.0], [10.0], [100.0]], [0.5, 0.25]])
    >>> model.predict([[1.0, 2.0, 3.0]])
    array([[ 21.5 , 300.25]], dtype=float32)
    """

    arguments = (
        "units",
        "sizes",
        "activation",
        "use_bias",
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "bias_regularizer",
    )

    def __init__(
        self,
        units: int,
        sizes: int | Sequence[int],
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.units = check_whole(units, "units")
        self.sizes = checked_sizes(sizes, "sizes")
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)

    def each_size(self, columns: int) -> tuple[int, ...]:
        """Return how many of the input's columns belong to each feature.

        Parameters
        ----------
        columns : int
            How many columns a sample has.

        Returns
        -------
        tuple of int
            Their sum is `columns`.

        Raises
        ------
        InputError
            The sizes do not add up to it.
        """
        given = self.sizes
        sizes = (given,) * (columns // given) if isinstance(given, int) else given
        if sum(sizes) != columns:
            raise InputError(
                message(
                    "the sizes of FeatureDense, {sizes!r}, do not add up to the {columns} columns "
                    "of the samples",
                    sizes=self.sizes,
                    columns=columns,
                )
            )
        return sizes

    def blocks(self, columns: int) -> list[Block]:
        """Return each feature's part of the kernel.

        Parameters
        ----------
        columns : int
            How many columns a sample has.

        Returns
        -------
        list of Block
            Feature by feature.
        """
        ends = np.cumsum(self.each_size(columns)).tolist()
        units = self.units
        return [
            Block(rows, slice(units * feature, units * (feature + 1)), "kernel", rows)
            for feature, rows in enumerate(map(slice, [0, *ends], ends))
        ]

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (features * units,)."""
        columns = one_axis(input_shape, "FeatureDense")
        return (self.units * len(self.each_size(columns)),)

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return the kernel (columns, units) and the bias (features * units,)."""
        columns = one_axis(input_shape, "FeatureDense")
        initializer = _one_by_one(self.kernel_initializer, self.each_size(columns))
        shape = (columns, self.units)
        specs = [
            ParameterSpec("kernel", shape, initializer, self.kernel_regularizer),
            ParameterSpec(
                "bias",
                self.output_shape(input_shape),
                self.bias_initializer,
                self.bias_regularizer,
            ),
        ]
        return specs if self.use_bias else specs[:1]

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return the pre-activations, (batch, features * units)."""
        a = block_product(self.blocks(x.shape[-1]), w, x)
        return (a + w["bias"] if self.use_bias else a), None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradients at x and of the kernel and the bias."""
        at_x, of_weights = block_product_backward(self.blocks(p.x.shape[-1]), w, p.x, gradient)
        if self.use_bias:
            of_weights["bias"] = gradient.sum(axis=0)  # (features * units,)
        return at_x, of_weights

    @classmethod
    def example(cls) -> "FeatureDense":
        """Return a small layer for tests."""
        return cls(3, [2, 1, 2], "tanh")


def block_product(blocks: Sequence[Block], w: Weights, x: Array) -> Array:
    """Return the input's columns times their blocks, (batch, outputs)."""
    return np.concatenate([x[:, each.inputs] @ each.of(w) for each in blocks], axis=1)


def block_product_backward(
    blocks: Sequence[Block], w: Weights, x: Array, gradient: Array
) -> tuple[Array, Weights]:
    """Return the gradients at x and of the arrays that the blocks are in."""
    at_x = np.empty_like(x)
    of_weights = {each.weights: np.empty_like(w[each.weights]) for each in blocks}
    for each in blocks:
        at_own = gradient[:, each.outputs]
        at_x[:, each.inputs] = at_own @ each.of(w).T
        each.of(of_weights)[...] = x[:, each.inputs].T @ at_own
    return at_x, of_weights


def block_matrix(blocks: Sequence[Block], w: Weights) -> Array:
    """Return one matrix (inputs, outputs) with the blocks in it and zeros between them."""
    last = blocks[-1]
    whole = np.zeros((last.inputs.stop, last.outputs.stop), np.float32)
    for each in blocks:
        whole[each.inputs, each.outputs] = each.of(w)
    return whole


def checked_sizes(given: Any, what: str) -> int | tuple[int, ...]:
    """Return a size, or a size for each feature, or raise InputError."""
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if not isinstance(given, (list, tuple)):
        return int(check_whole(given, what))
    if not given:
        raise InputError(message("{what} must name at least one feature's size", what=what))
    return tuple(
        int(check_whole(each, Phrase("{what} of feature {feature}", what=what, feature=feature)))
        for feature, each in enumerate(given)
    )


def _one_by_one(initializer: Any, sizes: Sequence[int]) -> Any:
    """Return an initializer that gives each feature's kernel the values of its own shape."""
    return lambda shape, rng: np.concatenate([initializer((n, shape[1]), rng) for n in sizes])
