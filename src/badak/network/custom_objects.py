"""The user's own layers, activations, losses and the like in files: each by its name and kind.

A file names things, and a name is looked up only among things of the kind that its place takes: an
activation of yours that is called "bell" is never put where a layer of that name stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from badak import activations, initializers, losses, metrics, optimizers, regularizers
from badak._common.language import message, translated
from badak._common.registry import Registry
from badak.errors import InputError, UnknownNameError
from badak.layers.base import Layer
from badak.layers.registry import LAYERS, from_config
from badak.metrics.resolution import ACCURACIES
from badak.optimizers import schedules
from badak.typing import Config


@dataclass(frozen=True)
class Kind:
    """A kind of thing that a file names."""

    word: str
    bases: tuple[type, ...]
    registry: Registry[Any]
    get: Callable[[Any], Any]
    """Makes the thing of a name or configuration; raises what is wrong with it."""
    functions: bool = False
    """Whether plain functions serve too."""

    def fits(self, thing: Any) -> bool:
        """Return whether a thing, or its class, is of this kind."""
        if isinstance(thing, type):
            return issubclass(thing, self.bases)
        if isinstance(thing, self.bases):
            return True
        return self.functions and hasattr(thing, "__code__")

    def is_builtin(self, thing: Any) -> bool:
        """Return whether a thing is badak's own, known by identity."""
        if isinstance(thing, activations.Activation):
            return activations.registry.is_builtin(thing)
        return self.registry.holds(type(thing))

    def knows(self, name: object) -> bool:
        """Return whether badak has a thing of this kind that is called so."""
        if self is METRIC and (name in ACCURACIES or name in losses.LOSSES):
            return True
        return name in self.registry


def _checked_metric(spec: Any) -> Any:
    """Return a metric's name or configuration as it is, once it is known that it can be made.

    What "accuracy" means is settled when targets are known.
    """
    if isinstance(spec, dict):
        in_losses = "class" not in spec and spec.get("name") in losses.LOSSES
        losses.get(spec) if in_losses else metrics.get(spec)
    return spec


ACTIVATION = Kind(
    "activation", (activations.Activation,), activations.ACTIVATIONS, activations.get, True
)
INITIALIZER = Kind(
    "initializer",
    (initializers.Initializer,),
    initializers.INITIALIZERS,
    initializers.get,
    functions=True,
)
REGULARIZER = Kind(
    "regularizer", (regularizers.Regularizer,), regularizers.REGULARIZERS, regularizers.get
)
SCHEDULE = Kind("schedule", (schedules.Schedule,), schedules.SCHEDULES, schedules.get)
OPTIMIZER = Kind("optimizer", (optimizers.Optimizer,), optimizers.OPTIMIZERS, optimizers.get)
LOSS = Kind("loss", (losses.Loss,), losses.LOSSES, losses.get, functions=True)
METRIC = Kind(
    "metric", (metrics.Metric, losses.Loss), metrics.METRICS, _checked_metric, functions=True
)


def kind_of_argument(name: str) -> Kind | None:
    """Return what kind of thing a layer's argument takes, None for plain values."""
    for ending, kind in (
        ("activation", ACTIVATION),
        ("initializer", INITIALIZER),
        ("regularizer", REGULARIZER),
    ):
        if name == ending or name.endswith(f"_{ending}"):
            return kind
    return None


def make(kind: Kind, spec: Any, own: Mapping[str, Any]) -> Any:
    """Return the thing that a file describes: the user's own of this kind, else badak's.

    UnknownNameError says how to give one of your own.
    """
    if isinstance(spec, dict) and isinstance(spec.get("learning_rate"), dict):
        spec = {**spec, "learning_rate": make(SCHEDULE, spec["learning_rate"], own)}
    name = name_in(spec)
    if isinstance(name, str) and kind.fits(own.get(name)):
        return _of_own(kind, own[name], name, spec)
    if isinstance(name, str) and not kind.knows(name):
        raise _unknown(kind.word, kind.registry, name)
    return kind.get(spec)


def make_layer(config: Config, own: Mapping[str, Any]) -> Layer:
    """Return the layer that a file describes; see :func:`make`."""
    made = dict(config)
    for name, spec in config.items():
        kind = kind_of_argument(name)
        if kind is not None and spec is not None:
            made[name] = make(kind, spec, own)
    classes = {name: each for name, each in own.items() if is_layer_class(each)}
    called = config.get("class")
    if isinstance(called, str) and called not in classes and called not in LAYERS:
        raise _unknown("layer", LAYERS, called)
    if isinstance(called, str):
        kind_of_layer = classes[called] if called in classes else LAYERS[called]
        made = dict(kind_of_layer.made_of(made, lambda inner: make_layer(inner, own)))
    return from_config(made, classes)


def name_in(spec: Any) -> Any:
    """Return what a configuration calls its thing: a class, else a name."""
    return spec.get("class", spec.get("name")) if isinstance(spec, dict) else spec


def _of_own(kind: Kind, thing: Any, name: str, spec: Any) -> Any:
    key = "class" if isinstance(spec, dict) and "class" in spec else "name"
    given = {k: v for k, v in spec.items() if k != key} if isinstance(spec, dict) else {}
    if isinstance(thing, type):
        try:
            return thing(**given)
        except TypeError as error:
            raise InputError(f"{translated(kind.word)} {name!r}: {error}") from None
    if given and isinstance(thing, activations.Activation):
        return thing.with_parameters(**given)
    return kind.get(thing)


def is_layer_class(thing: Any) -> bool:
    """Return whether a thing is a class of layers."""
    return isinstance(thing, type) and issubclass(thing, Layer)


def _unknown(word: str, registry: Registry[Any], name: str) -> UnknownNameError:
    try:
        registry[name]
    except UnknownNameError as error:
        return UnknownNameError(
            message(
                "{error}; is it one of your own, give it: custom_objects={{{name!r}: ...}}",
                error=error,
                name=name,
            )
        )
    return UnknownNameError(message("{name!r} is no {word}", name=name, word=translated(word)))
