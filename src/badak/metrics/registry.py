"""Metrics by name: each class enters the registry where it is defined."""

from typing import Any

from badak._common.language import marked, message
from badak._common.registry import Registry
from badak.errors import InputError
from badak.metrics.base import Metric

METRICS: Registry[type[Metric]] = Registry(marked("metric"))


def get(spec: Any) -> Metric:
    """Return the metric that a user's `spec` means.

    Parameters
    ----------
    spec : str, dict, class or Metric
        A name in any spelling, such as "f1"; a configuration with the class's name under "class"
        (or, where there is no "class", under "name") and its arguments; a class; or a metric, which
        is returned as it is. "accuracy" compares labels with labels;
        :func:`badak.metrics.resolve_accuracy` returns the accuracy for the scores of a network.

    Returns
    -------
    Metric
        The metric, with its own defaults where `spec` gives no arguments.

    Raises
    ------
    UnknownNameError
        No metric has that name; the message suggests the nearest one.
    InputError
        `spec` is none of these, or the metric does not take its arguments.

    Examples
    --------
    >>> get("f1_score")
    F1Score(average=None, threshold=None, name='f1_score')
    >>> get({"class": "Precision", "thresholds": 0.8, "name": "sure"})
    Precision(thresholds=0.8, class_id=None, name='sure')
    """
    if isinstance(spec, dict) and "class" in spec:
        arguments = {name: value for name, value in spec.items() if name != "class"}
        return _made(METRICS[spec["class"]], arguments)
    made = METRICS.make(spec)
    if isinstance(made, type) and issubclass(made, Metric):
        made = made()
    if isinstance(made, Metric):
        return made
    raise InputError(
        message(
            "{made!r} is not a metric; give a name such as 'accuracy' or an object such as AUC()",
            made=made,
        )
    )


def _made(metric: type[Metric], arguments: dict[str, Any]) -> Metric:
    try:
        return metric(**arguments)
    except TypeError as error:
        raise InputError(
            message("metric {metric!r}: {error}", metric=metric.__name__, error=error)
        ) from None
