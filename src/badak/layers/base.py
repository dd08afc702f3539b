"""The base class of all layers: shapes, parameters, forward and backward pass, configuration."""

import inspect
import reprlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Self, TypeGuard, TypeVar

import numpy as np

from badak._common.language import Phrase, message
from badak._common.validation import NOT_NEGATIVE
from badak.activations import Activation
from badak.errors import InputError
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.typing import Array, Config, Shape

Multiplier = float | dict[str, float]
"""Of the learning rate: one for all weights of a layer, or by their names, 1 where not named."""


class Layer:
    """One layer: its shapes and parameters, its forward and its backward pass.

    A layer of your own defines :meth:`forward` and :meth:`backward` as formulas of NumPy, and
    :meth:`output_shape` and :meth:`parameters` where the defaults (the input's shape, no weights)
    do not fit. The engine compiles the formulas; what it cannot trace runs in NumPy.

    Parameters
    ----------
    name
        The layer's name in its network; by default made from the class's name.
    input_shape, input_dim
        On the first layer: the shape of one sample, or its only axis, in place of an
        :class:`~badak.layers.Input`. Shapes leave the batch axis out.
    learning_rate_multiplier : float or dict of str to float, default 1.0
        What the optimizer's learning rate is multiplied by for the layer's weights, or for those
        that a dict names; 0 leaves them as they are. It may be set at any time; ``fit`` takes it as
        it is when it begins.

    Raises
    ------
    InputError
        A shape, or a multiplier below 0 or of weights that the layer has not.

    Notes
    -----
    The rule is computed with the learning rate times the multiplier wherever the rate stands in
    it, as in a parameter group of PyTorch: the step is multiplied, and so is weight decay. Clipping
    comes before, and counts the gradients of all weights alike.

    Examples
    --------
    >>> class Triple(Layer):
    ...     def forward(self, w, x, mode):
    ...         return 3.0 * x, None
    ...     def backward(self, w, p, gradient):
    ...         return 3.0 * gradient, {}
    >>> from badak import Input, Sequential
    >>> Sequential([Input((2,)), Triple()]).predict([[1.0, 2.0]])
    array([[3., 6.]], dtype=float32)
    """

    arguments: ClassVar[tuple[str, ...]] = ()
    """The names of the constructor's arguments, each kept as an attribute of that name."""

    activation: Activation | None = None
    """What is applied to the layer's pre-activation, in layers that have one."""

    training_only: ClassVar[bool] = False
    """It returns its input as it is at inference."""
    prepares_input: ClassVar[bool] = False
    """It makes of raw data what a network learns well from."""
    normalises: ClassVar[bool] = False
    """Its output has mean 0 and variance 1, however large its input is."""
    elementwise: ClassVar[bool] = False
    """Each number of its output depends on that number of the input alone, and on weights of one
    sample's shape or of its last axis."""
    batch_statistics: ClassVar[bool] = False
    """In training, a sample's output depends on the other samples of its batch."""
    example_input: ClassVar[Shape] = (5,)
    """The shape of one sample that :meth:`example` takes."""
    learning_rate_multiplier: Multiplier = 1.0
    """What the learning rate is multiplied by, for all weights or by their names."""

    def __init__(
        self,
        *,
        name: str | None = None,
        input_shape: Shape | None = None,
        input_dim: int | None = None,
        learning_rate_multiplier: Multiplier = 1.0,
    ) -> None:
        self.name = name
        self.network: Any = None
        """A weak reference to the network that it is in."""
        self.first_shape = check_shape((input_dim,) if input_dim is not None else input_shape)
        self.weights: dict[str, Array] = {}
        """Named views of the network's flat vector, once it is built."""
        self.learning_rate_multiplier = learning_rate_multiplier

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of one sample of output.

        Parameters
        ----------
        input_shape : tuple of int
            The shape of one sample of input, without the batch axis.

        Returns
        -------
        tuple of int
            By default the input's.

        Raises
        ------
        InputError
            The layer does not take such samples.
        """
        return input_shape

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return the arrays of weights that it needs.

        Parameters
        ----------
        input_shape : tuple of int
            The shape of one sample of input, without the batch axis.

        Returns
        -------
        list of ParameterSpec
            By default none.
        """
        return []

    def inner_layers(self) -> list["Layer"]:
        """Return the layers that it is made of.

        Returns
        -------
        list of Layer
            By default none; an ensemble has those of its members.
        """
        return []

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, Any]:
        r"""Compute the output, before the layer's activation if it has one.

        Parameters
        ----------
        w
            The layer's weights by name, as :meth:`parameters` lists them.
        x
            The input, (batch, \*input_shape).
        mode
            Training or inference, and the source of noise.

        Returns
        -------
        output, memo
            The output (batch, \*output_shape), and everything else that :meth:`backward` needs.
        """
        raise NotImplementedError(message("{kind} has no forward pass", kind=type(self).__name__))

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        r"""Apply the chain rule; `gradient` is not changed.

        Parameters
        ----------
        w
            The layer's weights by name.
        p
            The forward pass: ``p.x`` is the input, ``p.memo`` what :meth:`forward` returned.
        gradient
            The loss's gradient at the output of :meth:`forward`, (batch, \*output_shape).

        Returns
        -------
        at_x, of_weights
            The gradient at the input, (batch, \*input_shape), and at each trained array of
            weights, by its name.
        """
        raise NotImplementedError(message("{kind} has no backward pass", kind=type(self).__name__))

    def updates(self, w: Weights, memo: Any) -> Weights:
        """Return new values of weights that move by themselves after each training step.

        Parameters
        ----------
        w : dict of str to ndarray
            The layer's weights by name.
        memo
            What :meth:`forward` returned in addition to the output.

        Returns
        -------
        dict of str to ndarray
            The new values of those that move, by name; by default none.
        """
        return {}

    @classmethod
    def example(cls) -> Self:
        """Return a small layer with unusual settings, which all common tests run."""
        return cls()

    def get_weights(self) -> list[Array]:
        """Return copies of its weights, in the order of their names in `weights`."""
        return [view.copy() for view in self.weights.values()]

    def set_weights(self, weights: list[Any]) -> None:
        """Set its weights; nothing is set where any of them does not fit.

        Parameters
        ----------
        weights : list of array_like
            In the order and with the shapes of :meth:`get_weights`.

        Raises
        ------
        InputError
            Their number or a shape is another one, or one holds NaN or infinity.
        """
        set_views(list(self.weights.items()), weights, Phrase("layer {name!r}", name=self.name))

    def count_params(self) -> int:
        """Return how many numbers its weights are."""
        return sum(view.size for view in self.weights.values())

    def get_config(self) -> Config:
        """Return what rebuilds the layer, without its weights."""
        given = {name: _plain(getattr(self, name)) for name in self.arguments}
        return {"class": type(self).__name__, "name": self.name, **given, **self.common_config()}

    def common_config(self) -> Config:
        """Return those of the settings that every layer has which are not the defaults.

        Returns
        -------
        dict
            The learning rate's multiplier, if there is one.
        """
        multiplier = self.learning_rate_multiplier
        return {} if multiplier == 1.0 else {"learning_rate_multiplier": multiplier}

    def multiplier_of(self, name: str) -> float:
        """Return what the learning rate is multiplied by for an array of weights.

        Parameters
        ----------
        name : str
            Its name, as :meth:`parameters` has it.

        Returns
        -------
        float
            0 or more.
        """
        multiplier = self.learning_rate_multiplier
        return multiplier.get(name, 1.0) if isinstance(multiplier, dict) else multiplier

    @classmethod
    def made_of(cls, arguments: Config, make: Callable[[Config], "Layer"]) -> Config:
        """Return a configuration's arguments with what layers are in them made.

        Parameters
        ----------
        arguments : dict
            The arguments as :meth:`get_config` gives them.
        make : callable
            Makes a layer of its configuration.

        Returns
        -------
        dict
            By default the arguments as they are; a layer that holds others makes those.
        """
        return arguments

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle keeps; the weights are the network's to keep."""
        return {**self.__dict__, "network": None, "weights": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set it, and tell the network, whose compiled answers are those of the layer as it was."""
        if name == "learning_rate_multiplier":
            value = _checked_multiplier(value)
            if self.__dict__.get("weights"):
                _check_named(value, self.weights)
        object.__setattr__(self, name, value)
        network = self.__dict__.get("network")
        home = network() if network is not None else None
        if home is not None:
            home.forget_answers()

    def __getattr__(self, name: str) -> Array:
        weights = self.__dict__.get("weights", {})
        if name in weights:
            return weights[name]
        if name.startswith("__"):  # copy and pickle ask for these, and take no for an answer
            raise AttributeError(name)
        raise AttributeError(
            message("{kind} has no attribute {name!r}", kind=type(self).__name__, name=name)
        )

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
        given += [f"{name}={value!r}" for name, value in self.common_config().items()]
        return f"{type(self).__name__}({', '.join(given)})"


L = TypeVar("L", bound=Layer)
COMPUTES = ("forward", "backward", "updates", "parameters", "output_shape")


def is_just(layer: Layer, kind: type[L]) -> TypeGuard[L]:
    """Return whether the layer is of this kind and computes as that does.

    False for a subclass, or an object, with a pass of its own: what is known of `kind` is not
    known of it.
    """
    own = type(layer)
    return isinstance(layer, kind) and all(
        getattr(own, name) is getattr(kind, name) and name not in vars(layer) for name in COMPUTES
    )


def specify(layer: Layer, input_shape: Shape) -> list[ParameterSpec]:
    """Return the arrays of weights that a layer needs, or raise InputError.

    That is also for a learning-rate multiplier of weights that it has not.
    """
    specs = layer.parameters(input_shape)
    names = [spec.name for spec in specs if spec.trainable]
    _check_named(layer.learning_rate_multiplier, names)
    return specs


def _checked_multiplier(given: Any) -> Multiplier:
    """Return a multiplier of 0 or more, or one for each name, or raise InputError."""
    if not isinstance(given, Mapping):
        return float(NOT_NEGATIVE.check(given, "learning_rate_multiplier"))
    return {
        str(name): float(
            NOT_NEGATIVE.check(value, Phrase("learning_rate_multiplier of {name!r}", name=name))
        )
        for name, value in given.items()
    }


def _check_named(multiplier: Multiplier, names: Iterable[str]) -> None:
    """Raise InputError for a name that is none of the weights'."""
    known = list(names)
    for name in multiplier if isinstance(multiplier, dict) else ():
        if name not in known:
            raise InputError(
                message(
                    "learning_rate_multiplier names {name!r}, but the weights that are trained are "
                    "{known}",
                    name=name,
                    known=", ".join(map(repr, known)) or message("none"),
                )
            )


def falls_away(layer: Layer) -> bool:
    """Return whether a layer returns its input as it is at inference, as `training_only` says.

    A subclass of Dropout with a ``forward`` of its own inherits the word, but not what it says.
    """
    own = type(layer)
    layers = (each for each in own.__mro__ if issubclass(each, Layer))
    claims = next(each for each in layers if "training_only" in vars(each))
    return claims.training_only and own.forward is claims.forward and "forward" not in vars(layer)


def set_views(views: list[tuple[str, Array]], weights: list[Any], whose: str | Phrase) -> None:
    """Copy `weights` into `views` after all of them have been checked."""
    arrays = [np.asarray(w, dtype=np.float32) for w in weights]
    if len(arrays) != len(views):
        raise InputError(
            message(
                "{whose} has {count} arrays of weights, but {count_2} are given",
                whose=whose,
                count=len(views),
                count_2=len(arrays),
            )
        )
    for (name, view), array in zip(views, arrays, strict=True):
        if array.shape != view.shape:
            raise InputError(
                message(
                    "{name} of {whose} is of shape {shape}, but {shape_2} is given",
                    name=name,
                    whose=whose,
                    shape=view.shape,
                    shape_2=array.shape,
                )
            )
        if not np.isfinite(array).all():
            raise InputError(
                message(
                    "{name} of {whose}: the weights given hold NaN or infinity",
                    name=name,
                    whose=whose,
                )
            )
    for (_, view), array in zip(views, arrays, strict=True):
        view[...] = array


def check_shape(shape: Any) -> Shape | None:
    """Return a shape as a tuple of positive whole numbers, or raise InputError."""
    if shape is None:
        return None
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if not sizes or not all(isinstance(size, (int, np.integer)) and size > 0 for size in sizes):
        raise InputError(
            message(
                "a shape is made of positive whole numbers, without the batch axis, such as "
                "(784,); given: {shape!r}",
                shape=shape,
            )
        )
    return tuple(int(size) for size in sizes)


def one_axis(input_shape: Shape, layer: str) -> int:
    """Return the width of a flat input, or raise InputError."""
    if len(input_shape) != 1:
        raise InputError(
            message(
                "{layer} takes flat samples, not {input_shape}: add Flatten() before it",
                layer=layer,
                input_shape=input_shape,
            )
        )
    return input_shape[0]


def check_last_axis(axis: int, layer: str) -> None:
    """Raise InputError unless `axis` is the last one."""
    if axis != -1:
        raise InputError(
            message(
                "{layer} works along the last axis, axis=-1, not {axis!r}", layer=layer, axis=axis
            )
        )


def _plain(value: Any) -> Any:
    if hasattr(value, "get_config"):
        return value.get_config()
    return list(value) if isinstance(value, tuple) else value


_SHORT = reprlib.Repr()
_SHORT.maxtuple = _SHORT.maxlist = 8
_SHORT.maxother = _SHORT.maxstring = 1000


def _shown(value: Any) -> str:
    """Return a setting as it is written, of long sequences the first ones."""
    if isinstance(value, Activation):
        return repr(value.name)
    return _SHORT.repr(value) if isinstance(value, (tuple, list)) else repr(value)
