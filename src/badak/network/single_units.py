"""Softmax over a single unit is always 1: a network that could not learn is refused."""

from collections.abc import Sequence

from badak._common.language import message
from badak.activations import is_builtin
from badak.errors import InputError
from badak.layers.base import Layer
from badak.layers.ensemble import Ensemble
from badak.layers.shared_ensemble import SharedEnsemble
from badak.typing import Shape

ALWAYS = {"softmax": 1, "log_softmax": 0}
"""What these activations give of a row of one number."""


def check_single_units(layers: Sequence[Layer], shapes: Sequence[Shape]) -> None:
    """Raise InputError for a softmax or log_softmax over one unit.

    `shapes` are those before the first layer and after each.
    """
    for layer, before, shape in zip(layers, shapes, shapes[1:], strict=False):
        if isinstance(layer, Ensemble):
            for index, member in enumerate(layer.members):
                check_single_units(member, layer.member_shapes(index, before))
        elif isinstance(layer, SharedEnsemble):
            check_single_units(layer.layers, layer.shapes(before))
        if shape[-1:] != (1,):
            continue
        for name, value in ALWAYS.items():
            if is_builtin(layer.activation, name):
                instead = (
                    message("for two classes end with Dense(1, 'sigmoid') or two units")
                    if layer is layers[-1]
                    else message("give it more units, or another activation such as 'relu'")
                )
                raise InputError(
                    message(
                        "the layer {name!r} ends in {name_2} over one unit, which is always "
                        "{value} and learns nothing: {instead}",
                        name=layer.name,
                        name_2=name,
                        value=value,
                        instead=instead,
                    )
                )
