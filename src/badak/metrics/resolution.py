"""Resolve a metric: what a name means, given the loss and the output layer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from badak import losses, metrics
from badak._common.language import message
from badak._common.registry import nearest
from badak.errors import InputError
from badak.losses import Loss
from badak.losses.objective import Objective
from badak.typing import Array, Config

ACCURACIES = ("accuracy", "acc")

TARGETS_OF_ACCURACY: Mapping[str, Literal["labels", "binary"]] = {
    "labels": "labels",
    "shares": "binary",
    "signs": "binary",
}
"""What a loss's kind of targets is to an accuracy, where it is not one-hot."""


@dataclass(frozen=True)
class MeanLoss:
    """A loss reported as a metric: its mean over all samples, without penalties."""

    loss: Loss
    name: str
    mode: ClassVar[Literal["min"]] = "min"

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        return self.loss(y_true, y_pred, sample_weight)

    def get_config(self) -> Config:
        """Return the loss's configuration."""
        return self.loss.get_config()


@dataclass(frozen=True)
class OwnMetric:
    """A function (y_true, y_pred) of yours that gives a number."""

    function: Callable[[Array, Array], Any]
    name: str
    mode: ClassVar[None] = None
    """Whether larger is better: only its writer knows."""

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        return float(self.function(y_true, y_pred))


def resolve(spec: Any, objective: Objective, units: int) -> Any:
    """Return the metric that `spec` means, for a loss on an output of `units`.

    A name of a metric or of a loss, a configuration, an object, or a function (y_true, y_pred).
    "accuracy" is that of labels, of one-hot targets or of yes and no, as the loss has them.
    """
    if isinstance(spec, str):
        return _by_name(spec, objective, units)
    if isinstance(spec, Loss):
        return MeanLoss(spec, spec.name)
    if isinstance(spec, dict):
        in_losses = "class" not in spec and spec.get("name") in losses.LOSSES
        return resolve(losses.get(spec) if in_losses else metrics.get(spec), objective, units)
    if hasattr(spec, "name") and callable(spec):
        return spec
    if callable(spec):
        return OwnMetric(spec, getattr(spec, "__name__", "metric"))
    raise InputError(
        message(
            "a metric is a name, an object or a function (y_true, y_pred), not {spec!r}", spec=spec
        )
    )


def _by_name(name: str, objective: Objective, units: int) -> Any:
    if name in ACCURACIES:
        return _accuracy(name, objective, units)
    if name in metrics.METRICS:
        metric: Any = metrics.get(name)
        return replace(metric, name=name)
    if name in losses.LOSSES:
        return MeanLoss(losses.get(name), name)
    known = list(dict.fromkeys([*metrics.METRICS, *losses.LOSSES]))
    raise InputError(
        message(
            "unknown metric {name!r}{nearest} (known: {known})",
            name=name,
            nearest=nearest(name, known),
            known=", ".join(known),
        )
    )


def _accuracy(name: str, objective: Objective, units: int) -> Any:
    loss = objective.loss
    metric: Any = metrics.resolve_accuracy(units, TARGETS_OF_ACCURACY.get(loss.targets, "one_hot"))
    of_logits = getattr(loss, "from_logits", False) and not objective.at_sum
    if isinstance(metric, metrics.BinaryAccuracy) and (loss.targets == "signs" or of_logits):
        metric = replace(metric, threshold=0.0)
    return replace(metric, name=name)


def targets_for(t: Array, loss: Loss) -> Array:
    """Return checked targets as metrics take them: signs as 0 and 1."""
    return (t > 0.0).astype(t.dtype) if loss.targets == "signs" else t
