"""What every layer tells: the shape it makes of a shape, and the weights it needs for that."""

import inspect
from typing import Any, ClassVar

import numpy as np

from badak.activations import Activation
from badak.errors import InputError
from badak.layers.parameters import ParameterSpec
from badak.typing import Array, Config, Shape


class Layer:
    """A description of one layer; :mod:`badak.reference` holds what it computes.

    `input_shape` (or, for one axis, `input_dim`) on the first layer stands for an
    :class:`~badak.layers.Input` before it. Shapes leave the batch axis out.
    """

    arguments: ClassVar[tuple[str, ...]] = ()
    """The names of the constructor's arguments, each kept as an attribute of that name."""

    activation: Activation | None = None
    """What is applied to the layer's sum, in layers that have one."""

    def __init__(
        self,
        *,
        name: str | None = None,
        input_shape: Shape | None = None,
        input_dim: int | None = None,
    ) -> None:
        self.name = name
        self.network: Any = None
        """A weak reference to the network that it is in."""
        self.first_shape = check_shape((input_dim,) if input_dim is not None else input_shape)
        self.weights: dict[str, Array] = {}
        """Named views of the network's flat vector, once it is built."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of one sample of output, or raise InputError."""
        return input_shape

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return the arrays of weights that it needs."""
        return []

    def get_weights(self) -> list[Array]:
        """Return copies of its weights, in the order of their names in `weights`."""
        return [view.copy() for view in self.weights.values()]

    def set_weights(self, weights: list[Any]) -> None:
        """Set its weights from arrays of the same shapes, in the same order."""
        set_views(list(self.weights.items()), weights, f"layer {self.name!r}")

    def count_params(self) -> int:
        """Return how many numbers its weights are."""
        return sum(view.size for view in self.weights.values())

    def get_config(self) -> Config:
        """Return what rebuilds the layer, without its weights."""
        given = {name: _plain(getattr(self, name)) for name in self.arguments}
        return {"class": type(self).__name__, "name": self.name, **given}

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle keeps; the weights are the network's to keep."""
        return {**self.__dict__, "network": None, "weights": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set it, and tell the network, whose compiled answers are those of the layer as it was."""
        object.__setattr__(self, name, value)
        network = self.__dict__.get("network")
        home = network() if network is not None else None
        if home is not None:
            home.forget_answers()

    def __getattr__(self, name: str) -> Array:
        weights = self.__dict__.get("weights", {})
        if name in weights:
            return weights[name]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __repr__(self) -> str:
        needed = {
            name: getattr(self, name)
            for name, argument in inspect.signature(type(self)).parameters.items()
            if name in self.arguments and argument.default is argument.empty
        }
        plain = type(self)(**needed)
        chosen = [n for n in self.arguments if getattr(self, n) != getattr(plain, n)]
        given = [_shown(value) for value in needed.values()]
        given += [f"{name}={_shown(getattr(self, name))}" for name in chosen]
        return f"{type(self).__name__}({', '.join(given)})"


def set_views(views: list[tuple[str, Array]], weights: list[Any], whose: str) -> None:
    """Copy `weights` into `views` after all of them have been checked."""
    arrays = [np.asarray(w, dtype=np.float32) for w in weights]
    if len(arrays) != len(views):
        raise InputError(f"{whose} has {len(views)} arrays of weights, but {len(arrays)} are given")
    for (name, view), array in zip(views, arrays, strict=True):
        if array.shape != view.shape:
            raise InputError(
                f"{name} of {whose} is of shape {view.shape}, but {array.shape} is given"
            )
        if not np.isfinite(array).all():
            raise InputError(f"{name} of {whose}: the weights given hold NaN or infinity")
    for (_, view), array in zip(views, arrays, strict=True):
        view[...] = array


def check_shape(shape: Any) -> Shape | None:
    """Return a shape as a tuple of positive whole numbers, or raise InputError."""
    if shape is None:
        return None
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if not sizes or not all(isinstance(size, (int, np.integer)) and size > 0 for size in sizes):
        raise InputError(
            f"a shape is made of positive whole numbers, without the batch axis, such as (784,); "
            f"given: {shape!r}"
        )
    return tuple(int(size) for size in sizes)


def one_axis(input_shape: Shape, layer: str) -> int:
    """Return the width of a flat input, or raise InputError."""
    if len(input_shape) != 1:
        raise InputError(f"{layer} takes flat samples, not {input_shape}: add Flatten() before it")
    return input_shape[0]


def check_last_axis(axis: int, layer: str) -> None:
    """Raise InputError unless `axis` is the last one."""
    if axis != -1:
        raise InputError(f"{layer} works along the last axis, axis=-1, not {axis!r}")


def _plain(value: Any) -> Any:
    if hasattr(value, "get_config"):
        return value.get_config()
    return list(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    return repr(value.name) if isinstance(value, Activation) else repr(value)
