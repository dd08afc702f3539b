"""What the rooms above the layers ask of a model: the typed seam between them and Sequential."""

from typing import Any, Protocol

from badak.layers.base import Layer
from badak.layers.parameters import Parameters
from badak.losses.base import Loss
from badak.losses.objective import Objective
from badak.optimizers.base import Optimizer
from badak.typing import Array, ArrayLike, Shape


class Model(Protocol):
    """A stack of layers with its weights, its training's settings and its training's state."""

    name: str
    seed: int
    engine: str | None

    optimizer: Optimizer
    loss: Loss | None
    metrics: list[Any] | None

    step: int
    """Training steps taken since the last compile."""
    epoch: int
    stop_training: bool
    history: Any

    class_names: list[str] | None
    preparation: dict[str, Any]

    @property
    def layers(self) -> list[Layer]:
        """The layers, the first one first."""
        ...

    @property
    def built(self) -> bool:
        """Whether the weights are there."""
        ...

    @property
    def parameters(self) -> Parameters:
        """The weights, in one flat vector."""
        ...

    @property
    def input_shape(self) -> Shape | None:
        """The shape of one sample, once it is known."""
        ...

    @property
    def output_shape(self) -> Shape:
        """The shape of one output."""
        ...

    @property
    def shapes(self) -> list[Shape]:
        """The shape of one sample before the first layer, and after each."""
        ...

    def build(self, input_shape: Shape) -> None:
        """Make the weights for samples of this shape."""
        ...

    def predict(self, x: ArrayLike) -> Array:
        """Return the outputs for samples x."""
        ...

    def classify(self, x: ArrayLike) -> Array:
        """Return class numbers for samples x."""
        ...

    def save(self, path: Any) -> None:
        """Write the model to a safetensors file."""
        ...

    def slots(self) -> dict[str, Array]:
        """Return the optimizer's state, made when it is first needed."""
        ...

    def forget_slots(self) -> None:
        """Drop the optimizer's state."""
        ...

    def forget_answers(self) -> None:
        """Drop the compiled inference programs."""
        ...

    def count_params(self) -> int:
        """Return the number of weights."""
        ...

    def get_weights(self) -> list[Array]:
        """Return copies of all arrays of weights."""
        ...

    def set_weights(self, weights: list[Any]) -> None:
        """Set all arrays of weights."""
        ...

    def checked(self, x: ArrayLike) -> Array:
        """Return x as the network takes it, built for it if need be; or InputError."""
        ...

    def batch(self, x: ArrayLike, t: ArrayLike) -> tuple[Array, Array, Objective]:
        """Return checked samples and targets, and the objective that they are trained with."""
        ...

    def outputs(
        self, samples: Array, batch_size: int = ..., *, last_activation: bool = True
    ) -> Array:
        """Return the outputs for checked samples, or the last pre-activations."""
        ...

    def objective(self, t: ArrayLike) -> Objective:
        """Return the loss that is or would be trained with targets t."""
        ...

    def metrics_for(self, objective: Objective) -> list[Any]:
        """Return the metrics that are reported in addition to the loss."""
        ...

    def adapt_layers(self, samples: Array) -> None:
        """Let the layers that learn from data as it is do so."""
        ...
