"""Ensemble: several networks side by side, whose outputs are summed with weights."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from badak._common.language import Phrase, message
from badak._common.validation import FINITE
from badak.errors import InputError
from badak.layers.adapted import Adapted, waits_for_data
from badak.layers.base import Layer, specify
from badak.layers.dense import Dense
from badak.layers.input import Input
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Config, Shape

Member = tuple[Layer, ...]

MOST_SHOWN = 4
"""Members of which all are shown; of more the first."""


@register
class Ensemble(Layer):
    """Several networks side by side: the sum over the members of weight times output.

    A bag of networks (folds, seeds, recipes) becomes one layer of one network, which predicts,
    trains, is saved and exported like any other. Members may differ in everything but the shapes
    that they take and give.

    The members' weights are called ``member.layer.name``, such as ``0.1.kernel`` for the kernel of
    the second layer of the first member; in files the ensemble's name stands before that.

    Parameters
    ----------
    members : sequence
        Each member as a list of layers, or a network such as a :class:`~badak.Sequential`. The
        layers are copied, with the weights that they have. Of a network nothing else is taken, not
        its preparation of pictures nor how it is trained.
    weights : sequence of float, optional
        What each member's output is multiplied by: a finite number for each, not all 0. By default
        1/n each, the mean. They are settings, which training does not move, kept as
        `member_weights`.
    **common
        What every :class:`Layer` takes, such as `name` and `input_shape`.

    Raises
    ------
    InputError
        There is no member, a member has no layers, or the weights are not one finite number each.
        Once the input's shape is known: a member does not take it, or the members' outputs are of
        different shapes.

    Notes
    -----
    In training each layer of each member has noise of its own, and the gradient reaches every
    member: they are trained as one network, not each for itself. The compiled engine does so while
    no more than 24 layers make noise; beyond that NumPy trains.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> from badak.layers import Dense
    >>> one = Sequential([Input((2,)), Dense(1, use_bias=False)])
    >>> one.set_weights([[[1.0], [0.0]]])
    >>> two = Sequential([Input((2,)), Dense(1, use_bias=False)])
    >>> two.set_weights([[[0.0], [1.0]]])
    >>> both = Sequential([Input((2,)), Ensemble([one, two], weights=[0.75, 0.25])])
    >>> both.predict([[4.0, 8.0]])
    array([[5.]], dtype=float32)
    """

    arguments = ("members", "weights")
    example_input = (3,)

    def __init__(self, members: Any, weights: Any = None, **common: Any) -> None:
        super().__init__(**common)
        if not isinstance(members, (list, tuple)):
            raise InputError(
                message("Ensemble takes a list of members, not {members!r}", members=members)
            )
        if not members:
            raise InputError(message("Ensemble takes at least one member"))
        self._first_shapes: tuple[Shape | None, ...] = tuple(map(_first_shape, members))
        self._start: dict[str, Array] = {}
        """The weights that the layers came with, until the network has room for them."""
        self.members: tuple[Member, ...] = tuple(
            self._taken(index, member) for index, member in enumerate(members)
        )
        self.member_weights = _checked_weights(weights, len(self.members))

    def _taken(self, index: int, member: Any) -> Member:
        """Return copies of a member's layers, and keep the weights that they have."""
        taken: list[Layer] = []
        for layer in _layers_of(member, index):
            if not isinstance(layer, Layer) or (isinstance(layer, Input) and taken):
                raise InputError(
                    message(
                        "member {index} of Ensemble must be a list of layers such as Dense(10), "
                        "not with {layer!r}",
                        index=index,
                        layer=layer,
                    )
                )
            if isinstance(layer, Input):
                continue
            for name, view in layer.weights.items():
                self._start[f"{index}.{len(taken)}.{name}"] = view.copy()
            taken.append(layer if isinstance(member, _Made) else copy.deepcopy(layer))
            taken[-1].name = layer.name or f"{index}.{len(taken) - 1}"
        if not taken:
            raise InputError(message("member {index} of Ensemble has no layers", index=index))
        return tuple(taken)

    def inner_layers(self) -> list[Layer]:
        """Return all members' layers."""
        return [layer for member in self.members for layer in member]

    # -- shapes and weights

    def member_shapes(self, index: int, input_shape: Shape) -> list[Shape]:
        """Return the shape of one sample before a member's first layer, and after each.

        Parameters
        ----------
        index : int
            The member's number, from 0.
        input_shape : tuple of int
            The shape of one sample, without the batch axis.

        Returns
        -------
        list of tuple of int
            One more than the member has layers.

        Raises
        ------
        InputError
            A layer does not take such samples.
        """
        known = self._first_shapes[index]
        if known is not None and known != input_shape:
            raise InputError(
                message(
                    "member {index} takes samples of shape {known}, not {input_shape}",
                    index=index,
                    known=known,
                    input_shape=input_shape,
                )
            )
        shapes = [input_shape]
        for place, layer in enumerate(self.members[index]):
            try:
                shapes.append(layer.output_shape(shapes[-1]))
            except InputError as error:
                raise InputError(
                    message(
                        "layer {place} of member {index}: {error}",
                        place=place,
                        index=index,
                        error=error,
                    )
                ) from None
        return shapes

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape that every member gives."""
        shapes = [self.member_shapes(index, input_shape)[-1] for index in range(len(self.members))]
        for index, shape in enumerate(shapes):
            if shape != shapes[0]:
                raise InputError(
                    message(
                        "the members of Ensemble must give outputs of one shape, but member 0 "
                        "gives {first} and member {index} {shape}",
                        first=shapes[0],
                        index=index,
                        shape=shape,
                    )
                )
        return shapes[0]

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return the members' weights, called ``member.layer.name``."""
        specs = []
        for index, member in enumerate(self.members):
            shapes = self.member_shapes(index, input_shape)
            for place, (layer, shape) in enumerate(zip(member, shapes, strict=False)):
                for spec in specify(layer, shape):
                    specs.append(self._placed(spec, f"{index}.{place}.{spec.name}"))
        return specs

    def _placed(self, spec: ParameterSpec, name: str) -> ParameterSpec:
        start = self._start.get(name)
        if start is None:
            return replace(spec, name=name)
        if start.shape != spec.shape:
            raise InputError(
                message(
                    "{name} was trained with shape {shape}, but for this input it is of {wanted}",
                    name=name,
                    shape=start.shape,
                    wanted=spec.shape,
                )
            )
        return replace(spec, name=name, initializer=lambda shape, rng: start)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set it; the members' layers are in the same network, and their weights among its own."""
        super().__setattr__(name, value)
        if name not in ("network", "weights"):
            return
        members = self.__dict__.get("members", ())
        parts = self._split(value) if name == "weights" and value else None
        for index, member in enumerate(members):
            for place, layer in enumerate(member):
                setattr(layer, name, parts[index][place] if parts else value)
        if parts:
            object.__setattr__(self, "_start", {})

    def _split(self, weights: Weights) -> list[list[Weights]]:
        """Return each layer's weights of each member, by the layer's own names."""
        parts: list[list[Weights]] = [[{} for _ in member] for member in self.members]
        for name, array in weights.items():
            index, place, own = name.split(".", 2)
            parts[int(index)][int(place)][own] = array
        return parts

    # -- the passes

    def forward(
        self, w: Weights, x: Array, mode: Mode
    ) -> tuple[Array, tuple[tuple[LayerPass, ...], ...]]:
        """Return the weighted sum of the members' outputs, and what each of their layers did."""
        parts = self._split(w)
        passes = [
            tuple(passes_through(member, parts[index], x, mode, index))
            for index, member in enumerate(self.members)
        ]
        terms = [c * each[-1].z for c, each in zip(self.member_weights, passes, strict=True)]
        return _sum(terms), tuple(passes)

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the sum of the members' gradients at x, and those of all their weights."""
        parts = self._split(w)
        at_x: list[Array] = []
        of_weights: Weights = {}
        for index, (c, passes) in enumerate(zip(self.member_weights, p.memo, strict=True)):
            at, found = gradients_through(passes, parts[index], c * gradient)
            at_x.append(at)
            for place, own in enumerate(found):
                of_weights |= {f"{index}.{place}.{name}": value for name, value in own.items()}
        return _sum(at_x), of_weights

    def updates(self, w: Weights, memo: Any) -> Weights:
        """Return the moving statistics of the members' layers."""
        parts = self._split(w)
        return {
            f"{index}.{place}.{name}": value
            for index, passes in enumerate(memo)
            for place, each in enumerate(passes)
            for name, value in each.layer.updates(parts[index][place], each.memo).items()
        }

    def multiplier_of(self, name: str) -> float:
        """Return what the learning rate is multiplied by: its own times the member's layer's."""
        index, place, own = name.split(".", 2)
        of_layer = self.members[int(index)][int(place)].multiplier_of(own)
        return super().multiplier_of(name) * of_layer

    def output_before(self, index: int, place: int, x: Array) -> Array:
        """Return what a layer of a member is given at inference.

        Parameters
        ----------
        index, place : int
            The member's number, and the layer's within it, from 0.
        x : ndarray
            The ensemble's input, (batch, *input_shape).

        Returns
        -------
        ndarray
            The output of the member's layers before that one.
        """
        parts = self._split(self.weights)[index]
        passes = passes_through(self.members[index][:place], parts[:place], x, Mode(), index)
        return passes[-1].z if passes else x

    # -- configuration

    def get_config(self) -> Config:
        """Return what rebuilds the layer, without its weights."""
        return {
            "class": type(self).__name__,
            "name": self.name,
            "members": [[layer.get_config() for layer in member] for member in self.members],
            "weights": list(self.member_weights),
            **self.common_config(),
        }

    @classmethod
    def made_of(cls, arguments: Config, make: Callable[[Config], Layer]) -> Config:
        """Return a configuration's arguments with the members' layers made.

        Parameters
        ----------
        arguments : dict
            The arguments as :meth:`get_config` gives them.
        make : callable
            Makes a layer of its configuration.

        Returns
        -------
        dict
            The arguments as the constructor takes them.
        """
        members = arguments.get("members")
        if not isinstance(members, list):
            return arguments
        made = [
            _Made(make(each) if isinstance(each, dict) else each for each in member)
            if isinstance(member, list)
            else member
            for member in members
        ]
        return {**arguments, "members": made}

    def __copy__(self) -> "Ensemble":
        """Return a copy with layers of its own."""
        return copy.deepcopy(self)

    def __repr__(self) -> str:
        first = self.members if len(self.members) <= MOST_SHOWN else self.members[:1]
        members = ", ".join(f"[{', '.join(map(repr, member))}]" for member in first)
        if len(first) < len(self.members):
            return f"{type(self).__name__}([{members}, ... {len(self.members)} members])"
        equal = self.member_weights == _checked_weights(None, len(self.members))
        weights = "" if equal else f", weights={list(self.member_weights)!r}"
        return f"{type(self).__name__}([{members}]{weights})"

    @classmethod
    def example(cls) -> "Ensemble":
        """Return a small layer for tests."""
        one = [Dense(4, "tanh"), Dense(2)]
        return cls([one, [Dense(2, "sigmoid", use_bias=False)]], weights=[0.75, -0.5])


class _Made(list[Any]):
    """Layers that were just made of their configurations: nobody else has them."""


def member_place(layer: int, member: int, place: int) -> int:
    """Return what the noise of a member's layer hangs on: a number that no other layer has.

    `layer` is that of the ensemble. Networks have at most 20,000 layers, fewer than 2^20.
    """
    return (layer + 1) << 40 | member << 20 | place


def every_layer(layers: Sequence[Layer]) -> Iterator[Layer]:
    """Yield the layers, after an ensemble those that it is made of."""
    for layer in layers:
        yield layer
        yield from every_layer(layer.inner_layers())


def waiting(
    layer: Layer, receive: Callable[[Array], Array] = lambda x: x
) -> Iterator[tuple[Adapted, Callable[[Array], Array]]]:
    """Yield the layers that wait for data, and what makes their input of the layer's.

    They are the layer itself, or in an Ensemble layers of its members.
    """
    if waits_for_data(layer):
        yield layer, receive
    elif isinstance(layer, Ensemble):
        for index, member in enumerate(layer.members):
            for place, each in enumerate(member):
                yield from waiting(each, _after(receive, layer, index, place))


def _after(
    receive: Callable[[Array], Array], ensemble: Ensemble, index: int, place: int
) -> Callable[[Array], Array]:
    return lambda x: ensemble.output_before(index, place, receive(x))


def passes_through(
    member: Sequence[Layer], w: Sequence[Weights], x: Array, mode: Mode, index: int
) -> list[LayerPass]:
    """Return what each layer of a member makes of x, as :func:`badak.reference.forward` does."""
    passes: list[LayerPass] = []
    for place, (layer, weights) in enumerate(zip(member, w, strict=True)):
        here = Mode(mode.training, mode.seed, mode.step, member_place(mode.layer, index, place))
        a, memo = layer.forward(weights, x, here)
        h = layer.activation
        passes.append(LayerPass(layer, x, None if h is None else a, a if h is None else h(a), memo))
        x = passes[-1].z
    return passes


def gradients_through(
    passes: Sequence[LayerPass], w: Sequence[Weights], gradient: Array
) -> tuple[Array, list[Weights]]:
    """Return the gradient at the first layer's input, and those of each layer's weights."""
    found: list[Weights] = []
    for p, weights in zip(reversed(passes), reversed(w), strict=True):
        h = p.layer.activation
        if h is not None:
            assert p.a is not None
            gradient = h.backward(p.a, p.z, gradient)
        gradient, of_weights = p.layer.backward(weights, p, gradient)
        found.append(of_weights)
    return gradient, found[::-1]


def _sum(terms: Sequence[Array]) -> Array:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _layers_of(member: Any, index: int) -> list[Any]:
    """Return a member's layers: a network's, or those of a list."""
    if isinstance(member, (list, tuple)):
        return list(member)
    if isinstance(member, Layer) or not hasattr(member, "layers"):
        raise InputError(
            message(
                "member {index} of Ensemble must be a list of layers or a network, not {member!r}",
                index=index,
                member=member,
            )
        )
    return list(member.layers)


def _first_shape(member: Any) -> Shape | None:
    """Return the shape of one sample that a member says it takes; None: any that fits."""
    if isinstance(member, (list, tuple)):
        first = member[0] if member else None
        known = first.shape if isinstance(first, Input) else getattr(first, "first_shape", None)
    else:
        known = getattr(member, "input_shape", None)
    return None if known is None else tuple(known)


def _checked_weights(given: Any, count: int) -> tuple[float, ...]:
    """Return a weight for each member, or raise InputError."""
    if given is None:
        return (1.0 / count,) * count
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if not isinstance(given, (list, tuple)):
        raise InputError(
            message(
                "Ensemble's weights must be a list of numbers, one for each member, not {given!r}",
                given=given,
            )
        )
    if len(given) != count:
        raise InputError(
            message(
                "Ensemble has {count} members, but {given} weights are given",
                count=count,
                given=len(given),
            )
        )
    what = Phrase("each of Ensemble's weights")
    weights = tuple(float(FINITE.check(each, what)) for each in given)
    if not np.array(weights, np.float32).any():
        raise InputError(message("Ensemble's weights are all 0: it would answer 0 to everything"))
    return weights
