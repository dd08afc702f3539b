"""What one layer took, made and was told in a traced pass."""

from dataclasses import dataclass, field
from typing import Any

from badak.activations import Activation
from badak.layers import Layer
from badak.typing import Array


@dataclass(frozen=True, repr=False)
class LayerTrace:
    """What one layer took, made and was told on the way back.

    Its weights are copies under their names: ``kernel``, ``bias``, ``gamma``, ... Gradients are
    those of the mean loss over the batch; without targets there are none.
    """

    index: int
    layer: Layer
    weights: dict[str, Array]
    x: Array
    """Its input, (batch, *input_shape)."""
    a: Array | None
    """Its sum, before the activation; None in a layer that has no activation."""
    z: Array
    """Its output, (batch, *output_shape)."""
    slope: Array | None
    """dz/da of each number; None where there is no activation or, as in softmax, where it works by
    row and its slope is a matrix."""
    memo: Any = None
    """What the reference kept for the way back: a dropout's mask, a batch's mean and deviation."""
    gradients: dict[str, Array] = field(default_factory=dict)
    """The gradient of each trained array of weights, by its name, penalties included."""
    gradient_at_z: Array | None = None
    """That at the output; None where the loss takes the last sum, so that it is never formed."""
    gradient_at_a: Array | None = None
    """That at the sum, the textbook's delta."""
    gradient_at_x: Array | None = None
    """That at the input."""

    @property
    def name(self) -> str:
        """The layer's name."""
        return str(self.layer.name)

    @property
    def activation(self) -> Activation | None:
        """The layer's activation, where it has one."""
        return self.layer.activation

    @property
    def by_row(self) -> bool:
        """Whether the activation mixes the numbers of a row, as softmax does."""
        return self.activation is not None and self.activation.rowwise

    @property
    def delta(self) -> Array | None:
        """The gradient at the sum, or at the output where there is no sum."""
        return self.gradient_at_z if self.a is None else self.gradient_at_a

    def arrays(self) -> dict[str, Array]:
        """Return all there is by its name, in the order in which it was worked out."""
        found: dict[str, Array | None] = {"x": self.x, **self.weights}
        found |= {"a": self.a, "slope": self.slope, "z": self.z}
        found |= {"gradient_at_z": self.gradient_at_z, "gradient_at_a": self.gradient_at_a}
        found |= {f"gradient_of_{name}": g for name, g in self.gradients.items()}
        found |= {"gradient_at_x": self.gradient_at_x}
        return {name: array for name, array in found.items() if array is not None}

    def __rich__(self) -> Any:
        from badak.diagnostics.trace_view import layer_table

        return layer_table(self)

    def __str__(self) -> str:
        from badak._common.display import plain

        return plain(self)

    def __repr__(self) -> str:
        shapes = [f"{name} {array.shape}" for name, array in self.arrays().items()]
        return f"<LayerTrace {self.name}: {', '.join(shapes)}>"

    def __getattr__(self, name: str) -> Array:
        weights = self.__dict__.get("weights", {})
        if name in weights:
            return weights[name]
        raise AttributeError(f"the trace of a layer has no {name!r}; weights: {list(weights)}")
