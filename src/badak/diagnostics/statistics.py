"""Layer statistics, read from a layer's trace: outputs, dead and saturated units, gradients."""

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from badak._common.json_data import json_data
from badak.activations import Activation
from badak.diagnostics.layer_trace import LayerTrace
from badak.layers import Dense
from badak.layers.base import is_just
from badak.typing import Array, Shape

DEAD_SLOPE = 1e-6
"""Relative to the activation's largest slope. Where no sample gives a unit more, its weights
change by less than float32 resolves."""
FLAT_SLOPE = 0.05
"""Relative to the activation's largest slope. Sigmoid has less beyond |a| = 4.4, tanh beyond 2.2:
the ends that look flat in a drawing."""
STILL = 1e-6
"""Relative to a unit's largest output: a unit whose output varies less from sample to sample
counts as constant, to float32's last digits."""


@dataclass(frozen=True)
class LayerStatistics:
    """The statistics of one layer of a :class:`badak.diagnostics.inspection.Inspection`.

    Units are the numbers of one sample's output, counted flat.

    Attributes
    ----------
    name : str
        The layer's name.
    activation : str
        The activation's name; empty in a layer without one.
    mean, deviation : float
        Mean and standard deviation of the outputs, over samples and units.
    constant : ndarray of bool, shape (units,)
        Whether a unit's output is the same for every sample.
    dead : ndarray of bool, shape (units,)
        Whether a unit's slope is zero for every sample, so that it learns nothing. All False
        without an activation and for one that works by row.
    saturated : ndarray or None, shape (units,)
        The share of samples on which a unit's slope is below `FLAT_SLOPE` of the largest; None if
        the activation does not saturate.
    gradient_mean, gradient_deviation, gradient_size : float or None
        Mean, standard deviation and root mean square of the gradients at the pre-activations (at
        the outputs of a layer without an activation), each sample's own; None without targets.
    one_sign : ndarray or None, shape (units,)
        The larger share of a unit's weight gradients that have one sign, 0.5 to 1; None without
        targets and in layers that are not dense, whose kernels may have other axes.
    kernel_not_judged : tuple of int or None
        The shape of such a kernel, whose gradients are left out of `one_sign`.

    Examples
    --------
    >>> import numpy as np
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((1,)), layers.Dense(2, "relu")])
    >>> model.set_weights([[[1.0, 1.0]], [0.0, -9.0]])
    >>> found = model.inspect(np.linspace(0.0, 1.0, 5).reshape(-1, 1))["dense"]
    >>> found.dead, found.dead_share
    (array([False,  True]), 0.5)
    """

    name: str
    activation: str
    mean: float
    deviation: float
    constant: Array
    dead: Array
    saturated: Array | None = None
    gradient_mean: float | None = None
    gradient_deviation: float | None = None
    gradient_size: float | None = None
    one_sign: Array | None = None
    kernel_not_judged: Shape | None = None

    @property
    def dead_share(self) -> float:
        """The share of units that are dead."""
        return float(self.dead.mean())

    @property
    def saturated_share(self) -> float | None:
        """The share of values that are saturated; None if the activation does not saturate."""
        return None if self.saturated is None else float(self.saturated.mean())

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes by their names, as data that JSON can hold.

        Returns
        -------
        dict
            "dead_share" and "saturated_share" included. Arrays are lists; NaN, infinity and what
            is not there are None.
        """
        names = [each.name for each in fields(self)]
        return {
            name: json_data(getattr(self, name))
            for name in (*names, "dead_share", "saturated_share")
        }


def layer_statistics(entry: LayerTrace, samples: int) -> LayerStatistics:
    """Return the statistics of a layer that was traced on so many samples."""
    z = entry.z.reshape(samples, -1)  # (samples, units)
    h = entry.activation
    return LayerStatistics(
        name=entry.name,
        activation="" if h is None else h.name,
        mean=_mean(z),
        deviation=_deviation(z),
        constant=constant_units(z),
        **_slopes(entry, samples),
        **_gradients(entry, samples),
    )


def constant_units(z: Array) -> Array:
    """Return which numbers of a sample, (samples, ...), are the same in all of them."""
    largest, least = z.max(axis=0), z.min(axis=0)
    return largest - least <= STILL * np.maximum(np.abs(largest), np.abs(least))


def has_dense_kernel(entry: LayerTrace) -> bool:
    """Return whether the layer is dense, with a kernel of shape (inputs, units).

    Kernels of other layers may have their units on another axis: they are not read as one.
    """
    kernel = entry.weights.get("kernel")
    if kernel is None or not is_just(entry.layer, Dense):
        return False
    return kernel.shape == (entry.x.shape[-1], entry.z.shape[-1])


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
    """Return the share of flat values where pre-activations have mean 0 and variance 1."""
    a = np.linspace(-10.0, 10.0, 2001)
    density = np.exp(-0.5 * a * a)
    with np.errstate(all="ignore"):
        flat = np.abs(h.derivative(a, h(a))) < FLAT_SLOPE * largest_slope(h)
    return float((density * flat).sum() / density.sum())


def _mean(z: Array) -> float:
    return float(z.mean(dtype=np.float64))


def _deviation(z: Array) -> float:
    return float(z.std(dtype=np.float64))


def _slopes(entry: LayerTrace, samples: int) -> dict[str, Any]:
    h = entry.activation
    if h is None or entry.slope is None:
        return {"dead": np.zeros(entry.z[0].size, dtype=bool)}
    dead, saturated = dead_and_saturated(h, entry.slope.reshape(samples, -1))
    return {"dead": dead, "saturated": saturated}


def dead_and_saturated(h: Activation, slope: Array) -> tuple[Array, Array | None]:
    """Return which units are dead, and the share of samples on which each is saturated.

    `slope` is (samples, units); None stands for the shares where the activation does not saturate.
    """
    slope, largest = np.abs(slope), largest_slope(h)
    dead: Array = np.all(slope <= DEAD_SLOPE * largest, axis=0)
    return dead, (slope < FLAT_SLOPE * largest).mean(axis=0) if h.saturates else None


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
    if not has_dense_kernel(entry):
        return {**found, "kernel_not_judged": entry.kernel.shape}
    kernel = entry.gradients["kernel"]  # (inputs, units)
    rising, falling = (kernel > 0.0).sum(axis=0), (kernel < 0.0).sum(axis=0)
    share = np.maximum(rising, falling) / np.maximum(rising + falling, 1)  # (units,)
    return {**found, "one_sign": share}
