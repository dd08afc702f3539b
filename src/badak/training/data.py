"""The data of one training run, checked before any work."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.samples import check_pairs, check_samples, check_weights
from badak._common.validation import NOT_NEGATIVE, Interval
from badak.errors import InputError
from badak.losses import Loss, check_targets
from badak.typing import Array, ArrayLike, Shape


@dataclass(frozen=True)
class Samples:
    """Samples, their targets as the loss takes them, and their weights if they have any."""

    x: Array
    t: Array
    weight: Array | None = None

    def __len__(self) -> int:
        return len(self.x)

    def take(self, chosen: Any) -> "Samples":
        """Return the chosen samples: by a slice without copying, by indices with."""
        weight = None if self.weight is None else self.weight[chosen]
        return Samples(self.x[chosen], self.t[chosen], weight)


def check_data(
    x: ArrayLike,
    y: Any,
    sample_weight: ArrayLike | None,
    loss: Loss,
    input_shape: Shape | None,
    units: int,
) -> Samples:
    """Return checked samples, or raise InputError."""
    return pair_data(check_samples(x, input_shape), y, sample_weight, loss, units)


def pair_data(
    samples: Array, y: Any, sample_weight: ArrayLike | None, loss: Loss, units: int
) -> Samples:
    """Return samples that have been checked with their targets and weights, or InputError."""
    check_pairs(samples, y, "y")
    targets = check_targets(y, loss.targets, units, loss.name)
    weight = None if sample_weight is None else check_weights(sample_weight, samples)
    return Samples(samples, targets, weight)


def split_last(samples: Samples, share: float) -> tuple[Samples, Samples]:
    """Return the samples without their last part, and that part, for validation."""
    Interval(0.0, 1.0, low_is_in=False).check(share, "validation_split")
    border = int(len(samples) * (1.0 - share))
    if border in (0, len(samples)):
        raise InputError(
            f"validation_split={share} of {len(samples)} samples leaves one part empty"
        )
    return samples.take(slice(border)), samples.take(slice(border, None))


def weigh_classes(
    samples: Samples, class_weight: dict[int, float], units: int, loss: Loss
) -> Samples:
    """Return the samples with each one's weight times that of its class; absent classes count 1.

    Raises InputError where the targets are numbers, not classes.
    """
    classes = max(units, 2)
    table = np.ones(classes, dtype=np.float32)
    for label, weight in class_weight.items():
        if not isinstance(label, (int, np.integer)) or not 0 <= label < classes:
            raise InputError(
                f"class_weight names the class {label!r}, but they are 0..{classes - 1}"
            )
        table[label] = NOT_NEGATIVE.check(weight, f"the weight of class {label}")
    if loss.targets in NUMBERS and not _are_classes(samples.t):
        raise InputError(
            f"class_weight weighs classes, but {loss.name} compares numbers, and the targets are "
            f"no classes (0 and 1, or one-hot): give each sample's weight as sample_weight"
        )
    weights = table[_classes(samples.t, units)]
    if samples.weight is not None:
        weights = weights * samples.weight
    return Samples(samples.x, samples.t, weights)


NUMBERS = ("values", "not_negative")
"""Kinds of targets that a loss does not take for classes."""


def _are_classes(t: Array) -> bool:
    """Whether targets (samples, units) are 0 or 1, or one-hot."""
    if not np.isin(t, (0.0, 1.0)).all():
        return False
    return t.shape[1] == 1 or bool((t.sum(axis=1) == 1.0).all())


def _classes(t: Array, units: int) -> Array:
    if t.ndim == 1:
        return t
    if units > 1:
        return t.argmax(axis=1)
    return (t[:, 0] > 0.5).astype(np.int64)
