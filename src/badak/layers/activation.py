"""Activation functions as layers of their own."""

from typing import Any, ClassVar

from badak import activations
from badak._common.validation import NOT_NEGATIVE, NOT_NEGATIVE_OR_NONE, setting_of
from badak.layers.base import Layer
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array


@register
class Activation(Layer):
    """Apply an activation function.

    Parameters
    ----------
    activation : str, dict, callable or Activation
        A name, a configuration, one of badak's functions, or a record of
        :class:`badak.activations.Activation`.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        It is not known what is meant.

    Examples
    --------
    >>> Activation("tanh").activation.name
    'tanh'
    """

    arguments: ClassVar[tuple[str, ...]] = ("activation",)

    def __init__(self, activation: Any, **common: Any) -> None:
        super().__init__(**common)
        self.activation = activations.get(activation)

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return x: the activation is applied after it."""
        return x, None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradient as it is."""
        return gradient, {}

    @classmethod
    def example(cls) -> "Activation":
        """Return a small layer for tests."""
        return cls("tanh")


@register
class ReLU(Activation):
    """ReLU, leaky below `threshold` where `negative_slope` is given, cut off at `max_value`.

    Parameters
    ----------
    max_value : float or None
        The largest output; None is no limit.
    negative_slope : float
        The slope below the threshold.
    threshold : float
        From where on x passes.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        A setting is negative.

    Examples
    --------
    >>> import numpy as np
    >>> ReLU(6.0).activation(np.array([0.0, 3.0, 9.0]))
    array([0., 3., 6.])
    """

    arguments = ("max_value", "negative_slope", "threshold")

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **common: Any,
    ) -> None:
        super().__init__(_relu_of(max_value, negative_slope, threshold), **common)
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold

    @classmethod
    def example(cls) -> "ReLU":
        """Return a small layer for tests."""
        return cls(2.0, 0.1, 0.2)


def _relu_of(
    max_value: float | None, negative_slope: float, threshold: float
) -> activations.Activation:
    max_value = NOT_NEGATIVE_OR_NONE.check(max_value, setting_of("ReLU", "max_value"))
    negative_slope = NOT_NEGATIVE.check(negative_slope, setting_of("ReLU", "negative_slope"))
    threshold = NOT_NEGATIVE.check(threshold, setting_of("ReLU", "threshold"))
    if (max_value, negative_slope, threshold) == (None, 0.0, 0.0):
        return activations.RELU
    return activations.BOUNDED_RELU.with_parameters(
        negative_slope=negative_slope,
        max_value=float("inf") if max_value is None else max_value,
        threshold=threshold,
    )


@register
class LeakyReLU(Activation):
    """ReLU that passes `negative_slope` times what is negative.

    Parameters
    ----------
    negative_slope : float
        The slope where x < 0.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Examples
    --------
    >>> import numpy as np
    >>> LeakyReLU(0.5).activation(np.array([-2.0, 2.0]))
    array([-1.,  2.])
    """

    arguments = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.3, **common: Any) -> None:
        super().__init__(
            activations.LEAKY_RELU.with_parameters(negative_slope=negative_slope), **common
        )
        self.negative_slope = negative_slope

    @classmethod
    def example(cls) -> "LeakyReLU":
        """Return a small layer for tests."""
        return cls(0.2)


@register
class ThresholdedReLU(Activation):
    """ReLU that passes only what exceeds `theta`.

    Parameters
    ----------
    theta : float
        The threshold.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Examples
    --------
    >>> import numpy as np
    >>> ThresholdedReLU(1.0).activation(np.array([0.5, 2.0]))
    array([0., 2.])
    """

    arguments = ("theta",)

    def __init__(self, theta: float = 1.0, **common: Any) -> None:
        super().__init__(activations.THRESHOLDED_RELU.with_parameters(theta=theta), **common)
        self.theta = theta

    @classmethod
    def example(cls) -> "ThresholdedReLU":
        """Return a small layer for tests."""
        return cls(0.3)


@register
class ELU(Activation):
    """ELU, which levels out at -`alpha`: alpha (e^x - 1) where x < 0.

    Parameters
    ----------
    alpha : float
        The limit for large negative x, its sign turned.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    References
    ----------
    Clevert, Unterthiner & Hochreiter, "Fast and Accurate Deep Network Learning by Exponential
    Linear Units", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> ELU().activation(np.array([-1.0, 2.0])).round(3)
    array([-0.632,  2.   ])
    """

    arguments = ("alpha",)

    def __init__(self, alpha: float = 1.0, **common: Any) -> None:
        super().__init__(activations.ELU.with_parameters(alpha=alpha), **common)
        self.alpha = alpha

    @classmethod
    def example(cls) -> "ELU":
        """Return a small layer for tests."""
        return cls(0.8)


@register
class Softmax(Activation):
    """Softmax over the last axis: positive outputs that add up to 1.

    Parameters
    ----------
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Examples
    --------
    >>> import numpy as np
    >>> Softmax().activation(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]])
    """

    arguments = ()

    def __init__(self, **common: Any) -> None:
        super().__init__(activations.SOFTMAX, **common)

    @classmethod
    def example(cls) -> "Softmax":
        """Return a small layer for tests."""
        return cls()
