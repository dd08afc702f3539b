"""SharedEnsemble: several networks that share most of their weights, as one layer."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from badak import initializers
from badak._common.language import message
from badak._common.validation import check_whole
from badak.activations import is_builtin
from badak.errors import InputError
from badak.layers.adapted import Adapted
from badak.layers.base import Layer, is_just, one_axis, specify
from badak.layers.dense import Dense
from badak.layers.ensemble import Ensemble, every_layer, gradients_through, passes_through
from badak.layers.feature_scale import FeatureScale
from badak.layers.input import Input
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode, Weights
from badak.layers.registry import register
from badak.typing import Array, Config, Shape

MOST_MEMBERS = 1_000

_FIRST_SCALES = initializers.RandomNormal(stddev=1.0)


class Rows(NamedTuple):
    """What a forward pass keeps: its rows are sample after sample, a row for each member."""

    x: Array
    """The input of each row, (rows, features)."""
    passes: tuple[LayerPass, ...]
    """Those of the shared layers."""
    z: Array
    """What each row's last layer is given."""
    y: Array
    """What each row's member makes of it, (rows, units)."""
    training: bool


@register
class SharedEnsemble(Layer):
    """Several networks that share their hidden layers: the mean of what they make.

    Each member multiplies the input by a scale of its own, sends it through hidden layers that all
    members share, and ends in a last layer of its own. So it has hardly more weights than one
    network, and answers nearly as well as networks trained apart: what the members share keeps each
    from learning the training samples by heart.

    In training every sample goes through every member, and each member's answer is compared with
    the target by itself: a batch of 32 samples is 32 times `members` rows of the loss, and layers
    after this one are given each member's answer. When the network answers, the members' answers
    are averaged.

    Weights are called ``scale.3`` for the scale of the member of number 3, ``head.3.kernel`` and
    ``head.3.bias`` for its last layer, ``shared.0.kernel`` for what all share.

    Parameters
    ----------
    layers : sequence of Layer
        The layers of one member, copied without the weights they may have: layers that work on
        one axis, such as Dense, Dropout and activations; the last one a Dense without activation,
        which each member has for itself.
    members : int, default 8
        How many networks there are, at most 1,000.
    scale_initializer
        The members' first scales, (features,); by default of normal distribution with deviation 1.
    **common
        `name`, `input_shape`, `input_dim`, `learning_rate_multiplier`, as every :class:`Layer`
        takes them.

    Raises
    ------
    InputError
        The last layer is no Dense without activation, or a layer is of a kind that cannot be
        shared: one that looks at the batch, that adapts to data, or that is an ensemble itself.
        In training: the network has two such layers, or one within an :class:`Ensemble`.

    References
    ----------
    Gorishniy, Kotelnikov & Babenko, "TabM: Advancing Tabular Deep Learning with Parameter-Efficient
    Ensembling", 2025, section 3.2 (TabM-mini); Wen, Tran & Ba, "BatchEnsemble", 2020.

    Examples
    --------
    >>> from badak import Input, Sequential
    >>> from badak.layers import Dense
    >>> model = Sequential([Input((2,)), SharedEnsemble([Dense(1, use_bias=False)], members=2)])
    >>> model.set_weights([[1.0, 1.0], [0.0, 2.0], [[1.0], [1.0]], [[1.0], [1.0]]])
    >>> model.predict([[4.0, 8.0]])  # (4 + 8) and (0 + 16)
    array([[14.]], dtype=float32)
    """

    arguments = ("layers", "members", "scale_initializer")
    example_input = (3,)

    def __init__(
        self,
        layers: Any,
        members: int = 8,
        scale_initializer: Any = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        given = list(layers) if isinstance(layers, (list, tuple)) else [layers]
        self.layers: tuple[Layer, ...] = tuple(_taken(given))
        """The layers of one member; the last one stands for those that each member has."""
        self.members = _checked_count(members)
        self.scale_initializer = initializers.get(
            _FIRST_SCALES if scale_initializer is None else scale_initializer
        )

    @property
    def shared(self) -> tuple[Layer, ...]:
        """The layers that all members share."""
        return self.layers[:-1]

    @property
    def head(self) -> Dense:
        """What each member's last layer is like."""
        last = self.layers[-1]
        assert isinstance(last, Dense)
        return last

    def inner_layers(self) -> list[Layer]:
        """Return the layers that are shared, and what each member's last layer is like."""
        return list(self.layers)

    # -- shapes and weights

    def shapes(self, input_shape: Shape) -> list[Shape]:
        """Return the shape of one sample before a member's first layer, and after each.

        Parameters
        ----------
        input_shape : tuple of int
            The shape of one sample, without the batch axis.

        Returns
        -------
        list of tuple of int
            One more than a member has layers.

        Raises
        ------
        InputError
            A layer does not take such samples.
        """
        shapes: list[Shape] = [(one_axis(input_shape, "SharedEnsemble"),)]
        for place, layer in enumerate(self.layers):
            try:
                shapes.append((one_axis(layer.output_shape(shapes[-1]), "SharedEnsemble"),))
            except InputError as error:
                raise InputError(
                    message("layer {place} of SharedEnsemble: {error}", place=place, error=error)
                ) from None
        return shapes

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return (units,) of the last layer."""
        return self.shapes(input_shape)[-1]

    def parameters(self, input_shape: Shape) -> list[ParameterSpec]:
        """Return the members' scales, what is shared, and the members' last layers."""
        shapes = self.shapes(input_shape)
        specs = [
            ParameterSpec(f"scale.{member}", shapes[0], self.scale_initializer)
            for member in range(self.members)
        ]
        for place, (layer, shape) in enumerate(zip(self.shared, shapes, strict=False)):
            specs += _named(f"shared.{place}", specify(layer, shape))
        of_head = specify(self.head, shapes[-2])
        for member in range(self.members):
            specs += _named(f"head.{member}", of_head)
        return specs

    def multiplier_of(self, name: str) -> float:
        """Return the product of the whole layer's multiplier and that of the layer within it."""
        kind, place, *own = name.split(".", 2)
        if kind == "scale":
            return super().multiplier_of(name)
        layer = self.head if kind == "head" else self.layers[int(place)]
        return super().multiplier_of(name) * layer.multiplier_of(*own)

    # -- the passes

    def forward(self, w: Weights, x: Array, mode: Mode) -> tuple[Array, Rows]:
        """Return what the members make of x: row by row in training, else their mean."""
        count = self.members
        rows = x if mode.training else np.repeat(x, count, axis=0)  # (rows, features)
        z = rows * self._scales(w, len(rows))
        passes = passes_through(self.shared, self._shared(w), z, mode, 0)
        z = passes[-1].z if passes else z
        y = np.empty((len(rows), self.head.units), z.dtype)
        for member in range(count):
            y[member::count], _ = self.head.forward(self._head(w, member), z[member::count], mode)
        answer = y if mode.training else y.reshape(-1, count, self.head.units).mean(axis=1)
        return answer, Rows(rows, tuple(passes), z, y, mode.training)

    def backward(self, w: Weights, p: LayerPass, gradient: Array) -> tuple[Array, Weights]:
        """Return the gradients at x and of all weights."""
        rows, count = p.memo, self.members
        at_y = gradient if rows.training else np.repeat(gradient / count, count, axis=0)
        at = np.empty(rows.z.shape, at_y.dtype)  # (rows, inputs of the last layer)
        of_weights: Weights = {}
        for member in range(count):
            own = LayerPass(self.head, rows.z[member::count], None, rows.y[member::count])
            at[member::count], found = self.head.backward(
                self._head(w, member), own, at_y[member::count]
            )
            of_weights |= {f"head.{member}.{name}": value for name, value in found.items()}
        at, of_shared = gradients_through(rows.passes, self._shared(w), at)
        for place, found in enumerate(of_shared):
            of_weights |= {f"shared.{place}.{name}": value for name, value in found.items()}
        for member in range(count):
            of_scale = at[member::count] * rows.x[member::count]
            of_weights[f"scale.{member}"] = of_scale.sum(axis=0)
        at_rows = at * self._scales(w, len(at))  # (rows, features)
        if rows.training:
            return at_rows, of_weights
        return at_rows.reshape(-1, count, at_rows.shape[1]).sum(axis=1), of_weights

    def _scales(self, w: Weights, rows: int) -> Array:
        """Return the scale of each row's member, (rows, features)."""
        scales = np.stack([w[f"scale.{member}"] for member in range(self.members)])
        return scales[np.arange(rows) % self.members]

    def _shared(self, w: Weights) -> list[Weights]:
        return [_of(w, f"shared.{place}.") for place in range(len(self.shared))]

    def _head(self, w: Weights, member: int) -> Weights:
        return _of(w, f"head.{member}.")

    def apart(self) -> Ensemble:
        """Return the same network as an ensemble whose members share nothing.

        Returns
        -------
        Ensemble
            With its weights, of equal answers.

        Raises
        ------
        InputError
            It has no weights yet.
        """
        if not self.weights:
            raise InputError(
                message("SharedEnsemble has no weights yet: build its network, or train it, first")
            )
        stack = [FeatureScale(), *self.layers]
        made = Ensemble([copy.deepcopy(stack) for _ in range(self.members)])
        made.name = self.name
        weights: Weights = {}
        for member in range(self.members):
            weights[f"{member}.0.scale"] = self.weights[f"scale.{member}"]
            for place, _ in enumerate(self.shared):
                for name, view in _of(self.weights, f"shared.{place}.").items():
                    weights[f"{member}.{place + 1}.{name}"] = view
            for name, view in _of(self.weights, f"head.{member}.").items():
                weights[f"{member}.{len(self.layers)}.{name}"] = view
        made.weights = weights
        return made

    # -- configuration

    def __setattr__(self, name: str, value: Any) -> None:
        """Set it; the shared layers are in the same network, and their weights among its own."""
        super().__setattr__(name, value)
        if name not in ("network", "weights"):
            return
        for place, layer in enumerate(self.__dict__.get("layers", ())):
            last = layer is self.layers[-1]
            if name == "network":
                layer.network = value
            elif not last:
                layer.weights = _of(value, f"shared.{place}.")

    def get_config(self) -> Config:
        """Return what rebuilds the layer, without its weights."""
        return {
            **super().get_config(),
            "layers": [layer.get_config() for layer in self.layers],
        }

    @classmethod
    def made_of(cls, arguments: Config, make: Callable[[Config], Layer]) -> Config:
        """Return a configuration's arguments with the layers made.

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
        given = arguments.get("layers")
        if not isinstance(given, list):
            return arguments
        return {**arguments, "layers": [make(e) if isinstance(e, dict) else e for e in given]}

    def __copy__(self) -> "SharedEnsemble":
        """Return a copy with layers of its own."""
        return copy.deepcopy(self)

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, self.layers))
        given = {"members": self.members, **self.common_config()}
        if self.scale_initializer != _FIRST_SCALES:
            given["scale_initializer"] = self.scale_initializer
        arguments = [f"[{shown}]", *(f"{name}={value!r}" for name, value in given.items())]
        return f"{type(self).__name__}({', '.join(arguments)})"

    @classmethod
    def example(cls) -> "SharedEnsemble":
        """Return a small layer for tests."""
        return cls([Dense(4, "tanh"), Dense(2)], members=3)


def rows_a_sample(layers: Sequence[Layer]) -> int:
    """Return how many rows of a training batch each sample makes: one for each shared member.

    InputError for a network that answers, but cannot be trained.

    >>> rows_a_sample([Dense(2)]), rows_a_sample([SharedEnsemble([Dense(2)], members=4)])
    (1, 4)
    """
    found = [layer for layer in layers if isinstance(layer, SharedEnsemble)]
    if len(found) > 1:
        raise InputError(
            message(
                "a network is trained with one SharedEnsemble, but this one has {count}",
                count=len(found),
            )
        )
    inner = [each for layer in layers for each in every_layer(layer.inner_layers())]
    if any(isinstance(each, SharedEnsemble) for each in inner):
        raise InputError(
            message(
                "a SharedEnsemble within an Ensemble cannot be trained: train its network by "
                "itself, then make it a member"
            )
        )
    return found[0].members if found else 1


def _taken(given: Sequence[Any]) -> Iterator[Layer]:
    """Yield copies of a member's layers, after all were checked."""
    for layer in given:
        if not isinstance(layer, Layer) or isinstance(layer, Input):
            raise InputError(
                message(
                    "SharedEnsemble takes a list of layers such as Dense(10), not {layer!r}",
                    layer=layer,
                )
            )
        if layer.batch_statistics or isinstance(layer, (Adapted, Ensemble, SharedEnsemble)):
            raise InputError(
                message(
                    "{layer!r} cannot be shared by the members of SharedEnsemble: it takes layers "
                    "of one sample such as Dense and Dropout; put others before or after it",
                    layer=layer,
                )
            )
    last = given[-1] if given else None
    if last is None or not is_just(last, Dense) or not is_builtin(last.activation, "identity"):
        raise InputError(
            message(
                "the last layer of SharedEnsemble, which each member has for itself, must be a "
                "Dense without activation, not {last!r}",
                last=last,
            )
        )
    for place, layer in enumerate(copy.deepcopy(list(given))):
        layer.name = layer.name or f"{place}"
        yield layer


def _checked_count(members: Any) -> int:
    """Return how many members there are: so few that a file of few bytes takes little memory."""
    count: int = check_whole(members, "members")
    if count > MOST_MEMBERS:
        raise InputError(
            message(
                "SharedEnsemble has at most {most:,} members, not {count:,}",
                most=MOST_MEMBERS,
                count=count,
            )
        )
    return count


def _named(prefix: str, specs: Sequence[ParameterSpec]) -> list[ParameterSpec]:
    return [replace(spec, name=f"{prefix}.{spec.name}") for spec in specs]


def _of(weights: Weights, prefix: str) -> Weights:
    """Return the weights whose names begin so, by the rest of their names."""
    return {
        name.removeprefix(prefix): array
        for name, array in weights.items()
        if name.startswith(prefix)
    }
