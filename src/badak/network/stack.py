"""A stack of layers: their names, their shapes, their weights in one flat vector."""

import weakref
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from badak._common.language import Phrase, message
from badak._common.registry import snake_case
from badak.errors import InputError
from badak.layers.adapted import Adapted, waits_for_data
from badak.layers.base import Layer, set_views, specify
from badak.layers.ensemble import every_layer
from badak.layers.input import Input
from badak.layers.parameters import Parameters, ParameterSpec
from badak.typing import ArrayLike, Shape


class Stack:
    """The layers of one network, each taking what the one before it gives.

    `owner` is the network, which its layers tell when they change.
    """

    def __init__(self, owner: Any) -> None:
        self._owner = weakref.ref(owner)
        self.layers: list[Layer] = []
        self.shapes: list[Shape] = []
        """The shape of one sample before the first layer and after each, as far as known."""
        self.parameters: Parameters | None = None

    def extend(self, layers: Iterable[Layer]) -> None:
        """Put layers at the end; or, first of all, an Input, which only gives the shape."""
        names = Names(self.layers)
        for layer in layers:
            self._append(layer, names)

    def _append(self, layer: Layer, names: "Names") -> None:
        if not isinstance(layer, Layer):
            raise InputError(
                message("add takes a layer such as Dense(10), not {layer!r}", layer=layer)
            )
        home = layer.network() if layer.network is not None else None
        if home is not None:
            raise InputError(
                message("the layer {name!r} is in this network: make a new one", name=layer.name)
                if home is self._owner()
                else message(
                    "the layer {name!r} is in another network: make a new one", name=layer.name
                )
            )
        if isinstance(layer, Input):
            if self.layers or self.shapes:
                raise InputError(message("Input can only be the first layer, and only one"))
            self.shapes = [layer.shape]
            return
        if layer.first_shape is not None and not self.layers and not self.shapes:
            self.shapes = [layer.first_shape]
        names.give(layer)
        if self.shapes:
            self.shapes.append(_specify(layer, self.shapes[-1])[1])
        layer.network = self._owner
        self.layers.append(layer)

    def pop(self) -> Layer:
        """Take the last layer off and return it."""
        if not self.layers:
            raise InputError(message("there is no layer to take off"))
        layer = self.layers.pop()
        layer.network = None
        return layer

    def build(self, input_shape: Shape, seed: int) -> None:
        """Make the weights for samples of this shape; those of layers that stay are kept."""
        kept = {id(layer): layer.get_weights() for layer in self.layers if layer.weights}
        shapes = [tuple(input_shape)]
        specs = []
        for layer in self.layers:
            wanted, shape = _specify(layer, shapes[-1])
            specs.append(wanted)
            shapes.append(shape)
        self.parameters = Parameters(specs)
        self.parameters.initialise(seed)
        self.shapes = shapes
        for layer, views in zip(self.layers, self.parameters.layers, strict=True):
            layer.weights = views
            before = kept.get(id(layer), [])
            if [w.shape for w in before] == [view.shape for view in views.values()]:
                layer.set_weights(before)

    def built_parameters(self) -> Parameters:
        """Return the weights; InputError where there are none yet."""
        if not self.layers:
            raise InputError(message("the network has no layers: add some"))
        if self.parameters is None:
            raise InputError(
                message(
                    "the input's shape is not known yet: begin with Input((features,)), or fit "
                    "first"
                )
            )
        return self.parameters

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Set all weights, layer by layer; InputError, and nothing set, where they do not fit."""
        views = [
            (f"{layer.name}.{name}", view)
            for layer in self.layers
            for name, view in layer.weights.items()
        ]
        set_views(views, list(weights), Phrase("the network"))
        for layer in every_layer(self.layers):
            if isinstance(layer, Adapted):
                layer.keep()

    def check_adapted(self) -> None:
        """Raise InputError where a layer still has to learn from the data."""
        for layer in every_layer(self.layers):
            if waits_for_data(layer):
                raise InputError(
                    message(
                        "the layer {name!r} has not seen data yet: call adapt(x) or fit(x, y)",
                        name=layer.name,
                    )
                )


class Names:
    """The names that layers of one network have; each new one is found without a search."""

    def __init__(self, layers: Iterable[Layer] = ()) -> None:
        self._taken = {layer.name for layer in layers}
        self._next: Counter[str] = Counter()

    def give(self, layer: Layer) -> None:
        """Give a layer without a name one that no other has; refuse a name that is taken."""
        if layer.name in self._taken:
            raise InputError(
                message("two layers are called {name!r}: give one another name", name=layer.name)
            )
        if layer.name is None:
            layer.name = self._free(snake_case(type(layer).__name__))
        self._taken.add(layer.name)

    def _free(self, base: str) -> str:
        while True:
            number = self._next[base]
            self._next[base] += 1
            name = f"{base}_{number}" if number else base
            if name not in self._taken:
                return name


def _specify(layer: Layer, input_shape: Shape) -> tuple[list[ParameterSpec], Shape]:
    try:
        return specify(layer, input_shape), layer.output_shape(input_shape)
    except InputError as error:
        raise InputError(message("layer {name!r}: {error}", name=layer.name, error=error)) from None
