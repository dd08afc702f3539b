"""Dense: a weighted sum of all inputs for each unit."""

from typing import Any

from badak import activations, initializers, regularizers
from badak._common.validation import check_whole
from badak.layers.base import Layer, one_axis
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Shape


@register
class Dense(Layer):
    """A fully connected layer: z = h(x W + b).

    Each unit weighs every input; `activation` is the h.

    Parameters
    ----------
    units : int
        The number of units, 1 or more.
    activation : str, dict, Activation or None
        What is applied to x W + b; None is the identity.
    use_bias : bool
        Whether there is a bias b.
    kernel_initializer, bias_initializer
        Initial values of the kernel W, (inputs, units), and of the bias, (units,).
    kernel_regularizer, bias_regularizer
        Penalties on them; None is no penalty.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        `units` is no whole number of 1 or more, or a name is not known.

    Examples
    --------
    >>> Dense(50, activation="sigmoid").output_shape((784,))
    (50,)
    """

    arguments = (
        "units",
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
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (units,)."""
        one_axis(input_shape, "Dense")
        return (self.units,)

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return the kernel W (inputs, units) and the bias b (units,)."""
        shape = (one_axis(input_shape, "Dense"), self.units)
        specs = [
            ParameterSpec("kernel", shape, self.kernel_initializer, self.kernel_regularizer),
            ParameterSpec("bias", (self.units,), self.bias_initializer, self.bias_regularizer),
        ]
        return specs if self.use_bias else specs[:1]

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return the pre-activation a = x W + b, (batch, units)."""
        a = x @ w["kernel"]  # (batch, units)
        return (a + w["bias"] if self.use_bias else a), None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradients at x, (batch, inputs), and of the kernel and the bias."""
        of_weights = {"kernel": p.x.T @ gradient}  # (inputs, units)
        if self.use_bias:
            of_weights["bias"] = gradient.sum(axis=0)  # (units,)
        return gradient @ w["kernel"].T, of_weights  # (batch, inputs)

    @classmethod
    def example(cls) -> "Dense":
        """Return a small layer for tests."""
        return cls(3, "tanh")
