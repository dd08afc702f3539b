"""What stands for the tensors of a graph while it is followed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import activations
from badak._common.language import message
from badak.activations import Activation
from badak.errors import FileFormatError, InputError
from badak.formats.assembly import WeightedLayer, as_two_classes
from badak.layers import Activation as ActivationLayer
from badak.layers import BatchNormalization, Dense, Normalization, Rescaling
from badak.typing import Array, Shape


@dataclass(frozen=True)
class Affine:
    """x * scale + shift, of one number each or of one a feature."""

    scale: Array
    shift: Array


@dataclass(frozen=True)
class TwoClasses:
    """[1 - p, p], where p is the output of one unit with a sigmoid."""


Step = WeightedLayer | Affine | TwoClasses


@dataclass(frozen=True, eq=False)
class Chain:
    """The input, or what one more step has made of another chain."""

    before: "Chain | None"
    step: Step | None
    shape: Shape
    """That of one sample."""

    def then(self, step: Step, shape: Shape | None = None) -> "Chain":
        """Return the chain with one step more."""
        return Chain(self, step, self.shape if shape is None else shape)

    def apply(self, activation: Activation) -> "Chain":
        """Return the chain with an activation more."""
        return self.then(WeightedLayer(ActivationLayer(activation)))

    def affine(self, scale: Array | float, shift: Array | float) -> "Chain":
        """Return the chain with a product and a sum more."""
        both = np.broadcast_arrays(np.float64(scale), np.float64(shift))
        if both[0].ndim and both[0].shape != self.shape[-1:]:
            raise InputError(
                message(
                    "its numbers are of shape {shape}, not one for each of the {shape_2} features",
                    shape=both[0].shape,
                    shape_2=self.shape[-1],
                )
            )
        return self.then(Affine(both[0], both[1]))

    def applies(self, name: str) -> bool:
        """Whether the last step is this activation with its usual parameters."""
        layer = self.step.layer if isinstance(self.step, WeightedLayer) else None
        return isinstance(layer, ActivationLayer) and layer.activation == activations.get(name)


@dataclass(frozen=True, eq=False)
class Complement:
    """1 - p."""

    of: Chain


@dataclass(frozen=True, eq=False)
class Erf:
    """erf(x) of a chain x, plus `shift`: on its way to a GELU."""

    of: Chain
    shift: float = 0.0


@dataclass(frozen=True, eq=False)
class Label:
    """The class that follows from a chain of scores, or those scores under its name."""

    of: Chain
    classes: list[str] | None = None
    scores: bool = False


@dataclass(frozen=True)
class Refused:
    """What badak cannot follow, and why."""

    why: str


def layers_of(chain: Chain) -> list[WeightedLayer]:
    """Return the layers of a chain, the first one first."""
    weighted: list[WeightedLayer] = []
    for step in _merged(_steps(chain)):
        before = weighted[-1] if weighted else None
        if isinstance(step, WeightedLayer):
            weighted.append(step)
        elif isinstance(step, TwoClasses):
            if before is None:
                raise FileFormatError(
                    message("the probability of one class is not told by a layer")
                )
            weighted[-1] = as_two_classes(before)
        elif before is not None and _takes_bias(before, step):
            before.layer.use_bias = True
            units = before.weights["kernel"].shape[1]
            before.weights["bias"] = np.broadcast_to(step.shift, (units,))
        else:
            weighted += _affine_layer(step)
    return weighted


def shortest(value: Any) -> float:
    """Return a float32 as it was written: 0.2, not 0.20000000298; any other number as it is."""
    single = np.float32(value)
    return float(str(single)) if single == value else float(value)


def _steps(chain: Chain) -> list[Step]:
    found: list[Step] = []
    at: Chain | None = chain
    while at is not None:
        if at.step is not None:
            found.append(at.step)
        at = at.before
    return found[::-1]


def _merged(steps: list[Step]) -> Iterator[Step]:
    """Yield the steps with each run of products and sums as one."""
    pending: Affine | None = None
    for step in steps:
        if isinstance(step, Affine):
            if pending is None:
                pending = step
            else:
                shift = pending.shift * step.scale + step.shift
                pending = Affine(pending.scale * step.scale, shift)
            continue
        if pending is not None:
            yield pending
            pending = None
        yield step
    if pending is not None:
        yield pending


def _takes_bias(item: WeightedLayer, step: Affine) -> bool:
    layer = item.layer
    plain = isinstance(layer, Dense) and layer.activation is activations.IDENTITY
    return plain and "bias" not in item.weights and bool((step.scale == 1.0).all())


def _affine_layer(step: Affine) -> list[WeightedLayer]:
    """Return the layer that does x * scale + shift; none where that changes nothing."""
    scale, shift = step.scale, step.shift
    if not (np.isfinite(scale).all() and np.isfinite(shift).all()):
        raise FileFormatError(message("it scales its data by what is no finite number"))
    if (scale == 1.0).all() and (shift == 0.0).all():
        return []
    if scale.ndim == 0:
        return [WeightedLayer(Rescaling(shortest(scale), shortest(shift)))]
    if (scale > 0.0).all() and (scale < 1e7).all():
        weights = {"mean": -shift / scale, "variance": scale**-2.0}
        return [WeightedLayer(Normalization(), weights)]
    layer = BatchNormalization()
    nought, one = np.zeros(scale.shape), np.full(scale.shape, 1.0 - layer.epsilon)
    known = {"gamma": scale, "beta": shift, "moving_mean": nought, "moving_variance": one}
    return [WeightedLayer(layer, known)]
