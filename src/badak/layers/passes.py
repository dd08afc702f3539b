"""What travels through a layer: weights, mode, and the records of a forward and a backward pass."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from badak._common import prng
from badak.typing import Array, Shape

if TYPE_CHECKING:
    from badak.layers.base import Layer

Weights = dict[str, Array]
"""A layer's arrays by name: ``kernel``, ``bias``, ..."""

Distribution = Callable[[Array, prng.Key], Array]


@dataclass(frozen=True)
class Mode:
    """What else a pass depends on: training or inference, and the noise's stream."""

    training: bool = False
    seed: int = 0
    step: int = 0
    layer: int = 0

    def noise(self, distribution: Distribution, shape: Shape, layer_seed: int | None) -> Array:
        """Return this layer's float32 noise of this step; it does not depend on what ran before."""
        key = prng.key_of(self.seed, self.layer, self.step, layer_seed)
        return distribution(prng.indices(shape), key)


INFERENCE = Mode()
TRAINING = Mode(training=True)


@dataclass(frozen=True)
class LayerPass:
    """What one layer computed in a forward pass."""

    layer: "Layer"
    x: Array
    """Its input, (batch, *input_shape)."""
    a: Array | None
    """Its pre-activation; None in a layer that has no activation."""
    z: Array
    """Its output, (batch, *output_shape)."""
    memo: Any = None
    """What else its backward pass needs, as its ``forward`` returned it."""

    def __repr__(self) -> str:
        shapes = f"x {self.x.shape} -> " + (f"a {self.a.shape} -> " if self.a is not None else "")
        return f"{self.layer.name}: {shapes}z {self.z.shape}"


@dataclass(frozen=True)
class LayerGradients:
    """The gradients that a backward pass met at one layer."""

    at_x: Array
    """At its input, (batch, *input_shape)."""
    at_a: Array | None
    """At its pre-activation, the textbook's delta; None in a layer that has no activation."""
    at_z: Array | None
    """At its output; None where the loss takes the pre-activation, so that it is never formed."""
    of_weights: Weights = field(default_factory=dict)
    """Of each trained array of weights, by its name."""
