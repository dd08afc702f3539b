"""One layer's health in numbers, read from its trace."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak.activations import Activation
from badak.diagnostics.layer_trace import LayerTrace
from badak.typing import Array

DEAD_SLOPE = 1e-6
"""Of the activation's largest slope. Where no sample gives a unit more, what it weighs moves by
less than float32 tells apart beside the other weights."""
FLAT_SLOPE = 0.05
"""Of the activation's largest slope. Sigmoid has less beyond |a| = 4.4, tanh beyond 2.2: the ends
that look flat in a drawing."""
STILL = 1e-6
"""Of a unit's largest output: one that moves less from sample to sample is constant, to float32's
last digits."""


@dataclass(frozen=True)
class LayerHealth:
    """One layer in numbers. Units are the numbers of one sample's output, counted flat."""

    name: str
    activation: str
    """The activation's name; empty in a layer without one."""
    mean: float
    """Of the outputs, over samples and units."""
    deviation: float
    """Their standard deviation."""
    constant: Array
    """Of each unit, (units,): it gives the same for every sample."""
    dead: Array
    """Of each unit, (units,): its slope is nought for every sample, so that it learns nothing.
    All False where there is no slope of one number."""
    saturated: Array | None = None
    """Of each unit, (units,): the share of samples on which its slope is below FLAT_SLOPE of the
    largest; None where the activation does not saturate."""
    gradient_mean: float | None = None
    """Of the gradients at the sums (at the outputs, where there is no activation), each sample's
    own; None without targets."""
    gradient_deviation: float | None = None
    gradient_size: float | None = None
    """Their root mean square."""
    one_sign: Array | None = None
    """Of each unit, (units,): the larger share of its weight gradients that have one sign; None
    without a kernel or without targets."""

    @property
    def dead_share(self) -> float:
        """The share of units that are dead."""
        return float(self.dead.mean())

    @property
    def saturated_share(self) -> float | None:
        """The share of values that are saturated, or None where that is not to be said."""
        return None if self.saturated is None else float(self.saturated.mean())


def health_of(entry: LayerTrace, samples: int) -> LayerHealth:
    """Return the numbers of a layer that was traced on so many samples."""
    z = entry.z.reshape(samples, -1)  # (samples, units)
    h = entry.activation
    return LayerHealth(
        name=entry.name,
        activation="" if h is None else h.name,
        mean=_mean(z),
        deviation=_deviation(z),
        constant=constant_units(z),
        **_slopes(entry, samples),
        **_gradients(entry, samples),
    )


def _mean(z: Array) -> float:
    return float(z.mean(dtype=np.float64))


def _deviation(z: Array) -> float:
    return float(z.std(dtype=np.float64))


def constant_units(z: Array) -> Array:
    """Return which numbers of a sample, (samples, ...), are the same in all of them."""
    largest, least = z.max(axis=0), z.min(axis=0)
    return largest - least <= STILL * np.maximum(np.abs(largest), np.abs(least))


def _slopes(entry: LayerTrace, samples: int) -> dict[str, Any]:
    h = entry.activation
    if h is None or entry.slope is None:
        return {"dead": np.zeros(entry.z[0].size, dtype=bool)}
    slope = np.abs(entry.slope.reshape(samples, -1))  # (samples, units)
    largest = largest_slope(h)
    dead = (slope <= DEAD_SLOPE * largest).all(axis=0)
    return {
        "dead": dead,
        "saturated": (slope < FLAT_SLOPE * largest).mean(axis=0) if h.saturates else None,
    }


def _gradients(entry: LayerTrace, samples: int) -> dict[str, Any]:
    if entry.delta is None:
        return {}
    # Each sample's own gradient, not its share of the mean over the batch.
    mean, deviation = samples * _mean(entry.delta), samples * _deviation(entry.delta)
    found: dict[str, Any] = {
        "gradient_mean": mean,
        "gradient_deviation": deviation,
        "gradient_size": math.hypot(mean, deviation),
    }
    if "kernel" not in entry.gradients:
        return found
    kernel = entry.gradients["kernel"]  # (inputs, units)
    rising, falling = (kernel > 0.0).sum(axis=0), (kernel < 0.0).sum(axis=0)
    share = np.maximum(rising, falling) / np.maximum(rising + falling, 1)  # (units,)
    return {**found, "one_sign": share}


def largest_slope(h: Activation) -> float:
    """Return the largest slope within |a| <= 10, but at most 1: ``exp`` has no largest one.

    >>> from badak import activations
    >>> largest_slope(activations.SIGMOID)
    0.25
    """
    a = np.linspace(-10.0, 10.0, 2001)
    with np.errstate(all="ignore"):
        return min(float(np.nanmax(np.abs(h.derivative(a, h(a))))), 1.0)


def usually_flat(h: Activation) -> float:
    """Return the share of values that are flat where sums have mean 0 and variance 1."""
    a = np.linspace(-10.0, 10.0, 2001)
    density = np.exp(-0.5 * a * a)
    with np.errstate(all="ignore"):
        flat = np.abs(h.derivative(a, h(a))) < FLAT_SLOPE * largest_slope(h)
    return float((density * flat).sum() / density.sum())
