"""Whether a file can name all that a model is made of, so that loading finds it again.

A name in a file means badak's own thing of that name, or what the user gives for it. So what has
no name, one of badak's names, or the name of another thing is refused when the model is saved, and
so is a class that its configuration does not rebuild.
"""

import inspect
import json
from collections.abc import Sequence
from typing import Any

from badak._common.language import message, translated
from badak.activations import Activation
from badak.errors import BadakError, InputError
from badak.layers.base import COMPUTES, Layer
from badak.layers.ensemble import Ensemble
from badak.layers.model import Model
from badak.layers.registry import LAYERS
from badak.layers.shared_ensemble import SharedEnsemble
from badak.network.custom_objects import (
    LOSS,
    METRIC,
    OPTIMIZER,
    SCHEDULE,
    Kind,
    kind_of_argument,
    make,
    make_layer,
    name_in,
)
from badak.typing import Shape

COMMON = ("name", "input_shape", "input_dim", "activation", "weights")
"""Arguments that every layer may take, one that is checked by itself, and one whose attribute is
the network's: an ensemble's weights are in its configuration."""


def check_model(model: Model) -> None:
    """Raise InputError, which names it, for what a file cannot name in a model."""
    found = _Found()
    found.layers(model.layers, model.shapes)
    optimizer = model.optimizer
    if optimizer.scheduled:
        found.note(SCHEDULE, optimizer.learning_rate, message("the optimizer's learning rate"))
    found.note(OPTIMIZER, optimizer, message("the optimizer"))
    if model.loss is not None:
        found.note(LOSS, model.loss, message("the loss"))
    for metric in model.metrics or ():
        if not isinstance(metric, (str, dict)):
            found.note(METRIC, metric, message("a metric"))


def check_layers(layers: Sequence[Layer], shapes: Sequence[Shape]) -> None:
    """Raise InputError, which names it, for what a file cannot name in a stack of layers."""
    _Found().layers(layers, shapes)


class _Found:
    """The user's own things in a model by their names, each checked as it is found."""

    def __init__(self) -> None:
        self.own: dict[str, Any] = {}

    def layers(self, layers: Sequence[Layer], shapes: Sequence[Shape]) -> None:
        for layer, shape in zip(layers, shapes, strict=False):
            where = message("the layer {name!r}", name=layer.name)
            for name in layer.arguments:
                kind = kind_of_argument(name)
                value = getattr(layer, name)
                if kind is not None and value is not None:
                    self.note(kind, value, message("the {name} of {where}", name=name, where=where))
            if isinstance(layer, Ensemble):
                for index, member in enumerate(layer.members):
                    self.layers(member, layer.member_shapes(index, shape))
            elif isinstance(layer, SharedEnsemble):
                self.layers(layer.layers, layer.shapes(shape))
            self.layer(layer, shape, where)

    def layer(self, layer: Layer, shape: Shape, where: str) -> None:
        changed = [name for name in COMPUTES if name in vars(layer)]
        if changed:
            raise InputError(
                message(
                    "{where} has a {changed} of its own, which no file can name: make it a class",
                    where=where,
                    changed=changed[0],
                )
            )
        own = type(layer)
        if LAYERS.holds(own):
            return
        self.enter(own.__name__, own, "layer", own.__name__ in LAYERS, where)
        config = layer.get_config()
        try:
            made = make_layer(json.loads(json.dumps(config)), self.own)
            same = json.dumps(made.get_config()) == json.dumps(config)
            same &= _shapes(made, shape) == _shapes(layer, shape)
        except (BadakError, TypeError, ValueError, KeyError, AttributeError) as error:
            raise InputError(
                message(
                    "{where}: {own} is not rebuilt: {error}",
                    where=where,
                    own=own.__name__,
                    error=error,
                )
            ) from None
        for name in inspect.signature(own).parameters:
            if name not in COMMON and hasattr(layer, name):
                given = _plain(getattr(layer, name))
                same &= bool(_plain(getattr(made, name, None)) == given)
        if not same:
            raise InputError(
                message(
                    "{where}: {own} is not rebuilt by its get_config(): name each argument of its "
                    "constructor in `arguments`, and keep it as an attribute of that name",
                    where=where,
                    own=own.__name__,
                )
            )

    def note(self, kind: Kind, thing: Any, where: str) -> None:
        """Check one thing, and enter it where it is the user's own."""
        if kind.is_builtin(thing) or (kind is METRIC and LOSS.is_builtin(thing)):
            return
        try:
            config = thing.get_config() if hasattr(thing, "get_config") else {}
            if config is None:
                return  # it is left out of files, as it says
            name = str(name_in(config) if config else thing.__name__)
        except (TypeError, AttributeError) as error:
            raise InputError(
                message(
                    "{where}, {thing!r}, has no name for a file: {error}",
                    where=where,
                    thing=thing,
                    error=error,
                )
            ) from None
        own = type(thing) if name == type(thing).__name__ else thing
        self.enter(name, own, kind.word, kind.knows(name), where)
        if own is not thing:
            try:
                made = make(kind, json.loads(json.dumps(config)), self.own)
                same = json.dumps(made.get_config()) == json.dumps(config)
            except (BadakError, TypeError, ValueError, KeyError, AttributeError) as error:
                raise InputError(
                    message(
                        "{where}: {name} is not rebuilt: {error}",
                        where=where,
                        name=name,
                        error=error,
                    )
                ) from None
            if not same:
                raise InputError(
                    message(
                        "{where}: {name} is not rebuilt by its get_config()", where=where, name=name
                    )
                )

    def enter(self, name: str, own: Any, word: str, builtin: bool, where: str) -> None:
        if not name or "<" in name:
            raise InputError(
                message(
                    "{where} is of your own and has no name that a file could hold ({name!r}): "
                    "give it one, such as a function's that is made by def",
                    where=where,
                    name=name,
                )
            )
        if builtin:
            raise InputError(
                message(
                    "{where} is of your own, but is called {name!r} as badak's {word} is, which "
                    "would be loaded in its place: give it another name",
                    where=where,
                    name=name,
                    word=translated(word),
                )
            )
        if not _alike(self.own.setdefault(name, own), own):
            raise InputError(
                message(
                    "two of your own things are called {name!r}: give {where} another",
                    name=name,
                    where=where,
                )
            )


def _alike(one: Any, other: Any) -> bool:
    """Whether one thing serves for both; an activation's parameters are in the file."""
    if isinstance(one, Activation) and isinstance(other, Activation):
        return one.value is other.value and one.slope is other.slope
    return bool(one is other or one == other)


def _shapes(layer: Layer, shape: Shape) -> Any:
    specs = [(spec.name, spec.shape) for spec in layer.parameters(shape)]
    return specs, layer.output_shape(shape)


def _plain(value: Any) -> Any:
    """Return a value that can be compared with the one of the rebuilt layer."""
    if hasattr(value, "get_config"):
        return value.get_config()
    return repr(value)
