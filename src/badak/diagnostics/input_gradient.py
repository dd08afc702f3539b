"""The gradient of an answer at the network's input, by the way back of the reference."""

from collections.abc import Sequence

import numpy as np

from badak import reference
from badak._common.language import message
from badak.errors import InputError
from badak.layers.passes import LayerPass, Weights
from badak.typing import Array


def input_gradient(
    passes: Sequence[LayerPass],
    weights: Sequence[Weights],
    gradient: Array,  # (batch, units) at the output
    *,
    at_sum: bool,
) -> Array:
    """Return the gradient at the first layer's input, (batch, *input_shape).

    `gradient` is that at the output, or with `at_sum` at the sum before the last activation.
    InputError where it is not finite.
    """
    with np.errstate(all="ignore"):
        met = reference.backward(passes, weights, gradient, at_sum=at_sum)
    if not np.isfinite(met[0].at_x).all():
        raise InputError(
            message(
                "the gradient at layer {name!r} is not finite: the weights are broken",
                name=passes[0].layer.name,
            )
        )
    return met[0].at_x
