"""The data of one training run, checked before any work."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.language import Phrase, counted, message
from badak._common.samples import as_array, check_pairs, check_samples, check_weights
from badak._common.validation import NOT_NEGATIVE, Interval
from badak.errors import DataWarning, InputError
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
    y = as_array(y, "y")
    check_pairs(samples, y, "y")
    targets = check_targets(y, loss.targets, units, loss.name)
    weight = None if sample_weight is None else check_weights(sample_weight, samples)
    return Samples(samples, targets, weight)


def split_last(samples: Samples, share: float) -> tuple[Samples, Samples]:
    """Return the samples without their last part, and that part, for validation."""
    Interval(0.0, 1.0, low_is_in=False).check(share, "validation_split")
    count = len(samples)
    border = int(count * (1.0 - share))
    if border in (0, count):
        raise InputError(
            message(
                "validation_split={share} of {count} samples leaves one part empty, none to train "
                "on; give a smaller share, or validation_data=(x, y)",
                share=share,
                count=count,
            )
            if border == 0
            else message(
                "validation_split={share} of {count} samples leaves one part empty, none to "
                "validate with; give a larger share, or validation_data=(x, y)",
                share=share,
                count=count,
            )
        )
    if count * share < 0.5:
        warnings.warn(
            message(
                "validation_split={share} of {count} samples is less than one, so that the last "
                "one alone is held out, whose score says little: give a larger share, or "
                "validation_data=(x, y)",
                share=share,
                count=count,
            ),
            DataWarning,
            stacklevel=5,
        )
    return samples.take(slice(border)), samples.take(slice(border, None))


def compare_classes(samples: Samples, held_out: Samples, loss: Loss, *, split: bool) -> None:
    """Warn of classes in the validation data that training never sees; `split` tells its origin."""
    if not (_have_classes(samples.t, loss) and _have_classes(held_out.t, loss)):
        return
    seen, asked = np.unique(_classes(samples.t)), np.unique(_classes(held_out.t))
    unseen = np.setdiff1d(asked, seen)
    if not len(unseen):
        return
    names = ", ".join(map(str, unseen[:5])) + (", ..." if len(unseen) > 5 else "")
    way = (
        message(
            "validation_split holds out the last samples, and these seem to be sorted by class: "
            "shuffle them first, order = np.random.default_rng(0).permutation(len(x)), or split "
            "them with badak.preprocessing.split_stratified"
        )
        if split
        else message("split the data with badak.preprocessing.split_stratified")
    )
    warnings.warn(
        counted(
            "the validation data hold the class {names}, of which there is no training sample, so "
            "that the network cannot learn it: {way}",
            "the validation data hold the classes {names}, of which there is no training sample, "
            "so that the network cannot learn them: {way}",
            len(unseen),
            names=names,
            way=way,
        ),
        DataWarning,
        stacklevel=5,
    )


ClassWeight = Mapping[Any, float] | ArrayLike | str
"""Weights by class number, in the classes' order, or "balanced"."""


def weigh_classes(samples: Samples, class_weight: ClassWeight, units: int, loss: Loss) -> Samples:
    """Return the samples with each one's weight times that of its class; absent classes count 1.

    Raises InputError where the targets are numbers, not classes.
    """
    classes = max(units, 2)
    table = None if isinstance(class_weight, str) else _table(class_weight, classes)
    if isinstance(class_weight, str) and class_weight != "balanced":
        raise InputError(
            message(
                "class_weight is weights or 'balanced', not {class_weight!r}",
                class_weight=class_weight,
            )
        )
    if loss.targets in NUMBERS and not _are_classes(samples.t):
        raise InputError(
            message(
                "class_weight weighs classes, but {name} compares numbers, and the targets are no "
                "classes (0 and 1, or one-hot): give each sample's weight as sample_weight",
                name=loss.name,
            )
        )
    found = _classes(samples.t)
    weights = (_balanced(found, classes) if table is None else table)[found]
    if samples.weight is not None:
        weights = weights * samples.weight
    return Samples(samples.x, samples.t, weights)


def _balanced(found: Array, classes: int) -> Array:
    """Return weights by which all classes that are found count alike, as scikit-learn's do."""
    counts = np.bincount(found, minlength=classes)
    return (len(found) / (np.count_nonzero(counts) * np.maximum(counts, 1))).astype(np.float32)


def _table(class_weight: Any, classes: int) -> Array:
    """Return the weight of each class."""
    if not isinstance(class_weight, Mapping):
        given = as_array(class_weight, "class_weight")
        if given.shape != (classes,):
            raise InputError(
                message(
                    "class_weight is of shape {shape}, but there are {classes} classes: give one "
                    "weight for each, a dict by class number, or 'balanced'",
                    shape=given.shape,
                    classes=classes,
                )
            )
        class_weight = dict(enumerate(given.tolist()))
    table = np.ones(classes, dtype=np.float32)
    for label, weight in class_weight.items():
        number = _class_number(label)
        if number is None or not 0 <= number < classes:
            raise InputError(
                message(
                    "class_weight names the class {label!r}, but they are 0..{last}",
                    label=label,
                    last=classes - 1,
                )
            )
        table[number] = NOT_NEGATIVE.check(
            weight, Phrase("the weight of class {label}", label=label)
        )
    return table


def _class_number(label: Any) -> int | None:
    """Return a class's number, which may be given as a whole float; None for anything else."""
    if isinstance(label, (int, np.integer)):
        return int(label)
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return int(label)
    return None


NUMBERS = ("values", "not_negative")
"""Kinds of targets that a loss does not take for classes."""


def _have_classes(t: Array, loss: Loss) -> bool:
    """Whether targets are surely one class each, and no numbers or several labels."""
    if t.ndim == 1 or loss.targets == "distribution":
        return True
    alone = t.shape[1] == 1
    if alone and loss.targets in NUMBERS:
        return False  # 0 and 1 may be numbers among others
    return _are_classes(np.maximum(t, 0.0) if loss.targets == "signs" else t)


def _are_classes(t: Array) -> bool:
    """Whether targets (samples, units) are 0 or 1, or one-hot."""
    if not np.isin(t, (0.0, 1.0)).all():
        return False
    return t.shape[1] == 1 or bool((t.sum(axis=1) == 1.0).all())


def _classes(t: Array) -> Array:
    if t.ndim == 1:
        return t
    if t.shape[1] > 1:
        return t.argmax(axis=1)
    return (t[:, 0] > 0.5).astype(np.int64)
