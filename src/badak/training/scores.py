"""Loss and metrics of a model on data."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from badak import reference
from badak._common.validation import as_list, check_whole
from badak.errors import InputError
from badak.layers.model import Model
from badak.losses.objective import Objective
from badak.metrics import resolution
from badak.training.callbacks.base import CallbackList
from badak.training.data import Samples, check_data
from badak.typing import Array, ArrayLike

EVALUATION_BATCH = 1024  # samples at once: large enough to be quick, small in memory


def evaluate(
    model: Model,
    x: ArrayLike,
    y: ArrayLike,
    batch_size: int | None = None,
    sample_weight: ArrayLike | None = None,
    callbacks: Any = None,
) -> dict[str, float]:
    """Return {"loss": ..., and each metric by its name} of the model on samples x, targets y."""
    objective: Objective = model.batch(x, y)[2]
    loss = objective.loss
    samples = check_data(x, y, sample_weight, loss, model.input_shape, model.output_shape[0])
    size = EVALUATION_BATCH if batch_size is None else check_whole(batch_size, "batch_size")
    chosen = model.metrics_for(objective)
    with CallbackList(as_list(callbacks), model, {"samples": len(samples)}) as watchers:
        return score(model, samples, objective, chosen, size, watchers)


def score(
    model: Model,
    samples: Samples,
    objective: Objective,
    chosen: Sequence[Any],
    batch_size: int = EVALUATION_BATCH,
    watchers: CallbackList | None = None,
) -> dict[str, float]:
    """Return the loss, penalties included, and the metrics, on checked samples."""
    watchers = watchers or CallbackList([], model, {})
    watchers.on_test_begin()
    total = 0.0
    outputs = np.empty((len(samples), model.output_shape[0]), dtype=np.float32)
    activation = model.layers[-1].activation
    sums_or_outputs = model.outputs(samples.x, batch_size, last_activation=not objective.at_sum)
    for number, start in enumerate(range(0, len(samples), batch_size)):
        watchers.on_test_batch_begin(number)
        part = slice(start, start + batch_size)
        batch = samples.take(part)
        y = sums_or_outputs[part]
        rows = objective.loss.rows(y, batch.t)
        total += float((rows if batch.weight is None else rows * batch.weight).sum())
        outputs[part] = activation(y) if objective.at_sum and activation is not None else y
        watchers.on_test_batch_end(number, {"loss": total / (start + len(batch))})
    loss = total / len(samples) + reference.regularise(model.parameters)
    scores = {"loss": loss, **measure(chosen, samples.t, outputs, objective)}
    watchers.on_test_end(dict(scores))
    return scores


def predict(model: Model, x: ArrayLike, batch_size: int | None, callbacks: Any) -> Array:
    """Return the model's outputs for samples x, batch by batch; callbacks are called at each."""
    size = EVALUATION_BATCH if batch_size is None else check_whole(batch_size, "batch_size")
    samples = model.checked(x)
    parts = []
    with CallbackList(as_list(callbacks), model, {"samples": len(samples)}) as watchers:
        watchers.on_predict_begin()
        for number, start in enumerate(range(0, len(samples), size)):
            watchers.on_predict_batch_begin(number)
            parts.append(model.outputs(samples[start : start + size]))
            watchers.on_predict_batch_end(number, {"outputs": parts[-1]})
        watchers.on_predict_end()
    return np.concatenate(parts)


def measure(
    chosen: Sequence[Any], t: Array, outputs: Array, objective: Objective
) -> dict[str, float]:
    """Return each metric's value by its name."""
    targets = resolution.targets_for(t, objective.loss)
    return {metric.name: _one_number(metric, metric(targets, outputs)) for metric in chosen}


def _one_number(metric: Any, value: Any) -> float:
    if np.ndim(value):
        raise InputError(
            f"the metric {metric.name!r} gives {np.size(value)} numbers, but training reports one: "
            f"give it an average or a single threshold"
        )
    return float(value)
