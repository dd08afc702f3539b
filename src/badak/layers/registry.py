"""The registry of layers: a class enters itself where it is defined."""

from collections.abc import Mapping
from typing import Any, TypeVar

from badak._common.language import marked, message
from badak._common.registry import Registry
from badak.errors import InputError
from badak.layers.base import Layer
from badak.typing import Config

L = TypeVar("L", bound=type[Layer])

LAYERS: Registry[type[Layer]] = Registry(marked("layer"))
"""Every layer of badak by its class's name."""


def register(layer: L) -> L:
    """Enter a class in :data:`LAYERS`, as a decorator.

    Parameters
    ----------
    layer : type
        A subclass of :class:`Layer`; its name becomes the layer's.

    Returns
    -------
    type
        The class itself.

    Raises
    ------
    ValueError
        The name is taken.

    Examples
    --------
    >>> from badak.layers import Layer
    >>> @register  # doctest: +SKIP
    ... class Shift(Layer):
    ...     pass
    """
    LAYERS.add(layer.__name__, layer)
    return layer


def from_config(config: Config, own: Mapping[str, type[Layer]] | None = None) -> Layer:
    """Return the layer whose ``get_config()`` gave `config`.

    Parameters
    ----------
    config
        The class's name under ``"class"``, the layer's name and its arguments.
    own
        Classes of your own, by the names of their classes; they go before badak's.

    Returns
    -------
    Layer
        A new layer, without weights.

    Raises
    ------
    UnknownNameError
        No layer has that name.
    InputError
        The layer does not take these arguments.

    Examples
    --------
    >>> from_config({"class": "Dense", "name": "hidden", "units": 3})
    Dense(3)
    """
    arguments = dict(config)
    name = arguments.pop("class", "")
    layer: Any = own[name] if own and name in own else LAYERS[name]
    unknown = set(arguments) - {"name", "learning_rate_multiplier", *layer.arguments}
    if unknown:
        raise InputError(
            message(
                "{layer} takes no {unknown}",
                layer=layer.__name__,
                unknown=", ".join(map(repr, sorted(unknown))),
            )
        )
    arguments = layer.made_of(arguments, lambda inner: from_config(inner, own))
    try:
        made: Layer = layer(**arguments)
    except TypeError as error:
        raise InputError(f"{layer.__name__}: {error}") from None
    return made
