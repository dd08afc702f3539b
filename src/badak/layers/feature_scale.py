"""FeatureScale: a learned factor for each feature."""

from typing import Any

from badak import initializers, regularizers
from badak.layers.base import Layer
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Shape


@register
class FeatureScale(Layer):
    """Multiply each feature by a factor that is learned: z = scale x.

    At the front of a network it lets training turn features up or down, each as a whole, which a
    Dense layer can do only weight by weight.

    Parameters
    ----------
    scale_initializer
        Initial factors, (features,).
    scale_regularizer
        A penalty on them; None is no penalty.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    References
    ----------
    Holzmüller, Grinsztajn & Steinwart, "Better by Default: Strong Pre-Tuned MLPs and Boosted Trees
    on Tabular Data", 2024, section 3 ("scaling layer").

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> model = Sequential([Input((2,)), FeatureScale()])
    >>> model.set_weights([[2.0, 0.5]])
    >>> model.predict([[1.0, 4.0]])
    array([[2., 2.]], dtype=float32)
    """

    elementwise = True
    arguments = ("scale_initializer", "scale_regularizer")

    def __init__(
        self, scale_initializer: Any = "ones", scale_regularizer: Any = None, **common: Any
    ) -> None:
        super().__init__(**common)
        self.scale_initializer = initializers.get(scale_initializer)
        self.scale_regularizer = regularizers.get(scale_regularizer)

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return the factors, one for each feature of the last axis."""
        shape = input_shape[-1:]
        return [ParameterSpec("scale", shape, self.scale_initializer, self.scale_regularizer)]

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, None]:
        """Return x times the factors."""
        return x * w["scale"], None

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradients at x and of the factors."""
        axes = tuple(range(p.x.ndim - 1))
        return gradient * w["scale"], {"scale": (gradient * p.x).sum(axis=axes)}

    @classmethod
    def example(cls) -> "FeatureScale":
        """Return a small layer for tests."""
        return cls("normal")
