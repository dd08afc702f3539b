"""The layers that every network is made of."""

import math
from typing import Any

from badak import activations, initializers, regularizers
from badak._common.validation import check_whole
from badak.errors import InputError
from badak.layers.base import Layer, check_shape, one_axis
from badak.layers.parameters import ParameterSpec
from badak.typing import Shape


class Input(Layer):
    """The shape of one sample, such as ``(784,)`` or ``(28, 28)``."""

    arguments = ("shape",)

    def __init__(self, shape: Shape, *, name: str | None = None) -> None:
        super().__init__(name=name)
        checked = check_shape(shape)
        if checked is None:
            raise InputError("Input needs the shape of one sample, such as Input((784,))")
        self.shape = checked

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape that it was given."""
        return self.shape


class Dense(Layer):
    """Each unit weighs every input: z = h(x W + b), with W of shape (inputs, units).

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


class Flatten(Layer):
    """Rows of an image one after another: (28, 28) becomes (784,)."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return one axis as long as all of them together."""
        return (math.prod(input_shape),)
